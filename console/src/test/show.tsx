import { MantineProvider } from "@mantine/core";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import type { Permission, Session } from "../api/contract.ts";
import { keys, queryClient } from "../api/queries.ts";
import { theme } from "../theme/theme.ts";
import { type Language, Words } from "../words/words.tsx";

export const ALL: Permission[] = [
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
];

export function session(permissions: Permission[] = ALL): Session {
  return {
    account: {
      id: "a1",
      administrator: true,
      name: "Ada",
      email: "ada@example.com",
      language: "en",
      theme: "system",
      totp: false,
      passkeys: 0,
      recovery_codes_left: 0,
    },
    workspaces: [{ id: "demo", name: "Demo Bank", role: "owner", permissions }],
    csrf: "csrf-1",
    idle_ends_at: "2026-01-01T00:30:00Z",
    ends_at: "2026-01-01T12:00:00Z",
  };
}

interface Options {
  path?: string;
  signedIn?: Session | null;
  language?: Language;
  client?: QueryClient;
}

/** Shows a component at an address of the workspace `demo` and the bot `bank`, with everything that pages need around it. */
export function show(
  what: ReactNode,
  { path = "/w/demo/bots/bank", signedIn = session(), language = "en", client = queryClient() }: Options = {},
) {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  client.setDefaultOptions({ queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } });
  if (signedIn !== undefined) client.setQueryData(keys.session, signedIn);
  const root = createRootRoute({ component: Outlet });
  const page = () => what;
  const paths = [
    "/w/$workspace/bots/$bot",
    "/w/$workspace/bots/$bot/$kind/$id",
    "/w/$workspace/$area",
    "/w/$workspace/$area/$id",
    "/$",
  ] as const;
  const routes = paths.map((one) => createRoute({ getParentRoute: () => root, path: one, component: page }));
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = createRouter({ routeTree: root.addChildren(routes), history });
  const shown = render(
    <MantineProvider theme={theme} env="test" withCssVariables={false} withGlobalClasses={false}>
      <Words start={language}>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </Words>
    </MantineProvider>,
  );
  return { ...shown, client, history, router };
}
