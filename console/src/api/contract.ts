/** The objects of the REST API, as the server sends them. Times are RFC 3339 in UTC. */

export type Role = "owner" | "admin" | "editor" | "credential_manager" | "agent" | "viewer" | "auditor";

export type Permission =
  | "bot.read"
  | "bot.edit"
  | "bot.publish"
  | "credential.edit"
  | "try"
  | "simulate"
  | "channel.read"
  | "channel.edit"
  | "conversation.read"
  | "conversation.reply"
  | "contact.export"
  | "contact.erase"
  | "token.read"
  | "token.revoke"
  | "analytics.read"
  | "member.read"
  | "member.edit"
  | "key.edit"
  | "secret.edit"
  | "constant.edit"
  | "audit.read"
  | "workspace.edit";

export interface List<T> {
  items: T[];
  next?: string;
}

export interface Account {
  id: string;
  name: string;
  email: string;
  language: "en" | "es";
  theme: "system" | "light" | "dark";
  totp: boolean;
  passkeys: number;
  recovery_codes_left: number;
}

export interface WorkspaceOfSession {
  id: string;
  name: string;
  role: Role;
  permissions: Permission[];
}

export interface Session {
  account: Account;
  workspaces: WorkspaceOfSession[];
  csrf: string;
  idle_ends_at: string;
  ends_at: string;
  stepped_up_until?: string;
}

export type SecondFactor = "totp" | "passkey" | "recovery";

export interface Pending {
  second_factor: SecondFactor[];
  pending: string;
}

/** Options or an answer of WebAuthn, as the browser's `PublicKeyCredential` reads and writes them. */
export interface PasskeyChallenge {
  challenge_id: string;
  options: Record<string, unknown>;
}

export interface Passkey {
  id: string;
  name: string;
  created_at: string;
  last_used_at?: string;
}

export interface OpenSession {
  id: string;
  current: boolean;
  created_at: string;
  last_used_at: string;
  ip?: string;
  user_agent: string;
}

export interface Invited {
  workspace_name: string;
  email: string;
  role: Role;
  /** Then sign in first, and accept without a name and a password. */
  has_account?: boolean;
}

export interface ChannelName {
  id: string;
  kind: string;
  name: string;
}

export interface Bot {
  id: string;
  name: string;
  language: string;
  origin: "console" | "file";
  draft: { revision: number; changed_at: string; changed_by: string };
  live?: { number: number; version: string; published_at: string; published_by: string; note: string };
  /** Whether the draft differs from what is live. */
  changed: boolean;
  channels: ChannelName[];
  problems: { errors: number; warnings: number };
  uses_token: boolean;
}

export interface Draft {
  text: string;
  revision: number;
  changed_at: string;
  changed_by: string;
}

export interface SavedDraft extends Omit<Draft, "text"> {
  checkup: Checkup;
}

export interface Version {
  number: number;
  version: string;
  published_at: string;
  published_by: string;
  note: string;
  live: boolean;
}

export interface DiffLine {
  op: " " | "-" | "+";
  text: string;
}

export interface Diff {
  hunks: { from_line: number; to_line: number; lines: DiffLine[] }[];
  added: number;
  removed: number;
}

export interface Pos {
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units. */
  column: number;
  /** In UTF-16 units. */
  offset: number;
}

export interface Edit {
  start: Pos;
  end: Pos;
  text: string;
}

export interface Diagnostic {
  code: string;
  severity: "error" | "warning";
  message: string;
  /** Where in the file, such as `scripts.balance.steps[1]`. */
  path: string;
  labels: { start: Pos; end: Pos; text?: string }[];
  notes: string[];
  help?: { text: string; edits?: Edit[] };
  manual: string;
}

export interface Used {
  id: string;
  used_in: string[];
}

export interface Outline {
  scripts: { id: string; steps: { id?: string; path: string; kind: string }[] }[];
  authorization_tokens: Used[];
  web_services: Used[];
  forms: Used[];
  variables: string[];
}

export interface Checkup {
  ok: boolean;
  diagnostics: Diagnostic[];
  outline?: Outline;
}

export type ComponentKind = "authorization-tokens" | "web-services" | "forms";

export interface Component {
  id: string;
  used_in: string[];
  /** As it stands in the bot file. */
  definition: Record<string, unknown>;
}

export interface SavedComponent {
  draft: { text: string; revision: number };
  checkup: Checkup;
}

export interface TryRequest {
  method: string;
  url: string;
  headers: [string, string][];
  body?: string;
}

export interface Tree {
  /** As `token_path` would name it. */
  path: string;
  key?: string;
  kind: "object" | "array" | "string" | "number" | "boolean" | "null";
  children?: Tree[];
  shown?: string;
  length?: number;
  looks_like?: "token" | "jwt" | "expiry" | "refresh";
}

export interface TryResult {
  request?: TryRequest;
  response?: {
    status: number;
    took_ms: number;
    headers: [string, string][];
    tree?: Tree;
    text?: string;
    truncated: boolean;
  };
  token?: { found: boolean; path?: string; message?: string; suggestions: string[] };
  ttl?: { from: "ttl" | "expires_in" | "jwt"; seconds: number; path?: string }[];
  saved?: Record<string, string | null>;
  problem?: { code: string; message: string; hint?: string };
}

