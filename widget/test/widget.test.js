// What can be said of the widget without a browser; the rest is in tests/browser.
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { test } = require("node:test");
const { runInNewContext } = require("node:vm");
const { gzipSync } = require("node:zlib");

const PARTS = ["words.js", "looks.js", "wire.js", "rows.js", "chat.js"];
const read = (name) => readFileSync(join(__dirname, "..", name), "utf8");
const whole = PARTS.map(read).join("");

test("it is small", () => {
  const size = gzipSync(whole, { level: 9 }).length;
  assert.ok(size < 14 * 1024, `${size} bytes with gzip`);
});

test("it makes no HTML out of texts, runs no texts and sets no style attribute", () => {
  for (const word of ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "new Function", "document.write", 'setAttribute("style"']) {
    assert.ok(!whole.includes(word), word);
  }
});

test("the server puts the same parts together", () => {
  const pages = readFileSync(join(__dirname, "../../server/src/chat/pages.rs"), "utf8");
  const built = [...pages.matchAll(/widget\/(\w+\.js)"/g)].map((found) => found[1]);
  assert.deepEqual(built, PARTS);
});

test("every language says everything", () => {
  const words = runInNewContext(`${read("words.js")}; WORDS`);
  const names = Object.keys(words.en).sort();
  assert.deepEqual(Object.keys(words).slice(0, 4), ["en", "de", "fr", "es"]);
  for (const [language, said] of Object.entries(words)) {
    assert.deepEqual(Object.keys(said).sort(), names, language);
    assert.ok(said.unread.includes("{n}"), language);
    for (const [name, text] of Object.entries(said)) assert.ok(text.trim(), `${language}.${name}`);
  }
});

test("every word is used", () => {
  const words = runInNewContext(`${read("words.js")}; WORDS`);
  const rest = PARTS.slice(1).map(read).join("");
  const unused = Object.keys(words.en).filter((name) => !rest.includes(`ords.${name}`));
  // Kinds of media and states of the connection are looked up by name.
  assert.deepEqual(unused.sort(), ["audio", "closed", "connecting", "offline", "video"]);
});
