import {
  NumberInput,
  type NumberInputProps,
  Textarea,
  type TextareaProps,
  TextInput,
  type TextInputProps,
} from "@mantine/core";
import { createContext, type FocusEvent, useCallback, useContext, useEffect, useRef, useState } from "react";

import { onSettle } from "../pending.ts";

/** Milliseconds that a field waits for more letters before it tells. Forms tell at once; the builder waits. */
export const FieldWait = createContext(0);

/** A value that is shown at once and told a little later, at the latest when the field is left. */
export function useSettled<T>(value: T, tell: (value: T) => void): [T, (value: T) => void, () => boolean] {
  const wait = useContext(FieldWait);
  const [shown, setShown] = useState(value);
  const pending = useRef<{ value: T; timer: ReturnType<typeof setTimeout> } | undefined>(undefined);
  const teller = useRef(tell);
  teller.current = tell;
  const settle = useCallback(() => {
    const waiting = pending.current;
    if (!waiting) return false;
    clearTimeout(waiting.timer);
    pending.current = undefined;
    teller.current(waiting.value);
    return true;
  }, []);
  useEffect(() => {
    if (!pending.current) setShown(value);
  }, [value]);
  useEffect(() => {
    const end = onSettle(settle);
    return () => {
      end();
      settle();
    };
  }, [settle]);
  const change = (next: T) => {
    setShown(next);
    if (wait === 0) {
      tell(next);
      return;
    }
    if (pending.current) clearTimeout(pending.current.timer);
    pending.current = { value: next, timer: setTimeout(settle, wait) };
  };
  return [shown, change, settle];
}

type LineProps = Omit<TextInputProps, "value" | "onChange"> & {
  value: string;
  onChange: (value: string) => void;
};

/** One line of text. */
export function LineInput({ value, onChange, onBlur, ...more }: LineProps) {
  const [shown, change, settle] = useSettled(value, onChange);
  const left = (event: FocusEvent<HTMLInputElement>) => {
    settle();
    onBlur?.(event);
  };
  return (
    <TextInput
      {...more}
      value={shown}
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={left}
    />
  );
}

type AreaProps = Omit<TextareaProps, "value" | "onChange"> & {
  value: string;
  onChange: (value: string) => void;
};

/** Some lines of text. */
export function AreaInput({ value, onChange, onBlur, ...more }: AreaProps) {
  const [shown, change, settle] = useSettled(value, onChange);
  const left = (event: FocusEvent<HTMLTextAreaElement>) => {
    settle();
    onBlur?.(event);
  };
  return (
    <Textarea
      autosize
      minRows={1}
      maxRows={12}
      {...more}
      value={shown}
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={left}
    />
  );
}

type NumberProps = Omit<NumberInputProps, "value" | "onChange"> & {
  value: unknown;
  onChange: (value: number | undefined) => void;
};

/** A number; empty is undefined. What the file has there that is no number is shown as it is. */
export function NumberField({ value, onChange, ...more }: NumberProps) {
  const given = typeof value === "number" || typeof value === "string" ? value : "";
  const [shown, change, settle] = useSettled<string | number>(given, (next) =>
    onChange(next === "" || next === "-" || Number.isNaN(Number(next)) ? undefined : Number(next)),
  );
  return <NumberInput hideControls {...more} value={shown} onChange={change} onBlur={settle} />;
}
