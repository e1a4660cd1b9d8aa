import { parse } from "yaml";
import { isRecord } from "./place.ts";

/** How wide a map or a list may be on one line. */
const ROOM = 96;
const SIMPLE = /^[A-Za-z_][\w.-]*$/;
const WORDS_OF_YAML = /^(true|false|null|yes|no|on|off|y|n)$/i;

/** Keys whose lists stand one entry per line, however short. */
const ALWAYS_TALL = new Set([
  "steps",
  "questions",
  "choices",
  "scripts",
  "authorization_tokens",
  "web_services",
  "forms",
]);

/** A value as it follows `key:` in a block, with its leading space or line break. */
export function afterKey(value: unknown, indent: number, key?: string): string {
  if (fitsOnALine(value, key)) return ` ${inline(value)}`;
  if (Array.isArray(value)) return `\n${listLines(value, indent + 2)}`;
  return `\n${mapLines(value as Record<string, unknown>, indent + 2)}`;
}

/** The entry of a block list, from its dash on, without the indentation of the first line. */
export function afterDash(value: unknown, indent: number, tall = false): string {
  if (isRecord(value) && Object.keys(value).length > 0 && (tall || !fitsOnALine(value))) {
    return `- ${mapLines(value, indent + 2).trimStart()}`;
  }
  if (Array.isArray(value) && !fitsOnALine(value)) return `-\n${listLines(value, indent + 2)}`;
  return `- ${inline(value)}`;
}

/** The pairs of a block map, each with its indentation. */
export function mapLines(map: Record<string, unknown>, indent: number): string {
  const pad = " ".repeat(indent);
  return Object.entries(map)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${pad}${keyText(key)}:${afterKey(value, indent, key)}`)
    .join("\n");
}

/** A value in the style of a flow: `{ a: 1 }`, `[a, b]`, or a scalar. */
export function inline(value: unknown, json = false): string {
  if (Array.isArray(value)) return `[${value.map((entry) => inline(entry, json)).join(", ")}]`;
  if (isRecord(value)) {
    const pairs = Object.entries(value).filter(([, entry]) => entry !== undefined);
    if (pairs.length === 0) return "{}";
    return `{ ${pairs.map(([key, entry]) => `${json ? JSON.stringify(key) : keyText(key)}: ${inline(entry, json)}`).join(", ")} }`;
  }
  return json ? JSON.stringify(value ?? null) : scalar(value);
}

/** A scalar; quoted unless it is one plain word. */
export function scalar(value: unknown): string {
  if (typeof value !== "string") return value === undefined || value === null ? "null" : String(value);
  return SIMPLE.test(value) && !WORDS_OF_YAML.test(value) ? value : quoted(value);
}

/** A scalar in the style that stood there before, where the new value allows it. */
export function scalarLike(
  value: unknown,
  style: string | undefined,
  inFlow: boolean,
  indent: number,
): string {
  if (typeof value !== "string") return scalar(value);
  if (style === "QUOTE_SINGLE" && !/[\n\t]/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  if (style === "QUOTE_DOUBLE") return quoted(value);
  if (style === "BLOCK_LITERAL" && !inFlow && isLiteral(value)) {
    const pad = " ".repeat(indent + 2);
    const body = value.replace(/\n$/, "");
    return `${value.endsWith("\n") ? "|" : "|-"}\n${body
      .split("\n")
      .map((line) => (line === "" ? "" : pad + line))
      .join("\n")}`;
  }
  if (style === "PLAIN" && isPlain(value, inFlow)) return value;
  return scalar(value);
}

/** The key of a pair. */
export function keyText(key: string): string {
  return /^\d+$/.test(key) ? key : scalar(key);
}

function quoted(value: string): string {
  return JSON.stringify(value)
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029")
    .replaceAll("\u0085", "\\u0085")
    .replaceAll("\ufeff", "\\ufeff");
}

function isLiteral(value: string): boolean {
  return (
    value.trim() !== "" &&
    !/^\s/.test(value) &&
    !/\n\n$/.test(value) &&
    !/[^\S\n]\n|[^\S\n]$/.test(value) &&
    !/[\t\r\u0085\u2028\u2029]/.test(value)
  );
}

function isPlain(value: string, inFlow: boolean): boolean {
  if (
    value === "" ||
    value !== value.trim() ||
    /[\n\r\t#]|: |:$/.test(value) ||
    (inFlow && /[,[\]{}:]/.test(value))
  )
    return false;
  if (/^[-?:,[\]{}#&*!|>'"%@`]/.test(value) || WORDS_OF_YAML.test(value)) return false;
  try {
    return parse(value) === value;
  } catch {
    return false;
  }
}

function fitsOnALine(value: unknown, key?: string): boolean {
  if (Array.isArray(value)) {
    if (value.length === 0) return true;
    if (key !== undefined && ALWAYS_TALL.has(key) && value.some(isRecord)) return false;
    return value.every((entry) => !isRecord(entry) && !Array.isArray(entry)) && inline(value).length <= ROOM;
  }
  if (!isRecord(value)) return true;
  const entries = Object.values(value);
  const shallow = entries.every((entry) => isFlat(entry));
  return shallow && inline(value).length <= ROOM;
}

function isFlat(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((entry) => !isRecord(entry) && !Array.isArray(entry));
  return !isRecord(value) || Object.values(value).every((entry) => !isRecord(entry) && !Array.isArray(entry));
}

function listLines(list: unknown[], indent: number): string {
  const pad = " ".repeat(indent);
  return list.map((entry) => pad + afterDash(entry, indent)).join("\n");
}
