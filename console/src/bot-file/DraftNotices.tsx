import { Alert, Button, Group, Modal, Text } from "@mantine/core";
import { useState } from "react";
import { useSaid } from "../ui/Problem.tsx";
import { useWords } from "../words/words.tsx";
import classes from "./bot-file.module.css";
import type { DraftAt } from "./useDraft.tsx";
import { words } from "./words.ts";

/** What a person has to know of the draft: that it is read only, was not saved, or that somebody else was faster. */
export function DraftNotices({ draft }: { draft: DraftAt }) {
  const t = useWords(words);
  const said = useSaid(draft.problem);
  return (
    <>
      {draft.readOnly && (
        <Alert variant="light" color="gray" mb={12} title={t.readOnly}>
          {t.readOnlyRole}
        </Alert>
      )}
      {draft.save === "failed" && (
        <Alert variant="light" color="red" mb={12} role="alert" title={`${t.failed}: ${said.title}`}>
          <Group gap={8}>
            <Text size="sm">{said.hint ?? t.failedHelp}</Text>
            <Button size="compact-sm" variant="default" onClick={() => void draft.store.flush()}>
              {t.retry}
            </Button>
          </Group>
        </Alert>
      )}
      {draft.theirs && <Conflict draft={draft} key={draft.theirs.revision} />}
    </>
  );
}

function Conflict({ draft }: { draft: DraftAt }) {
  const t = useWords(words);
  const [later, setLater] = useState(false);
  const theirs = draft.theirs;
  if (!theirs) return null;
  const mineLines = draft.text.split("\n");
  const theirLines = theirs.text.split("\n");
  if (later) {
    return (
      <Alert variant="default" mb={12} role="alert" title={t.conflictTitle}>
        <Button size="compact-sm" variant="default" onClick={() => setLater(false)}>
          {t.keepMine} / {t.takeTheirs}
        </Button>
      </Alert>
    );
  }
  return (
    <Modal opened onClose={() => setLater(true)} title={t.conflictTitle} size="90%">
      <Text size="sm">{t.conflictText(theirs.changed_by || t.somebody)}</Text>
      <Text size="xs" c="dimmed" mb={8}>
        {t.sideBySide}
      </Text>
      <div className={classes.sides}>
        <Side title={t.mine} lines={mineLines} other={theirLines} />
        <Side title={t.theirs} lines={theirLines} other={mineLines} />
      </div>
      <Group justify="flex-end" mt="md">
        <Button variant="subtle" onClick={() => setLater(true)}>
          {t.later}
        </Button>
        <Button variant="default" onClick={() => draft.store.settle("theirs")} title={t.takeTheirsHelp}>
          {t.takeTheirs}
        </Button>
        <Button onClick={() => draft.store.settle("mine")}>{t.keepMine}</Button>
      </Group>
    </Modal>
  );
}

function Side({ title, lines, other }: { title: string; lines: string[]; other: string[] }) {
  const there = new Set(other);
  const parts = around(lines.map((line) => there.has(line)));
  return (
    <section className={classes.side} aria-label={title}>
      <h3>{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled with the keyboard */}
      <pre tabIndex={0}>
        {parts.map((part) =>
          part.same === undefined ? (
            <i key={part.at}>{"…\n"}</i>
          ) : part.same ? (
            <span key={part.at}>{`${lines[part.at]}\n`}</span>
          ) : (
            <mark key={part.at}>{`${lines[part.at]}\n`}</mark>
          ),
        )}
      </pre>
    </section>
  );
}

/** The lines that differ with three lines around them; what is left out is one mark. */
export function around(same: readonly boolean[]): { at: number; same: boolean | undefined }[] {
  const near = same.map((_, at) => same.slice(Math.max(0, at - 3), at + 4).includes(false));
  const parts: { at: number; same: boolean | undefined }[] = [];
  for (const [at, shown] of near.entries()) {
    if (shown) parts.push({ at, same: same[at] });
    else if (parts.at(-1)?.same !== undefined || parts.length === 0) parts.push({ at, same: undefined });
  }
  return parts;
}
