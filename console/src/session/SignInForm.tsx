import { Alert, Button, Divider, Stack, Text, TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useState } from "react";
import { api, ok } from "../api/client.ts";
import type { Pending, Session } from "../api/contract.ts";
import { useServerForm } from "../forms/useServerForm.ts";
import { PasswordInput } from "../ui/PasswordInput.tsx";
import { Problem } from "../ui/Problem.tsx";
import { common } from "../words/common.ts";
import { useWords } from "../words/words.tsx";
import { canPasskeys, NoPasskey, signInByPasskey } from "./passkeys.ts";
import { words } from "./words.ts";

/** Password first, then the second factor when the account has one; or a passkey alone. */
export function SignInForm({ email, onSession }: { email?: string; onSession: (session: Session) => void }) {
  const [pending, setPending] = useState<Pending>();
  if (pending) {
    return <SecondFactor pending={pending} onSession={onSession} onBack={() => setPending(undefined)} />;
  }
  return <Password email={email} onSession={onSession} onPending={setPending} />;
}

function Password({
  email,
  onSession,
  onPending,
}: {
  email?: string;
  onSession: (session: Session) => void;
  onPending: (pending: Pending) => void;
}) {
  const t = useWords(words);
  const { required } = useWords(common);
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { email: email ?? "", password: "" },
    validate: {
      email: (value) => (value.trim() ? null : required),
      password: (value) => (value ? null : required),
    },
    send: async (values) => {
      const answer = await ok(api.POST("/session", { body: { ...values, email: values.email.trim() } }));
      if ("pending" in answer) onPending(answer);
      else onSession(answer);
    },
  });
  return (
    <Stack gap="md">
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="sm">
          <Problem error={problem} />
          <TextInput
            type="email"
            label={t.email}
            autoComplete="username"
            {...form.getInputProps("email")}
            readOnly={email !== undefined}
          />
          <PasswordInput
            label={t.password}
            autoComplete="current-password"
            {...form.getInputProps("password")}
            data-autofocus={email !== undefined || undefined}
          />
          <Button type="submit" loading={busy} fullWidth mt={4}>
            {t.signIn}
          </Button>
        </Stack>
      </form>
      {canPasskeys() && (
        <>
          <Divider label={t.or} />
          <PasskeyButton label={t.withPasskey} onSession={onSession} />
        </>
      )}
    </Stack>
  );
}

function SecondFactor({
  pending,
  onSession,
  onBack,
}: {
  pending: Pending;
  onSession: (session: Session) => void;
  onBack: () => void;
}) {
  const t = useWords(words);
  const { required, wrongCode } = useWords(common);
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { code: "" },
    validate: { code: (value) => (value.trim() ? null : required) },
    beside: ({ code }) => (code === "wrong_code" ? { code: wrongCode } : undefined),
    send: async ({ code }) =>
      onSession(
        await ok(
          api.POST("/session/second-factor", { body: { pending: pending.pending, code: code.trim() } }),
        ),
      ),
  });
  const byCode = pending.second_factor.some((one) => one !== "passkey");
  return (
    <Stack gap="md">
      <Text fw={600}>{t.codeTitle}</Text>
      {byCode && (
        <form onSubmit={onSubmit} noValidate>
          <Stack gap="sm">
            <Text size="sm" c="dimmed">
              {t.codeLead}
            </Text>
            <Problem error={problem} />
            <TextInput
              label={t.code}
              description={t.codeHint}
              autoComplete="one-time-code"
              autoFocus
              {...form.getInputProps("code")}
            />
            <Button type="submit" loading={busy} fullWidth>
              {t.check}
            </Button>
          </Stack>
        </form>
      )}
      {pending.second_factor.includes("passkey") && (
        <PasskeyButton label={t.usePasskey} pending={pending.pending} onSession={onSession} />
      )}
      <Button variant="subtle" onClick={onBack}>
        {t.anotherAccount}
      </Button>
    </Stack>
  );
}

export function PasskeyButton({
  label,
  pending,
  onSession,
}: {
  label: string;
  pending?: string;
  onSession: (session: Session) => void;
}) {
  const t = useWords(words);
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      onSession(await signInByPasskey(pending));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="xs">
      <Button
        variant="default"
        fullWidth
        loading={busy}
        leftSection={<IconFingerprint size={18} />}
        onClick={() => void go()}
      >
        {label}
      </Button>
      {problem instanceof NoPasskey ? (
        <Alert color="yellow" variant="light" role="alert">
          {problem.why === "cannot" ? t.noPasskeys : t.passkeyStopped}
        </Alert>
      ) : (
        <Problem error={problem} />
      )}
    </Stack>
  );
}
