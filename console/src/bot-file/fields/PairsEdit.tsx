import { ActionIcon, Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { type ReactNode, useRef, useState } from "react";
import { useWords } from "../../words/words.tsx";
import { isRecord } from "../place.ts";
import classes from "./fields.module.css";
import { LineInput } from "./inputs.tsx";
import { NO_ROWS, type Row, type Rows, wrongWith } from "./rows.ts";
import { fieldWords } from "./words.ts";

interface Props {
  label: string;
  /** A map of the bot file. */
  value: unknown;
  onChange: (value: Record<string, unknown> | undefined) => void;
  description?: ReactNode;
  error?: ReactNode;
  /** What is wrong with the row of a name. */
  errorOf?: (name: string) => string | undefined;
  /** Where what cannot be written yet is kept; without it, as long as the rows are on the screen. */
  rows?: Rows;
  onRows?: (rows: Rows) => void;
  /** Shows what is wrong with rows that were not left yet. */
  all?: boolean;
  names?: string;
  values?: string;
  /** What a typed value is; by default numbers, true and false are what they look like. */
  read?: (text: string) => unknown;
  /** Something beside each row, such as a button that inserts. */
  beside?: (row: { name: string; put: (value: string) => void }) => ReactNode;
}

/** Edits a map as rows of a name and a value. A row that is not whole yet says so, and stays out of the file. */
export function PairsEdit({
  label,
  value,
  onChange,
  description,
  error,
  errorOf,
  rows,
  onRows,
  all = false,
  names,
  values,
  read = plainValue,
  beside,
}: Props) {
  const t = useWords(fieldWords);
  const given = isRecord(value) ? Object.entries(value) : [];
  const [own, setOwn] = useState<Rows>(NO_ROWS);
  // A field may tell twice before the rows are drawn again.
  const latest = useRef(rows ?? own);
  latest.current = rows ?? own;
  const keep = (next: Partial<Rows>) => {
    latest.current = { ...latest.current, ...next };
    (onRows ?? setOwn)(latest.current);
  };
  const { fresh, names: wrongNames } = latest.current;
  const write = (entries: [string, unknown][]) =>
    onChange(entries.length === 0 ? undefined : Object.fromEntries(entries));
  const put = (at: number, pair: [string, unknown]) =>
    write(given.map((old, position) => (position === at ? pair : old)));
  const others = (at: number) => given.flatMap(([name], position) => (position === at ? [] : [name]));

  const rename = (at: number, name: string) => {
    const { [at]: _, ...rest } = latest.current.names;
    const wrong = name === "" || others(at).includes(name);
    if (wrong || at in wrongNames) keep({ names: wrong ? { ...rest, [at]: name } : rest });
    if (!wrong) put(at, [name, given[at]?.[1]]);
  };
  const remove = (at: number) => {
    if (Object.keys(wrongNames).length > 0) {
      const left = Object.entries(wrongNames).filter(([position]) => Number(position) !== at);
      const moved = left.map(([position, name]) => [
        Number(position) - (Number(position) > at ? 1 : 0),
        name,
      ]);
      keep({ names: Object.fromEntries(moved) });
    }
    write(given.filter((_, position) => position !== at));
  };
  const change = (at: number, part: Partial<Row>) =>
    keep({
      fresh: latest.current.fresh.map((row, position) => (position === at ? { ...row, ...part } : row)),
    });
  const finish = (at: number) => {
    const row = latest.current.fresh[at];
    if (!row) return;
    const name = row.name.trim();
    const whole = name !== "" && wrongWith({ ...row, name }, others(-1)) === undefined;
    if (!whole) return change(at, { name, left: true });
    keep({ fresh: latest.current.fresh.filter((_, position) => position !== at) });
    write([...given, [name, read(row.value)]]);
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
        {given.map(([name, entry], at) => {
          const typed = wrongNames[at];
          const wrong = typed === undefined ? undefined : typed === "" ? t.nameNeeded : t.nameTwice;
          return (
            <Group key={at} gap={4} wrap="nowrap" align="flex-start">
              <LineInput
                className={classes.grow}
                aria-label={t.nameOf(label, at + 1)}
                placeholder={names ?? t.name}
                value={typed ?? name}
                onChange={(next) => rename(at, next.trim())}
                error={wrong}
              />
              <LineInput
                className={classes.grow}
                aria-label={t.valueOf(label, at + 1)}
                placeholder={values ?? t.value}
                value={typeof entry === "string" ? entry : JSON.stringify(entry)}
                onChange={(next) => put(at, [name, read(next)])}
                error={wrong === undefined ? errorOf?.(name) : undefined}
              />
              {beside?.({ name, put: (next) => put(at, [name, next]) })}
              <ActionIcon mt={4} aria-label={t.removeOf(label, at + 1)} onClick={() => remove(at)}>
                <IconX size={16} />
              </ActionIcon>
            </Group>
          );
        })}
        {fresh.map((row, at) => {
          const wrong = row.left || all ? wrongWith(row, others(-1)) : undefined;
          return (
            <Group
              key={`fresh-${at}`}
              gap={4}
              wrap="nowrap"
              align="flex-start"
              onBlur={(event) => {
                if (!event.currentTarget.contains(event.relatedTarget)) finish(at);
              }}
            >
              <LineInput
                className={classes.grow}
                autoFocus
                aria-label={t.nameOf(label, given.length + at + 1)}
                placeholder={names ?? t.name}
                value={row.name}
                onChange={(name) => change(at, { name })}
                error={wrong && wrong !== "valueNeeded" ? t[wrong] : undefined}
              />
              <LineInput
                className={classes.grow}
                aria-label={t.valueOf(label, given.length + at + 1)}
                placeholder={values ?? t.value}
                value={row.value}
                onChange={(next) => change(at, { value: next })}
                error={wrong === "valueNeeded" ? t.valueNeeded : undefined}
              />
              <ActionIcon
                mt={4}
                aria-label={t.removeOf(label, given.length + at + 1)}
                onClick={() => keep({ fresh: fresh.filter((_, position) => position !== at) })}
              >
                <IconX size={16} />
              </ActionIcon>
            </Group>
          );
        })}
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
          onClick={() => keep({ fresh: [...fresh, { name: "", value: "" }] })}
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
