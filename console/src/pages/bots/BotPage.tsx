import { Alert, Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api } from "../../api/client.ts";
import type { Bot } from "../../api/contract.ts";
import { botQuery, diffQuery, draftQuery, keys } from "../../api/queries.ts";
import { useMay } from "../../session/useSession.ts";
import { State } from "../../ui/Badges.tsx";
import { Card, Cards } from "../../ui/Card.tsx";
import { Confirm } from "../../ui/Confirm.tsx";
import { LoadedPage } from "../../ui/LoadedPage.tsx";
import { Page } from "../../ui/Page.tsx";
import { short } from "../../ui/short.ts";
import { Ago } from "../../ui/Time.tsx";
import { useWords } from "../../words/words.tsx";
import { PublishDialogue } from "../versions/PublishDialogue.tsx";
import classes from "./Bots.module.css";
import { Problems } from "./BotsPage.tsx";
import { words } from "./words.ts";

/** A bot at first sight: what is live, what changed, what is wrong, where it talks, and what to do next. */
export function BotPage() {
  const { workspace = "", bot = "" } = useParams({ strict: false });
  const query = useQuery(botQuery(workspace, bot));
  return <LoadedPage query={query}>{(data) => <Overview workspace={workspace} bot={data} />}</LoadedPage>;
}

function Overview({ workspace, bot }: { workspace: string; bot: Bot }) {
  const t = useWords(words);
  const params = { workspace, bot: bot.id };
  return (
    <Page title={bot.name} beside={bot.origin === "file" && <State tone="quiet">{t.fromFile}</State>}>
      {bot.origin === "file" && (
        <Alert variant="light" mb="md">
          {t.fromFileHelp}
        </Alert>
      )}
      <NextStep workspace={workspace} bot={bot} />
      <Cards broad>
        <Card title={t.liveTitle}>
          {bot.live ? (
            <div className={classes.rows}>
              <p className={classes.number}>{t.publication(bot.live.number)}</p>
              <span>
                {bot.live.published_by} · <Ago at={bot.live.published_at} />
              </span>
              {bot.live.note && <span className="quiet">{bot.live.note}</span>}
              <span className="mono quiet">{short(bot.live.version)}</span>
            </div>
          ) : (
            <div className={classes.rows}>{t.notLive}</div>
          )}
        </Card>
        <Card title={t.draftTitle}>
          <Changes workspace={workspace} bot={bot} />
        </Card>
        <Card title={t.problemsTitle} actions={<Problems bot={bot} />}>
          <div className={classes.rows}>
            <span>
              {bot.problems.errors > 0
                ? t.problemsErrors(bot.problems.errors)
                : bot.problems.warnings > 0
                  ? t.problemsWarnings(bot.problems.warnings)
                  : t.problemsNone}
            </span>
            {bot.problems.errors + bot.problems.warnings > 0 && (
              <Button
                component={Link}
                to="/w/$workspace/bots/$bot/file"
                params={params as never}
                variant="default"
                size="xs"
              >
                {t.seeProblems}
              </Button>
            )}
          </div>
        </Card>
        <Card title={t.channelsTitle}>
          <div className={classes.rows}>
            {bot.channels.length === 0 && <span>{t.channelsNone}</span>}
            {bot.channels.map(({ id, name, kind }) => (
              <Link
                key={id}
                to="/w/$workspace/channels/$id"
                params={{ workspace, id }}
                className={classes.name}
              >
                {name} <span className="quiet">{kind}</span>
              </Link>
            ))}
            <Button
              component={Link}
              to="/w/$workspace/channels/new"
              params={{ workspace } as never}
              variant="default"
              size="xs"
            >
              {t.connect}
            </Button>
          </div>
        </Card>
      </Cards>
      {bot.origin === "console" && <Remove workspace={workspace} bot={bot} />}
    </Page>
  );
}

