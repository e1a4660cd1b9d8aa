import { Button, Divider, Modal, Stack, Text, TextInput } from "@mantine/core";
import { api, ok } from "../api/client.ts";
import type { Session } from "../api/contract.ts";
import { useServerForm } from "../forms/useServerForm.ts";
import { PasswordInput } from "../ui/PasswordInput.tsx";
import { Problem } from "../ui/Problem.tsx";
import { common } from "../words/common.ts";
import { useWords } from "../words/words.tsx";
import { canPasskeys } from "./passkeys.ts";
import { PasskeyButton, SignInForm } from "./SignInForm.tsx";
import { words } from "./words.ts";

/** Signing in again, for a session that is over. */
export function SignInAgain({ email, onDone }: { email?: string; onDone: (session?: Session) => void }) {
  const t = useWords(words);
  return (
    <Modal opened onClose={() => onDone()} title={t.againTitle} zIndex={400}>
      <Stack gap="sm">
        <Text size="sm">{t.againLead}</Text>
        <SignInForm email={email} onSession={onDone} />
      </Stack>
    </Modal>
  );
}

/** The second look: whether it is still the same person. */
export function StepUp({
  account,
  onDone,
}: {
  account?: Session["account"];
  onDone: (session?: Session) => void;
}) {
  const t = useWords(words);
  const { cancel, required, wrongCode, wrongPassword } = useWords(common);
  const byPasskey = (account?.passkeys ?? 0) > 0;
  // With a second factor, the password alone proves nothing.
  const byCode = account?.totp || byPasskey;
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { secret: "" },
    validate: { secret: (value) => (value ? null : required) },
    rename: (path) => (["password", "code"].includes(path) ? "secret" : path),
    beside: ({ code }) =>
      code === "wrong_code"
        ? { secret: wrongCode }
        : code === "refused"
          ? { secret: wrongPassword }
          : undefined,
    send: async ({ secret }) => {
      const body = byCode ? { code: secret.trim() } : { password: secret };
      onDone(await ok(api.POST("/session/step-up", { body })));
    },
  });
  return (
    <Modal opened onClose={() => onDone()} title={t.stepUpTitle} zIndex={400}>
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="sm">
          <Text size="sm">{byCode ? t.stepUpByFactor : t.stepUpLead}</Text>
          <Problem error={problem} />
          {byCode ? (
            <TextInput
              label={account?.totp ? t.ownCode : t.recoveryCode}
              autoComplete="one-time-code"
              data-autofocus
              {...form.getInputProps("secret")}
            />
          ) : (
            <PasswordInput
              label={t.password}
              autoComplete="current-password"
              data-autofocus
              {...form.getInputProps("secret")}
            />
          )}
          <Button type="submit" loading={busy}>
            {t.confirm}
          </Button>
        </Stack>
      </form>
      <Stack gap="sm" mt="sm">
        {canPasskeys() && byPasskey && (
          <>
            <Divider label={t.or} />
            <PasskeyButton label={t.usePasskey} onSession={onDone} />
          </>
        )}
        <Button variant="subtle" onClick={() => onDone()}>
          {cancel}
        </Button>
      </Stack>
    </Modal>
  );
}
