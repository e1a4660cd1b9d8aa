import { Button, Group, Menu, NativeSelect, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconKey } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { AreaInput, LineInput } from "../bot-file/fields/inputs.tsx";
import { PairsEdit } from "../bot-file/fields/PairsEdit.tsx";
import { shownText } from "../bot-file/model.ts";
import { isRecord } from "../bot-file/place.ts";
import { useMay } from "../session/useSession.ts";
import { Empty } from "../ui/Empty.tsx";
import { useLanguage, useWords } from "../words/words.tsx";
import { More } from "./AuthorizationTokenPage.tsx";
import { CurlButton } from "./CurlButton.tsx";
import { JsonField } from "./JsonField.tsx";
import classes from "./parts.module.css";
import { ComponentFrame, Section, SideCard } from "./parts.tsx";
import { Questions } from "./Questions.tsx";
import { RequestView } from "./RequestView.tsx";
import { questionsOf, serviceRequest } from "./request.ts";
import { ServiceMore } from "./ServiceMore.tsx";
import { ServiceTry } from "./ServiceTry.tsx";
import { type ComponentEditor, type Definition, type Errors, useComponent } from "./useComponent.ts";
import { checkId, checkUrl } from "./validate.ts";
import { validationWords, words } from "./words.ts";

const TEMPLATE: Definition = { id: "", method: "GET", url: "" };
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** *Scripts ▸ Web Services*: the form of one call of an API. */
export function WebServicePage() {
  const { id } = useParams({ strict: false });
  return <ServiceEditor key={id} />;
}

function ServiceEditor() {
  const t = useWords(words);
  const { language } = useLanguage();
  const may = useMay();
  const validate = useCallback(
    (definition: Definition, taken: string[]) => serviceErrors(definition, taken, language, t.questionNeeded),
    [language, t],
  );
  const editor = useComponent({
    kind: "web_services",
    template: TEMPLATE,
    validate,
    mayEdit: may("bot.edit"),
  });
  const { id } = useParams({ strict: false });
  if (!editor.isNew && !editor.stored && !editor.dirty) return <Empty title={t.missing(id ?? "")} />;
  const { definition, set, errorOf } = editor;
  const request = serviceRequest(definition, { answer: t.answerN, secret: t.secretAnswer, token: t.tokenOf });
  const method = String(definition.method ?? "GET");
  return (
    <ComponentFrame
      editor={editor}
      title={editor.isNew ? t.newService : String(definition.id || t.newService)}
      onTry={() => document.querySelector<HTMLElement>("#try input, #try button")?.focus()}
      extra={!editor.readOnly && <CurlButton editor={editor} />}
      beside={
        <>
          <SideCard title={t.willBeSent}>
            <RequestView request={request} />
          </SideCard>
          <ServiceTry editor={editor} />
        </>
      }
    >
      <Section number={1} title={t.serviceStep1}>
        <Stack gap={12}>
          <LineInput
            label={t.id}
            description={t.idHelp}
            placeholder="get-balance"
            spellCheck={false}
            maw={360}
            value={String(definition.id ?? "")}
            onChange={(value) => set("id", value)}
            onBlur={() => editor.left("id")}
            error={errorOf("id")}
          />
          <Group gap={8} align="flex-start">
            <NativeSelect
              label={t.httpMethod}
              data={METHODS}
              value={method}
              w={110}
              onChange={(event) => set("method", event.currentTarget.value)}
              error={errorOf("method")}
            />
            <LineInput
              style={{ flex: "1 1 220px", minWidth: 0 }}
              label={t.serviceUrl}
              placeholder="https://api.bank.example/accounts/{val1}/balance"
              spellCheck={false}
              value={String(definition.url ?? "")}
              onChange={(value) => set("url", value)}
              onBlur={() => editor.left("url")}
              error={errorOf("url")}
            />
          </Group>
          <TokenPlace editor={editor} />
        </Stack>
      </Section>
      <Section number={2} title={t.serviceQuestions} help={t.serviceQuestionsHelp}>
        <Questions editor={editor} carries="val" />
      </Section>
      <Section number={3} title={t.headers}>
        <Stack gap={16}>
          <PairsEdit
            label={t.headers}
            description={t.headersHelp}
            value={definition.headers}
            onChange={(value) => set("headers", value)}
            {...editor.pairs("headers")}
            read={(typed) => typed}
          />
          <PairsEdit
            label={t.query}
            description={t.queryHelp}
            value={definition.query}
            onChange={(value) => set("query", value)}
            {...editor.pairs("query")}
          />
          {method !== "GET" && <Body editor={editor} />}
        </Stack>
      </Section>
      <Section number={4} title={t.saveVariables} help={t.saveHelp}>
        <PairsEdit
          label={t.saveVariables}
          names={t.variable}
          values={t.pathInAnswer}
          value={definition.save}
          onChange={(value) => set("save", value)}
          {...editor.pairs("save")}
          read={(typed) => typed}
        />
      </Section>
      <More title={t.moreService} help={t.moreServiceHelp}>
        <ServiceMore editor={editor} />
      </More>
    </ComponentFrame>
  );
}

