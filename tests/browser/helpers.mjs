// What the tests have in common.
import assert from "node:assert/strict";

export { assert };

/** Opens the chat of a page and waits for the bot's greeting. */
export async function opened(page, url) {
  await page.goto(url);
  await page.getByRole("button", { name: "Open chat" }).click();
  await said(page, "What would you like?");
}

/** Waits until a bubble with this text is there, and no longer on its way. */
export function said(page, text, count = 1) {
  const bubble = page.locator(".row:not(.waiting) > .bubble", { hasText: text });
  return bubble.nth(count - 1).waitFor();
}

export async function write(page, text) {
  const input = page.getByRole("textbox", { name: "Write a message" });
  await input.fill(text);
  await input.press("Enter");
}

/** What stands in the conversation, as `bot: …` and `user: …`. */
export function conversation(page) {
  return page.locator(".row").evaluateAll((rows) =>
    rows.map((row) => `${row.classList[1]}: ${row.querySelector(".bubble").innerText}`),
  );
}

/** Contrast of two colours as `rgb(…)` (WCAG 2.2, 1.4.3). */
export function contrast(one, other) {
  const light = (color) => {
    const parts = color.match(/[\d.]+/g).slice(0, 3).map((part) => Number(part) / 255);
    const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}

/** Words and background of each element that has words of its own, below the chat. */
export function colors(page) {
  return page.locator("countersign-chat").evaluate((chat) => {
    const shown = [];
    for (const element of chat.shadowRoot.querySelectorAll("*")) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      const box = element.getBoundingClientRect();
      if (!(own || element.matches("textarea")) || box.width < 2 || element.closest("style, .vh, :disabled")) continue;
      let behind = element;
      while (behind && getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
      shown.push({
        what: `${element.localName}.${element.className} ${element.textContent.slice(0, 20)}`,
        words: getComputedStyle(element).color,
        ground: getComputedStyle(behind ?? chat.shadowRoot.querySelector(".panel")).backgroundColor,
      });
      if (element.matches("textarea")) {
        shown.push({ ...shown.at(-1), what: "placeholder", words: getComputedStyle(element, "::placeholder").color });
      }
    }
    return shown;
  });
}

/** Where the focus is, inside of the chat. */
export function focused(page) {
  return page.evaluate(() => {
    const inside = document.activeElement?.shadowRoot?.activeElement;
    return inside ? (inside.getAttribute("aria-label") ?? inside.textContent) : (document.activeElement?.localName ?? "");
  });
}

export function shot(page, name) {
  return page.screenshot({ path: new URL(`output/${name}.png`, import.meta.url).pathname });
}
