import { Button, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client.ts";
import type { Account as AccountData } from "../../api/contract.ts";
import { rememberSession } from "../../api/queries.ts";
import { useServerForm } from "../../forms/useServerForm.ts";
import { useSession } from "../../session/useSession.ts";
import { Card } from "../../ui/Card.tsx";
import { PasswordInput } from "../../ui/PasswordInput.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { common } from "../../words/common.ts";
import { useWords } from "../../words/words.tsx";
import { DeleteAccount } from "./DeleteAccount.tsx";
import { Email } from "./Email.tsx";
import { Passkeys } from "./Passkeys.tsx";
import { Sessions } from "./Sessions.tsx";
import classes from "./Settings.module.css";
import { Totp } from "./Totp.tsx";
import { words } from "./words.ts";

/** The own account: name, language, theme, address, password, second factors, sessions, and its end. */
export function Account() {
  const { account } = useSession();
  return (
    <>
      <Profile account={account} />
      <Email account={account} />
      <Password account={account} />
      <Totp account={account} />
      <Passkeys />
      <Sessions />
      <DeleteAccount account={account} />
    </>
  );
}

function Profile({ account }: { account: AccountData }) {
  const t = useWords(words);
  const { required } = useWords(common);
  const client = useQueryClient();
  const { form, onSubmit, problem, busy, dirty } = useServerForm({
    initialValues: { name: account.name, language: account.language, theme: account.theme },
    validate: { name: (value) => (value.trim() ? null : required) },
    send: async (body) => {
      rememberSession(client, await ok(api.PATCH("/account", { body })));
      notifications.show({ color: "teal", message: t.saved });
    },
  });
  return (
    <Card title={t.profile} lead={account.email}>
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="sm">
          <Problem error={problem} />
          <div className={classes.pair}>
            <TextInput label={t.name} autoComplete="name" {...form.getInputProps("name")} />
            <NativeSelect
              label={t.language}
              data={[
                { value: "en", label: "English" },
                { value: "es", label: "Español" },
              ]}
              {...form.getInputProps("language")}
            />
            <NativeSelect
              label={t.theme}
              data={[
                { value: "system", label: t.system },
                { value: "light", label: t.light },
                { value: "dark", label: t.dark },
              ]}
              {...form.getInputProps("theme")}
            />
          </div>
          <Group>
            <Button type="submit" loading={busy} disabled={!dirty}>
              {t.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function Password({ account }: { account: AccountData }) {
  const t = useWords(words);
  const { required } = useWords(common);
  const client = useQueryClient();
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { current: "", new: "" },
    validate: {
      current: (value) => (value ? null : required),
      new: (value) => (value.length >= 8 ? null : t.tooShort),
    },
    send: async (body) => {
      rememberSession(client, await ok(api.POST("/account/password", { body })));
      form.reset();
      notifications.show({ color: "teal", message: t.passwordChanged });
    },
  });
  return (
    <Card title={t.passwordTitle}>
      <form onSubmit={onSubmit} noValidate>
        <input type="hidden" name="username" autoComplete="username" value={account.email} />
        <Stack gap="sm">
          <Problem error={problem} />
          <div className={classes.pair}>
            <PasswordInput
              label={t.current}
              autoComplete="current-password"
              inputWrapperOrder={["label", "input", "description", "error"]}
              {...form.getInputProps("current")}
            />
            <PasswordInput
              label={t.newPassword}
              description={t.newPasswordHelp}
              inputWrapperOrder={["label", "input", "description", "error"]}
              autoComplete="new-password"
              {...form.getInputProps("new")}
            />
          </div>
          <Group>
            <Button type="submit" variant="default" loading={busy}>
              {t.changePassword}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
