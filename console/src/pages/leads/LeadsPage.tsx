import { Button, Group, NativeSelect, Table } from "@mantine/core";
import { IconForms } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import type { Lead } from "../../api/contract.ts";
import { keys } from "../../api/queries.ts";
import { useMay, useWorkspace } from "../../session/useSession.ts";
import { Empty } from "../../ui/Empty.tsx";
import { Bars } from "../../ui/Loaded.tsx";
import { Page } from "../../ui/Page.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import { Ago } from "../../ui/Time.tsx";
import { useAct } from "../../ui/useAct.ts";
import { common } from "../../words/common.ts";
import { useWords } from "../../words/words.tsx";
import { download } from "../conversations/download.ts";
import { words } from "./words.ts";

/** What people have answered to forms, newest first. */
export function LeadsPage() {
  const t = useWords(words);
  const { more } = useWords(common);
  const { id: workspace } = useWorkspace();
  const may = useMay();
  const [form, setForm] = useState("");
  const [seen, setSeen] = useState<string[]>([]);
  const [act, busy, problem] = useAct();
  const leads = useInfiniteQuery({
    queryKey: [...keys.workspace(workspace), "leads", form],
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ok(
        api.GET("/workspaces/{workspace}/leads", {
          params: { path: { workspace }, query: { form: form || undefined, cursor: pageParam } },
        }),
      ),
    getNextPageParam: ({ next }) => next,
  });
  const items = leads.data?.pages.flatMap((page) => page.items) ?? [];
  const forms = [...new Set([...seen, ...items.map((one) => one.form)])].sort();
  if (forms.length !== seen.length) setSeen(forms);
  const save = async () => {
    const table = await ok(
      api.GET("/workspaces/{workspace}/leads.csv", {
        params: { path: { workspace }, query: { form: form || undefined } },
        parseAs: "text",
      }),
    );
    download(new Blob([table], { type: "text/csv" }), "leads.csv");
  };
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        may("contact.export") &&
        items.length > 0 && (
          <Button variant="default" loading={busy} onClick={() => act(save)}>
            {t.download}
          </Button>
        )
      }
    >
      <Problem error={problem} />
      {(items.length > 0 || form !== "") && (
        <Group mb="sm">
          <NativeSelect
            label={t.form}
            value={form}
            onChange={(event) => setForm(event.currentTarget.value)}
            data={[{ value: "", label: t.any }, ...forms]}
          />
        </Group>
      )}
      {leads.isPending && <Bars />}
      {leads.isError && <Problem error={leads.error} again={() => void leads.refetch()} />}
      {leads.isSuccess && items.length === 0 && (
        <Empty icon={IconForms} title={form ? t.noneFound : t.emptyTitle}>
          {form ? undefined : t.emptyText}
        </Empty>
      )}
      {items.length > 0 && <Leads workspace={workspace} leads={items} />}
      {leads.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          loading={leads.isFetchingNextPage}
          onClick={() => void leads.fetchNextPage()}
        >
          {more}
        </Button>
      )}
    </Page>
  );
}

function Leads({ workspace, leads }: { workspace: string; leads: Lead[] }) {
  const t = useWords(words);
  return (
    <Scroll label={t.title}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.at}</Table.Th>
            <Table.Th>{t.form}</Table.Th>
            <Table.Th>{t.answers}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {leads.map((lead, at) => (
            <Table.Tr key={`${lead.conversation} ${lead.at} ${at}`}>
              <Table.Td>
                <Link
                  to="/w/$workspace/conversations/$id"
                  params={{ workspace, id: lead.conversation }}
                  title={t.openConversation}
                >
                  <Ago at={lead.at} />
                </Link>
              </Table.Td>
              <Table.Td className="mono">{lead.form}</Table.Td>
              <Table.Td>
                {Object.entries(lead.answers).map(([name, answer]) => (
                  <div key={name}>
                    <span className="mono quiet">{name}</span> {answer}
                  </div>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}
