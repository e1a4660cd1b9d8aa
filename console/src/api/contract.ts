/** The objects of the REST API, by the names that the pages use. Their shapes are written from its description. */
import type { components } from "./schema.ts";

type Schemas = components["schemas"];

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

export type ComponentKind = "authorization-tokens" | "web-services" | "forms";

export type About = Omit<Schemas["About"], "demo"> & { demo?: Record<string, unknown> };
export type Account = Schemas["Account"];
export type Analytics = Schemas["Analytics"];
/** Its `key` is only in the answer that makes it. */
export type ApiKey = Schemas["ApiKey"] & { key?: string };
export type AuditLine = Schemas["AuditLine"];
export type Bot = Schemas["Bot"];
export type Channel = Schemas["Channel"];
export type ChannelField = Schemas["ChannelField"];
export type ChannelKind = Schemas["ChannelKind"];
export type Kind = Schemas["Kind"];
export type ChannelName = Schemas["ChannelName"];
export type ChannelProvider = Schemas["ChannelProvider"];
export type Checkup = Schemas["Checkup"];
export type Component = Schemas["Component"];
export type Constant = Schemas["Constant"];
export type Conversation = Schemas["Conversation"];
export type ConversationState = Schemas["ConversationState"];
export type DeadLetter = Schemas["DeadLetter"];
export type Diagnostic = Schemas["Diagnostic"];
export type Diff = Schemas["Diff"];
export type DiffLine = Schemas["DiffLine"];
export type Draft = Schemas["Draft"];
export type Edit = Schemas["Edit"];
/** Its `link` is only in the answer that makes it. */
export type Invitation = Schemas["Invitation"] & { link?: string };
export type Invited = Schemas["InvitationView"];
export type Lead = Schemas["Lead"];
export type Line = Schemas["Line"];
export type Lines = Schemas["Lines"];
export type ManualPage = Schemas["ManualPage"];
export type Member = Schemas["Member"];
export type Scope = Schemas["Scope"];
export type OpenSession = Schemas["SessionSummary"];
export type Outbox = Schemas["Outbox"];
export type Outline = Schemas["Outline"];
export type Passkey = Schemas["Passkey"];
export type NewPasskey = Schemas["NewPasskey"];
export type PasskeyChallenge = Schemas["PasskeyChallenge"];
export type Pending = Schemas["SecondFactorNeeded"];
export type Pos = Schemas["Pos"];
export type Role = Schemas["Role"];
export type SavedComponent = Schemas["WrittenComponent"];
export type SavedDraft = Schemas["WrittenDraft"];
export type SecretName = Schemas["SecretName"];
export type Session = Schemas["Session"];
export type SimLine = Schemas["SimulationLine"];
export type Simulation = Schemas["Simulation"];
export type SimulationBody = Schemas["Begin"];
export type SimulationInput = Schemas["SimulationInput"];
export type Token = Schemas["Token"];
export type Tree = Schemas["Tree"];
export type TryBody = Schemas["TryBody"];
export type TryRequest = Schemas["TriedRequest"];
export type TryResult = Schemas["TryResult"];
export type Used = Schemas["ComponentOutline"];
export type Version = Schemas["Version"];
export type WorkspaceOfSession = Schemas["Membership"];
