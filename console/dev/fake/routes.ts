import type { Account, ComponentKind } from "../../src/api/contract.ts";
import { bots, check, components, diff, drafts, saveComponent, versions } from "./bots.ts";
import { analytics, conversations, lines, tokens } from "./people.ts";
import * as w from "./workspace.ts";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

export interface Answer {
  status: number;
  value?: unknown;
}

const state = { signedIn: true, steppedUp: false, empty: false };
const ok = (value: unknown): Answer => ({ status: 200, value });
const done: Answer = { status: 204 };
const list = (items: unknown[]): Answer => ok({ items: state.empty ? [] : items });
const no = (status: number, code: string, detail: string, more: object = {}): Answer => ({
  status,
  value: { type: "about:blank", title: detail, status, code, detail, ...more },
});
const text = (value: unknown) => (typeof value === "string" ? value : "");

type Route = [method: string, path: RegExp, answer: (asked: Asked, ...parts: string[]) => Answer];

const W = "/workspaces/(?:[^/]+)";
const at = (method: string, path: string, reply: (asked: Asked, ...parts: string[]) => Answer): Route => [
  method,
  new RegExp(`^${path.replace("W", W).replaceAll("*", "([^/]+)")}$`),
  reply,
];

const routes: Route[] = [
  // What the pictures of the pages need: nobody signed in, a first start, a workspace without anything.
  at("POST", "/fake", ({ body }) => {
    Object.assign(state, body);
    Object.assign(w.session.account, body.account ?? {});
    return done;
  }),
  at("GET", "/about", () =>
    ok({ version: "0.4.0", public_url: "http://localhost:5173", demo: { bot: "demo-bank" } }),
  ),
  at("GET", "/setup", () => ok({ needed: state.empty })),
  at("POST", "/setup", ({ body }) =>
    text(body.token).length < 4
      ? no(422, "invalid", "Something is not right", {
          errors: [
            {
              pointer: "/token",
              code: "wrong",
              message: "This is not the token that the server has printed",
            },
          ],
        })
      : signIn(),
  ),
  at("GET", "/session", () =>
    state.signedIn ? ok(w.session) : no(401, "signed_out", "You are not signed in"),
  ),
  at("POST", "/session", ({ body }) =>
    text(body.password) === "wrong"
      ? no(401, "refused", "The email or the password is wrong")
      : text(body.password) === "second"
        ? ok({ second_factor: ["totp", "recovery"], pending: "p" })
        : signIn(),
  ),
  at("POST", "/session/second-factor", ({ body }) =>
    text(body.code).length < 6
      ? no(422, "invalid", "Not right", {
          errors: [
            { pointer: "/code", code: "wrong", message: "This code is not right, or its time is over" },
          ],
        })
      : signIn(),
  ),
  at("POST", "/session/step-up", ({ body }) => {
    if (text(body.password) === "wrong")
      return no(422, "invalid", "Not right", {
        errors: [{ pointer: "/password", code: "wrong", message: "This is not your password" }],
      });
    state.steppedUp = true;
    return ok(w.session);
  }),
  at("DELETE", "/session", () => {
    state.signedIn = false;
    return done;
  }),
  at("PATCH", "/account", ({ body }) => {
    Object.assign(w.session.account, body as Partial<Account>);
    return ok(w.session);
  }),
  at("POST", "/account/password", () => ok(w.session)),
  at("POST", "/account/totp", () =>
    ok({
      uri: "otpauth://totp/x",
      secret: "JBSW Y3DP EHPK 3PXP",
      qr_svg:
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h3v3H0zM5 0h3v3H5zM0 5h3v3H0zM4 4h2v2H4z"/></svg>',
    }),
  ),
  at("POST", "/account/totp/confirm", () =>
    ok({ recovery_codes: ["4f7a-91kd", "88sx-02mq", "zz10-p4e8", "1qaz-2wsx"] }),
  ),
  at("GET", "/account/passkeys", () => list(w.passkeys)),
  at("GET", "/account/sessions", () => ok({ items: w.sessions })),
  at("GET", "/invitations/*", (_, token) =>
    token === "old"
      ? no(404, "not_found", "Gone")
      : ok({ workspace_name: "Demo Bank", email: "noor@demo-bank.example", role: "viewer" }),
  ),
  at("POST", "/invitations/*/accept", () => signIn()),

  at("GET", "W/bots", () => list(bots)),
  at("POST", "W/bots", ({ body }) => {
    if (bots.some(({ id }) => id === body.id))
      return no(409, "taken", "Not free", {
        errors: [{ pointer: "/id", code: "taken", message: "There is a bot with this id" }],
      });
    const id = text(body.id);
    const changed = { revision: 1, changed_at: new Date().toISOString(), changed_by: "Ada Rivera" };
    drafts[id] = { ...changed, text: `countersign: 1\nbot: ${id}\nname: ${text(body.name)}\nscripts: []\n` };
    const bot = {
      id,
      name: text(body.name),
      language: "en",
      origin: "console" as const,
      draft: changed,
      changed: true,
      channels: [],
      problems: { errors: 0, warnings: 0 },
      uses_token: false,
    };
    bots.push(bot);
    return ok(bot);
  }),
  at("GET", "W/bots/*", (_, id) => found(bots.find((bot) => bot.id === id))),
  at("GET", "W/bots/*/draft", (_, id) => found(drafts[id])),
  at("PUT", "W/bots/*/draft", ({ body }, id) => {
    const draft = drafts[id];
    if (!draft) return found(undefined);
    Object.assign(draft, {
      text: body.text,
      revision: draft.revision + 1,
      changed_at: new Date().toISOString(),
    });
    return ok({ ...draft, checkup: check(draft.text) });
  }),
  at("GET", "W/bots/*/versions", (_, id) =>
    id === "demo-bank" ? ok({ items: versions }) : ok({ items: [] }),
  ),
  at("GET", "W/bots/*/diff", () => ok(diff)),
  at("POST", "W/bots/*/publish", (_, id) =>
    id === "phone-pin"
      ? no(422, "check_failed", "The check found errors", {
          checkup: {
            ok: false,
            diagnostics: [
              {
                code: "E0101",
                severity: "error",
                message: "“authtoken” is used before any Auth Token step",
                path: "scripts.balance.steps[0]",
                labels: [],
                notes: [],
                manual: "E0101",
              },
            ],
          },
        })
      : found(Object.assign(bots.find((bot) => bot.id === id) ?? {}, { changed: false })),
  ),
  at("POST", "W/bots/*/roll-back", (_, id) => found(bots.find((bot) => bot.id === id))),
  at("POST", "W/check", ({ body }) => ok(check(text(body.text)))),
  at("GET", "W/bots/*/components/*", (_, id, kind) => ok({ items: components(id, kind as ComponentKind) })),
  at("GET", "W/bots/*/components/*/*", (_, id, kind, name) =>
    found(components(id, kind as ComponentKind).find((one) => one.id === name)),
  ),
  at("PUT", "W/bots/*/components/*/*", ({ body }, id, kind, name) =>
    saved(id, kind, name, body.definition as Record<string, unknown>),
  ),
  at("DELETE", "W/bots/*/components/*/*", (_, id, kind, name) => saved(id, kind, name, undefined)),

  at("GET", "W/conversations", ({ query }) => list(conversations.filter((one) => fits(one, query)))),
  at("GET", "W/conversations/*", (_, id) => found(conversations.find((one) => one.id === id))),
  at("GET", "W/conversations/*/lines", (_, id) => ok({ lines: lines[id] ?? [] })),
  at("POST", "W/conversations/*/take-over", (_, id) =>
    found(
      Object.assign(conversations.find((one) => one.id === id) ?? {}, {
        state: "handed_over",
        handed_to: { account: "a1", name: "Ada Rivera" },
      }),
    ),
  ),
  at("POST", "W/conversations/*/hand-back", (_, id) =>
    found(
      Object.assign(conversations.find((one) => one.id === id) ?? {}, {
        state: "waiting",
        handed_to: undefined,
      }),
    ),
  ),
  at("POST", "W/conversations/*/messages", ({ body }, id) => {
    const own = lines[id] ?? [];
    own.push({
      n: own.length,
      at: new Date().toISOString(),
      from: "agent",
      text: text(body.text),
      kind: "text",
      agent: "Ada Rivera",
    });
    return ok({ n: own.length - 1 });
  }),
  at("GET", "W/contacts/*/export", () => ok({ contact: "p1" })),
  at("DELETE", "W/contacts/*", () => done),
  at("GET", "W/tokens", ({ query }) =>
    list(
      tokens.filter(
        (one) =>
          (!query.get("component") || one.component === query.get("component")) &&
          one.contact.toLowerCase().includes((query.get("query") ?? "").toLowerCase()),
      ),
    ),
  ),
  at("DELETE", "W/tokens/*", (_, id) => removed(tokens, id)),
  at("POST", "W/tokens/revoke", () => ok({ revoked: tokens.splice(0).length })),

  at("GET", "W/channel-kinds", () => ok({ items: w.kinds })),
  at("GET", "W/channels", () => list(w.channels)),
  at("POST", "W/channels", ({ body }) => {
    const channel = {
      ...w.channels[0],
      ...body,
      id: `ch${w.channels.length + 1}`,
      secrets: {},
      health: { waiting: 0, dead_letters: 0 },
    } as (typeof w.channels)[number];
    w.channels.push(channel);
    return ok(channel);
  }),
  at("GET", "W/channels/*", (_, id) => found(w.channels.find((one) => one.id === id))),
  at("PATCH", "W/channels/*", ({ body }, id) => {
    if (!state.steppedUp && Object.keys(body.secrets ?? {}).length > 0)
      return no(403, "step_up", "Confirm that it is you");
    const { name, bot, settings } = body;
    return found(Object.assign(w.channels.find((one) => one.id === id) ?? {}, { name, bot, settings }));
  }),
  at("POST", "W/channels/*/test", (_, id) =>
    ok(
      id === "ch1"
        ? { ok: true, message: "Meta knows the number +34 600 00 00 00, and the token may send." }
        : { ok: false, message: "Twilio answered 401: the auth token is not right." },
    ),
  ),
  at("GET", "W/dead-letters", () => list(w.deadLetters)),
  at("POST", "W/dead-letters/*/again", (_, id) => removed(w.deadLetters, id)),
  at("DELETE", "W/dead-letters/*", (_, id) => removed(w.deadLetters, id)),
  at("GET", "W/outbox", () => ok({ held: state.empty ? 0 : 2, waiting: 0 })),
  at("GET", "W/analytics", ({ query }) =>
    ok(
      state.empty
        ? analytics(query.get("to") ?? "", query.get("to") ?? "", "day")
        : analytics(query.get("from") ?? "", query.get("to") ?? "", query.get("bucket") ?? "day"),
    ),
  ),

  at("GET", "W/members", () => ok({ items: w.members })),
  at("PATCH", "W/members/*", ({ body }, id) =>
    state.steppedUp
      ? found(Object.assign(w.members.find((one) => one.account === id) ?? {}, body))
      : no(403, "step_up", "Confirm that it is you"),
  ),
  at("GET", "W/invitations", () => list(w.invitations)),
  at("POST", "W/invitations", ({ body }) =>
    ok({
      id: "i2",
      email: body.email,
      role: body.role,
      expires_at: new Date(Date.now() + 86_400_000).toISOString(),
      link: "https://bots.demo-bank.example/console/invitation#9mX2…",
    }),
  ),
  at("GET", "W/api-keys", () => list(w.apiKeys)),
  at("POST", "W/api-keys", ({ body }) =>
    state.steppedUp
      ? ok({ ...body, id: "k2", key: "sck_live_k2_5yQm0vVfH2b1c9" })
      : no(403, "step_up", "Confirm that it is you"),
  ),
  at("DELETE", "W/api-keys/*", (_, id) => removed(w.apiKeys, id)),
  at("GET", "W/secrets", () => list(w.secrets)),
  at("PUT", "W/secrets/*", () => (state.steppedUp ? done : no(403, "step_up", "Confirm that it is you"))),
  at("GET", "W/constants", () => list(w.constants)),
  at("PUT", "W/constants/*", () => done),
  at("GET", "W/audit", () => list(w.audit)),
  at("GET", "W/audit/verify", () => ok({ ok: true, lines: 1284 })),
];

