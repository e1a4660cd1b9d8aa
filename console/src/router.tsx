import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { api, ok } from "./api/client.ts";
import { sessionQuery } from "./api/queries.ts";
import { Frame } from "./frame/Frame.tsx";
import { Broken } from "./ui/Broken.tsx";
import { NotFound } from "./ui/NotFound.tsx";

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});
const below = <P extends string>(path: P) => ({ getParentRoute: () => root, path });

/** To the first workspace; to the first start or the sign-in when nobody is signed in. */
const home = createRoute({
  ...below("/"),
  beforeLoad: async ({ context }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    const first = session?.workspaces[0];
    if (first) throw redirect({ to: "/w/$workspace/bots", params: { workspace: first.id } });
    if (session) throw redirect({ to: "/new-workspace" });
    const { needed } = await ok(api.GET("/setup"));
    throw redirect({ to: needed ? "/setup" : "/sign-in" });
  },
});
const setup = createRoute({
  ...below("setup"),
  component: lazyRouteComponent(() => import("./pages/start/SetupPage.tsx"), "SetupPage"),
});
const signIn = createRoute({
  ...below("sign-in"),
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    typeof search.to === "string" && /^\/(?!\/)/.test(search.to) ? { to: search.to } : {},
  component: lazyRouteComponent(() => import("./pages/start/SignInPage.tsx"), "SignInPage"),
});
const invitation = createRoute({
  ...below("invitation"),
  component: lazyRouteComponent(() => import("./pages/start/InvitationPage.tsx"), "InvitationPage"),
});
const newWorkspace = createRoute({
  ...below("new-workspace"),
  component: lazyRouteComponent(() => import("./pages/start/NewWorkspacePage.tsx"), "NewWorkspacePage"),
});

const workspace = createRoute({
  ...below("w/$workspace"),
  beforeLoad: async ({ context, params, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (!session) throw redirect({ to: "/sign-in", search: { to: location.pathname } });
    if (!session.workspaces.some(({ id }) => id === params.workspace)) throw redirect({ to: "/" });
  },
  component: Frame,
  notFoundComponent: NotFound,
});
const inWorkspace = <P extends string>(path: P) => ({ getParentRoute: () => workspace, path });

const workspaceHome = createRoute({
  ...inWorkspace("/"),
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/w/$workspace/bots", params });
  },
});
const bots = createRoute({
  ...inWorkspace("bots"),
  component: lazyRouteComponent(() => import("./pages/bots/BotsPage.tsx"), "BotsPage"),
});
const bot = createRoute({
  ...inWorkspace("bots/$bot"),
  component: lazyRouteComponent(() => import("./pages/bots/BotPage.tsx"), "BotPage"),
});
const versions = createRoute({
  ...inWorkspace("bots/$bot/versions"),
  component: lazyRouteComponent(() => import("./pages/versions/VersionsPage.tsx"), "VersionsPage"),
});
const scripts = createRoute({
  ...inWorkspace("bots/$bot/scripts"),
  component: lazyRouteComponent(() => import("./builder/ScriptsPage.tsx"), "ScriptsPage"),
});
const script = createRoute({
  ...inWorkspace("bots/$bot/scripts/$script"),
  validateSearch: (search: Record<string, unknown>): { step?: string } =>
    typeof search.step === "string" ? { step: search.step } : {},
  component: lazyRouteComponent(() => import("./builder/ScriptPage.tsx"), "ScriptPage"),
});
const file = createRoute({
  ...inWorkspace("bots/$bot/file"),
  validateSearch: (search: Record<string, unknown>): { line?: number } =>
    typeof search.line === "number" ? { line: search.line } : {},
  component: lazyRouteComponent(() => import("./bot-file/BotFilePage.tsx"), "BotFilePage"),
});
const authorizationTokens = createRoute({
  ...inWorkspace("bots/$bot/authorization-tokens"),
  component: lazyRouteComponent(
    () => import("./components-pages/AuthorizationTokensPage.tsx"),
    "AuthorizationTokensPage",
  ),
});
/** `new` makes one. */
const authorizationToken = createRoute({
  ...inWorkspace("bots/$bot/authorization-tokens/$id"),
  component: lazyRouteComponent(
    () => import("./components-pages/AuthorizationTokenPage.tsx"),
    "AuthorizationTokenPage",
  ),
});
const webServices = createRoute({
  ...inWorkspace("bots/$bot/web-services"),
  component: lazyRouteComponent(() => import("./components-pages/WebServicesPage.tsx"), "WebServicesPage"),
});
const webService = createRoute({
  ...inWorkspace("bots/$bot/web-services/$id"),
  component: lazyRouteComponent(() => import("./components-pages/WebServicePage.tsx"), "WebServicePage"),
});
const forms = createRoute({
  ...inWorkspace("bots/$bot/forms"),
  component: lazyRouteComponent(() => import("./components-pages/FormsPage.tsx"), "FormsPage"),
});
const form = createRoute({
  ...inWorkspace("bots/$bot/forms/$id"),
  component: lazyRouteComponent(() => import("./components-pages/FormPage.tsx"), "FormPage"),
});
const channels = createRoute({
  ...inWorkspace("channels"),
  component: lazyRouteComponent(() => import("./pages/channels/ChannelsPage.tsx"), "ChannelsPage"),
});
const newChannel = createRoute({
  ...inWorkspace("channels/new"),
  validateSearch: (search: Record<string, unknown>): { kind?: string } =>
    typeof search.kind === "string" ? { kind: search.kind } : {},
  component: lazyRouteComponent(() => import("./pages/channels/ConnectPage.tsx"), "ConnectPage"),
});
const channel = createRoute({
  ...inWorkspace("channels/$id"),
  component: lazyRouteComponent(() => import("./pages/channels/ChannelPage.tsx"), "ChannelPage"),
});

