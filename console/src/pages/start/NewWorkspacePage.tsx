import { Button, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, ok } from "../../api/client.ts";
import { sessionQuery } from "../../api/queries.ts";
import { idOf, isId } from "../../forms/ids.ts";
import { useServerForm } from "../../forms/useServerForm.ts";
import { Problem } from "../../ui/Problem.tsx";
import { common } from "../../words/common.ts";
import { useWords } from "../../words/words.tsx";
import { Door } from "./Door.tsx";
import { words } from "./words.ts";

export function NewWorkspacePage() {
  const t = useWords(words);
  const { required } = useWords(common);
  const client = useQueryClient();
  const go = useNavigate();
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { name: "", id: "" },
    validate: {
      name: (value) => (value.trim() ? null : required),
      id: (value) => (isId(value) ? null : t.idForm),
    },
    send: async (body) => {
      const { id } = await ok(api.POST("/workspaces", { body }));
      await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
      await go({ to: "/w/$workspace/bots", params: { workspace: id } });
    },
  });
  return (
    <Door title={t.workspaceTitle} lead={t.workspaceLead}>
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="sm">
          <Problem error={problem} />
          <TextInput
            label={t.workspaceName}
            {...form.getInputProps("name")}
            onChange={(event) => {
              const name = event.currentTarget.value;
              if (form.values.id === idOf(form.values.name)) form.setFieldValue("id", idOf(name));
              form.setFieldValue("name", name);
            }}
          />
          <TextInput label={t.workspaceId} description={t.workspaceIdHelp} {...form.getInputProps("id")} />
          <Button type="submit" loading={busy} mt={4}>
            {t.createWorkspace}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
