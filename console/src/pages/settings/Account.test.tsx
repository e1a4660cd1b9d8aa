import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { keys } from "../../api/queries.ts";
import { fakeFetch, problem, type Sent } from "../../test/fakeFetch.ts";
import { session, show } from "../../test/show.tsx";
import { DeleteAccount } from "./DeleteAccount.tsx";
import { Email } from "./Email.tsx";

const { account } = session();
const signOut = vi.hoisted(() => vi.fn());
// It leaves the page.
vi.mock("../../session/useSignOut.ts", () => ({ useSignOut: () => signOut }));

const wrote = (sent: Sent[]) => sent.filter(({ method }) => method !== "GET");

test("the address is changed, and the session shows the new one", async () => {
  const changed = session();
  changed.account.email = "lovelace@example.com";
  const sent = fakeFetch({ "POST /account/email": changed });
  const { client } = show(<Email account={account} />, { path: "/w/demo/settings/account" });
  const field = await screen.findByLabelText("Email");
  await userEvent.clear(field);
  await userEvent.paste("lovelace@example.com");
  await userEvent.click(screen.getByRole("button", { name: "Change the address" }));
  await waitFor(() => expect(client.getQueryData(keys.session)).toEqual(changed));
  expect(wrote(sent).map(({ body }) => body)).toEqual([{ email: "lovelace@example.com" }]);
});

test("an account is deleted once its address was typed, and its session ends", async () => {
  const sent = fakeFetch({ "DELETE /account": () => undefined });
  show(<DeleteAccount account={account} />, { path: "/w/demo/settings/account" });
  await userEvent.click(await screen.findByRole("button", { name: "Delete the account" }));
  const asks = within(await screen.findByRole("dialog"));
  const sure = asks.getByRole("button", { name: "Delete the account" });
  expect(sure).toHaveProperty("disabled", true);
  await userEvent.click(asks.getByRole("textbox"));
  await userEvent.paste("ada@example.com");
  await userEvent.click(sure);
  await waitFor(() => expect(signOut).toHaveBeenCalledOnce());
  expect(wrote(sent).map(({ path }) => path)).toEqual(["/account"]);
});

test("why an account stays is told", async () => {
  const detail = "This is the last owner of Demo Bank; make somebody else an owner there first.";
  fakeFetch({ "DELETE /account": problem(409, "last_owner", { detail }) });
  const { history } = show(<DeleteAccount account={account} />, { path: "/w/demo/settings/account" });
  await userEvent.click(await screen.findByRole("button", { name: "Delete the account" }));
  const asks = within(await screen.findByRole("dialog"));
  await userEvent.click(asks.getByRole("textbox"));
  await userEvent.paste("ada@example.com");
  await userEvent.click(asks.getByRole("button", { name: "Delete the account" }));
  expect(await asks.findByText(detail)).toBeDefined();
  expect(history.location.pathname).toBe("/w/demo/settings/account");
});
