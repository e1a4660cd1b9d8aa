import { Anchor, Button, Text, UnstyledButton } from "@mantine/core";
import { IconAlertCircleFilled, IconAlertTriangleFilled } from "@tabler/icons-react";
import { useState } from "react";
import type { Diagnostic } from "../api/contract.ts";
import { useWords } from "../words/words.tsx";
import classes from "./bot-file.module.css";
import { applyHelp } from "./edits.ts";
import { Manual } from "./Manual.tsx";
import type { DraftAt } from "./useDraft.tsx";
import { words } from "./words.ts";

/** What the check says, errors first. Each leads to its place; what the check can mend is one click. */
export function Problems({ draft, onShow }: { draft: DraftAt; onShow: (diagnostic: Diagnostic) => void }) {
  const t = useWords(words);
  const found = sorted(draft.checkup?.diagnostics ?? []);
  const [reading, setReading] = useState<string>();
  // While it cannot be read, the check says where reading stopped, and often what would mend it.
  if (draft.unreadable && !(draft.checked && found.length > 0)) {
    return (
      <div className={classes.problem} data-severity="error" role="alert">
        <IconAlertCircleFilled size={16} aria-hidden />
        <div className={classes.problemText}>
          <strong>{t.unreadable}.</strong> {draft.unreadable.message}
          <div className={classes.problemWhere}>{t.unreadableHelp}</div>
        </div>
      </div>
    );
  }
  if (found.length === 0) {
    return (
      <Text size="sm" c="dimmed" p={12}>
        {draft.checked ? t.noProblems : t.checking}
      </Text>
    );
  }
  const list = (
    <ul className={classes.problems} aria-label={t.problems}>
      {found.map((one, at) => (
        <li key={`${one.code} ${one.path} ${at}`} className={classes.problem} data-severity={one.severity}>
          {one.severity === "error" ? (
            <IconAlertCircleFilled size={16} aria-label={t.error} />
          ) : (
            <IconAlertTriangleFilled size={16} aria-label={t.warning} />
          )}
          <div className={classes.problemText}>
            <UnstyledButton onClick={() => onShow(one)}>{one.message}</UnstyledButton>
            {one.notes.map((note) => (
              <div key={note} className={classes.problemWhere}>
                {note}
              </div>
            ))}
            <div className={classes.problemWhere}>
              {one.path && (
                <>
                  <span className="mono">{one.path}</span> ·{" "}
                </>
              )}
              {one.labels[0] && `${t.line(one.labels[0].start.line)} · `}
              <Anchor
                size="xs"
                inherit
                component="button"
                type="button"
                aria-label={t.explain(one.code)}
                onClick={() => setReading(one.code)}
              >
                {one.code}
              </Anchor>
            </div>
            {one.help && (
              <div>
                {one.help.text}{" "}
                {one.help.edits && one.help.edits.length > 0 && draft.readOnly === undefined && (
                  <Button
                    size="compact-xs"
                    variant="light"
                    disabled={!draft.checked}
                    onClick={() => draft.store.type(applyHelp(draft.text, one.help?.edits ?? []), "fix")}
                  >
                    {t.fix}
                  </Button>
                )}
              </div>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
  return (
    <>
      {draft.unreadable && (
        <Text size="sm" p={12} role="alert">
          <strong>{t.unreadable}.</strong> {t.unreadableHelp}
        </Text>
      )}
      {list}
      {reading !== undefined && <Manual code={reading} onClose={() => setReading(undefined)} />}
    </>
  );
}

function sorted(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => Number(a.severity !== "error") - Number(b.severity !== "error"));
}
