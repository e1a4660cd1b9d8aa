import { ActionIcon, Group, Tooltip } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp } from "@tabler/icons-react";
import { useWords } from "../words/words.tsx";
import classes from "./bot-file.module.css";
import type { DraftAt } from "./useDraft.tsx";
import { words } from "./words.ts";

/** Whether all is saved, with *Undo* and *Redo*. */
export function DraftState({ draft }: { draft: DraftAt }) {
  const t = useWords(words);
  const said = { saved: t.saved, unsaved: t.unsaved, saving: t.saving, failed: t.failed, conflict: t.failed }[
    draft.save
  ];
  return (
    <Group gap={4} wrap="nowrap">
      {draft.readOnly === undefined && (
        <>
          <Tooltip label={`${t.undo} (Ctrl Z)`}>
            <ActionIcon aria-label={t.undo} disabled={!draft.canUndo} onClick={draft.store.undo}>
              <IconArrowBackUp size={18} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={`${t.redo} (Ctrl Y)`}>
            <ActionIcon aria-label={t.redo} disabled={!draft.canRedo} onClick={draft.store.redo}>
              <IconArrowForwardUp size={18} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
      <span className={classes.state} role="status">
        {said}
      </span>
    </Group>
  );
}
