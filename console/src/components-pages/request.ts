import { isRecord } from "../bot-file/place.ts";

/** A request as it will be sent, with what is not known yet in ‹angle quotes›. */
export interface RequestShown {
  method: string;
  url: string;
  headers: [string, string][];
  body: string | undefined;
}

/** How the preview calls what it cannot know. */
export interface PreviewWords {
  answer: (number: number) => string;
  secret: string;
  token: string;
}

type Definition = Record<string, unknown>;

/** The request of a login: what the auth service will get. */
export function loginRequest(definition: Definition, words: PreviewWords): RequestShown {
  const method = definition.method === "GET" ? "GET" : "POST";
  const fill = filler(definition, words);
  const fields: Definition = {};
  for (const [name, value] of Object.entries(isRecord(definition.fields) ? definition.fields : {}))
    putDotted(fields, name, fill(value));
  for (const [at, question] of questionsOf(definition).entries()) {
    const field = question.field;
    if (typeof field === "string" && field !== "")
      putDotted(fields, field, question.secret === true ? words.secret : words.answer(at + 1));
  }
  const headers = headersOf(definition, fill);
  const url = String(fill(definition.url ?? ""));
  if (method === "GET") return { method, url: withQuery(url, fields), headers, body: undefined };
  const form = definition.encoding === "form";
  addType(headers, form ? "application/x-www-form-urlencoded" : "application/json");
  return { method, url, headers, body: form ? formText(fields) : jsonText(fields) };
}

/** The request of a Web Service. */
export function serviceRequest(definition: Definition, words: PreviewWords): RequestShown {
  const method = typeof definition.method === "string" ? definition.method : "GET";
  const fill = filler(definition, words);
  const headers = headersOf(definition, fill);
  const query = isRecord(definition.query) ? (fill(definition.query) as Definition) : {};
  const url = withQuery(String(fill(definition.url ?? "")), query);
  if (definition.idempotency_key === true) headers.push(["idempotency-key", "‹…›"]);
  else if (typeof definition.idempotency_key === "string")
    headers.push([definition.idempotency_key.toLowerCase(), "‹…›"]);
  let body: string | undefined;
  if (definition.json !== undefined) {
    addType(headers, "application/json");
    body = jsonText(fill(definition.json));
  } else if (isRecord(definition.form)) {
    addType(headers, "application/x-www-form-urlencoded");
    body = formText(fill(definition.form) as Definition);
  } else if (typeof definition.body === "string") {
    addType(
      headers,
      typeof definition.content_type === "string" ? definition.content_type : "text/plain; charset=utf-8",
    );
    body = String(fill(definition.body));
  }
  return { method, url, headers, body };
}

/** The questions of a component. */
export function questionsOf(definition: Definition): Definition[] {
  return Array.isArray(definition.questions) ? definition.questions.filter(isRecord) : [];
}

function filler(definition: Definition, words: PreviewWords): (value: unknown) => unknown {
  const questions = questionsOf(definition);
  const fill = (value: unknown): unknown => {
    if (typeof value === "string") {
      return value
        .replace(/\{val(\d+)\}/g, (_, number: string) =>
          questions[Number(number) - 1]?.secret === true ? words.secret : words.answer(Number(number)),
        )
        .replace(/\{authtoken(:[\w-]+)?\}/g, words.token)
        .replace(/\{(secret\.[\w-]+)\}/g, "‹$1›");
    }
    if (Array.isArray(value)) return value.map(fill);
    if (isRecord(value))
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fill(entry)]));
    return value;
  };
  return fill;
}

function headersOf(definition: Definition, fill: (value: unknown) => unknown): [string, string][] {
  return Object.entries(isRecord(definition.headers) ? definition.headers : {}).map(([name, value]) => [
    name.toLowerCase(),
    String(fill(value)),
  ]);
}

function addType(headers: [string, string][], type: string): void {
  if (!headers.some(([name]) => name === "content-type")) headers.unshift(["content-type", type]);
}

/** `user.name` makes nested JSON. */
function putDotted(fields: Definition, name: string, value: unknown): void {
  const parts = name.split(".");
  let at = fields;
  for (const part of parts.slice(0, -1)) {
    const inner = at[part];
    at[part] = isRecord(inner) ? inner : {};
    at = at[part] as Definition;
  }
  at[parts.at(-1) ?? name] = value;
}

function flat(fields: Definition, before = ""): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]): [string, string][] =>
    isRecord(value)
      ? flat(value, `${before}${name}.`)
      : [[before + name, typeof value === "string" ? value : JSON.stringify(value)]],
  );
}

function withQuery(url: string, query: Definition): string {
  const text = formText(query);
  if (text === "") return url;
  return url + (url.includes("?") ? "&" : "?") + text;
}

function formText(fields: Definition): string {
  return flat(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** JSON in which what is not known yet stands without quotes. */
function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/"(‹[^"›]*›)"/g, "$1");
}
