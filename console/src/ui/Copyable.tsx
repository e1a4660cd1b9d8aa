import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useWords } from "../words/words.tsx";
import classes from "./Copyable.module.css";
import { words } from "./words.ts";

/** A text to be pasted elsewhere, with a button that copies it. */
export function Copyable({ text, label }: { text: string; label: string }) {
  return (
    <div className={classes.copyable}>
      <code className={classes.text}>{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  );
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useWords(words);
  const { copied, copy } = useClipboard({ timeout: 2000 });
  return (
    <Tooltip label={copied ? t.copied : t.copy}>
      <ActionIcon onClick={() => copy(text)} aria-label={`${t.copy}: ${label}`}>
        {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
        <span className="vh" aria-live="polite">
          {copied ? t.copied : ""}
        </span>
      </ActionIcon>
    </Tooltip>
  );
}
