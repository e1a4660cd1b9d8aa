import { NativeSelect, Stack } from "@mantine/core";
import { useWords } from "../../words/words.tsx";
import { isRecord } from "../place.ts";
import fields from "./fields.module.css";
import { AreaInput, LineInput, NumberField } from "./inputs.tsx";
import { TextEdit } from "./TextEdit.tsx";
import { fieldWords } from "./words.ts";

export const LOGIN_KINDS = ["text", "number", "email", "phone", "digits", "code"] as const;
export const ALL_KINDS = [...LOGIN_KINDS, "date", "url", "location", "file", "choice", "pattern"] as const;

type Settings = Record<string, unknown>;

interface Props {
  settings: Settings;
  /** Gives one key a value; undefined takes it away. */
  set: (key: string, value: unknown) => void;
  languages: readonly string[];
  kinds?: readonly string[];
  /** The keypad is shown for bots that are called. */
  keypad?: boolean;
  errorOf?: (key: string) => string | undefined;
}

/** Which answers a question accepts: kind, length, bounds, choices, what is said otherwise. */
export function AnswerFields({
  settings,
  set,
  languages,
  kinds = ALL_KINDS,
  keypad = true,
  errorOf = () => undefined,
}: Props) {
  const t = useWords(fieldWords);
  const kind = typeof settings.kind === "string" ? settings.kind : "text";
  const length = settings.length;
  const range = isRecord(length) ? length : { min: length, max: length };
  const setLength = (min: unknown, max: unknown) =>
    set(
      "length",
      min === undefined && max === undefined
        ? undefined
        : min === max
          ? min
          : { ...(min !== undefined && { min }), ...(max !== undefined && { max }) },
    );
  const words = t as unknown as Record<string, string>;
  return (
    <Stack gap={12}>
      <NativeSelect
        label={t.kind}
        value={kind}
        error={errorOf("kind")}
        data={[...new Set([...kinds, kind])].map((one) => ({
          value: one,
          label: words[`kind_${one}`] ?? one,
        }))}
        onChange={(event) =>
          set("kind", event.currentTarget.value === "text" ? undefined : event.currentTarget.value)
        }
      />
      {["text", "digits", "code", "pattern"].includes(kind) && (
        <div className={fields.pair}>
          <NumberField
            label={t.lengthMin}
            description={t.length}
            value={range.min}
            error={errorOf("length")}
            min={1}
            max={4000}
            allowDecimal={false}
            onChange={(min) => setLength(min, range.max)}
          />
          <NumberField
            label={t.lengthMax}
            description={t.length}
            value={range.max}
            min={1}
            max={4000}
            allowDecimal={false}
            onChange={(max) => setLength(range.min, max)}
          />
        </div>
      )}
      {kind === "number" && (
        <div className={fields.pair}>
          <NumberField
            label={t.min}
            value={settings.min}
            error={errorOf("min")}
            onChange={(value) => set("min", value)}
          />
          <NumberField
            label={t.max}
            value={settings.max}
            error={errorOf("max")}
            onChange={(value) => set("max", value)}
          />
        </div>
      )}
      {kind === "pattern" && (
        <LineInput
          label={t.pattern}
          description={t.patternHelp}
          error={errorOf("pattern")}
          value={String(settings.pattern ?? "")}
          onChange={(value) => set("pattern", value || undefined)}
        />
      )}
      {kind === "choice" && (
        <PlainChoices
          value={settings.choices}
          onChange={(value) => set("choices", value)}
          error={errorOf("choices")}
        />
      )}
      <TextEdit
        label={t.retry}
        description={t.retryHelp}
        languages={languages}
        value={settings.retry}
        onChange={(value) => set("retry", value || undefined)}
        error={errorOf("retry")}
      />
      {keypad && (kind === "digits" || kind === "code" || kind === "number" || isRecord(settings.keypad)) && (
        <KeypadFields
          value={settings.keypad}
          onChange={(value) => set("keypad", value)}
          errorOf={(key) => errorOf(`keypad.${key}`)}
        />
      )}
    </Stack>
  );
}

function PlainChoices({
  value,
  onChange,
  error,
}: {
  value: unknown;
  onChange: (value: unknown) => void;
  error?: string;
}) {
  const t = useWords(fieldWords);
  const list = Array.isArray(value) ? value : [];
  const lines = list.map((choice) =>
    isRecord(choice)
      ? typeof choice.label === "string"
        ? choice.label
        : JSON.stringify(choice.label)
      : String(choice),
  );
  const tell = (text: string) =>
    onChange(
      text
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => list[lines.indexOf(line.trim())] ?? line.trim()),
    );
  return (
    <AreaInput
      label={t.choices}
      description={t.choicesHelp}
      error={error}
      minRows={3}
      value={lines.join("\n")}
      onChange={tell}
    />
  );
}

interface KeypadProps {
  value: unknown;
  onChange: (value: Settings | undefined) => void;
  errorOf?: (key: string) => string | undefined;
}

/** How the keypad of a phone takes an answer. */
export function KeypadFields({ value, onChange, errorOf = () => undefined }: KeypadProps) {
  const t = useWords(fieldWords);
  const keypad = isRecord(value) ? value : {};
  const set = (key: string, next: unknown) => {
    const { [key]: _, ...rest } = keypad;
    const whole = next === undefined ? rest : { ...keypad, [key]: next };
    onChange(Object.keys(whole).length === 0 ? undefined : whole);
  };
  const number = (
    key: string,
    label: string,
    placeholder: string,
    min: number,
    max: number,
    decimals = false,
  ) => (
    <NumberField
      label={label}
      placeholder={placeholder}
      value={keypad[key]}
      min={min}
      max={max}
      allowDecimal={decimals}
      clampBehavior="none"
      error={errorOf(key) ?? outside(keypad[key], min, max, t.between_)}
      onChange={(next) => set(key, next)}
    />
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of fields inside of the fieldset of the form
    <div role="group" aria-label={t.keypad}>
      <div className={fields.three}>
        {number("digits", t.digits, "–", 1, 32)}
        {number("min", t.fewest, "1", 1, 32)}
        {number("max", t.most, "32", 1, 32)}
        <NativeSelect
          label={t.finish}
          value={String(keypad.finish_key ?? "#")}
          data={[
            ...["#", "*", ..."0123456789"].map((key) => ({ value: key, label: key })),
            { value: "none", label: t.noFinish },
          ]}
          onChange={(event) =>
            set("finish_key", event.currentTarget.value === "#" ? undefined : event.currentTarget.value)
          }
        />
        {number("first_digit_timeout", t.first, "8", 1, 60, true)}
        {number("between_digits_timeout", t.between, "4", 1, 60, true)}
        {number("tries", t.tries, "3", 1, 10)}
      </div>
    </div>
  );
}

function outside(
  value: unknown,
  min: number,
  max: number,
  say: (min: number, max: number) => string,
): string | undefined {
  return typeof value === "number" && (value < min || value > max) ? say(min, max) : undefined;
}
