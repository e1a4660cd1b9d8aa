import type {
  ApiKey,
  AuditLine,
  Channel,
  ChannelKind,
  Constant,
  Invitation,
  Member,
  Passkey,
  SecretName,
  Session,
} from "../../src/api/contract.ts";
import { minutesAgo } from "./times.ts";

export const session: Session = {
  account: {
    id: "a1",
    administrator: true,
    name: "Ada Rivera",
    email: "ada@demo-bank.example",
    language: "en",
    theme: "system",
    totp: false,
    passkeys: 1,
    recovery_codes_left: 8,
  },
  workspaces: [
    {
      id: "demo",
      name: "Demo Bank",
      role: "owner",
      permissions: [
        "bot.read",
        "bot.edit",
        "bot.publish",
        "credential.edit",
        "try",
        "simulate",
        "channel.read",
        "channel.edit",
        "conversation.read",
        "conversation.reply",
        "contact.export",
        "contact.erase",
        "token.read",
        "token.revoke",
        "analytics.read",
        "member.read",
        "member.edit",
        "key.edit",
        "secret.edit",
        "constant.edit",
        "audit.read",
        "workspace.edit",
      ],
    },
    {
      id: "test",
      name: "Test",
      role: "owner",
      permissions: [
        "bot.read",
        "bot.edit",
        "channel.read",
        "channel.edit",
        "conversation.read",
        "token.read",
        "analytics.read",
        "member.read",
        "key.edit",
        "audit.read",
      ],
    },
  ],
  csrf: "csrf",
  idle_ends_at: minutesAgo(-30),
  ends_at: minutesAgo(-720),
};

export const members: Member[] = [
  {
    account: "a1",
    name: "Ada Rivera",
    email: "ada@demo-bank.example",
    role: "owner",
    since: minutesAgo(90_000),
    last_seen: minutesAgo(0),
  },
  {
    account: "a2",
    name: "Tom Berg",
    email: "tom@demo-bank.example",
    role: "editor",
    since: minutesAgo(80_000),
    last_seen: minutesAgo(75),
  },
  {
    account: "a3",
    name: "Lucía Prats",
    email: "lucia@demo-bank.example",
    role: "agent",
    since: minutesAgo(9_000),
  },
];
export const invitations: Invitation[] = [
  {
    id: "i1",
    email: "noor@demo-bank.example",
    role: "viewer",
    invited_by: "Ada Rivera",
    expires_at: minutesAgo(-60 * 40),
  },
];
export const apiKeys: ApiKey[] = [
  {
    id: "k1",
    name: "Nightly export",
    created_at: minutesAgo(60 * 24 * 40),
    created_by: "Ada Rivera",
    ips: [],
    scopes: ["conversation.read", "analytics.read"],
    effective_scopes: ["conversation.read", "analytics.read"],
    expires_at: minutesAgo(-60 * 24 * 50),
    last_used_at: minutesAgo(60 * 17),
  },
];
export const secrets: SecretName[] = [
  { name: "bank_api_key", origin: "console", set_at: minutesAgo(60 * 24 * 12), set_by: "Ada Rivera" },
  { name: "crm_token", origin: "file", set_at: minutesAgo(60 * 24 * 30) },
];
export const constants: Constant[] = [
  { name: "bank_url", value: "http://127.0.0.1:8090", origin: "file" },
  { name: "support_number", value: "+1 555 0100", origin: "console" },
];
export const passkeys: Passkey[] = [
  { id: "pk1", name: "Laptop", created_at: minutesAgo(40_000), last_used_at: minutesAgo(400) },
];
export const sessions = [
  {
    id: "s1",
    current: true,
    created_at: minutesAgo(30),
    last_used_at: minutesAgo(0),
    ip: "203.0.113.7",
    user_agent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0",
  },
  {
    id: "s2",
    current: false,
    created_at: minutesAgo(600),
    last_used_at: minutesAgo(300),
    ip: "203.0.113.9",
    user_agent: "Mozilla/5.0 (iPhone) Version/19 Safari/604",
  },
];

