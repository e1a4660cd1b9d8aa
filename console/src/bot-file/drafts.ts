import type { DraftStore } from "./DraftStore.ts";

/** The drafts that were opened, by the client that read them. Apart from all that reads bot files: every page may need it. */
const stores = new WeakMap<object, Map<string, DraftStore>>();

/** The draft with a key, made when there is none. */
export function draftOf(client: object, key: string, make: () => DraftStore): DraftStore {
  const known = stores.get(client) ?? new Map<string, DraftStore>();
  stores.set(client, known);
  const found = known.get(key);
  if (found) return found;
  const made = make();
  known.set(key, made);
  saveWhenLeft(made);
  return made;
}

/** Saves all that is not saved yet. */
export async function saveDrafts(client: object): Promise<void> {
  await Promise.all([...(stores.get(client)?.values() ?? [])].map((store) => store.flush()));
}

/** Saves all that is not saved yet and forgets it, before the session ends. */
export async function closeDrafts(client: object): Promise<void> {
  await saveDrafts(client);
  stores.delete(client);
}

/** A draft lives as long as the console, whatever page is open; so does what looks after it. */
function saveWhenLeft(store: DraftStore): void {
  window.addEventListener("beforeunload", (event) => {
    // A person who is asked has time to stay; who goes leaves a request behind that goes on alone.
    if (store.leave()) event.preventDefault();
  });
  window.addEventListener("pagehide", () => void store.leave());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") store.leave();
  });
  window.addEventListener("online", () => {
    if (store.snapshot().save === "failed") void store.flush();
  });
}
