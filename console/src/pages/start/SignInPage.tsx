import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Session } from "../../api/contract.ts";
import { rememberSession } from "../../api/queries.ts";
import { SignInForm } from "../../session/SignInForm.tsx";
import { words } from "../../session/words.ts";
import { useWords } from "../../words/words.tsx";
import { Door } from "./Door.tsx";

export function SignInPage() {
  const t = useWords(words);
  const client = useQueryClient();
  const go = useNavigate();
  const { to } = useSearch({ from: "/sign-in" });
  const enter = (session: Session) => {
    rememberSession(client, session);
    void go({ to: to ?? "/", replace: true });
  };
  return (
    <Door title={t.signInTitle} lead={t.signInLead}>
      <SignInForm onSession={enter} />
    </Door>
  );
}
