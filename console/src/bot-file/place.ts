/** Where something stands in a bot file, as keys and positions: `["scripts", 0, "steps", 1]`. */
export type Place = readonly (string | number)[];

const LISTS_WITH_IDS = ["scripts", "authorization_tokens", "web_services", "forms"];

/** What a place reads its ids from; the plain value of the file. */
type Plain = unknown;

/**
 * Writes a place as the check does: `scripts.balance.steps[1].go`. Scripts and components go by their id, so that a path
 * keeps its meaning when something is added above.
 */
export function pathOf(file: Plain, place: Place): string {
  let text = "";
  for (const [depth, key] of place.entries()) {
    if (typeof key === "string") {
      text += text === "" ? key : `.${key}`;
      continue;
    }
    const id = depth === 1 && isIdList(place[0]) ? idAt(file, place[0], key) : undefined;
    text += id === undefined ? `[${key}]` : `.${id}`;
  }
  return text;
}

/** Reads a path of the check. Stops at the last part that the file has, so that a problem always leads somewhere. */
export function placeOf(file: Plain, path: string): Place {
  const parts = path.match(/[^.[\]]+|\[\d+\]/g) ?? [];
  const place: (string | number)[] = [];
  let at: unknown = file;
  for (const part of parts) {
    const key = keyOf(at, part, place.length === 1 && isIdList(place[0]));
    if (key === undefined) break;
    place.push(key);
    at = (at as Record<string | number, unknown>)[key];
  }
  return place;
}

/** What stands at a place, or undefined. */
export function valueAt(file: Plain, place: Place): unknown {
  let at: unknown = file;
  for (const key of place) {
    if (at === null || typeof at !== "object") return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/** Whether `inner` is `outer` or stands in it. */
export function isWithin(inner: Place, outer: Place): boolean {
  return outer.length <= inner.length && outer.every((key, at) => inner[at] === key);
}

function keyOf(at: unknown, part: string, byId: boolean): string | number | undefined {
  if (at === null || typeof at !== "object") return undefined;
  const position = /^\[(\d+)\]$/.exec(part)?.[1];
  if (Array.isArray(at)) {
    if (position !== undefined) return Number(position) < at.length ? Number(position) : undefined;
    if (!byId) return undefined;
    const found = at.findIndex((entry) => isRecord(entry) && entry.id === part);
    return found < 0 ? undefined : found;
  }
  if (position !== undefined) return undefined;
  return part in at ? part : undefined;
}

function isIdList(key: string | number | undefined): key is string {
  return typeof key === "string" && LISTS_WITH_IDS.includes(key);
}

function idAt(file: Plain, list: string, position: number): string | undefined {
  const entry = valueAt(file, [list, position]);
  return isRecord(entry) && typeof entry.id === "string" ? entry.id : undefined;
}

/** Whether a value is a map. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether two plain values are the same; the order of keys does not matter. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((entry, at) => same(entry, b[at]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}
