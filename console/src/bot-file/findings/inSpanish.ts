import type { Checkup, Diagnostic } from "../../api/contract.ts";
import { SPANISH } from "./spanish.ts";

interface Sentence {
  pattern: RegExp;
  /** Whether what stands there is a phrase of its own, and no name of the author's. */
  phrases: boolean[];
  names: string[];
  spanish: string;
}

const sentences: Sentence[] = Object.entries(SPANISH)
  .filter(([english]) => /<\w+>/.test(english))
  .sort(([a], [b]) => b.replaceAll(/<\w+>/g, "").length - a.replaceAll(/<\w+>/g, "").length)
  .map(([english, spanish]) => {
    const parts = english.split(/<(\w+)>/);
    const names = parts.filter((_, at) => at % 2 === 1);
    const words = parts.filter((_, at) => at % 2 === 0);
    return {
      pattern: new RegExp(`^${words.map(literally).join("(.+?)")}$`, "s"),
      names,
      phrases: names.map((_, at) => !/[`{"[.]$/.test(words[at] ?? "")),
      spanish,
    };
  });
const kept = new Map<string, string>();

/** What the check says, in Spanish; a sentence that is not known stays as it is. */
export function inSpanish(english: string): string {
  const known = kept.get(english);
  if (known !== undefined) return known;
  const spanish = translated(english);
  if (kept.size > 2_000) kept.clear();
  kept.set(english, spanish);
  return spanish;
}

/** All that the check found, in Spanish. */
export function checkupInSpanish(checkup: Checkup): Checkup {
  return { ...checkup, diagnostics: checkup.diagnostics.map(findingInSpanish) };
}

/** A finding in Spanish. */
export function findingInSpanish(finding: Diagnostic): Diagnostic {
  return {
    ...finding,
    message: inSpanish(finding.message),
    notes: finding.notes.map(inSpanish),
    labels: finding.labels.map((label) => (label.text ? { ...label, text: inSpanish(label.text) } : label)),
    ...(finding.help ? { help: { ...finding.help, text: inSpanish(finding.help.text) } } : {}),
  };
}

function translated(english: string): string {
  if (Object.hasOwn(SPANISH, english)) return SPANISH[english] ?? english;
  for (const { pattern, names, phrases, spanish } of sentences) {
    const found = pattern.exec(english);
    if (!found) continue;
    const values = new Map(
      names.map((name, at) => {
        const value = found[at + 1] ?? "";
        return [name, phrases[at] ? listed(translated(value)) : value];
      }),
    );
    return spanish.replaceAll(/<(\w+)>/g, (whole, name: string) => values.get(name) ?? whole);
  }
  return english;
}

/** `a`, `b` and `c` */
function listed(text: string): string {
  return text.replaceAll("` and `", "` y `").replaceAll("` or `", "` o `");
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
