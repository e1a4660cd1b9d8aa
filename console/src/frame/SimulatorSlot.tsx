import { ActionIcon, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { Bars } from "../ui/Loaded.tsx";
import { useWords } from "../words/words.tsx";
import classes from "./Frame.module.css";
import { words } from "./words.ts";

const Simulator = lazy(() =>
  import("../simulator/Simulator.tsx").then((module) => ({ default: module.Simulator })),
);

/** The right column. The simulator stays as it is while the column is closed or another page of the bot is open. */
export function SimulatorSlot({
  workspace,
  bot,
  open,
  onClose,
}: {
  workspace: string;
  bot: string;
  open: boolean;
  onClose: () => void;
}) {
  const t = useWords(words);
  const [opened, setOpened] = useState(open);
  if (open && !opened) setOpened(true);
  if (!opened) return null;
  return (
    <aside className={classes.simulator} hidden={!open} aria-label={t.simulator}>
      <div className={classes.simulatorHead}>
        <Text fw={600}>{t.simulator}</Text>
        <ActionIcon onClick={onClose} aria-label={t.closeSimulator}>
          <IconX size={18} />
        </ActionIcon>
      </div>
      <div className={classes.simulatorBody}>
        <Suspense fallback={<Bars />}>
          <Simulator key={`${workspace}/${bot}`} workspace={workspace} bot={bot} />
        </Suspense>
      </div>
    </aside>
  );
}
