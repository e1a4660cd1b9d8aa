const now = Date.now();

/** So many minutes ago; a negative number is in the future. */
export function minutesAgo(minutes: number): string {
  return new Date(now - minutes * 60_000).toISOString();
}

/** The same numbers each time, between 0 and 1. */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
