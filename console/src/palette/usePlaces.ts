import { useQuery } from "@tanstack/react-query";
import { api, ok } from "../api/client.ts";
import type { Outline, Permission } from "../api/contract.ts";
import { botsQuery, draftQuery, keys } from "../api/queries.ts";
import { words as frame } from "../frame/words.ts";
import { words as settings } from "../pages/settings/words.ts";
import { useMay } from "../session/useSession.ts";
import { useWords } from "../words/words.tsx";
import type { Place } from "./found.ts";
import { words } from "./words.ts";

/** Everything that can be gone to: what is in the open bot first, then its pages, the other bots, the workspace. */
export function usePlaces(workspace: string, bot?: string): Place[] {
  const t = useWords(words);
  const f = useWords(frame);
  const s = useWords(settings);
  const may = useMay();
  const { data: bots } = useQuery(botsQuery(workspace));
  const outline = useOutline(workspace, bot);
  const base = `/w/${workspace}`;
  const own = bot ? `${base}/bots/${bot}` : undefined;
  const places: Place[] = [];
  const add = (kind: string, name: string, to: string, needs?: Permission) => {
    if (!needs || may(needs)) places.push({ kind, name, to });
  };
  if (own) {
    for (const { id } of outline?.scripts ?? []) add(t.script, id, `${own}/scripts/${id}`);
    for (const { id } of outline?.authorization_tokens ?? [])
      add(t.token, id, `${own}/authorization-tokens/${id}`);
    for (const { id } of outline?.web_services ?? []) add(t.service, id, `${own}/web-services/${id}`);
    for (const { id } of outline?.forms ?? []) add(t.form, id, `${own}/forms/${id}`);
    add(t.pages, f.overview, own);
    add(t.pages, f.scripts, `${own}/scripts`);
    add(t.pages, f.authorizationTokens, `${own}/authorization-tokens`);
    add(t.pages, f.webServices, `${own}/web-services`);
    add(t.pages, f.forms, `${own}/forms`);
    add(t.pages, f.file, `${own}/file`);
    add(t.pages, f.versions, `${own}/versions`);
  }
  for (const { id, name } of bots?.items ?? []) if (id !== bot) add(t.bot, name, `${base}/bots/${id}`);
  add(t.pages, f.allBots, `${base}/bots`);
  add(t.pages, f.channels, `${base}/channels`, "channel.read");
  add(t.pages, f.conversations, `${base}/conversations`, "conversation.read");
  add(t.pages, f.leads, `${base}/leads`, "conversation.read");
  add(t.pages, f.tokens, `${base}/tokens`, "token.read");
  add(t.pages, f.analytics, `${base}/analytics`, "analytics.read");
  add(t.setting, s.members, `${base}/settings/members`, "member.read");
  add(t.setting, s.keys, `${base}/settings/keys`, "key.edit");
  add(t.setting, s.secrets, `${base}/settings/secrets`, "secret.edit");
  add(t.setting, s.audit, `${base}/settings/audit`, "audit.read");
  add(t.setting, s.account, `${base}/settings/account`);
  return places;
}

function useOutline(workspace: string, bot?: string): Outline | undefined {
  const { data: draft } = useQuery({ ...draftQuery(workspace, bot ?? ""), enabled: bot !== undefined });
  const { data } = useQuery({
    queryKey: [...keys.draft(workspace, bot ?? ""), "outline", draft?.revision],
    enabled: draft !== undefined,
    queryFn: () =>
      ok(
        api.POST("/workspaces/{workspace}/check", {
          params: { path: { workspace } },
          body: { text: draft?.text ?? "" },
        }),
      ),
  });
  return data?.outline;
}
