// What goes on after the first publication: an earlier version comes back, a form, a channel, members and their secrets.
import { createHash } from "node:crypto";
import {
  accessible,
  api,
  assert,
  BOT,
  Customer,
  confirmed,
  conversation,
  kept,
  member,
  opened,
  settled,
  shot,
  signIn,
} from "./helpers.mjs";

async function an_earlier_version_comes_back({ page, world, allow }) {
  // The proof below gives the session a new token, which the page has to find out about.
  allow(/403/);
  await page.goto(`${world.console}${BOT}/versions`);
  await settled(page);
  await api(page, "POST", "/session/step-up", { password: world.password });
  world.session = await page.context().storageState();
  const path = "/workspaces/main/bots/demo-bank";
  const before = (await api(page, "GET", path)).body.live.number;
  const draft = (await api(page, "GET", `${path}/draft`)).body;
  const text = draft.text.replace("I have not understood that.", "Say that once more.");
  const saved = await api(page, "PUT", `${path}/draft`, { text }, { "if-match": `"${draft.revision}"` });
  assert.equal(saved.status, 200, JSON.stringify(saved.body));
  const published = await api(
    page,
    "POST",
    `${path}/publish`,
    { note: "Asks once more" },
    { "if-match": `"${saved.body.revision}"` },
  );
  assert.equal(published.status, 200, JSON.stringify(published.body));
  const rosa = new Customer(world, "whatsapp", "rosa");
  await rosa.says("bye", /Good ?bye/);
  await rosa.says("mumble", /Say that once more/);

  // The page has learned of it by itself.
  const row = (number) => page.getByRole("row", { name: new RegExp(`^${number} `) });
  await row(before + 1).getByText("Live").waitFor();
  await page.getByLabel("From").selectOption(String(before));
  await page.getByLabel("To").selectOption("live");
  const differences = page.getByRole("region", { name: "Differences" });
  await differences.getByText("Say that once more.").waitFor();
  await accessible(page, world);
  await shot(page, "versions");
  await page.getByRole("button", { name: `Roll back: ${before}`, exact: true }).click();
  const dialogue = page.getByRole("dialog", { name: `Roll back to publication ${before}?` });
  await dialogue.getByText("The draft stays as it is.").waitFor();
  await accessible(page, world);
  await shot(page, "roll-back");
  await dialogue.getByRole("button", { name: "Roll back" }).click();
  await confirmed(page, world, page.getByText(`What publication ${before} was is live again`));
  await row(before).getByText("Live").waitFor();
  await shot(page, "rolled-back");
  // Who comes now hears the words of before.
  const rolf = new Customer(world, "whatsapp", "rolf");
  await rolf.says("bye", /Good ?bye/);
  await rolf.says("mumble", /I have not understood that/);
  await kept(page, /Say that once more/);
}

async function a_form_is_made_and_asked({ page, world }) {
  await opened(page, world, `${BOT}/forms`, "Forms");
  await page.getByRole("link", { name: "New Form" }).click();
  await page.getByRole("heading", { name: "New Form", level: 1 }).waitFor();
  await accessible(page, world);
  // What is missing is told beside its field.
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.locator("[aria-invalid=true]").nth(2).waitFor();
  await accessible(page, world);
  await shot(page, "form-empty");
  await page.getByLabel("Unique id").fill("feedback");
  const question = (number) => page.getByRole("group", { name: `Question ${number}` });
  const words = (number) => question(number).getByRole("textbox", { name: `Question ${number}`, exact: true });
  const variable = (number) => question(number).getByRole("textbox", { name: `Save as, Question ${number}` });
  await words(1).fill("How did you like it?");
  await variable(1).fill("1st word");
  await variable(1).blur();
  assert.equal(await variable(1).getAttribute("aria-invalid"), "true");
  await variable(1).fill("liking");
  await page.getByRole("button", { name: "Question", exact: true }).click();
  await words(2).fill("From 1 to 5?");
  await variable(2).fill("points");
  await question(2).getByRole("button", { name: "Details, Question 2" }).click();
  await page.getByRole("menuitem", { name: "Details" }).click();
  await question(2).getByLabel("Kind of answer").selectOption("number");
  await page.getByRole("region", { name: "What the user sees" }).getByText("How did you like it?").waitFor();
  await accessible(page, world);
  await shot(page, "form");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "feedback", level: 1 }).waitFor();
  await kept(page, /- id: feedback/);

  await page.goto(`${world.console}${BOT}/scripts/bye?step=scripts.bye.steps%5B0%5D`);
  const bar = page.getByRole("toolbar", { name: "Add a step" });
  await page.getByRole("complementary", { name: "Settings of the step" }).waitFor();
  await bar.getByRole("button", { name: "Form", exact: true }).click();
  const pick = page.getByRole("dialog", { name: "Add Form" });
  await pick.getByLabel("Select the id of the component from the list").selectOption("feedback");
  await pick.getByRole("button", { name: "Save" }).click();
  await kept(page, /- form: feedback/);
  await page.getByRole("button", { name: "Simulate" }).click();
  const simulator = page.getByRole("complementary", { name: "Simulator" });
  await simulator.getByRole("button", { name: "Start", exact: true }).click();
  const { write } = conversation(simulator);
  await write("bye", "How did you like it?");
  await write("very much", "From 1 to 5?");
  await write("quite", /number/i);
  await simulator.getByLabel("Write a message").fill("5");
  await simulator.getByLabel("Write a message").press("Enter");
  await simulator.getByText("liking").first().waitFor();
  await simulator.getByText("very much").last().waitFor();
  await accessible(page, world);
  await shot(page, "form-simulated");
}

