import {
  Anchor,
  Button,
  Checkbox,
  Group,
  Modal,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconRoute } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { DraftNotices } from "../bot-file/DraftNotices.tsx";
import { addScript } from "../bot-file/edits.ts";
import { type DraftAt, useDraft } from "../bot-file/useDraft.tsx";
import { LONGEST_ID } from "../forms/ids.ts";
import { Empty } from "../ui/Empty.tsx";
import { Page } from "../ui/Page.tsx";
import { useWords } from "../words/words.tsx";
import { joinTriggers, type Occasion, triggerText } from "./triggers.ts";
import { words } from "./words.ts";

/** *Scripts*: all scripts of the bot. */
export function ScriptsPage() {
  const t = useWords(words);
  const draft = useDraft();
  const [open, is] = useDisclosure(false);
  const { file, workspace, bot } = draft;
  const problems = (path: string) =>
    draft.checkup?.diagnostics.filter(
      (one) => one.severity === "error" && (one.path === path || one.path.startsWith(`${path}.`)),
    ).length ?? 0;
  const add = draft.readOnly === undefined && (
    <Button onClick={is.open} disabled={draft.unreadable !== undefined} leftSection={<IconPlus size={16} />}>
      {t.newScript}
    </Button>
  );
  return (
    <Page title={t.title} lead={t.lead} actions={file.scripts.length > 0 && add}>
      <DraftNotices draft={draft} />
      {file.scripts.length === 0 ? (
        <Empty icon={IconRoute} title={t.empty} action={add}>
          {t.emptyText}
        </Empty>
      ) : (
        <Table.ScrollContainer minWidth={480}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.columnScript}</Table.Th>
                <Table.Th>{t.columnTriggers}</Table.Th>
                <Table.Th>{t.columnSteps}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {file.scripts.map((script) => (
                <Table.Tr key={script.path}>
                  <Table.Td>
                    <Anchor
                      fw={600}
                      renderRoot={(props) => (
                        <Link
                          to="/w/$workspace/bots/$bot/scripts/$script"
                          params={{ workspace, bot, script: script.id }}
                          {...props}
                        />
                      )}
                    >
                      {script.id}
                    </Anchor>
                    {problems(script.path) > 0 && (
                      <Text size="xs" c="var(--bad)" component="span" ml={8}>
                        {t.withProblems(problems(script.path))}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" c={script.triggers.length === 0 ? "dimmed" : undefined} lineClamp={2}>
                      {triggerText(script.triggers, t) || t.noTriggers}
                    </Text>
                  </Table.Td>
                  <Table.Td className="num">{script.steps.length}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {open && <NewScript draft={draft} onClose={is.close} />}
    </Page>
  );
}

function NewScript({ draft, onClose }: { draft: DraftAt; onClose: () => void }) {
  const t = useWords(words);
  const navigate = useNavigate();
  const [id, setId] = useState("");
  const [triggers, setTriggers] = useState("");
  const [occasions, setOccasions] = useState<string[]>([]);
  const [left, setLeft] = useState(false);
  const taken = draft.file.scripts.some((one) => one.id === id);
  const wrong =
    id === ""
      ? t.idNeeded
      : !/^[A-Za-z0-9_-]+$/.test(id)
        ? t.idLetters
        : id.length > LONGEST_ID
          ? t.idLong
          : taken
            ? t.idTaken
            : undefined;
  const create = () => {
    setLeft(true);
    if (wrong !== undefined) return;
    if (!draft.store.edit(addScript(id, joinTriggers(triggers.split("\n"), occasions as Occasion[], []))))
      return;
    onClose();
    void navigate({
      to: "/w/$workspace/bots/$bot/scripts/$script",
      params: { workspace: draft.workspace, bot: draft.bot, script: id },
    });
  };
  return (
    <Modal opened onClose={onClose} title={t.newScript}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create();
        }}
      >
        <Stack gap={12}>
          <TextInput
            label={t.scriptId}
            description={t.scriptIdHelp}
            placeholder="balance"
            spellCheck={false}
            data-autofocus
            value={id}
            onChange={(event) => setId(event.currentTarget.value)}
            onBlur={() => id !== "" && setLeft(true)}
            error={left ? wrong : undefined}
          />
          <Textarea
            label={t.triggers}
            description={t.triggersHelp}
            autosize
            minRows={3}
            value={triggers}
            onChange={(event) => setTriggers(event.currentTarget.value)}
          />
          <Checkbox.Group label={t.otherTriggers} value={occasions} onChange={setOccasions}>
            <Checkbox mt={4} value="first_message" label={t.onFirst} />
            <Checkbox mt={4} value="call" label={t.onCall} />
            <Checkbox mt={4} value="fallback" label={t.onFallback} />
          </Checkbox.Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button type="submit">{t.create}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
