import { PasswordInput, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ChannelField } from "../../api/contract.ts";
import { useWords } from "../../words/words.tsx";
import { words } from "./words.ts";

export interface ChannelValues extends Record<string, unknown> {
  name: string;
  bot: string;
  settings: Record<string, string>;
  secrets: Record<string, string>;
}

interface Props {
  form: UseFormReturnType<ChannelValues>;
  fields: ChannelField[];
  /** Which secrets are set already. */
  set?: Record<string, { set: boolean }>;
  readOnly?: boolean;
}

/** The fields that a provider asks for. A secret that is set is never shown, only replaced. */
export function ChannelFields({ form, fields, set, readOnly }: Props) {
  const t = useWords(words);
  return fields.map(({ name, label, help, secret, required }) =>
    secret ? (
      <PasswordInput
        key={name}
        label={label}
        description={help}
        required={required && !set?.[name]?.set}
        placeholder={set ? (set[name]?.set ? t.secretSet : t.secretMissing) : undefined}
        autoComplete="off"
        readOnly={readOnly}
        {...form.getInputProps(`secrets.${name}`)}
      />
    ) : (
      <TextInput
        key={name}
        label={label}
        description={help}
        required={required}
        autoComplete="off"
        readOnly={readOnly}
        {...form.getInputProps(`settings.${name}`)}
      />
    ),
  );
}

/** What stands in the fields at first. */
export function startValues(
  fields: ChannelField[],
  settings: Record<string, unknown> = {},
): Pick<ChannelValues, "settings" | "secrets"> {
  const text = (value: unknown) => (value === undefined || value === null ? "" : String(value));
  const open = fields.filter(({ secret }) => !secret);
  const secret = fields.filter((field) => field.secret);
  return {
    settings: Object.fromEntries(
      open.map(({ name, default: given }) => [name, text(settings[name] ?? given)]),
    ),
    secrets: Object.fromEntries(secret.map(({ name }) => [name, ""])),
  };
}

/** Without the fields that were left empty. */
export function filled(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

/** Which needed fields are empty, as errors of the form. */
export function missing(
  fields: ChannelField[],
  values: ChannelValues,
  said: string,
  set?: Record<string, { set: boolean }>,
): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { name, secret, required } of fields) {
    if (!required || (secret && set?.[name]?.set)) continue;
    const value = (secret ? values.secrets : values.settings)[name];
    if (!value?.trim()) errors[`${secret ? "secrets" : "settings"}.${name}`] = said;
  }
  return errors;
}
