import { Accordion, Button, Group, Text, Textarea, TextInput } from "@mantine/core";
import type { Component } from "../bot-file/model.ts";
import { useWords } from "../words/words.tsx";
import classes from "./simulator.module.css";
import { judge, type Stub, usualStub } from "./stubs.ts";
import { words } from "./words.ts";

interface Props {
  components: readonly Component[];
  /** What was typed, by component; the usual answers stand for the others. */
  typed: Readonly<Record<string, Stub>>;
  onChange: (id: string, stub: Stub | undefined) => void;
  /** The components whose fields are shown. */
  open: string[];
  onOpen: (open: string[]) => void;
}

/** What each service that the bot calls answers while none is really called. */
export function Stubs({ components, typed, onChange, open, onOpen }: Props) {
  const t = useWords(words);
  return (
    <section className={classes.stubs} aria-label={t.stubs}>
      <Text size="sm" fw={600}>
        {t.stubs}
      </Text>
      <Text size="xs" c="dimmed" mb={4}>
        {components.length === 0 ? t.noStubs : t.stubsHelp}
      </Text>
      <Accordion
        multiple
        variant="contained"
        chevronPosition="left"
        value={open}
        onChange={onOpen}
        classNames={{ label: classes.stubLabel, content: classes.stubContent }}
      >
        {components.map((component) => (
          <Row
            key={component.id}
            component={component}
            stub={typed[component.id] ?? usualStub(component)}
            changed={typed[component.id] !== undefined}
            onChange={(stub) => onChange(component.id, stub)}
          />
        ))}
      </Accordion>
    </section>
  );
}

function Row({
  component,
  stub,
  changed,
  onChange,
}: {
  component: Component;
  stub: Stub;
  changed: boolean;
  onChange: (stub: Stub | undefined) => void;
}) {
  const t = useWords(words);
  const wrong = judge(component, stub);
  const bad = wrong.status !== undefined || wrong.body !== undefined;
  return (
    <Accordion.Item value={component.id}>
      <Accordion.Control>
        <span className={classes.stubHead} data-bad={bad || undefined}>
          <span className="mono">{component.id}</span>
          <span className={classes.stubShort}>
            {stub.status} · {bad ? t.stubWrong : shortOf(stub.body)}
          </span>
        </span>
      </Accordion.Control>
      <Accordion.Panel>
        <TextInput
          size="xs"
          w={120}
          label={t.stubStatus}
          inputMode="numeric"
          autoComplete="off"
          value={stub.status}
          error={wrong.status && t.stubRange}
          onChange={(event) => onChange({ ...stub, status: event.currentTarget.value })}
        />
        <Textarea
          size="xs"
          mt={8}
          label={t.stubBody}
          autosize
          minRows={2}
          maxRows={12}
          spellCheck={false}
          classNames={{ input: "mono" }}
          value={stub.body}
          error={wrong.body && t.stubJson}
          description={wrong.nothingAt !== undefined ? t.stubNothing(wrong.nothingAt) : undefined}
          inputWrapperOrder={["label", "input", "description", "error"]}
          onChange={(event) => onChange({ ...stub, body: event.currentTarget.value })}
        />
        {changed && (
          <Group justify="flex-end" mt={6}>
            <Button size="compact-xs" variant="subtle" onClick={() => onChange(undefined)}>
              {t.stubUsual}
            </Button>
          </Group>
        )}
      </Accordion.Panel>
    </Accordion.Item>
  );
}

function shortOf(body: string): string {
  return body.replace(/\s+/g, " ");
}
