import { Button, Group, Modal, Radio, Stack, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, ok } from "../../api/client.ts";
import { keys } from "../../api/queries.ts";
import { idOf, isId } from "../../forms/ids.ts";
import { useServerForm } from "../../forms/useServerForm.ts";
import { Problem } from "../../ui/Problem.tsx";
import { common } from "../../words/common.ts";
import { useWords } from "../../words/words.tsx";
import { words } from "./words.ts";

type Start = "login" | "blank" | "file";

export function NewBot({ workspace, onClose }: { workspace: string; onClose: () => void }) {
  const t = useWords(words);
  const { required, cancel } = useWords(common);
  const client = useQueryClient();
  const go = useNavigate();
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { name: "", id: "", start: "login" as Start, text: "" },
    validate: {
      name: (value) => (value.trim() ? null : required),
      id: (value) => (isId(value) ? null : t.idForm),
      text: (value, { start }) => (start !== "file" || value.trim() ? null : required),
    },
    send: async ({ start, text, name, id }) => {
      const body = start === "file" ? { name, id, text } : { name, id, template: start };
      const bot = await ok(
        api.POST("/workspaces/{workspace}/bots", { params: { path: { workspace } }, body }),
      );
      await client.invalidateQueries({ queryKey: keys.bots(workspace) });
      await go({ to: "/w/$workspace/bots/$bot", params: { workspace, bot: bot.id } });
    },
  });
  const { start, id, name } = form.values;
  return (
    <Modal opened onClose={onClose} title={t.newBot} size="lg" closeOnClickOutside={!form.isDirty()}>
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="sm">
          <Problem error={problem} />
          <TextInput
            label={t.name}
            placeholder={t.namePlaceholder}
            data-autofocus
            {...form.getInputProps("name")}
            onChange={(event) => {
              const typed = event.currentTarget.value;
              if (id === idOf(name)) form.setFieldValue("id", idOf(typed));
              form.setFieldValue("name", typed);
            }}
          />
          <TextInput label={t.id} description={t.idHelp} className="mono" {...form.getInputProps("id")} />
          <Radio.Group label={t.start} {...form.getInputProps("start")}>
            <Stack gap={8} mt={4}>
              <Radio value="login" label={t.login} description={t.loginHelp} />
              <Radio value="blank" label={t.blank} description={t.blankHelp} />
              <Radio value="file" label={t.file} description={t.fileHelp} />
            </Stack>
          </Radio.Group>
          {start === "file" && (
            <Textarea
              label={t.fileLabel}
              autosize
              minRows={6}
              maxRows={16}
              spellCheck={false}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
              {...form.getInputProps("text")}
            />
          )}
          <Group justify="flex-end" mt={4}>
            <Button variant="default" onClick={onClose}>
              {cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {t.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
