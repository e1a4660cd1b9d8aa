import { Anchor, NativeSelect, SegmentedControl, SimpleGrid, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { setAt } from "../bot-file/edits.ts";
import { AnswerFields } from "../bot-file/fields/AnswerFields.tsx";
import { LineInput, NumberField } from "../bot-file/fields/inputs.tsx";
import { PairsEdit, plainValue } from "../bot-file/fields/PairsEdit.tsx";
import { TextEdit } from "../bot-file/fields/TextEdit.tsx";
import { type ComponentKind, kindPath, type Step } from "../bot-file/model.ts";
import { isRecord } from "../bot-file/place.ts";
import type { DraftAt } from "../bot-file/useDraft.tsx";
import { NEW } from "../forms/ids.ts";
import { useWords } from "../words/words.tsx";
import { ChoicesEdit } from "./ChoicesEdit.tsx";
import { ConditionEdit } from "./ConditionEdit.tsx";
import { StatusBranches } from "./StatusBranches.tsx";
import { TargetSelect } from "./TargetSelect.tsx";
import { words } from "./words.ts";

interface Props {
  draft: DraftAt;
  step: Step;
  errorOf: (key: string) => string | undefined;
}

/** Every setting of a step, by its kind. What few need is folded under *More* of the field group. */
export function StepFields({ draft, step, errorOf }: Props) {
  const t = useWords(words);
  const { file } = draft;
  const s = step.settings;
  const languages = [...new Set([file.language, ...file.languages])];
  const set = (key: string, value: unknown) =>
    draft.store.edit(setAt([...step.place, key], value), `${step.path}.${key}`);
  const text = (key: string, label: string, help?: string, needed = false) => (
    <TextEdit
      label={label}
      description={help}
      languages={languages}
      value={s[key]}
      error={errorOf(key)}
      onChange={(value) => set(key, !needed && value === "" ? undefined : value)}
    />
  );
  const line = (key: string, label: string, placeholder?: string, needed = false) => (
    <LineInput
      label={label}
      placeholder={placeholder}
      spellCheck={false}
      error={errorOf(key)}
      value={String(s[key] ?? "")}
      onChange={(value) => set(key, !needed && value === "" ? undefined : value)}
    />
  );
  const target = (key: string, label: string, none: string | undefined = "–") => (
    <TargetSelect draft={draft} step={step} at={[key]} label={label} none={none} />
  );
  const save = line("save", t.saveIn, "answer");
  const tries = (
    <NumberField
      label={t.tries}
      placeholder="3"
      min={1}
      max={10}
      allowDecimal={false}
      value={s.tries}
      error={errorOf("tries")}
      onChange={(value) => set("tries", value)}
    />
  );
  switch (step.kind) {
    case "message":
      return text("message", t.text, undefined, true);
    case "media":
      return (
        <>
          {line("media", t.address, "https://…/picture.jpg", true)}
          <NativeSelect
            label={t.mediaType}
            value={String(s.type ?? "")}
            data={[
              { value: "", label: t.byAddress },
              ...(["image", "audio", "video", "document"] as const).map((one) => ({
                value: one,
                label: t[one],
              })),
            ]}
            onChange={(event) => set("type", event.currentTarget.value || undefined)}
          />
          {text("caption", t.caption)}
        </>
      );
    case "location": {
      const place = isRecord(s.location) ? s.location : {};
      const part = (key: string, label: string) => (
        <LineInput
          label={label}
          value={String(place[key] ?? "")}
          onChange={(value) =>
            draft.store.edit(
              setAt([...step.place, "location", key], plainValue(value)),
              `${step.path}.${key}`,
            )
          }
        />
      );
      return (
        <>
          <SimpleGrid cols={2} spacing={8}>
            {part("latitude", t.latitude)}
            {part("longitude", t.longitude)}
          </SimpleGrid>
          {part("name", t.name)}
        </>
      );
    }
    case "link":
      return (
        <>
          {line("link", t.address, "https://…", true)}
          {text("text", t.textAbove)}
          {text("label", t.buttonLabel)}
        </>
      );
    case "card":
    case "options":
      return (
        <>
          {text(step.kind, step.kind === "card" ? t.cardTitle : t.text, undefined, true)}
          {step.kind === "card" && (
            <>
              {text("text", t.text)}
              {line("image", t.picture, "https://…")}
            </>
          )}
          <ChoicesEdit draft={draft} step={step} languages={languages} errorOf={errorOf} />
          <Folded open={s.save !== undefined || s.no_answer !== undefined}>
            {save}
            {text("retry", t.retry, t.retryHelp)}
            {tries}
            {target("no_answer", t.no_answer)}
          </Folded>
        </>
      );
    case "question":
      return (
        <>
          {text("question", t.question, undefined, true)}
          {save}
          <AnswerFields
            settings={s}
            set={set}
            languages={languages}
            keypad={file.channels.length === 0 || file.channels.includes("phone")}
            errorOf={errorOf}
          />
          <Folded open={s.no_answer !== undefined || s.cancelled !== undefined || s.tries !== undefined}>
            {tries}
            {target("no_answer", t.no_answer)}
            {target("cancelled", t.cancelled)}
          </Folded>
        </>
      );
    case "form":
      return (
        <>
          <ComponentSelect
            draft={draft}
            kind="forms"
            value={s.form}
            onChange={(id) => set("form", id)}
            error={errorOf("form")}
          />
          {target("cancelled", t.cancelled)}
        </>
      );
    case "auth_token":
      return (
        <>
          <ComponentSelect
            draft={draft}
            kind="authorization_tokens"
            value={s.auth_token}
            onChange={(id) => set("auth_token", id)}
            error={errorOf("auth_token")}
          />
          {target("failed", t.failedLogin)}
          {target("unavailable", t.unavailable)}
          {target("cancelled", t.cancelled)}
        </>
      );
    case "web_service":
      return (
        <>
          <ComponentSelect
            draft={draft}
            kind="web_services"
            value={s.web_service}
            onChange={(id) => set("web_service", id)}
            error={errorOf("web_service")}
          />
          {target("failed", t.failed)}
          {target("empty", t.empty_)}
          {target("unavailable", t.unavailable)}
          <Folded open={s.cancelled !== undefined || s.status !== undefined}>
            {target("cancelled", t.cancelled)}
            <StatusBranches draft={draft} step={step} />
          </Folded>
        </>
      );
    case "condition":
      return (
        <>
          <ConditionEdit
            value={s.condition}
            variables={file.variables}
            onChange={(value) => set("condition", value)}
            error={errorOf("condition")}
          />
          {target("then", t.then_, t.nextStep)}
          {target("else", t.else, t.nextStep)}
        </>
      );
    case "set":
      return (
        <PairsEdit
          label={t.setVariable}
          description={t.setHelp}
          value={shownSet(s.set)}
          onChange={(value) => set("set", writtenSet(value ?? {}))}
          error={errorOf("set")}
          errorOf={(name) => errorOf(`set.${name}`)}
        />
      );
    case "logout":
      return (
        <NativeSelect
          label={t.logoutOf}
          value={typeof s.logout === "string" ? s.logout : ""}
          data={[
            { value: "", label: t.allTokens },
            ...file.components.filter((one) => one.kind === "authorization_tokens").map((one) => one.id),
          ]}
          onChange={(event) => set("logout", event.currentTarget.value || true)}
        />
      );
    case "run":
      return <TargetSelect draft={draft} step={step} at={["run"]} label={t.whichScript} scriptsOnly />;
    case "jump":
      return <TargetSelect draft={draft} step={step} at={["jump"]} label={t.jumpTo} />;
    case "wait":
      return (
        <NumberField
          label={t.seconds}
          min={0}
          max={3600}
          value={s.wait}
          error={errorOf("wait")}
          onChange={(value) => value !== undefined && set("wait", value)}
        />
      );
    case "transfer":
      return (
        <>
          <SegmentedControl
            aria-label={t.transferTo}
            value={s.transfer === "person" ? "person" : "number"}
            data={[
              { value: "person", label: t.toPerson },
              { value: "number", label: t.toNumber },
            ]}
            onChange={(value) => set("transfer", value === "person" ? "person" : "")}
          />
          {s.transfer !== "person" && line("transfer", t.number, "+1 555 0100", true)}
          {text("text", t.saidBefore)}
        </>
      );
    case "end":
      return <Text size="sm">{t.end_}</Text>;
    default:
      return <Text size="sm">{t.unknown}</Text>;
  }
}

function Folded({ open, children }: { open: boolean; children: ReactNode }) {
  const t = useWords(words);
  const [shown, setShown] = useState(open);
  if (shown) return <Stack gap={16}>{children}</Stack>;
  return (
    <Anchor component="button" type="button" size="sm" ta="left" onClick={() => setShown(true)}>
      {t.more}: {t.branches.toLowerCase()}, {t.tries.toLowerCase()}
    </Anchor>
  );
}

function ComponentSelect({
  draft,
  kind,
  value,
  onChange,
  error,
}: {
  draft: DraftAt;
  kind: ComponentKind;
  value: unknown;
  onChange: (id: string) => void;
  error?: string;
}) {
  const t = useWords(words);
  const id = String(value ?? "");
  const ids = draft.file.components.filter((one) => one.kind === kind).map((one) => one.id);
  return (
    <Stack gap={4}>
      <NativeSelect
        label={t.whichComponent}
        data={[...new Set([...ids, id])]}
        value={id}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <Anchor
        size="xs"
        renderRoot={(props) => (
          <Link
            to={`/w/$workspace/bots/$bot/${kindPath(kind)}/$id`}
            params={{ workspace: draft.workspace, bot: draft.bot, id: ids.includes(id) ? id : NEW }}
            {...props}
          />
        )}
      >
        {ids.includes(id) ? t.openComponent : t.createOne}
      </Anchor>
    </Stack>
  );
}

function shownSet(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      isRecord(entry) && typeof entry.expression === "string" ? `= ${entry.expression}` : entry,
    ]),
  );
}

function writtenSet(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [
      name,
      typeof entry === "string" && entry.startsWith("=") ? { expression: entry.slice(1).trim() } : entry,
    ]),
  );
}
