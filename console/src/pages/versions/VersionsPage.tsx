import { Button, NativeSelect, Table } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconHistory } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import type { Bot, Version } from "../../api/contract.ts";
import { botQuery, diffQuery, keys, versionsQuery } from "../../api/queries.ts";
import { useMay } from "../../session/useSession.ts";
import { State } from "../../ui/Badges.tsx";
import { Card } from "../../ui/Card.tsx";
import { Confirm } from "../../ui/Confirm.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Page } from "../../ui/Page.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import { short } from "../../ui/short.ts";
import { Ago } from "../../ui/Time.tsx";
import { useWords } from "../../words/words.tsx";
import { DiffView } from "./DiffView.tsx";
import { PublishDialogue } from "./PublishDialogue.tsx";
import classes from "./Versions.module.css";
import { words } from "./words.ts";

/** All publications of a bot: compare any two, go back to one. */
export function VersionsPage() {
  const t = useWords(words);
  const { workspace = "", bot: id = "" } = useParams({ strict: false });
  const may = useMay();
  const bot = useQuery(botQuery(workspace, id));
  const versions = useQuery(versionsQuery(workspace, id));
  const [publishing, setPublishing] = useState(false);
  const publish = bot.data?.changed && may("bot.publish") && (
    <Button onClick={() => setPublishing(true)}>{t.publish}</Button>
  );
  return (
    <Page title={t.title} lead={t.lead} actions={publish}>
      <Loaded query={versions}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={IconHistory} title={t.emptyTitle} action={publish}>
              {t.emptyText}
            </Empty>
          ) : (
            <>
              {bot.data && <Compare workspace={workspace} bot={bot.data} versions={items} />}
              <Card title={t.title}>
                <Versions workspace={workspace} bot={id} versions={items} />
              </Card>
            </>
          )
        }
      </Loaded>
      {publishing && bot.data && (
        <PublishDialogue workspace={workspace} bot={bot.data} onClose={() => setPublishing(false)} />
      )}
    </Page>
  );
}

function Compare({ workspace, bot, versions }: { workspace: string; bot: Bot; versions: Version[] }) {
  const t = useWords(words);
  const [from, setFrom] = useState(bot.changed ? "live" : String(versions[1]?.number ?? "live"));
  const [to, setTo] = useState(bot.changed ? "draft" : "live");
  const diff = useQuery(diffQuery(workspace, bot.id, from, to));
  const choices = [
    { value: "draft", label: t.draft },
    { value: "live", label: t.live },
    ...versions.map(({ number, note }) => ({
      value: String(number),
      label: t.versionOf(number, note),
    })),
  ];
  return (
    <Card title={t.compare}>
      <div className={classes.compare}>
        <NativeSelect
          label={t.from}
          data={choices}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <NativeSelect
          label={t.to}
          data={choices}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </div>
      <Loaded query={diff}>{(data) => <DiffView diff={data} />}</Loaded>
    </Card>
  );
}

function Versions({ workspace, bot, versions }: { workspace: string; bot: string; versions: Version[] }) {
  const t = useWords(words);
  const may = useMay();
  const client = useQueryClient();
  const [back, setBack] = useState<Version>();
  const rollBack = async ({ number }: Version) => {
    const path = { workspace, bot };
    const answer = await ok(
      api.POST("/workspaces/{workspace}/bots/{bot}/roll-back", { params: { path }, body: { number } }),
    );
    client.setQueryData(keys.bot(workspace, bot), answer);
    await client.invalidateQueries({ queryKey: keys.bots(workspace) });
    notifications.show({ color: "teal", message: t.rolledBack(number) });
  };
  return (
    <Scroll label={t.title}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.number}</Table.Th>
            <Table.Th className="wide">{t.version}</Table.Th>
            <Table.Th>{t.when}</Table.Th>
            <Table.Th className="wide">{t.by}</Table.Th>
            <Table.Th className="wide">{t.noteHead}</Table.Th>
            <Table.Th>
              <span className="vh">{t.actions}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {versions.map((version) => (
            <Table.Tr key={version.number}>
              <Table.Td className="num">{version.number}</Table.Td>
              <Table.Td className="wide mono">{short(version.version)}</Table.Td>
              <Table.Td>
                <Ago at={version.published_at} />
              </Table.Td>
              <Table.Td className="wide">{version.published_by}</Table.Td>
              <Table.Td className="wide">{version.note}</Table.Td>
              <Table.Td align="right">
                {version.live ? (
                  <State tone="good">{t.live}</State>
                ) : (
                  may("bot.publish") && (
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => setBack(version)}
                      aria-label={`${t.rollBack}: ${version.number}`}
                    >
                      {t.rollBack}
                    </Button>
                  )
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {back && (
        <Confirm
          harmless
          title={t.rollBackTitle(back.number)}
          verb={t.rollBack}
          act={() => rollBack(back)}
          onClose={() => setBack(undefined)}
        >
          {t.rollBackText}
        </Confirm>
      )}
    </Scroll>
  );
}
