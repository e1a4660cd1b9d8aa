import { Alert, Button, Checkbox, Group, Menu, NativeSelect, Text, TextInput } from "@mantine/core";
import { IconAdjustmentsHorizontal, IconClock, IconPhoneOff, IconRefresh } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { api, ok } from "../api/client.ts";
import type { Checkup, Kind, Simulation, SimulationInput } from "../api/contract.ts";
import { isProblem } from "../api/problem.ts";
import { useSaidCheckup } from "../bot-file/findings/useSaid.ts";
import { useDraft } from "../bot-file/useDraft.tsx";
import { useMay } from "../session/useSession.ts";
import { Problem } from "../ui/Problem.tsx";
import { useLanguage, useWords } from "../words/words.tsx";
import { Answer } from "./Answer.tsx";
import { Details } from "./Details.tsx";
import { Lines } from "./Lines.tsx";
import { cameAlong } from "./running.ts";
import { Stubs } from "./Stubs.tsx";
import classes from "./simulator.module.css";
import { calledBy, judge, type Stub, sendable, usualStub } from "./stubs.ts";
import { useSpeech } from "./useSpeech.ts";
import { words } from "./words.ts";

const CHANNELS = [
  "whatsapp",
  "sms",
  "messenger",
  "instagram",
  "telegram",
  "phone",
  "web",
  "mobile",
  "desktop",
] as const;

type Channel = (typeof CHANNELS)[number];

/** A script that has ended is no end: the next message may start one. A call that was hung up is. */
const isOver = ({ ended, expect }: Simulation) => ended !== undefined && expect.kind === "nothing";

/** What was set for a simulation, by bot, for as long as the console is open. Never written anywhere. */
interface Settings {
  channel?: Channel;
  realCalls: boolean;
  name: string;
  stubs: Record<string, Stub>;
}
const remembered = new Map<string, Settings>();

