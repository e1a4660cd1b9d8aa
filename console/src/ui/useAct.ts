import { useState } from "react";

/** Runs what a button does: `[act, busy, problem]`. `then` runs after each success. */
export function useAct(then?: () => unknown): [(what: () => Promise<unknown>) => void, boolean, unknown] {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const act = (what: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    void what()
      .then(() => then?.())
      .catch(setProblem)
      .finally(() => setBusy(false));
  };
  return [act, busy, problem];
}
