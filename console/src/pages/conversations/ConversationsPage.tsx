import { Button, NativeSelect, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconMessages, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api, ok } from "../../api/client.ts";
import type { Conversation, ConversationState } from "../../api/contract.ts";
import { channelsQuery, keys } from "../../api/queries.ts";
import type { ConversationSearch } from "../../router.tsx";
import { State, type Tone } from "../../ui/Badges.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Bars } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Ago } from "../../ui/Time.tsx";
import { common } from "../../words/common.ts";
import { useWords } from "../../words/words.tsx";
import classes from "./Conversations.module.css";
import { Transcript } from "./Transcript.tsx";
import { words } from "./words.ts";

/** The list of conversations, live, and the one that is open beside it. */
export function ConversationsPage() {
  const t = useWords(words);
  const { workspace = "", id } = useParams({ strict: false });
  useEffect(() => {
    document.title = `${t.title} · Countersign`;
  }, [t]);
  return (
    <div className={classes.columns} data-open={id ? true : undefined}>
      <List workspace={workspace} open={id !== undefined} />
      <section className={classes.side} aria-label={t.transcript}>
        {id ? (
          <Transcript key={id} workspace={workspace} id={id} />
        ) : (
          <div className={classes.pad}>
            <Empty icon={IconMessages} title={t.chooseTitle}>
              {t.chooseText}
            </Empty>
          </div>
        )}
      </section>
    </div>
  );
}

function List({ workspace, open }: { workspace: string; open: boolean }) {
  const t = useWords(words);
  const { more } = useWords(common);
  const search = useSearch({ strict: false }) as ConversationSearch;
  const filter = { query: search.query, channel: search.channel, bot: search.bot, state: search.state };
  const filtered = Object.values(filter).some((value) => value !== undefined);
  const conversations = useInfiniteQuery({
    queryKey: [...keys.conversations(workspace), "list", filter],
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/workspaces/{workspace}/conversations", {
          params: { path: { workspace }, query: { ...filter, cursor: pageParam } },
        }),
      ),
    getNextPageParam: ({ next }) => next,
  });
  const items = conversations.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className={classes.list} aria-label={t.list}>
      <Filters workspace={workspace} search={filter} open={open} />
      <ul className={classes.items}>
        {items.map((conversation) => (
          <li key={conversation.id}>
            <Item workspace={workspace} conversation={conversation} search={filter} />
          </li>
        ))}
        {conversations.isPending && (
          <li className={classes.pad}>
            <Bars />
          </li>
        )}
        {conversations.isError && (
          <li className={classes.pad}>
            <Problem error={conversations.error} again={() => void conversations.refetch()} />
          </li>
        )}
        {conversations.isSuccess && items.length === 0 && (
          <li className={classes.pad}>
            {filtered ? (
              <Empty
                title={t.noneFound}
                action={
                  <Button
                    component={Link}
                    to="/w/$workspace/conversations"
                    params={{ workspace } as never}
                    search={{} as never}
                    variant="default"
                    size="xs"
                  >
                    {t.clear}
                  </Button>
                }
              />
            ) : (
              <Empty title={t.emptyTitle}>{t.emptyText}</Empty>
            )}
          </li>
        )}
        {conversations.hasNextPage && (
          <li className={classes.pad}>
            <Button
              variant="default"
              fullWidth
              loading={conversations.isFetchingNextPage}
              onClick={() => void conversations.fetchNextPage()}
            >
              {more}
            </Button>
          </li>
        )}
      </ul>
    </section>
  );
}

function Filters({
  workspace,
  search,
  open,
}: {
  workspace: string;
  search: ConversationSearch;
  open: boolean;
}) {
  const t = useWords(words);
  const go = useNavigate();
  const { data: channels } = useQuery(channelsQuery(workspace));
  const [query, setQuery] = useState(search.query ?? "");
  const set = (part: ConversationSearch) =>
    void go({
      to: "/w/$workspace/conversations",
      params: { workspace },
      search: { ...search, ...part },
      replace: true,
    });
  const setLater = useDebouncedCallback((text: string) => set({ query: text.trim() || undefined }), 250);
  const states = [
    { value: "", label: t.any },
    { value: "open", label: t.open },
    { value: "handed_over", label: t.handed },
    { value: "ended", label: t.ended },
  ];
  return (
    <div className={classes.filters}>
      <Title order={open ? 2 : 1} size="h1">
        {t.title}
      </Title>
      <TextInput
        type="search"
        aria-label={t.search}
        placeholder={t.search}
        leftSection={<IconSearch size={16} />}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setLater(event.currentTarget.value);
        }}
      />
      <div className={classes.pair}>
        <NativeSelect
          size="xs"
          aria-label={t.state}
          data={states}
          value={search.state ?? ""}
          onChange={(event) =>
            set({ state: (event.currentTarget.value || undefined) as ConversationSearch["state"] })
          }
        />
        <NativeSelect
          size="xs"
          aria-label={t.channel}
          data={[
            { value: "", label: t.anyChannel },
            ...(channels?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={search.channel ?? ""}
          onChange={(event) => set({ channel: event.currentTarget.value || undefined })}
        />
      </div>
    </div>
  );
}

function Item({
  workspace,
  conversation,
  search,
}: {
  workspace: string;
  conversation: Conversation;
  search: ConversationSearch;
}) {
  const t = useWords(words);
  const { id, contact, channel, last_at, last_line, undelivered } = conversation;
  return (
    <Link
      to="/w/$workspace/conversations/$id"
      params={{ workspace, id }}
      search={search}
      className={classes.item}
      activeOptions={{ includeSearch: false }}
    >
      <div className={classes.itemTop}>
        <span className={classes.itemName}>{contact.name ?? contact.address}</span>
        <span className={classes.itemTime}>{last_at && <Ago at={last_at} />}</span>
      </div>
      <div className={classes.itemLine}>{last_line ?? " "}</div>
      <div className={classes.itemFoot}>
        <ConversationStateBadge state={conversation.state} />
        <span>{channel.name}</span>
        {undelivered > 0 && <span className={classes.bad}>{t.undelivered(undelivered)}</span>}
      </div>
    </Link>
  );
}

const TONES: Record<ConversationState, Tone> = {
  waiting: "good",
  calling: "accent",
  handed_over: "warn",
  ended: "quiet",
};

export function ConversationStateBadge({ state }: { state: ConversationState }) {
  const t = useWords(words);
  const said = { waiting: t.waiting, calling: t.calling, handed_over: t.handed, ended: t.ended }[state];
  return <State tone={TONES[state]}>{said}</State>;
}
