/** A row of a map that is not in the file yet. */
export interface Row {
  name: string;
  value: string;
  /** It was left, so that what is wrong with it shows. */
  left?: boolean;
}

/** What is typed of a map and cannot be written into it yet. */
export interface Rows {
  fresh: readonly Row[];
  /** Names that rows of the map cannot have, by the position of the row. */
  names: Readonly<Record<number, string>>;
}

export const NO_ROWS: Rows = { fresh: [], names: {} };

/** Whether something was typed that would be lost. */
export function areUnfinished({ fresh, names }: Rows): boolean {
  return Object.keys(names).length > 0 || fresh.some(({ name, value }) => name !== "" || value !== "");
}

/** Why a row cannot be written yet. */
export function wrongWith(
  { name, value }: Row,
  taken: readonly string[],
): "nameNeeded" | "valueNeeded" | "nameTwice" | undefined {
  if (name === "") return value === "" ? undefined : "nameNeeded";
  if (taken.includes(name)) return "nameTwice";
  return value === "" ? "valueNeeded" : undefined;
}