export interface ConversationSearch {
  query?: string;
  channel?: string;
  bot?: string;
  state?: "open" | "handed_over" | "ended";
}
const conversationSearch = (search: Record<string, unknown>): ConversationSearch => {
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const state = (["open", "handed_over", "ended"] as const).find((one) => one === search.state);
  return { query: text(search.query), channel: text(search.channel), bot: text(search.bot), state };
};
const conversations = createRoute({
  ...inWorkspace("conversations"),
  validateSearch: conversationSearch,
  component: lazyRouteComponent(
    () => import("./pages/conversations/ConversationsPage.tsx"),
    "ConversationsPage",
  ),
});
const conversation = createRoute({
  ...inWorkspace("conversations/$id"),
  validateSearch: conversationSearch,
  component: lazyRouteComponent(
    () => import("./pages/conversations/ConversationsPage.tsx"),
    "ConversationsPage",
  ),
});
const leads = createRoute({
  ...inWorkspace("leads"),
  component: lazyRouteComponent(() => import("./pages/leads/LeadsPage.tsx"), "LeadsPage"),
});
const tokens = createRoute({
  ...inWorkspace("tokens"),
  component: lazyRouteComponent(() => import("./pages/tokens/TokensPage.tsx"), "TokensPage"),
});
const analytics = createRoute({
  ...inWorkspace("analytics"),
  component: lazyRouteComponent(() => import("./pages/analytics/AnalyticsPage.tsx"), "AnalyticsPage"),
});
const settings = createRoute({
  ...inWorkspace("settings"),
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/w/$workspace/settings/$area", params: { ...params, area: "members" } });
  },
});
const settingsArea = createRoute({
  ...inWorkspace("settings/$area"),
  component: lazyRouteComponent(() => import("./pages/settings/SettingsPage.tsx"), "SettingsPage"),
});

const tree = root.addChildren([
  home,
  setup,
  signIn,
  invitation,
  newWorkspace,
  workspace.addChildren([
    workspaceHome,
    bots,
    bot,
    versions,
    scripts,
    script,
    file,
    authorizationTokens,
    authorizationToken,
    webServices,
    webService,
    forms,
    form,
    channels,
    newChannel,
    channel,
    conversations,
    conversation,
    leads,
    tokens,
    analytics,
    settings,
    settingsArea,
  ]),
]);

export function consoleRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: import.meta.env.BASE_URL.replace(/\/$/, "") || "/",
    context: { client },
    defaultPreload: "intent",
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof consoleRouter>;
  }
}
