// The canvas without a mouse, and with many steps.
import { accessible, api, assert, BOT, kept, opened, settled, shot } from "./helpers.mjs";

/** Presses Tab until something has the focus; whatever has it on the way can be seen. */
async function tabTo(page, name, key = "Tab") {
  const way = [];
  for (let presses = 0; presses < 80; presses += 1) {
    const focus = await page.evaluate(() => {
      const { activeElement: now } = document;
      const box = now.getBoundingClientRect();
      const name = now.getAttribute("aria-label") ?? now.labels?.[0]?.textContent ?? now.textContent ?? "";
      return { name: name.trim().slice(0, 60), seen: now === document.body || (box.width > 0 && box.height > 0) };
    });
    assert.ok(focus.seen, `the focus is on “${focus.name}”, which cannot be seen`);
    if (focus.name === name) return;
    way.push(focus.name);
    await page.keyboard.press(key);
  }
  assert.fail(`“${name}” is not reached: ${way.join(" → ")}`);
}

async function a_script_is_made_by_the_keyboard_alone({ page, world }) {
  const { keyboard } = page;
  await opened(page, world, `${BOT}/scripts`, "Scripts");
  await settled(page);
  await keyboard.press("Tab");
  await tabTo(page, "Skip to the page");
  await keyboard.press("Enter");
  await tabTo(page, "New script");
  await keyboard.press("Enter");
  await page.getByRole("dialog", { name: "New script" }).waitFor();
  await tabTo(page, "Id of the script");
  await keyboard.type("by-hand");
  await tabTo(page, "Triggers");
  await keyboard.type("by hand");
  await tabTo(page, "Create");
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "Script by-hand" }).waitFor();
  await page.getByRole("toolbar", { name: "Add a step" }).waitFor();
  await tabTo(page, "Message");
  await keyboard.press("Enter");
  const panel = page.getByRole("complementary", { name: "Settings of the step" });
  await panel.locator("textarea:focus, input:focus").first().waitFor();
  await keyboard.type("Made without a mouse.");
  await kept(page, /Made without a mouse\./);
  // A second step, then up from its card and back to the first one.
  await tabTo(page, "Question", "Shift+Tab");
  await keyboard.press("Enter");
  await panel.getByLabel(/^Kind of answer/).first().waitFor();
  await panel.locator("textarea:focus, input:focus").first().waitFor();
  await keyboard.type("And this one?");
  await kept(page, /And this one\?/);
  const card = page.locator(".react-flow__node:focus");
  for (let presses = 0; presses < 60 && (await card.count()) === 0; presses += 1) await keyboard.press("Shift+Tab");
  await card.waitFor();
  await accessible(page, world);
  await shot(page, "keyboard");
  await page.locator('.react-flow__node[data-id="scripts.by-hand.steps[1]"]').focus();
  await keyboard.press("ArrowUp");
  await page.locator('.react-flow__node[data-id="scripts.by-hand.steps[0]"]:focus').waitFor();
  await keyboard.press("Delete");
  await keyboard.press("Control+z");
  await page.locator('.react-flow__node[data-id="scripts.by-hand.steps[0]"]').getByText("Made without a mouse.").waitFor();
}

/** A bot with so many scripts of twenty steps that lead to each other. */
function large(scripts) {
  const lines = ["countersign: 1", "bot: large", "name: Large", "scripts:"];
  for (let script = 0; script < scripts; script += 1) {
    lines.push(`  - id: s${script}`, `    triggers: [word ${script}]`, "    steps:");
    for (let step = 0; step < 19; step += 1) {
      if (step % 6 === 5) {
        const to = (script * 3 + step) % scripts;
        lines.push(
          `      - options: "Which way from ${script}.${step}?"`,
          `        choices: [{ label: On, go: s${to} }, { label: Back, go: s${script} }]`,
        );
      } else lines.push(`      - message: "Step ${step} of script ${script} says this much to its user."`);
    }
    lines.push(`      - ${script + 1 < scripts ? `jump: s${script + 1}` : "end"}`);
  }
  return `${lines.join("\n")}\n`;
}

/** How long each frame takes while something is done: the middle one and the slowest but 5 of 100, in ms. */
async function frames(page, act) {
  await page.evaluate(() => {
    window.times = [];
    let before = performance.now();
    const next = (now) => {
      window.times.push(now - before);
      before = now;
      window.frame = requestAnimationFrame(next);
    };
    window.frame = requestAnimationFrame(next);
  });
  await act();
  const times = await page.evaluate(() => {
    cancelAnimationFrame(window.frame);
    return window.times.slice(1);
  });
  times.sort((a, b) => a - b);
  const at = (part) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * part))] * 10) / 10;
  return { frames: times.length, median: at(0.5), p95: at(0.95) };
}

async function five_hundred_steps_stay_handy({ page, world }) {
  await opened(page, world, "w/main/bots", "Bots");
  const made = await api(page, "POST", "/workspaces/main/bots", { id: "large", name: "Large", text: large(25) });
  assert.equal(made.status, 201, JSON.stringify(made.body).slice(0, 500));
  const begun = Date.now();
  await page.goto(`${world.console}w/main/bots/large/scripts/s0`);
  await page.locator(".react-flow__node").first().waitFor();
  // Something can be chosen: its panel is there.
  await page.locator('.react-flow__node[data-id="scripts.s0.steps[0]"]').click();
  await page.getByRole("complementary", { name: "Settings of the step" }).waitFor();
  const interactive = Date.now() - begun;
  await page.getByText("0 errors").waitFor();
  await page.keyboard.press("Escape");
  for (let times = 0; times < 4; times += 1) await page.getByRole("button", { name: "Zoom Out" }).click();
  const pane = await page.locator(".react-flow__pane").boundingBox();
  const [left, top] = [pane.x + pane.width * 0.5, pane.y + pane.height - 30];
  const panning = await frames(page, async () => {
    await page.mouse.move(left, top);
    await page.mouse.down();
    for (let round = 0; round < 4; round += 1) {
      await page.mouse.move(left - 350, top - 250, { steps: 30 });
      await page.mouse.move(left, top, { steps: 30 });
    }
    await page.mouse.up();
  });
  const card = await page.locator('.react-flow__node[data-id="scripts.s0.steps[2]"]').boundingBox();
  const [x, y] = [card.x + card.width / 2, card.y + card.height / 2];
  const dragging = await frames(page, async () => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let round = 0; round < 4; round += 1) {
      await page.mouse.move(x + 200, y + 120, { steps: 30 });
      await page.mouse.move(x, y, { steps: 30 });
    }
    await page.mouse.up();
  });
  const panel = page.getByRole("complementary", { name: "Settings of the step" });
  await page.locator('.react-flow__node[data-id="scripts.s0.steps[0]"]').click();
  const field = panel.getByRole("textbox", { name: /^Text/ }).first();
  await field.click();
  const typing = await frames(page, () => page.keyboard.type(" and a few more words", { delay: 20 }));
  await shot(page, "large");
  console.log(`        500 steps: ${JSON.stringify({ interactive, panning, dragging, typing })}`);
  // Many times what it takes here, for a machine that does something else beside.
  assert.ok(interactive < 15_000, `it took ${interactive} ms until a step could be chosen`);
  for (const [what, { p95 }] of Object.entries({ panning, dragging, typing })) {
    assert.ok(p95 < 400, `${what}: one of twenty frames takes ${p95} ms`);
  }
  await kept(page, /and a few more words/, "large");
  await api(page, "DELETE", "/workspaces/main/bots/large");
}

export default { a_script_is_made_by_the_keyboard_alone, five_hundred_steps_stay_handy };
