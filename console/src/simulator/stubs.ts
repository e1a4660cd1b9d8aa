import { type BotFile, type Component, listOf } from "../bot-file/model.ts";
import { isRecord } from "../bot-file/place.ts";

/** What a service answers in a simulation, as it is typed. */
export interface Stub {
  status: string;
  body: string;
}

/** Why a stub cannot be sent, or will not do what one expects. */
export interface Judged {
  status?: "range";
  body?: "json";
  /** A path at which the bot looks and finds nothing. */
  nothingAt?: string;
}

/** The components that the bot calls: logins, the services before them, and services, each once. */
export function calledBy(file: BotFile): Component[] {
  const steps = file.scripts.flatMap((script) => script.steps);
  const named = (key: string) => steps.map((step) => step.settings[key]);
  const tokens = new Set(named("auth_token"));
  const services = new Set(named("web_service"));
  for (const one of file.components) {
    if (one.kind === "authorization_tokens" && tokens.has(one.id)) services.add(one.definition.before);
  }
  const called = file.components.filter(
    (one) =>
      (one.kind === "authorization_tokens" && tokens.has(one.id)) ||
      (one.kind === "web_services" && services.has(one.id)),
  );
  return called.filter(({ id }, at) => id !== "" && called.findIndex((one) => one.id === id) === at);
}

/** An answer with which the bot goes on: a token where it looks for one, a value for each variable that it saves. */
export function usualStub(component: Component): Stub {
  const { definition } = component;
  const body: { value: unknown } = { value: undefined };
  const put = (path: unknown, value: unknown) => {
    const places = typeof path === "string" ? readPath(path) : undefined;
    if (places) putAt(body, ["value", ...places], value);
  };
  let status = "200";
  if (component.kind === "authorization_tokens") {
    if (!readsJson(component)) return { status, body: "simulated-token" };
    put(definition.token_path, "simulated-token");
    put(definition.expires_in_path, typeof definition.ttl === "number" ? definition.ttl : 3_600);
    if (isRecord(definition.refresh)) put(definition.refresh.token_path, "simulated-refresh-token");
    return { status, body: written(body.value) };
  }
  const good = listOf(definition.ok_when)[0];
  if (isRecord(good)) {
    const wanted = listOf(good.status)[0];
    if (typeof wanted === "number") status = String(wanted);
    if (good.field !== undefined) put(good.field, good.value ?? true);
  }
  const saved = isRecord(definition.save) ? Object.entries(definition.save) : [];
  for (const [variable, from] of saved) {
    if (!isElsewhere(from)) put(from, sampleOf(variable));
  }
  if (isRecord(definition.each))
    put(
      definition.each.list,
      [1, 2].map((n) => itemOf(definition.each, n)),
    );
  if (body.value === undefined && saved.some(([, from]) => from === "body")) {
    return { status, body: "a sample answer" };
  }
  return { status, body: written(body.value) };
}

/** What is wrong with a stub. */
export function judge(component: Component, stub: Stub): Judged {
  const judged: Judged = {};
  const status = Number(stub.status);
  if (!/^\d{3}$/.test(stub.status.trim()) || status < 200 || status > 599) judged.status = "range";
  if (!readsJson(component)) return judged;
  let value: unknown;
  try {
    value = JSON.parse(stub.body);
  } catch {
    // An answer that is not good need not be JSON.
    if (status < 300) judged.body = "json";
    return judged;
  }
  if (status < 300) {
    const path = looksAt(component).find((one) => {
      const places = readPath(one);
      return places !== undefined && valueIn(value, places) === undefined;
    });
    if (path !== undefined) judged.nothingAt = path;
  }
  return judged;
}

/** The stubs as the API takes them. */
export function sendable(
  components: readonly Component[],
  stubOf: (component: Component) => Stub,
): Record<string, { status: number; body: string }> {
  return Object.fromEntries(
    components.map((one) => {
      const { status, body } = stubOf(one);
      return [one.id, { status: Number(status), body }];
    }),
  );
}

function readsJson({ kind, definition }: Component): boolean {
  if (kind === "authorization_tokens")
    return (
      definition.is_json !== false && (definition.token_path !== undefined || definition.is_json === true)
    );
  return looksAt({ kind, definition } as Component).length > 0;
}

