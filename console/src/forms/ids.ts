/** Whether a text may be an id: lower-case letters, digits and hyphens, a letter first, at most 64 characters. */
export function isId(text: string): boolean {
  return /^[a-z](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(text);
}

/** The id that a name suggests: `Demo Bank, España` is `demo-bank-espana`. */
export function idOf(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 63);
}

/** How many characters an id of a script or a component has at most. */
export const LONGEST_ID = 64;

/** Where the form of a new component is, in the place of an id. No id has a plus sign. */
export const NEW = "+new";
