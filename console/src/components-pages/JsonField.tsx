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
}

/** JSON as text. What is not JSON yet stays on the screen and says why; the last good value stands. */
export function JsonField({ label, description, value, onChange, error }: Props) {
  const t = useWords(words);
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [wrong, setWrong] = useState<string>();
  useEffect(() => {
    setText((shown) => (same(read(shown), value) ? shown : JSON.stringify(value, null, 2)));
  }, [value]);
  const change = (typed: string) => {
    setText(typed);
    try {
      onChange(JSON.parse(typed));
      setWrong(undefined);
    } catch (problem) {
      setWrong(problem instanceof Error ? problem.message : "");
    }
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

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
