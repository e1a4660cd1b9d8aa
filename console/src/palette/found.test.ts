import { expect, test } from "vitest";
import { found } from "./found.ts";

const places = [
  { name: "transfer", kind: "Guion", to: "/1" },
  { name: "Analítica", kind: "Página", to: "/2" },
  { name: "bank-login", kind: "Token de autorización", to: "/3" },
  { name: "login-failed", kind: "Guion", to: "/4" },
];
const names = (query: string) => found(places, query).map(({ name }) => name);

test("all words have to be there, in any order and without accents", () => {
  expect(names("")).toHaveLength(4);
  expect(names("analitica")).toEqual(["Analítica"]);
  expect(names("token bank")).toEqual(["bank-login"]);
  expect(names("nothing")).toEqual([]);
});

test("what begins with the query comes first", () => {
  expect(names("login")).toEqual(["login-failed", "bank-login"]);
});
