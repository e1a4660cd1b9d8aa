import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { api, ifMatch, ok } from "../api/client.ts";
import type { Draft } from "../api/contract.ts";
import { draftQuery, keys } from "../api/queries.ts";
import { useMay } from "../session/useSession.ts";
import { type DraftState, DraftStore, type Wire } from "./DraftStore.ts";
import { draftOf } from "./drafts.ts";
import { useSaidCheckup } from "./findings/useSaid.ts";

/** How many bytes a request that outlives its page may surely have: browsers send 64 KiB. */
const OUTLIVES = 60_000;

export interface DraftAt extends DraftState {
  store: DraftStore;
  workspace: string;
  bot: string;
  readOnly: "role" | undefined;
}

/** The draft of the bot in the address. Every page of a bot shares one. */
export function useDraft(): DraftAt {
  const { workspace = "", bot = "" } = useParams({ strict: false });
  const client = useQueryClient();
  const may = useMay();
  const { data: draft } = useSuspenseQuery(draftQuery(workspace, bot));
  const readOnly = may("bot.edit") ? undefined : "role";
  const store = useMemo(() => {
    const key = `${workspace}/${bot}/${readOnly ?? ""}`;
    const wire: Wire = {
      save: (text, revision, leaving) =>
        ok(
          api.PUT("/workspaces/{workspace}/bots/{bot}/draft", {
            params: { path: { workspace, bot }, header: ifMatch(revision) },
            body: { text },
            keepalive: leaving && bytesOf(text) < OUTLIVES,
          }),
        ),
      check: (text) =>
        ok(api.POST("/workspaces/{workspace}/check", { params: { path: { workspace } }, body: { text } })),
      saved: (saved: Draft) => {
        client.setQueryData(keys.draft(workspace, bot), saved);
        void client.invalidateQueries({ queryKey: keys.bot(workspace, bot), exact: true });
        void client.invalidateQueries({ queryKey: keys.bots(workspace), exact: true });
      },
    };
    return draftOf(client, key, () => new DraftStore(draft, wire, readOnly !== undefined));
  }, [client, workspace, bot, readOnly, draft]);
  useEffect(() => store.arrived(draft), [store, draft]);
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const checkup = useSaidCheckup(state.checkup);
  return { ...state, checkup, store, workspace, bot, readOnly };
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(JSON.stringify({ text })).length;
}
