import { expect, test } from "vitest";
import { refresh } from "./events.ts";
import { keys, queryClient } from "./queries.ts";

const isOld = (
  name: Parameters<typeof refresh>[2],
  data: Record<string, unknown>,
  key: readonly unknown[],
) => {
  const client = queryClient();
  client.setQueryData(key, {});
  refresh(client, "demo", name, data);
  return client.getQueryState(key)?.isInvalidated;
};

test("an event makes old what it touches, and nothing else", () => {
  expect(isOld("conversation", { id: "c1" }, keys.conversation("demo", "c1"))).toBe(true);
  expect(isOld("conversation", { id: "c1" }, keys.bots("demo"))).toBe(false);
  expect(isOld("draft", { bot: "b" }, keys.draft("demo", "b"))).toBe(true);
  expect(isOld("token", {}, keys.tokens("demo"))).toBe(true);
  expect(isOld("channel", {}, keys.channels("other"))).toBe(false);
});

test("a reset makes the whole workspace old", () => {
  expect(isOld("reset", {}, keys.tokens("demo"))).toBe(true);
  expect(isOld("reset", {}, keys.tokens("other"))).toBe(false);
});
