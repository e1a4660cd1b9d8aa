import type { Language } from "../../words/words.tsx";

export type Period = "day" | "week" | "month";

const DAYS: Record<Period, number> = { day: 1, week: 7, month: 30 };

/** What to ask the server for: whole hours for a day, whole days for more. */
export function span(period: Period, now: number): { from: string; to: string; bucket: "hour" | "day" } {
  const bucket = period === "day" ? "hour" : "day";
  const size = bucket === "hour" ? 3_600_000 : 86_400_000;
  const to = Math.ceil(now / size) * size;
  return {
    from: new Date(to - DAYS[period] * 86_400_000).toISOString(),
    to: new Date(to).toISOString(),
    bucket,
  };
}

export function sum(values: number[]): number {
  return values.reduce((all, one) => all + one, 0);
}

/** A part of a whole in percent; a dash when there is no whole. */
export function share(part: number, whole: number, language: Language): string {
  if (whole === 0) return "–";
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(part / whole);
}

/** How a bucket is called on the axis. */
export function nameOf(bucket: string, period: Period, language: Language): string {
  const form: Intl.DateTimeFormatOptions =
    period === "day" ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(language, form).format(Date.parse(bucket));
}
