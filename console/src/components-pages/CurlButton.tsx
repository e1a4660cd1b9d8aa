import { Button, Group, List, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../api/client.ts";
import { Problem } from "../ui/Problem.tsx";
import { common } from "../words/common.ts";
import { useWords } from "../words/words.tsx";
import type { ComponentEditor } from "./useComponent.ts";
import { words } from "./words.ts";

/** Fills the form of a Web Service from a curl command. */
export function CurlButton({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const c = useWords(common);
  const [open, is] = useDisclosure(false);
  const [command, setCommand] = useState("");
  const { workspace, bot } = editor.draft;
  const fill = useMutation({
    mutationFn: () =>
      ok(
        api.POST("/workspaces/{workspace}/bots/{bot}/curl", {
          params: { path: { workspace, bot } },
          body: { command },
        }),
      ),
    onSuccess: ({ definition, notes }) => {
      const {
        method: _m,
        url: _u,
        query: _q,
        headers: _h,
        json: _j,
        form: _f,
        body: _b,
        content_type: _c,
        ...kept
      } = editor.definition;
      const { id: _id, ...filled } = definition;
      editor.replace({ ...kept, ...filled });
      if (notes.length === 0) is.close();
    },
  });
  const close = () => {
    fill.reset();
    is.close();
  };
  return (
    <>
      <Button variant="subtle" onClick={is.open}>
        {t.curl}
      </Button>
      <Modal opened={open} onClose={close} title={t.curl} size="lg">
        <Stack gap={12}>
          <Textarea
            label={t.curl}
            description={t.curlHelp}
            autosize
            minRows={6}
            maxRows={16}
            className="mono"
            spellCheck={false}
            placeholder={"curl https://api.bank.example/accounts -H 'Authorization: Bearer …'"}
            value={command}
            onChange={(event) => setCommand(event.currentTarget.value)}
            data-autofocus
          />
          <Text size="xs" c="dimmed">
            {t.curlReplaces}
          </Text>
          {fill.isError && <Problem error={fill.error} />}
          {fill.data && fill.data.notes.length > 0 && (
            <List size="sm" role="status">
              {fill.data.notes.map((note) => (
                <List.Item key={note}>{note}</List.Item>
              ))}
            </List>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {fill.isSuccess ? c.close : c.cancel}
            </Button>
            <Button onClick={() => fill.mutate()} loading={fill.isPending} disabled={command.trim() === ""}>
              {t.curlFill}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
