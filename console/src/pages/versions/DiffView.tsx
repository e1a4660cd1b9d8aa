import type { Diff } from "../../api/contract.ts";
import { useWords } from "../../words/words.tsx";
import classes from "./Versions.module.css";
import { words } from "./words.ts";

/** What differs between two bot files, line by line. */
export function DiffView({ diff }: { diff: Diff }) {
  const t = useWords(words);
  if (diff.hunks.length === 0) return <p className="quiet">{t.same}</p>;
  return (
    <div>
      <p className={classes.sum}>{t.changes(diff.added, diff.removed)}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section className={classes.diff} aria-label={t.diffLabel} tabIndex={0}>
        {diff.hunks.map((hunk) => (
          <div key={`${hunk.from_line}-${hunk.to_line}`} className={classes.hunk}>
            <div className={classes.place}>{t.line(hunk.to_line)}</div>
            {hunk.lines.map((line, at) => (
              <div key={at} className={classes.line} data-op={line.op}>
                <span className={classes.op} aria-hidden>
                  {line.op}
                </span>
                {line.op !== " " && (
                  <span className="vh">{line.op === "+" ? t.addedLine : t.removedLine} </span>
                )}
                {line.text}
              </div>
            ))}
          </div>
        ))}
      </section>
    </div>
  );
}
