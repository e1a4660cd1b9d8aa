import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useParams } from "@tanstack/react-router";
import { botQuery } from "../api/queries.ts";
import { NEW } from "../forms/ids.ts";
import { useWords } from "../words/words.tsx";
import classes from "./Frame.module.css";
import { words } from "./words.ts";

interface Crumb {
  label: string;
  path: string;
}

const COMPONENTS = ["authorization-tokens", "web-services", "forms"];

/** Where the page stands, from the workspace's bots down to it. */
export function Crumbs() {
  const t = useWords(words);
  const crumbs = useCrumbs();
  return (
    <nav aria-label={t.where} className={classes.crumbs}>
      <ol>
        {crumbs.map(({ label, path }, at) => (
          <li key={path}>
            {at === crumbs.length - 1 ? (
              <span aria-current="page">{label}</span>
            ) : (
              <Link to={path}>{label}</Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

function useCrumbs(): Crumb[] {
  const t = useWords(words);
  const { bot } = useParams({ strict: false });
  const { workspace = "" } = useParams({ strict: false });
  const { data } = useQuery({ ...botQuery(workspace, bot ?? ""), enabled: bot !== undefined });
  const { pathname } = useLocation();
  const names: Record<string, string> = {
    bots: t.bots,
    scripts: t.scripts,
    "authorization-tokens": t.authorizationTokens,
    "web-services": t.webServices,
    forms: t.forms,
    versions: t.versions,
    file: t.file,
    channels: t.channels,
    conversations: t.conversations,
    leads: t.leads,
    tokens: t.tokens,
    analytics: t.analytics,
    settings: t.settings,
    [NEW]: t.create,
    // A channel that is being connected.
    new: t.create,
  };
  const parts = pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const crumbs: Crumb[] = [];
  let path = `/w/${encodeURIComponent(workspace)}`;
  for (const [at, part] of parts.slice(2).entries()) {
    path += `/${encodeURIComponent(part)}`;
    const isBot = at === 1 && parts[2] === "bots";
    const isArea = parts[2] === "settings" && at === 1;
    if (isArea) continue;
    // A script may be called `forms`.
    const isId = at === 3 && part !== NEW;
    const label = isBot ? (data?.name ?? part) : isId ? part : (names[part] ?? part);
    const opaque =
      /^[0-9a-f-]{16,}$/i.test(part) || (at === 1 && ["conversations", "channels"].includes(parts[2] ?? ""));
    // Components are parts of scripts, as in the navigation.
    if (at === 2 && COMPONENTS.includes(part))
      crumbs.push({ label: t.scripts, path: path.replace(/[^/]*$/, "scripts") });
    if (!opaque || part === "new") crumbs.push({ label, path });
    if (isBot && parts.length === 4) crumbs.push({ label: t.overview, path: `${path}/` });
  }
  return crumbs.length > 0 ? crumbs : [{ label: t.bots, path }];
}
