import { ActionIcon, Button, Checkbox, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp, IconCopy, IconTrash, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Diagnostic } from "../api/contract.ts";
import { moveStep, removeEntry, removeSteps, renameScript, renameStep, setAt } from "../bot-file/edits.ts";
import { AreaInput, FieldWait, LineInput } from "../bot-file/fields/inputs.tsx";
import type { Script, Step } from "../bot-file/model.ts";
import type { DraftAt } from "../bot-file/useDraft.tsx";
import { LONGEST_ID } from "../forms/ids.ts";
import { useWords } from "../words/words.tsx";
import classes from "./builder.module.css";
import { scriptAt } from "./Canvas.tsx";
import { StepFields } from "./StepFields.tsx";
import { TargetSelect } from "./TargetSelect.tsx";
import { joinTriggers, type Occasion, splitTriggers } from "./triggers.ts";
import { words } from "./words.ts";

interface Props {
  draft: DraftAt;
  steps: Step[];
  script: Script | undefined;
  diagnostics: readonly Diagnostic[];
  choose: (paths: string[]) => void;
  onCopy: () => void;
  /** Says whether the fields of a step are still those of the step that was shown before. */
  panelKey: (path: string) => string;
}

/** The settings of what is chosen on the canvas. */
export function StepPanel({ draft, steps, script, diagnostics, choose, onCopy, panelKey }: Props) {
  const t = useWords(words);
  const names = t as unknown as Record<string, string>;
  const only = steps.length === 1 ? steps[0] : undefined;
  const title = only
    ? ((only.kind && names[only.kind]) ?? t.unknown)
    : steps.length > 1
      ? t.removeMany(steps.length)
      : (script?.id ?? "");
  const blocked = draft.readOnly !== undefined || draft.unreadable !== undefined;
  const remove = () => {
    draft.store.edit(removeSteps(steps.map((step) => step.place)));
    choose([]);
  };
  const move = (by: number) => {
    const step = only;
    const home = step && scriptAt(draft.file, step.path);
    if (!step || !home) return;
    const at = Number(step.place[3]);
    if (draft.store.edit(moveStep(step.place, Number(home.place[1]), by < 0 ? at - 1 : at + 2)))
      choose([`${home.path}.steps[${at + by}]`]);
  };
  const home = only && scriptAt(draft.file, only.path);
  return (
    <aside className={classes.panel} aria-label={only || steps.length > 0 ? t.settings : t.scriptSettings}>
      <div className={classes.panelHead}>
        <h2>{title}</h2>
        <Group gap={0} wrap="nowrap">
          {only && (
            <>
              <ActionIcon
                aria-label={t.moveUp}
                disabled={blocked || only.place[3] === 0}
                onClick={() => move(-1)}
              >
                <IconArrowUp size={16} />
              </ActionIcon>
              <ActionIcon
                aria-label={t.moveDown}
                disabled={blocked || Number(only.place[3]) + 1 >= (home?.steps.length ?? 0)}
                onClick={() => move(1)}
              >
                <IconArrowDown size={16} />
              </ActionIcon>
            </>
          )}
          {steps.length > 0 && (
            <>
              <ActionIcon aria-label={t.copy} onClick={onCopy}>
                <IconCopy size={16} />
              </ActionIcon>
              <ActionIcon aria-label={t.remove} disabled={blocked} onClick={remove}>
                <IconTrash size={16} />
              </ActionIcon>
            </>
          )}
          <ActionIcon aria-label={t.close} onClick={() => choose([])}>
            <IconX size={16} />
          </ActionIcon>
        </Group>
      </div>
      <FieldWait value={300}>
        <fieldset
          className={classes.panelBody}
          disabled={blocked}
          style={{ border: 0, margin: 0, minWidth: 0 }}
        >
          {only ? (
            <OneStep
              key={panelKey(only.path)}
              draft={draft}
              step={only}
              diagnostics={diagnostics}
              choose={choose}
            />
          ) : (
            steps.length === 0 &&
            script && <OneScript key={script.place[1]} draft={draft} script={script} choose={choose} />
          )}
        </fieldset>
      </FieldWait>
    </aside>
  );
}

/** What has no field in the panel of a step, so that what is wrong with it stands above the fields. */
const YAML_ONLY = /^\.(card|location)\b/;

/** What is wrong with what stands at a path, or inside of it. */
function errorAt(errors: readonly Diagnostic[], path: string, inside: boolean): string | undefined {
  const exact = errors.find((one) => one.path === path);
  const found = exact ?? (inside ? errors.find((one) => isBelow(one.path, path)) : undefined);
  return found?.message;
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}

