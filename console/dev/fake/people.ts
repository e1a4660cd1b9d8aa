import type { Conversation, Line, Token } from "../../src/api/contract.ts";
import { dice, minutesAgo } from "./times.ts";

const whatsapp = { id: "ch1", kind: "whatsapp", name: "WhatsApp support" };
const sms = { id: "ch2", kind: "sms", name: "Text messages" };
const telegram = { id: "ch3", kind: "telegram", name: "Telegram" };

const one = (
  id: string,
  more: Partial<Conversation> & Pick<Conversation, "contact" | "channel">,
): Conversation => ({
  id,
  bot: "demo-bank",
  version: "9f2c41d07be3a5581c20",
  script: "menu",
  step: "scripts.menu.steps[0]",
  state: "waiting",
  last_at: minutesAgo(3),
  last_line: "",
  logged_in: [],
  undelivered: 0,
  ...more,
});

export const conversations: Conversation[] = [
  one("c1", {
    contact: { id: "p1", name: "María Gómez", address: "+34 600 10 20 30" },
    channel: whatsapp,
    script: "balance",
    last_at: minutesAgo(1),
    last_line: "You have 1,204.50 EUR.",
    logged_in: [{ component: "bank-login", expires_at: minutesAgo(-13) }],
  }),
  one("c2", {
    contact: { id: "p2", name: "Alan Brook", address: "+44 7700 900 123" },
    channel: sms,
    state: "handed_over",
    handed_to: { account: "a1", name: "Ada Rivera" },
    last_at: minutesAgo(4),
    last_line: "My card is blocked, can somebody help?",
  }),
  one("c3", {
    contact: { id: "p3", address: "@kenji" },
    channel: telegram,
    script: "transfer",
    last_at: minutesAgo(9),
    last_line: "How much do you want to send?",
    logged_in: [{ component: "bank-login", expires_at: minutesAgo(-4) }],
  }),
  one("c4", {
    contact: { id: "p4", name: "Priya Shah", address: "+1 555 0142" },
    channel: whatsapp,
    state: "calling",
    script: "transactions",
    last_at: minutesAgo(11),
    last_line: "One moment, please.",
  }),
  one("c5", {
    contact: { id: "p5", name: "Olek Nowak", address: "+48 600 555 010" },
    channel: whatsapp,
    state: "ended",
    script: undefined,
    last_at: minutesAgo(95),
    last_line: "You are logged out.",
    undelivered: 1,
  }),
  one("c6", {
    contact: { id: "p6", name: "Fatima Zahra El Idrissi-Benjelloun", address: "+212 600 123 456" },
    channel: sms,
    state: "ended",
    last_at: minutesAgo(60 * 26),
    last_line: "That did not work. Please try again.",
  }),
];

const said: [Line["from"], string, string?][] = [
  ["user", "hola"],
  ["bot", "Hola, aquí el Demo Bank."],
  ["bot", "¿En qué puedo ayudarte?\n1 Mi saldo\n2 Movimientos\n3 Enviar dinero"],
  ["user", "Mi saldo"],
  ["bot", "¿Cuál es tu nombre de usuario?"],
  ["user", "alice"],
  ["bot", "¿Cuál es tu contraseña?"],
  ["user", "•••••••"],
  ["note", "Logged in with bank-login, for 15 minutes"],
  ["bot", "¿Qué cuenta?\n1 Corriente\n2 Ahorro"],
  ["user", "Corriente"],
  ["bot", "Tienes 1.204,50 EUR."],
];

export const lines: Record<string, Line[]> = Object.fromEntries(
  conversations.map(({ id }) => [
    id,
    said.map(([from, text], n) => ({
      n,
      at: minutesAgo(12 - n),
      from,
      text,
      kind: "text",
      ...(from === "bot" && n > 9 ? { delivery: "failed" as const } : {}),
    })),
  ]),
);

export const tokens: Token[] = [
  {
    id: "t1",
    conversation: "c1",
    contact: "María Gómez",
    channel: "WhatsApp support",
    bot: "demo-bank",
    component: "bank-login",
    logged_in_at: minutesAgo(2),
    expires_at: minutesAgo(-13),
    renewable: true,
  },
  {
    id: "t2",
    conversation: "c3",
    contact: "@kenji",
    channel: "Telegram",
    bot: "demo-bank",
    component: "bank-login",
    logged_in_at: minutesAgo(11),
    expires_at: minutesAgo(-4),
    renewable: true,
  },
  {
    id: "t3",
    conversation: "c4",
    contact: "Priya Shah",
    channel: "WhatsApp support",
    bot: "demo-bank",
    component: "card-login",
    logged_in_at: minutesAgo(40),
    expires_at: minutesAgo(-80),
    renewable: false,
  },
];

export function analytics(from: string, to: string, bucket: string) {
  const size = bucket === "hour" ? 3_600_000 : 86_400_000;
  const count = Math.round((Date.parse(to) - Date.parse(from)) / size);
  const roll = dice(7);
  const series = (base: number, spread: number) =>
    Array.from({ length: count }, () => Math.round(base + roll() * spread));
  return {
    buckets: Array.from({ length: count }, (_, at) => new Date(Date.parse(from) + at * size).toISOString()),
    messages: { in: series(320, 180), out: series(520, 260) },
    conversations: series(60, 50),
    logins: { ok: series(40, 20), refused: series(3, 6), unavailable: series(0, 2), lapsed: series(2, 5) },
    calls: [
      { component: "bank-login", count: 412, failed: 31, p50_ms: 84, p95_ms: 210 },
      { component: "get-balance", count: 390, failed: 2, p50_ms: 41, p95_ms: 96 },
      { component: "get-transactions", count: 122, failed: 0, p50_ms: 66, p95_ms: 140 },
      { component: "send-money", count: 58, failed: 4, p50_ms: 190, p95_ms: 720 },
    ],
    steps: [
      { script: "balance", step: "bank-login", reached: 480, left: 68 },
      { script: "transfer", step: "amount", reached: 96, left: 22 },
      { script: "menu", step: "options", reached: 960, left: 120 },
      { script: "call-back", step: "call-me", reached: 40, left: 6 },
    ],
    channels: [
      { id: "ch1", in: 1800, out: 2900, failed: 3 },
      { id: "ch2", in: 420, out: 600, failed: 0 },
    ],
  };
}
