import { type Document, isMap, isSeq, type Node, parse } from "yaml";
import { afterDash } from "./emit.ts";
import { type ComponentKind, STEP_OF_COMPONENT } from "./model.ts";
import { parsed } from "./parsed.ts";
import { isRecord, type Place, valueAt } from "./place.ts";
import { attempt, reconcile } from "./reconcile.ts";

/** A change of a draft; takes the text before and gives the text after. */
export type Edit = (text: string) => string;

type Plain = Record<string, unknown>;

/** Changes what a text says through its plain value; all that the change leaves alone stays as it is written. */
export function change(text: string, mutate: (plain: Plain) => void): string {
  const plain = plainOf(text);
  mutate(plain);
  return reconcile(text, plain);
}

/** Gives a setting a value; undefined takes it away. Maps on the way are made. */
export function setAt(place: Place, value: unknown): Edit {
  return (text) =>
    change(text, (plain) => {
      putAt(plain, place, value);
    });
}

/** Adds a step after another, or as the first of a script with `after` -1. */
export function addStep(script: number, after: number, step: unknown): Edit {
  return addSteps(script, after, [step]);
}

/** Adds steps after another. Ids that the script has already get a number. */
export function addSteps(script: number, after: number, steps: readonly unknown[]): Edit {
  return (text) =>
    change(text, (plain) => {
      const list = stepsOf(plain, script);
      if (!list) return;
      const taken = new Set(
        list.flatMap((step) => (isRecord(step) && typeof step.id === "string" ? [step.id] : [])),
      );
      list.splice(after + 1, 0, ...withFreshIds(steps, taken));
    });
}

/** Removes steps by their places. */
export function removeSteps(places: readonly Place[]): Edit {
  return (text) =>
    change(text, (plain) => {
      const sorted = [...places].sort((a, b) => Number(b[3]) - Number(a[3]));
      for (const place of sorted) stepsOf(plain, Number(place[1]))?.splice(Number(place[3]), 1);
    });
}

/** Moves a step so that it stands before position `to` of a script, as written, with its comments. */
export function moveStep(from: Place, script: number, to: number): Edit {
  return (text) => {
    const plain = plainOf(text);
    const source = stepsOf(plain, Number(from[1]));
    const target = stepsOf(plain, script);
    if (!source || !target || source[Number(from[3])] === undefined) return text;
    const sameScript = Number(from[1]) === script;
    if (sameScript && (to === Number(from[3]) || to === Number(from[3]) + 1)) return text;
    const lines = stepLines(text, from);
    const [step] = source.splice(Number(from[3]), 1);
    const at = sameScript && to > Number(from[3]) ? to - 1 : to;
    target.splice(at, 0, step);
    return moveLines(text, lines, script, to, plain) ?? reconcile(text, plain);
  };
}

/** Adds a script at the end. */
export function addScript(id: string, triggers: readonly unknown[], steps: readonly unknown[] = []): Edit {
  return (text) =>
    change(text, (plain) => {
      const script: Plain = { id };
      if (triggers.length > 0) script.triggers = [...triggers];
      script.steps = [...steps];
      plain.scripts = [...(Array.isArray(plain.scripts) ? plain.scripts : []), script];
    });
}

/** Removes a script or a component by its place. */
export function removeEntry(place: Place): Edit {
  return (text) =>
    change(text, (plain) => {
      const list = plain[String(place[0])];
      if (Array.isArray(list)) list.splice(Number(place[1]), 1);
      if (Array.isArray(list) && list.length === 0 && place[0] !== "scripts") delete plain[String(place[0])];
    });
}

/** Adds a component, or changes the one with this id into `definition`, key by key. */
export function putComponent(kind: ComponentKind, id: string, definition: Plain): Edit {
  return (text) =>
    change(text, (plain) => {
      const list = Array.isArray(plain[kind]) ? (plain[kind] as unknown[]) : [];
      const at = list.findIndex((entry) => isRecord(entry) && entry.id === id);
      const whole = { ...definition, id: definition.id ?? id };
      if (at >= 0) list[at] = whole;
      else list.push({ id: whole.id, ...definition });
      if (plain[kind] === undefined) insertBeforeScripts(plain, kind, list);
      if (whole.id !== id) renameUses(plain, STEP_OF_COMPONENT[kind], id, String(whole.id));
    });
}

