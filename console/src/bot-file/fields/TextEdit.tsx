import { ActionIcon, Group, Stack, UnstyledButton } from "@mantine/core";
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
  required?: boolean;
  onBlur?: () => void;
  hideLabel?: boolean;
}

/** Edits a text with its alternatives and its languages. A bot of one language sees one field. */
export function TextEdit({ label, value, onChange, languages, description, error, ...more }: Props) {
  const t = useWords(fieldWords);
  const byLanguage = isRecord(value);
  const shown = byLanguage ? [...new Set([...languages, ...Object.keys(value)])] : [];
  const split = () =>
    onChange(Object.fromEntries(languages.map((language, at) => [language, at === 0 ? (value ?? "") : ""])));
  const join = () =>
    onChange(isRecord(value) ? (value[languages[0] ?? "en"] ?? Object.values(value)[0] ?? "") : value);
  if (!byLanguage) {
    return (
      <Stack gap={4}>
        <Wordings
          label={label}
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
    <Stack gap={4}>
      {shown.map((language, at) => (
        <Wordings
          key={language}
          {...more}
          label={t.inLanguage(label, language)}
          value={value[language]}
          onChange={(next) => {
            const { [language]: _, ...rest } = value;
            onChange(
              next === "" || next === undefined
                ? at === 0
                  ? { ...value, [language]: "" }
                  : rest
                : { ...value, [language]: next },
            );
          }}
          description={at === 0 ? description : undefined}
          error={at === 0 ? error : undefined}
          hideLabel={false}
        />
      ))}
      <UnstyledButton className={classes.quietAction} onClick={join}>
        {t.oneText}
      </UnstyledButton>
    </Stack>
  );
}

type WordingsProps = Omit<Props, "languages">;

function Wordings({ label, value, onChange, description, error, hideLabel, ...more }: WordingsProps) {
  const t = useWords(fieldWords);
  const list = Array.isArray(value) ? value.map(asText) : [asText(value)];
  const tell = (next: string[]) => onChange(next.length === 1 ? next[0] : next);
  return (
    <Stack gap={4}>
      {list.map((text, at) => (
        <Group key={at} gap={4} wrap="nowrap" align="flex-start">
          <AreaInput
            {...more}
            className={classes.grow}
            label={at === 0 && !hideLabel ? label : undefined}
            aria-label={at === 0 && !hideLabel ? undefined : at === 0 ? label : t.wording(label, at + 1)}
            description={at === 0 ? description : undefined}
            error={at === 0 ? error : undefined}
            value={text}
            onChange={(next) => tell(list.map((old, position) => (position === at ? next : old)))}
          />
          {list.length > 1 && (
            <ActionIcon
              mt={at === 0 && !hideLabel ? 24 : 4}
              aria-label={t.removeWording}
              onClick={() => tell(list.filter((_, position) => position !== at))}
            >
              <IconX size={16} />
            </ActionIcon>
          )}
        </Group>
      ))}
      {(list.length > 1 || (list[0] ?? "") !== "") && (
        <UnstyledButton className={classes.quietAction} onClick={() => tell([...list, ""])}>
          <IconPlus size={12} aria-hidden /> {t.anotherWording}
        </UnstyledButton>
      )}
    </Stack>
  );
}

function asText(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}