function Changes({ workspace, bot }: { workspace: string; bot: Bot }) {
  const t = useWords(words);
  const { data: diff } = useQuery({
    ...diffQuery(workspace, bot.id, "live", "draft"),
    enabled: bot.changed && bot.live !== undefined,
  });
  return (
    <div className={classes.rows}>
      {bot.changed || !bot.live ? (
        <>
          {diff && <span>{t.lines(diff.added, diff.removed)}</span>}
          <span className="quiet">
            {t.draftBy(bot.draft.changed_by)} · <Ago at={bot.draft.changed_at} />
          </span>
          <Button
            component={Link}
            to="/w/$workspace/bots/$bot/versions"
            params={{ workspace, bot: bot.id } as never}
            variant="default"
            size="xs"
          >
            {t.seeChanges}
          </Button>
        </>
      ) : (
        <span>{t.sameDraft}</span>
      )}
    </div>
  );
}

/** The one thing to do now. */
function NextStep({ workspace, bot }: { workspace: string; bot: Bot }) {
  const t = useWords(words);
  const may = useMay();
  const [publishing, publishingIs] = useDisclosure(false);
  const isFresh = bot.live === undefined && bot.uses_token;
  const { data: draft } = useQuery({ ...draftQuery(workspace, bot.id), enabled: isFresh });
  // What a new bot begins with.
  const hasExamples = isFresh && /https:\/\/(auth|api)\.example\.com\//.test(draft?.text ?? "");
  const params = { workspace, bot: bot.id } as never;
  const [text, button]: [string, ReactNode] = (() => {
    if (bot.problems.errors > 0) {
      return [
        t.nextErrors,
        <Button key="b" component={Link} to="/w/$workspace/bots/$bot/file" params={params}>
          {t.seeProblems}
        </Button>,
      ];
    }
    if (!bot.uses_token) {
      return [
        t.nextToken,
        <Button key="b" component={Link} to="/w/$workspace/bots/$bot/authorization-tokens" params={params}>
          {t.nextTokenButton}
        </Button>,
      ];
    }
    if (hasExamples) {
      return [
        t.nextUrl,
        <Button key="b" component={Link} to="/w/$workspace/bots/$bot/authorization-tokens" params={params}>
          {t.nextUrlButton}
        </Button>,
      ];
    }
    if (bot.changed) {
      return [
        t.nextPublish,
        may("bot.publish") && (
          <Button key="b" onClick={publishingIs.open}>
            {t.publish}
          </Button>
        ),
      ];
    }
    if (bot.channels.length === 0) {
      return [
        t.nextChannel,
        <Button key="b" component={Link} to="/w/$workspace/channels/new" params={params}>
          {t.connect}
        </Button>,
      ];
    }
    return [
      t.nextWatch,
      <Button key="b" component={Link} to="/w/$workspace/conversations" params={params}>
        {t.toConversations}
      </Button>,
    ];
  })();
  return (
    <section className={classes.next} aria-label={t.nextTitle}>
      <div>
        <p className={classes.nextTitle}>{t.nextTitle}</p>
        <p>{text}</p>
      </div>
      {button}
      {publishing && <PublishDialogue workspace={workspace} bot={bot} onClose={publishingIs.close} />}
    </section>
  );
}

function Remove({ workspace, bot }: { workspace: string; bot: Bot }) {
  const t = useWords(words);
  const may = useMay();
  const client = useQueryClient();
  const go = useNavigate();
  const [asking, askingIs] = useDisclosure(false);
  if (!may("bot.edit")) return null;
  const remove = async () => {
    await api.DELETE("/workspaces/{workspace}/bots/{bot}", { params: { path: { workspace, bot: bot.id } } });
    await go({ to: "/w/$workspace/bots", params: { workspace } });
    client.removeQueries({ queryKey: keys.bot(workspace, bot.id) });
    await client.invalidateQueries({ queryKey: keys.bots(workspace), exact: true });
  };
  return (
    <div className={classes.danger}>
      <Button variant="subtle" color="red" size="xs" onClick={askingIs.open}>
        {t.removeBot}
      </Button>
      {asking && (
        <Confirm
          title={t.removeTitle(bot.name)}
          verb={t.removeBot}
          typed={bot.id}
          act={remove}
          onClose={askingIs.close}
        >
          {t.removeText}
        </Confirm>
      )}
    </div>
  );
}
