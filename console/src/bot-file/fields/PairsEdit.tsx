import { ActionIcon, Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useWords } from "../../words/words.tsx";
import { isRecord } from "../place.ts";
import classes from "./fields.module.css";
import { LineInput } from "./inputs.tsx";
import { fieldWords } from "./words.ts";

interface Props {
  label: string;
  /** A map of the bot file. */
  value: unknown;
  onChange: (value: Record<string, unknown> | undefined) => void;
  description?: ReactNode;
  error?: ReactNode;
  names?: string;
  values?: string;
  /** What a typed value is; by default numbers, true and false are what they look like. */
  read?: (text: string) => unknown;
  /** Something beside each row, such as a button that inserts. */
  beside?: (row: { name: string; put: (value: string) => void }) => ReactNode;
}

/** Edits a map as rows of a name and a value. A row without a name yet stays on the screen and out of the file. */
export function PairsEdit({
  label,
  value,
  onChange,
  description,
  error,
  names,
  values,
  read = plainValue,
  beside,
}: Props) {
  const t = useWords(fieldWords);
  const given = isRecord(value) ? Object.entries(value) : [];
  const [fresh, setFresh] = useState<{ name: string; value: string }[]>([]);
  const write = (entries: [string, unknown][]) =>
    onChange(entries.length === 0 ? undefined : Object.fromEntries(entries));
  const rename = (at: number, name: string) => {
    if (name !== "" && !given.some(([other], position) => other === name && position !== at)) {
      write(given.map((pair, position) => (position === at ? [name, pair[1]] : pair)));
    }
  };
  const finish = (at: number, row: { name: string; value: string }) => {
    if (row.name !== "" && row.value !== "" && !given.some(([name]) => name === row.name)) {
      setFresh(fresh.filter((_, position) => position !== at));
      write([...given, [row.name, read(row.value)]]);
    } else setFresh(fresh.map((old, position) => (position === at ? row : old)));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of fields inside of the fieldset of the form
    <div role="group" aria-label={label}>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      {description && (
        <Text size="xs" c="dimmed">
          {description}
        </Text>
      )}
      <Stack gap={4} mt={4}>
        {given.map(([name, entry], at) => (
          <Group key={at} gap={4} wrap="nowrap">
            <LineInput
              className={classes.grow}
              aria-label={t.nameOf(label, at + 1)}
              placeholder={names ?? t.name}
              value={name}
              onChange={(next) => rename(at, next.trim())}
            />
            <LineInput
              className={classes.grow}
              aria-label={t.valueOf(label, at + 1)}
              placeholder={values ?? t.value}
              value={typeof entry === "string" ? entry : JSON.stringify(entry)}
              onChange={(next) =>
                write(given.map((pair, position) => (position === at ? [pair[0], read(next)] : pair)))
              }
            />
            {beside?.({
              name,
              put: (next) => write(given.map((pair, position) => (position === at ? [pair[0], next] : pair))),
            })}
            <ActionIcon
              aria-label={t.removeOf(label, at + 1)}
              onClick={() => write(given.filter((_, position) => position !== at))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        {fresh.map((row, at) => (
          <Group key={`fresh-${at}`} gap={4} wrap="nowrap">
            <LineInput
              className={classes.grow}
              autoFocus
              aria-label={t.nameOf(label, given.length + at + 1)}
              placeholder={names ?? t.name}
              value={row.name}
              onChange={(name) =>
                setFresh(fresh.map((old, position) => (position === at ? { ...old, name } : old)))
              }
              onBlur={() => finish(at, row)}
            />
            <LineInput
              className={classes.grow}
              aria-label={t.valueOf(label, given.length + at + 1)}
              placeholder={values ?? t.value}
              value={row.value}
              onChange={(next) =>
                setFresh(fresh.map((old, position) => (position === at ? { ...old, value: next } : old)))
              }
              onBlur={() => finish(at, row)}
            />
            <ActionIcon
              aria-label={t.removeOf(label, given.length + at + 1)}
              onClick={() => setFresh(fresh.filter((_, position) => position !== at))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        {error && (
          <Text size="xs" c="var(--bad)">
            {error}
          </Text>
        )}
        <Button
          size="compact-xs"
          variant="subtle"
          className={classes.start}
          leftSection={<IconPlus size={12} />}
          aria-label={t.addOf(label)}
          onClick={() => setFresh([...fresh, { name: "", value: "" }])}
        >
          {label}
        </Button>
      </Stack>
    </div>
  );
}

/** `5` is a number, `true` is true, `{"a": 1}` is a map, and all else is text. */
export function plainValue(text: string): unknown {
  if (/^(-?\d+(\.\d+)?|true|false|null)$/.test(text) || /^[[{][\s\S]*[\]}]$/.test(text)) {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value !== "number" || String(value) === text) return value;
    } catch {
      return text;
    }
  }
  return text;
}
