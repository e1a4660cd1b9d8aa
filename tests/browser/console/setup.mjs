// The first start of a server that is no demo: its log tells a token, and whoever has it makes the first account.
import { freshServer } from "./fresh.mjs";
import { accessible, assert, settled, shot } from "./helpers.mjs";

async function the_first_start_makes_the_first_administrator({ page, person, world, allow }) {
  allow(/401|410|422/);
  const server = await freshServer(world.program);
  try {
    world.scan.add(server.token);
    await page.goto(server.page);
    await page.getByRole("heading", { name: "Welcome", level: 1 }).waitFor();
    await accessible(page, world);
    await shot(page, "setup");
    const create = page.getByRole("button", { name: "Create the account" });
    // Nothing is filled in: each field says so, and the first one has the focus.
    await create.click();
    const wrong = page.locator("[aria-invalid=true]");
    await wrong.nth(3).waitFor();
    await accessible(page, world);
    await page.getByLabel("Setup token").fill("not-the-token");
    await page.getByLabel("Your name").fill("Ada Lovelace");
    await page.getByLabel("Email").fill("ada@bank.example");
    const password = page.getByLabel("Password", { exact: true });
    await password.fill("short");
    await create.click();
    assert.deepEqual(await invalid(page), ["Password"]);
    await password.fill("an engine of brass and steam");
    world.scan.add("an engine of brass and steam");
    await create.click();
    await page.getByText("This is not the token of the server's last start.").waitFor();
    assert.deepEqual(await invalid(page), ["Setup token"]);
    await accessible(page, world);
    await shot(page, "setup-wrong");
    // What the server alone knows to be weak stands beside the field too.
    await page.getByLabel("Setup token").fill(` ${server.token} `);
    await password.fill("passwordpassword");
    await create.click();
    await wrong.waitFor();
    assert.deepEqual(await invalid(page), ["Password"]);
    assert.equal(await page.getByLabel("Your name").inputValue(), "Ada Lovelace");
    await shot(page, "setup-weak");
    await password.fill("an engine of brass and steam");
    await create.click();

    // Signed in, with something to begin with.
    await page.getByRole("navigation", { name: "Navigation" }).waitFor();
    await settled(page);
    await page.getByText("No bots yet").waitFor();
    await accessible(page, world);
    await shot(page, "setup-empty");
    for (const [path, text] of [
      ["channels", "No channels yet"],
      ["conversations", /./],
      ["tokens", /./],
      ["analytics", /./],
    ]) {
      await page.goto(server.page.replace("setup", `w/main/${path}`));
      await settled(page);
      await page.getByRole("main").getByText(text).first().waitFor();
      await accessible(page, world);
      await shot(page, `setup-empty-${path}`);
    }
    await page.goto(server.page.replace("setup", "w/main/bots"));
    await page.getByRole("button", { name: "New bot" }).first().click();
    const dialogue = page.getByRole("dialog", { name: "New bot" });
    await dialogue.getByLabel("Name").fill("First Bank");
    assert.equal(await dialogue.getByLabel("Id", { exact: true }).inputValue(), "first-bank");
    await accessible(page, world);
    await shot(page, "setup-new-bot");
    await dialogue.getByRole("button", { name: "Create the bot" }).click();
    await page.getByRole("heading", { name: "First Bank", level: 1 }).waitFor();
    await settled(page);
    await accessible(page, world);
    await shot(page, "setup-first-bot");

    // Whoever comes second learns that it is done.
    const other = await person({ nobody: true });
    await other.page.goto(server.page);
    await other.page.getByRole("heading", { name: "The setup is done" }).waitFor();
    await accessible(other.page, world);
    await shot(other.page, "setup-done");
    await other.page.getByRole("link", { name: "To the sign-in" }).click();
    await other.page.getByRole("heading", { name: "Sign in", level: 1 }).waitFor();
    await other.page.goto("about:blank");
  } finally {
    // Its events would break off.
    await page.goto("about:blank");
    await server.stop();
  }
}
the_first_start_makes_the_first_administrator.options = { nobody: true };

/** The labels of the fields that are said to be wrong. */
function invalid(page) {
  return page.locator("[aria-invalid=true]").evaluateAll((fields) => fields.map((field) => field.labels[0].textContent));
}

export default { the_first_start_makes_the_first_administrator };
