import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import { fieldOf, isProblem } from "../api/problem.ts";
import { common } from "../words/common.ts";
import { useLanguage, useWords } from "../words/words.tsx";

/** What went wrong, in words, with what to do. Shows nothing when nothing did. */
export function Problem({ error, again }: { error: unknown; again?: () => void }) {
  const t = useWords(common);
  const said = useSaid(error);
  if (error === undefined || error === null) return null;
  const fields = isProblem(error) ? error.fields.filter(({ message }) => message !== said.title) : [];
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={18} />} role="alert" title={said.title}>
      {said.hint && <Text size="sm">{said.hint}</Text>}
      {fields.map((field) => (
        <Text size="sm" key={field.pointer + field.code}>
          {nameOf(field.pointer)} {field.message}
        </Text>
      ))}
      {again && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={again}>
            {t.retry}
          </Button>
        </Group>
      )}
    </Alert>
  );
}

/** The field of a pointer; the whole of what was sent has no name that would say something. */
function nameOf(pointer: string) {
  const name = fieldOf(pointer).replace(/^(definition|text|command)(\.|$)/, "");
  return name === "" ? null : <code>{name}</code>;
}

/** The sentence that tells of a problem, and what to do if the server says so. */
export function useSaid(error: unknown): { title: string; hint?: string } {
  const t = useWords(common);
  const { language } = useLanguage();
  if (!isProblem(error)) return { title: t.errorTitle };
  if (error.code === "unreachable") return { title: t.unreachable };
  if (error.code === "stale") return { title: t.stale, hint: error.hint };
  const own: string | undefined = {
    server: t.server,
    unreadable: t.unreadable,
    forbidden: t.forbidden,
    limited: t.limited,
    refused: t.refused,
    wrong_code: t.wrongCode,
    over: t.over,
    invalid: t.invalid,
    csrf: t.csrf,
    not_found: t.noSuch,
  }[error.code];
  // The server speaks English.
  const inOther = own !== undefined && language !== "en";
  const message = error.message === error.code || inOther ? undefined : error.message;
  return {
    title: message ?? own ?? t.errorTitle,
    hint: error.hint ?? (message && error.code === "forbidden" ? own : undefined),
  };
}
