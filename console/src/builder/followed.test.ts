import { expect, test } from "vitest";
import { type BotFile, readBotFile } from "../bot-file/model.ts";
import { followed } from "./followed.ts";

function bot(...steps: string[]): BotFile {
  const read = readBotFile(
    `bot: a\nscripts:\n  - id: s\n    steps:\n${steps.map((one) => `      - message: ${one}\n`).join("")}`,
  );
  if ("unreadable" in read) throw new Error(read.unreadable.message);
  return read.file;
}

const at = (number: number) => `scripts.s.steps[${number}]`;

test("a step is followed when somebody else adds or takes away others", () => {
  expect(followed(at(1), bot("a", "b"), bot("x", "a", "b"))).toBe(at(2));
  expect(followed(at(1), bot("a", "b"), bot("b"))).toBe(at(0));
  expect(followed(at(1), bot("a", "a", "b"), bot("a", "a", "b", "c"))).toBe(at(1));
  expect(followed("scripts.s", bot("a"), bot("b"))).toBe("scripts.s");
});

test("a step that was changed itself is where what stayed says", () => {
  expect(followed(at(1), bot("a", "b", "c"), bot("a", "B", "c"))).toBe(at(1));
  expect(followed(at(0), bot("a"), bot("A"))).toBe(at(0));
  expect(followed(at(1), bot("a", "b", "c"), bot("x", "a", "B", "c"))).toBe(at(2));
});

test("what is gone is not followed", () => {
  expect(followed(at(2), bot("a", "b", "c"), bot("x"))).toBeUndefined();
  expect(followed("scripts.other", bot("a"), bot("a"))).toBeUndefined();
});
