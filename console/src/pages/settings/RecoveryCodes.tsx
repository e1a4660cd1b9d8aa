import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { CopyButton } from "../../ui/Copyable.tsx";
import { useWords } from "../../words/words.tsx";
import classes from "./Settings.module.css";
import { words } from "./words.ts";

/** The recovery codes, this once. Only the button closes it, so that nobody loses them by a slip. */
export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const t = useWords(words);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.recoveryTitle}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack gap="sm">
        <Text size="sm">{t.recoveryLead}</Text>
        <ul className={classes.codes}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <Group justify="space-between">
          <CopyButton text={codes.join("\n")} label={t.recoveryTitle} />
          <Button onClick={onClose}>{t.stored}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
