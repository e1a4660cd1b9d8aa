import { expect, test } from "vitest";
import { ago, until } from "./Time.tsx";

const now = Date.parse("2026-11-22T12:00:00Z");
const after = (seconds: number) => new Date(now + seconds * 1000).toISOString();

test.each([
  [1, "0:01"],
  [59.2, "1:00"],
  [899, "14:59"],
  [3600, "1:00:00"],
  [3 * 86_400 + 7_300, "3 d 2 h"],
  [0, undefined],
  [-5, undefined],
])("%s seconds are %s", (seconds, said) => {
  expect(until(after(seconds), now)).toBe(said);
});

test("how long ago, in both languages", () => {
  expect(ago(after(-10), now, "en")).toBe("now");
  expect(ago(after(-120), now, "en")).toBe("2 minutes ago");
  expect(ago(after(-120), now, "es")).toBe("hace 2 minutos");
  expect(ago(after(-26 * 3600), now, "en")).toBe("yesterday");
  expect(ago(after(-30 * 86_400), now, "en")).toBe("Oct 23, 2026");
});
