import { Alert, Button, Group, NativeSelect, Table, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import type { AuditLine } from "../../api/contract.ts";
import { keys } from "../../api/queries.ts";
import { useMay, useWorkspace } from "../../session/useSession.ts";
import { Card } from "../../ui/Card.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Bars } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import { exact } from "../../ui/Time.tsx";
import { useAct } from "../../ui/useAct.ts";
import { common } from "../../words/common.ts";
import { useLanguage, useWords } from "../../words/words.tsx";
import classes from "./Settings.module.css";
import { words } from "./words.ts";

/** Who did what, and whether the log is whole. */
export function Audit() {
  const t = useWords(words);
  const { more } = useWords(common);
  const { id: workspace } = useWorkspace();
  const [actor, setActor] = useState("");
  const [action, setAction] = useState("");
  const [filter] = useDebouncedValue({ actor: actor || undefined, action: action.trim() || undefined }, 250);
  const names = useNames(workspace);
  const lines = useInfiniteQuery({
    queryKey: [...keys.settings(workspace, "audit"), filter.actor, filter.action],
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/workspaces/{workspace}/audit", {
          params: { path: { workspace }, query: { ...filter, cursor: pageParam } },
        }),
      ),
    getNextPageParam: ({ next }) => next,
  });
  const items = lines.data?.pages.flatMap((page) => page.items) ?? [];
  const actors = new Set([...names.keys(), ...items.map((line) => line.actor), ...(actor ? [actor] : [])]);
  return (
    <Card title={t.audit} lead={t.auditLead} actions={<Verify workspace={workspace} />}>
      <Group mb="sm" gap={8}>
        <NativeSelect
          size="xs"
          label={t.actor}
          value={actor}
          data={[
            { value: "", label: t.anybody },
            ...[...actors].map((value) => ({ value, label: names.get(value) ?? value })),
          ]}
          onChange={(event) => setActor(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label={t.action}
          placeholder="bot.publish"
          value={action}
          onChange={(event) => setAction(event.currentTarget.value)}
        />
      </Group>
      {lines.isPending && <Bars />}
      {lines.isError && <Problem error={lines.error} again={() => void lines.refetch()} />}
      {lines.isSuccess &&
        (items.length === 0 ? <Empty title={t.noAudit} /> : <Lines lines={items} names={names} />)}
      {lines.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          loading={lines.isFetchingNextPage}
          onClick={() => void lines.fetchNextPage()}
        >
          {more}
        </Button>
      )}
    </Card>
  );
}

/** Members by the names that they have in the log; nobody for whom may not see them. */
function useNames(workspace: string): ReadonlyMap<string, string> {
  const may = useMay();
  const members = useQuery({
    queryKey: keys.settings(workspace, "members"),
    queryFn: () => ok(api.GET("/workspaces/{workspace}/members", { params: { path: { workspace } } })),
    enabled: may("member.read"),
  });
  return new Map(members.data?.items.map(({ account, name }) => [`account/${account}`, name]));
}

function Lines({ lines, names }: { lines: AuditLine[]; names: ReadonlyMap<string, string> }) {
  const t = useWords(words);
  const { language } = useLanguage();
  return (
    <Scroll label={t.audit}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.when}</Table.Th>
            <Table.Th>{t.actor}</Table.Th>
            <Table.Th>{t.action}</Table.Th>
            <Table.Th className="wide">{t.object}</Table.Th>
            <Table.Th className="wide">{t.outcome}</Table.Th>
            <Table.Th className="wide">{t.ip}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((line) => (
            <Table.Tr key={line.number}>
              <Table.Td className={`num ${classes.when}`}>{exact(line.at, language)}</Table.Td>
              <Table.Td>
                <Short text={names.get(line.actor) ?? line.actor} whole={line.actor} />
              </Table.Td>
              <Table.Td className="mono">{line.action}</Table.Td>
              <Table.Td className="wide mono">
                <Short text={names.get(line.object) ?? line.object} whole={line.object} />
              </Table.Td>
              <Table.Td className="wide">{line.allowed ? t.allowed : t.denied}</Table.Td>
              <Table.Td className="wide mono">{line.ip}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

/** A text of any length; the whole of it is shown by a browser when somebody points at it. */
function Short({ text, whole }: { text: string; whole: string }) {
  return (
    <span className={classes.short} title={whole}>
      {text}
    </span>
  );
}

function Verify({ workspace }: { workspace: string }) {
  const t = useWords(words);
  const [result, setResult] = useState<{ ok: boolean; lines: number; broken_at?: number }>();
  const [act, busy, problem] = useAct();
  const verify = async () =>
    setResult(await ok(api.GET("/workspaces/{workspace}/audit/verify", { params: { path: { workspace } } })));
  return (
    <div>
      <Group gap={8}>
        <Button
          size="xs"
          variant="default"
          component="a"
          href={`/api/v1/workspaces/${encodeURIComponent(workspace)}/audit.jsonl`}
          download
        >
          {t.download}
        </Button>
        <Button size="xs" loading={busy} onClick={() => act(verify)}>
          {t.verify}
        </Button>
      </Group>
      <div aria-live="polite">
        {result && (
          <Alert mt="xs" variant="light" color={result.ok ? "teal" : "red"}>
            {result.ok ? t.intact(result.lines) : t.broken(result.broken_at ?? 0)}
          </Alert>
        )}
      </div>
      <Problem error={problem} />
    </div>
  );
}
