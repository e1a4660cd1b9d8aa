// What the tests of the console have in common.
import assert from "node:assert/strict";

export { assert };

export const BOT = "w/main/bots/demo-bank";

/** Every page of the console. */
export const PAGES = {
  bots: "w/main/bots",
  bot: BOT,
  versions: `${BOT}/versions`,
  scripts: `${BOT}/scripts`,
  script: `${BOT}/scripts/balance`,
  file: `${BOT}/file`,
  "authorization-tokens": `${BOT}/authorization-tokens`,
  "authorization-token": `${BOT}/authorization-tokens/bank-login`,
  "web-services": `${BOT}/web-services`,
  "web-service": `${BOT}/web-services/get-balance`,
  forms: `${BOT}/forms`,
  channels: "w/main/channels",
  "channel-new": "w/main/channels/new",
  conversations: "w/main/conversations",
  tokens: "w/main/tokens",
  analytics: "w/main/analytics",
  members: "w/main/settings/members",
  leads: "w/main/leads",
  keys: "w/main/settings/keys",
  secrets: "w/main/settings/secrets",
  audit: "w/main/settings/audit",
  account: "w/main/settings/account",
};

/** Opens a page of the console and waits for its heading. */
export async function opened(page, world, path, heading) {
  await page.goto(world.console + path);
  await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
}

/** Waits until a page has its heading, and nothing on it is still being loaded. */
export async function settled(page) {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  for (let times = 0; times < 2; times += 1) {
    await page.locator(".mantine-Skeleton-root").first().waitFor({ state: "detached" });
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  }
}

export async function signIn(page, world, email = world.email, password = world.password) {
  await page.goto(world.console);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("navigation", { name: "Navigation" }).waitFor();
}

/** What is said in a simulator, and how to say something there and wait for the answer. */
export function conversation(simulator) {
  const log = simulator.getByRole("log", { name: "Conversation" });
  const write = async (text, heard) => {
    // By its label: before the simulation has started, the name of the contact is a text box too.
    const input = simulator.getByLabel("Write a message");
    await input.fill(text);
    await input.press("Enter");
    await log.getByText(heard).first().waitFor();
  };
  return { log, write };
}

/** Confirms with the password, if the console wants to know whether it is still the same person. */
export async function confirmed(page, world, then) {
  const asked = page.getByRole("dialog", { name: "Is it still you?" });
  const first = await Promise.race([asked.waitFor().then(() => "asked"), then.waitFor().then(() => "done")]);
  if (first === "asked") {
    await asked.getByLabel("Password", { exact: true }).fill(world.password);
    await asked.getByRole("button", { name: "Confirm" }).click();
    await then.waitFor();
    // A new proof comes with a new session.
    world.session = await page.context().storageState();
  }
}

/** Waits until the server has a draft in which something stands: "Saved" may be what was said of the change before. */
export async function kept(page, pattern, bot = "demo-bank") {
  for (let tries = 0; tries < 60; tries += 1) {
    const { body } = await api(page, "GET", `/workspaces/main/bots/${bot}/draft`);
    if (pattern.test(body.text)) return;
    await page.waitForTimeout(250);
  }
  assert.fail(`the draft of ${bot} has no ${pattern}`);
}

/** What axe finds wrong with the page as it stands (WCAG 2.2 AA and good practice). */
export async function accessible(page, world) {
  // What fades in is pale for a moment.
  await page.evaluate(() => {
    const moving = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
    return Promise.allSettled(moving.map((one) => one.finished));
  });
  // Evaluated from outside the page, so that its policy stays as it is.
  await page.evaluate(world.axe);
  const violations = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  });
  assert.deepEqual(violations, [], page.url());
}

/** What somebody can do with the API from a page, with the session of that page. */
export function api(page, method, path, body, headers = {}) {
  return page.evaluate(
    async ([method, path, body, headers]) => {
      const session = await (await fetch("/api/v1/session")).json();
      const answer = await fetch(`/api/v1${path}`, {
        method,
        headers: { "content-type": "application/json", "x-csrf-token": session.csrf, ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : undefined };
    },
    [method, path, body, headers],
  );
}

/** A member of the workspace in a browser of their own, by an invitation. */
export async function member({ page, person, world }, name, role) {
  await page.goto(`${world.console}w/main/settings/members`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  const email = `${name.toLowerCase()}@demo.example`;
  // Whoever invites proves that it is them.
  await api(page, "POST", "/session/step-up", { password: world.password });
  world.session = await page.context().storageState();
  const { status, body } = await api(page, "POST", "/workspaces/main/invitations", { email, role });
  assert.equal(status, 201, JSON.stringify(body));
  const other = await person({ nobody: true });
  await other.page.goto(body.link.replace("127.0.0.1", "localhost"));
  await other.page.getByLabel("Your name").fill(name);
  await other.page.getByLabel("Password", { exact: true }).fill(`${name} likes long words`);
  world.scan.add(`${name} likes long words`);
  await other.page.getByRole("button", { name: "Accept and sign in" }).click();
  await other.page.getByRole("navigation", { name: "Navigation" }).waitFor();
  return other;
}

/** A user on a line of the stand-ins. */
export class Customer {
  after = 0;

  constructor(world, line, name) {
    this.base = `${world.standIns}/stand-in/${line}`;
    this.name = name;
  }

  /** Says or does something, and gives what the bot answers until it has said `awaited`. */
  async says(what, awaited) {
    const act = typeof what === "string" ? { text: what } : what;
    const sent = await fetch(`${this.base}/say`, { method: "POST", body: JSON.stringify({ from: this.name, ...act }) });
    assert.equal((await sent.json()).acknowledged, true, `${JSON.stringify(what)} was taken`);
    return this.hears(awaited);
  }

  /** What comes from the bot until it has said `awaited`. */
  async hears(awaited) {
    const heard = [];
    for (let tries = 0; tries < 5; tries += 1) {
      const news = await fetch(`${this.base}/messages?of=${this.name}&after=${this.after}&wait=5`);
      const { next, messages } = await news.json();
      this.after = next;
      heard.push(...messages.map(({ text }) => text));
      if (heard.some((text) => awaited.test(text))) return heard;
    }
    assert.fail(`the bot has not said ${awaited}, but ${JSON.stringify(heard)}`);
  }
}

export function shot(page, name) {
  return page.screenshot({ path: new URL(`../output/console-${name}.png`, import.meta.url).pathname });
}
