// What the tests of the console have in common.
import assert from "node:assert/strict";

export { assert };

export const BOT = "w/main/bots/demo-bank";

/** Opens a page of the console and waits for its heading. */
export async function opened(page, world, path, heading) {
  await page.goto(world.console + path);
  await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
}

export async function signIn(page, world, email = world.email, password = world.password) {
  await page.goto(world.console);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("navigation", { name: "Navigation" }).waitFor();
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

/** What axe finds wrong with the page as it stands (WCAG 2.2 AA and good practice). */
export async function accessible(page, world) {
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