/** Renames a component, with the steps and placeholders that name it. */
export function renameComponent(kind: ComponentKind, from: string, to: string): Edit {
  return (text) =>
    change(text, (plain) => {
      const entry = Array.isArray(plain[kind])
        ? plain[kind].find((each) => isRecord(each) && each.id === from)
        : undefined;
      if (!isRecord(entry)) return;
      entry.id = to;
      renameUses(plain, STEP_OF_COMPONENT[kind], from, to);
    });
}

/** Renames a script, with the steps that lead to it. A step of the same name hides it in its own script. */
export function renameScript(from: string, to: string): Edit {
  return (text) =>
    change(text, (plain) => {
      for (const script of scriptsOf(plain)) {
        if (script.id === from) script.id = to;
        const hidden = stepList(script).some((step) => isRecord(step) && step.id === from);
        for (const step of stepList(script)) renameTargets(step, from, to, hidden);
      }
    });
}

/** Renames a step, or names one that has no id, with the steps of its script that lead to it. */
export function renameStep(place: Place, to: string | undefined): Edit {
  return (text) =>
    change(text, (plain) => {
      const list = stepsOf(plain, Number(place[1]));
      const at = Number(place[3]);
      const step = list?.[at];
      if (!list) return;
      const from = isRecord(step) && typeof step.id === "string" ? step.id : undefined;
      const named = isRecord(step) ? step : { [String(step)]: true };
      const { id: _, ...rest } = named;
      list[at] = to === undefined || to === "" ? rest : { id: to, ...rest };
      if (from !== undefined && to !== undefined && to !== "")
        for (const each of list) renameTargets(each, from, to, false, true);
    });
}

/** Leads a branch of a step to another step, which gets an id when it has none. Gives the text and the id. */
export function connect(from: Place, key: Place, to: { script: number; step: number | undefined }): Edit {
  return (text) => {
    const plain = plainOf(text);
    const script = scriptsOf(plain)[to.script];
    if (!script) return text;
    let target: string | undefined;
    if (to.script !== from[1] || to.step === undefined)
      target = typeof script.id === "string" ? script.id : undefined;
    else {
      const list = stepList(script);
      const step = list[to.step];
      if (isRecord(step) && typeof step.id === "string") target = step.id;
      else {
        target = freshId(plain, script, step);
        list[to.step] = { id: target, ...(isRecord(step) ? step : { [String(step)]: true }) };
      }
    }
    if (target === undefined) return text;
    putAt(plain, [...from, ...key], target);
    return reconcile(text, plain);
  };
}

/** Applies the edits of a diagnostic's help to a text; offsets are UTF-16 units. */
export function applyHelp(
  text: string,
  edits: readonly { start: { offset: number }; end: { offset: number }; text: string }[],
): string {
  return [...edits]
    .sort((a, b) => b.start.offset - a.start.offset)
    .reduce((done, edit) => done.slice(0, edit.start.offset) + edit.text + done.slice(edit.end.offset), text);
}

/** Steps as YAML, for the clipboard. */
export function copySteps(text: string, places: readonly Place[]): string {
  const plain = plainOf(text);
  const sorted = [...places].sort((a, b) => Number(a[1]) - Number(b[1]) || Number(a[3]) - Number(b[3]));
  return `${sorted.map((place) => afterDash(valueAt(plain, place), 0, true)).join("\n")}\n`;
}

