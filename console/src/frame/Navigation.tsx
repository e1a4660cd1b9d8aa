import { Avatar, Menu, NativeSelect } from "@mantine/core";
import {
  type Icon,
  IconAdjustments,
  IconBroadcast,
  IconChartHistogram,
  IconFileCode,
  IconForms,
  IconGitBranch,
  IconHistory,
  IconHome,
  IconKey,
  IconListDetails,
  IconMessages,
  IconRobot,
  IconShieldLock,
  IconWorldUpload,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Permission } from "../api/contract.ts";
import { botsQuery } from "../api/queries.ts";
import { useMay, useSession, useWorkspace } from "../session/useSession.ts";
import { useSignOut } from "../session/useSignOut.ts";
import { useWords } from "../words/words.tsx";
import classes from "./Frame.module.css";
import { words } from "./words.ts";

/** The left column: workspace and bot, the pages of the bot, the pages of the workspace, the account. */
export function Navigation() {
  const t = useWords(words);
  const { id: workspace } = useWorkspace();
  const { bot } = useParams({ strict: false });
  const may = useMay();
  const base = `/w/${workspace}`;
  const ofWorkspace: Entry[] = [
    { to: `${base}/channels`, label: t.channels, icon: IconBroadcast, needs: "channel.read" },
    { to: `${base}/conversations`, label: t.conversations, icon: IconMessages, needs: "conversation.read" },
    { to: `${base}/leads`, label: t.leads, icon: IconListDetails, needs: "conversation.read" },
    { to: `${base}/tokens`, label: t.tokens, icon: IconKey, needs: "token.read" },
    { to: `${base}/analytics`, label: t.analytics, icon: IconChartHistogram, needs: "analytics.read" },
    { to: `${base}/settings`, label: t.settings, icon: IconAdjustments },
  ];
  return (
    <nav className={classes.nav} aria-label={t.navigation}>
      <Link to="/" className={classes.brand}>
        <img src={`${import.meta.env.BASE_URL}mark.svg`} width={24} height={24} alt="" />
        Countersign
      </Link>
      <Switchers />
      <ul className={classes.group}>
        <Item to={`${base}/bots`} label={t.allBots} icon={IconRobot} exact />
      </ul>
      {bot && may("bot.read") && <BotPages base={`${base}/bots/${bot}`} />}
      <ul className={classes.group}>
        {ofWorkspace
          .filter(({ needs }) => !needs || may(needs))
          .map((entry) => (
            <Item key={entry.to} {...entry} />
          ))}
      </ul>
      <Who />
    </nav>
  );
}

function BotPages({ base }: { base: string }) {
  const t = useWords(words);
  return (
    <div>
      <p className={classes.groupTitle}>{t.bot}</p>
      <ul className={classes.group}>
        <Item to={base} label={t.overview} icon={IconHome} exact />
        <Item to={`${base}/scripts`} label={t.scripts} icon={IconGitBranch}>
          <ul className={classes.within}>
            <Item to={`${base}/authorization-tokens`} label={t.authorizationTokens} icon={IconShieldLock} />
            <Item to={`${base}/web-services`} label={t.webServices} icon={IconWorldUpload} />
            <Item to={`${base}/forms`} label={t.forms} icon={IconForms} />
          </ul>
        </Item>
        <Item to={`${base}/file`} label={t.file} icon={IconFileCode} />
        <Item to={`${base}/versions`} label={t.versions} icon={IconHistory} />
      </ul>
    </div>
  );
}

interface Entry {
  to: string;
  label: string;
  icon: Icon;
  exact?: boolean;
  needs?: Permission;
  /** What stands below it. */
  children?: ReactNode;
}

function Item({ to, label, icon: Sign, exact, children }: Entry) {
  return (
    <li>
      <Link to={to} className={classes.link} activeOptions={{ exact: exact ?? false, includeSearch: false }}>
        <Sign size={18} stroke={1.6} aria-hidden />
        {label}
      </Link>
      {children}
    </li>
  );
}

function Switchers() {
  const t = useWords(words);
  const { workspaces } = useSession();
  const { id: workspace } = useWorkspace();
  const { bot } = useParams({ strict: false });
  const { data: bots } = useQuery(botsQuery(workspace));
  const go = useNavigate();
  return (
    <div className={classes.group}>
      {workspaces.length > 1 && (
        <NativeSelect
          aria-label={t.workspace}
          size="xs"
          mb={4}
          value={workspace}
          data={workspaces.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={({ currentTarget: { value } }) =>
            void go({ to: "/w/$workspace/bots", params: { workspace: value } })
          }
        />
      )}
      {bots && bots.items.length > 0 && (
        <NativeSelect
          aria-label={t.chooseBot}
          size="xs"
          value={bot ?? ""}
          data={[
            ...(bot ? [] : [{ value: "", label: t.chooseBot, disabled: true }]),
            ...bots.items.map(({ id, name }) => ({
              value: id,
              label: bots.items.some((other) => other.name === name && other.id !== id)
                ? `${name} (${id})`
                : name,
            })),
          ]}
          onChange={({ currentTarget: { value } }) =>
            void go({ to: "/w/$workspace/bots/$bot", params: { workspace, bot: value } })
          }
        />
      )}
    </div>
  );
}

/** The first letters of the first and the last name. A letter may be more than one unit of the text. */
export function initials(name: string): string {
  const names = name.split(/\s+/).filter((part) => /\p{L}/u.test(part));
  const first = names.length > 1 ? [names[0], names.at(-1)] : names;
  const letters = first.map((part) => part?.match(/\p{L}/u)?.[0] ?? "");
  return letters.join("").toUpperCase();
}

function Who() {
  const t = useWords(words);
  const { account } = useSession();
  const { id: workspace } = useWorkspace();
  const signOut = useSignOut();
  return (
    <div className={classes.foot}>
      <Menu position="top-start" width={216}>
        <Menu.Target>
          <button type="button" className={classes.who}>
            <Avatar
              size={24}
              radius="xl"
              aria-hidden
              alt=""
              styles={{ placeholder: { background: "var(--accent-soft)", color: "var(--accent-words)" } }}
            >
              {initials(account.name)}
            </Avatar>
            <span className={classes.whoName}>{account.name}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} to={`/w/${workspace}/settings/account`}>
            {t.account}
          </Menu.Item>
          <Menu.Item onClick={signOut}>{t.signOut}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
