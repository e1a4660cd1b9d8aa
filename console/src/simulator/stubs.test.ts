import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type BotFile, type Component, readBotFile } from "../bot-file/model.ts";
import { calledBy, judge, readPath, sendable, usualStub } from "./stubs.ts";

function fileOf(text: string): BotFile {
  const read = readBotFile(text);
  if ("unreadable" in read) throw new Error(read.unreadable.message);
  return read.file;
}

const one = (kind: Component["kind"], definition: Record<string, unknown>): Component => ({
  kind,
  id: "x",
  place: [kind, 0],
  definition,
  span: { start: 0, end: 0 },
  usedIn: [],
});
const token = (definition: Record<string, unknown>) => one("authorization_tokens", definition);
const service = (definition: Record<string, unknown>) => one("web_services", definition);
const bodyOf = (component: Component) => JSON.parse(usualStub(component).body);

test("a login gets a token where it looks for one", () => {
  expect(usualStub(token({}))).toEqual({ status: "200", body: "simulated-token" });
  expect(usualStub(token({ is_json: false, token_path: "x" })).body).toBe("simulated-token");
  expect(
    bodyOf(token({ is_json: true, token_path: "data.token", expires_in_path: "data.expires", ttl: 60 })),
  ).toEqual({
    data: { token: "simulated-token", expires: 60 },
  });
  expect(bodyOf(token({ token_path: "$['access token']", refresh: { token_path: "refresh" } }))).toEqual({
    "access token": "simulated-token",
    refresh: "simulated-refresh-token",
  });
});

test("a service gets a value for each variable, a list for its lines, and what makes the answer good", () => {
  expect(
    bodyOf(
      service({
        save: { balance: "accounts[1].balance", name: "$.owner.name", code: "status", all: "header:X-All" },
        each: {
          list: "data.items",
          line: { en: "{item.title}: {item.price}", es: "{item.title}" },
          save: "lines",
        },
        ok_when: [{ field: "result", value: "ok" }],
      }),
    ),
  ).toEqual({
    result: "ok",
    accounts: [null, { balance: "1250.00" }],
    owner: { name: "Ada" },
    data: {
      items: [
        { title: "sample title 1", price: "1250.00" },
        { title: "sample title 2", price: "1250.00" },
      ],
    },
  });
  expect(usualStub(service({ ok_when: { status: [201, 202] } }))).toEqual({ status: "201", body: "{}" });
  expect(usualStub(service({ save: { text: "body" } })).body).toBe("a sample answer");
  expect(bodyOf(service({ each: { list: "$", line: "{item}", save: "l" } }))).toEqual(["item 1", "item 2"]);
  expect(bodyOf(service({ save: { a: "a", b: "a.b" } }))).toEqual({ a: "sample a" });
});

test("what is usual is never wrong", () => {
  const here = join(dirname(fileURLToPath(import.meta.url)), "../bot-file/testdata");
  for (const name of ["bank.bot", "all-features.bot"]) {
    const called = calledBy(fileOf(readFileSync(join(here, name), "utf8")));
    expect(called.length).toBeGreaterThan(1);
    for (const component of called)
      expect([component.id, judge(component, usualStub(component))]).toEqual([component.id, {}]);
    const sent = sendable(called, usualStub);
    expect(Object.keys(sent)).toEqual(called.map(({ id }) => id));
    for (const { status } of Object.values(sent)) expect(status).toBeGreaterThanOrEqual(200);
  }
});

test("only what the bot calls has an answer, and what is called before a login too", () => {
  const called = calledBy(
    fileOf(`authorization_tokens:
  - { id: used, before: send }
  - { id: idle }
web_services:
  - { id: send }
  - { id: get }
  - { id: never }
scripts:
  - id: a
    steps: [{ auth_token: used }, { web_service: get }, { web_service: get }, { web_service: gone }]
`),
  );
  expect(called.map(({ id }) => id)).toEqual(["used", "send", "get"]);
});

test("says what is wrong with an answer", () => {
  const login = token({ is_json: true, token_path: "data.token" });
  expect(judge(login, { status: "2000", body: "{}" }).status).toBe("range");
  expect(judge(login, { status: "199", body: "{}" }).status).toBe("range");
  expect(judge(login, { status: "", body: "{}" }).status).toBe("range");
  expect(judge(login, { status: "200", body: "{" }).body).toBe("json");
  expect(judge(login, { status: "500", body: "Sorry" })).toEqual({});
  expect(judge(login, { status: "200", body: '{"token": 1}' })).toEqual({ nothingAt: "data.token" });
  expect(judge(service({}), { status: "200", body: "anything" })).toEqual({});
});

test("reads the paths of the bot file", () => {
  expect(readPath("a.b[0].c")).toEqual(["a", "b", 0, "c"]);
  expect(readPath("$.a['b.c'][\"d\"][*]")).toEqual(["a", "b.c", "d", 0]);
  expect(readPath("$")).toEqual([]);
  expect(readPath("$.a[?@.open]")).toBeUndefined();
  expect(readPath("$..a")).toBeUndefined();
  expect(readPath("")).toBeUndefined();
});
