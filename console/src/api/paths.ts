import type * as C from "./contract.ts";

/** One operation, in the form in which openapi-typescript writes it. */
interface Parameters<Path, Query> {
  parameters: ([Path] extends [never] ? { path?: never } : { path: Path }) & {
    query?: Query;
    header?: { "If-Match"?: string };
    cookie?: never;
  };
}
interface Answers<Answer> {
  responses: { 200: { headers: Record<string, unknown>; content: { "application/json": Answer } } };
}
interface Get<Path, Answer, Query = Cursor> extends Parameters<Path, Query>, Answers<Answer> {
  requestBody?: never;
}
interface Done<Path, Answer = void> extends Parameters<Path, never>, Answers<Answer> {
  requestBody?: never;
}
interface Send<Path, Body, Answer> extends Parameters<Path, never>, Answers<Answer> {
  requestBody: { content: { "application/json": Body } };
}
type W = { workspace: string };
type B = W & { bot: string };
type Id = W & { id: string };
type Cursor = { cursor?: string; limit?: number };
type None = never;

/** Every route of the API. */
export interface paths {
  "/about": { get: Get<None, C.About> };
  "/setup": {
    get: Get<None, { needed: boolean }>;
    post: Send<None, { token: string; name: string; email: string; password: string }, C.Session>;
  };
  "/session": {
    get: Get<None, C.Session>;
    post: Send<None, { email: string; password: string }, C.Session | C.Pending>;
    delete: Done<None>;
  };
  "/session/second-factor": { post: Send<None, { pending: string; code: string }, C.Session> };
  "/session/passkey/begin": { post: Send<None, { pending?: string }, C.PasskeyChallenge> };
  "/session/passkey/finish": { post: Send<None, { challenge_id: string; credential: unknown }, C.Session> };
  "/session/step-up": { post: Send<None, { password?: string; code?: string }, C.Session> };
  "/account": {
    patch: Send<
      None,
      { name?: string; language?: C.Account["language"]; theme?: C.Account["theme"] },
      C.Session
    >;
  };
  "/account/password": { post: Send<None, { current: string; new: string }, C.Session> };
  "/account/totp": {
    post: Done<None, { uri: string; secret: string; qr_svg: string }>;
    delete: Done<None>;
  };
  "/account/totp/confirm": { post: Send<None, { code: string }, { recovery_codes: string[] }> };
  "/account/recovery-codes": { post: Done<None, { recovery_codes: string[] }> };
  "/account/passkeys": { get: Get<None, C.List<C.Passkey>> };
  "/account/passkeys/begin": { post: Send<None, { name: string }, C.PasskeyChallenge> };
  "/account/passkeys/finish": { post: Send<None, { challenge_id: string; credential: unknown }, C.Passkey> };
  "/account/passkeys/{id}": { delete: Done<{ id: string }> };
  "/account/sessions": { get: Get<None, C.List<C.OpenSession>> };
  "/account/sessions/{id}": { delete: Done<{ id: string }> };
  "/invitations/{token}": { get: Get<{ token: string }, C.Invited> };
  "/invitations/{token}/accept": {
    post: Send<{ token: string }, { name?: string; password?: string }, C.Session>;
  };
  "/workspaces": { post: Send<None, { id: string; name: string }, { id: string; name: string }> };

  "/workspaces/{workspace}/bots": {
    get: Get<W, C.List<C.Bot>>;
    post: Send<W, { id: string; name: string; text?: string; template?: "blank" | "login" }, C.Bot>;
  };
  "/workspaces/{workspace}/bots/{bot}": { get: Get<B, C.Bot>; delete: Done<B> };
  "/workspaces/{workspace}/bots/{bot}/draft": {
    get: Get<B, C.Draft>;
    put: Send<B, { text: string }, C.SavedDraft>;
  };
  "/workspaces/{workspace}/bots/{bot}/versions": { get: Get<B, C.List<C.Version>> };
  "/workspaces/{workspace}/bots/{bot}/versions/{number}": {
    get: Get<B & { number: number }, C.Version & { text: string }>;
  };
  "/workspaces/{workspace}/bots/{bot}/diff": { get: Get<B, C.Diff, { from: string; to: string }> };
  "/workspaces/{workspace}/bots/{bot}/publish": { post: Send<B, { note?: string }, C.Bot> };
  "/workspaces/{workspace}/bots/{bot}/roll-back": { post: Send<B, { number: number; note?: string }, C.Bot> };
  "/workspaces/{workspace}/check": { post: Send<W, { text: string; channels?: string[] }, C.Checkup> };
  "/workspaces/{workspace}/bots/{bot}/components/{kind}": {
    get: Get<B & { kind: C.ComponentKind }, C.List<C.Component>>;
  };
  "/workspaces/{workspace}/bots/{bot}/components/{kind}/{id}": {
    get: Get<B & { kind: C.ComponentKind; id: string }, C.Component>;
    put: Send<
      B & { kind: C.ComponentKind; id: string },
      { definition: Record<string, unknown>; id?: string },
      C.SavedComponent
    >;
    delete: Done<B & { kind: C.ComponentKind; id: string }, C.SavedComponent>;
  };
  "/schema/bot-file": { get: Get<None, Record<string, unknown>> };
  "/manual/{code}": { get: Get<{ code: string }, { code: string; title: string; text: string }> };