function OneStep({
  draft,
  step,
  diagnostics,
}: {
  draft: DraftAt;
  step: Step;
  diagnostics: readonly Diagnostic[];
  choose: (paths: string[]) => void;
}) {
  const t = useWords(words);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  // Rows and choices tell their own errors; all other fields tell also what is wrong inside of them.
  const errorOf = (key: string) =>
    errorAt(errors, `${step.path}.${key}`, key !== "set" && !(key === "choices" && step.kind === "options"));
  const general = diagnostics.filter(
    ({ path }) =>
      path === step.path || (path.startsWith(step.path) && YAML_ONLY.test(path.slice(step.path.length))),
  );
  const [more, setMore] = useState(step.id !== undefined || step.settings.next !== undefined);
  const canGoOn = step.kind !== "end" && step.kind !== "jump" && step.kind !== "transfer";
  return (
    <>
      {general.map((one, at) => (
        <Text key={at} size="sm" c="var(--bad)">
          {one.message}
        </Text>
      ))}
      <StepFields draft={draft} step={step} errorOf={errorOf} />
      {!more && (
        <Button
          size="compact-sm"
          variant="subtle"
          style={{ alignSelf: "flex-start" }}
          onClick={() => setMore(true)}
        >
          {t.more}
        </Button>
      )}
      {more && (
        <>
          <LineInput
            label={t.stepId}
            description={t.stepIdHelp}
            spellCheck={false}
            error={errorOf("id")}
            value={step.id ?? ""}
            onChange={(id) => draft.store.edit(renameStep(step.place, id.trim() || undefined), "step-id")}
          />
          {canGoOn && (
            <TargetSelect draft={draft} step={step} at={["next"]} label={t.next} none={t.nextStep} />
          )}
        </>
      )}
    </>
  );
}

function OneScript({
  draft,
  script,
  choose,
}: {
  draft: DraftAt;
  script: Script;
  choose: (paths: string[]) => void;
}) {
  const t = useWords(words);
  const errors = draft.checkup?.diagnostics.filter(({ severity }) => severity === "error") ?? [];
  const [asking, ask] = useDisclosure(false);
  const { lines, occasions, kept } = splitTriggers(script.triggers);
  const write = (nextLines: readonly string[], nextOccasions: readonly Occasion[]) => {
    const triggers = joinTriggers(nextLines, nextOccasions, kept);
    draft.store.edit(
      setAt([...script.place, "triggers"], triggers.length === 0 ? undefined : triggers),
      `triggers ${script.id}`,
    );
  };
  const rename = (id: string) => {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id) || draft.file.scripts.some((one) => one.id === id)) return;
    if (draft.store.edit(renameScript(script.id, id), "script-id")) choose([`scripts.${id}`]);
  };
  const toggle = (on: Occasion) =>
    write(lines, occasions.includes(on) ? occasions.filter((one) => one !== on) : [...occasions, on]);
  return (
    <>
      <RenameField script={script} taken={draft.file.scripts.map((one) => one.id)} onRename={rename} />
      <AreaInput
        label={t.triggers}
        description={t.triggersHelp}
        minRows={3}
        value={lines.join("\n")}
        onChange={(text) => write(text.split("\n"), occasions)}
        error={errorAt(errors, `${script.path}.triggers`, true)}
      />
      <Checkbox.Group label={t.otherTriggers} value={occasions}>
        <Checkbox mt={4} value="first_message" label={t.onFirst} onChange={() => toggle("first_message")} />
        <Checkbox mt={4} value="call" label={t.onCall} onChange={() => toggle("call")} />
        <Checkbox mt={4} value="fallback" label={t.onFallback} onChange={() => toggle("fallback")} />
      </Checkbox.Group>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        style={{ alignSelf: "flex-start" }}
        leftSection={<IconTrash size={14} />}
        onClick={ask.open}
      >
        {t.removeScript}
      </Button>
      <Modal opened={asking} onClose={ask.close} title={t.removeScript}>
        <Text size="sm">{t.removeScriptText(script.steps.length)}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={ask.close}>
            {t.cancel}
          </Button>
          <Button
            color="red"
            onClick={() => {
              draft.store.edit(removeEntry(script.place));
              choose([]);
            }}
          >
            {t.remove}
          </Button>
        </Group>
      </Modal>
    </>
  );
}

function RenameField({
  script,
  taken,
  onRename,
}: {
  script: Script;
  taken: string[];
  onRename: (id: string) => void;
}) {
  const t = useWords(words);
  const [id, setId] = useState(script.id);
  const wrong =
    id === ""
      ? t.idNeeded
      : !/^[A-Za-z0-9_-]+$/.test(id)
        ? t.idLetters
        : id.length > LONGEST_ID
          ? t.idLong
          : id !== script.id && taken.includes(id)
            ? t.idTaken
            : undefined;
  return (
    <FieldWait value={0}>
      <LineInput
        label={t.scriptId}
        description={t.scriptIdHelp}
        spellCheck={false}
        value={id}
        error={wrong}
        onChange={setId}
        onBlur={() => id !== script.id && wrong === undefined && onRename(id)}
      />
    </FieldWait>
  );
}
