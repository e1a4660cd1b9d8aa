import { Checkbox, Stack } from "@mantine/core";
import fields from "../bot-file/fields/fields.module.css";
import { LineInput, NumberField } from "../bot-file/fields/inputs.tsx";
import { TextEdit } from "../bot-file/fields/TextEdit.tsx";
import { isRecord } from "../bot-file/place.ts";
import { useWords } from "../words/words.tsx";
import { languagesOf } from "./Questions.tsx";
import { Signs } from "./Signs.tsx";
import type { ComponentEditor, Definition } from "./useComponent.ts";
import { words } from "./words.ts";

/** What most calls do not need: lists, good answers, time-outs, retries. */
export function ServiceMore({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const { definition, set, errorOf } = editor;
  const key = definition.idempotency_key;
  const number = (name: string, label: string, help: string, placeholder: string, max: number) => (
    <NumberField
      label={label}
      description={help}
      placeholder={placeholder}
      min={0}
      max={max}
      value={definition[name]}
      onChange={(value) => set(name, value)}
      error={errorOf(name)}
    />
  );
  return (
    <>
      <Each editor={editor} />
      <Signs
        label={t.okWhen}
        help={t.okWhenHelp}
        value={definition.ok_when}
        onChange={(value) => set("ok_when", value)}
        error={editor.errorIn("ok_when")}
      />
      <div className={fields.three}>
        {number("timeout", t.timeout, t.timeoutHelp, "10", 120)}
        {number(
          "retries",
          t.retries,
          t.retriesHelp,
          definition.method === undefined || definition.method === "GET" ? "2" : "0",
          5,
        )}
        {number("fresh_login", t.freshLogin, t.freshLoginHelp, "–", 2_592_000)}
      </div>
      <Stack gap={8}>
        <Checkbox
          label={t.idempotency}
          description={t.idempotencyHelp}
          checked={key === true || typeof key === "string"}
          onChange={(event) => set("idempotency_key", event.currentTarget.checked ? true : undefined)}
        />
        {(key === true || typeof key === "string") && (
          <LineInput
            label={t.idempotencyHeader}
            placeholder="Idempotency-Key"
            maw={320}
            value={typeof key === "string" ? key : ""}
            onChange={(value) => set("idempotency_key", value || true)}
            error={errorOf("idempotency_key")}
          />
        )}
      </Stack>
    </>
  );
}

function Each({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const each: Definition | undefined = isRecord(editor.definition.each) ? editor.definition.each : undefined;
  const put = (key: string, value: unknown) => {
    const { [key]: _, ...rest } = each ?? {};
    editor.set("each", value === undefined ? rest : { ...each, [key]: value });
  };
  return (
    <Stack gap={12}>
      <Checkbox
        label={t.each}
        checked={each !== undefined}
        onChange={(event) =>
          editor.set(
            "each",
            event.currentTarget.checked ? { list: "", line: "{item}", save: "lines" } : undefined,
          )
        }
      />
      {each && (
        <Stack gap={12} pl={32}>
          <LineInput
            label={t.eachList}
            placeholder="transactions"
            spellCheck={false}
            value={String(each.list ?? "")}
            onChange={(value) => put("list", value)}
            error={editor.errorOf("each.list")}
          />
          <TextEdit
            label={t.eachLine}
            description={t.eachLineHelp}
            languages={languagesOf(editor)}
            value={each.line}
            onChange={(value) => put("line", value)}
            error={editor.errorIn("each.line")}
          />
          <div className={fields.three}>
            <LineInput
              label={t.eachSave}
              placeholder="lines"
              value={String(each.save ?? "")}
              onChange={(value) => put("save", value)}
              error={editor.errorOf("each.save")}
            />
            <NumberField
              label={t.eachLimit}
              placeholder="10"
              min={1}
              max={100}
              allowDecimal={false}
              value={each.limit}
              onChange={(value) => put("limit", value)}
              error={editor.errorOf("each.limit")}
            />
            <LineInput
              label={t.eachSeparator}
              placeholder="⏎"
              value={String(each.separator ?? "")}
              onChange={(value) => put("separator", value || undefined)}
            />
          </div>
        </Stack>
      )}
    </Stack>
  );
}
