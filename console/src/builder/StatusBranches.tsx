import { ActionIcon, Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { setAt } from "../bot-file/edits.ts";
import { NumberField } from "../bot-file/fields/inputs.tsx";
import type { Step } from "../bot-file/model.ts";
import { isRecord } from "../bot-file/place.ts";
import type { DraftAt } from "../bot-file/useDraft.tsx";
import { useWords } from "../words/words.tsx";
import classes from "./builder.module.css";
import { TargetSelect } from "./TargetSelect.tsx";
import { words } from "./words.ts";

/** Branches of a Web Service by the status of the answer. */
export function StatusBranches({ draft, step }: { draft: DraftAt; step: Step }) {
  const t = useWords(words);
  const [fresh, setFresh] = useState<number>();
  const map = isRecord(step.settings.status) ? step.settings.status : {};
  const add = () => {
    const first = draft.file.scripts[0]?.id;
    if (fresh === undefined || first === undefined) return;
    draft.store.edit(setAt([...step.place, "status", String(fresh)], first));
    setFresh(undefined);
  };
  return (
    <Stack gap={4} role="group" aria-label={t.status}>
      <Text size="sm" fw={500}>
        {t.status}
      </Text>
      <Text size="xs" c="dimmed">
        {t.statusHelp}
      </Text>
      {Object.keys(map).map((status) => (
        <Group key={status} gap={4} wrap="nowrap">
          <Text size="sm" w={36} className="num">
            {status}
          </Text>
          <div className={classes.grow}>
            <TargetSelect
              draft={draft}
              step={step}
              at={["status", status]}
              label={`${t.status} ${status}`}
              hideLabel
            />
          </div>
          <ActionIcon
            aria-label={`${t.remove} ${status}`}
            onClick={() => {
              const { [status]: _, ...rest } = map;
              draft.store.edit(
                setAt([...step.place, "status"], Object.keys(rest).length === 0 ? undefined : rest),
              );
            }}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group gap={4} wrap="nowrap">
        <NumberField
          aria-label={t.addStatus}
          placeholder="404"
          w={80}
          min={100}
          max={599}
          allowDecimal={false}
          value={fresh}
          onChange={setFresh}
        />
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          disabled={fresh === undefined}
          onClick={add}
        >
          {t.addStatus}
        </Button>
      </Group>
    </Stack>
  );
}
