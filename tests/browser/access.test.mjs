// Who uses a keyboard, a screen reader, a phone, or sees little.
import { assert, colors, contrast, focused, opened, said, shot, write } from "./helpers.mjs";

const DESK = { width: 1100, height: 760 };
const PHONE = { width: 390, height: 760 };

export async function everything_works_with_the_keyboard({ page, places }) {
  await page.goto(places.page);
  await page.getByRole("button", { name: "Open chat" }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Open chat");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "Write a message");
  await said(page, "What would you like?");
  await page.keyboard.press("Shift+Tab");
  for (let steps = 0; (await focused(page)) !== "Tea"; steps += 1) {
    assert.ok(steps < 6, `the focus is on ${await focused(page)}`);
    await page.keyboard.press("Shift+Tab");
  }
  await page.keyboard.press("Enter");
  await said(page, "Here is your tea.");
  assert.equal(await focused(page), "Write a message", "the focus is not lost with the buttons");
  await page.keyboard.type("menu");
  await page.keyboard.press("Enter");
  await said(page, "What would you like?", 2);
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.equal(await focused(page), "Open chat");
  const ring = await page.locator(".launcher").evaluate((button) => getComputedStyle(button).outlineStyle);
  assert.equal(ring, "solid", "one sees where the focus is");
}

export async function shift_enter_begins_a_new_line({ page, places }) {
  await opened(page, places.page);
  await page.keyboard.type("one");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("two");
  assert.equal(await page.getByRole("textbox").inputValue(), "one\ntwo");
}

export async function roles_and_names_are_there({ page, places }) {
  await opened(page, places.page);
  const launcher = page.locator(".launcher");
  assert.equal(await launcher.getAttribute("aria-haspopup"), "dialog");
  assert.equal(await launcher.getAttribute("aria-expanded"), "true");
  const dialog = page.getByRole("dialog", { name: "Demo Shop" });
  assert.equal(await dialog.count(), 1);
  const log = dialog.getByRole("log", { name: "Messages" });
  await page.locator('.log[aria-live="polite"]').waitFor();
  assert.ok((await log.ariaSnapshot()).includes("Bot: "), "it is said who speaks");
  const unnamed = await page.locator("countersign-chat").evaluate((chat) =>
    [...chat.shadowRoot.querySelectorAll("button, a, textarea, [role]")]
      .filter((element) => !element.ariaLabel && !element.textContent.trim() && !["status"].includes(element.getAttribute("role")))
      .map((element) => element.outerHTML),
  );
  assert.deepEqual(unnamed, []);
  const ids = await page.locator("countersign-chat").evaluate((chat) => {
    const root = chat.shadowRoot;
    const named = [...root.querySelectorAll("[aria-labelledby], [aria-controls]")];
    return named.flatMap((element) => [element.getAttribute("aria-labelledby"), element.getAttribute("aria-controls")])
      .filter((id) => id && !root.getElementById(id));
  });
  assert.deepEqual(ids, [], "what is named is there");
  const small = await page.locator("countersign-chat").evaluate((chat) =>
    [...chat.shadowRoot.querySelectorAll("button, textarea")]
      .map((element) => [element.ariaLabel ?? element.textContent, element.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.width < 44 || box.height < 44))
      .map(([name]) => name),
  );
  assert.deepEqual(small, [], "a finger finds it");
}

export async function what_was_said_before_is_not_read_out_and_news_are({ page, places }) {
  await opened(page, places.page);
  await page.addInitScript(() => {
    window.rows = [];
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (how) {
      const root = attach.call(this, how);
      const look = (changes) => {
        for (const node of changes.flatMap((change) => [...change.addedNodes])) {
          if (node.matches?.(".row.bot")) window.rows.push(node.parentElement.getAttribute("aria-live"));
        }
      };
      new MutationObserver(look).observe(root, { subtree: true, childList: true });
      return root;
    };
  });
  await page.reload();
  await page.locator('.log[aria-live="polite"]').waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Open chat" }).click();
  await write(page, "tea");
  await said(page, "Here is your tea.");
  assert.deepEqual(await page.evaluate(() => window.rows), ["off", "off", "polite"]);
}

export async function on_a_phone_it_fills_the_screen_and_keeps_the_focus({ page, places }) {
  await opened(page, places.page);
  const box = await page.getByRole("dialog").boundingBox();
  assert.deepEqual(box, { x: 0, y: 0, ...PHONE });
  assert.equal(await page.getByRole("dialog").getAttribute("aria-modal"), "true");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width, "nothing sticks out");
  assert.equal(await page.locator(".launcher").isVisible(), false, "it would lie on the input");
  for (let steps = 0; steps < 14; steps += 1) {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.localName), "countersign-chat");
  }
  await page.getByRole("button", { name: "Close chat" }).first().click();
  await page.getByRole("button", { name: "Open chat" }).waitFor();
}
on_a_phone_it_fills_the_screen_and_keeps_the_focus.options = { viewport: PHONE, reducedMotion: "reduce" };

