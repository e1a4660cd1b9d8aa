import { Alert, Button, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { api, ifMatch, ok } from "../../api/client.ts";
import type { Channel, ChannelField } from "../../api/contract.ts";
import { botsQuery, keys } from "../../api/queries.ts";
import { LeaveGuard } from "../../forms/LeaveGuard.tsx";
import { useServerForm } from "../../forms/useServerForm.ts";
import { useMay } from "../../session/useSession.ts";
import { State } from "../../ui/Badges.tsx";
import { Card } from "../../ui/Card.tsx";
import { Confirm } from "../../ui/Confirm.tsx";
import { Copyable } from "../../ui/Copyable.tsx";
import { LoadedPage } from "../../ui/LoadedPage.tsx";
import { Page } from "../../ui/Page.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Ago } from "../../ui/Time.tsx";
import { useAct } from "../../ui/useAct.ts";
import { common } from "../../words/common.ts";
import { useWords } from "../../words/words.tsx";
import { ChannelFields, type ChannelValues, filled, missing, startValues } from "./ChannelFields.tsx";
import classes from "./Channels.module.css";
import { HealthState } from "./HealthState.tsx";
import { useKinds } from "./useKinds.ts";
import { words } from "./words.ts";

/** One channel: the URL to paste, a test, how it does, its settings. */
export function ChannelPage() {
  const { workspace = "", id = "" } = useParams({ strict: false });
  const channel = useQuery({
    queryKey: [...keys.channels(workspace), id],
    queryFn: () =>
      ok(api.GET("/workspaces/{workspace}/channels/{id}", { params: { path: { workspace, id } } })),
  });
  return <LoadedPage query={channel}>{(data) => <Shown workspace={workspace} channel={data} />}</LoadedPage>;
}

function Shown({ workspace, channel }: { workspace: string; channel: Channel }) {
  const t = useWords(words);
  const may = useMay();
  const kinds = useKinds();
  const provider = kinds.data?.items
    .find(({ kind }) => kind === channel.kind)
    ?.providers.find(({ provider: one }) => one === channel.provider);
  const editable = may("channel.edit") && channel.origin === "console";
  return (
    <Page
      title={channel.name}
      lead={`${channel.kind} · ${channel.provider}`}
      beside={channel.origin === "file" ? <State tone="quiet">{t.fromFile}</State> : null}
    >
      {channel.hook_url && <Hook workspace={workspace} channel={channel} />}
      <Card title={t.healthTitle} actions={<HealthState channel={channel} />}>
        <Facts channel={channel} />
      </Card>
      {channel.origin === "file" && (
        <Alert variant="light" mt="md">
          {t.changedElsewhere}
        </Alert>
      )}
      {editable && kinds.data && (
        <Settings key={channel.id} workspace={workspace} channel={channel} fields={provider?.fields ?? []} />
      )}
      {editable && <Remove workspace={workspace} channel={channel} />}
    </Page>
  );
}

function Hook({ workspace, channel }: { workspace: string; channel: Channel }) {
  const t = useWords(words);
  const may = useMay();
  const [result, setResult] = useState<{ ok: boolean; message: string }>();
  const [act, busy, problem] = useAct();
  const test = async () => {
    setResult(undefined);
    setResult(
      await ok(
        api.POST("/workspaces/{workspace}/channels/{id}/test", {
          params: { path: { workspace, id: channel.id } },
        }),
      ),
    );
  };
  return (
    <Card
      title={t.hookTitle}
      lead={t.hookLead}
      actions={
        may("channel.edit") && (
          <Button variant="default" size="xs" loading={busy} onClick={() => act(test)}>
            {t.test}
          </Button>
        )
      }
    >
      <p className={classes.label}>{t.hookUrl}</p>
      <Copyable text={channel.hook_url ?? ""} label={t.hookUrl} />
      {channel.verify_token && (
        <>
          <p className={classes.label}>{t.verifyToken}</p>
          <Copyable text={channel.verify_token} label={t.verifyToken} />
        </>
      )}
      <div aria-live="polite">
        {result && (
          <Alert
            mt="sm"
            variant="light"
            color={result.ok ? "teal" : "yellow"}
            title={result.ok ? t.testOk : t.testBad}
          >
            {result.message}
          </Alert>
        )}
      </div>
      <Problem error={problem} />
    </Card>
  );
}

function Facts({ channel: { health } }: { channel: Channel }) {
  const t = useWords(words);
  return (
    <dl className={classes.facts}>
      <dt>{t.lastIn}</dt>
      <dd>{health.last_webhook_at ? <Ago at={health.last_webhook_at} /> : t.never}</dd>
      <dt>{t.lastOut}</dt>
      <dd>{health.last_delivery_at ? <Ago at={health.last_delivery_at} /> : t.never}</dd>
      {health.last_refused_at && (
        <>
          <dt>{t.lastRefused}</dt>
          <dd>
            <Ago at={health.last_refused_at} />
            {health.refused_why && <div>{health.refused_why}</div>}
          </dd>
        </>
      )}
      {health.last_failure && (
        <>
          <dt>{t.lastFailure}</dt>
          <dd>
            <Ago at={health.last_failure.at} />
            <div>
              {health.last_failure.code && <code>{health.last_failure.code}</code>}{" "}
              {health.last_failure.message}
            </div>
          </dd>
        </>
      )}
    </dl>
  );
}

function Settings({
  workspace,
  channel,
  fields,
}: {
  workspace: string;
  channel: Channel;
  fields: ChannelField[];
}) {
  const t = useWords(words);
  const { required, save } = useWords(common);
  const client = useQueryClient();
  const { data: bots } = useQuery(botsQuery(workspace));
  const { form, onSubmit, problem, busy, dirty } = useServerForm<ChannelValues>({
    initialValues: { name: channel.name, bot: channel.bot ?? "", ...startValues(fields, channel.settings) },
    validate: (values) => ({
      ...missing(fields, values, required, channel.secrets),
      ...(values.name.trim() ? {} : { name: required }),
    }),
    send: async ({ name, bot, settings, secrets }) => {
      const params = { path: { workspace, id: channel.id }, header: ifMatch(channel.revision) };
      const body = {
        name,
        // Nobody answers when it is empty.
        bot,
        settings: filled(fields, false, settings),
        secrets: filled(fields, true, secrets),
      };
      const saved = await ok(api.PATCH("/workspaces/{workspace}/channels/{id}", { params, body }));
      client.setQueryData([...keys.channels(workspace), channel.id], saved);
      void client.invalidateQueries({ queryKey: keys.channels(workspace), exact: true });
      form.setFieldValue("secrets", startValues(fields).secrets);
      notifications.show({ color: "teal", message: t.saveDone });
    },
  });
  return (
    <Card title={t.settingsTitle}>
      <LeaveGuard when={dirty && !busy} />
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="sm" maw={560}>
          <Problem error={problem} />
          <TextInput label={t.name} required {...form.getInputProps("name")} />
          <NativeSelect
            label={t.bot}
            description={t.botHelp}
            data={[
              { value: "", label: t.noBot },
              ...(bots?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
            ]}
            {...form.getInputProps("bot")}
          />
          <ChannelFields form={form} fields={fields} set={channel.secrets} />
          <Group>
            <Button type="submit" loading={busy} disabled={!dirty}>
              {save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function Remove({ workspace, channel }: { workspace: string; channel: Channel }) {
  const t = useWords(words);
  const client = useQueryClient();
  const go = useNavigate();
  const [asking, askingIs] = useDisclosure(false);
  const remove = async () => {
    await api.DELETE("/workspaces/{workspace}/channels/{id}", {
      params: { path: { workspace, id: channel.id }, header: ifMatch(channel.revision) },
    });
    await go({ to: "/w/$workspace/channels", params: { workspace } });
    await client.invalidateQueries({ queryKey: keys.channels(workspace), exact: true });
  };
  return (
    <div className={classes.danger}>
      <Button variant="subtle" color="red" size="xs" onClick={askingIs.open}>
        {t.removeChannel}
      </Button>
      {asking && (
        <Confirm
          title={t.removeTitle(channel.name)}
          verb={t.removeChannel}
          act={remove}
          onClose={askingIs.close}
        >
          {t.removeText}
        </Confirm>
      )}
    </div>
  );
}
