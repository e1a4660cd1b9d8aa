import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api, ok } from "../api/client.ts";
import type { TryBody, TryResult } from "../api/contract.ts";
import { type FieldError, fieldOf, isProblem } from "../api/problem.ts";
import { shownText } from "../bot-file/model.ts";
import { isRecord } from "../bot-file/place.ts";
import { useMay } from "../session/useSession.ts";
import { PasswordInput } from "../ui/PasswordInput.tsx";
import { Problem } from "../ui/Problem.tsx";
import { useWords } from "../words/words.tsx";
import classes from "./parts.module.css";
import { SideCard } from "./parts.tsx";
import { questionsOf } from "./request.ts";
import type { ComponentEditor } from "./useComponent.ts";
import { words } from "./words.ts";

interface Props {
  editor: ComponentEditor;
  kind: TryBody["kind"];
  /** The logins that the call needs first. */
  logins?: string[];
  /** The answer, with what can be picked from it. */
  children: (result: TryResult) => ReactNode;
}

/** *Try it*: sample answers, a real call, and what came back. The answers live on this page only. */
export function TryPanel({ editor, kind, logins = [], children }: Props) {
  const t = useWords(words);
  const may = useMay();
  const { workspace, bot, text, file } = editor.draft;
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const asked = [
    ...logins.flatMap((id) => {
      const login = file.components.find((one) => one.kind === "authorization_tokens" && one.id === id);
      return login
        ? questionsOf(login.definition).map((question, at) => ({ key: `${id} ${at}`, login: id, question }))
        : [];
    }),
    ...questionsOf(editor.definition).map((question, at) => ({
      key: `own ${at}`,
      login: undefined,
      question,
    })),
  ];
  const trial = useMutation({
    mutationFn: () => {
      const of = (login: string | undefined) =>
        asked.filter((one) => one.login === login).map((one) => answers[one.key] ?? "");
      const body: TryBody = { kind, definition: editor.definition, text, answers: of(undefined) };
      if (logins.length > 0)
        Object.assign(body, {
          login_answers: Object.fromEntries(logins.map((id) => [id, of(id)])),
        });
      return ok(
        api.POST("/workspaces/{workspace}/bots/{bot}/try", { params: { path: { workspace, bot } }, body }),
      );
    },
    onMutate: () => editor.tell({}),
    onError: (error) => {
      if (isProblem(error)) editor.tell(besideFields(error.fields));
    },
  });
  const response = trial.data?.response;
  const status = response && (
    <Text size="sm" fw={400} className="num" role="status">
      <span style={{ color: response.status < 400 ? "var(--good)" : "var(--bad)", fontWeight: 600 }}>
        {response.status}
      </span>{" "}
      · {t.took(response.took_ms)}
    </Text>
  );
  return (
    <SideCard title={`${t.answer} (${t.tryIt})`} beside={status}>
      <form
        className={classes.cardBody}
        id="try"
        onSubmit={(event) => {
          event.preventDefault();
          trial.mutate();
        }}
      >
        <Stack gap={8}>
          <Text size="xs" c="dimmed">
            {asked.length === 0 ? t.tryNoQuestions : t.tryHelp}
          </Text>
          {asked.map(({ key, login, question }, at) => {
            const shown = shownText(question.question, file.language) || t.questionN(at + 1);
            const Input = question.secret === true ? PasswordInput : TextInput;
            return (
              <Input
                key={key}
                size="sm"
                autoComplete="off"
                label={shown}
                description={login === undefined ? undefined : t.tryLogin(login)}
                value={answers[key] ?? ""}
                onChange={(event) => setAnswers({ ...answers, [key]: event.currentTarget.value })}
              />
            );
          })}
          <Group gap={8}>
            <Button type="submit" size="xs" loading={trial.isPending} disabled={!may("try")}>
              {t.tryAnswer}
            </Button>
            {!may("try") && (
              <Text size="xs" c="dimmed">
                {t.tryNotAllowed}
              </Text>
            )}
          </Group>
          {trial.isError && <Problem error={trial.error} />}
          {trial.data?.problem && (
            <Alert variant="default" role="alert" title={trial.data.problem.message}>
              {trial.data.problem.hint}
            </Alert>
          )}
          {trial.data && !trial.isPending && children(trial.data)}
        </Stack>
      </form>
    </SideCard>
  );
}

/** What the server says of `/definition/questions/0/field` belongs to the field `questions[0].field`. */
function besideFields(fields: readonly FieldError[]): Record<string, string> {
  const paths = fields.map(({ pointer, message }) => [fieldOf(pointer).split("."), message] as const);
  return Object.fromEntries(
    paths
      .filter(([[first, ...rest]]) => first === "definition" && rest.length > 0)
      .map(([[, ...rest], message]) => [rest.join(".").replaceAll(/\.(\d+)(?=\.|$)/g, "[$1]"), message]),
  );
}

/** What is amiss, in words of the server; not what stands above already. */
export function Notes({ result }: { result: TryResult }) {
  const said = [result.problem?.message, result.token?.message].filter((one) => one !== undefined);
  return result.notes
    .filter((note) => !said.some((one) => note.endsWith(one)))
    .map((note) => (
      <Text key={note} size="xs" c="dimmed">
        {note}
      </Text>
    ));
}

/** The body of an answer that is no JSON. */
export function PlainAnswer({ result }: { result: TryResult }) {
  const t = useWords(words);
  const response = result.response;
  if (!response || response.tree) return null;
  return response.text ? (
    <pre className={classes.request}>{response.text}</pre>
  ) : (
    <Text size="sm" c="dimmed">
      {t.emptyAnswer}
    </Text>
  );
}

/** The ids of the logins whose tokens a request uses: named ones, else the only one that there is. */
export function loginsOf(definition: unknown, all: readonly string[]): string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value === "string") {
      for (const match of value.matchAll(/\{authtoken(?::([\w-]+))?\}/g)) {
        const id = match[1] ?? all[0];
        if (id !== undefined && all.includes(id)) found.add(id);
      }
    } else if (Array.isArray(value)) value.forEach(look);
    else if (isRecord(value)) Object.values(value).forEach(look);
  };
  look(definition);
  return [...found];
}