async function a_channel_is_connected_step_by_step({ page, world, allow }) {
  // Its page reads it once more while it is being removed.
  allow(/404/);
  await opened(page, world, "w/main/channels", "Channels");
  await page.getByRole("link", { name: "Connect a channel" }).click();
  await page.getByRole("heading", { name: "Connect a channel", level: 1 }).waitFor();
  await page.getByRole("button", { name: /^Telegram/ }).click();
  await page.getByRole("heading", { name: "How to connect" }).waitFor();
  await accessible(page, world);
  const connect = page.getByRole("button", { name: "Connect", exact: true });
  await connect.click();
  await page.locator("[aria-invalid=true]").nth(1).waitFor();
  await accessible(page, world);
  await shot(page, "channel-missing");
  // The same bot of Telegram as in the demo, with a line of its own to this server.
  const [token, secret] = ["7654321098:AAEdemoTOKENdemoTOKENdemo", "A-line_of-its-own-42"];
  world.scan.add(secret);
  await page.getByLabel("Name").fill("Second line");
  await page.getByLabel("Bot", { exact: true }).selectOption({ label: "Demo Bank" });
  await page.getByRole("textbox", { name: "Bot token" }).fill(token);
  await page.getByRole("textbox", { name: "Secret token" }).fill(secret);
  await page.getByRole("textbox", { name: "API URL" }).fill(`${world.standIns}/telegram`);
  await shot(page, "channel-filled");
  await connect.click();
  await confirmed(page, world, page.getByRole("heading", { name: "Second line", level: 1 }));
  await settled(page);
  const hook = await page.locator("code", { hasText: "/hooks/" }).innerText();
  await page.getByRole("button", { name: "Test the connection" }).click();
  await page.getByRole("alert").filter({ hasText: /It works|It does not work yet/ }).waitFor();
  await accessible(page, world);
  await shot(page, "channel-new");

  // What a stranger sends is refused, and this is seen.
  const update = (text, given, number) =>
    fetch(hook, {
      method: "POST",
      headers: { "content-type": "application/json", "x-telegram-bot-api-secret-token": given },
      body: JSON.stringify({
        update_id: number,
        message: {
          message_id: number,
          date: Math.floor(Date.now() / 1000),
          from: { id: chat, is_bot: false, first_name: "Tess" },
          chat: { id: chat, type: "private" },
          text,
        },
      }),
    });
  const chat = numberOf("tg/tess", 10);
  // A bot of Telegram may write to whom has written to it.
  const tess = new Customer(world, "telegram", "tess");
  await tess.says("bye", /Good ?bye/);
  assert.equal((await update("hello", "not the secret", 1)).ok, false);
  assert.equal((await update("hello", secret, 2)).status, 200);
  await tess.hears(/What can I do for you/);
  await page.reload();
  await settled(page);
  await page.getByText("Works").first().waitFor();
  await page.getByText("Last refused").waitFor();
  await accessible(page, world);
  await shot(page, "channel-health");
  // Nobody sees the secret again; it can be replaced.
  const field = page.getByRole("textbox", { name: "Secret token" });
  assert.equal(await field.inputValue(), "");
  assert.match(await field.getAttribute("placeholder"), /Is set/);
  await page.getByRole("button", { name: "Remove the channel" }).click();
  await page.getByRole("dialog", { name: "Remove Second line?" }).getByRole("button", { name: "Remove the channel" }).click();
  await page.getByRole("heading", { name: "Channels", level: 1 }).waitFor();
  assert.equal((await update("hello", secret, 3)).ok, false);
}

/** The id under which the stand-in of Telegram knows somebody. */
function numberOf(text, digits) {
  const start = createHash("sha256").update(text).digest().readBigUInt64BE();
  const floor = 10n ** BigInt(digits - 1);
  return Number(floor + (start % (floor * 9n)));
}

