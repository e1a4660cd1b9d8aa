import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { addStep, putComponent, setAt } from "./edits.ts";
import { isRecord, valueAt } from "./place.ts";

const here = join(dirname(fileURLToPath(import.meta.url)), "testdata");
const sample = readFileSync(join(here, "all-features.bot"), "utf8");

/** A component and steps with everything that one may write in one's own way. */
const RICH = `countersign: 1
bot: demo
web_services:
  # before
  - id: rich   # its id
    # about the method
    method: POST
    url: 'https://bank.example/{account}'  # ünïcode 😀

    headers:
      # first
      X-One: "1"   # one
      X-Two: two
    json: { amount: "{amount}", deep: [1, { a: b }] } # flow
    questions:
      # the first question
      - question: Which account?  # asked first
        kind: digits
        length: 4

      - { question: "How much?", secret: true }
    save:
      balance: data.balance
    # the last words
    timeout: 20
  # after
  - id: next
    url: https://bank.example/next
scripts:
  - id: a
    triggers: [a, "b c"]   # two
    steps:
      # says
      - message:   Hello there   # spaced
        next: end-of-it

      - options: What now?
        # both
        choices:
          - { label: One, go: end-of-it } # 1
          - label: Two   # 2
            value: second
        save: choice
      # the end
      - id: end-of-it
        end: true
`;

type Place = (string | number)[];

/** The places of all single values. */
function leaves(value: unknown, at: Place = []): Place[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...at, index]));
  if (isRecord(value)) return Object.entries(value).flatMap(([key, item]) => leaves(item, [...at, key]));
  return [at];
}

// There are hundreds of changes, each of which is read twice.
vi.setConfig({ testTimeout: 120_000 });

const VALUES = ["now: #1 'x'", 42, true, "two\nlines", "é😀"];

describe("a change of one field", () => {
  for (const [name, text] of [
    ["line feeds", RICH],
    ["line breaks of DOS", RICH.replaceAll("\n", "\r\n")],
    ["no last line break", RICH.trimEnd()],
  ] as const) {
    it(`leaves all other lines byte for byte: ${name}`, () => {
      const plain = parse(text);
      const places = leaves(plain).filter((place) => place[0] === "web_services" || place[0] === "scripts");
      expect(places.length).toBeGreaterThan(25);
      for (const place of places) {
        for (const value of VALUES) {
          const after = setAt(place, value)(text);
          const where = `${place.join(".")} = ${value}\n${after}`;
          expect(valueAt(parse(after), place), where).toEqual(value);
          const old = text.split("\n");
          const now = after.split("\n");
          expect(now.length, where).toBe(old.length);
          expect(old.filter((line, at) => line !== now[at]).length, where).toBeLessThanOrEqual(1);
          for (const line of old) {
            const comment = line.split(/(^|\s)#/).at(-1) ?? "";
            if (/(^|\s)#/.test(line)) expect(after, where).toContain(comment);
          }
        }
      }
    });

    it(`a key that comes or goes changes its own lines alone: ${name}`, () => {
      const before = parse(text).web_services[0];
      for (const key of Object.keys(before).filter((one) => one !== "id")) {
        const { [key]: _, ...rest } = before;
        const without = putComponent("web_services", "rich", rest)(text);
        expect(parse(without).web_services[0], key).toEqual(rest);
        expectWithin(without.split("\n"), text.split("\n"), `${key}\n${without}`);
        const again = putComponent("web_services", "rich", before)(without);
        expect(parse(again).web_services[0], key).toEqual(before);
        expectWithin(without.split("\n"), again.split("\n"), `${key}\n${again}`);
        if (text.includes("\r\n")) expect(/[^\r]\n/.test(again), `${key}: ${again}`).toBe(false);
      }
    });
  }

  it("holds for every single value of a bot with all features", () => {
    const plain = parse(sample, { maxAliasCount: 10_000 });
    for (const place of leaves(plain)) {
      const value = valueAt(plain, place);
      if (typeof value !== "string" || value.includes("\n") || sample.includes("*")) continue;
      const after = setAt(place, "changed: #1")(sample);
      const old = sample.split("\n");
      const now = after.split("\n");
      expect(now.length, place.join(".")).toBe(old.length);
      expect(old.filter((line, at) => line !== now[at]).length, place.join(".")).toBe(1);
    }
  });

  it("a new step has the line breaks of the text", () => {
    const after = addStep(0, 0, { question: "Why?", save: "why" })(RICH.replaceAll("\n", "\r\n"));
    expect(/[^\r]\n/.test(after)).toBe(false);
  });
});

/** That the lines of one text stand in the other in the same order. */
function expectWithin(few: string[], many: string[], where: string): void {
  let at = 0;
  for (const line of few) {
    const found = many.indexOf(line, at);
    expect(found, `${JSON.stringify(line)}: ${where}`).toBeGreaterThanOrEqual(0);
    at = found + 1;
  }
}
