import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Lexer, parse } from "yaml";
import {
  addScript,
  addStep,
  applyHelp,
  change,
  connect,
  copySteps,
  moveStep,
  putComponent,
  readSteps,
  removeSteps,
  renameComponent,
  renameScript,
  renameStep,
  setAt,
} from "./edits.ts";
import { readBotFile } from "./model.ts";
import { isRecord, pathOf, placeOf, valueAt } from "./place.ts";
import { reconcile } from "./reconcile.ts";

const here = join(dirname(fileURLToPath(import.meta.url)), "testdata");
const samples = ["bank.bot", "all-features.bot"].map((name) => ({
  name,
  text: readFileSync(join(here, name), "utf8"),
}));
const bank = samples[0]?.text ?? "";

/** The comments of a text, in order. */
function commentsOf(text: string): string[] {
  return [...new Lexer().lex(text)].filter((token) => token.startsWith("#")).map((token) => token.trim());
}

function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function changedLines(before: string, after: string): string[] {
  const old = new Set(before.split("\n"));
  return after.split("\n").filter((line) => !old.has(line));
}

describe("a change of the text", () => {
  it("touches the line of the value alone, and keeps its comment and its quotes", () => {
    const after = setAt(["web_services", 3, "idempotency_key"], "X-Key")(bank);
    expect(changedLines(bank, after)).toEqual([
      "    idempotency_key: X-Key                 # sent twice, done once",
    ]);
    const renamed = setAt(["scripts", 0, "steps", 0, "message", "es"], 'Di "hola"')(bank);
    expect(changedLines(bank, renamed)).toEqual(['          es: "Di \\"hola\\""']);
  });

  it("adds a key after the one before it, and takes a key away with its line", () => {
    const after = change("a: 1 # one\nc: 3\n", (plain) => {
      delete plain.a;
      plain.b = { x: "y z" };
    });
    expect(after).toBe('c: 3\nb: { x: "y z" }\n');
  });

  it("gives a step an id in front of its kind", () => {
    const text =
      "scripts:\n  - id: a\n    steps:\n      # hello\n      - message: Hi. # there\n      - end\n";
    expect(renameStep(["scripts", 0, "steps", 0], "top")(text)).toContain(
      "      # hello\n      - id: top\n        message: Hi. # there\n",
    );
    expect(renameStep(["scripts", 0, "steps", 1], "stop")(text)).toContain(
      "      - { id: stop, end: true }\n",
    );
  });

  it("takes the first key of an entry away without breaking the entry", () => {
    expect(
      reconcile("- id: a # why\n  b: 1\n".replace(/^/, "l:\n").replace(/\n(?=.)/g, "\n  "), {
        l: [{ b: 1 }],
      }),
    ).toBe("l:\n  - # why\n    b: 1\n");
  });

  it("writes one use of an alias out when only that one changes", () => {
    const at = placeOf(parse(bank), "scripts.transactions.steps[1].choices");
    const after = setAt([...at, 0, "value"], "current")(bank);
    expect(valueAt(parse(after), [...at, 0, "value"])).toBe("current");
    expect(after).toContain("&accounts");
    expect(after).not.toContain("*accounts");
    const anchored = placeOf(parse(bank), "scripts.balance.steps[1]");
    const without = removeSteps([anchored])(bank);
    expect(valueAt(parse(without), [...at, 0, "value"])).toBe("checking");
  });

  it("changes a file of JSON into JSON", () => {
    const json =
      '{\n  "countersign": 1,\n  "bot": "b",\n  "scripts": [\n    { "id": "a", "steps": [{ "message": "Hi" }] }\n  ]\n}\n';
    const after = addStep(0, 0, { question: "Why?", save: "why" })(json);
    expect(JSON.parse(after).scripts[0].steps[1]).toEqual({ question: "Why?", save: "why" });
  });

  it("fills an empty list, an empty text and a text without a line break at its end", () => {
    expect(parse(addStep(0, -1, { message: "Hi" })("scripts:\n  - id: a\n    steps: []"))).toEqual({
      scripts: [{ id: "a", steps: [{ message: "Hi" }] }],
    });
    expect(parse(addStep(0, -1, { message: "Hi" })("scripts:\n  - id: a\n    steps:\n"))).toEqual({
      scripts: [{ id: "a", steps: [{ message: "Hi" }] }],
    });
    expect(parse(addScript("a", ["hi"])(""))).toEqual({
      scripts: [{ id: "a", triggers: ["hi"], steps: [] }],
    });
    expect(addStep(0, 0, { message: "b" })("scripts:\n  - id: a\n    steps:\n      - end # x")).toBe(
      "scripts:\n  - id: a\n    steps:\n      - end # x\n      - message: b\n",
    );
  });
});

