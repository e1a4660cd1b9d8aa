import { Select } from "@mantine/core";
import { connect, setAt } from "../bot-file/edits.ts";
import type { Step } from "../bot-file/model.ts";
import type { Place } from "../bot-file/place.ts";
import { pathOf, valueAt } from "../bot-file/place.ts";
import type { DraftAt } from "../bot-file/useDraft.tsx";
import { useWords } from "../words/words.tsx";
import { scriptAt } from "./Canvas.tsx";
import { type CardWords, cardOf } from "./cards.ts";
import { words } from "./words.ts";

interface Props {
  draft: DraftAt;
  step: Step;
  /** Where the target is written in the step. */
  at: Place;
  label: string;
  /** What stands for no target; nothing when there must be one. */
  none?: string;
  hideLabel?: boolean;
  scriptsOnly?: boolean;
}

/** A step or script that a branch leads to. A step without an id gets one when it is chosen. */
export function TargetSelect({ draft, step, at, label, none, hideLabel, scriptsOnly }: Props) {
  const t = useWords(words);
  const { file, store } = draft;
  const script = scriptAt(file, step.path);
  const given = valueAt(step.settings, at);
  const value = typeof given === "string" ? given : "";
  const steps = scriptsOnly
    ? []
    : (script?.steps ?? [])
        .filter((one) => one.path !== step.path)
        .map((one) => ({
          value: one.id ?? `#${one.place[3]}`,
          label: `${Number(one.place[3]) + 1}. ${cardOf(one, file, t as unknown as CardWords).main.slice(0, 40) || (one.kind ?? "")}`,
        }));
  const hidden = new Set(steps.map((one) => one.value));
  const scripts = file.scripts
    .filter((one) => one.id !== "" && !hidden.has(one.id))
    .map((one) => ({ value: one.id, label: one.id }));
  const known = value === "" || hidden.has(value) || scripts.some((one) => one.value === value);
  const data = [
    ...(none !== undefined ? [{ value: "", label: none }] : []),
    ...(known ? [] : [{ value, label: value }]),
    ...(steps.length > 0 ? [{ group: t.stepsHere, items: steps }] : []),
    ...(scripts.length > 0 ? [{ group: t.scripts, items: scripts }] : []),
  ];
  const change = (next: string | null) => {
    if (next === null || next === value) return;
    const unnamed = /^#(\d+)$/.exec(next)?.[1];
    if (unnamed !== undefined && script)
      store.edit(connect(step.place, at, { script: Number(script.place[1]), step: Number(unnamed) }));
    else store.edit(setAt([...step.place, ...at], next === "" ? undefined : next));
  };
  const path = pathOf(undefined, at);
  const wrong = draft.checkup?.diagnostics.find(
    (one) => one.severity === "error" && one.path === `${step.path}.${path}`,
  );
  return (
    <Select
      searchable
      error={wrong?.message}
      size="sm"
      label={hideLabel ? undefined : label}
      aria-label={label}
      data={data}
      value={value}
      onChange={change}
    />
  );
}
