import { Group } from "@mantine/core";
import type { Channel } from "../../api/contract.ts";
import { State, type Tone } from "../../ui/Badges.tsx";
import { useWords } from "../../words/words.tsx";
import { type Health, healthOf } from "./health.ts";
import { words } from "./words.ts";

const TONES: Record<Health, Tone> = { ok: "good", nothing: "quiet", refused: "warn", failing: "bad" };

export function HealthState({ channel }: { channel: Channel }) {
  const t = useWords(words);
  const health = healthOf(channel);
  const said = { ok: t.ok, nothing: t.nothingYet, refused: t.refused, failing: t.failing }[health];
  return (
    <Group gap={6}>
      <State tone={TONES[health]}>{said}</State>
      {channel.health.waiting > 0 && <State tone="quiet">{t.waiting(channel.health.waiting)}</State>}
      {channel.health.dead_letters > 0 && <State tone="bad">{t.dead(channel.health.dead_letters)}</State>}
    </Group>
  );
}