/** The simulator of a bot, in the frame's right column. Stays mounted while it is closed. */
export function Simulator({ workspace, bot }: { workspace: string; bot: string }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const may = useMay();
  const draft = useDraft();
  const key = `${workspace}/${bot}`;
  const [settings, setSettings] = useState<Settings>(
    () => remembered.get(key) ?? { realCalls: false, name: "", stubs: {} },
  );
  const settle = (part: Partial<Settings>) => {
    const next = { ...settings, ...part };
    remembered.set(key, next);
    setSettings(next);
  };
  const { realCalls, name } = settings;
  const [simulation, setSimulation] = useState<Simulation>();
  const [startedWith, setStartedWith] = useState("");
  const [aloud, setAloud] = useState(false);
  useSpeech(aloud && simulation?.channel === "phone" ? simulation : undefined, draft.file.language);

  // A bot that names no channels is for all of them.
  const named = CHANNELS.filter((one) => draft.file.channels.includes(one));
  const offered = named.length > 0 ? named : CHANNELS;

  const channel: Channel = offered.find((one) => one === settings.channel) ?? offered[0] ?? "whatsapp";
  const called = useMemo(() => calledBy(draft.file), [draft.file]);
  const stubOf = (one: (typeof called)[number]) => settings.stubs[one.id] ?? usualStub(one);
  const [open, setOpen] = useState<string[]>([]);

  const arrived = (next: Simulation) => {
    setSimulation(next);
    cameAlong(
      bot,
      next.path.map((one) => one.step),
    );
  };
  const start = useMutation({
    mutationFn: (wanted: Channel) => {
      setStartedWith(draft.text);
      return ok(
        api.POST("/workspaces/{workspace}/bots/{bot}/simulations", {
          params: { path: { workspace, bot } },
          body: {
            channel: wanted as Kind,
            text: draft.text,
            real_calls: realCalls,
            ...(realCalls ? {} : { stubs: sendable(called, stubOf) }),
            ...(name.trim() ? { contact_name: name.trim() } : {}),
          },
        }),
      );
    },
    onSuccess: arrived,
  });
  const tell = useMutation({
    mutationFn: (input: SimulationInput) =>
      ok(
        api.POST("/workspaces/{workspace}/simulations/{id}/input", {
          params: { path: { workspace, id: simulation?.id ?? "" } },
          body: input,
        }),
      ),
    onSuccess: arrived,
    onError: (error) => {
      if (isProblem(error, "not_found")) setSimulation(undefined);
    },
  });
  useEffect(() => () => cameAlong("", []), []);

  const restart = (wanted: Channel = channel) => {
    settle({ channel: wanted });
    tell.reset();
    const wrong = realCalls
      ? []
      : called.filter((one) => {
          const { status, body } = judge(one, stubOf(one));
          return status !== undefined || body !== undefined;
        });
    if (wrong.length > 0) {
      setSimulation(undefined);
      setOpen([...new Set([...open, ...wrong.map(({ id }) => id)])]);
      requestAnimationFrame(() => {
        const field = document.querySelector(`.${classes.stubs} [aria-invalid="true"]`);
        if (field instanceof HTMLElement) field.focus();
      });
      return;
    }
    start.mutate(wanted);
  };
  const busy = start.isPending || tell.isPending;
  const error = start.error ?? tell.error;
  if (!may("simulate")) return <p className={classes.none}>{t.notAllowed}</p>;
  return (
    <div className={classes.sim} data-look={simulation?.channel ?? channel}>
      <div className={classes.head}>
        <Group gap={8} wrap="nowrap" align="flex-end">
          <NativeSelect
            style={{ flex: 1 }}
            size="xs"
            aria-label={t.channel}
            value={channel}
            data={offered.map((one) => ({ value: one, label: t[one] }))}
            onChange={(event) =>
              simulation
                ? restart(event.currentTarget.value as Channel)
                : settle({ channel: event.currentTarget.value as Channel })
            }
          />
          {simulation && (
            <>
              <Menu position="bottom-end">
                <Menu.Target>
                  <Button
                    size="xs"
                    variant="default"
                    px={8}
                    aria-label={t.wait}
                    disabled={busy || isOver(simulation)}
                  >
                    <IconClock size={16} />
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Label>
                    {t.clock(
                      new Date(simulation.now).toLocaleTimeString(language, {
                        hour: "2-digit",
                        minute: "2-digit",
                      }),
                    )}
                  </Menu.Label>
                  <Menu.Item onClick={() => tell.mutate({ wait_seconds: 60 })}>{t.waitMinute}</Menu.Item>
                  <Menu.Item onClick={() => tell.mutate({ wait_seconds: 901 })}>{t.waitLogin}</Menu.Item>
                  <Menu.Item onClick={() => tell.mutate({ wait_seconds: 3_601 })}>{t.waitTtl}</Menu.Item>
                </Menu.Dropdown>
              </Menu>
              {simulation.channel === "phone" && (
                <Button
                  size="xs"
                  variant="default"
                  px={8}
                  aria-label={t.hangUp}
                  disabled={busy || isOver(simulation)}
                  onClick={() => tell.mutate({ hang_up: true })}
                >
                  <IconPhoneOff size={16} />
                </Button>
              )}
              <Button
                size="xs"
                variant="default"
                px={8}
                aria-label={t.settings}
                title={t.settings}
                disabled={busy}
                onClick={() => {
                  tell.reset();
                  start.reset();
                  setSimulation(undefined);
                  cameAlong(bot, []);
                }}
              >
                <IconAdjustmentsHorizontal size={16} />
              </Button>
              <Button
                size="xs"
                variant="default"
                px={8}
                aria-label={t.restart}
                title={t.restart}
                onClick={() => restart()}
                loading={start.isPending}
              >
                <IconRefresh size={16} />
              </Button>
            </>
          )}
        </Group>
        {simulation?.channel === "phone" && typeof speechSynthesis !== "undefined" && (
          <Checkbox
            size="xs"
            label={t.readAloud}
            checked={aloud}
            onChange={(event) => setAloud(event.currentTarget.checked)}
          />
        )}
        {simulation && draft.text !== startedWith && (
          <Text size="xs" c="dimmed">
            {t.changed}{" "}
            <Button size="compact-xs" variant="subtle" onClick={() => restart()}>
              {t.restart}
            </Button>
          </Text>
        )}
      </div>
      {error && (
        <div style={{ padding: 12 }}>
          <Problem error={error} />
          <Found error={error} />
        </div>
      )}
      {simulation ? (
        <>
          <Lines simulation={simulation} onChoose={(choice) => tell.mutate({ choice })} busy={busy} />
          {isOver(simulation) && (
            <div className={classes.foot}>
              <Alert variant="light" color="gray" p="xs" title={t.ended}>
                <Button size="compact-sm" variant="default" onClick={() => restart()}>
                  {t.restart}
                </Button>
              </Alert>
            </div>
          )}
          {!isOver(simulation) && (
            <Answer
              key={`${simulation.id} ${simulation.lines.length}`}
              simulation={simulation}
              busy={busy}
              onSend={(input) => tell.mutate(input)}
            />
          )}
          <Details simulation={simulation} />
        </>
      ) : (
        <div className={classes.start}>
          <Text size="sm">{t.intro}</Text>
          <Checkbox
            label={t.realCalls}
            description={t.realCallsHelp}
            checked={realCalls}
            onChange={(event) => settle({ realCalls: event.currentTarget.checked })}
          />
          {!realCalls && (
            <Stubs
              components={called}
              typed={settings.stubs}
              onChange={(id, stub) => {
                const { [id]: _, ...rest } = settings.stubs;
                settle({ stubs: stub ? { ...rest, [id]: stub } : rest });
              }}
              open={open}
              onOpen={setOpen}
            />
          )}
          <TextInput
            size="xs"
            label={t.name}
            description={t.nameHelp}
            autoComplete="off"
            value={name}
            onChange={(event) => settle({ name: event.currentTarget.value })}
          />
          <Button onClick={() => restart()} loading={start.isPending}>
            {channel === "phone" ? t.call : t.start}
          </Button>
        </div>
      )}
    </div>
  );
}

/** What the check has found, when that is why it does not start. */
function Found({ error }: { error: unknown }) {
  const failed = isProblem(error, "check_failed") ? (error.more.checkup as Checkup | undefined) : undefined;
  const { diagnostics = [] } = useSaidCheckup(failed) ?? {};
  const errors = diagnostics.filter(({ severity }) => severity === "error").slice(0, 3);
  return errors.map(({ path, message }) => (
    <Text size="xs" mt={6} key={path + message}>
      {message} <span className="mono quiet">{path}</span>
    </Text>
  ));
}