/** Reads steps from the clipboard; undefined when it holds something else. */
export function readSteps(clipboard: string): unknown[] | undefined {
  try {
    const value: unknown = parse(clipboard, { logLevel: "silent" });
    if (!Array.isArray(value) || value.length === 0) return undefined;
    return value.every((step) => isRecord(step) || step === "end" || step === "logout") ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An id that no step and no script of this file has, made from a word. */
export function freeId(word: string, taken: ReadonlySet<string>): string {
  const base =
    word
      .toLowerCase()
      .normalize("NFKD")
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 40) || "step";
  if (!taken.has(base)) return base;
  for (let number = 2; ; number++) if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
}

function plainOf(text: string): Plain {
  const value = parsed(text).plain;
  // Aliases share objects; a change at one place must not be seen at the others.
  return isRecord(value) ? (JSON.parse(JSON.stringify(value)) as Plain) : {};
}

function putAt(plain: Plain, place: Place, value: unknown): void {
  let at: Record<string | number, unknown> = plain;
  for (const [depth, key] of place.slice(0, -1).entries()) {
    const inner = at[key];
    if (typeof inner === "string" && Array.isArray(at)) at[key] = { [inner]: true };
    else if (inner === null || typeof inner !== "object") {
      if (value === undefined) return;
      at[key] = typeof place[depth + 1] === "number" ? [] : {};
    }
    at = at[key] as Record<string | number, unknown>;
  }
  const last = place.at(-1);
  if (last === undefined) return;
  if (value !== undefined) at[last] = value;
  else if (Array.isArray(at)) at.splice(Number(last), 1);
  else delete at[last];
  // A map that has lost its last key says nothing.
  if (value === undefined && place.length > 5 && !Array.isArray(at) && Object.keys(at).length === 0)
    putAt(plain, place.slice(0, -1), undefined);
}

function scriptsOf(plain: Plain): Plain[] {
  return Array.isArray(plain.scripts) ? plain.scripts.filter(isRecord) : [];
}

function stepList(script: Plain): unknown[] {
  return Array.isArray(script.steps) ? script.steps : [];
}

function stepsOf(plain: Plain, script: number): unknown[] | undefined {
  const entry = Array.isArray(plain.scripts) ? plain.scripts[script] : undefined;
  if (!isRecord(entry)) return undefined;
  if (!Array.isArray(entry.steps)) entry.steps = [];
  return entry.steps as unknown[];
}

function withFreshIds(steps: readonly unknown[], taken: Set<string>): unknown[] {
  const renamed = new Map<string, string>();
  const copies = steps.map((step) => {
    if (!isRecord(step) || typeof step.id !== "string") return step;
    const id = freeId(step.id, taken);
    taken.add(id);
    if (id !== step.id) renamed.set(step.id, id);
    return { ...step, id };
  });
  const own = copies.map((step) => (isRecord(step) ? (JSON.parse(JSON.stringify(step)) as unknown) : step));
  for (const [from, to] of renamed) for (const step of own) renameTargets(step, from, to, false, true);
  return own;
}

function freshId(plain: Plain, script: Plain, step: unknown): string {
  const taken = new Set<string>(scriptsOf(plain).map((each) => String(each.id)));
  for (const each of stepList(script)) if (isRecord(each) && typeof each.id === "string") taken.add(each.id);
  const record: Plain = isRecord(step) ? step : {};
  const words = Object.values(record).find((value) => typeof value === "string");
  const hint =
    typeof words === "string"
      ? words
          .replace(/\{[^}]*\}/g, "")
          .split(/\s+/)
          .slice(0, 3)
          .join("-")
      : "step";
  return freeId(hint, taken);
}

const TARGET_KEYS = [
  "next",
  "jump",
  "no_answer",
  "cancelled",
  "then",
  "else",
  "failed",
  "empty",
  "unavailable",
];

function renameTargets(step: unknown, from: string, to: string, runOnly: boolean, stepOnly = false): void {
  if (!isRecord(step)) return;
  if (!stepOnly && step.run === from) step.run = to;
  if (runOnly) return;
  for (const key of TARGET_KEYS) if (step[key] === from) step[key] = to;
  if (Array.isArray(step.choices))
    for (const choice of step.choices) if (isRecord(choice) && choice.go === from) choice.go = to;
  if (isRecord(step.status))
    for (const [status, target] of Object.entries(step.status)) if (target === from) step.status[status] = to;
}

function renameUses(plain: Plain, key: string, from: string, to: string): void {
  for (const script of scriptsOf(plain)) {
    for (const step of stepList(script)) {
      if (!isRecord(step)) continue;
      if (step[key] === from) step[key] = to;
      if (key === "auth_token" && step.logout === from) step.logout = to;
    }
  }
  if (key === "web_service")
    for (const token of Array.isArray(plain.authorization_tokens) ? plain.authorization_tokens : [])
      if (isRecord(token) && token.before === from) token.before = to;
  if (key === "auth_token")
    plain.web_services = inTexts(plain.web_services, `{authtoken:${from}}`, `{authtoken:${to}}`);
  if (plain.web_services === undefined) delete plain.web_services;
}

function inTexts(value: unknown, from: string, to: string): unknown {
  if (typeof value === "string") return value.replaceAll(from, to);
  if (Array.isArray(value)) return value.map((entry) => inTexts(entry, from, to));
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, inTexts(entry, from, to)]));
  return value;
}

