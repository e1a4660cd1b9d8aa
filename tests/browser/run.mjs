// Starts the server and the browser, runs every test on a page of its own, and says how many passed.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [program, wanted = ""] = process.argv.slice(2);
const folder = new URL(".", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs"));
mkdirSync(new URL("output/", folder), { recursive: true });

const server = spawn(program, { stdio: ["ignore", "pipe", "inherit"] });
process.on("exit", () => server.kill());
const places = JSON.parse(
  await new Promise((first) => {
    createInterface(server.stdout).once("line", first);
    server.once("exit", () => {
      console.log("the server did not start\n0 passed, 1 failed");
      process.exit(1);
    });
  }),
);
server.removeAllListeners("exit");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});

let passed = 0;
let failed = 0;
for (const file of files) {
  const tests = await import(new URL(file, folder));
  for (const [name, test] of Object.entries(tests)) {
    const title = `${file.replace(".test.mjs", "")}: ${name}`;
    if (!title.includes(wanted)) continue;
    try {
      await alone(test);
      passed += 1;
      console.log(`ok      ${title}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${title}\n${error.stack}`);
    }
  }
}
await browser.close();
server.kill();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

/** Runs a test in a browser profile that knows nothing; whatever the page complains of fails it. */
async function alone(test) {
  const complaints = [];
  const allowed = [];
  const context = await browser.newContext({ ...test.options, serviceWorkers: "block" });
  context.setDefaultTimeout(15000);
  // Nothing outside is asked for: pictures of other hosts are not found.
  await context.route(/^https?:\/\/(?!127\.0\.0\.1|localhost)/, (route) => route.abort());
  context.on("weberror", (error) => complaints.push(`error: ${error.error().stack}`));
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  const page = await context.newPage();
  try {
    await fetch(`${places.control}/mend`, { method: "POST" });
    await test({ page, context, places, allow: (pattern) => allowed.push(pattern) });
    const bad = complaints.filter((complaint) => !allowed.some((pattern) => pattern.test(complaint)));
    if (bad.length > 0) throw new Error(`the page complains:\n${bad.join("\n")}`);
  } catch (error) {
    await page.screenshot({ path: new URL("output/failed.png", folder).pathname }).catch(() => {});
    throw error;
  } finally {
    await context.close();
  }
}
