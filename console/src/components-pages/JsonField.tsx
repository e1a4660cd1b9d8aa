import { type ReactNode, useEffect, useState } from "react";
import { AreaInput } from "../bot-file/fields/inputs.tsx";
import { same } from "../bot-file/place.ts";
import { useWords } from "../words/words.tsx";
import { words } from "./words.ts";

interface Props {
  label: string;
  description?: ReactNode;
  value: unknown;
  onChange: (value: unknown) => void;
  error?: ReactNode;
  /** A text that is no JSON yet, where it is kept beyond this page. */
  unfinished?: string;
  onUnfinished?: (text: string | undefined) => void;
}

/** JSON as text. What is not JSON yet stays on the screen and says why; the last good value stands. */
export function JsonField({ label, description, value, onChange, error, unfinished, onUnfinished }: Props) {
  const t = useWords(words);
  const [text, setText] = useState(() => unfinished ?? JSON.stringify(value, null, 2));
  const [wrong, setWrong] = useState(() => (unfinished === undefined ? undefined : whyNot(unfinished)));
  useEffect(() => {
    setText((shown) =>
      whyNot(shown) !== undefined || same(JSON.parse(shown), value) ? shown : JSON.stringify(value, null, 2),
    );
  }, [value]);
  const change = (typed: string) => {
    setText(typed);
    const why = whyNot(typed);
    setWrong(why);
    onUnfinished?.(why === undefined ? undefined : typed);
    if (why === undefined) onChange(JSON.parse(typed));
  };
  return (
    <AreaInput
      label={label}
      description={description}
      error={wrong !== undefined ? t.jsonWrong(wrong) : error}
      minRows={4}
      className="mono"
      spellCheck={false}
      value={text}
      onChange={change}
    />
  );
}

/** Why a text is no JSON, in the words of the browser. */
function whyNot(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (problem) {
    return problem instanceof Error ? problem.message : "";
  }
}
