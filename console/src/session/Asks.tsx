import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { askWith } from "../api/client.ts";
import type { Session } from "../api/contract.ts";
import { keys, rememberSession } from "../api/queries.ts";

const dialogues = () => import("./AskDialogues.tsx");
const SignInAgain = lazy(() => dialogues().then((module) => ({ default: module.SignInAgain })));
const StepUp = lazy(() => dialogues().then((module) => ({ default: module.StepUp })));

type Asked = "signIn" | "stepUp";

/**
 * The dialogues that a request may open: signing in again when the session is over, and the second look. Requests
 * that wait for the same dialogue share it; each is sent again when it has been answered.
 */
export function Asks() {
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked>();
  const waiting = useRef<{ what: Asked; answer: (done: boolean) => void }[]>([]);

  useEffect(() => {
    const ask = (what: Asked) => () =>
      new Promise<boolean>((answer) => {
        if (what === "signIn" && !client.getQueryData(keys.session)) return answer(false);
        waiting.current.push({ what, answer });
        setAsked((now) => now ?? what);
      });
    askWith({ signIn: ask("signIn"), stepUp: ask("stepUp") });
    return () => askWith({ signIn: async () => false, stepUp: async () => false });
  }, [client]);

  const finish = (session?: Session) => {
    if (session) rememberSession(client, session);
    const answered = waiting.current.filter(({ what }) => what === asked);
    waiting.current = waiting.current.filter(({ what }) => what !== asked);
    setAsked(waiting.current[0]?.what);
    for (const { answer } of answered) answer(session !== undefined);
  };

  if (asked === undefined) return null;
  const account = client.getQueryData<Session>(keys.session)?.account;
  return (
    <Suspense>
      {asked === "signIn" ? (
        <SignInAgain email={account?.email} onDone={finish} />
      ) : (
        <StepUp account={account} onDone={finish} />
      )}
    </Suspense>
  );
}
