import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { api } from "../api/client.ts";
import { fakeFetch, problem } from "../test/fakeFetch.ts";
import { session, show } from "../test/show.tsx";
import { Asks } from "./Asks.tsx";

const remove = (id: string) =>
  api.DELETE("/workspaces/{workspace}/api-keys/{id}", { params: { path: { workspace: "demo", id } } });

async function shown() {
  show(
    <>
      <Asks />
      <p>The page</p>
    </>,
  );
  await screen.findByText("The page");
}

test("two requests that need a second look share one dialogue and are both sent again", async () => {
  let looked = false;
  const gate = () => (looked ? undefined : problem(403, "step_up"));
  fakeFetch({
    "DELETE /workspaces/demo/api-keys/a": gate,
    "DELETE /workspaces/demo/api-keys/b": gate,
    "POST /session/step-up": () => {
      looked = true;
      return session();
    },
  });
  await shown();
  const both = Promise.all([remove("a"), remove("b")]);
  await userEvent.type(await screen.findByLabelText("Password"), "a long password");
  expect(screen.getAllByRole("dialog")).toHaveLength(1);
  await userEvent.click(screen.getByRole("button", { name: "Confirm" }));
  expect((await both).map(({ response }) => response.status)).toEqual([204, 204]);
});

test("who does not confirm gets the problem, and the dialogue goes", async () => {
  fakeFetch({ "DELETE /workspaces/demo/api-keys/a": problem(403, "step_up") });
  await shown();
  const one = remove("a").catch((error: unknown) => error);
  await userEvent.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(await one).toMatchObject({ code: "step_up" });
  expect(screen.queryByRole("dialog")).toBeNull();
});
