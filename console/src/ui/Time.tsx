import { Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import { type Language, useLanguage, useWords } from "../words/words.tsx";
import { words } from "./words.ts";

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago a moment was, in words; the moment itself is in the tooltip. */
export function Ago({ at }: { at: string }) {
  const { language } = useLanguage();
  const now = useNow(30_000);
  return <Moment at={at} text={ago(at, now, language)} />;
}

/** How long it is until a moment, as a clock that runs. */
export function Until({ at }: { at: string }) {
  const t = useWords(words);
  const now = useNow(1000);
  return <Moment at={at} text={until(at, now) ?? t.over} />;
}

function Moment({ at, text }: { at: string; text: string }) {
  const { language } = useLanguage();
  return (
    <Tooltip label={exact(at, language)}>
      <time dateTime={at} className="num">
        {text}
      </time>
    </Tooltip>
  );
}

/** `3 minutes ago`; a date when it is more than a week ago. */
export function ago(at: string, now: number, language: Language): string {
  const seconds = (Date.parse(at) - now) / 1000;
  if (Math.abs(seconds) > 7 * 86_400) {
    return new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(Date.parse(at));
  }
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, "second");
}

/** `14:59`, `1:05:00`, `3 d 2 h`; `undefined` when it is over. */
export function until(at: string, now: number): string | undefined {
  const seconds = Math.ceil((Date.parse(at) - now) / 1000);
  if (seconds <= 0) return undefined;
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  if (days > 0) return `${days} d ${hours} h`;
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export function exact(at: string, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }).format(
    Date.parse(at),
  );
}

/** The time of the machine, read again every so many milliseconds. */
export function useNow(every: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
