import type { Script, Step } from "./model.ts";
import { isRecord, type Place } from "./place.ts";

/** A way out of a step: the key that leads there, and where to. */
export interface Branch {
  /** Where the target is written, inside the step: `["choices", 0, "go"]`. */
  key: Place;
  /** What the user or the author calls it: a choice's label, `failed`, `404`. */
  name: string;
  /** The step or script; undefined when it goes on with the next step. */
  target: string | undefined;
  /** A way that the step has but that nothing leads out of yet. */
  open: boolean;
}

const BRANCH_KEYS: Record<string, string[]> = {
  options: ["no_answer"],
  card: ["no_answer"],
  question: ["no_answer", "cancelled"],
  form: ["cancelled"],
  condition: ["then", "else"],
  auth_token: ["failed", "cancelled", "unavailable"],
  web_service: ["failed", "empty", "unavailable", "cancelled"],
};

/** The ways out of a step, in the order in which a card shows them. `next` and `jump` are among them. */
export function branchesOf(step: Step, label: (text: unknown) => string = String): Branch[] {
  const settings = step.settings;
  const found: Branch[] = [];
  if (Array.isArray(settings.choices) && (step.kind === "options" || step.kind === "card")) {
    for (const [at, choice] of settings.choices.entries()) {
      if (!isRecord(choice)) continue;
      found.push(branch(["choices", at, "go"], label(choice.label), choice.go));
    }
  }
  if (isRecord(settings.status) && step.kind === "web_service") {
    for (const [status, target] of Object.entries(settings.status))
      found.push(branch(["status", status], status, target));
  }
  for (const key of BRANCH_KEYS[step.kind ?? ""] ?? []) found.push(branch([key], key, settings[key]));
  if (step.kind === "jump" && typeof settings.jump === "string")
    found.push(branch(["jump"], "jump", settings.jump));
  if (step.kind === "run" && typeof settings.run === "string")
    found.push(branch(["run"], "run", settings.run));
  if (typeof settings.next === "string") found.push(branch(["next"], "next", settings.next));
  return found;
}

/** The step or script that a target names: a step of the same script first, as the bot does. */
export function resolveTarget(
  scripts: readonly Script[],
  from: Script,
  target: string,
): { script: Script; step: Step | undefined } | undefined {
  const step = from.steps.find((entry) => entry.id === target);
  if (step) return { script: from, step };
  const script = scripts.find((entry) => entry.id === target);
  return script && { script, step: script.steps[0] };
}

/** Whether a step goes on with the one below it when nothing else is said. */
export function flowsOn(step: Step): boolean {
  if (typeof step.settings.next === "string") return false;
  if (step.kind === "jump" || step.kind === "end" || step.kind === "transfer") return false;
  if (step.kind === "condition") return step.settings.then === undefined || step.settings.else === undefined;
  if (step.kind === "options" && Array.isArray(step.settings.choices))
    return step.settings.choices.some((choice) => isRecord(choice) && choice.go === undefined);
  return true;
}

function branch(key: Place, name: string, target: unknown): Branch {
  const to = typeof target === "string" && target !== "" ? target : undefined;
  return { key, name, target: to, open: to === undefined };
}
