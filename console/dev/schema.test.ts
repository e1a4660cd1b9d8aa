// @vitest-environment node
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DESCRIPTION, typesOf, WRITTEN } from "../build/api.mjs";

test("the types of the API are those of its description: otherwise run `npm run api`", async () => {
  const types = await typesOf(JSON.parse(readFileSync(DESCRIPTION, "utf8")));
  expect(types === readFileSync(WRITTEN, "utf8")).toBe(true);
}, 30_000);
