import { useSyncExternalStore } from "react";

/** Where the simulation of a bot has been, for the canvas to light up. */
interface Running {
  bot: string;
  /** Paths of steps in the bot file, in the order in which they ran. */
  path: readonly string[];
}

let running: Running = { bot: "", path: [] };
const listeners = new Set<() => void>();

/** Told by the simulator after each answer. */
export function cameAlong(bot: string, path: readonly string[]): void {
  running = { bot, path };
  for (const listener of listeners) listener();
}

/** The path of the simulation of this bot; empty while none runs. */
export function useSimulatedPath(bot: string): readonly string[] {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => running,
  );
  return now.bot === bot ? now.path : NOTHING;
}

const NOTHING: readonly string[] = [];
