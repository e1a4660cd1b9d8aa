import {
  Button,
  Checkbox,
  Collapse,
  Group,
  Radio,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { IconAlertTriangle, IconChevronDown, IconChevronRight, IconPlus } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { KeypadFields } from "../bot-file/fields/AnswerFields.tsx";
import { LineInput } from "../bot-file/fields/inputs.tsx";
import { PairsEdit } from "../bot-file/fields/PairsEdit.tsx";
import { shownText } from "../bot-file/model.ts";
import { isRecord } from "../bot-file/place.ts";
import { useMay } from "../session/useSession.ts";
import { Empty } from "../ui/Empty.tsx";
import { useLanguage, useWords } from "../words/words.tsx";
import { ChannelNote } from "./ChannelNote.tsx";
import classes from "./parts.module.css";
import { ComponentFrame, Section, SideCard } from "./parts.tsx";
import { Questions, usesValue } from "./Questions.tsx";
import { RequestView } from "./RequestView.tsx";
import { loginRequest, questionsOf } from "./request.ts";
import { TokenMore } from "./TokenMore.tsx";
import { TokenTry } from "./TokenTry.tsx";
import { type ComponentEditor, type Definition, type Errors, useComponent } from "./useComponent.ts";
import { checkId, checkPath, checkTtl, checkUrl, inWords, readTtl } from "./validate.ts";
import { validationWords, words } from "./words.ts";

const TEMPLATE: Definition = {
  id: "",
  method: "POST",
  url: "",
  questions: [{ question: "", field: "" }],
};

/** *Scripts ▸ Authorization Token*: the form of one component, in the order and the words of its manual. */
export function AuthorizationTokenPage() {
  const { id } = useParams({ strict: false });
  return <TokenEditor key={id} />;
}

function TokenEditor() {
  const t = useWords(words);
  const { language } = useLanguage();
  const may = useMay();
  const validate = useCallback(
    (definition: Definition, taken: string[]) => tokenErrors(definition, taken, language, t),
    [language, t],
  );
  const editor = useComponent({
    kind: "authorization_tokens",
    template: TEMPLATE,
    validate,
    mayEdit: may("credential.edit"),
  });
  const [going, setGoing] = useState(!editor.isNew || editor.dirty);
  const { id } = useParams({ strict: false });
  if (!editor.isNew && !editor.stored && !editor.dirty) return <Empty title={t.missing(id ?? "")} />;
  const name = String(editor.definition.id || "") || t.newToken;
  const request = loginRequest(editor.definition, {
    answer: t.answerN,
    secret: t.secretAnswer,
    token: t.tokenOf,
  });
  const goOn = () => {
    editor.left("id");
    if (checkId(String(editor.definition.id ?? ""), editor.taken, validationWords(language)) === undefined)
      setGoing(true);
  };
  return (
    <ComponentFrame
      editor={editor}
      title={editor.isNew ? t.newToken : name}
      onTry={
        going ? () => document.querySelector<HTMLElement>("#try input, #try button")?.focus() : undefined
      }
      beside={
        <>
          <SideCard title={t.willBeSent}>
            <RequestView request={request} />
          </SideCard>
          {going && <TokenTry editor={editor} />}
          <ChannelNote editor={editor} />
        </>
      }
    >
      <MethodAndId editor={editor} onEnter={goOn} />
      {!going && (
        <section className={classes.section}>
          <Button onClick={goOn}>{t.next}</Button>
        </section>
      )}
      {going && (
        <>
          <Section number={2} title={t.step2} help={t.step2Help}>
            <Questions editor={editor} carries="field" />
            <FixedFields editor={editor} />
            {questionsOf(editor.definition).some((question) => question.field) &&
              request.body !== undefined && (
                <Text size="xs" c="dimmed" mt={8}>
                  {t.theySend} <code>{request.body.replace(/\s*\n\s*/g, " ")}</code>
                </Text>
              )}
          </Section>
          <Section number={3} title={<label htmlFor="token-url">{t.step3}</label>}>
            <LineInput
              id="token-url"
              aria-label={t.step3}
              description={t.urlHelp}
              inputWrapperOrder={["label", "input", "description", "error"]}
              placeholder="https://bank.example/login"
              spellCheck={false}
              value={String(editor.definition.url ?? "")}
              onChange={(value) => editor.set("url", value)}
              onBlur={() => editor.left("url")}
              error={editor.errorOf("url")}
            />
          </Section>
          <Section number={4} title={t.step4}>
            <Ttl editor={editor} />
            <IsJson editor={editor} />
          </Section>
          <Section
            number={5}
            title={
              <Checkbox
                label={t.step5}
                styles={{ label: { fontWeight: 600, fontSize: "var(--mantine-font-size-md)" } }}
                checked={editor.definition.validation_by_number === true}
                onChange={(event) =>
                  editor.set("validation_by_number", event.currentTarget.checked ? true : undefined)
                }
              />
            }
            help={t.byNumberHelp}
          >
            {editor.definition.validation_by_number === true && (
              <KeypadFields
                value={editor.definition.keypad}
                onChange={(value) => editor.set("keypad", value)}
                errorOf={(key) => editor.errorOf(`keypad.${key}`)}
              />
            )}
          </Section>
          <More title={t.more} help={t.moreHelp}>
            <TokenMore editor={editor} />
          </More>
        </>
      )}
    </ComponentFrame>
  );
}

function MethodAndId({ editor, onEnter }: { editor: ComponentEditor; onEnter: () => void }) {
  const t = useWords(words);
  const get = editor.definition.method === "GET";
  return (
    <Section number={1} title={t.step1}>
      <Stack gap={12}>
        <Radio.Group
          aria-label={t.method}
          value={get ? "GET" : "POST"}
          onChange={(value) => editor.set("method", value)}
        >
          <Group gap={24}>
            <Radio
              value="POST"
              label={
                <>
                  {t.post} <span className="quiet">{t.suggested}</span>
                </>
              }
            />
            <Radio value="GET" label={t.get} />
          </Group>
        </Radio.Group>
        {get && (
          <div className={classes.note} role="status">
            <IconAlertTriangle size={16} color="var(--bad)" aria-hidden />
            <p>{t.getWhy}</p>
          </div>
        )}
        <LineInput
          label={t.id}
          description={t.idHelp}
          placeholder="bank-login"
          spellCheck={false}
          maw={360}
          value={String(editor.definition.id ?? "")}
          onChange={(value) => editor.set("id", value)}
          onBlur={() => editor.left("id")}
          onKeyDown={(event) => {
            if (event.key === "Enter") onEnter();
          }}
          error={editor.errorOf("id")}
        />
      </Stack>
    </Section>
  );
}

function FixedFields({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const [open, setOpen] = useState(isRecord(editor.definition.fields));
  if (!open) {
    return (
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        onClick={() => setOpen(true)}
      >
        {t.addFixed}
      </Button>
    );
  }
  return (
    <PairsEdit
      label={t.fixedFields}
      description={t.fixedHelp}
      value={editor.definition.fields}
      onChange={(value) => editor.set("fields", value)}
      {...editor.pairs("fields")}
    />
  );
}

function Ttl({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const w = validationWords(language);
  const shown = editor.definition.ttl === undefined ? "" : String(editor.definition.ttl);
  const { seconds, meant } = readTtl(shown);
  const known = shown === "" ? 3_600 : seconds;
  return (
    <Group gap={12} align="flex-start" wrap="nowrap">
      <TextInput
        label={t.ttl}
        placeholder="3600"
        inputMode="numeric"
        w={180}
        value={shown}
        onChange={(event) => {
          const typed = event.currentTarget.value;
          editor.set("ttl", typed.trim() === "" ? undefined : /^\d+$/.test(typed) ? Number(typed) : typed);
        }}
        onBlur={() => {
          if (typeof editor.definition.ttl === "string" && seconds !== undefined) editor.set("ttl", seconds);
          editor.left("ttl");
        }}
        error={editor.errorOf("ttl")}
      />
      <span
        className={classes.ttlWords}
        style={{ alignSelf: "flex-start", marginTop: 24 }}
        aria-live="polite"
      >
        {known !== undefined && <span className="quiet">{t.ttlIs(known, inWords(known, w))}</span>}
        {known === undefined && meant !== undefined && (
          <Button size="compact-sm" variant="light" onClick={() => editor.set("ttl", meant)}>
            {t.ttlUse(meant)}
          </Button>
        )}
      </span>
    </Group>
  );
}

function IsJson({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const isJson = jsonOf(editor.definition);
  return (
    <Stack gap={8} mt={16}>
      <Checkbox
        label={t.isJson}
        description={isJson ? t.isJsonHelp : t.notJsonHelp}
        checked={isJson}
        onChange={(event) => {
          const { token_path, ...rest } = editor.definition;
          editor.replace(
            event.currentTarget.checked
              ? { ...editor.definition, is_json: true }
              : { ...rest, is_json: false },
          );
        }}
      />
      {isJson && (
        <LineInput
          label={t.path}
          description={t.pathHelp}
          placeholder="data.token"
          spellCheck={false}
          maw={360}
          value={String(editor.definition.token_path ?? "")}
          onChange={(value) => editor.set("token_path", value || undefined)}
          onBlur={() => editor.left("token_path")}
          error={editor.errorOf("token_path")}
        />
      )}
    </Stack>
  );
}

/** The folded part of a form. */
export function More({ title, help, children }: { title: string; help: string; children: React.ReactNode }) {
  const [open, setOpen] = useState(false);
  const section = useRef<HTMLElement>(null);
  // What is wrong is not folded away.
  useEffect(() => {
    if (!open && section.current?.querySelector("[aria-invalid=true]")) setOpen(true);
  });
  return (
    <section className={classes.section} ref={section}>
      <UnstyledButton onClick={() => setOpen(!open)} aria-expanded={open}>
        <Group gap={6} wrap="nowrap" align="baseline">
          {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
          <Text fw={600} component="span">
            {title}
          </Text>
          <Text size="sm" c="dimmed" component="span">
            {help}
          </Text>
        </Group>
      </UnstyledButton>
      <Collapse expanded={open} transitionDuration={120}>
        <Stack gap={20} mt={16}>
          {children}
        </Stack>
      </Collapse>
    </section>
  );
}

function jsonOf(definition: Definition): boolean {
  return typeof definition.is_json === "boolean" ? definition.is_json : definition.token_path !== undefined;
}

/** What is wrong with a login, by the path of the field. */
export function tokenErrors(
  definition: Definition,
  taken: string[],
  language: "en" | "es",
  t: { questionNeeded: string; fieldNeeded: string; fieldTwice: string; noQuestions: string },
): Errors {
  const w = validationWords(language);
  const errors: Errors = {};
  const put = (path: string, message: string | undefined) => {
    if (message !== undefined) errors[path] = message;
  };
  put("id", checkId(String(definition.id ?? ""), taken, w));
  put("url", checkUrl(String(definition.url ?? ""), w));
  if (definition.ttl !== undefined) put("ttl", checkTtl(String(definition.ttl), w));
  if (jsonOf(definition)) put("token_path", checkPath(String(definition.token_path ?? ""), w));
  if (typeof definition.expires_in_path === "string")
    put("expires_in_path", checkPath(definition.expires_in_path, w));
  const questions = questionsOf(definition);
  if (questions.length === 0 && !isRecord(definition.fields) && !isRecord(definition.headers))
    put("questions", t.noQuestions);
  for (const [at, question] of questions.entries()) {
    if (shownText(question.question).trim() === "") put(`questions[${at}].question`, t.questionNeeded);
    const field = String(question.field ?? "");
    if (field === "" && !usesValue(definition, at + 1)) put(`questions[${at}].field`, t.fieldNeeded);
    else if (field !== "" && questions.some((other, position) => position < at && other.field === field))
      put(`questions[${at}].field`, t.fieldTwice);
  }
  return errors;
}
