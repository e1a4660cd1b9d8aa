import {
  ActionIcon,
  Autocomplete,
  Button,
  Group,
  NativeSelect,
  SegmentedControl,
  Stack,
  Text,
} from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { AreaInput, LineInput } from "../bot-file/fields/inputs.tsx";
import { plainValue } from "../bot-file/fields/PairsEdit.tsx";
import { isRecord } from "../bot-file/place.ts";
import { JsonField } from "../components-pages/JsonField.tsx";
import { useWords } from "../words/words.tsx";
import classes from "./builder.module.css";
import { words } from "./words.ts";

const OPERATORS = [
  "equals",
  "not_equals",
  "more_than",
  "less_than",
  "at_least",
  "at_most",
  "contains",
  "starts_with",
  "one_of",
  "exists",
  "matches",
] as const;
type Operator = (typeof OPERATORS)[number];

interface Row {
  subject: string;
  operator: Operator;
  value: unknown;
}

interface Props {
  value: unknown;
  variables: readonly string[];
  onChange: (value: unknown) => void;
  error?: string;
}

/** A condition as rows of variable, comparison and value; or an expression. */
export function ConditionEdit({ value, variables, onChange, error }: Props) {
  const t = useWords(words);
  const rows = rowsOf(value);
  const isText = typeof value === "string";
  const [kept, setKept] = useState<unknown>();
  const choose = (mode: string) => {
    setKept(value);
    onChange(
      mode === "expression"
        ? typeof kept === "string"
          ? kept
          : ""
        : isRecord(kept)
          ? kept
          : { [variables[0] ?? "channel"]: { exists: true } },
    );
  };
  return (
    <Stack gap={8}>
      <SegmentedControl
        size="xs"
        aria-label={t.condition}
        value={isText ? "expression" : "comparisons"}
        data={[
          { value: "comparisons", label: t.comparisons },
          { value: "expression", label: t.expression },
        ]}
        onChange={choose}
      />
      {isText ? (
        <AreaInput
          label={t.expression}
          description={t.expressionHelp}
          spellCheck={false}
          className="mono"
          value={value}
          onChange={onChange}
          error={error}
        />
      ) : rows ? (
        <Rows
          rows={rows}
          variables={variables}
          onChange={(next) => onChange(conditionOf(next))}
          error={error}
        />
      ) : (
        <JsonField
          label={t.condition}
          description={t.deeper}
          value={value ?? {}}
          onChange={onChange}
          error={error}
        />
      )}
    </Stack>
  );
}

function Rows({
  rows,
  variables,
  onChange,
  error,
}: {
  rows: Row[];
  variables: readonly string[];
  onChange: (rows: Row[]) => void;
  error?: string;
}) {
  const t = useWords(words);
  const names = t as unknown as Record<string, string>;
  const put = (at: number, part: Partial<Row>) =>
    onChange(rows.map((row, position) => (position === at ? { ...row, ...part } : row)));
  return (
    <Stack gap={8}>
      {rows.map((row, at) => (
        <div key={at} className={classes.choice}>
          <div className={classes.choiceRow}>
            <Autocomplete
              className={classes.grow}
              aria-label={`${t.subject} ${at + 1}`}
              data={[...new Set([...variables, "channel", "language", "contact.name"])]}
              value={row.subject}
              onChange={(subject) => put(at, { subject })}
            />
            {rows.length > 1 && (
              <ActionIcon
                mt={4}
                aria-label={t.removeComparison(at + 1)}
                onClick={() => onChange(rows.filter((_, position) => position !== at))}
              >
                <IconX size={16} />
              </ActionIcon>
            )}
          </div>
          <div className={classes.choiceRow}>
            <NativeSelect
              className={classes.grow}
              aria-label={`${t.comparison} ${at + 1}`}
              value={row.operator}
              data={OPERATORS.map((one) => ({ value: one, label: names[`op_${one}`] ?? one }))}
              onChange={(event) => {
                const operator = event.currentTarget.value as Operator;
                put(at, {
                  operator,
                  value: operator === "exists" ? true : row.value === true ? "" : row.value,
                });
              }}
            />
            {row.operator !== "exists" && (
              <LineInput
                className={classes.grow}
                aria-label={`${t.value} ${at + 1}`}
                value={Array.isArray(row.value) ? row.value.join(", ") : String(row.value ?? "")}
                onChange={(typed) =>
                  put(at, {
                    value:
                      row.operator === "one_of"
                        ? typed.split(",").map((one) => plainValue(one.trim()))
                        : plainValue(typed),
                  })
                }
              />
            )}
          </div>
        </div>
      ))}
      {error && (
        <Text size="xs" c="var(--bad)">
          {error}
        </Text>
      )}
      <Group gap={8}>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() =>
            onChange([
              ...rows,
              {
                subject: variables.find((one) => !rows.some((row) => row.subject === one)) ?? "language",
                operator: "equals",
                value: "",
              },
            ])
          }
        >
          {t.addComparison}
        </Button>
        {rows.length > 1 && (
          <Text size="xs" c="dimmed">
            {t.allMustHold}
          </Text>
        )}
      </Group>
    </Stack>
  );
}

/** The rows of a condition; undefined when it is nested and no table can show it. */
export function rowsOf(condition: unknown): Row[] | undefined {
  if (condition === undefined || condition === null) return [];
  if (!isRecord(condition)) return undefined;
  const rows: Row[] = [];
  for (const [subject, wanted] of Object.entries(condition)) {
    if (["any", "all", "not"].includes(subject)) return undefined;
    if (Array.isArray(wanted)) rows.push({ subject, operator: "one_of", value: wanted });
    else if (isRecord(wanted)) {
      for (const [operator, value] of Object.entries(wanted)) {
        const known = OPERATORS.find((one) => one === operator);
        if (!known || (known === "exists" && value !== true)) return undefined;
        rows.push({ subject, operator: known, value });
      }
    } else rows.push({ subject, operator: "equals", value: wanted });
  }
  return rows;
}

/** The condition of rows, written as shortly as the bot file allows. */
export function conditionOf(rows: readonly Row[]): Record<string, unknown> {
  const condition: Record<string, unknown> = {};
  for (const { subject, operator, value } of rows) {
    const before = condition[subject];
    if (before === undefined && operator === "equals") condition[subject] = value;
    else
      condition[subject] = {
        ...(isRecord(before) ? before : before === undefined ? {} : { equals: before }),
        [operator]: value,
      };
  }
  return condition;
}
