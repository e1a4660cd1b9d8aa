import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";

export type Language = "en" | "es";

/** A word, or a function that makes one of values. */
type Entry = string | ((...values: never[]) => string);
type Widened<T> = { [K in keyof T]: T[K] extends string ? string : T[K] };

/** The words of one area of the console in both languages. A word that one of them lacks does not compile. */
export interface Catalogue<T> {
  en: T;
  es: T;
}

export function catalogue<T extends Record<string, Entry>>(
  en: Widened<T> & T,
  es: Widened<T>,
): Catalogue<Widened<T>> {
  return { en, es };
}

interface Spoken {
  language: Language;
  speak: (language: Language) => void;
}

const Context = createContext<Spoken>({ language: "en", speak: () => {} });

/** Gives the words below it their language, and tells the page so. */
export function Words({ start, children }: { start?: Language; children: ReactNode }) {
  const [language, speak] = useState<Language>(start ?? preferred());
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const spoken = useMemo(() => ({ language, speak }), [language]);
  return <Context value={spoken}>{children}</Context>;
}

/** The words of an area in the language of the page: `const t = useWords(words)`, then `t.save`. */
export function useWords<T>(words: Catalogue<T>): T {
  return words[useContext(Context).language];
}

export function useLanguage(): Spoken {
  return useContext(Context);
}

/** `1 bot`, `2 bots`. */
export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What the browser asks for. */
function preferred(): Language {
  const wanted = globalThis.navigator?.languages ?? [];
  for (const one of wanted) {
    if (one.startsWith("es")) return "es";
    if (one.startsWith("en")) return "en";
  }
  return "en";
}