  "/workspaces/{workspace}/bots/{bot}/try": { post: Send<B, C.TryBody, C.TryResult> };
  "/workspaces/{workspace}/bots/{bot}/try/preview": {
    post: Send<
      B,
      { kind: C.TryBody["kind"]; definition: Record<string, unknown> },
      { request: C.TryRequest }
    >;
  };
  "/workspaces/{workspace}/bots/{bot}/curl": {
    post: Send<B, { command: string }, { definition: Record<string, unknown>; notes: string[] }>;
  };
  "/workspaces/{workspace}/bots/{bot}/simulations": { post: Send<B, C.SimulationBody, C.Simulation> };
  "/workspaces/{workspace}/simulations/{id}": { get: Get<Id, C.Simulation>; delete: Done<Id> };
  "/workspaces/{workspace}/simulations/{id}/input": { post: Send<Id, C.SimulationInput, C.Simulation> };

  "/workspaces/{workspace}/conversations": {
    get: Get<
      W,
      C.List<C.Conversation>,
      Cursor & { query?: string; channel?: string; bot?: string; state?: "open" | "handed_over" | "ended" }
    >;
  };
  "/workspaces/{workspace}/conversations/{id}": { get: Get<Id, C.Conversation> };
  "/workspaces/{workspace}/conversations/{id}/lines": {
    get: Get<Id, C.Lines, { from?: number; limit?: number }>;
  };
  "/workspaces/{workspace}/conversations/{id}/take-over": { post: Done<Id, C.Conversation> };
  "/workspaces/{workspace}/conversations/{id}/hand-back": { post: Done<Id, C.Conversation> };
  "/workspaces/{workspace}/conversations/{id}/messages": { post: Send<Id, { text: string }, { n: number }> };
  "/workspaces/{workspace}/contacts/{id}/export": { get: Get<Id, unknown> };
  "/workspaces/{workspace}/contacts/{id}": { delete: Done<Id> };
  "/workspaces/{workspace}/tokens": {
    get: Get<W, C.List<C.Token>, Cursor & { component?: string; query?: string }>;
  };
  "/workspaces/{workspace}/tokens/{id}": { delete: Done<Id> };
  "/workspaces/{workspace}/tokens/revoke": {
    post: Send<W, { component?: string; bot?: string; all?: true }, { revoked: number }>;
  };

  "/workspaces/{workspace}/channel-kinds": { get: Get<W, C.List<C.ChannelKind>> };
  "/workspaces/{workspace}/channels": {
    get: Get<W, C.List<C.Channel>>;
    post: Send<
      W,
      {
        kind: string;
        provider: string;
        name: string;
        bot?: string;
        settings: Record<string, unknown>;
        secrets: Record<string, string>;
      },
      C.Channel
    >;
  };
  "/workspaces/{workspace}/channels/{id}": {
    get: Get<Id, C.Channel>;
    patch: Send<
      Id,
      { name?: string; bot?: string; settings?: Record<string, unknown>; secrets?: Record<string, string> },
      C.Channel
    >;
    delete: Done<Id>;
  };
  "/workspaces/{workspace}/channels/{id}/test": { post: Done<Id, { ok: boolean; message: string }> };
  "/workspaces/{workspace}/dead-letters": { get: Get<W, C.List<C.DeadLetter>> };
  "/workspaces/{workspace}/dead-letters/{id}/again": { post: Done<Id> };
  "/workspaces/{workspace}/dead-letters/{id}": { delete: Done<Id> };
  "/workspaces/{workspace}/outbox": { get: Get<W, C.Outbox> };
  "/workspaces/{workspace}/outbox/release": { post: Done<W> };
  "/workspaces/{workspace}/outbox/discard": { post: Done<W> };

  "/workspaces/{workspace}/analytics": {
    get: Get<
      W,
      C.Analytics,
      { from: string; to: string; bucket: "hour" | "day"; bot?: string; channel?: string }
    >;
  };

  "/workspaces/{workspace}/members": { get: Get<W, C.List<C.Member>> };
  "/workspaces/{workspace}/members/{account}": {
    patch: Send<W & { account: string }, { role: C.Role }, C.Member>;
    delete: Done<W & { account: string }>;
  };
  "/workspaces/{workspace}/invitations": {
    get: Get<W, C.List<C.Invitation>>;
    post: Send<W, { email: string; role: C.Role }, C.Invitation>;
  };
  "/workspaces/{workspace}/invitations/{id}": { delete: Done<Id> };
  "/workspaces/{workspace}/api-keys": {
    get: Get<W, C.List<C.ApiKey>>;
    post: Send<W, { name: string; scopes: string[]; expires_at?: string; ips?: string[] }, C.ApiKey>;
  };
  "/workspaces/{workspace}/api-keys/{id}": { delete: Done<Id> };
  "/workspaces/{workspace}/secrets": { get: Get<W, C.List<C.SecretName>> };
  "/workspaces/{workspace}/secrets/{name}": {
    put: Send<W & { name: string }, { value: string }, void>;
    delete: Done<W & { name: string }>;
  };
  "/workspaces/{workspace}/constants": { get: Get<W, C.List<C.Constant>> };
  "/workspaces/{workspace}/constants/{name}": {
    put: Send<W & { name: string }, { value: string }, { unchanged_bots: string[] }>;
    delete: Done<W & { name: string }>;
  };
  "/workspaces/{workspace}/audit": {
    get: Get<W, C.List<C.AuditLine>, Cursor & { before?: string; actor?: string; action?: string }>;
  };
  "/workspaces/{workspace}/audit/verify": { get: Get<W, { ok: boolean; lines: number; broken_at?: number }> };
}
