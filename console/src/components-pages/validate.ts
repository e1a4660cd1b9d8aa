import { LONGEST_ID } from "../forms/ids.ts";

/** Why a value is not right, in the words of the page; undefined when it is. */
export interface ValidationWords {
  idNeeded: string;
  idLetters: string;
  idLong: string;
  idTaken: string;
  urlNeeded: string;
  urlStart: string;
  urlHost: string;
  urlSpace: string;
  ttlNeeded: string;
  ttlSeconds: (text: string, seconds: number, words: string) => string;
  ttlNumber: string;
  ttlWhole: string;
  ttlMost: string;
  pathNeeded: string;
  pathWrong: string;
  second: [string, string];
  minute: [string, string];
  hour: [string, string];
  day: [string, string];
}

const UNITS: [RegExp, number][] = [
  [/^(s|sec|secs|second|seconds|seg|segundo|segundos)$/, 1],
  [/^(m|min|mins|minute|minutes|minuto|minutos)$/, 60],
  [/^(h|hr|hrs|hour|hours|hora|horas)$/, 3_600],
  [/^(d|day|days|día|días|dia|dias)$/, 86_400],
];
/** 30 days. */
export const LONGEST_TTL = 2_592_000;

export function checkId(id: string, taken: readonly string[], w: ValidationWords): string | undefined {
  if (id === "") return w.idNeeded;
  if (!/^[A-Za-z0-9_-]+$/.test(id)) return w.idLetters;
  if (id.length > LONGEST_ID) return w.idLong;
  return taken.includes(id) ? w.idTaken : undefined;
}

/** An address of a request: http or https, or a constant of the workspace in front; nothing a user types in the host. */
export function checkUrl(url: string, w: ValidationWords): string | undefined {
  if (url.trim() === "") return w.urlNeeded;
  if (/\s/.test(url.trim())) return w.urlSpace;
  if (!/^(https?:\/\/[^/?#\s]|\{config\.[\w-]+\})/i.test(url)) return w.urlStart;
  const host = /^(?:https?:\/\/)?[^/?#]*/i.exec(url)?.[0] ?? "";
  return /\{(?!config\.)/.test(host) ? w.urlHost : undefined;
}

/** Reads a TTL as typed: seconds, or what a person means by `15 min`. */
export function readTtl(text: string): { seconds: number | undefined; meant: number | undefined } {
  const trimmed = text.trim().toLowerCase();
  if (/^\d+$/.test(trimmed)) return { seconds: Number(trimmed), meant: undefined };
  const parts = /^(\d+(?:[.,]\d+)?)\s*([a-zí]+)$/.exec(trimmed);
  const unit = UNITS.find(([words]) => words.test(parts?.[2] ?? ""))?.[1];
  if (!parts || unit === undefined) return { seconds: undefined, meant: undefined };
  return { seconds: undefined, meant: Math.round(Number(parts[1]?.replace(",", ".")) * unit) };
}

export function checkTtl(text: string, w: ValidationWords): string | undefined {
  if (text.trim() === "") return w.ttlNeeded;
  const { seconds, meant } = readTtl(text);
  if (meant !== undefined) return w.ttlSeconds(text.trim(), meant, inWords(meant, w));
  if (seconds === undefined) return /^\d+[.,]\d+$/.test(text.trim()) ? w.ttlWhole : w.ttlNumber;
  if (seconds < 1) return w.ttlWhole;
  return seconds > LONGEST_TTL ? w.ttlMost : undefined;
}

/** A field name, a dotted path, or a JSONPath. */
export function checkPath(path: string, w: ValidationWords): string | undefined {
  if (path.trim() === "") return w.pathNeeded;
  if (path.trim().startsWith("$")) return undefined;
  return /^[^.[\]\s]+(\[\d+\])*(\.[^.[\]\s]+(\[\d+\])*)*$/.test(path.trim()) ? undefined : w.pathWrong;
}

/** `900` is `15 minutes`; `5400` is `1 hour 30 minutes`. */
export function inWords(
  seconds: number,
  w: Pick<ValidationWords, "second" | "minute" | "hour" | "day">,
): string {
  const units: [number, [string, string]][] = [
    [86_400, w.day],
    [3_600, w.hour],
    [60, w.minute],
    [1, w.second],
  ];
  let left = seconds;
  const parts: string[] = [];
  for (const [size, [one, many]] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${count === 1 ? one : many}`);
  }
  return parts.slice(0, 2).join(" ") || `0 ${w.second[1]}`;
}
