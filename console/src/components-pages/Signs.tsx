import { ActionIcon, Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { LineInput } from "../bot-file/fields/inputs.tsx";
import { plainValue } from "../bot-file/fields/PairsEdit.tsx";
import { listOf } from "../bot-file/model.ts";
import { isRecord } from "../bot-file/place.ts";
import { useWords } from "../words/words.tsx";
import { words } from "./words.ts";

interface Props {
  label: string;
  help: string;
  value: unknown;
  onChange: (value: unknown) => void;
  error?: string;
}

/** Answers that are recognised by their status, or a field with a value. One of the rows must fit. */
export function Signs({ label, help, value, onChange, error }: Props) {
  const t = useWords(words);
  const signs = listOf(value).filter(isRecord);
  const write = (next: Record<string, unknown>[]) =>
    onChange(next.length === 0 ? undefined : next.length === 1 ? next[0] : next);
  const put = (at: number, key: string, entry: unknown) =>
    write(
      signs.map((sign, position) => {
        if (position !== at) return sign;
        const { [key]: _, ...rest } = sign;
        return entry === undefined ? rest : { ...sign, [key]: entry };
      }),
    );
  const statuses = (typed: string) => {
    const list = typed.split(/[\s,]+/).filter((one) => one !== "");
    const read = list.map((one) => (/^\d+$/.test(one) ? Number(one) : one));
    return read.length === 0 ? undefined : read.length === 1 ? read[0] : read;
  };
  return (
    <Stack gap={4} role="group" aria-label={label}>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <Text size="xs" c="dimmed">
        {help}
      </Text>
      {signs.map((sign, at) => (
        <Group key={at} gap={4} wrap="nowrap" align="flex-end">
          <LineInput
            label={at === 0 ? t.status : undefined}
            aria-label={`${t.status} ${at + 1}`}
            placeholder={t.statusExample}
            value={listOf(sign.status).join(", ")}
            onChange={(typed) => put(at, "status", statuses(typed))}
          />
          <LineInput
            label={at === 0 ? t.signField : undefined}
            aria-label={`${t.signField} ${at + 1}`}
            placeholder="error.code"
            value={String(sign.field ?? "")}
            onChange={(typed) => put(at, "field", typed || undefined)}
          />
          <LineInput
            label={at === 0 ? t.signValue : undefined}
            aria-label={`${t.signValue} ${at + 1}`}
            value={sign.value === undefined ? "" : String(sign.value)}
            onChange={(typed) => put(at, "value", typed === "" ? undefined : plainValue(typed))}
          />
          <ActionIcon
            mb={4}
            aria-label={`${t.removeSign} ${at + 1}`}
            onClick={() => write(signs.filter((_, position) => position !== at))}
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
      <Group>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={12} />}
          onClick={() => write([...signs, {}])}
        >
          {t.addSign}
        </Button>
      </Group>
    </Stack>
  );
}