export function answer(asked: Asked): Answer {
  for (const [method, path, reply] of routes) {
    const match = method === asked.method && path.exec(asked.path);
    if (match) return reply(asked, ...match.slice(1).map(decodeURIComponent));
  }
  return no(404, "not_found", "There is no such thing");
}

function signIn(): Answer {
  state.signedIn = true;
  return ok(w.session);
}

function found(value: unknown): Answer {
  return value ? ok(value) : no(404, "not_found", "There is no such thing");
}

function removed(from: { id: string }[], id: string): Answer {
  const place = from.findIndex((one) => one.id === id);
  if (place >= 0) from.splice(place, 1);
  return done;
}

function saved(bot: string, kind: string, id: string, definition?: Record<string, unknown>): Answer {
  saveComponent(bot, kind as ComponentKind, id, definition);
  const draft = drafts[bot];
  return ok({ draft, checkup: check(draft?.text ?? "") });
}

function fits(one: (typeof conversations)[number], query: URLSearchParams): boolean {
  const wanted = query.get("state");
  const words = `${one.contact.name} ${one.contact.address} ${one.last_line}`.toLowerCase();
  return (
    (!wanted || (wanted === "open" ? !["ended", "handed_over"].includes(one.state) : one.state === wanted)) &&
    (!query.get("channel") || one.channel.id === query.get("channel")) &&
    words.includes((query.get("query") ?? "").toLowerCase())
  );
}
