import { expect, test } from "vitest";
import type { Channel } from "../../api/contract.ts";
import { healthOf } from "./health.ts";

const of = (health: Partial<Channel["health"]>) =>
  healthOf({ health: { waiting: 0, dead_letters: 0, ...health } } as Channel);
const [early, late] = ["2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z"];

test("a failure counts until something newer went well", () => {
  expect(of({})).toBe("nothing");
  expect(of({ last_webhook_at: early })).toBe("ok");
  expect(of({ last_delivery_at: early, last_failure: { at: late, message: "" } })).toBe("failing");
  expect(of({ last_delivery_at: late, last_failure: { at: early, message: "" } })).toBe("ok");
  expect(of({ last_webhook_at: early, last_refused_at: late })).toBe("refused");
  expect(of({ last_webhook_at: late, last_refused_at: early })).toBe("ok");
});
