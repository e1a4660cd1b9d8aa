import { Button } from "@mantine/core";
import { IconVolume } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import type { SimLine, Simulation } from "../api/contract.ts";
import { useWords } from "../words/words.tsx";
import classes from "./simulator.module.css";
import { words } from "./words.ts";

/** A note as the server names it, in words; what was said as it was said. */
function noteIn(t: typeof words.en, line: SimLine): string {
  if (line.from !== "note") return line.text;
  const [name, number] = line.text.split(" ");
  if (name === "hung_up") return t.hasHungUp;
  if (name === "handed_over") return number ? t.handedOverTo(number) : t.handedOver;
  return line.text;
}

/** What was said, as the channel would show it. Buttons of the last message can be pressed. */
export function Lines({
  simulation,
  onChoose,
  busy,
}: {
  simulation: Simulation;
  onChoose: (index: number) => void;
  busy: boolean;
}) {
  const t = useWords(words);
  const end = useRef<HTMLDivElement>(null);
  const { lines } = simulation;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new line brings the end into view
  useEffect(() => {
    if (end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [lines.length]);
  const last = lines.findLast((line) => line.buttons && line.buttons.length > 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long conversation is scrolled with the keyboard
    <div className={classes.lines} ref={end} role="log" aria-label={t.conversation} tabIndex={0}>
      {lines.map((line) => (
        <div key={line.n} style={{ display: "contents" }}>
          <div className={classes.line} data-from={line.from}>
            {line.from !== "note" && <span className="vh">{line.from === "user" ? t.you : t.bot}: </span>}
            {line.spoken ? (
              <span className={classes.spoken}>
                <IconVolume size={16} aria-label={t.spoken} />
                <span>{line.text}</span>
              </span>
            ) : (
              noteIn(t, line)
            )}
            {line.link && (
              <span className={classes.media}>
                {line.link.label}: {line.link.url}
              </span>
            )}
            {line.media && (
              <span className={classes.media}>
                {line.media.kind}: {line.media.caption ?? ""} {line.media.url}
              </span>
            )}
          </div>
          {line === last && simulation.expect.kind === "choice" && (
            <div className={classes.buttons} data-stacked={(line.buttons ?? []).length > 3 || undefined}>
              {line.buttons?.map((button) => (
                <Button
                  key={button.index}
                  size="xs"
                  variant="default"
                  radius="xl"
                  disabled={busy}
                  onClick={() => onChoose(button.index)}
                >
                  {button.label}
                </Button>
              ))}
            </div>
          )}
        </div>
      ))}
    </div>
  );
}
