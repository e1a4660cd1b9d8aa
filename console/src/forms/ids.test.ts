import { expect, test } from "vitest";
import { idOf, isId } from "./ids.ts";

test.each([
  ["Demo Bank", "demo-bank"],
  ["  Banco de España, S.A. ", "banco-de-espana-s-a"],
  ["24 hours", "hours"],
  ["---", ""],
])("the name “%s” suggests the id “%s”", (name, id) => {
  expect(idOf(name)).toBe(id);
});

test("what may be an id", () => {
  expect(["a", "bank-login", "b2"].filter(isId)).toHaveLength(3);
  expect(["", "-a", "a-", "A", "2b", "a b", "a_b", "a".repeat(65)].filter(isId)).toEqual([]);
});
