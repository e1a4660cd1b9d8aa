// Starts the real program with its demo, signs in to the console in a real browser, and goes a person's way through it.
// `node console.mjs PROGRAM [NAME]` runs the tests whose name has NAME in it; they build on each other in their order.
// What a test does not wait for shows itself with SLOW=6 (the browser's processor, that many times slower) and LATE=700
// (milliseconds by which each request to the API is held up); PATIENCE is how many milliseconds a test waits for something.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { Scan } from "./console/scan.mjs";
import { tests } from "./console/tests.mjs";

const [program, wanted = ""] = process.argv.slice(2);
const folder = new URL(".", import.meta.url);
mkdirSync(new URL("output/", folder), { recursive: true });

const demo = spawn(program, ["demo", "--listen", "127.0.0.1:0", "--stand-ins", "0", "--color", "never"], {
  stdio: ["ignore", "pipe", "inherit"],
});
process.on("exit", () => demo.kill());
const said = {};
await new Promise((ready) => {
  createInterface(demo.stdout).on("line", (line) => {
    const [, name, value] = line.match(/^ {2}(console|e-mail|password|web page|stand-ins) +(\S+)$/) ?? [];
    if (name) said[name] ??= value;
    if (line.startsWith("Stop with")) ready();
  });
  demo.once("exit", () => {
    console.log("the demo did not start\n0 passed, 1 failed");
    process.exit(1);
  });
});
demo.removeAllListeners("exit");
// `localhost` is a name: a browser makes passkeys for it, and keeps its cookies apart from those of other tests.
const world = {
  program,
  console: said.console.replace("127.0.0.1", "localhost"),
  email: said["e-mail"],
  password: said.password,
  chat: said["web page"],
  standIns: said["stand-ins"],
  axe: readFileSync(new URL("node_modules/axe-core/axe.min.js", folder), "utf8"),
  scan: new Scan([said.password]),
};
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});

let passed = 0;
let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  if (!name.includes(wanted) && name !== "signing_in_shows_the_five_steps") continue;
  const begun = Date.now();
  try {
    await alone(test);
    passed += 1;
    console.log(`ok      console: ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  console: ${name}\n${error.stack}`);
  }
}
await browser.close();
demo.kill();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

/** Runs a test with the session of the first one; whatever a page complains of, and each secret that it shows, fails it. */
async function alone(test) {
  const complaints = [];
  const allowed = [];
  const open = async (more = {}) => {
    const state = more.nobody ? undefined : world.session;
    const context = await browser.newContext({ viewport: { width: 1360, height: 850 }, storageState: state, ...more });
    context.setDefaultTimeout(Number(process.env.PATIENCE ?? 15_000));
    context.on("weberror", (error) => complaints.push(`error: ${error.error().stack}`));
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()} ${message.location().url}`);
    });
    await context.route(/^https?:\/\/(?!127\.0\.0\.1|localhost)/, (route) => {
      complaints.push(`asks ${route.request().url()}`);
      return route.abort();
    });
    await hindered(context);
    world.scan.watch(context);
    return context;
  };
  const contexts = [];
  const person = async (more) => {
    const context = await open(more);
    contexts.push(context);
    return { context, page: await context.newPage() };
  };
  const { context, page } = await person(test.options);
  try {
    await test({ page, context, person, world, allow: (pattern) => allowed.push(pattern) });
    for (const one of contexts) await world.scan.stored(one);
    const bad = complaints.filter((complaint) => !allowed.some((pattern) => pattern.test(complaint)));
    if (bad.length > 0) throw new Error(`the page complains:\n${bad.join("\n")}`);
    await world.scan.verdict();
  } catch (error) {
    for (const [at, one] of contexts.flatMap((context) => context.pages()).entries()) {
      await one.screenshot({ path: new URL(`output/failed-${at + 1}.png`, folder).pathname }).catch(() => {});
    }
    throw error;
  } finally {
    for (const one of contexts) await one.close();
  }
}

/** Makes the browser and the network as slow as the environment wants them. */
async function hindered(context) {
  const { SLOW, LATE } = process.env;
  if (SLOW) {
    context.on("page", async (page) => {
      const session = await context.newCDPSession(page);
      await session.send("Emulation.setCPUThrottlingRate", { rate: Number(SLOW) });
    });
  }
  if (LATE) {
    await context.route(/\/api\/v1\//, async (route) => {
      await new Promise((go) => setTimeout(go, Number(LATE)));
      await route.continue().catch(() => {});
    });
  }
}
