import { useEffect, useMemo, useState } from "react";
import type { Checkup } from "../../api/contract.ts";
import { useLanguage } from "../../words/words.tsx";

type Say = (checkup: Checkup) => Checkup;

/** The sentences in Spanish are fetched when somebody reads Spanish. */
let spanish: Say | undefined;

/** What the check found, in the language of the console. */
export function useSaidCheckup(checkup: Checkup | undefined): Checkup | undefined {
  const { language } = useLanguage();
  const [say, setSay] = useState(() => spanish);
  const wanted = language === "es";
  useEffect(() => {
    if (!wanted || say) return;
    let here = true;
    void import("./inSpanish.ts").then((module) => {
      spanish = module.checkupInSpanish;
      if (here) setSay(() => spanish);
    });
    return () => {
      here = false;
    };
  }, [wanted, say]);
  return useMemo(() => (checkup && wanted && say ? say(checkup) : checkup), [checkup, wanted, say]);
}
