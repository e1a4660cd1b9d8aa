import { Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useLanguage, useWords } from "../../words/words.tsx";
import classes from "./Door.module.css";
import { words } from "./words.ts";

/** What stands around the pages before the sign-in. */
export function Door({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  const t = useWords(words);
  const { language, speak } = useLanguage();
  useEffect(() => {
    document.title = `${title} · Countersign`;
  }, [title]);
  return (
    <main className={classes.door}>
      <div className={classes.card}>
        <div className={classes.brand}>
          <img src={`${import.meta.env.BASE_URL}mark.svg`} width={28} height={28} alt="" />
          Countersign
        </div>
        <Title order={1}>{title}</Title>
        {lead && <p className={classes.lead}>{lead}</p>}
        <div className={classes.content}>{children}</div>
      </div>
      <nav className={classes.languages} aria-label={t.language}>
        {(["en", "es"] as const).map((one) => (
          <button
            key={one}
            type="button"
            lang={one}
            aria-pressed={language === one}
            onClick={() => speak(one)}
          >
            {one === "en" ? "English" : "Español"}
          </button>
        ))}
      </nav>
    </main>
  );
}
