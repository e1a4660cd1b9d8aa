import "@mantine/charts/styles.css";
import { AreaChart, BarChart } from "@mantine/charts";
import type { Analytics } from "../../api/contract.ts";
import { Card, Cards } from "../../ui/Card.tsx";
import { useLanguage, useWords } from "../../words/words.tsx";
import classes from "./Analytics.module.css";
import { nameOf, type Period } from "./sums.ts";
import { words } from "./words.ts";

type Row = Record<string, string | number>;
interface Series {
  name: string;
  label: string;
  color: string;
}

/** The plots. A file of its own, because what draws them is large. */
export function Plots({ data, period }: { data: Analytics; period: Period }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const rows = (values: Record<string, number[]>): Row[] =>
    data.buckets.map((bucket, at) => ({
      at: nameOf(bucket, period, language),
      ...Object.fromEntries(Object.entries(values).map(([name, counts]) => [name, counts[at] ?? 0])),
    }));
  return (
    <Cards>
      <Plot
        title={t.messages}
        rows={rows(data.messages)}
        series={[
          { name: "in", label: t.in, color: "cyan.7" },
          { name: "out", label: t.out, color: "gray.5" },
        ]}
      />
      <Plot
        bars
        title={t.conversationsOf}
        rows={rows({ conversations: data.conversations })}
        series={[{ name: "conversations", label: t.conversations, color: "cyan.7" }]}
      />
      <Plot
        bars
        title={t.logins}
        rows={rows(data.logins)}
        series={[
          { name: "ok", label: t.ok, color: "teal.7" },
          { name: "refused", label: t.refused, color: "red.6" },
          { name: "unavailable", label: t.unavailable, color: "yellow.6" },
          { name: "lapsed", label: t.lapsed, color: "gray.5" },
        ]}
      />
    </Cards>
  );
}

function Plot({
  title,
  rows,
  series,
  bars,
}: {
  title: string;
  rows: Row[];
  series: Series[];
  bars?: boolean;
}) {
  const t = useWords(words);
  const both = {
    h: 220,
    data: rows,
    dataKey: "at",
    series,
    withLegend: series.length > 1,
    tickLine: "none" as const,
    gridAxis: "x" as const,
    // Halves of a message are none.
    yAxisProps: { allowDecimals: false },
  };
  return (
    <Card title={title}>
      <div className={classes.plot} aria-hidden>
        {bars ? (
          <BarChart
            {...both}
            type="stacked"
            barChartProps={{ accessibilityLayer: false }}
            barProps={{ isAnimationActive: false }}
          />
        ) : (
          <AreaChart
            {...both}
            curveType="linear"
            withDots={false}
            fillOpacity={0.12}
            areaChartProps={{ accessibilityLayer: false }}
            areaProps={{ isAnimationActive: false }}
          />
        )}
      </div>
      <div className="vh">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t.time}</th>
              {series.map(({ name, label }) => (
                <th scope="col" key={name}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.at}>
                <th scope="row">{row.at}</th>
                {series.map(({ name }) => (
                  <td key={name}>{row[name]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
