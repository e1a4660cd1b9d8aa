import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { fakeFetch } from "../../test/fakeFetch.ts";
import { session, show } from "../../test/show.tsx";
import { TokensPage } from "./TokensPage.tsx";

const token = {
  id: "t1",
  conversation: "c1",
  contact: "María",
  channel: "WhatsApp",
  bot: "b",
  component: "bank-login",
  logged_in_at: "2026-01-01T00:00:00Z",
  expires_at: "2999-01-01T00:00:00Z",
  renewable: false,
};
const path = "/w/demo/tokens";

test("an empty list says what to expect", async () => {
  fakeFetch({ "GET /workspaces/demo/tokens": { items: [] } });
  show(<TokensPage />, { path });
  expect(await screen.findByText("Nobody is logged in")).toBeDefined();
});

test("one token is revoked after a question", async () => {
  const sent = fakeFetch({
    "GET /workspaces/demo/tokens": { items: [token] },
    "DELETE /workspaces/demo/tokens/t1": undefined,
  });
  show(<TokensPage />, { path });
  await userEvent.click(await screen.findByRole("button", { name: "Revoke the token of María" }));
  expect(sent.some(({ method }) => method === "DELETE")).toBe(false);
  await userEvent.click(screen.getByRole("button", { name: "Revoke" }));
  await waitFor(() => expect(sent.some(({ method }) => method === "DELETE")).toBe(true));
});

test("who may not revoke sees no button for it, here in Spanish", async () => {
  fakeFetch({ "GET /workspaces/demo/tokens": { items: [token] } });
  show(<TokensPage />, { path, signedIn: session(["token.read"]), language: "es" });
  expect(await screen.findByText("María")).toBeDefined();
  expect(screen.queryByRole("button", { name: /Revocar/ })).toBeNull();
});
