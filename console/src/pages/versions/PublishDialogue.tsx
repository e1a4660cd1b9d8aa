import { Alert, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useId, useRef } from "react";
import { api, ifMatch, ok } from "../../api/client.ts";
import type { Bot, Checkup } from "../../api/contract.ts";
import { isProblem } from "../../api/problem.ts";
import { diffQuery, keys } from "../../api/queries.ts";
import { saveDrafts } from "../../bot-file/drafts.ts";
import { useSaidCheckup } from "../../bot-file/findings/useSaid.ts";
import { useServerForm } from "../../forms/useServerForm.ts";
import { Bars } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useWords } from "../../words/words.tsx";
import { DiffView } from "./DiffView.tsx";
import { words } from "./words.ts";

/** The notes that were typed and not published yet, by bot: who goes away to mend an error finds them again. */
const notes = new Map<string, string>();

/** Shows what will go live, asks for a note, and publishes. What the check finds is said before. */
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
  const key = `${workspace}/${bot.id}`;
  const reason = useId();
  const alert = useRef<HTMLDivElement>(null);
  // What was typed a moment ago goes live too.
  useEffect(() => void saveDrafts(client), [client]);
  const checkup = useCheckup(workspace, bot);
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { note: notes.get(key) ?? "" },
    send: async ({ note }) => {
      const call = api.POST("/workspaces/{workspace}/bots/{bot}/publish", {
        params: { path, header: ifMatch(bot.draft.revision) },
        body: note.trim() ? { note: note.trim() } : {},
      });
      const published = await ok(call);
      notes.delete(key);
      client.setQueryData(keys.bot(workspace, bot.id), published);
      void client.invalidateQueries({ queryKey: keys.bots(workspace) });
      notifications.show({ color: "teal", message: t.published(published.live?.number ?? 0) });
      onClose();
    },
  });
  useEffect(() => {
    if (form.values.note !== "") notes.set(key, form.values.note);
  }, [key, form.values.note]);
  const refused = isProblem(problem, "check_failed")
    ? (problem.more.checkup as Checkup | undefined)
    : undefined;
  const failed = refused ?? checkup;
  const impossible = failed !== undefined && !failed.ok;
  return (
    <Modal opened onClose={onClose} title={t.publishTitle(bot.name)} size="xl">
      <form
        onSubmit={(event) => {
          if (!impossible) return onSubmit(event);
          event.preventDefault();
          alert.current?.focus();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t.publishText}</Text>
          {impossible ? (
            <div ref={alert} id={reason} tabIndex={-1}>
              <CheckFailed workspace={workspace} bot={bot.id} checkup={failed} onClose={onClose} />
            </div>
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
            {/* It can still be reached with the keyboard, so that it says why it cannot. */}
            <Button
              type="submit"
              loading={busy}
              data-disabled={impossible || undefined}
              aria-disabled={impossible || undefined}
              aria-describedby={impossible ? reason : undefined}
            >
              {t.publish}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** What the check finds in the draft as it is saved, on the channels that the bot is on. */
function useCheckup(workspace: string, bot: Bot): Checkup | undefined {
  const channels = [...new Set(bot.channels.map(({ kind }) => kind))] as never[];
  const found = useQuery({
    queryKey: [...keys.draft(workspace, bot.id), "check", bot.draft.revision, channels],
    queryFn: async () => {
      const params = { path: { workspace, bot: bot.id } };
      const { text } = await ok(api.GET("/workspaces/{workspace}/bots/{bot}/draft", { params }));
      return ok(
        api.POST("/workspaces/{workspace}/check", {
          params: { path: { workspace } },
          body: { text, channels },
        }),
      );
    },
    retry: false,
    staleTime: 0,
  });
  return found.data;
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
  const errors = useSaidCheckup(checkup)?.diagnostics.filter(({ severity }) => severity === "error") ?? [];
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
