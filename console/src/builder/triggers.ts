import { isRecord } from "../bot-file/place.ts";

const OCCASIONS = ["first_message", "call", "fallback"] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** What starts a script, in one line. */
export function triggerText(
  triggers: readonly unknown[],
  t: { onFirst: string; onCall: string; onFallback: string },
): string {
  const say: Record<Occasion, string> = { first_message: t.onFirst, call: t.onCall, fallback: t.onFallback };
  return triggers
    .map((trigger) => {
      if (!isRecord(trigger)) return String(trigger);
      const occasion = OCCASIONS.find((one) => one === trigger.on);
      return occasion ? say[occasion] : String(trigger.word ?? trigger.phrase ?? trigger.payload ?? "");
    })
    .join(" · ");
}

/** Words, phrases and payloads, one per line; and the occasions. */
export function splitTriggers(triggers: readonly unknown[]): {
  lines: string[];
  occasions: Occasion[];
  kept: unknown[];
} {
  const occasions = OCCASIONS.filter((one) =>
    triggers.some((trigger) => isRecord(trigger) && trigger.on === one),
  );
  const kept = triggers.filter((trigger) => isRecord(trigger) && trigger.on === undefined);
  return { lines: triggers.filter((trigger) => !isRecord(trigger)).map(String), occasions, kept };
}

/** The triggers of a script from what the form shows. */
export function joinTriggers(
  lines: readonly string[],
  occasions: readonly Occasion[],
  kept: readonly unknown[],
): unknown[] {
  return [
    ...lines.map((line) => line.trim()).filter((line) => line !== ""),
    ...kept,
    ...occasions.map((on) => ({ on })),
  ];
}
