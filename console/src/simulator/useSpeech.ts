import { useEffect, useRef } from "react";
import type { Simulation } from "../api/contract.ts";

/** Reads new lines of the bot aloud with the voice of the browser; stops when it is told nothing. */
export function useSpeech(simulation: Simulation | undefined, language: string): void {
  const said = useRef({ id: "", line: -1 });
  useEffect(() => {
    if (typeof speechSynthesis === "undefined") return;
    if (!simulation) {
      speechSynthesis.cancel();
      return;
    }
    if (said.current.id !== simulation.id) said.current = { id: simulation.id, line: -1 };
    for (const line of simulation.lines) {
      if (line.n <= said.current.line) continue;
      said.current.line = line.n;
      if (line.from !== "bot") continue;
      const words = new SpeechSynthesisUtterance(line.text);
      words.lang = language;
      speechSynthesis.speak(words);
    }
  }, [simulation, language]);
}
