import { Group, NativeSelect, Table } from "@mantine/core";
import { IconChartHistogram } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { api, ok } from "../../api/client.ts";
import type { Analytics } from "../../api/contract.ts";
import { botsQuery, channelsQuery } from "../../api/queries.ts";
import { useWorkspace } from "../../session/useSession.ts";
import { Card, Cards } from "../../ui/Card.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Bars, Loaded } from "../../ui/Loaded.tsx";
import { Page } from "../../ui/Page.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import { useLanguage, useWords } from "../../words/words.tsx";
import classes from "./Analytics.module.css";
import { type Period, share, span, sum } from "./sums.ts";
import { words } from "./words.ts";

const Plots = lazy(() => import("./Plots.tsx").then((module) => ({ default: module.Plots })));

/** Messages, conversations, logins, calls, and where people leave. */
export function AnalyticsPage() {
  const t = useWords(words);
  const { id: workspace } = useWorkspace();
  const [period, setPeriod] = useState<Period>("week");
  const [bot, setBot] = useState("");
  const [channel, setChannel] = useState("");
  const { data: bots } = useQuery(botsQuery(workspace));
  const { data: channels } = useQuery(channelsQuery(workspace));
  const analytics = useQuery({
    queryKey: ["w", workspace, "analytics", period, bot, channel],
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
    queryFn: () => {
      const query = { ...span(period, Date.now()), bot: bot || undefined, channel: channel || undefined };
      return ok(api.GET("/workspaces/{workspace}/analytics", { params: { path: { workspace }, query } }));
    },
  });
  return (
    <Page title={t.title} lead={t.lead}>
      <Group mb="md" gap={8}>
        <NativeSelect
          aria-label={t.period}
          value={period}
          onChange={(event) => setPeriod(event.currentTarget.value as Period)}
          data={[
            { value: "day", label: t.day },
            { value: "week", label: t.week },
            { value: "month", label: t.month },
          ]}
        />
        <NativeSelect
          aria-label={t.bot}
          value={bot}
          onChange={(event) => setBot(event.currentTarget.value)}
          data={[
            { value: "", label: t.allBots },
            ...(bots?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
        <NativeSelect
          aria-label={t.channel}
          value={channel}
          onChange={(event) => setChannel(event.currentTarget.value)}
          data={[
            { value: "", label: t.allChannels },
            ...(channels?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      </Group>
      <Loaded query={analytics}>
        {(data) =>
          sum(data.messages.in) + sum(data.messages.out) + sum(data.conversations) === 0 ? (
            <Empty icon={IconChartHistogram} title={t.emptyTitle}>
              {t.emptyText}
            </Empty>
          ) : (
            <Shown data={data} period={period} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Shown({ data, period }: { data: Analytics; period: Period }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const number = new Intl.NumberFormat(language);
  const { ok: good, refused, unavailable, lapsed } = data.logins;
  const all = sum(good) + sum(refused) + sum(unavailable) + sum(lapsed);
  const sums: [string, string][] = [
    [t.messages, number.format(sum(data.messages.in) + sum(data.messages.out))],
    [t.conversations, number.format(sum(data.conversations))],
    [t.logins, number.format(all)],
    [t.loginRate, share(sum(good), all, language)],
  ];
  return (
    <>
      <dl className={classes.sums}>
        {sums.map(([label, value]) => (
          <div key={label} className={classes.sum}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      <Suspense fallback={<Bars rows={6} />}>
        <Plots data={data} period={period} />
      </Suspense>
      <div className={classes.tables}>
        <Cards>
          <Card title={t.calls} lead={t.callsLead}>
            <Calls calls={data.calls} />
          </Card>
          <Card title={t.steps} lead={t.stepsLead}>
            <Steps steps={data.steps} />
          </Card>
        </Cards>
      </div>
    </>
  );
}

function Calls({ calls }: { calls: Analytics["calls"] }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const number = new Intl.NumberFormat(language);
  if (calls.length === 0) return <p className="quiet">{t.noCalls}</p>;
  const slowest = Math.max(1, ...calls.map(({ p95_ms }) => p95_ms));
  return (
    <Scroll label={t.calls}>
      <Table className="num">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.component}</Table.Th>
            <Table.Th ta="right">{t.count}</Table.Th>
            <Table.Th ta="right">{t.failed}</Table.Th>
            <Table.Th ta="right">{t.p50}</Table.Th>
            <Table.Th ta="right">{t.p95}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {calls.map(({ component, count, failed, p50_ms, p95_ms }) => (
            <Table.Tr key={component}>
              <Table.Td className="mono">{component}</Table.Td>
              <Table.Td ta="right">{number.format(count)}</Table.Td>
              <Table.Td ta="right">{number.format(failed)}</Table.Td>
              <Table.Td ta="right">{t.ms(number.format(p50_ms))}</Table.Td>
              <Table.Td ta="right">
                <span className={`${classes.bar} wide`}>
                  <i style={{ width: `${Math.round((p95_ms / slowest) * 100)}%` }} aria-hidden />
                </span>
                {t.ms(number.format(p95_ms))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

/** `scripts.balance.steps[1]` of the script `balance` is its second step. */
function shortly(script: string, step: string): string {
  const at = step.startsWith(`scripts.${script}.steps[`) ? /\[(\d+)\]$/.exec(step)?.[1] : undefined;
  return at === undefined ? step : String(Number(at) + 1);
}

function Steps({ steps }: { steps: Analytics["steps"] }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const number = new Intl.NumberFormat(language);
  const worst = [...steps]
    .filter(({ reached }) => reached > 0)
    .sort((a, b) => b.left - a.left)
    .slice(0, 12);
  if (worst.length === 0) return <p className="quiet">{t.noSteps}</p>;
  return (
    <Scroll label={t.steps}>
      <Table className="num">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.step}</Table.Th>
            <Table.Th ta="right" className="wide">
              {t.reached}
            </Table.Th>
            <Table.Th ta="right">{t.left}</Table.Th>
            <Table.Th>{t.share}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {worst.map(({ script, step, reached, left }) => (
            <Table.Tr key={`${script}/${step}`}>
              <Table.Td className="mono">
                {script} › {shortly(script, step)}
              </Table.Td>
              <Table.Td ta="right" className="wide">
                {number.format(reached)}
              </Table.Td>
              <Table.Td ta="right">{number.format(left)}</Table.Td>
              <Table.Td>
                <span className={classes.bar}>
                  <i style={{ width: `${Math.round((left / reached) * 100)}%` }} aria-hidden />
                </span>
                {share(left, reached, language)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}
