import { expect, test } from "vitest";
import { share, span } from "./sums.ts";

const now = Date.parse("2026-11-22T12:30:00Z");

test("a day is asked for in hours, more in days", () => {
  expect(span("day", now)).toEqual({
    from: "2026-11-21T13:00:00.000Z",
    to: "2026-11-22T13:00:00.000Z",
    bucket: "hour",
  });
  expect(span("week", now)).toEqual({
    from: "2026-11-16T00:00:00.000Z",
    to: "2026-11-23T00:00:00.000Z",
    bucket: "day",
  });
});

test("a share of nothing is a dash", () => {
  expect(share(1, 4, "en")).toBe("25%");
  expect(share(0, 0, "en")).toBe("–");
});
