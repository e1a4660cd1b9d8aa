// The console in Spanish: no word of its English lists is left on any page.
import { readdirSync, readFileSync } from "node:fs";
import { accessible, api, assert, BOT, member, PAGES, settled, shot } from "./helpers.mjs";

const SOURCES = new URL("../../../console/src/", import.meta.url);

/** Words of the lists in English that are not also words in Spanish. */
function english() {
  const files = readdirSync(SOURCES, { recursive: true }).filter((file) => /(^|\/)(words|common)\.ts$/.test(file));
  const pairs = { en: new Set(), es: new Set() };
  for (const file of files) {
    const [en, es] = readFileSync(new URL(file, SOURCES), "utf8").split(/^ {2}\},\n {2}\{$/m);
    if (es === undefined) continue;
    for (const [list, text] of Object.entries({ en, es })) {
      for (const [, word] of text.matchAll(/^ {4}\w+:\s+"((?:[^"\\]|\\.)+)",$/gm)) pairs[list].add(word);
    }
  }
  assert.ok(pairs.en.size > 600 && pairs.es.size > 600, `${pairs.en.size} and ${pairs.es.size} words were read`);
  return [...pairs.en].filter((word) => !pairs.es.has(word));
}

/** Which of the words stand on a page: as a text, or as a name for those who hear the page. */
function left(page, words) {
  return page.evaluate((words) => {
    const wanted = new Set(words);
    const found = new Set();
    // What a bot says, its file and its ids are not the console's words.
    const foreign = "code, .mono, .cm-editor, [role=log], .react-flow__node, td, option, script, style";
    const look = (text, what) => {
      const word = text?.replace(/\s+/g, " ").trim();
      if (word && wanted.has(word)) found.add(`${what} “${word}”`);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { parentElement, data } = texts.currentNode;
      if (!parentElement.closest(foreign)) look(data, "text");
    }
    for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
      if (element.closest(".cm-editor, [role=log]")) continue;
      for (const name of ["aria-label", "placeholder", "title", "alt"]) look(element.getAttribute(name), name);
    }
    look(document.title.replace(/ · Countersign$/, ""), "title of the page");
    return [...found];
  }, words);
}

async function every_page_in_spanish(all) {
  const { world } = all;
  // One of the pages is of a bot that is not there.
  all.allow(/404/);
  const { page } = await member(all, "Eva", "admin");
  // What stands in the bot's file is its author's, and the account of the demo is called "You".
  const { body } = await api(page, "GET", "/workspaces/main/bots/demo-bank/draft");
  const words = english().filter((word) => word !== "You" && !body.text.includes(`"${word}"`));
  await page.goto(`${world.console}w/main/settings/account`);
  await settled(page);
  // The search does find something.
  assert.ok((await left(page, words)).length > 10);
  await page.getByLabel("Language").selectOption("es");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.locator("html[lang=es]").waitFor();
  await page.getByRole("heading", { name: "Ajustes", level: 1 }).waitFor();
  const wrong = [];
  const pages = { ...PAGES, "account-es": "w/main/settings/account", "not-there": "w/main/nothing", "no-bot": "w/main/bots/nowhere" };
  for (const [what, path] of Object.entries(pages)) {
    await page.goto(world.console + path);
    await settled(page);
    await shot(page, `spanish-${what}`);
    await accessible(page, world).catch((error) => wrong.push(`${what}: ${error.message}`));
    for (const word of await left(page, words)) wrong.push(`${what}: ${word}`);
    const sticks = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (sticks > 0) wrong.push(`${what}: ${sticks} px stick out`);
  }
  // What opens on a page.
  await page.goto(`${world.console}${BOT}/scripts/balance`);
  await settled(page);
  await page.getByRole("button", { name: "Simular" }).click();
  await page.getByRole("complementary", { name: "Simulador" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await accessible(page, world).catch((error) => wrong.push(`search: ${error.message}`));
  for (const word of await left(page, words)) wrong.push(`search: ${word}`);
  await shot(page, "spanish-search");
  assert.deepEqual(wrong, []);
}

export default { every_page_in_spanish };