function insertBeforeScripts(plain: Plain, kind: ComponentKind, list: unknown[]): void {
  const order = ["authorization_tokens", "web_services", "forms", "scripts"];
  const later = order.slice(order.indexOf(kind) + 1);
  const entries = Object.entries(plain);
  const before = entries.findIndex(([key]) => later.includes(key));
  for (const key of Object.keys(plain)) delete plain[key];
  for (const [at, [key, value]] of entries.entries()) {
    if (at === before) plain[kind] = list;
    plain[key] = value;
  }
  plain[kind] = list;
}

interface Lines {
  start: number;
  end: number;
  text: string;
  column: number;
}

/** The whole lines of a step, from its dash or the comment right above it on. */
function stepLines(text: string, place: Place): Lines | undefined {
  const { doc } = parsed(text);
  const items = dashes(doc, place.slice(0, 3));
  const at = Number(place[3]);
  const dash = items?.[at];
  if (!items || dash === undefined) return undefined;
  const column = dash - (text.lastIndexOf("\n", dash - 1) + 1);
  let start = dash - column;
  if (text.slice(start, dash).trim() !== "") return undefined;
  const floor =
    at > 0 ? lineAfter(text, items[at - 1] ?? 0) : lineAfter(text, text.lastIndexOf("\n", start - 2));
  while (start > floor) {
    const above = text.lastIndexOf("\n", start - 2) + 1;
    if (above < floor || !new RegExp(`^ {${column}}#`).test(text.slice(above, start))) break;
    start = above;
  }
  let end = lineAfter(text, dash);
  while (end < text.length) {
    const line = text.slice(end, lineAfter(text, end));
    const indent = line.search(/\S/);
    if (indent >= 0 && indent <= column) break;
    end += line.length;
  }
  const body = text.slice(start, end);
  const kept = body.replace(/(\n[ \t]*)+$/, "\n");
  return { start, end: start + kept.length, text: kept.endsWith("\n") ? kept : `${kept}\n`, column };
}

function moveLines(
  text: string,
  lines: Lines | undefined,
  script: number,
  to: number,
  wanted: Plain,
): string | undefined {
  if (!lines) return undefined;
  const { doc } = parsed(text);
  const items = dashes(doc, ["scripts", script, "steps"]);
  if (!items || items.length === 0) return undefined;
  const before = items[to];
  const anchor = before ?? items.at(-1) ?? 0;
  const column = anchor - (text.lastIndexOf("\n", anchor - 1) + 1);
  const at =
    before === undefined
      ? stepLines(text, ["scripts", script, "steps", items.length - 1])?.end
      : stepLines(text, ["scripts", script, "steps", to])?.start;
  if (at === undefined) return undefined;
  const put = reindent(lines.text, column - lines.column);
  const needsBreak = at === text.length && !text.endsWith("\n") ? "\n" : "";
  const moved =
    at <= lines.start
      ? text.slice(0, at) + put + text.slice(at, lines.start) + text.slice(lines.end)
      : text.slice(0, lines.start) + text.slice(lines.end, at) + needsBreak + put + text.slice(at);
  if (parsed(moved).error) return undefined;
  // The lines say where the step is; what is left to do, such as an empty list, is done through the value.
  return attempt(moved, wanted);
}

function dashes(doc: Document, place: Place): number[] | undefined {
  let node: Node | null = doc.contents as Node | null;
  for (const key of place) {
    if (isMap(node)) node = (node.get(key, true) as Node | undefined) ?? null;
    else if (isSeq(node)) node = (node.items[Number(key)] as Node | undefined) ?? null;
  }
  const token = isSeq(node) ? node.srcToken : undefined;
  if (token?.type !== "block-seq") return undefined;
  return token.items.flatMap((item) =>
    item.start.filter((part) => part.type === "seq-item-ind").map((part) => part.offset),
  );
}

function lineAfter(text: string, offset: number): number {
  const end = text.indexOf("\n", Math.max(offset, 0));
  return end < 0 ? text.length : end + 1;
}

function reindent(text: string, by: number): string {
  if (by === 0) return text;
  return text
    .split("\n")
    .map((line) =>
      line.trim() === ""
        ? line
        : by > 0
          ? " ".repeat(by) + line
          : line.slice(Math.min(-by, line.search(/\S/))),
    )
    .join("\n");
}
