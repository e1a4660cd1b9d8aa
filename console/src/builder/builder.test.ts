import { describe, expect, it } from "vitest";
import { readBotFile } from "../bot-file/model.ts";
import { conditionOf, rowsOf } from "./ConditionEdit.tsx";
import { type CardText, type CardWords, cardOf, conditionText } from "./cards.ts";
import { dropPlace, layoutOf } from "./layout.ts";
import { joinTriggers, splitTriggers, triggerText } from "./triggers.ts";
import { words } from "./words.ts";

const TEXT = `
language: en
authorization_tokens:
  - { id: login, questions: [{ question: { en: "Your PIN?", es: "¿PIN?" }, secret: true }] }
scripts:
  - id: a
    steps:
      - message: { en: Hello, es: Hola }
      - auth_token: login
        failed: b
      - options: "What?"
        choices: [{ label: One, go: b }, { label: Two }]
  - id: b
    steps: [end]
`;

function file() {
  const read = readBotFile(TEXT);
  if (!("file" in read)) throw new Error("it can be read");
  return read.file;
}
const t = words.en as unknown as CardWords;

describe("cards", () => {
  it("show what the user will see", () => {
    const bot = file();
    const cards = bot.scripts[0]?.steps.map((step) => cardOf(step, bot, t));
    expect(cards?.map((card) => card.main)).toEqual(["Hello", "Your PIN? 🔒", "What?"]);
    expect(cards?.map((card) => card.branches.map((branch) => branch.name))).toEqual([
      [],
      ["failed"],
      ["One", "Two"],
    ]);
  });

  it("say a condition in words", () => {
    expect(conditionText({ amount: { more_than: 5 }, city: ["Rome", "Oslo"] }, t)).toBe(
      "amount is more than 5, city is Rome / Oslo",
    );
  });
});

describe("the layout", () => {
  it("puts each script in a column, and what it leads to on its right", () => {
    const bot = file();
    const cards = new Map<string, CardText>(
      bot.scripts.flatMap((script) => script.steps.map((step) => [step.path, cardOf(step, bot, t)] as const)),
    );
    const layout = layoutOf(bot, cards);
    const [a, b] = layout.heads;
    expect(b?.x).toBeGreaterThan(a?.x ?? 0);
    expect(layout.lines.map((line) => `${line.from} ${line.to}`)).toEqual([
      "scripts.a.steps[1] scripts.b",
      "scripts.a.steps[2] scripts.b",
    ]);
    const last = layout.cards.get("scripts.a.steps[2]");
    expect(dropPlace(layout, last?.x ?? 0, (last?.y ?? 0) + 90, "scripts.a.steps[0]")).toEqual({
      script: 0,
      at: 3,
    });
    expect(dropPlace(layout, b?.x ?? 0, (b?.y ?? 0) + 10, "scripts.a.steps[0]")).toEqual({
      script: 1,
      at: 0,
    });
  });
});

describe("conditions and triggers", () => {
  it("go into rows and back", () => {
    for (const condition of [
      { city: "Rome" },
      { amount: { more_than: 1, at_most: 5 } },
      { name: { exists: true } },
    ]) {
      expect(conditionOf(rowsOf(condition) ?? [])).toEqual(condition);
    }
    expect(rowsOf({ any: [{ a: 1 }] })).toBeUndefined();
  });

  it("keep triggers that the form does not show", () => {
    const given = ["hi", { phrase: "good day" }, { on: "call" }];
    const { lines, occasions, kept } = splitTriggers(given);
    expect(joinTriggers(lines, occasions, kept)).toEqual(given);
    expect(triggerText(given, words.en)).toBe("hi · good day · when a call comes in");
  });
});
