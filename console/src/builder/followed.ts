import type { BotFile } from "../bot-file/model.ts";
import { same } from "../bot-file/place.ts";

/** Where a script or a step stands after somebody else has changed the bot; undefined when it is gone. */
export function followed(path: string, before: BotFile, now: BotFile): string | undefined {
  const old = before.scripts.find((one) => path === one.path || path.startsWith(`${one.path}.`));
  const script = now.scripts.find((one) => one.id === old?.id);
  if (!old || !script) return undefined;
  if (path === old.path) return script.path;
  const at = old.steps.findIndex((step) => step.path === path);
  const step = old.steps[at];
  if (!step) return undefined;
  const distance = (position: number) => Math.abs(position - at);
  const equal = script.steps
    .flatMap((one, position) =>
      one.kind === step.kind && same(one.settings, step.settings) ? [position] : [],
    )
    .sort((one, other) => distance(one) - distance(other))[0];
  // It was changed itself: then it stands as far from what stayed as before.
  const found =
    equal ??
    moved(at, old.steps.length, script.steps.length, (position, other) => {
      const [one, two] = [old.steps[position], script.steps[other]];
      return (
        one !== undefined && two !== undefined && one.kind === two.kind && same(one.settings, two.settings)
      );
    });
  return found === undefined ? undefined : script.steps[found]?.path;
}

function moved(
  at: number,
  before: number,
  now: number,
  isSame: (position: number, other: number) => boolean,
): number | undefined {
  let [start, end] = [0, 0];
  while (start < at && start < now && isSame(start, start)) start++;
  while (end < before - 1 - at && end < now && isSame(before - 1 - end, now - 1 - end)) end++;
  // Nothing around it has stayed.
  if (start === 0 && end === 0 && before !== now) return undefined;
  if (start === at) return at < now ? at : undefined;
  return end === before - 1 - at ? now - 1 - end : undefined;
}
