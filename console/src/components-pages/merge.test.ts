import { expect, test } from "vitest";
import { merged, withAt } from "./merge.ts";

const BASE = { url: "a", ttl: 900, questions: [{ question: "Who?", field: "user" }, { question: "What?" }] };

test("what only one of two people changed is as they made it", () => {
  const mine = { ...BASE, ttl: 1200, headers: { a: "1" } };
  const { url: _, ...theirs } = { ...BASE, method: "GET" };
  expect(merged(BASE, mine, theirs)).toEqual({
    value: { ttl: 1200, questions: BASE.questions, headers: { a: "1" }, method: "GET" },
    clashes: [],
  });
});

test("two questions are changed by two people, also inside", () => {
  const mine = { ...BASE, questions: [{ question: "Who are you?", field: "user" }, { question: "What?" }] };
  const theirs = {
    ...BASE,
    questions: [
      { question: "Who?", field: "name" },
      { question: "What?", secret: true },
    ],
  };
  const both = [
    { question: "Who are you?", field: "name" },
    { question: "What?", secret: true },
  ];
  expect(merged(BASE, mine, theirs)).toEqual({ value: { ...BASE, questions: both }, clashes: [] });
});

test("where both changed the same, mine stands and theirs is told", () => {
  const mine = { ...BASE, ttl: 1, questions: [{ question: "My?", field: "user" }, { question: "What?" }] };
  const theirs = {
    ...BASE,
    ttl: 2,
    questions: [{ question: "Their?", field: "user" }, { question: "What?" }],
  };
  const { value, clashes } = merged(BASE, mine, theirs);
  expect(value).toEqual(mine);
  expect(clashes.map(({ path, theirs }) => [path, theirs])).toEqual([
    ["ttl", 2],
    ["questions[0].question", "Their?"],
  ]);
});

test("a list that has another length for each of them is not torn apart", () => {
  const mine = { ...BASE, questions: [...BASE.questions, { question: "Mine" }] };
  const theirs = { ...BASE, questions: BASE.questions.slice(1) };
  const { value, clashes } = merged(BASE, mine, theirs);
  expect(value).toEqual(mine);
  expect(clashes).toEqual([{ place: ["questions"], path: "questions", theirs: theirs.questions }]);
});

test("a value that one took away and the other changed clashes", () => {
  const { ttl: _, ...mine } = BASE;
  expect(merged(BASE, mine, { ...BASE, ttl: 5 })).toEqual({
    value: mine,
    clashes: [{ place: ["ttl"], path: "ttl", theirs: 5 }],
  });
});

test("theirs is put in the place of mine", () => {
  expect(withAt(BASE, ["questions", 0, "field"], "name").questions).toEqual([
    { question: "Who?", field: "name" },
    { question: "What?" },
  ]);
  expect(withAt(BASE, ["ttl"], undefined)).toEqual({ url: "a", questions: BASE.questions });
  expect(withAt({}, ["a", "b"], 1)).toEqual({ a: { b: 1 } });
});
