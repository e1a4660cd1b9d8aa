import { ActionIcon, Button, Menu, Textarea, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconArrowLeft, IconDots, IconSend } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { api, ok } from "../../api/client.ts";
import type { Conversation, Line } from "../../api/contract.ts";
import { keys } from "../../api/queries.ts";
import { useMay, useSession } from "../../session/useSession.ts";
import { Confirm } from "../../ui/Confirm.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { short } from "../../ui/short.ts";
import { Until } from "../../ui/Time.tsx";
import { useAct } from "../../ui/useAct.ts";
import { useLanguage, useWords } from "../../words/words.tsx";
import classes from "./Conversations.module.css";
import { ConversationStateBadge } from "./ConversationsPage.tsx";
import { download } from "./download.ts";
import { words } from "./words.ts";

/** What was said in a conversation, live, and what an agent can do with it. */
export function Transcript({ workspace, id }: { workspace: string; id: string }) {
  const conversation = useQuery({
    queryKey: keys.conversation(workspace, id),
    queryFn: () =>
      ok(api.GET("/workspaces/{workspace}/conversations/{id}", { params: { path: { workspace, id } } })),
  });
  return (
    <Loaded query={conversation}>
      {(data) => (
        <>
          <Head workspace={workspace} conversation={data} />
          <LinesOf workspace={workspace} id={id} />
          {data.state === "handed_over" && <Reply workspace={workspace} conversation={data} />}
        </>
      )}
    </Loaded>
  );
}

function Head({ workspace, conversation }: { workspace: string; conversation: Conversation }) {
  const t = useWords(words);
  const may = useMay();
  const client = useQueryClient();
  const { id, contact, channel, state, handed_to } = conversation;
  const params = { path: { workspace, id } };
  const [act, busy, problem] = useAct();
  const change = (call: () => Promise<Conversation>) =>
    act(async () => {
      client.setQueryData(keys.conversation(workspace, id), await call());
      await client.invalidateQueries({ queryKey: keys.conversations(workspace) });
    });
  return (
    <header className={classes.head}>
      <ActionIcon
        component={Link}
        to="/w/$workspace/conversations"
        params={{ workspace } as never}
        className={classes.backLink}
        aria-label={t.back}
        size="lg"
      >
        <IconArrowLeft size={20} />
      </ActionIcon>
      <div className={classes.headText}>
        <Title order={1} size="h2">
          {contact.name ?? contact.address}
        </Title>
        <div className={classes.facts}>
          <span>
            {channel.name}
            {contact.name && ` · ${contact.address}`}
          </span>
          {conversation.bot && (
            <span>
              {conversation.bot} {short(conversation.version)}
            </span>
          )}
          {conversation.script && (
            <span>
              {t.place}: {conversation.script}
            </span>
          )}
          {conversation.logged_in.map(({ component, expires_at }) => (
            <span key={component}>
              {t.loggedIn(component)}, {t.loggedInUntil} <Until at={expires_at} />
            </span>
          ))}
        </div>
      </div>
      {state === "handed_over" && handed_to ? (
        <span className="quiet">{t.withPerson(handed_to.name)}</span>
      ) : (
        <ConversationStateBadge state={state} />
      )}
      {may("conversation.reply") &&
        (state === "handed_over" ? (
          <Button
            size="xs"
            variant="default"
            loading={busy}
            onClick={() =>
              change(() => ok(api.POST("/workspaces/{workspace}/conversations/{id}/hand-back", { params })))
            }
          >
            {t.handBack}
          </Button>
        ) : (
          <Button
            size="xs"
            loading={busy}
            title={t.takeOverHelp}
            onClick={() =>
              change(() => ok(api.POST("/workspaces/{workspace}/conversations/{id}/take-over", { params })))
            }
          >
            {t.takeOver}
          </Button>
        ))}
      <ContactMenu workspace={workspace} conversation={conversation} />
      <Problem error={problem} />
    </header>
  );
}

function ContactMenu({ workspace, conversation }: { workspace: string; conversation: Conversation }) {
  const t = useWords(words);
  const may = useMay();
  const client = useQueryClient();
  const go = useNavigate();
  const [erasing, erasingIs] = useDisclosure(false);
  const [act, busy, problem] = useAct();
  const params = { path: { workspace, id: conversation.contact.id } };
  const exportIt = async () => {
    const data = await ok(
      api.GET("/workspaces/{workspace}/contacts/{id}/export", { params, parseAs: "blob" }),
    );
    download(data as unknown as Blob, `contact-${conversation.contact.id}.json`);
  };
  const erase = async () => {
    await api.DELETE("/workspaces/{workspace}/contacts/{id}", { params });
    notifications.show({ color: "teal", message: t.erased });
    await go({ to: "/w/$workspace/conversations", params: { workspace } });
    client.removeQueries({ queryKey: keys.conversation(workspace, conversation.id) });
    await client.invalidateQueries({ queryKey: keys.conversations(workspace) });
  };
  if (!may("contact.export") && !may("contact.erase")) return null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t.more} size="lg" loading={busy}>
            <IconDots size={20} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {may("contact.export") && <Menu.Item onClick={() => act(exportIt)}>{t.export}</Menu.Item>}
          {may("contact.erase") && (
            <Menu.Item color="red" onClick={erasingIs.open}>
              {t.erase}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Problem error={problem} />
      {erasing && (
        <Confirm
          title={t.eraseTitle}
          verb={t.erase}
          typed={conversation.contact.name?.trim() || conversation.contact.address || t.eraseWord}
          act={erase}
          onClose={erasingIs.close}
        >
          {t.eraseText}
        </Confirm>
      )}
    </>
  );
}

