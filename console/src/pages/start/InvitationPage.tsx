import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import type { Invited } from "../../api/contract.ts";
import { rememberSession, sessionQuery } from "../../api/queries.ts";
import { useServerForm } from "../../forms/useServerForm.ts";
import { Bars } from "../../ui/Loaded.tsx";
import { PasswordInput } from "../../ui/PasswordInput.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useAct } from "../../ui/useAct.ts";
import { common } from "../../words/common.ts";
import { roleWords } from "../../words/roles.ts";
import { useWords } from "../../words/words.tsx";
import { Door } from "./Door.tsx";
import { words } from "./words.ts";

/** What the link of an invitation opens. */
export function InvitationPage() {
  const t = useWords(words);
  // What stands after `#` is never sent with the address, so no log of a server has it.
  const { hash } = useLocation();
  const [token] = useState(hash);
  const invited = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => ok(api.GET("/invitations/{token}", { params: { path: { token } } })),
  });
  if (invited.data?.has_account) return <Join token={token} invited={invited.data} />;
  if (invited.data) return <Accept token={token} invited={invited.data} />;
  return (
    <Door title={invited.isError ? t.invitationOver : "…"}>
      {invited.isError ? (
        <Stack>
          <Text size="sm">{t.invitationOverText}</Text>
          <Button component={Link} to="/sign-in" variant="default">
            {t.toSignIn}
          </Button>
        </Stack>
      ) : (
        <Bars />
      )}
    </Door>
  );
}

/** For who has an account already: signed in, one button; else the sign-in first. */
function Join({ token, invited }: { token: string; invited: Invited }) {
  const t = useWords(words);
  const roles = useWords(roleWords);
  const client = useQueryClient();
  const go = useNavigate();
  const session = useQuery(sessionQuery);
  const [act, busy, problem] = useAct();
  const accept = async () => {
    const call = api.POST("/invitations/{token}/accept", { params: { path: { token } }, body: {} });
    rememberSession(client, await ok(call));
    await go({ to: "/", replace: true });
  };
  return (
    <Door title={t.invitedTitle(invited.workspace_name)} lead={t.invitedLead(roles[invited.role])}>
      <Stack gap="sm">
        <Problem error={problem} />
        {session.data ? (
          <Button loading={busy} onClick={() => act(accept)}>
            {t.join(session.data.account.email)}
          </Button>
        ) : (
          <>
            <Text size="sm">{t.signInFirst(invited.email)}</Text>
            <Button component={Link} to="/sign-in" search={{ to: `/invitation#${token}` } as never}>
              {t.toSignIn}
            </Button>
          </>
        )}
      </Stack>
    </Door>
  );
}

function Accept({ token, invited }: { token: string; invited: Invited }) {
  const t = useWords(words);
  const roles = useWords(roleWords);
  const { required } = useWords(common);
  const client = useQueryClient();
  const go = useNavigate();
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { name: "", password: "" },
    validate: {
      name: (value) => (value.trim() ? null : required),
      password: (value) => (value.length >= 15 ? null : t.tooShort),
    },
    send: async (body) => {
      const call = api.POST("/invitations/{token}/accept", { params: { path: { token } }, body });
      rememberSession(client, await ok(call));
      await go({ to: "/", replace: true });
    },
  });
  return (
    <Door title={t.invitedTitle(invited.workspace_name)} lead={t.invitedLead(roles[invited.role])}>
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="sm">
          <Problem error={problem} />
          <TextInput label={t.email} value={invited.email} readOnly autoComplete="username" />
          <TextInput label={t.name} autoComplete="name" {...form.getInputProps("name")} />
          <PasswordInput
            label={t.password}
            description={t.passwordHelp}
            autoComplete="new-password"
            {...form.getInputProps("password")}
          />
          <Button type="submit" loading={busy} mt={4}>
            {t.accept}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
