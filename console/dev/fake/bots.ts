import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import type { Bot, Checkup, Component, ComponentKind, Diff, Draft, Version } from "../../src/api/contract.ts";
import { minutesAgo } from "./times.ts";

const read = (name: string) =>
  readFileSync(new URL(`../../../demo/bots/${name}.yaml`, import.meta.url), "utf8");

export const drafts: Record<string, Draft> = {
  "demo-bank": { text: read("bank"), revision: 7, changed_at: minutesAgo(12), changed_by: "Ada Rivera" },
  "front-desk": {
    text: read("front-desk"),
    revision: 2,
    changed_at: minutesAgo(4000),
    changed_by: "Ada Rivera",
  },
  "phone-pin": {
    text: read("phone-pin"),
    revision: 1,
    changed_at: minutesAgo(60 * 24 * 3),
    changed_by: "Tom Berg",
  },
};

export const bots: Bot[] = [
  {
    id: "demo-bank",
    name: "Demo Bank",
    language: "en",
    origin: "console",
    draft: { revision: 7, changed_at: minutesAgo(12), changed_by: "Ada Rivera" },
    live: {
      number: 3,
      version: "9f2c41d07be3a5581c20",
      published_at: minutesAgo(60 * 40),
      published_by: "Ada Rivera",
      note: "Transfers above 1,000 ask for a fresh login",
    },
    changed: true,
    channels: [
      { id: "ch1", kind: "whatsapp", name: "WhatsApp support" },
      { id: "ch2", kind: "sms", name: "Text messages" },
    ],
    problems: { errors: 0, warnings: 1 },
    uses_token: true,
  },
  {
    id: "front-desk",
    name: "Front desk",
    language: "en",
    origin: "file",
    draft: { revision: 2, changed_at: minutesAgo(4000), changed_by: "Ada Rivera" },
    live: {
      number: 1,
      version: "77b0e2a95d14c6388e01",
      published_at: minutesAgo(5000),
      published_by: "server",
      note: "",
    },
    changed: false,
    channels: [{ id: "ch3", kind: "telegram", name: "Telegram" }],
    problems: { errors: 0, warnings: 0 },
    uses_token: true,
  },
  {
    id: "phone-pin",
    name: "Phone banking",
    language: "en",
    origin: "console",
    draft: { revision: 1, changed_at: minutesAgo(60 * 24 * 3), changed_by: "Tom Berg" },
    changed: true,
    channels: [],
    problems: { errors: 2, warnings: 0 },
    uses_token: true,
  },
];

export const versions: Version[] = [
  {
    number: 3,
    version: "9f2c41d07be3a5581c20",
    published_at: minutesAgo(60 * 40),
    published_by: "Ada Rivera",
    note: "Transfers above 1,000 ask for a fresh login",
    live: true,
  },
  {
    number: 2,
    version: "41aa90ce7710bd3f02e4",
    published_at: minutesAgo(60 * 24 * 5),
    published_by: "Tom Berg",
    note: "Spanish",
    live: false,
  },
  {
    number: 1,
    version: "c07e55d1183b9a64ff10",
    published_at: minutesAgo(60 * 24 * 5 + 90),
    published_by: "Ada Rivera",
    note: "First publication",
    live: false,
  },
];

export const diff: Diff = {
  added: 3,
  removed: 1,
  hunks: [
    {
      from_line: 98,
      to_line: 98,
      lines: [
        { op: " ", text: "  - id: welcome" },
        { op: " ", text: "    triggers: [hello, hi, hola, { on: first_message }]" },
        { op: " ", text: "    steps:" },
        { op: "-", text: '      - message: { en: "Hello." }' },
        { op: "+", text: "      - message:" },
        { op: "+", text: '          en: ["Hello, this is the Demo Bank.", "Welcome to the Demo Bank."]' },
        { op: "+", text: '          es: "Hola, aquí el Demo Bank."' },
        { op: " ", text: "      - jump: menu" },
      ],
    },
  ],
};

const KEYS: Record<ComponentKind, string> = {
  "authorization-tokens": "authorization_tokens",
  "web-services": "web_services",
  forms: "forms",
};
type File = Record<string, { id: string; steps?: Record<string, unknown>[] }[]>;

export function components(bot: string, kind: ComponentKind): Component[] {
  const file = parse(drafts[bot]?.text ?? "") as File;
  return (file[KEYS[kind]] ?? []).map((definition) => ({
    id: definition.id,
    definition,
    used_in: usedIn(file, definition.id),
  }));
}

export function saveComponent(
  bot: string,
  kind: ComponentKind,
  id: string,
  definition: Record<string, unknown> | undefined,
): void {
  const draft = drafts[bot];
  if (!draft) return;
  const file = parse(draft.text) as File;
  const rest = (file[KEYS[kind]] ?? []).filter((one) => one.id !== id);
  file[KEYS[kind]] = definition ? [...rest, { id, ...definition }] : rest;
  draft.text = stringify(file);
  draft.revision += 1;
}

function usedIn(file: File, id: string): string[] {
  return (file.scripts ?? [])
    .filter(({ steps }) => (steps ?? []).some((step) => Object.values(step).includes(id)))
    .map((script) => script.id);
}

export function check(text: string): Checkup {
  try {
    const file = parse(text) as File;
    const used = (kind: ComponentKind) =>
      (file[KEYS[kind]] ?? []).map(({ id }) => ({ id, used_in: usedIn(file, id) }));
    return {
      ok: true,
      diagnostics: [
        {
          code: "W0212",
          severity: "warning",
          message: "“cancel” is said in two scripts, and only the first hears it",
          path: "scripts.menu",
          labels: [
            { start: { line: 100, column: 5, offset: 3200 }, end: { line: 100, column: 15, offset: 3210 } },
          ],
          notes: [],
          manual: "W0212",
        },
      ],
      outline: {
        scripts: (file.scripts ?? []).map(({ id, steps }) => ({
          id,
          steps: (steps ?? []).map((step, at) => ({
            path: `scripts.${id}.steps[${at}]`,
            kind: Object.keys(step)[0] ?? "",
          })),
        })),
        authorization_tokens: used("authorization-tokens"),
        web_services: used("web-services"),
        forms: used("forms"),
        variables: ["name", "balance", "currency", "account"],
      },
    };
  } catch (error) {
    const at = { line: 1, column: 1, offset: 0 };
    return {
      ok: false,
      diagnostics: [
        {
          code: "E0001",
          severity: "error",
          message: String(error),
          path: "",
          labels: [{ start: at, end: at }],
          notes: [],
          manual: "E0001",
        },
      ],
    };
  }
}
