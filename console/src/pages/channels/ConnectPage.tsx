import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import type { ChannelKind, ChannelProvider, Kind } from "../../api/contract.ts";
import { botsQuery, keys } from "../../api/queries.ts";
import { LeaveGuard } from "../../forms/LeaveGuard.tsx";
import { useServerForm } from "../../forms/useServerForm.ts";
import { useWorkspace } from "../../session/useSession.ts";
import { State } from "../../ui/Badges.tsx";
import { Card, Cards } from "../../ui/Card.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Marked } from "../../ui/Marked.tsx";
import { Page } from "../../ui/Page.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { common } from "../../words/common.ts";
import { useWords } from "../../words/words.tsx";
import { ChannelFields, type ChannelValues, filled, missing, startValues } from "./ChannelFields.tsx";
import classes from "./Channels.module.css";
import { useKinds } from "./useKinds.ts";
import { words } from "./words.ts";

/** Connects a channel: which kind, which provider, how to, details. */
export function ConnectPage() {
  const t = useWords(words);
  const { kind: wanted } = useSearch({ from: "/w/$workspace/channels/new" });
  const go = useNavigate();
  const { id: workspace } = useWorkspace();
  const kinds = useKinds();
  const choose = (kind?: string) =>
    void go({ to: "/w/$workspace/channels/new", params: { workspace }, search: kind ? { kind } : {} });
  return (
    <Page title={t.connect}>
      <Loaded query={kinds}>
        {({ items }) => {
          const kind = items.find((one) => one.kind === wanted);
          if (kind) return <Connect key={kind.kind} kind={kind} onBack={() => choose()} />;
          return <Kinds kinds={items} onChoose={choose} />;
        }}
      </Loaded>
    </Page>
  );
}

function Kinds({ kinds, onChoose }: { kinds: ChannelKind[]; onChoose: (kind: string) => void }) {
  const t = useWords(words);
  if (kinds.length === 0) return <Empty title={t.noKinds} />;
  return (
    <Card title={t.whichKind} lead={t.noTokenLoginHelp}>
      <div className={classes.kinds}>
        {kinds.map(({ kind, title, token_login, providers }) => (
          <button type="button" key={kind} className={classes.kind} onClick={() => onChoose(kind)}>
            <span className={classes.kindTitle}>{titleOf(kind, title, t)}</span>
            <span className={classes.kindText}>
              {providers.map((provider) => provider.title).join(" · ")}
            </span>
            <State tone={token_login ? "good" : "quiet"}>{token_login ? t.tokenLogin : t.noTokenLogin}</State>
          </button>
        ))}
      </div>
    </Card>
  );
}

function Connect({ kind, onBack }: { kind: ChannelKind; onBack: () => void }) {
  const t = useWords(words);
  const [chosen, setChosen] = useState(kind.providers[0]?.provider);
  const provider = kind.providers.find((one) => one.provider === chosen);
  return (
    <Stack>
      <Group>
        <Button variant="default" size="xs" onClick={onBack}>
          {t.back}
        </Button>
        <Text fw={600}>{titleOf(kind.kind, kind.title, t)}</Text>
      </Group>
      {kind.providers.length > 1 && (
        <NativeSelect
          maw={320}
          label={t.whichProvider}
          data={kind.providers.map(({ provider: value, title }) => ({ value, label: title }))}
          value={chosen}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      )}
      {provider && (
        <Cards broad>
          <Card title={t.howTo}>
            <ol className={classes.steps}>
              {provider.steps.map((step) => (
                <li key={step}>
                  <Marked text={step} />
                </li>
              ))}
            </ol>
          </Card>
          <Details key={provider.provider} kind={kind} provider={provider} />
        </Cards>
      )}
    </Stack>
  );
}

function Details({ kind, provider }: { kind: ChannelKind; provider: ChannelProvider }) {
  const t = useWords(words);
  const { required } = useWords(common);
  const { id: workspace } = useWorkspace();
  const client = useQueryClient();
  const go = useNavigate();
  const { data: bots } = useQuery(botsQuery(workspace));
  const { form, onSubmit, problem, busy, dirty } = useServerForm<ChannelValues>({
    initialValues: { name: titleOf(kind.kind, kind.title, t), bot: "", ...startValues(provider.fields) },
    validate: (values) => ({
      ...missing(provider.fields, values, required),
      ...(values.name.trim() ? {} : { name: required }),
    }),
    send: async ({ name, bot, settings, secrets }) => {
      const body = {
        kind: kind.kind as Kind,
        provider: provider.provider,
        name,
        settings: filled(provider.fields, false, settings),
        secrets: filled(provider.fields, true, secrets),
        ...(bot ? { bot } : {}),
      };
      const channel = await ok(
        api.POST("/workspaces/{workspace}/channels", { params: { path: { workspace } }, body }),
      );
      await client.invalidateQueries({ queryKey: keys.channels(workspace) });
      form.resetDirty();
      notifications.show({ color: "teal", message: t.created });
      await go({
        to: "/w/$workspace/channels/$id",
        params: { workspace, id: channel.id },
        ignoreBlocker: true,
      });
    },
  });
  return (
    <Card title={t.details}>
      <LeaveGuard when={dirty && !busy} />
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="sm">
          <Problem error={problem} />
          <TextInput label={t.name} description={t.nameHelp} required {...form.getInputProps("name")} />
          <NativeSelect
            label={t.bot}
            description={t.botHelp}
            data={[
              { value: "", label: t.noBot },
              ...(bots?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
            ]}
            {...form.getInputProps("bot")}
          />
          <ChannelFields form={form} fields={provider.fields} />
          <Group justify="flex-end">
            <Button type="submit" loading={busy}>
              {t.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

/** Brands have one name; the others are called as the language of the page calls them. */
function titleOf(kind: string, title: string, t: typeof words.en): string {
  const { phone, web, mobile, desktop } = t;
  return { phone, web, mobile, desktop }[kind] ?? title;
}
