import { isMap, isSeq, type Node } from "yaml";
import { parsed } from "./parsed.ts";
import { isRecord, type Place } from "./place.ts";

/** The kinds of steps, by the key that names them. */
export const STEP_KINDS = [
  "message",
  "media",
  "location",
  "link",
  "card",
  "options",
  "question",
  "form",
  "condition",
  "set",
  "auth_token",
  "web_service",
  "logout",
  "run",
  "jump",
  "wait",
  "transfer",
  "end",
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

export type ComponentKind = "authorization_tokens" | "web_services" | "forms";
export const COMPONENT_KINDS: readonly ComponentKind[] = ["authorization_tokens", "web_services", "forms"];

/** The step key by which a script includes a component. */
export const STEP_OF_COMPONENT: Record<ComponentKind, StepKind> = {
  authorization_tokens: "auth_token",
  web_services: "web_service",
  forms: "form",
};

/** From where to where something stands in the text, in UTF-16 units. */
export interface Span {
  start: number;
  end: number;
}

export interface Step {
  /** As the check names it: `scripts.balance.steps[1]`. */
  path: string;
  place: Place;
  kind: StepKind | undefined;
  id: string | undefined;
  settings: Record<string, unknown>;
  span: Span;
}

export interface Script {
  path: string;
  place: Place;
  id: string;
  triggers: unknown[];
  steps: Step[];
  span: Span;
}

export interface Component {
  kind: ComponentKind;
  id: string;
  place: Place;
  definition: Record<string, unknown>;
  span: Span;
  /** The paths of the steps that include it. */
  usedIn: string[];
}

/** What a text says, read for the canvas and the forms. */
export interface BotFile {
  /** The plain value of the whole file. */
  plain: Record<string, unknown>;
  id: string;
  name: string;
  language: string;
  languages: string[];
  channels: string[];
  scripts: Script[];
  components: Component[];
  /** Variables that steps and components fill, in the order of the file. */
  variables: string[];
}

/** A text that is not a map of YAML, with the first thing that is wrong. */
export interface Unreadable {
  message: string;
  offset: number;
}

/** Reads a text. A text with an error of YAML is unreadable; everything else is read as far as it makes sense. */
export function readBotFile(text: string): { file: BotFile } | { unreadable: Unreadable } {
  const { root, plain: value, error } = parsed(text);
  if (error) return { unreadable: error };
  const plain = value ?? {};
  if (!isRecord(plain))
    return {
      unreadable: { message: "A bot file starts with keys such as `bot:` and `scripts:`.", offset: 0 },
    };
  const scripts = readScripts(plain, root);
  return {
    file: {
      plain,
      id: asText(plain.bot) ?? "",
      name: asText(plain.name) ?? asText(plain.bot) ?? "",
      language: asText(plain.language) ?? "en",
      languages: listOf(plain.languages).filter((tag): tag is string => typeof tag === "string"),
      channels: listOf(plain.channels).filter((kind): kind is string => typeof kind === "string"),
      scripts,
      components: COMPONENT_KINDS.flatMap((kind) => readComponents(plain, root, kind, scripts)),
      variables: variablesOf(plain),
    },
  };
}

/** The kind of a step, also of a bare one such as `end`. */
export function kindOf(step: unknown): StepKind | undefined {
  if (typeof step === "string") return STEP_KINDS.find((kind) => kind === step);
  return isRecord(step) ? STEP_KINDS.find((kind) => kind in step) : undefined;
}

/** A value that may be one or a list, as a list. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A text as a person sees it: the first alternative in the bot's language. */
export function shownText(value: unknown, language = "en"): string {
  if (Array.isArray(value)) return shownText(value[0], language);
  if (isRecord(value)) return shownText(value[language] ?? Object.values(value)[0], language);
  return value === undefined || value === null ? "" : String(value);
}

function readScripts(plain: Record<string, unknown>, root: Node | null): Script[] {
  return listOf(plain.scripts).map((entry, at) => {
    const script = isRecord(entry) ? entry : {};
    const place: Place = ["scripts", at];
    const id = asText(script.id) ?? "";
    const path = id === "" ? `scripts[${at}]` : `scripts.${id}`;
    const steps = Array.isArray(script.steps) ? script.steps : [];
    return {
      path,
      place,
      id,
      triggers: listOf(script.triggers),
      steps: steps.map((step, position) => {
        const settings = isRecord(step) ? step : typeof step === "string" ? { [step]: true } : {};
        const stepPlace = [...place, "steps", position];
        return {
          path: `${path}.steps[${position}]`,
          place: stepPlace,
          kind: kindOf(step),
          id: asText(settings.id),
          settings,
          span: spanOf(root, stepPlace),
        };
      }),
      span: spanOf(root, place),
    };
  });
}

function readComponents(
  plain: Record<string, unknown>,
  root: Node | null,
  kind: ComponentKind,
  scripts: Script[],
): Component[] {
  const key = STEP_OF_COMPONENT[kind];
  return listOf(plain[kind]).flatMap((definition, at) => {
    if (!isRecord(definition)) return [];
    const id = asText(definition.id) ?? "";
    const usedIn = scripts.flatMap((script) =>
      script.steps.filter((step) => step.settings[key] === id).map((step) => step.path),
    );
    return [{ kind, id, place: [kind, at], definition, span: spanOf(root, [kind, at]), usedIn }];
  });
}

/** Where the node of a place stands; the nearest node around it when the place itself is not there. */
export function spanOf(root: Node | null, place: Place): Span {
  let node: Node | null = root;
  for (const key of place) {
    let inner: unknown;
    if (isMap(node)) inner = node.get(key, true);
    else if (isSeq(node)) inner = node.items[Number(key)];
    if (inner === undefined || inner === null) break;
    node = inner as Node;
  }
  return { start: node?.range?.[0] ?? 0, end: node?.range?.[1] ?? 0 };
}

function variablesOf(plain: Record<string, unknown>): string[] {
  const found = new Set<string>();
  const add = (name: unknown) => {
    if (typeof name === "string" && name !== "") found.add(name);
  };
  for (const service of listOf(plain.web_services)) {
    if (!isRecord(service)) continue;
    if (isRecord(service.save)) for (const name of Object.keys(service.save)) add(name);
    if (isRecord(service.each)) add(service.each.save);
  }
  for (const form of listOf(plain.forms)) {
    if (isRecord(form))
      for (const question of listOf(form.questions))
        if (isRecord(question)) add(question.save ?? question.field);
  }
  for (const script of listOf(plain.scripts)) {
    if (!isRecord(script)) continue;
    for (const step of listOf(script.steps)) {
      if (!isRecord(step)) continue;
      add(step.save);
      if (isRecord(step.set)) for (const name of Object.keys(step.set)) add(name);
    }
  }
  return [...found];
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** The part of an address, and of a route of the API, that names a kind of component. */
export function kindPath<K extends ComponentKind>(
  kind: K,
): { authorization_tokens: "authorization-tokens"; web_services: "web-services"; forms: "forms" }[K] {
  return (
    { authorization_tokens: "authorization-tokens", web_services: "web-services", forms: "forms" } as const
  )[kind];
}