async function members_come_change_and_go(all) {
  const { page, person, world } = all;
  all.allow(/401|403|404|410/);
  await page.goto(`${world.console}w/main/settings/members`);
  await settled(page);
  const make = page.getByRole("button", { name: "Make the invitation" });
  await page.getByRole("textbox", { name: "Email" }).fill("no address");
  await make.click();
  await page.locator("[aria-invalid=true]").waitFor();
  await page.getByRole("textbox", { name: "Email" }).fill("mia@demo.example");
  await page.getByLabel("Role", { exact: true }).selectOption("viewer");
  const invited = world.scan.paused();
  await make.click();
  const link = page.locator("code", { hasText: "/invitation#" });
  await confirmed(page, world, link);
  const address = (await link.innerText()).replace("127.0.0.1", "localhost");
  await invited();
  await page.getByText("mia@demo.example: Copy it now").waitFor();
  await accessible(page, world);
  await shot(page, "invited");

  const other = await person({ nobody: true });
  await other.page.goto(address);
  await other.page.getByText("Your role will be Viewer.").waitFor();
  await accessible(other.page, world);
  await shot(other.page, "invitation");
  await other.page.getByLabel("Your name").fill("Mia");
  await other.page.getByLabel("Password", { exact: true }).fill("Mia likes long words");
  await other.page.getByRole("button", { name: "Accept and sign in" }).click();
  await other.page.getByRole("navigation", { name: "Navigation" }).waitFor();
  await settled(other.page);
  assert.equal(await other.page.getByRole("button", { name: "New bot" }).count(), 0);
  // It has worked once.
  const third = await person({ nobody: true });
  await third.page.goto(address);
  await third.page.getByRole("heading", { name: "This invitation does not work any more" }).waitFor();
  await accessible(third.page, world);

  await page.reload();
  await page.getByLabel("Role of Mia").selectOption("editor");
  await confirmed(page, world, page.getByText("Saved", { exact: true }));
  await other.page.reload();
  await other.page.getByRole("button", { name: "New bot" }).waitFor();
  await page.getByRole("button", { name: "Remove Mia" }).click();
  await page.getByRole("dialog", { name: "Remove Mia from the workspace?" }).getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove Mia" }).waitFor({ state: "detached" });
  await shot(page, "members");
  const refused = await api(other.page, "GET", "/workspaces/main/bots");
  assert.ok([401, 403, 404].includes(refused.status), `${refused.status}`);
  await other.page.goto(`${world.console}w/main/bots`);
  await other.page.getByRole("heading", { level: 1 }).waitFor();
  await shot(other.page, "member-gone");
  await accessible(other.page, world);
}

async function a_secret_is_never_shown_again({ page, world }) {
  await page.goto(`${world.console}w/main/settings/secrets`);
  await settled(page);
  const value = "correct-horse-battery-staple-7";
  world.scan.add(value);
  await page.getByRole("button", { name: "New secret" }).click();
  const dialogue = page.getByRole("dialog", { name: "New secret" });
  await dialogue.getByLabel("Name").fill("api key");
  await dialogue.getByLabel("Value", { exact: true }).fill(value);
  await dialogue.getByRole("button", { name: "Save" }).click();
  await dialogue.locator("[aria-invalid=true]").waitFor();
  await dialogue.getByLabel("Name").fill("api_key");
  await accessible(page, world);
  await dialogue.getByRole("button", { name: "Save" }).click();
  const row = page.getByRole("row", { name: /^api_key/ });
  await confirmed(page, world, row);
  await dialogue.waitFor({ state: "detached" });
  await accessible(page, world);
  await shot(page, "secret");
  assert.equal((await page.content()).includes(value), false);
  // A new one of the same name does not replace it unseen.
  await page.getByRole("button", { name: "New secret" }).click();
  await dialogue.getByLabel("Name").fill("api_key");
  await dialogue.getByLabel("Value", { exact: true }).fill("another value");
  await dialogue.getByRole("button", { name: "Save" }).click();
  await dialogue.getByText("It is there already.").waitFor();
  await dialogue.getByRole("button", { name: "Cancel" }).click();
  await row.getByRole("button", { name: "Replace api_key" }).click();
  const replace = page.getByRole("dialog", { name: "Replace api_key" });
  assert.equal(await replace.getByLabel("Value", { exact: true }).inputValue(), "");
  await replace.getByRole("button", { name: "Cancel" }).click();
  await page.goto(`${world.console}w/main/settings/audit`);
  await page.getByText(/secret/).first().waitFor();
  await settled(page);
  assert.equal((await page.content()).includes(value), false);
  await page.goto(`${world.console}w/main/settings/secrets`);
  // On a phone too.
  await page.setViewportSize({ width: 390, height: 780 });
  await row.waitFor();
  await shot(page, "secret-phone");
  await row.getByRole("button", { name: "Remove api_key" }).click();
  await page.getByRole("dialog", { name: "Remove api_key?" }).getByRole("button", { name: "Remove" }).click();
  await row.waitFor({ state: "detached" });
}

export default {
  an_earlier_version_comes_back,
  a_form_is_made_and_asked,
  a_channel_is_connected_step_by_step,
  members_come_change_and_go,
  a_secret_is_never_shown_again,
};
