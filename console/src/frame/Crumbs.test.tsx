import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakeFetch } from "../test/fakeFetch.ts";
import { show } from "../test/show.tsx";
import { Crumbs } from "./Crumbs.tsx";

async function crumbs(path: string): Promise<(string | null)[]> {
  fakeFetch({});
  show(<Crumbs />, { path: `/w/demo/bots/${path}` });
  return (await screen.findAllByRole("listitem")).map(({ textContent }) => textContent);
}

test("components stand below Scripts, as the document says: Scripts > Authorization Token", async () => {
  expect(await crumbs("bank/authorization-tokens/login")).toEqual([
    "Bots",
    "bank",
    "Scripts",
    "Authorization Token",
    "login",
  ]);
  expect(screen.getByRole("link", { name: "Scripts" }).getAttribute("href")).toBe(
    "/w/demo/bots/bank/scripts",
  );
});

test("an id is shown as it is, and the form of a new component as such", async () => {
  expect(await crumbs("bank/scripts/forms")).toEqual(["Bots", "bank", "Scripts", "forms"]);
});

test("a new component has no id yet", async () => {
  expect((await crumbs("bank/forms/%2Bnew")).at(-1)).toBe("New");
});