/** `{authtoken}` by a button: which place, and why. */
function TokenPlace({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const { definition } = editor;
  const tokens = editor.draft.file.components.filter((one) => one.kind === "authorization_tokens");
  const places = tokenPlaces(definition);
  const name = (id: string | undefined) => (tokens.length > 1 && id ? `{authtoken:${id}}` : "{authtoken}");
  const inHeader = (id?: string) =>
    editor.set("headers", {
      ...(isRecord(definition.headers) ? definition.headers : {}),
      Authorization: `Bearer ${name(id)}`,
    });
  const inJson = (id?: string) =>
    editor.set("json", { ...(isRecord(definition.json) ? definition.json : {}), token: name(id) });
  const inUrl = (id?: string) =>
    editor.set(
      "url",
      `${String(definition.url ?? "")}${String(definition.url ?? "").includes("?") ? "&" : "?"}token=${name(id)}`,
    );
  const choices = tokens.length > 1 ? tokens.map((one) => one.id) : [undefined];
  const mayJson =
    definition.method !== undefined &&
    definition.method !== "GET" &&
    definition.form === undefined &&
    definition.body === undefined;
  return (
    <Stack gap={4}>
      <Group gap={8}>
        <Menu position="bottom-start" width={300}>
          <Menu.Target>
            <Button size="compact-sm" variant="default" leftSection={<IconKey size={14} />}>
              {"{authtoken}"}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t.authtokenHelp}</Menu.Label>
            {choices.map((id) => (
              <div key={id ?? ""}>
                {id && <Menu.Label className="mono">{id}</Menu.Label>}
                <Menu.Item onClick={() => inHeader(id)}>{t.authtokenHeader}</Menu.Item>
                {mayJson && <Menu.Item onClick={() => inJson(id)}>{t.authtokenJson}</Menu.Item>}
                <Menu.Item onClick={() => inUrl(id)}>
                  {t.authtokenUrl}
                  <Text size="xs" c="dimmed">
                    {t.authtokenUrlWhy}
                  </Text>
                </Menu.Item>
              </div>
            ))}
          </Menu.Dropdown>
        </Menu>
        {places.length > 0 && (
          <span className={classes.note}>
            {places.includes("url") && <IconAlertTriangle size={16} color="var(--bad)" aria-hidden />}
            {t.authtokenIs(
              places.includes("url") ? t.inUrl : places.includes("header") ? t.inHeader : t.inBody,
            )}
          </span>
        )}
      </Group>
    </Stack>
  );
}

function tokenPlaces(definition: Definition): ("url" | "header" | "body")[] {
  const has = (value: unknown) => /\{authtoken[:}]/.test(JSON.stringify(value ?? ""));
  return [
    ...(has(definition.url) || has(definition.query) ? (["url"] as const) : []),
    ...(has(definition.headers) ? (["header"] as const) : []),
    ...(has(definition.json) || has(definition.form) || has(definition.body) ? (["body"] as const) : []),
  ];
}

function Body({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const { definition, errorOf } = editor;
  const kind =
    definition.json !== undefined
      ? "json"
      : definition.form !== undefined
        ? "form"
        : definition.body !== undefined
          ? "body"
          : "none";
  const [kept, setKept] = useState<Definition>({});
  const choose = (next: string) => {
    const { json, form, body, ...rest } = definition;
    setKept({
      ...kept,
      ...(json !== undefined && { json }),
      ...(form !== undefined && { form }),
      ...(body !== undefined && { body }),
    });
    editor.replace(next === "none" ? rest : { ...rest, [next]: kept[next] ?? (next === "body" ? "" : {}) });
  };
  return (
    <Stack gap={8}>
      <Text size="sm" fw={500} id="body-kind">
        {t.body}
      </Text>
      <SegmentedControl
        aria-labelledby="body-kind"
        size="xs"
        value={kind}
        onChange={choose}
        data={[
          { value: "none", label: t.bodyNone },
          { value: "json", label: t.bodyJson },
          { value: "form", label: t.bodyForm },
          { value: "body", label: t.bodyText },
        ]}
      />
      {kind === "json" && (
        <JsonField
          label={t.bodyJson}
          description={t.jsonHelp}
          value={definition.json}
          onChange={(value) => editor.set("json", value)}
          error={editor.errorIn("json")}
          unfinished={editor.unfinished("json")}
          onUnfinished={(text) => editor.keep("json", text)}
        />
      )}
      {kind === "form" && (
        <PairsEdit
          label={t.formFields}
          value={definition.form}
          onChange={(value) => editor.set("form", value ?? {})}
          {...editor.pairs("form")}
        />
      )}
      {kind === "body" && (
        <>
          <LineInput
            label={t.contentType}
            placeholder="text/plain; charset=utf-8"
            value={String(definition.content_type ?? "")}
            onChange={(value) => editor.set("content_type", value || undefined)}
            error={errorOf("content_type")}
          />
          <AreaInput
            label={t.bodyText}
            minRows={4}
            value={String(definition.body ?? "")}
            onChange={(value) => editor.set("body", value)}
            error={errorOf("body")}
          />
        </>
      )}
    </Stack>
  );
}

function serviceErrors(
  definition: Definition,
  taken: string[],
  language: "en" | "es",
  questionNeeded: string,
): Errors {
  const w = validationWords(language);
  const errors: Errors = {};
  const id = checkId(String(definition.id ?? ""), taken, w);
  if (id) errors.id = id;
  const url = checkUrl(String(definition.url ?? ""), w);
  if (url) errors.url = url;
  for (const [at, question] of questionsOf(definition).entries()) {
    if (shownText(question.question).trim() === "") errors[`questions[${at}].question`] = questionNeeded;
  }
  return errors;
}
