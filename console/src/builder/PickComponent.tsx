import { Button, Group, Modal, NativeSelect, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type ComponentKind, kindPath } from "../bot-file/model.ts";
import type { DraftAt } from "../bot-file/useDraft.tsx";
import { NEW } from "../forms/ids.ts";
import { useWords } from "../words/words.tsx";
import { words } from "./words.ts";

export type Picked = ComponentKind;

interface Props {
  draft: DraftAt;
  kind: ComponentKind;
  title: string;
  onClose: () => void;
  onPick: (id: string) => void;
}

/** Selects the id of a component from the list, and saves it as a step. */
export function PickComponent({ draft, kind, title, onClose, onPick }: Props) {
  const t = useWords(words);
  const ids = draft.file.components.filter((one) => one.kind === kind).map((one) => one.id);
  const [id, setId] = useState(ids[0] ?? "");
  const create = (
    <Button
      variant={ids.length === 0 ? "filled" : "subtle"}
      renderRoot={(props) => (
        <Link
          to={`/w/$workspace/bots/$bot/${kindPath(kind)}/$id`}
          params={{ workspace: draft.workspace, bot: draft.bot, id: NEW }}
          {...props}
        />
      )}
    >
      {t.createOne}
    </Button>
  );
  return (
    <Modal opened onClose={onClose} title={t.pickTitle(title)}>
      {ids.length === 0 ? (
        <Stack gap={16}>
          <Text size="sm">{t.pickNone(title)}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            {create}
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onPick(id);
          }}
        >
          <NativeSelect
            label={t.pickToken}
            data={ids}
            value={id}
            onChange={(event) => setId(event.currentTarget.value)}
            data-autofocus
          />
          <Group justify="flex-end" mt="lg">
            {create}
            <Button type="submit">{t.save}</Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