/** The paths at which the bot looks in a good answer. */
function looksAt({ kind, definition }: Pick<Component, "kind" | "definition">): string[] {
  const paths: unknown[] = [];
  if (kind === "authorization_tokens") {
    if (definition.is_json !== false) paths.push(definition.token_path);
  } else {
    if (isRecord(definition.save))
      paths.push(...Object.values(definition.save).filter((from) => !isElsewhere(from)));
    if (isRecord(definition.each)) paths.push(definition.each.list);
  }
  return paths.filter((path): path is string => typeof path === "string" && path !== "");
}

/** What is saved of an answer without looking into its JSON. */
function isElsewhere(from: unknown): boolean {
  return typeof from !== "string" || from === "status" || from === "body" || from.startsWith("header:");
}

/** Reads `a.b[0]`, `$.a[0]` and `$['a b']`; undefined for a path that looks for something. */
export function readPath(path: string): (string | number)[] | undefined {
  const places: (string | number)[] = [];
  const part = /^(?:\.?([^.[\]$'"]+)|\[(\d+|\*)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\])/;
  let rest = path.trim().replace(/^\$/, "");
  while (rest !== "") {
    const found = part.exec(rest);
    if (!found) return undefined;
    const [whole, name, index, single, double] = found;
    if (index !== undefined) places.push(index === "*" ? 0 : Number(index));
    else places.push(name ?? (single ?? double ?? "").replace(/\\(.)/g, "$1"));
    rest = rest.slice(whole.length);
  }
  return places.length > 0 || path.trim() === "$" ? places : undefined;
}

function valueIn(value: unknown, places: readonly (string | number)[]): unknown {
  let at = value;
  for (const place of places) {
    if (at === null || typeof at !== "object") return undefined;
    at = (at as Record<string | number, unknown>)[place];
  }
  return at ?? undefined;
}

function putAt(root: object, places: readonly (string | number)[], value: unknown): void {
  let at = root as Record<string | number, unknown>;
  for (const [depth, place] of places.entries()) {
    if (depth === places.length - 1) {
      at[place] ??= value;
      return;
    }
    const inner = at[place] ?? (typeof places[depth + 1] === "number" ? [] : {});
    // Two paths that do not fit each other: the first has it.
    if (typeof inner !== "object" || Array.isArray(inner) !== (typeof places[depth + 1] === "number")) return;
    at[place] = inner;
    if (Array.isArray(inner)) {
      const next = Number(places[depth + 1]);
      while (inner.length < next && inner.length < 50) inner.push(null);
    }
    at = inner as Record<string | number, unknown>;
  }
}

function written(value: unknown): string {
  return JSON.stringify(value ?? {}, null, 2);
}

/** A value that fits the name of a variable. */
function sampleOf(name: string): unknown {
  const word = name.toLowerCase();
  if (/balance|amount|total|price|sum|saldo|importe|precio/.test(word)) return "1250.00";
  if (/count|number|quantity|points|cantidad|puntos/.test(word)) return 3;
  if (/date|day|until|fecha/.test(word)) return "2026-01-31";
  if (/currency|moneda/.test(word)) return "EUR";
  if (/name|nombre/.test(word)) return "Ada";
  if (/mail|correo/.test(word)) return "ada@example.com";
  return `sample ${name.replaceAll(/[_-]+/g, " ")}`;
}

/** An item of a list, with the fields that its line shows. */
function itemOf(each: unknown, number: number): unknown {
  const words = JSON.stringify(isRecord(each) ? each.line : "");
  const fields = [...words.matchAll(/\{item([.[][^}]*)\}/g)].map(([, path]) => path ?? "");
  if (fields.length === 0) return `item ${number}`;
  const item: { value: unknown } = { value: undefined };
  for (const field of fields) {
    const places = readPath(field.replace(/^\./, ""));
    const name = places?.findLast((place) => typeof place === "string") ?? "";
    const sample = sampleOf(String(name));
    const value = typeof sample === "string" && sample.startsWith("sample ") ? `${sample} ${number}` : sample;
    if (places) putAt(item, ["value", ...places], value);
  }
  return item.value;
}
