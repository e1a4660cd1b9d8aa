import { type Document, type Node, parseDocument } from "yaml";

/** A text as the parser sees it. Nobody changes it; it is shared. */
export interface Parsed {
  doc: Document;
  root: Node | null;
  /** Undefined when the text has an error. */
  plain: unknown;
  error: { message: string; offset: number } | undefined;
}

const KEPT = 4;
const kept = new Map<string, Parsed>();

/** Parses a text, or gives what was parsed of it a moment ago: one change of a big bot is looked at several times. */
export function parsed(text: string): Parsed {
  const known = kept.get(text);
  if (known) return known;
  const doc = parseDocument(text, { keepSourceTokens: true, logLevel: "silent" });
  const fresh = { doc, root: doc.contents as Node | null, ...readValue(doc) };
  kept.set(text, fresh);
  const oldest = kept.keys().next().value;
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return fresh;
}

function readValue(doc: Document): Pick<Parsed, "plain" | "error"> {
  const first = doc.errors[0];
  if (first) {
    return {
      plain: undefined,
      error: { message: (first.message.split("\n")[0] ?? "").replace(/:$/, ""), offset: first.pos[0] },
    };
  }
  try {
    return { plain: doc.toJS({ maxAliasCount: 10_000 }), error: undefined };
  } catch (error) {
    return { plain: undefined, error: { message: error instanceof Error ? error.message : "", offset: 0 } };
  }
}
