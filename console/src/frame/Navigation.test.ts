import { expect, test } from "vitest";
import { initials } from "./Navigation.tsx";

test("initials are whole letters, whatever a name is written with", () => {
  expect(["Ada Lovelace", "you", "Ada 😀 שלום", "José María de la O", "😀", ""].map(initials)).toEqual([
    "AL",
    "Y",
    "Aש",
    "JO",
    "",
    "",
  ]);
});
