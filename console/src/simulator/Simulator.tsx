import { Alert, Button, Checkbox, Group, Menu, NativeSelect, Text, TextInput } from "@mantine/core";
import { IconClock, IconPhoneOff, IconRefresh } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, ok } from "../api/client.ts";
import type { Checkup, Simulation, SimulationInput } from "../api/contract.ts";
import { isProblem } from "../api/problem.ts";
import { useDraft } from "../bot-file/useDraft.tsx";
import { useMay } from "../session/useSession.ts";
import { Problem } from "../ui/Problem.tsx";
import { useLanguage, useWords } from "../words/words.tsx";
import { Answer } from "./Answer.tsx";
import { Details } from "./Details.tsx";
import { Lines } from "./Lines.tsx";
import { cameAlong } from "./running.ts";
import classes from "./simulator.module.css";
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

/** A script that has ended is no end: the next message may start one. A call that was hung up is. */
const isOver = ({ ended, expect }: Simulation) => ended !== undefined && expect.kind === "nothing";

/** The simulator of a bot, in the frame's right column. Stays mounted while it is closed. */
export function Simulator({ workspace, bot }: { workspace: string; bot: string }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const may = useMay();
  const draft = useDraft();
  const [channel, setChannel] = useState<string>(
    () => CHANNELS.find((one) => draft.file.channels.includes(one)) ?? "whatsapp",
  );
  const [realCalls, setRealCalls] = useState(false);
  const [name, setName] = useState("");
  const [simulation, setSimulation] = useState<Simulation>();
  const [startedWith, setStartedWith] = useState("");
  const [aloud, setAloud] = useState(false);
  useSpeech(aloud && simulation?.channel === "phone" ? simulation : undefined, draft.file.language);

  // A bot that names no channels is for all of them.
  const named = CHANNELS.filter((one) => draft.file.channels.includes(one));
  const offered = named.length > 0 ? named : CHANNELS;

  const arrived = (next: Simulation) => {
    setSimulation(next);
    cameAlong(
      bot,
      next.path.map((one) => one.step),
    );
  };
  const start = useMutation({
    mutationFn: (wanted: string) => {
      setStartedWith(draft.text);
      return ok(
        api.POST("/workspaces/{workspace}/bots/{bot}/simulations", {
          params: { path: { workspace, bot } },
          body: {
            channel: wanted,
            text: draft.text,
            real_calls: realCalls,
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

  const restart = (wanted = channel) => {
    setChannel(wanted);
    tell.reset();
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
              simulation ? restart(event.currentTarget.value) : setChannel(event.currentTarget.value)
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
            onChange={(event) => setRealCalls(event.currentTarget.checked)}
          />
          <TextInput
            size="xs"
            label={t.name}
            description={t.nameHelp}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
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
  if (!isProblem(error, "check_failed")) return null;
  const { diagnostics = [] } = (error.more.checkup ?? {}) as Partial<Checkup>;
  const errors = diagnostics.filter(({ severity }) => severity === "error").slice(0, 3);
  return errors.map(({ path, message }) => (
    <Text size="xs" mt={6} key={path + message}>
      {message} <span className="mono quiet">{path}</span>
    </Text>
  ));
}
