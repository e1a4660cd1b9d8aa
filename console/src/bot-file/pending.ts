/** Fields that wait for more letters before they tell. */
const waiting = new Set<() => boolean>();

/** Lets a field be asked to tell at once; it says whether it had anything to tell. Gives what ends that. */
export function onSettle(settle: () => boolean): () => void {
  waiting.add(settle);
  return () => waiting.delete(settle);
}

/** What was typed a moment ago is told now: the text under it is about to change. Says whether there was anything. */
export function settleFields(): boolean {
  return [...waiting].map((settle) => settle()).includes(true);
}