describe("edits", () => {
  it("move a step with the comment above it, as it is written", () => {
    const text =
      "scripts:\n  - id: a\n    steps:\n      - message: One\n      # about two\n      - message:   Two   # spaced\n        next: x\n      - end\n";
    const after = moveStep(["scripts", 0, "steps", 1], 0, 0)(text);
    expect(after).toBe(
      "scripts:\n  - id: a\n    steps:\n      # about two\n      - message:   Two   # spaced\n        next: x\n      - message: One\n      - end\n",
    );
    expect(
      moveStep(
        ["scripts", 0, "steps", 0],
        0,
        3,
      )(after).endsWith(
        "      - end\n      # about two\n      - message:   Two   # spaced\n        next: x\n",
      ),
    ).toBe(true);
  });

  it("rename a component with its steps and its placeholders", () => {
    const text =
      'authorization_tokens:\n  - id: a\nweb_services:\n  - id: w\n    url: "https://x/{authtoken:a}" # a\nscripts:\n  - id: s\n    steps:\n      - auth_token: a # a\n      - logout: a\n';
    expect(renameComponent("authorization_tokens", "a", "b")(text)).toBe(
      'authorization_tokens:\n  - id: b\nweb_services:\n  - id: w\n    url: "https://x/{authtoken:b}" # a\nscripts:\n  - id: s\n    steps:\n      - auth_token: b # a\n      - logout: b\n',
    );
  });

  it("rename a script, but not a step that hides it", () => {
    const after = parse(renameScript("menu", "start-here")(bank));
    expect(JSON.stringify(after)).not.toContain('"menu"}');
    const hidden = renameScript(
      "b",
      "c",
    )(
      "scripts:\n  - id: a\n    steps:\n      - { jump: b }\n      - { run: b }\n      - { id: b, message: x }\n  - id: b\n    steps: [end]\n",
    );
    expect(parse(hidden).scripts[0].steps).toEqual([{ jump: "b" }, { run: "c" }, { id: "b", message: "x" }]);
  });

  it("connect a branch, and name the step that it leads to", () => {
    const text =
      "scripts:\n  - id: a\n    steps:\n      - options: What?\n        choices:\n          - { label: One }\n      - message: The first answer\n  - id: b\n    steps: [end]\n";
    const step = parse(
      connect(["scripts", 0, "steps", 0], ["choices", 0, "go"], { script: 0, step: 1 })(text),
    ).scripts[0].steps;
    expect(step[0].choices[0].go).toBe("the-first-answer");
    expect(step[1]).toEqual({ id: "the-first-answer", message: "The first answer" });
    expect(
      parse(connect(["scripts", 0, "steps", 1], ["next"], { script: 1, step: 0 })(text)).scripts[0].steps[1]
        .next,
    ).toBe("b");
  });

  it("copy steps, and give ids that are taken a number", () => {
    const copied = copySteps(bank, [
      placeOf(parse(bank), "scripts.transfer.steps[8]"),
      placeOf(parse(bank), "scripts.transfer.steps[9]"),
    ]);
    const steps = readSteps(copied);
    expect(steps).toHaveLength(2);
    expect(readSteps("just words")).toBeUndefined();
    expect(readSteps("- 1\n- 2\n")).toBeUndefined();
  });

  it("put a component and keep the comments in it", () => {
    const definition = { ...(readComponent("bank-login") ?? {}), ttl: 600, token_path: "access_token" };
    const after = putComponent("authorization_tokens", "bank-login", definition)(bank);
    expect(changedLines(bank, after)).toEqual(["    ttl: 600", "    token_path: access_token"]);
    const created = putComponent("authorization_tokens", "x", { id: "x", url: "https://a.example" })(
      "bot: b\nscripts: []\n",
    );
    expect(Object.keys(parse(created))).toEqual(["bot", "authorization_tokens", "scripts"]);
  });

  it("apply the help of a diagnostic from the end", () => {
    const at = (offset: number) => ({ offset });
    expect(
      applyHelp("one two", [
        { start: at(0), end: at(3), text: "1" },
        { start: at(4), end: at(7), text: "2" },
      ]),
    ).toBe("1 2");
  });
});

