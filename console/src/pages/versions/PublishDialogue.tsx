import { Alert, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, ifMatch, ok } from "../../api/client.ts";
import type { Bot, Checkup } from "../../api/contract.ts";
import { isProblem } from "../../api/problem.ts";
import { diffQuery, keys } from "../../api/queries.ts";
import { useServerForm } from "../../forms/useServerForm.ts";
import { Bars } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useWords } from "../../words/words.tsx";
import { DiffView } from "./DiffView.tsx";
import { words } from "./words.ts";

/** Shows what will go live, asks for a note, and publishes. */
export function PublishDialogue({
  workspace,
  bot,
  onClose,
}: {
  workspace: string;
  bot: Bot;
  onClose: () => void;
}) {
  const t = useWords(words);
  const client = useQueryClient();
  const path = { workspace, bot: bot.id };
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { note: "" },
    send: async ({ note }) => {
      const call = api.POST("/workspaces/{workspace}/bots/{bot}/publish", {
        params: { path, header: ifMatch(bot.draft.revision) },
        body: note.trim() ? { note: note.trim() } : {},
      });
      const published = await ok(call);
      client.setQueryData(keys.bot(workspace, bot.id), published);
      void client.invalidateQueries({ queryKey: keys.bots(workspace) });
      notifications.show({ color: "teal", message: t.published(published.live?.number ?? 0) });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t.publishTitle(bot.name)} size="xl">
      <form onSubmit={onSubmit}>
        <Stack gap="sm">
          <Text size="sm">{t.publishText}</Text>
          {isProblem(problem, "check_failed") ? (
            <CheckFailed
              workspace={workspace}
              bot={bot.id}
              checkup={problem.more.checkup as Checkup | undefined}
              onClose={onClose}
            />
          ) : (
            <Problem error={problem} />
          )}
          {bot.live ? <Changes workspace={workspace} bot={bot} /> : <Text size="sm">{t.first}</Text>}
          <Textarea
            label={t.note}
            description={t.noteHelp}
            placeholder={t.notePlaceholder}
            autosize
            minRows={2}
            data-autofocus
            {...form.getInputProps("note")}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {t.publish}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Changes({ workspace, bot }: { workspace: string; bot: Bot }) {
  const diff = useQuery({ ...diffQuery(workspace, bot.id, "live", "draft"), staleTime: 0 });
  if (diff.isError) return <Problem error={diff.error} />;
  return diff.data ? <DiffView diff={diff.data} /> : <Bars rows={3} />;
}

function CheckFailed({
  workspace,
  bot,
  checkup,
  onClose,
}: {
  workspace: string;
  bot: string;
  checkup?: Checkup;
  onClose: () => void;
}) {
  const t = useWords(words);
  const errors = checkup?.diagnostics.filter(({ severity }) => severity === "error") ?? [];
  return (
    <Alert color="red" variant="light" role="alert" title={t.checkFailed}>
      <Stack gap={4}>
        {errors.slice(0, 5).map(({ code, message, path }) => (
          <Text size="sm" key={code + path + message}>
            <code>{code}</code> {message} <span className="mono quiet">{path}</span>
          </Text>
        ))}
        <Link to="/w/$workspace/bots/$bot/file" params={{ workspace, bot }} onClick={onClose}>
          {t.toProblems}
        </Link>
      </Stack>
    </Alert>
  );
}
