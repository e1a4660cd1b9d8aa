import { QueryClient, queryOptions } from "@tanstack/react-query";
import { api, ok, rememberCsrf } from "./client.ts";
import type { About, ComponentKind, Session } from "./contract.ts";
import { isProblem } from "./problem.ts";

/** What the pages read is kept here. A problem of the request itself is not tried again. */
export function queryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (count, error) =>
          count < 2 && !(isProblem(error) && error.status >= 400 && error.status < 500),
      },
      mutations: { retry: false },
    },
  });
}

/** The keys of everything that is read, so that an event knows what to read again. */
export const keys = {
  session: ["session"] as const,
  account: (part: "passkeys" | "sessions") => ["account", part] as const,
  workspace: (workspace: string) => ["w", workspace] as const,
  bots: (workspace: string) => ["w", workspace, "bots"] as const,
  bot: (workspace: string, bot: string) => ["w", workspace, "bots", bot] as const,
  draft: (workspace: string, bot: string) => ["w", workspace, "bots", bot, "draft"] as const,
  versions: (workspace: string, bot: string) => ["w", workspace, "bots", bot, "versions"] as const,
  diff: (workspace: string, bot: string, from: string, to: string) =>
    ["w", workspace, "bots", bot, "diff", from, to] as const,
  components: (workspace: string, bot: string, kind: ComponentKind) =>
    ["w", workspace, "bots", bot, "components", kind] as const,
  channels: (workspace: string) => ["w", workspace, "channels"] as const,
  conversations: (workspace: string) => ["w", workspace, "conversations"] as const,
  conversation: (workspace: string, id: string) => ["w", workspace, "conversations", id] as const,
  tokens: (workspace: string) => ["w", workspace, "tokens"] as const,
  settings: (workspace: string, part: string) => ["w", workspace, "settings", part] as const,
};

export function rememberSession(client: QueryClient, session: Session): Session {
  rememberCsrf(session.csrf, session.account.id);
  client.setQueryData(keys.session, session);
  return session;
}

/** Who is signed in; `null` for nobody. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  staleTime: 60_000,
  queryFn: async (): Promise<Session | null> => {
    try {
      const session = await ok(api.GET("/session"));
      rememberCsrf(session.csrf, session.account.id);
      return session;
    } catch (error) {
      if (isProblem(error) && error.status === 401) return null;
      throw error;
    }
  },
});

export const aboutQuery = queryOptions({
  queryKey: ["about"],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: () => ok(api.GET("/about")) as Promise<About>,
});

export const botsQuery = (workspace: string) =>
  queryOptions({
    queryKey: keys.bots(workspace),
    queryFn: () => ok(api.GET("/workspaces/{workspace}/bots", { params: { path: { workspace } } })),
  });

export const botQuery = (workspace: string, bot: string) =>
  queryOptions({
    queryKey: keys.bot(workspace, bot),
    queryFn: () =>
      ok(api.GET("/workspaces/{workspace}/bots/{bot}", { params: { path: { workspace, bot } } })),
  });

export const draftQuery = (workspace: string, bot: string) =>
  queryOptions({
    queryKey: keys.draft(workspace, bot),
    queryFn: () =>
      ok(api.GET("/workspaces/{workspace}/bots/{bot}/draft", { params: { path: { workspace, bot } } })),
  });

export const versionsQuery = (workspace: string, bot: string) =>
  queryOptions({
    queryKey: keys.versions(workspace, bot),
    queryFn: () =>
      ok(api.GET("/workspaces/{workspace}/bots/{bot}/versions", { params: { path: { workspace, bot } } })),
  });

export const diffQuery = (workspace: string, bot: string, from: string, to: string) =>
  queryOptions({
    queryKey: keys.diff(workspace, bot, from, to),
    queryFn: () =>
      ok(
        api.GET("/workspaces/{workspace}/bots/{bot}/diff", {
          params: { path: { workspace, bot }, query: { from, to } },
        }),
      ),
  });

export const componentsQuery = (workspace: string, bot: string, kind: ComponentKind) =>
  queryOptions({
    queryKey: keys.components(workspace, bot, kind),
    queryFn: () =>
      ok(
        api.GET("/workspaces/{workspace}/bots/{bot}/components/{kind}", {
          params: { path: { workspace, bot, kind } },
        }),
      ),
  });

export const channelsQuery = (workspace: string) =>
  queryOptions({
    queryKey: keys.channels(workspace),
    queryFn: () => ok(api.GET("/workspaces/{workspace}/channels", { params: { path: { workspace } } })),
  });
