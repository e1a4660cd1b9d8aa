import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { findingInSpanish, inSpanish } from "./inSpanish.ts";
import { SPANISH } from "./spanish.ts";

const script = join(dirname(fileURLToPath(import.meta.url)), "../../../../script/src");

/** Pieces of which a sentence is made, each of which is in the list within its sentence. */
const PIECES = [
  " expecting ",
  "Syntax error: ",
  "error: ",
  " without its picture",
  "sent as text",
  " (and x more)",
  ", and so it begins again",
  "the bot",
  "x needs `x`",
  "`{x}` is used x",
  "before `x` has logged the user in",
  "before any login",
  "`- auth_token: x`",
  " or ",
  " and ",
  "x x",
  "x. `x` xx",
  "x. x",
  "`x` x",
  "`x` runs `scripts.x` x",
  "a card is xx",
  "a label has at most x characters, so `x`x is cut",
];

/** The texts of a source, comments and tests aside, with `x` for what differs. */
function textsOf(source: string): string[] {
  const code = (source.split("#[cfg(test)]")[0] ?? "").replaceAll(/^\s*\/\/.*$/gm, "");
  return [...code.matchAll(/(format!\(\s*)?"((?:[^"\\]|\\.)*)"/gs)].flatMap(([, format, inner]) => {
    const text = (inner ?? "")
      .replaceAll(/\\\n\s*/g, "")
      .replaceAll('\\"', '"')
      .replaceAll("\\\\", "\\");
    const filled = text.replaceAll(/\{\{|\}\}|\{[A-Za-z_]*\}/g, (one) =>
      one === "{{" ? "{" : one === "}}" ? "}" : "x",
    );
    return format === undefined ? [text] : [filled];
  });
}

test("every sentence of the check is there in Spanish", () => {
  const folder = join(script, "diagnostics");
  const aside = ["tests_support.rs", "showcase.rs", "codes.rs", "context.rs", "uses.rs", "mod.rs"];
  const files = readdirSync(folder).filter((name) => name.endsWith(".rs") && !aside.includes(name));
  expect(files.length).toBeGreaterThan(40);
  const missing = files.flatMap((name) =>
    textsOf(readFileSync(join(folder, name), "utf8"))
      .filter(
        (text) => /[a-z]/.test(text) && / /.test(text) && !text.includes("\n") && !PIECES.includes(text),
      )
      .filter((text) => inSpanish(text) === text && !Object.hasOwn(SPANISH, text))
      .map((text) => `${name}: ${text}`),
  );
  expect(missing).toEqual([]);
});

test("what things are, and the ways to a step, are there in Spanish", () => {
  const what = (file: string) =>
    [
      ...readFileSync(join(script, file), "utf8").matchAll(
        /const WHAT: &'static str = "([^"]+)"|(?:struct|enum) \w+, "([^"]+)"/g,
      ),
    ].map(([, one, other]) => (one ?? other ?? "").replaceAll("\\", ""));
  const files = readdirSync(join(script, "wire")).map((name) => `wire/${name}`);
  const all = files.flatMap(what);
  expect(all.length).toBeGreaterThan(30);
  expect(all.filter((text) => !Object.hasOwn(SPANISH, text))).toEqual([]);
  const ways = textsOf(readFileSync(join(script, "graph/paths.rs"), "utf8"));
  const told = ways.filter((text) => / /.test(text));
  const said = (text: string) =>
    [text, `1. ${text}`, `1. \`p\` ${text}`].some((whole) => inSpanish(whole) !== whole);
  expect(told.filter((text) => !said(text) && !PIECES.includes(text))).toEqual([]);
});

test("names stay as their author wrote them, and phrases are said in Spanish", () => {
  for (const [english, spanish] of [
    ["there is no Web Service `nothing`", "no hay ningún servicio web `nothing`"],
    ["`ttl` is a number of seconds; here stands a text", "`ttl` es un número de segundos; aquí hay un texto"],
    [
      "`{authtoken}` is used before `bank-login` has logged the user in",
      "`{authtoken}` se usa antes de que `bank-login` haya iniciado la sesión del usuario",
    ],
    ["1. trigger `goes on` starts `scripts.balance`", "1. el disparador `goes on` inicia `scripts.balance`"],
    [
      "2. `scripts.balance.steps[0]` when `Yes` is chosen",
      "2. `scripts.balance.steps[0]` cuando se elige `Yes`",
    ],
    ["there is `a`, `b` and `c`", "hay `a`, `b` y `c`"],
    ["on SMS, WhatsApp: a card is sent as text", "en SMS, WhatsApp: una tarjeta se envía como texto"],
    ["did you mean `get-balance`?", "¿querías decir `get-balance`?"],
    ["something quite new", "something quite new"],
  ])
    expect(inSpanish(english ?? "")).toBe(spanish);
  const said = findingInSpanish({
    code: "E0007",
    severity: "error",
    message: "there is no `trigers` here",
    path: "scripts.a.trigers",
    labels: [
      {
        start: { line: 1, column: 1, offset: 0 },
        end: { line: 1, column: 2, offset: 1 },
        text: "unknown key",
      },
    ],
    notes: ["known here: `id`, `triggers` and `steps`"],
    help: { text: "did you mean `triggers`?", edits: [] },
    manual: "/manual/E0007",
  });
  expect([said.message, said.labels[0]?.text, said.notes[0], said.help?.text]).toEqual([
    "aquí no hay `trigers`",
    "clave desconocida",
    "conocidas aquí: `id`, `triggers` y `steps`",
    "¿querías decir `triggers`?",
  ]);
});

test("what differs stands in both languages", () => {
  for (const [english, spanish] of Object.entries(SPANISH)) {
    const of = (text: string) => [...new Set(text.match(/<\w+>/g) ?? [])].sort();
    const dropped = english.startsWith("`<key>` belongs to answers") ? ["<kinds>"] : [];
    expect([...new Set([...of(spanish), ...dropped])].sort(), english).toEqual(of(english));
  }
});
