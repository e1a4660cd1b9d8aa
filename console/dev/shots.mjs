// Opens every page of the finished build in a browser, takes pictures of it, and asks axe what is wrong with it.
//
//   npm run build && npm run shots             all pages, in light, dark and at the width of a phone
//   npm run shots -- settings dark             the pages whose name has this in it, in some looks
//
// Needs Debian's chromium, or CHROMIUM. The pictures go to `output/`.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const wanted = process.argv[2] ?? "";
const looks = process.argv[3]?.split(",") ?? ["light", "dark", "phone"];
const folder = new URL("../output/", import.meta.url);
const PORT = Number(process.env.PORT ?? 5319);
const origin = `http://localhost:${PORT}`;
const bot = "/w/demo/bots/demo-bank";

/** name: address, and what to do before the picture. */
const PAGES = {
  setup: { path: "/setup", state: { signedIn: false, empty: true } },
  "sign-in": { path: "/sign-in", state: { signedIn: false } },
  "sign-in-second": {
    path: "/sign-in",
    state: { signedIn: false },
    act: async (page) => {
      await page.getByLabel("Email").fill("ada@demo-bank.example");
      await page.getByLabel("Password", { exact: true }).fill("second");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await page.getByLabel("Code").waitFor();
    },
  },
  invitation: { path: "/invitation#abc", state: { signedIn: false } },
  bots: { path: "/w/demo/bots" },
  "bots-empty": { path: "/w/demo/bots", state: { empty: true } },
  "bots-new": { path: "/w/demo/bots", act: (page) => page.getByRole("button", { name: "New bot" }).click() },
  bot: { path: bot },
  "bot-file-origin": { path: "/w/demo/bots/front-desk" },
  versions: { path: `${bot}/versions` },
  publish: {
    path: bot,
    act: (page) => page.getByRole("banner").getByRole("button", { name: "Publish" }).click(),
  },
  channels: { path: "/w/demo/channels" },
  "channels-empty": { path: "/w/demo/channels", state: { empty: true } },
  "channels-kinds": { path: "/w/demo/channels/new" },
  "channels-connect": { path: "/w/demo/channels/new?kind=whatsapp" },
  channel: {
    path: "/w/demo/channels/ch1",
    act: (page) => page.getByRole("button", { name: "Test the connection" }).click(),
  },
  "channel-failing": { path: "/w/demo/channels/ch2" },
  conversations: { path: "/w/demo/conversations" },
  "conversations-empty": { path: "/w/demo/conversations", state: { empty: true } },
  conversation: { path: "/w/demo/conversations/c1" },
  "conversation-taken": { path: "/w/demo/conversations/c2" },
  tokens: { path: "/w/demo/tokens" },
  "tokens-empty": { path: "/w/demo/tokens", state: { empty: true } },
  "tokens-revoke": {
    path: "/w/demo/tokens",
    act: (page) => page.getByRole("button", { name: "Revoke all" }).click(),
  },
  analytics: { path: "/w/demo/analytics" },
  "settings-members": { path: "/w/demo/settings/members" },
  "settings-step-up": {
    path: "/w/demo/settings/members",
    act: (page) => page.getByLabel("Role of Tom Berg").selectOption("admin"),
  },
  "settings-keys": { path: "/w/demo/settings/keys" },
  "settings-new-key": {
    path: "/w/demo/settings/keys",
    act: (page) => page.getByRole("button", { name: "New key" }).click(),
  },
  "settings-secrets": { path: "/w/demo/settings/secrets" },
  "settings-audit": {
    path: "/w/demo/settings/audit",
    act: (page) => page.getByRole("button", { name: "Verify" }).click(),
  },
  "settings-account": { path: "/w/demo/settings/account" },
  "settings-totp": {
    path: "/w/demo/settings/account",
    act: (page) => page.getByRole("button", { name: "Turn it on" }).click(),
  },
  palette: { path: bot, act: (page) => page.keyboard.press("Control+k") },
  "phone-menu": {
    path: bot,
    act: (page) =>
      page
        .getByLabel("Open the navigation")
        .click({ timeout: 500 })
        .catch(() => {}),
  },
  "not-found": { path: "/w/demo/nothing" },
  scripts: { path: `${bot}/scripts` },
  script: { path: `${bot}/scripts/balance` },
  simulator: {
    path: `${bot}/scripts/balance`,
    act: (page) => page.getByRole("button", { name: "Simulate" }).click(),
  },
  "authorization-tokens": { path: `${bot}/authorization-tokens` },
  "authorization-token": { path: `${bot}/authorization-tokens/bank-login` },
  "web-services": { path: `${bot}/web-services` },
  "web-service": { path: `${bot}/web-services/get-balance` },
  forms: { path: `${bot}/forms` },
  file: { path: `${bot}/file` },
};

