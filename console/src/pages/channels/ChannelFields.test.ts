import { expect, test } from "vitest";
import type { ChannelField } from "../../api/contract.ts";
import { filled, missing, startValues } from "./ChannelFields.tsx";

const field = (name: string, more: Partial<ChannelField> = {}): ChannelField => ({
  name,
  label: name,
  help: "",
  secret: false,
  required: false,
  form: "text",
  ...more,
});
const fields = [
  field("from"),
  field("send.url", { required: true }),
  field("send.method", { default: "POST" }),
  field("receive.key", { secret: true, required: true }),
];

test("names with dots lead into objects and come back whole", () => {
  const values = startValues(fields, { "send.url": "https://gate.example" });
  expect(values).toEqual({
    settings: { from: "", send: { url: "https://gate.example", method: "POST" } },
    secrets: { receive: { key: "" } },
  });
  expect(filled(fields, false, values.settings)).toEqual({
    "send.url": "https://gate.example",
    "send.method": "POST",
  });
});

test("what is emptied is not sent, so that the server forgets it", () => {
  expect(filled(fields, false, { from: "", send: { url: "u", method: "" } })).toEqual({ "send.url": "u" });
});

test("needed fields are missed; a secret that is set is not", () => {
  const values = { name: "SMS", bot: "", ...startValues(fields) };
  expect(Object.keys(missing(fields, values, "needed"))).toEqual([
    "settings.send.url",
    "secrets.receive.key",
  ]);
  expect(Object.keys(missing(fields, values, "needed", { "receive.key": { set: true } }))).toEqual([
    "settings.send.url",
  ]);
});
