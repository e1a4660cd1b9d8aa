import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { api, ok } from "../../api/client.ts";
import { rememberSession } from "../../api/queries.ts";
import { useServerForm } from "../../forms/useServerForm.ts";
import { PasswordInput } from "../../ui/PasswordInput.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { common } from "../../words/common.ts";
import { useWords } from "../../words/words.tsx";
import { Door } from "./Door.tsx";
import { words } from "./words.ts";

/** The first start: makes the first administrator with the token that the server has printed. */
export function SetupPage() {
  const t = useWords(words);
  const { data } = useQuery({ queryKey: ["setup"], queryFn: () => ok(api.GET("/setup")) });
  if (data?.needed === false) {
    return (
      <Door title={t.alreadyTitle}>
        <Stack>
          <Text size="sm">{t.alreadyText}</Text>
          <Button component={Link} to="/sign-in">
            {t.toSignIn}
          </Button>
        </Stack>
      </Door>
    );
  }
  return (
    <Door title={t.setupTitle} lead={t.setupLead}>
      <SetupForm />
    </Door>
  );
}

function SetupForm() {
  const t = useWords(words);
  const { required } = useWords(common);
  const client = useQueryClient();
  const go = useNavigate();
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { token: tokenInAddress(), name: "", email: "", password: "" },
    validate: {
      token: (value) => (value.trim() ? null : required),
      name: (value) => (value.trim() ? null : required),
      email: (value) => (value.includes("@") ? null : t.emailForm),
      password: (value) => (value.length >= 15 ? null : t.tooShort),
    },
    beside: ({ code }) => (code === "over" ? { token: t.wrongToken } : undefined),
    send: async (values) => {
      const body = { ...values, token: values.token.trim(), email: values.email.trim() };
      rememberSession(client, await ok(api.POST("/setup", { body })));
      await go({ to: "/", replace: true });
    },
  });
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack gap="sm">
        <Problem error={problem} />
        <TextInput
          label={t.token}
          description={t.tokenHelp}
          autoComplete="off"
          className="mono"
          {...form.getInputProps("token")}
        />
        <TextInput label={t.name} autoComplete="name" {...form.getInputProps("name")} />
        <TextInput label={t.email} type="email" autoComplete="username" {...form.getInputProps("email")} />
        <PasswordInput
          label={t.password}
          description={t.passwordHelp}
          autoComplete="new-password"
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={busy} mt={4}>
          {t.create}
        </Button>
      </Stack>
    </form>
  );
}

/** The address that the server prints may end with `#token`; what stands after `#` is never sent. */
function tokenInAddress(): string {
  return decodeURIComponent(globalThis.location.hash.slice(1)).replace(/^token=/, "");
}
