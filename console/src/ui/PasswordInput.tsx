import { type PasswordInputProps, PasswordInput as Plain } from "@mantine/core";
import { useId } from "react";
import { useWords } from "../words/words.tsx";
import { words } from "./words.ts";

/** A field whose text is hidden. Unlike Mantine's, it tells those who hear the page what is wrong with it. */
export function PasswordInput(props: PasswordInputProps) {
  const t = useWords(words);
  const own = useId();
  const id = props.id ?? own;
  const told = [props.error && `${id}-error`, props.description && `${id}-description`].filter(Boolean);
  return (
    <Plain
      id={id}
      aria-invalid={props.error ? true : undefined}
      aria-describedby={told.join(" ") || undefined}
      visibilityToggleButtonProps={{ "aria-label": t.showTyped }}
      {...props}
    />
  );
}