function LinesOf({ workspace, id }: { workspace: string; id: string }) {
  const t = useWords(words);
  const pages = useInfiniteQuery({
    queryKey: [...keys.conversation(workspace, id), "lines"],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/workspaces/{workspace}/conversations/{id}/lines", {
          params: { path: { workspace, id }, query: { from: pageParam, limit: 500 } },
        }),
      ),
    getNextPageParam: ({ next }) => next,
  });
  const lines = pages.data?.pages.flatMap((page) => page.lines) ?? [];
  const { hasNextPage, isFetching, isError, fetchNextPage } = pages;
  useEffect(() => {
    // Lines come oldest first, and the newest are what is wanted.
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const place = useStickToEnd(lines.length);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <div className={classes.lines} ref={place} tabIndex={0} role="log" aria-label={t.transcript}>
      <Loaded query={pages}>
        {() => (
          <ol className={classes.inner}>
            {lines.length === 0 && <li className="quiet">{t.noLines}</li>}
            {lines.map((line) => (
              <Said key={line.n} line={line} />
            ))}
            {pages.hasNextPage && (
              <li>
                <Button
                  variant="default"
                  size="xs"
                  loading={pages.isFetchingNextPage}
                  onClick={() => void pages.fetchNextPage()}
                >
                  {t.earlier}
                </Button>
              </li>
            )}
          </ol>
        )}
      </Loaded>
    </div>
  );
}

function Said({ line }: { line: Line }) {
  const t = useWords(words);
  const { language } = useLanguage();
  if (line.from === "note") {
    const told: Record<string, string> = {
      handover: t.handover,
      hung_up: t.hungUp,
      taken_over: t.takenOver(line.agent ?? t.somebody),
      handed_back: t.handedBack,
    };
    const noted = told[line.kind] ?? line.text;
    return (
      <li className={classes.line} data-from="note">
        {noted}
      </li>
    );
  }
  const who = line.agent ?? { user: t.user, bot: t.bot, agent: t.agent }[line.from];
  const delivery =
    line.delivery &&
    { queued: t.queued, sent: t.sent, delivered: t.delivered, read: t.read, failed: t.failed }[line.delivery];
  return (
    <li className={classes.line} data-from={line.from}>
      <div className={classes.bubble}>
        {line.text}
        {line.choices?.map((label) => (
          <span key={label} className={classes.choice}>
            {label}
          </span>
        ))}
      </div>
      <div className={classes.under}>
        <span>{who}</span>
        <time dateTime={line.at}>
          {new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(Date.parse(line.at))}
        </time>
        {delivery && <span className={line.delivery === "failed" ? classes.bad : undefined}>{delivery}</span>}
      </div>
    </li>
  );
}

/** Keeps the newest line in sight, unless the person has scrolled up. */
function useStickToEnd(count: number) {
  const place = useRef<HTMLDivElement>(null);
  const before = useRef(0);
  useLayoutEffect(() => {
    const box = place.current;
    if (!box) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 160;
    if (before.current === 0 || atEnd) box.scrollTop = box.scrollHeight;
    before.current = count;
  }, [count]);
  return place;
}

function Reply({ workspace, conversation }: { workspace: string; conversation: Conversation }) {
  const t = useWords(words);
  const may = useMay();
  const client = useQueryClient();
  const { account } = useSession();
  const [text, setText] = useState("");
  const { id, handed_to } = conversation;
  const [act, busy, problem] = useAct();
  if (!may("conversation.reply") || (handed_to && handed_to.account !== account.id)) return null;
  const send = () =>
    act(async () => {
      await ok(
        api.POST("/workspaces/{workspace}/conversations/{id}/messages", {
          params: { path: { workspace, id } },
          body: { text: text.trim() },
        }),
      );
      setText("");
      await client.invalidateQueries({ queryKey: keys.conversation(workspace, id) });
    });
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (text.trim() && !busy) send();
  };
  return (
    <>
      <Problem error={problem} />
      <div className={classes.reply}>
        <Textarea
          aria-label={t.reply}
          placeholder={t.reply}
          autosize
          minRows={1}
          maxRows={6}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKey}
        />
        <Button onClick={send} loading={busy} disabled={!text.trim()} leftSection={<IconSend size={16} />}>
          {t.send}
        </Button>
      </div>
    </>
  );
}
