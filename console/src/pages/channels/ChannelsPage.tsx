import { Alert, Button, Group, Stack, Table, Text } from "@mantine/core";
import { IconBroadcast, IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, ok } from "../../api/client.ts";
import { botsQuery, channelsQuery, keys } from "../../api/queries.ts";
import { useMay, useWorkspace } from "../../session/useSession.ts";
import { Card } from "../../ui/Card.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Page } from "../../ui/Page.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import { Ago } from "../../ui/Time.tsx";
import { useAct } from "../../ui/useAct.ts";
import { useWords } from "../../words/words.tsx";
import classes from "./Channels.module.css";
import { HealthState } from "./HealthState.tsx";
import { words } from "./words.ts";

/** All channels with how they do, what is held and what could not be delivered. */
export function ChannelsPage() {
  const t = useWords(words);
  const { id: workspace } = useWorkspace();
  const may = useMay();
  const channels = useQuery(channelsQuery(workspace));
  const { data: bots } = useQuery(botsQuery(workspace));
  const nameOf = (bot?: string) => bots?.items.find(({ id }) => id === bot)?.name ?? bot ?? t.noBot;
  const connect = may("channel.edit") && (
    <Button
      component={Link}
      to="/w/$workspace/channels/new"
      params={{ workspace } as never}
      leftSection={<IconPlus size={16} />}
    >
      {t.connect}
    </Button>
  );
  return (
    <Page title={t.title} lead={t.lead} actions={connect}>
      <Loaded query={channels}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={IconBroadcast} title={t.emptyTitle} action={connect}>
              {t.emptyText}
            </Empty>
          ) : (
            <Stack>
              <Held workspace={workspace} />
              <Scroll label={t.title}>
                <Table highlightOnHover>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t.name}</Table.Th>
                      <Table.Th>{t.health}</Table.Th>
                      <Table.Th className="wide">{t.bot}</Table.Th>
                      <Table.Th className="wide">{t.lastIn}</Table.Th>
                      <Table.Th className="wide">{t.lastOut}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {items.map((channel) => (
                      <Table.Tr key={channel.id}>
                        <Table.Td>
                          <Link
                            to="/w/$workspace/channels/$id"
                            params={{ workspace, id: channel.id }}
                            className={classes.name}
                          >
                            {channel.name}
                          </Link>
                          <div className="quiet">
                            {channel.kind} · {channel.provider}
                          </div>
                        </Table.Td>
                        <Table.Td>
                          <HealthState channel={channel} />
                        </Table.Td>
                        <Table.Td className="wide">{nameOf(channel.bot)}</Table.Td>
                        <Table.Td className="wide">
                          {channel.health.last_webhook_at ? (
                            <Ago at={channel.health.last_webhook_at} />
                          ) : (
                            t.never
                          )}
                        </Table.Td>
                        <Table.Td className="wide">
                          {channel.health.last_delivery_at ? (
                            <Ago at={channel.health.last_delivery_at} />
                          ) : (
                            t.never
                          )}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Scroll>
              {items.some(({ health }) => health.dead_letters > 0) && <DeadLetters workspace={workspace} />}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

/** Messages that the server holds back after a crash. */
function Held({ workspace }: { workspace: string }) {
  const t = useWords(words);
  const may = useMay();
  const client = useQueryClient();
  const path = { workspace };
  const queryKey = [...keys.channels(workspace), "outbox"];
  const { data } = useQuery({
    queryKey,
    queryFn: () => ok(api.GET("/workspaces/{workspace}/outbox", { params: { path } })),
  });
  const [act, busy, problem] = useAct(() => client.invalidateQueries({ queryKey }));
  if (!data || data.held === 0) return null;
  return (
    <Alert color="yellow" variant="light" title={t.held(data.held)}>
      <Text size="sm">{t.heldLead}</Text>
      <Problem error={problem} />
      {may("channel.edit") && (
        <Group mt="xs" gap={8}>
          <Button
            size="xs"
            loading={busy}
            onClick={() =>
              act(() => api.POST("/workspaces/{workspace}/outbox/release", { params: { path } }))
            }
          >
            {t.release}
          </Button>
          <Button
            size="xs"
            variant="default"
            loading={busy}
            onClick={() =>
              act(() => api.POST("/workspaces/{workspace}/outbox/discard", { params: { path } }))
            }
          >
            {t.discard}
          </Button>
        </Group>
      )}
    </Alert>
  );
}

function DeadLetters({ workspace }: { workspace: string }) {
  const t = useWords(words);
  const may = useMay();
  const client = useQueryClient();
  const queryKey = [...keys.channels(workspace), "dead-letters"];
  const letters = useQuery({
    queryKey,
    queryFn: () => ok(api.GET("/workspaces/{workspace}/dead-letters", { params: { path: { workspace } } })),
  });
  const [act, busy, problem] = useAct(() => client.invalidateQueries({ queryKey: keys.channels(workspace) }));
  return (
    <Card title={t.deadTitle} lead={t.deadLead}>
      <Problem error={problem} />
      <Loaded query={letters}>
        {({ items }) => (
          <Scroll label={t.deadTitle}>
            <Table>
              <Table.Tbody>
                {items.map(({ id, at, why, channel, conversation }) => {
                  const params = { path: { workspace, id } };
                  return (
                    <Table.Tr key={id}>
                      <Table.Td>
                        <Ago at={at} />
                      </Table.Td>
                      <Table.Td>
                        {why}
                        {conversation && (
                          <div>
                            <Link
                              to="/w/$workspace/conversations/$id"
                              params={{ workspace, id: conversation }}
                              className={classes.name}
                            >
                              {channel ?? conversation}
                            </Link>
                          </div>
                        )}
                      </Table.Td>
                      <Table.Td align="right">
                        {may("channel.edit") && (
                          <Group gap={4} justify="flex-end" wrap="nowrap">
                            <Button
                              size="xs"
                              variant="default"
                              disabled={busy}
                              onClick={() =>
                                act(() =>
                                  api.POST("/workspaces/{workspace}/dead-letters/{id}/again", { params }),
                                )
                              }
                            >
                              {t.again}
                            </Button>
                            <Button
                              size="xs"
                              variant="subtle"
                              color="red"
                              disabled={busy}
                              onClick={() =>
                                act(() => api.DELETE("/workspaces/{workspace}/dead-letters/{id}", { params }))
                              }
                            >
                              {t.discard}
                            </Button>
                          </Group>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  );
                })}
              </Table.Tbody>
            </Table>
          </Scroll>
        )}
      </Loaded>
    </Card>
  );
}
