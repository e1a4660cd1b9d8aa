import { Button, Group, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client.ts";
import type { Account as AccountData } from "../../api/contract.ts";
import { rememberSession } from "../../api/queries.ts";
import { useServerForm } from "../../forms/useServerForm.ts";
import { Card } from "../../ui/Card.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useWords } from "../../words/words.tsx";
import { words } from "./words.ts";

/** The address that somebody signs in with. */
export function Email({ account }: { account: AccountData }) {
  const t = useWords(words);
  const client = useQueryClient();
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { email: account.email },
    validate: { email: (value) => (value.includes("@") ? null : t.email) },
    send: async (body) => {
      rememberSession(client, await ok(api.POST("/account/email", { body })));
      notifications.show({ color: "teal", message: t.emailChanged });
    },
  });
  return (
    <Card title={t.emailTitle} lead={t.emailLead}>
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="sm">
          <Problem error={problem} />
          <Group align="flex-end" gap={8}>
            <TextInput
              type="email"
              label={t.email}
              autoComplete="email"
              w={320}
              maw="100%"
              {...form.getInputProps("email")}
            />
            <Button type="submit" variant="default" loading={busy}>
              {t.changeEmail}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
