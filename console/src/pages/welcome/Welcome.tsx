import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { About } from "../../api/contract.ts";
import { Copyable } from "../../ui/Copyable.tsx";
import { useWords } from "../../words/words.tsx";
import classes from "./Welcome.module.css";
import { words } from "./words.ts";

/** The first screen of the demo: five steps that lead a newcomer through the demo bank. */
export function Welcome({ workspace, demo }: { workspace: string; demo: NonNullable<About["demo"]> }) {
  const t = useWords(words);
  const bot = said(demo.bot, "demo-bank");
  const params = { workspace, bot };
  const token = "/w/$workspace/bots/$bot/authorization-tokens/$id";
  const login = { ...params, id: said(demo.login, "bank-login") };
  return (
    <section className={classes.welcome} aria-label={t.title}>
      <Title order={2}>{t.title}</Title>
      <p className={classes.lead}>{t.lead}</p>
      <ol className={classes.steps}>
        <Step title={t.look} text={t.lookText}>
          <Link to={token} params={login}>
            {t.lookLink}
          </Link>
        </Step>
        <Step title={t.try_} text={t.tryText}>
          <Link to={token} params={login} hash="try">
            {t.tryLink}
          </Link>
        </Step>
        <Step title={t.simulate} text={t.simulateText}>
          <Link to="/w/$workspace/bots/$bot/scripts/$script" params={{ ...params, script: "balance" }}>
            {t.simulateLink}
          </Link>
        </Step>
        <Step title={t.talk} text={t.talkText}>
          {typeof demo.chat === "string" && <Copyable text={demo.chat} label={t.command} />}
          <Link to="/w/$workspace/conversations" params={{ workspace }}>
            {t.talkLink}
          </Link>
        </Step>
        <Step title={t.tokens} text={t.tokensText}>
          <Link to="/w/$workspace/tokens" params={{ workspace }}>
            {t.tokensLink}
          </Link>
        </Step>
      </ol>
    </section>
  );
}

function Step({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <li>
      <h3 className={classes.title}>{title}</h3>
      <p className={classes.text}>{text}</p>
      {children}
    </li>
  );
}

function said(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
