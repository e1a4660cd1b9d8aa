import { Checkbox, Textarea, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ChannelField } from "../../api/contract.ts";
import { PasswordInput } from "../../ui/PasswordInput.tsx";
import { useWords } from "../../words/words.tsx";
import { words } from "./words.ts";

/** Values by name. A dot in a name leads into an object: the form of Mantine has them so. */
export type Values = { [name: string]: string | Values };

export interface ChannelValues extends Record<string, unknown> {
  name: string;
  bot: string;
  settings: Values;
  secrets: Values;
}

interface Props {
  form: UseFormReturnType<ChannelValues>;
  fields: ChannelField[];
  /** Which secrets are set already. */
  set?: Record<string, { set: boolean }>;
}

/** The fields that a provider asks for. A secret that is set is never shown, only replaced. */
export function ChannelFields({ form, fields, set }: Props) {
  const t = useWords(words);
  return fields.map(({ name, label, help, secret, required, form: shape }) => {
    const path = `${secret ? "secrets" : "settings"}.${name}`;
    const common = { label, description: help };
    if (secret) {
      return (
        <PasswordInput
          key={name}
          {...common}
          required={required && !set?.[name]?.set}
          placeholder={set ? (set[name]?.set ? t.secretSet : t.secretMissing) : undefined}
          autoComplete="off"
          {...form.getInputProps(path)}
        />
      );
    }
    if (shape === "flag") {
      return (
        <Checkbox
          key={name}
          {...common}
          checked={fieldValue(form.getValues().settings, name) === "true"}
          error={form.errors[path]}
          onChange={(event) => form.setFieldValue(path, event.currentTarget.checked ? "true" : "false")}
        />
      );
    }
    const Input = shape === "table" ? Textarea : TextInput;
    return (
      <Input key={name} {...common} required={required} autoComplete="off" {...form.getInputProps(path)} />
    );
  });
}

/** What stands in the fields at first. */
export function startValues(
  fields: ChannelField[],
  settings: Record<string, string> = {},
): Pick<ChannelValues, "settings" | "secrets"> {
  const of = (secret: boolean, value: (field: ChannelField) => string) =>
    nested(fields.filter((field) => field.secret === secret).map((field) => [field.name, value(field)]));
  return {
    settings: of(false, (field) => settings[field.name] ?? field.default ?? ""),
    secrets: of(true, () => ""),
  };
}

/** By the names of the fields, without those that were left empty. */
export function filled(fields: ChannelField[], secret: boolean, values: Values): Record<string, string> {
  return Object.fromEntries(
    fields
      .filter((field) => field.secret === secret)
      .map(({ name }) => [name, fieldValue(values, name)] as const)
      .filter(([, value]) => value !== ""),
  );
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
    const value = fieldValue(secret ? values.secrets : values.settings, name);
    if (!value.trim()) errors[`${secret ? "secrets" : "settings"}.${name}`] = said;
  }
  return errors;
}

function nested(pairs: [string, string][]): Values {
  const all: Values = {};
  for (const [name, value] of pairs) {
    const parts = name.split(".");
    const last = parts.pop() ?? name;
    let at = all;
    for (const part of parts) {
      const inner = at[part];
      const next: Values = typeof inner === "object" ? inner : {};
      at[part] = next;
      at = next;
    }
    at[last] = value;
  }
  return all;
}

function fieldValue(values: Values, name: string): string {
  const found = name
    .split(".")
    .reduce<string | Values | undefined>(
      (at, part) => (typeof at === "object" ? at[part] : undefined),
      values,
    );
  return typeof found === "string" ? found : "";
}
