// Who may do what, and two people at once.
import { accessible, api, assert, BOT, confirmed, kept, member, opened, shot } from "./helpers.mjs";

async function a_viewer_sees_and_cannot(all) {
  const { world } = all;
  all.allow(/403|401/);
  const { page } = await member(all, "Vera", "viewer");
  await opened(page, world, `${BOT}/authorization-tokens/my-login`, "my-login");
  await page.getByText("Your role does not allow to change bots.").waitFor();
  assert.equal(await page.getByLabel("TTL in seconds").isDisabled(), true);
  assert.equal(await page.getByRole("button", { name: "Save", exact: true }).isDisabled(), true);
  await opened(page, world, BOT, "Demo Bank");
  assert.equal(await page.getByRole("banner").getByRole("button", { name: "Publish" }).count(), 0);
  await accessible(page, world);
  await shot(page, "viewer");
  // What has no button is refused all the same.
  const draft = await api(page, "GET", "/workspaces/main/bots/demo-bank/draft");
  assert.equal(draft.status, 200);
  for (const [method, path, body] of [
    ["PUT", "/workspaces/main/bots/demo-bank/draft", { text: "x" }],
    ["POST", "/workspaces/main/bots/demo-bank/publish", {}],
    ["POST", "/workspaces/main/bots", { id: "b", name: "B" }],
    ["PUT", "/workspaces/main/secrets/a", { value: "b" }],
    ["POST", "/workspaces/main/invitations", { email: "x@demo.example", role: "owner" }],
  ]) {
    const { status, body: problem } = await api(page, method, path, body, { "if-match": `"${draft.body.revision}"` });
    assert.deepEqual([status, problem.code], [403, "forbidden"], `${method} ${path}`);
  }
  const again = await api(page, "GET", "/workspaces/main/bots/demo-bank/draft");
  assert.deepEqual(again.body, draft.body);
}

async function two_editors_at_once_lose_nothing(all) {
  const { page, world } = all;
  all.allow(/409/);
  const other = await member(all, "Eddie", "editor");
  const path = `${BOT}/scripts/bye`;
  const write = async (page, text) => {
    const field = page
      .getByRole("complementary", { name: "Settings of the step" })
      .getByRole("textbox", { name: /^Text/ })
      .first();
    await field.fill(text);
  };
  for (const one of [page, other.page]) {
    await one.goto(`${world.console}${path}?step=scripts.bye.steps%5B0%5D`);
    await one.getByRole("complementary", { name: "Settings of the step" }).waitFor();
  }
  // Both type before either has heard of the other.
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await page.route("**/draft", async (route) => {
    if (route.request().method() === "PUT") await held;
    await route.continue();
  });
  await write(page, "Goodbye from the first one.");
  const saved = other.page.waitForResponse((answer) => answer.request().method() === "PUT" && answer.ok());
  await write(other.page, "Goodbye from the second one.");
  await saved;
  release();
  const conflict = page.getByRole("dialog", { name: "Somebody else has saved this bot" });
  await conflict.getByText("Goodbye from the first one.").waitFor();
  await conflict.getByText("Goodbye from the second one.").waitFor();
  await accessible(page, world);
  await shot(page, "conflict");
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  const { body } = await api(page, "GET", "/workspaces/main/bots/demo-bank/draft");
  assert.match(body.text, /Goodbye from the first one\./);
  // The other one learns of it.
  await other.page.getByText("Goodbye from the first one.").first().waitFor();
}

async function the_panel_stays_with_its_step(all) {
  const { page, world } = all;
  all.allow(/403|409/);
  const other = await member(all, "Odo", "editor");
  const draft = "/workspaces/main/bots/demo-bank/draft";
  await page.goto(`${world.console}${BOT}/scripts/bye?step=scripts.bye.steps%5B0%5D`);
  const field = page
    .getByRole("complementary", { name: "Settings of the step" })
    .getByRole("textbox", { name: /^Text/ })
    .first();
  const before = await field.inputValue();
  await field.focus();
  await page.keyboard.press("End");
  await page.keyboard.type(" I type");
  await kept(page, / I type/);
  // Somebody else puts a step above, while it is being typed on.
  await other.page.goto(`${world.console}w/main/bots`);
  const { body } = await api(other.page, "GET", draft);
  const text = body.text.replace(/(- id: bye\n[\s\S]*?steps:\n)/, '$1      - message: "Put above."\n');
  const saved = api(other.page, "PUT", draft, { text }, { "if-match": `"${body.revision}"` });
  await page.keyboard.type(" and type", { delay: 60 });
  assert.equal((await saved).status, 200);
  await page.getByText("Put above.").first().waitFor();
  await page.keyboard.type(" on.", { delay: 30 });
  assert.equal(await field.inputValue(), `${before} I type and type on.`);
  await kept(page, /Put above\.[\s\S]*I type and type on\./);
  const end = await api(page, "GET", draft);
  const mended = end.body.text.replace('      - message: "Put above."\n', "").replace(" I type and type on.", "");
  await page.goto(`${world.console}w/main/bots`);
  assert.equal((await api(page, "PUT", draft, { text: mended }, { "if-match": `"${end.body.revision}"` })).status, 200);
}

