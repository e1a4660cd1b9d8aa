// The first minute: signing in, and the first screen.
import { accessible, assert, opened, settled, shot, signIn } from "./helpers.mjs";

async function a_wrong_password_is_told_beside_the_field_and_nothing_is_lost({ page, world, allow }) {
  allow(/401/);
  await page.goto(world.console);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await accessible(page, world);
  await page.getByLabel("Email").fill(world.email);
  await page.getByLabel("Password", { exact: true }).fill("not the right one");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByLabel("Email").inputValue(), world.email);
}
a_wrong_password_is_told_beside_the_field_and_nothing_is_lost.options = { nobody: true };

async function signing_in_shows_the_five_steps({ page, context, world, allow }) {
  allow(/401/);
  await signIn(page, world);
  world.session = await context.storageState();
  const tour = page.getByRole("region", { name: "The demo bank in five steps" });
  await tour.getByRole("listitem").first().waitFor();
  assert.equal(await tour.getByRole("listitem").count(), 5);
  await accessible(page, world);
  await shot(page, "welcome");
  const [cookie] = await context.cookies();
  assert.deepEqual([cookie.name, cookie.httpOnly, cookie.secure], ["__Host-countersign", true, true]);
  world.scan.add(cookie.value);
  for (const link of await tour.getByRole("link").all()) {
    const to = new URL(await link.getAttribute("href"), page.url());
    const other = await context.newPage();
    await other.goto(to.href);
    await settled(other);
    assert.equal(await other.getByText("There is no").count(), 0, to.href);
    await other.close();
  }
}
signing_in_shows_the_five_steps.options = { nobody: true };

async function the_policy_of_the_pages_is_strict({ page, world }) {
  const answer = await page.goto(world.console);
  const policy = answer.headers()["content-security-policy"];
  assert.match(policy, /default-src 'none'; script-src 'self';/);
  assert.doesNotMatch(policy, /script-src[^;]*unsafe/);
  await opened(page, world, "w/main/bots", "Bots");
}

/** The other tests of the chat have a server of their own; this one is the whole program. */
async function the_chat_of_a_web_page_talks_to_the_same_program({ page, world }) {
  await page.goto(world.chat);
  await page.getByRole("button", { name: "Open chat" }).click();
  const input = page.getByRole("textbox", { name: "Write a message" });
  await page.locator(".row.bot > .bubble").first().waitFor();
  const before = await page.locator(".row.bot").count();
  await input.fill("hello");
  await input.press("Enter");
  await page.locator(".row.bot > .bubble").nth(before).waitFor();
  await page.locator(".row.user:not(.waiting) > .bubble", { hasText: "hello" }).waitFor();
}
the_chat_of_a_web_page_talks_to_the_same_program.options = { nobody: true };

export default {
  a_wrong_password_is_told_beside_the_field_and_nothing_is_lost,
  signing_in_shows_the_five_steps,
  the_policy_of_the_pages_is_strict,
  the_chat_of_a_web_page_talks_to_the_same_program,
};
