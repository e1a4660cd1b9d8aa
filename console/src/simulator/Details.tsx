import { Tabs } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import type { Simulation } from "../api/contract.ts";
import { useLanguage, useWords } from "../words/words.tsx";
import classes from "./simulator.module.css";
import { words } from "./words.ts";

/** What went on inside: variables, steps, calls without their secrets, and who is logged in. */
export function Details({ simulation }: { simulation: Simulation }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const { workspace = "", bot = "" } = useParams({ strict: false });
  const time = (at: string) =>
    new Date(at).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const list = (items: React.ReactNode[], none: string) =>
    items.length === 0 ? <p className={classes.none}>{none}</p> : <ul className={classes.list}>{items}</ul>;
  return (
    <section className={classes.details} aria-label={t.details}>
      {simulation.notes.map((note) => (
        <p key={note} className={classes.none}>
          {note}
        </p>
      ))}
      <Tabs defaultValue="variables" keepMounted={false}>
        <Tabs.List grow>
          <Tabs.Tab value="variables">{t.variables}</Tabs.Tab>
          <Tabs.Tab value="path">{t.path}</Tabs.Tab>
          <Tabs.Tab value="calls">{t.calls}</Tabs.Tab>
          <Tabs.Tab value="tokens">{t.tokens}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="variables">
          {list(
            simulation.variables.map(({ name, value }) => (
              <li key={name}>
                <code>{name}</code> <span>{value}</span>
              </li>
            )),
            t.noVariables,
          )}
        </Tabs.Panel>
        <Tabs.Panel value="path">
          {list(
            simulation.path.map(({ step, script, at }, position) => (
              <li key={position}>
                <span className="quiet num">{time(at)}</span>
                <Link
                  to="/w/$workspace/bots/$bot/scripts/$script"
                  params={{ workspace, bot, script }}
                  search={{ step }}
                >
                  {step.replace(/^scripts\./, "")}
                </Link>
              </li>
            )),
            t.noPath,
          )}
        </Tabs.Panel>
        <Tabs.Panel value="calls">
          {list(
            simulation.calls.map(({ component, method, url, status, took_ms, outcome }, position) => (
              <li key={position}>
                <code>{component}</code>
                <span>
                  {method} {url}
                  <br />
                  <strong className="num">{status ?? outcome}</strong>
                  {status !== undefined && ` ${outcome}`}
                  {took_ms !== undefined && ` · ${took_ms} ms`}
                </span>
              </li>
            )),
            t.noCalls,
          )}
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          {list(
            simulation.tokens.map(({ component, expires_at }) => (
              <li key={component}>
                <code>{component}</code> <span>{t.expires(time(expires_at))}</span>
              </li>
            )),
            t.noTokens,
          )}
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}
