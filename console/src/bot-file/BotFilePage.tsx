import { useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import type { Diagnostic } from "../api/contract.ts";
import { Bars } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { useWords } from "../words/words.tsx";
import classes from "./bot-file.module.css";
import { DraftNotices } from "./DraftNotices.tsx";
import { DraftState } from "./DraftState.tsx";
import { Problems } from "./Problems.tsx";
import { useDraft } from "./useDraft.tsx";
import { words } from "./words.ts";

const YamlEditor = lazy(() => import("./YamlEditor.tsx"));

/** The whole bot as text, with its problems. */
export function BotFilePage() {
  const t = useWords(words);
  const draft = useDraft();
  const { line } = useSearch({ strict: false });
  const [goTo, setGoTo] = useState<{ offset: number }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the address leads here, not each letter
  useEffect(() => {
    if (line !== undefined) setGoTo({ offset: offsetOfLine(draft.text, line) });
  }, [line]);
  const show = (diagnostic: Diagnostic) => setGoTo({ offset: diagnostic.labels[0]?.start.offset ?? 0 });
  return (
    <Page wide title={t.title} lead={t.lead} actions={<DraftState draft={draft} />}>
      <DraftNotices draft={draft} />
      <div className={classes.page}>
        <Suspense fallback={<Bars rows={8} />}>
          <YamlEditor
            text={draft.text}
            onChange={draft.store.type}
            diagnostics={draft.checked ? (draft.checkup?.diagnostics ?? []) : []}
            readOnly={draft.readOnly !== undefined}
            label={t.editor}
            goTo={goTo}
          />
        </Suspense>
        <aside className={classes.aside} aria-label={t.problems}>
          <Problems draft={draft} onShow={show} />
        </aside>
      </div>
    </Page>
  );
}

function offsetOfLine(text: string, line: number): number {
  let at = 0;
  for (let count = 1; count < line; count++) {
    const end = text.indexOf("\n", at);
    if (end < 0) break;
    at = end + 1;
  }
  return at;
}
