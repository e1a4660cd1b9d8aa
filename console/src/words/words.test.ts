import { expect, test } from "vitest";

// Every catalogue of the console: the compiler knows that no word is missing; here, that none is empty or forgotten.
const files = import.meta.glob<Record<string, unknown>>(["../**/words.ts", "./common.ts", "./roles.ts"], {
  eager: true,
});
const SAME =
  /^(Bots?|Channels?|Tokens?|Webhook|Ctrl K|Id|Demo Bank|English|Español|p50|p95|Error|…|[^\p{L}]*)$/u;

const catalogues = Object.entries(files).flatMap(([file, module]) =>
  Object.values(module).flatMap((one) =>
    typeof one === "object" && one !== null && "en" in one && "es" in one
      ? [{ file, en: one.en as Record<string, unknown>, es: one.es as Record<string, unknown> }]
      : [],
  ),
);

test("there are catalogues", () => expect(catalogues.length).toBeGreaterThan(8));

test.each(catalogues)("$file has both languages", ({ en, es }) => {
  expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
  for (const [key, word] of Object.entries(en)) {
    if (typeof word !== "string") continue;
    expect(es[key], key).not.toBe("");
    expect(word, `${key} has an exclamation mark`).not.toContain("!");
    if (word.split(" ").length > 2 && !SAME.test(word)) expect(es[key], key).not.toBe(word);
  }
});
