import { Button, Group, NativeSelect, Table, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconKey } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import type { Token } from "../../api/contract.ts";
import { keys } from "../../api/queries.ts";
import { useMay, useWorkspace } from "../../session/useSession.ts";
import { Confirm } from "../../ui/Confirm.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Bars } from "../../ui/Loaded.tsx";
import { Page } from "../../ui/Page.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import { Ago, Until } from "../../ui/Time.tsx";
import { common } from "../../words/common.ts";
import { useWords } from "../../words/words.tsx";
import { words } from "./words.ts";

/** What is to be revoked: one login, those of a component, or all. */
type Revoke = { one: Token } | { component: string } | { all: true };

/** Who is logged in until when, and an end to it. */
export function TokensPage() {
  const t = useWords(words);
  const { more } = useWords(common);
  const { id: workspace } = useWorkspace();
  const may = useMay();
  const [query, setQuery] = useState("");
  const [component, setComponent] = useState("");
  const [seen, setSeen] = useState<string[]>([]);
  const [asked] = useDebouncedValue(query.trim(), 250);
  const [revoke, setRevoke] = useState<Revoke>();
  const tokens = useInfiniteQuery({
    queryKey: [...keys.tokens(workspace), asked, component],
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/workspaces/{workspace}/tokens", {
          params: {
            path: { workspace },
            query: { query: asked || undefined, component: component || undefined, cursor: pageParam },
          },
        }),
      ),
    getNextPageParam: ({ next }) => next,
  });
  const items = tokens.data?.pages.flatMap((page) => page.items) ?? [];
  const components = [...new Set([...seen, ...items.map((one) => one.component)])].sort();
  if (components.length !== seen.length) setSeen(components);
  const filtered = asked !== "" || component !== "";
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        may("token.revoke") &&
        items.length > 0 && (
          <Button variant="default" onClick={() => setRevoke(component ? { component } : { all: true })}>
            {component ? t.revokeComponent(component) : t.revokeAll}
          </Button>
        )
      }
    >
      {(items.length > 0 || filtered) && (
        <Group mb="sm" align="flex-end">
          <TextInput
            label={t.search}
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
          />
          <NativeSelect
            label={t.component}
            value={component}
            onChange={(event) => setComponent(event.currentTarget.value)}
            data={[{ value: "", label: t.any }, ...components]}
          />
        </Group>
      )}
      {tokens.isPending && <Bars />}
      {tokens.isError && <Problem error={tokens.error} again={() => void tokens.refetch()} />}
      {tokens.isSuccess &&
        items.length === 0 &&
        (filtered ? (
          <Empty title={t.noneFound} />
        ) : (
          <Empty icon={IconKey} title={t.emptyTitle}>
            {t.emptyText}
          </Empty>
        ))}
      {items.length > 0 && (
        <Tokens
          workspace={workspace}
          tokens={items}
          onRevoke={may("token.revoke") ? (one) => setRevoke({ one }) : undefined}
        />
      )}
      {tokens.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          loading={tokens.isFetchingNextPage}
          onClick={() => void tokens.fetchNextPage()}
        >
          {more}
        </Button>
      )}
      {revoke && <AskRevoke workspace={workspace} revoke={revoke} onClose={() => setRevoke(undefined)} />}
    </Page>
  );
}

function Tokens({
  workspace,
  tokens,
  onRevoke,
}: {
  workspace: string;
  tokens: Token[];
  onRevoke?: (token: Token) => void;
}) {
  const t = useWords(words);
  return (
    <Scroll label={t.title}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.contact}</Table.Th>
            <Table.Th className="wide">{t.component}</Table.Th>
            <Table.Th className="wide">{t.channel}</Table.Th>
            <Table.Th className="wide">{t.since}</Table.Th>
            <Table.Th>{t.until}</Table.Th>
            <Table.Th>
              <span className="vh">{t.actions}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map((token) => (
            <Table.Tr key={token.id}>
              <Table.Td>
                <Link
                  to="/w/$workspace/conversations/$id"
                  params={{ workspace, id: token.conversation }}
                  title={t.openConversation}
                >
                  {token.contact}
                </Link>
              </Table.Td>
              <Table.Td className="wide mono">{token.component}</Table.Td>
              <Table.Td className="wide">{token.channel}</Table.Td>
              <Table.Td className="wide">
                <Ago at={token.logged_in_at} />
              </Table.Td>
              <Table.Td>
                <Until at={token.expires_at} />
                {token.renewable && <div className="quiet">{t.renewable}</div>}
              </Table.Td>
              <Table.Td align="right">
                {onRevoke && (
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() => onRevoke(token)}
                    aria-label={t.revokeOf(token.contact)}
                  >
                    {t.revoke}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function AskRevoke({
  workspace,
  revoke,
  onClose,
}: {
  workspace: string;
  revoke: Revoke;
  onClose: () => void;
}) {
  const t = useWords(words);
  const client = useQueryClient();
  const act = async () => {
    let count = 1;
    if ("one" in revoke) {
      await api.DELETE("/workspaces/{workspace}/tokens/{id}", {
        params: { path: { workspace, id: revoke.one.id } },
      });
    } else {
      count = (
        await ok(
          api.POST("/workspaces/{workspace}/tokens/revoke", {
            params: { path: { workspace } },
            body: revoke,
          }),
        )
      ).revoked;
    }
    notifications.show({ color: "teal", message: t.revoked(count) });
    await client.invalidateQueries({ queryKey: keys.tokens(workspace) });
  };
  const title =
    "one" in revoke
      ? t.revokeOne(revoke.one.contact)
      : "component" in revoke
        ? t.revokeComponentTitle(revoke.component)
        : t.revokeAllTitle;
  return (
    <Confirm title={title} verb={t.revoke} act={act} onClose={onClose}>
      {"all" in revoke ? t.revokeAllText : t.revokeOneText}
    </Confirm>
  );
}