function readComponent(id: string): Record<string, unknown> | undefined {
  const read = readBotFile(bank);
  return "file" in read
    ? read.file.components.find((component) => component.id === id)?.definition
    : undefined;
}

describe("places", () => {
  it("are written and read as the check does", () => {
    const plain = parse(bank);
    const place = placeOf(plain, "scripts.balance.steps[1].choices[0].go");
    expect(pathOf(plain, place)).toBe("scripts.balance.steps[1].choices[0]");
    expect(valueAt(plain, placeOf(plain, "web_services.get-balance.url"))).toBe(
      "{config.bank_url}/accounts/{account}/balance",
    );
  });
});

describe("any edit of a real bot", () => {
  for (const { name, text } of samples) {
    it(`says what was meant, and keeps every comment elsewhere: ${name}`, () => {
      for (let seed = 1; seed <= 15; seed++) {
        const random = chance(seed);
        let now = text;
        for (let turn = 0; turn < 4; turn++) now = oneEdit(now, random, `${name} seed ${seed} turn ${turn}`);
      }
    }, 120_000);
  }

  function oneEdit(text: string, random: () => number, where: string): string {
    const plain = parse(text, { maxAliasCount: 10_000 });
    const pick = (most: number) => Math.floor(random() * most);
    const script = pick(plain.scripts.length);
    const steps: unknown[] = plain.scripts[script].steps;
    const step = pick(Math.max(steps.length, 1));
    const place = ["scripts", script, "steps", step];
    const kind = pick(5);
    let after = text;
    if (kind === 0) {
      after = addStep(script, step - pick(2), { message: `New "${pick(99)}": {x} # no comment` })(text);
      expect(parse(after).scripts[script].steps, where).toHaveLength(steps.length + 1);
    } else if (kind === 1 && steps.length > 1) {
      after = removeSteps([place])(text);
      expect(parse(after).scripts[script].steps, where).toEqual(steps.filter((_, at) => at !== step));
    } else if (kind === 2 && steps.length > 1) {
      const to = pick(plain.scripts.length);
      const at = pick(plain.scripts[to].steps.length + 1);
      after = moveStep(place, to, at)(text);
      expect(JSON.stringify(parse(after)).length, where).toBe(JSON.stringify(plain).length);
      expect(sorted(commentsOf(after)), where).toEqual(sorted(commentsOf(text)));
    } else if (kind === 3 && isRecord(steps[step])) {
      const keys = Object.keys(steps[step]);
      const key = keys[pick(keys.length)] ?? "message";
      after = setAt([...place, key], "changed: #1\n'x'")(text);
      expect(valueAt(parse(after), [...place, key]), where).toBe("changed: #1\n'x'");
    } else if (kind === 4) {
      after = renameScript(plain.scripts[script].id, `renamed-${pick(99)}`)(text);
      expect(sorted(commentsOf(after)), where).toEqual(sorted(commentsOf(text)));
    }
    // A comment can go only with the lines of the value that went.
    const kept = commentsOf(after);
    const lost = commentsOf(text).filter((comment) => !kept.includes(comment));
    if (kind !== 1 && kind !== 3) expect(lost, where).toEqual([]);
    expect(lost.length, where).toBeLessThanOrEqual(1);
    return after;
  }

  function sorted(list: string[]): string[] {
    return [...list].sort();
  }
});