const whatsappFields = [
  {
    name: "phone_number_id",
    label: "Phone number ID",
    help: "In the app's dashboard under WhatsApp ▸ API Setup.",
    secret: false,
    form: "text" as const,
    required: true,
  },
  {
    name: "access_token",
    label: "Access token",
    help: "Of a system user, without an end.",
    secret: true,
    form: "text" as const,
    required: true,
  },
  {
    name: "app_secret",
    label: "App secret",
    help: "Under App settings ▸ Basic. Checks that webhooks come from Meta.",
    secret: true,
    form: "text" as const,
    required: true,
  },
];
export const kinds: ChannelKind[] = [
  {
    kind: "whatsapp",
    title: "WhatsApp",
    token_login: true,
    providers: [
      {
        provider: "meta",
        title: "Meta Cloud API",
        fields: whatsappFields,
        steps: [
          "Open [the app dashboard of Meta](https://developers.facebook.com/apps) and make an app of the kind **Business**.",
          "Add **WhatsApp**, and under `API Setup` choose your number. Copy its *Phone number ID*.",
          "Make a system user with the right `whatsapp_business_messaging`, and a token for it.",
          "Press **Connect** here, then paste the webhook URL and the verify token at `Configuration`.",
        ],
      },
      {
        provider: "twilio",
        title: "Twilio",
        fields: [
          {
            name: "account_sid",
            label: "Account SID",
            help: "On the first page of the console.",
            secret: false,
            form: "text" as const,
            required: true,
          },
          {
            name: "auth_token",
            label: "Auth token",
            help: "Beside it.",
            secret: true,
            form: "text" as const,
            required: true,
          },
        ],
        steps: ["Open the console of Twilio.", "Paste the webhook URL at the sender."],
      },
    ],
  },
  {
    kind: "sms",
    title: "SMS",
    token_login: true,
    providers: [{ provider: "twilio", title: "Twilio", fields: [], steps: ["Buy a number."] }],
  },
  {
    kind: "messenger",
    title: "Messenger",
    token_login: true,
    providers: [{ provider: "meta", title: "Meta", fields: whatsappFields, steps: ["Make a page."] }],
  },
  {
    kind: "telegram",
    title: "Telegram",
    token_login: true,
    providers: [
      {
        provider: "telegram",
        title: "Telegram",
        fields: [
          {
            name: "bot_token",
            label: "Bot token",
            help: "From @BotFather.",
            secret: true,
            form: "text" as const,
            required: true,
          },
        ],
        steps: ["Write `/newbot` to **@BotFather**."],
      },
    ],
  },
  {
    kind: "voice",
    title: "Phone",
    token_login: true,
    providers: [{ provider: "twilio", title: "Twilio", fields: [], steps: ["Buy a number."] }],
  },
  {
    kind: "web",
    title: "Web page",
    token_login: false,
    providers: [{ provider: "own", title: "Countersign", fields: [], steps: ["Paste the snippet."] }],
  },
];
export const channels: Channel[] = [
  {
    id: "ch1",
    kind: "whatsapp",
    provider: "meta",
    name: "WhatsApp support",
    origin: "console",
    bot: "demo-bank",
    revision: 3,
    settings: { phone_number_id: "106540352242922" },
    secrets: { access_token: { set: true }, app_secret: { set: true } },
    hook_url: "https://bots.demo-bank.example/hooks/whatsapp/ch1",
    verify_token: "kM3vT0q8Wb2a",
    health: { last_webhook_at: minutesAgo(1), last_delivery_at: minutesAgo(1), waiting: 0, dead_letters: 0 },
  },
  {
    id: "ch2",
    kind: "sms",
    provider: "twilio",
    name: "Text messages",
    origin: "console",
    bot: "demo-bank",
    revision: 1,
    settings: {},
    secrets: {},
    hook_url: "https://bots.demo-bank.example/hooks/sms/ch2",
    health: {
      last_webhook_at: minutesAgo(40),
      last_delivery_at: minutesAgo(45),
      last_failure: {
        at: minutesAgo(39),
        code: "21610",
        message: "The number does not want messages of yours any more (it sent STOP).",
      },
      waiting: 2,
      dead_letters: 1,
    },
  },
  {
    id: "ch3",
    kind: "telegram",
    provider: "telegram",
    name: "Telegram",
    origin: "file",
    bot: "front-desk",
    revision: 1,
    settings: {},
    secrets: { bot_token: { set: true } },
    health: { waiting: 0, dead_letters: 0 },
  },
];
export const deadLetters = [
  {
    id: "d1",
    conversation: "c5",
    channel: "Text messages",
    at: minutesAgo(39),
    why: "The number does not want messages of yours any more (it sent STOP).",
  },
];

const act = (
  minutes: number,
  actor: string,
  action: string,
  object: string,
  allowed = true,
): Omit<AuditLine, "number"> => ({
  at: minutesAgo(minutes),
  actor,
  action,
  object,
  allowed,
  ip: "203.0.113.7",
  detail: null,
  hash: "",
});
export const audit: AuditLine[] = [
  act(12, "Ada Rivera", "draft.save", "bot demo-bank"),
  act(30, "Ada Rivera", "session.begin", "account a1"),
  act(75, "Tom Berg", "channel.edit", "channel ch2"),
  act(80, "Tom Berg", "credential.edit", "bot demo-bank", false),
  act(2400, "Ada Rivera", "bot.publish", "bot demo-bank, 3"),
].map((line, at) => ({ number: 1284 - at, ...line }));