const LOOKS = {
  light: { viewport: { width: 1360, height: 850 }, colorScheme: "light" },
  dark: { viewport: { width: 1360, height: 850 }, colorScheme: "dark" },
  phone: {
    viewport: { width: 375, height: 780 },
    colorScheme: "light",
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 2,
  },
};

const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
mkdirSync(folder, { recursive: true });
const server = spawn(
  "npx",
  ["vite", "preview", "--mode", "development", "--port", String(PORT), "--strictPort"],
  {
    cwd: new URL("..", import.meta.url),
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  },
);
process.on("exit", () => process.kill(-server.pid));
await new Promise((ready) =>
  server.stdout.on("data", (data) => String(data).includes("localhost") && ready()),
);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
let bad = 0;
for (const [look, options] of Object.entries(LOOKS)) {
  if (!looks.includes(look)) continue;
  const context = await browser.newContext({ ...options, locale: process.env.LANGUAGE_OF_PAGES ?? "en" });
  context.setDefaultTimeout(4000);
  for (const [name, { path, state = {}, act }] of Object.entries(PAGES)) {
    if (!name.includes(wanted)) continue;
    const page = await context.newPage();
    const said = [];
    page.on(
      "console",
      (message) => ["error", "warning"].includes(message.type()) && said.push(message.text()),
    );
    page.on("pageerror", (error) => said.push(error.stack ?? error.message));
    try {
      await fetch(`${origin}/api/v1/fake`, {
        method: "POST",
        body: JSON.stringify({
          signedIn: true,
          empty: false,
          steppedUp: false,
          account: { language: process.env.LANGUAGE_OF_PAGES ?? "en" },
          ...state,
        }),
      });
      await page.goto(`${origin}/console${path}`);
      await page.waitForFunction(
        () =>
          document.querySelector("h1, h2") && !document.querySelector("[role=status][aria-label=Loading]"),
      );
      await act?.(page);
      await page.waitForTimeout(act ? 700 : 250);
      await page.screenshot({ path: new URL(`${name}.${look}.png`, folder).pathname });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() =>
        globalThis.axe.run({ rules: { region: { enabled: true } } }),
      );
      for (const { id, help, nodes } of violations) {
        said.push(
          `axe ${id}: ${help}`,
          ...nodes
            .slice(0, 3)
            .map(
              ({ html, failureSummary }) =>
                `    ${html.slice(0, 160)}  ${failureSummary.split("\n").slice(1).join(" ").slice(0, 160)}`,
            ),
        );
      }
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (over > 0) said.push(`the page is ${over} px wider than the window`);
    } catch (error) {
      said.push(String(error));
    }
    const relevant = said.filter((line) => !/status of 40[134]|\b422\b|\b409\b/.test(line));
    if (relevant.length > 0) {
      bad += 1;
      console.log(`${name} (${look})\n  ${relevant.join("\n  ")}`);
    }
    await page.close();
  }
  await context.close();
}
await browser.close();
console.log(bad === 0 ? "all pages are well" : `${bad} pages complain`);
process.exit(bad === 0 ? 0 : 1);
