import { useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { sessionQuery } from "../api/queries.ts";
import { useLanguage } from "../words/words.tsx";

/** Takes over the language and the theme that the account chose. */
export function AccountSettings() {
  const { data } = useQuery({ ...sessionQuery, enabled: false });
  const { speak } = useLanguage();
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const language = data?.account.language;
  const theme = data?.account.theme;
  useEffect(() => {
    if (language) speak(language);
  }, [language, speak]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the setter is new on each render
  useEffect(() => {
    if (theme) setColorScheme(theme === "system" ? "auto" : theme);
  }, [theme]);
  return null;
}