async function two_editors_of_one_login_lose_nothing(all) {
  const { page, world } = all;
  all.allow(/403|409/);
  const other = await member(all, "Edna", "credential_manager");
  const ttl = (one) => one.getByLabel("TTL in seconds");
  const url = (one) => one.getByLabel("URL of your auth service").first();
  for (const one of [page, other.page]) {
    await opened(one, world, `${BOT}/authorization-tokens/my-login`, "my-login");
    await url(one).waitFor();
  }
  await ttl(page).fill("1200");
  await url(other.page).fill("{config.bank_url}/login?from=edna");
  await other.page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForFunction(() => document.querySelector("#token-url").value.endsWith("?from=edna"));
  await ttl(other.page).fill("600");
  await other.page.getByRole("button", { name: "Save", exact: true }).click();
  // Both have changed the TTL.
  const clash = page.getByRole("alert").filter({ hasText: "Somebody else has changed this too" });
  await clash.getByText("600").waitFor();
  assert.equal(await ttl(page).inputValue(), "1200");
  await accessible(page, world);
  await shot(page, "clash");
  await clash.getByRole("button", { name: "Keep mine" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await kept(page, /url: "\{config.bank_url\}\/login\?from=edna"[\s\S]{0,400}ttl: 1200/);
  await url(page).fill("{config.bank_url}/login");
  await ttl(page).fill("900");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await kept(page, /- id: my-login[\s\S]{0,400}ttl: 900/);
}

async function what_is_wrong_stands_beside_the_field({ page, world }) {
  await opened(page, world, `${BOT}/authorization-tokens/my-login`, "my-login");
  await page.getByLabel("TTL in seconds").fill("15 minutes");
  await page.getByRole("button", { name: "Use 900" }).waitFor();
  const url = page.getByLabel("URL of your auth service").first();
  await url.fill("not a url");
  await url.blur();
  await page.locator("[aria-invalid=true]").first().waitFor();
  const described = await url.getAttribute("aria-describedby");
  assert.ok(described, "the field names what is wrong with it");
  assert.equal(await url.getAttribute("aria-invalid"), "true");
  assert.equal(await url.inputValue(), "not a url");
  await page.getByRole("button", { name: "Discard changes" }).click();

  // In the builder: what starts a script, and where a branch leads.
  await page.goto(`${world.console}${BOT}/scripts/bye`);
  await page.locator(".react-flow__node-head").filter({ hasText: /^bye/ }).click();
  const triggers = page.getByRole("textbox", { name: "Triggers" });
  const before = await triggers.inputValue();
  await triggers.fill(`${before}\nbalance`);
  await page.getByText("the trigger `balance` starts").first().waitFor();
  assert.equal(await triggers.getAttribute("aria-invalid"), "true");
  await page.locator(".react-flow__node-head").filter({ hasText: /^bye/ }).getByRole("img", { name: "1 problem" }).waitFor();
  await shot(page, "trigger-twice");
  await triggers.fill(before);
  await page.getByText("0 errors").waitFor();
  await page.getByText("Saved", { exact: true }).waitFor();
}

async function an_api_key_is_shown_once({ page, world, allow }) {
  allow(/403/);
  await page.goto(`${world.console}w/main/settings/keys`);
  await page.getByRole("button", { name: "New key" }).click();
  const dialogue = page.getByRole("dialog", { name: "New key" });
  await dialogue.getByLabel("What it is for").fill("deployment");
  await dialogue.getByRole("checkbox", { name: "bot.read" }).check();
  await accessible(page, world);
  // It is in the one answer that makes it, and nowhere else.
  const made = world.scan.paused();
  await dialogue.getByRole("button", { name: "Make the key" }).click();
  await confirmed(page, world, page.getByText(/sck_live_/));
  world.scan.add(await page.getByText(/sck_live_/).innerText());
  await made();
  await page.reload();
  await page.getByText("deployment").waitFor();
  assert.equal(await page.getByText(/sck_live_/).count(), 0);
}

export default {
  a_viewer_sees_and_cannot,
  two_editors_at_once_lose_nothing,
  two_editors_of_one_login_lose_nothing,
  the_panel_stays_with_its_step,
  what_is_wrong_stands_beside_the_field,
  an_api_key_is_shown_once,
};
