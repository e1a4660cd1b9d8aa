import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "../../test/show.tsx";
import { Welcome } from "./Welcome.tsx";

test("five steps lead from the login to the tokens", async () => {
  const demo = { bot: "demo-bank", chat: "countersign chat --connect --channel whatsapp" };
  show(<Welcome workspace="demo" demo={demo} />, { path: "/w/demo/bots" });
  const steps = await screen.findAllByRole("listitem");
  expect(steps).toHaveLength(5);
  const leads = (step: number) =>
    within(steps[step] as HTMLElement)
      .getByRole("link")
      .getAttribute("href");
  expect(leads(0)).toMatch(/\/w\/demo\/bots\/demo-bank\/authorization-tokens\/bank-login$/);
  expect(leads(4)).toMatch(/\/w\/demo\/tokens$/);
  expect(screen.getByText("countersign chat --connect --channel whatsapp")).toBeDefined();
});

test("it speaks Spanish", async () => {
  show(<Welcome workspace="demo" demo={{}} />, { path: "/w/demo/bots", language: "es" });
  expect(
    await screen.findByRole("heading", { name: "El banco de demostración en cinco pasos" }),
  ).toBeDefined();
});
