import type { Plugin } from "vite";

/** Answers `/api/v1` in development without a server. */
export function fakeApi(): Plugin {
  return { name: "fake-api" };
}
