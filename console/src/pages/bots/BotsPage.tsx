import { Button, Table, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconRobot, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Bot } from "../../api/contract.ts";
import { aboutQuery, botsQuery } from "../../api/queries.ts";
import { LiveState } from "../../frame/BotBar.tsx";
import { useMay, useWorkspace } from "../../session/useSession.ts";
import { State } from "../../ui/Badges.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Page } from "../../ui/Page.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import { Ago } from "../../ui/Time.tsx";
import { useWords } from "../../words/words.tsx";
import { Welcome } from "../welcome/Welcome.tsx";
import classes from "./Bots.module.css";
import { NewBot } from "./NewBot.tsx";
import { words } from "./words.ts";

/** All bots of the workspace, and a new one. */
export function BotsPage() {
  const t = useWords(words);
  const { id: workspace } = useWorkspace();
  const may = useMay();
  const bots = useQuery(botsQuery(workspace));
  const { data: about } = useQuery(aboutQuery);
  const [making, makingIs] = useDisclosure(false);
  const newBot = may("bot.edit") && (
    <Button leftSection={<IconPlus size={16} />} onClick={makingIs.open}>
      {t.newBot}
    </Button>
  );
  return (
    <Page title={t.title} lead={t.lead} actions={newBot}>
      <Loaded query={bots}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={IconRobot} title={t.emptyTitle} action={newBot}>
              {t.emptyText}
            </Empty>
          ) : (
            <>
              {about?.demo && <Welcome workspace={workspace} demo={about.demo} />}
              <Bots workspace={workspace} bots={items} />
            </>
          )
        }
      </Loaded>
      {making && <NewBot workspace={workspace} onClose={makingIs.close} />}
    </Page>
  );
}

function Bots({ workspace, bots }: { workspace: string; bots: Bot[] }) {
  const t = useWords(words);
  const [query, setQuery] = useState("");
  const shown = bots.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(query.toLowerCase()));
  return (
    <>
      {bots.length > 8 && (
        <TextInput
          mb="sm"
          maw={320}
          aria-label={t.search}
          placeholder={t.search}
          leftSection={<IconSearch size={16} />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      {shown.length === 0 ? (
        <Empty title={t.noneFound} />
      ) : (
        <Scroll label={t.title}>
          <Table highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th miw={150}>{t.name}</Table.Th>
                <Table.Th>{t.state}</Table.Th>
                <Table.Th className="wide">{t.problems}</Table.Th>
                <Table.Th className="wide">{t.channels}</Table.Th>
                <Table.Th className="wide">{t.lastChange}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((bot) => (
                <Table.Tr key={bot.id}>
                  <Table.Td>
                    <Link
                      to="/w/$workspace/bots/$bot"
                      params={{ workspace, bot: bot.id }}
                      className={classes.name}
                    >
                      {bot.name}
                    </Link>
                    <div className="mono quiet">{bot.id}</div>
                  </Table.Td>
                  <Table.Td>
                    <LiveState bot={bot} />
                  </Table.Td>
                  <Table.Td className="wide">
                    <Problems bot={bot} />
                  </Table.Td>
                  <Table.Td className="wide">
                    {bot.channels.map(({ name }) => name).join(", ") || (
                      <span className="quiet">{t.noChannels}</span>
                    )}
                  </Table.Td>
                  <Table.Td className="wide">
                    <Ago at={bot.draft.changed_at} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Scroll>
      )}
    </>
  );
}

/** What the check says of the draft, as a state. */
export function Problems({ bot }: { bot: Bot }) {
  const t = useWords(words);
  const { errors, warnings } = bot.problems;
  if (errors > 0) return <State tone="bad">{t.errors(errors)}</State>;
  if (warnings > 0) return <State tone="warn">{t.warnings(warnings)}</State>;
  return <State tone="good">{t.noProblems}</State>;
}
