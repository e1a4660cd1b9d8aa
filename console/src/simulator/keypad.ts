/** How the call takes digits; absent when it takes one key, as for a choice. */
export interface Digits {
  min: number;
  max: number;
  finish_key?: string;
}

/** What a key does: it is added, it ends the entry, or it fills it. `*` alone leaves the question. */
export function pressKey(
  typed: string,
  key: string,
  digits: Digits | undefined,
): { typed: string; send: string | undefined } {
  if (!digits) return { typed: "", send: key };
  const finish = digits.finish_key === undefined ? "#" : digits.finish_key;
  if (key === finish) return { typed: "", send: typed + (typed === "" ? key : "") };
  if (key === "*" && typed === "") return { typed: "", send: "*" };
  if (key === "*" || key === "#") return { typed, send: undefined };
  const next = typed + key;
  return next.length >= digits.max ? { typed: "", send: next } : { typed: next, send: undefined };
}
