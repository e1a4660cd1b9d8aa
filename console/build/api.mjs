// Writes `src/api/schema.ts`, the types of the API, from its description: `npm run api`.
//
// The description lets what need not be there also be `null`; the server leaves it out. So is it here: a page asks for
// one kind of absence.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const HEAD = "// Written by `npm run api` from api/openapi.json. Change that, not this.\n\n";

/** The types of a description of the API, as text. */
export async function typesOf(description) {
  return HEAD + astToString(await openapiTS(present(structuredClone(description))));
}

function present(value) {
  if (Array.isArray(value)) return value.map(present);
  if (typeof value !== "object" || value === null) return value;
  const found = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, present(inner)]));
  if (found.type === "object" && found.properties === undefined && found.additionalProperties === undefined) {
    found.additionalProperties = true;
  }
  // The types of openapi-fetch make a tuple a list.
  if (found.prefixItems) return { type: "array", items: found.prefixItems[0] };
  if (typeof found.properties === "object") {
    const required = Array.isArray(found.required) ? found.required : [];
    for (const [name, schema] of Object.entries(found.properties)) {
      if (!required.includes(name)) found.properties[name] = withoutNull(schema);
    }
  }
  if (found.in === "query" && !found.required) found.schema = withoutNull(found.schema);
  return found;
}

function withoutNull(schema) {
  if (Array.isArray(schema.type)) {
    const type = schema.type.filter((one) => one !== "null");
    return { ...schema, type: type.length === 1 ? type[0] : type };
  }
  if (!Array.isArray(schema.oneOf)) return schema;
  const rest = schema.oneOf.filter((one) => one.type !== "null");
  const { oneOf: _, ...around } = schema;
  return rest.length === 1 ? { ...around, ...rest[0] } : { ...schema, oneOf: rest };
}

/** What is written, for the test that compares. */
export const WRITTEN = new URL("../src/api/schema.ts", import.meta.url);
export const DESCRIPTION = new URL("../../api/openapi.json", import.meta.url);

if (process.argv[1]?.endsWith("build/api.mjs")) {
  writeFileSync(
    WRITTEN,
    await typesOf(JSON.parse(readFileSync(process.env.DESCRIPTION ?? DESCRIPTION, "utf8"))),
  );
}