export async function a_touch_screen_shows_no_keyboard_unasked({ page, places }) {
  await opened(page, places.page);
  assert.equal(await focused(page), "Messages");
}
a_touch_screen_shows_no_keyboard_unasked.options = { viewport: PHONE, hasTouch: true, isMobile: true };

export async function who_wants_no_motion_gets_none({ page, places }) {
  await opened(page, places.page);
  const moving = await page.locator(".panel").evaluate((panel) => getComputedStyle(panel).animationName);
  assert.equal(moving, "none");
}
who_wants_no_motion_gets_none.options = { reducedMotion: "reduce" };

async function is_readable(page, url, name, allow) {
  allow(/ERR_FAILED/);
  await opened(page, url);
  await write(page, "things");
  await said(page, "Green tea");
  await write(page, "coffee");
  await said(page, "Which coffee?");
  await page.mouse.move(0, 0);
  await shot(page, name);
  const all = await colors(page);
  assert.ok(all.length > 12, `${all.length} texts`);
  const faint = all.filter(({ words, ground }) => contrast(words, ground) < 4.5);
  assert.deepEqual(faint, []);
}

function looks(name, options) {
  const test = ({ page, places, allow }) => is_readable(page, places.page, name, allow);
  test.options = options;
  return test;
}

export const readable_on_a_desk_by_day = looks("desk-light", { viewport: DESK, colorScheme: "light" });
export const readable_on_a_desk_by_night = looks("desk-dark", { viewport: DESK, colorScheme: "dark" });
export const readable_on_a_phone_by_day = looks("phone-light", { viewport: PHONE, colorScheme: "light" });
export const readable_on_a_phone_by_night = looks("phone-dark", { viewport: PHONE, colorScheme: "dark" });

export async function readable_in_every_colour_of_a_company({ page, places }) {
  await opened(page, places.page);
  await write(page, "tea");
  await said(page, "Here is your tea.");
  for (const color of ["#ffdd00", "#e30613", "#7f7f7f", "#ffffff", "#000000", "#00b2a9"]) {
    await page.locator("countersign-chat").evaluate((chat, color) => chat.setAttribute("color", color), color);
    const faint = (await colors(page)).filter(({ words, ground }) => contrast(words, ground) < 4.5);
    assert.deepEqual(faint, [], color);
  }
}

export async function a_page_changes_the_looks({ page, places }) {
  await opened(page, places.page);
  await page.locator("countersign-chat").evaluate((chat) => {
    chat.style.setProperty("--countersign-accent", "rgb(10, 100, 20)");
    chat.setAttribute("position", "left");
    chat.setAttribute("theme", "dark");
    chat.setAttribute("heading", "Ask <us>");
  });
  const of = (selector, property) =>
    page.locator(selector).evaluate((element, property) => getComputedStyle(element)[property], property);
  assert.equal(await of(".launcher", "backgroundColor"), "rgb(10, 100, 20)");
  assert.equal(await of(".panel", "backgroundColor"), "rgb(27, 28, 31)");
  assert.ok((await page.locator(".launcher").boundingBox()).x < 100);
  assert.equal(await page.getByRole("dialog", { name: "Ask <us>" }).count(), 1);
}
