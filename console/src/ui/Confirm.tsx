import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useWords } from "../words/words.tsx";
import { Problem } from "./Problem.tsx";
import { words } from "./words.ts";

interface Props {
  title: string;
  children: ReactNode;
  /** The verb on the button. */
  verb: string;
  /** What has to be typed first, for what cannot be undone. */
  typed?: string;
  /** Not a loss, so the button is not red. */
  harmless?: boolean;
  act: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something is done, does it, and tells if it failed. */
export function Confirm({ title, children, verb, typed, harmless, act, onClose }: Props) {
  const t = useWords(words);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const go = async () => {
    setBusy(true);
    try {
      await act();
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <Stack gap="sm">
          <Text size="sm" component="div">
            {children}
          </Text>
          {typed && (
            <TextInput
              label={t.typeToConfirm(typed)}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          <Problem error={problem} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button
              type="submit"
              color={harmless ? undefined : "red"}
              loading={busy}
              disabled={typed !== undefined && text !== typed}
            >
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
