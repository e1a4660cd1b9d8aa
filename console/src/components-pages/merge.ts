import { isRecord, type Place, pathOf, same } from "../bot-file/place.ts";

type Map = Record<string, unknown>;

/** A value that two people have changed in different ways. */
export interface Clash {
  place: Place;
  /** As the check writes places: `questions[0].field`. */
  path: string;
  theirs: unknown;
}

/**
 * Puts together what two people made of the same map. What one of them left as it was is as the other made it; where
 * both changed the same, mine stands, and the clash is told.
 */
export function merged(base: Map, mine: Map, theirs: Map): { value: Map; clashes: Clash[] } {
  const clashes: Clash[] = [];
  return { value: mapOf(base, mine, theirs, [], clashes), clashes };
}

/** The map with another value at a place; undefined takes it away. */
export function withAt(map: Map, place: Place, value: unknown): Map {
  return changed(map, place, value) as Map;
}

function mapOf(base: Map, mine: Map, theirs: Map, place: Place, clashes: Clash[]): Map {
  const value: Map = {};
  for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const entry = one(base[key], mine[key], theirs[key], [...place, key], clashes);
    if (entry !== undefined) value[key] = entry;
  }
  return value;
}

function one(base: unknown, mine: unknown, theirs: unknown, place: Place, clashes: Clash[]): unknown {
  if (same(mine, theirs) || same(base, theirs)) return mine;
  if (same(base, mine)) return theirs;
  if (isRecord(base) && isRecord(mine) && isRecord(theirs)) return mapOf(base, mine, theirs, place, clashes);
  if (
    Array.isArray(base) &&
    Array.isArray(mine) &&
    Array.isArray(theirs) &&
    base.length === mine.length &&
    base.length === theirs.length
  )
    return mine.map((entry, at) => one(base[at], entry, theirs[at], [...place, at], clashes));
  clashes.push({ place, path: pathOf(undefined, place), theirs });
  return mine;
}

function changed(at: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(at))
    return at.map((entry, position) => (position === key ? changed(entry, rest, value) : entry));
  const { [key]: old, ...others } = isRecord(at) ? at : {};
  const next = changed(old, rest, value);
  return next === undefined ? others : { ...(isRecord(at) ? at : {}), [key]: next };
}