export interface TryBody {
  kind: "authorization_token" | "web_service";
  definition: Record<string, unknown>;
  text?: string;
  answers: string[];
  login_answers?: Record<string, string[]>;
  use_token?: boolean;
}

export interface SimLine {
  n: number;
  from: "user" | "bot" | "note";
  text: string;
  buttons?: { label: string; index: number }[];
  spoken?: boolean;
  media?: { kind: string; url: string; caption?: string };
  at: string;
}

export interface Simulation {
  id: string;
  channel: string;
  lines: SimLine[];
  variables: { name: string; value: string }[];
  path: { script: string; step: string; at: string }[];
  calls: {
    component: string;
    kind: string;
    method: string;
    url: string;
    status?: number;
    took_ms?: number;
    outcome: string;
  }[];
  tokens: { component: string; expires_at: string }[];
  expect: {
    kind: string;
    secret: boolean;
    digits?: {
      min: number;
      max: number;
      finish_key?: string;
      first_timeout: number;
      between_timeout: number;
    };
  };
  ended?: string;
  now: string;
}

export interface SimulationBody {
  channel: string;
  text?: string;
  contact_name?: string;
  real_calls: boolean;
  stubs?: Record<string, { status: number; body: string }>;
}

export interface SimulationInput {
  text?: string;
  choice?: number;
  digits?: string;
  hang_up?: boolean;
  file?: string;
  wait_seconds?: number;
}

export type ConversationState = "waiting" | "calling" | "ended" | "handed_over";

export interface Conversation {
  id: string;
  channel: ChannelName;
  contact: { id: string; name?: string; address: string };
  bot?: string;
  version?: string;
  script?: string;
  step?: string;
  state: ConversationState;
  handed_to?: { account: string; name: string };
  last_at?: string;
  last_line?: string;
  logged_in: { component: string; expires_at: string }[];
  undelivered: number;
}

export interface Line {
  n: number;
  at: string;
  from: "user" | "bot" | "agent" | "note";
  text: string;
  /** `text`, `secret`, `options`, `media`, `handover`, `hung_up`, `taken_over`, `handed_back`, … */
  kind: string;
  /** The labels of buttons. */
  choices?: string[];
  agent?: string;
  delivery?: "queued" | "sent" | "delivered" | "read" | "failed";
}

export interface Lines {
  lines: Line[];
  /** Where it goes on; absent at the end. */
  next?: number;
}

export interface Token {
  id: string;
  conversation: string;
  contact: string;
  channel: string;
  bot: string;
  component: string;
  logged_in_at: string;
  expires_at: string;
  renewable: boolean;
}

export interface ChannelField {
  name: string;
  label: string;
  help: string;
  secret: boolean;
  required: boolean;
  default?: string;
}

export interface ChannelProvider {
  provider: string;
  title: string;
  fields: ChannelField[];
  /** Markdown, one step each. */
  steps: string[];
}

export interface ChannelKind {
  kind: string;
  title: string;
  token_login: boolean;
  providers: ChannelProvider[];
}

export interface Channel {
  id: string;
  kind: string;
  provider: string;
  name: string;
  origin: "console" | "file";
  bot?: string;
  settings: Record<string, unknown>;
  secrets: Record<string, { set: boolean }>;
  hook_url?: string;
  verify_token?: string;
  health: {
    last_webhook_at?: string;
    last_refused_at?: string;
    refused_why?: string;
    last_delivery_at?: string;
    last_failure?: { at: string; code?: string; message: string };
    waiting: number;
    dead_letters: number;
  };
  revision: number;
}

export interface Analytics {
  buckets: string[];
  messages: { in: number[]; out: number[] };
  conversations: number[];
  logins: { ok: number[]; refused: number[]; unavailable: number[]; lapsed: number[] };
  calls: { component: string; count: number; failed: number; p50_ms: number; p95_ms: number }[];
  steps: { script: string; step: string; reached: number; left: number }[];
  channels: { id: string; in: number; out: number; failed: number }[];
}

export interface Member {
  account: string;
  name: string;
  email: string;
  role: Role;
  since: string;
  last_seen?: string;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  expires_at: string;
  /** Only in the answer that makes it. */
  link?: string;
}

export interface ApiKey {
  id: string;
  name: string;
  scopes: string[];
  created_at?: string;
  expires_at?: string;
  last_used_at?: string;
  ips?: string[];
  /** Only in the answer that makes it. */
  key?: string;
}

export interface SecretName {
  name: string;
  origin: string;
  set_at?: string;
  set_by?: string;
}

export interface Constant {
  name: string;
  value: string;
  origin: string;
}

export interface AuditLine {
  number: number;
  at: string;
  actor: string;
  ip?: string;
  action: string;
  object: string;
  /** Whether it was done, or refused. */
  allowed: boolean;
}

export interface DeadLetter {
  id: string;
  conversation?: string;
  channel?: string;
  at: string;
  why?: string;
}

export interface Outbox {
  held: number;
  waiting: number;
}

export interface About {
  version: string;
  public_url: string;
  demo?: Record<string, unknown>;
}
