import { ActionIcon, Button, Checkbox, Group, Menu, Text, Tooltip } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconDots,
  IconGripVertical,
  IconLock,
  IconLockOpen,
  IconPlus,
  IconTrash,
} from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { AnswerFields, LOGIN_KINDS } from "../bot-file/fields/AnswerFields.tsx";
import { LineInput } from "../bot-file/fields/inputs.tsx";
import { TextEdit } from "../bot-file/fields/TextEdit.tsx";
import { isRecord } from "../bot-file/place.ts";
import { useWords } from "../words/words.tsx";
import classes from "./parts.module.css";
import { questionsOf } from "./request.ts";
import type { ComponentEditor, Definition } from "./useComponent.ts";
import { words } from "./words.ts";

interface Props {
  editor: ComponentEditor;
  /** `field` sends the answer under a name, `val` numbers it, `save` keeps it in a variable. */
  carries: "field" | "val" | "save";
}

/** The questions of a component, in the order in which they are asked. */
export function Questions({ editor, carries }: Props) {
  const t = useWords(words);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [dragged, setDragged] = useState<number>();
  const [over, setOver] = useState<number>();
  const [added, setAdded] = useState<number>();
  const before = useRef("");
  // Who adds a question writes it next.
  useEffect(() => {
    if (added === undefined) return;
    document.querySelectorAll("[data-question]")[added]?.querySelector("textarea")?.focus();
    setAdded(undefined);
  }, [added]);
  const questions = questionsOf(editor.definition);
  const languages = languagesOf(editor);
  const write = (next: Definition[]) => editor.set("questions", next.length === 0 ? undefined : next);
  const move = (from: number, to: number) => {
    if (to < 0 || to >= questions.length || from === to) return;
    const next = [...questions];
    const [moved] = next.splice(from, 1);
    if (moved) next.splice(to, 0, moved);
    setOpen(new Set());
    write(next);
  };
  const change = (at: number, key: string, value: unknown) =>
    write(
      questions.map((question, position) => {
        if (position !== at) return question;
        const { [key]: _, ...rest } = question;
        return value === undefined ? rest : { ...question, [key]: value };
      }),
    );
  const carrier =
    carries === "save" ? t.formSave : editor.definition.method === "GET" ? t.fieldQuery : t.field;
  return (
    <>
      {questions.length > 0 && (
        <div className={classes.columnHeads} aria-hidden>
          <span />
          <span>{t.question}</span>
          <span>{carries === "val" ? t.variable : carrier}</span>
        </div>
      )}
      {questions.map((question, at) => {
        const label = t.questionN(at + 1);
        const secret = question.secret === true;
        const path = `questions[${at}]`;
        return (
          // biome-ignore lint/a11y/useSemanticElements: a group of fields inside of the fieldset of the form
          <div
            key={at}
            className={classes.question}
            data-question
            role="group"
            aria-label={label}
            data-over={(over === at && dragged !== undefined && dragged !== at) || undefined}
            onDragOver={(event) => {
              if (dragged === undefined) return;
              event.preventDefault();
              setOver(at);
            }}
            onDrop={() => {
              if (dragged !== undefined) move(dragged, at);
              setDragged(undefined);
              setOver(undefined);
            }}
          >
            {/* biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the menu of the row moves it by keyboard */}
            <span
              className={classes.grip}
              draggable
              title={t.drag}
              onDragStart={() => setDragged(at)}
              onDragEnd={() => setDragged(undefined)}
            >
              <IconGripVertical size={16} aria-hidden />
            </span>
            <TextEdit
              label={label}
              hideLabel
              placeholder={{ field: t.questionExample, val: t.valueExample, save: t.formExample }[carries]}
              languages={languages}
              value={question.question}
              onChange={(value) => change(at, "question", value)}
              onBlur={() => editor.left(`${path}.question`)}
              error={editor.errorIn(`${path}.question`)}
            />
            {carries === "val" ? (
              <Text className={`${classes.grip} mono`}>{`{val${at + 1}}`}</Text>
            ) : (
              <LineInput
                aria-label={`${carrier}, ${label}`}
                placeholder={carries === "save" ? t.saveExample : t.fieldExample}
                spellCheck={false}
                value={String(
                  (carries === "save" ? (question.save ?? question.field) : question.field) ?? "",
                )}
                onChange={(value) => change(at, carries, value || undefined)}
                onFocus={(event) => {
                  before.current = event.currentTarget.value;
                }}
                onBlur={(event) => {
                  const { value } = event.currentTarget;
                  // Whoever does not think of the lock finds it closed, and can open it.
                  if (carries === "field" && value !== before.current && looksSecret(value) && !secret)
                    change(at, "secret", true);
                  editor.left(`${path}.${carries}`);
                }}
                error={editor.errorOf(`${path}.${carries}`)}
              />
            )}
            <span className={classes.rowTools}>
              {carries !== "save" && (
                <Tooltip label={secret ? t.secret : t.notSecret}>
                  <ActionIcon
                    aria-pressed={secret}
                    aria-label={`${secret ? t.secret : t.notSecret}, ${label}`}
                    color={secret ? "cyan" : "gray"}
                    onClick={() => change(at, "secret", secret ? undefined : true)}
                  >
                    {secret ? <IconLock size={18} /> : <IconLockOpen size={18} />}
                  </ActionIcon>
                </Tooltip>
              )}
              <Menu position="bottom-end">
                <Menu.Target>
                  <ActionIcon aria-label={`${t.details}, ${label}`}>
                    <IconDots size={18} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => setOpen(toggled(open, at))}>{t.details}</Menu.Item>
                  <Menu.Item
                    leftSection={<IconArrowUp size={16} />}
                    disabled={at === 0}
                    onClick={() => move(at, at - 1)}
                  >
                    {t.moveUp}
                  </Menu.Item>
                  <Menu.Item
                    leftSection={<IconArrowDown size={16} />}
                    disabled={at === questions.length - 1}
                    onClick={() => move(at, at + 1)}
                  >
                    {t.moveDown}
                  </Menu.Item>
                  <Menu.Item
                    leftSection={<IconTrash size={16} />}
                    onClick={() => write(questions.filter((_, position) => position !== at))}
                  >
                    {t.removeQuestion}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </span>
            {open.has(at) && (
              <div className={classes.detail}>
                <AnswerFields
                  settings={question}
                  set={(key, value) => change(at, key, value)}
                  languages={languages}
                  kinds={carries === "field" ? LOGIN_KINDS : undefined}
                  errorOf={(key) => editor.errorIn(`${path}.${key}`)}
                />
                {carries === "field" && typeof editor.definition.before === "string" && (
                  <Checkbox
                    label={t.afterBefore}
                    checked={question.after_before === true}
                    onChange={(event) =>
                      change(at, "after_before", event.currentTarget.checked ? true : undefined)
                    }
                  />
                )}
              </div>
            )}
          </div>
        );
      })}
      <Group gap={4} mt={4}>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => {
            write([...questions, { question: "", ...(carries === "val" ? {} : { [carries]: "" }) }]);
            setAdded(questions.length);
          }}
        >
          {t.addQuestion}
        </Button>
      </Group>
      {editor.errorOf("questions") && (
        <Text size="xs" c="var(--bad)" mt={4}>
          {editor.errorOf("questions")}
        </Text>
      )}
    </>
  );
}

/** The bot's languages, its own first. */
export function languagesOf(editor: ComponentEditor): string[] {
  const { language, languages } = editor.draft.file;
  return [...new Set([language, ...languages])];
}

/** Whether an answer stands somewhere in a request as `{valN}`. */
export function usesValue(definition: Definition, number: number): boolean {
  const { questions: _, ...rest } = definition;
  const look = (value: unknown): boolean =>
    typeof value === "string"
      ? value.includes(`{val${number}}`)
      : Array.isArray(value)
        ? value.some(look)
        : isRecord(value) && Object.values(value).some(look);
  return look(rest);
}

/** Whether what is sent under a name is a secret, as far as the name tells. */
export function looksSecret(field: string): boolean {
  const words = field.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return /(^|[^a-zñ])(password|passwd|passwort|passcode|passphrase|pass|pwd|pw|pin|otp|secret|contraseña|contrasena|clave)([^a-zñ]|$)/.test(
    words,
  );
}

function toggled(set: ReadonlySet<number>, at: number): Set<number> {
  const next = new Set(set);
  if (!next.delete(at)) next.add(at);
  return next;
}
