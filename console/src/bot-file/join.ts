/**
 * Puts together what two people made of the same text at places that do not touch. Undefined when both have changed the
 * same lines, lines beside each other, or have put lines in at the same place: then a person has to look.
 */
export function joined(base: string, mine: string, theirs: string): string | undefined {
  if (mine === theirs || base === theirs) return mine;
  if (base === mine) return theirs;
  const lines = base.split("\n");
  const [first, second] = [changeOf(lines, mine.split("\n")), changeOf(lines, theirs.split("\n"))].sort(
    (one, other) => one.start - other.start || one.end - other.end,
  ) as [Change, Change];
  // Lines that were only put in may stand beside lines that were changed.
  const isBeside = first.end === second.start && isOnlyPut(first) !== isOnlyPut(second);
  if (first.end > second.start || (first.end === second.start && !isBeside)) return undefined;
  return [
    ...lines.slice(0, first.start),
    ...first.put,
    ...lines.slice(first.end, second.start),
    ...second.put,
    ...lines.slice(second.end),
  ].join("\n");
}

interface Change {
  /** The first line that is replaced, from 0. */
  start: number;
  /** Behind the last. */
  end: number;
  put: string[];
}

function isOnlyPut({ start, end }: Change): boolean {
  return start === end;
}

/** What is between the lines that are the same at the beginning and at the end. */
function changeOf(base: string[], next: string[]): Change {
  const most = Math.min(base.length, next.length);
  let start = 0;
  while (start < most && base[start] === next[start]) start++;
  let same = 0;
  while (same < most - start && base[base.length - 1 - same] === next[next.length - 1 - same]) same++;
  return { start, end: base.length - same, put: next.slice(start, next.length - same) };
}
