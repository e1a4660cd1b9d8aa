import { Checkbox, NativeSelect, Stack, Text } from "@mantine/core";
import fields from "../bot-file/fields/fields.module.css";
import { AreaInput, LineInput, NumberField } from "../bot-file/fields/inputs.tsx";
import { PairsEdit } from "../bot-file/fields/PairsEdit.tsx";
import { TextEdit } from "../bot-file/fields/TextEdit.tsx";
import { listOf } from "../bot-file/model.ts";
import { isRecord } from "../bot-file/place.ts";
import { useWords } from "../words/words.tsx";
import { languagesOf } from "./Questions.tsx";
import { Signs } from "./Signs.tsx";
import type { ComponentEditor, Definition } from "./useComponent.ts";
import { words } from "./words.ts";

/** Everything of a login that the seed does not name; each has a default that is good for most. */
export function TokenMore({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const { definition, set, errorOf } = editor;
  const languages = languagesOf(editor);
  const text = (key: string, label: string) => (
    <TextEdit
      label={label}
      description={t.platformSays}
      languages={languages}
      value={definition[key]}
      onChange={(value) => set(key, value === "" ? undefined : value)}
      error={editor.errorIn(key)}
    />
  );
  const line = (key: string, label: string, help: string, placeholder: string) => (
    <LineInput
      label={label}
      description={help}
      placeholder={placeholder}
      spellCheck={false}
      value={String(definition[key] ?? "")}
      onChange={(value) => set(key, value || undefined)}
      onBlur={() => editor.left(key)}
      error={errorOf(key)}
    />
  );
  const services = editor.draft.file.components
    .filter((one) => one.kind === "web_services")
    .map((one) => one.id);
  return (
    <>
      <PairsEdit
        label={t.headers}
        description={t.headersHelp}
        value={definition.headers}
        onChange={(value) => set("headers", value)}
        {...editor.pairs("headers")}
        read={(typed) => typed}
      />
      {definition.method !== "GET" && (
        <NativeSelect
          label={t.encoding}
          value={String(definition.encoding ?? "json")}
          data={[
            { value: "json", label: t.encodingJson },
            { value: "form", label: t.encodingForm },
          ]}
          onChange={(event) =>
            set("encoding", event.currentTarget.value === "json" ? undefined : event.currentTarget.value)
          }
        />
      )}
      {line("expires_in_path", t.expiresIn, t.expiresInHelp, "data.expires_in")}
      <Refresh editor={editor} />
      <Signs
        label={t.dead}
        help={t.deadHelp}
        value={definition.expired_when}
        onChange={(value) => set("expired_when", value)}
        error={editor.errorIn("expired_when")}
      />
      <AreaInput
        label={t.sendTo}
        description={t.sendToHelp}
        placeholder="https://api.bank.example"
        spellCheck={false}
        value={listOf(definition.send_to).map(String).join("\n")}
        onChange={(typed) => {
          const origins = typed.split("\n").map((one) => one.trim());
          const kept = typed.endsWith("\n") ? origins : origins.filter((one) => one !== "");
          set(
            "send_to",
            kept.length === 0 || typed.trim() === "" ? undefined : kept.length === 1 ? kept[0] : kept,
          );
        }}
        onBlur={() => {
          const kept = listOf(definition.send_to).filter((one) => one !== "");
          set("send_to", kept.length === 0 ? undefined : kept.length === 1 ? kept[0] : kept);
        }}
        error={editor.errorIn("send_to")}
      />
      <div className={fields.two}>
        <NativeSelect
          label={t.ask}
          value={String(definition.ask ?? "in_chat")}
          data={[
            { value: "in_chat", label: t.askChat },
            { value: "secure_page", label: t.askPage },
          ]}
          onChange={(event) =>
            set("ask", event.currentTarget.value === "in_chat" ? undefined : event.currentTarget.value)
          }
        />
        <NativeSelect
          label={t.scope}
          value={String(definition.scope ?? "contact")}
          data={[
            { value: "contact", label: t.scopeContact },
            { value: "call", label: t.scopeCall },
          ]}
          onChange={(event) =>
            set("scope", event.currentTarget.value === "contact" ? undefined : event.currentTarget.value)
          }
        />
        <NumberField
          label={t.attempts}
          description={t.attemptsHelp}
          placeholder="3"
          min={1}
          max={10}
          allowDecimal={false}
          value={definition.attempts}
          onChange={(value) => set("attempts", value)}
          error={errorOf("attempts")}
        />
        <NativeSelect
          label={t.before}
          description={t.beforeHelp}
          value={String(definition.before ?? "")}
          data={[
            { value: "", label: t.beforeNone },
            ...[
              ...new Set([
                ...services,
                ...(typeof definition.before === "string" ? [definition.before] : []),
              ]),
            ].map((id) => ({ value: id, label: id })),
          ]}
          onChange={(event) => set("before", event.currentTarget.value || undefined)}
          error={errorOf("before")}
        />
      </div>
      <Stack gap={12} role="group" aria-label={t.texts}>
        <Text size="sm" fw={600}>
          {t.texts}
        </Text>
        {text("failed", t.failedText)}
        {text("unavailable", t.unavailableText)}
        {text("prompt_expired", t.expiredText)}
      </Stack>
    </>
  );
}

function Refresh({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const refresh: Definition | undefined = isRecord(editor.definition.refresh)
    ? editor.definition.refresh
    : undefined;
  const put = (key: string, value: unknown) => {
    const { [key]: _, ...rest } = refresh ?? {};
    editor.set("refresh", value === undefined ? rest : { ...refresh, [key]: value });
  };
  const line = (key: string, label: string, help: string | undefined, placeholder: string) => (
    <LineInput
      label={label}
      description={help}
      placeholder={placeholder}
      spellCheck={false}
      value={String(refresh?.[key] ?? "")}
      onChange={(value) => put(key, value || undefined)}
      error={editor.errorOf(`refresh.${key}`)}
    />
  );
  return (
    <Stack gap={12}>
      <Checkbox
        label={t.refresh}
        checked={refresh !== undefined}
        onChange={(event) =>
          editor.set("refresh", event.currentTarget.checked ? { token_path: "refresh_token" } : undefined)
        }
      />
      {refresh && (
        <Stack gap={12} pl={32}>
          {line("token_path", t.refreshPath, undefined, "data.refresh_token")}
          {line("url", t.refreshUrl, t.refreshUrlHelp, "https://bank.example/refresh")}
          <PairsEdit
            label={t.refreshFields}
            description={t.refreshFieldsHelp}
            value={refresh.fields}
            onChange={(value) => put("fields", value)}
            {...editor.pairs("refresh.fields")}
          />
          <PairsEdit
            label={t.headers}
            value={refresh.headers}
            onChange={(value) => put("headers", value)}
            {...editor.pairs("refresh.headers")}
            read={(typed) => typed}
          />
        </Stack>
      )}
    </Stack>
  );
}
