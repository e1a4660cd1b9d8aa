import { Button, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import type { Bot } from "../api/contract.ts";
import { botQuery } from "../api/queries.ts";
import { useMay } from "../session/useSession.ts";
import { useWords } from "../words/words.tsx";
import classes from "./Frame.module.css";
import { words } from "./words.ts";

const PublishDialogue = lazy(() =>
  import("../pages/versions/PublishDialogue.tsx").then((module) => ({ default: module.PublishDialogue })),
);

interface Props {
  workspace: string;
  bot: string;
  simulating: boolean;
  onSimulate: () => void;
}

/** At the top of each page of a bot: whether what is live is what is edited, *Simulate* and *Publish*. */
export function BotBar({ workspace, bot: id, simulating, onSimulate }: Props) {
  const t = useWords(words);
  const may = useMay();
  const { data: bot } = useQuery(botQuery(workspace, id));
  const [publishing, publishingIs] = useDisclosure(false);
  if (!bot) return null;
  return (
    <div className={classes.bar}>
      <LiveState bot={bot} />
      {may("simulate") && (
        <Button
          variant="default"
          size="xs"
          px={10}
          onClick={onSimulate}
          aria-pressed={simulating}
          aria-label={t.simulate}
          leftSection={<IconPlayerPlay size={16} />}
        >
          <span className={classes.words}>{t.simulate}</span>
        </Button>
      )}
      {may("bot.publish") && (
        <Tooltip label={t.publishedHelp(bot.live?.number ?? 0)} disabled={bot.changed}>
          {/* It can be reached with the keyboard while there is nothing to publish, so that it says so. */}
          <Button
            size="xs"
            onClick={bot.changed ? publishingIs.open : undefined}
            data-disabled={!bot.changed || undefined}
            aria-disabled={!bot.changed || undefined}
          >
            {t.publish}
          </Button>
        </Tooltip>
      )}
      {publishing && (
        <Suspense>
          <PublishDialogue workspace={workspace} bot={bot} onClose={publishingIs.close} />
        </Suspense>
      )}
    </div>
  );
}

/** Published, or how the draft stands to what is live. */
export function LiveState({ bot }: { bot: Bot }) {
  const t = useWords(words);
  const [state, word, help] = !bot.live
    ? (["draft", t.neverPublished, t.neverPublished] as const)
    : bot.changed
      ? (["changed", t.changed, t.changedHelp(bot.live.number)] as const)
      : (["live", t.published, t.publishedHelp(bot.live.number)] as const);
  return (
    <Tooltip label={help}>
      <span className={classes.state}>
        <i className={classes.dot} data-state={state} aria-hidden />
        <span>{word}</span>
      </span>
    </Tooltip>
  );
}
