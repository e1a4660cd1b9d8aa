import { ActionIcon, Group, Stack, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useWords } from "../../words/words.tsx";
import { isRecord } from "../place.ts";
import classes from "./fields.module.css";
import { AreaInput } from "./inputs.tsx";
import { fieldWords } from "./words.ts";

interface Props {
  label: string;
  /** A text as in the bot file: one, alternatives, or either of them by language. */
  value: unknown;
  onChange: (value: unknown) => void;
  /** The bot's languages, its own first. */
  languages: readonly string[];
  description?: ReactNode;
  error?: ReactNode;
  placeholder?: string;
  onBlur?: () => void;
  hideLabel?: boolean;
}

/** Edits a text with its alternatives and its languages. A bot of one language sees one field. */
export function TextEdit({
  label,
  value,
  onChange,
  languages,
  description,
  error,
  hideLabel,
  ...more
}: Props) {
  const t = useWords(fieldWords);
  const byLanguage = isRecord(value);
  const shown = byLanguage ? [...new Set([...languages, ...Object.keys(value)])] : [];
  const split = () =>
    onChange(Object.fromEntries(languages.map((language, at) => [language, at === 0 ? (value ?? "") : ""])));
  const join = () =>
    onChange(byLanguage ? (value[languages[0] ?? "en"] ?? Object.values(value)[0] ?? "") : value);
  const put = (language: string, next: unknown, first: boolean) => {
    if (!byLanguage) return;
    const { [language]: _, ...rest } = value;
    onChange(next === "" && !first ? rest : { ...value, [language]: next });
  };
  if (!byLanguage) {
    return (
      <Stack gap={4}>
        <Wordings
          label={label}
          shownLabel={hideLabel ? undefined : label}
          value={value}
          onChange={onChange}
          description={description}
          error={error}
          {...more}
        />
        {languages.length > 1 && (
          <UnstyledButton className={classes.quietAction} onClick={split}>
            {t.byLanguage}
          </UnstyledButton>
        )}
      </Stack>
    );
  }
  return (
    <Stack gap={4} role="group" aria-label={label}>
      {shown.map((language, at) => (
        <Wordings
          key={language}
          {...more}
          label={t.inLanguage(label, language)}
          shownLabel={at === 0 && !hideLabel ? label : undefined}
          language={language}
          value={value[language]}
          onChange={(next) => put(language, next, at === 0)}
          description={at === 0 ? description : undefined}
          error={at === 0 ? error : undefined}
        />
      ))}
      <UnstyledButton className={classes.quietAction} onClick={join}>
        {t.oneText}
      </UnstyledButton>
    </Stack>
  );
}

interface WordingsProps extends Omit<Props, "languages" | "hideLabel"> {
  shownLabel: string | undefined;
  language?: string;
}

function Wordings({
  label,
  shownLabel,
  language,
  value,
  onChange,
  description,
  error,
  ...more
}: WordingsProps) {
  const t = useWords(fieldWords);
  const list = Array.isArray(value) ? value.map(asText) : [asText(value)];
  const tell = (next: string[]) => onChange(next.length === 1 ? next[0] : next);
  return (
    <>
      {list.map((text, at) => (
        <Group key={at} gap={0} wrap="nowrap" align="flex-end">
          <AreaInput
            {...more}
            className={classes.grow}
            label={at === 0 ? shownLabel : undefined}
            aria-label={at === 0 ? label : t.wording(label, at + 1)}
            leftSection={
              language && (
                <Text size="xs" c="dimmed" aria-hidden>
                  {language}
                </Text>
              )
            }
            description={at === 0 ? description : undefined}
            error={at === 0 ? error : undefined}
            value={text}
            onChange={(next) => tell(list.map((old, position) => (position === at ? next : old)))}
          />
          {list.length > 1 && (
            <ActionIcon
              mb={4}
              aria-label={`${t.removeWording}: ${label}`}
              onClick={() => tell(list.filter((_, position) => position !== at))}
            >
              <IconX size={14} />
            </ActionIcon>
          )}
          {at === list.length - 1 && text !== "" && (
            <Tooltip label={t.anotherWording}>
              <ActionIcon
                mb={4}
                aria-label={`${t.anotherWording}: ${label}`}
                onClick={() => tell([...list, ""])}
              >
                <IconPlus size={14} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      ))}
    </>
  );
}

function asText(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
