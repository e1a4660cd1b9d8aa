import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { addStep } from "../bot-file/edits.ts";
import type { StepKind } from "../bot-file/model.ts";
import type { DraftAt } from "../bot-file/useDraft.tsx";
import { useWords } from "../words/words.tsx";
import { scriptAt, stepAt } from "./Canvas.tsx";
import { PickComponent, type Picked } from "./PickComponent.tsx";
import { KIND_ICONS } from "./StepCard.tsx";
import { words } from "./words.ts";

const BAR: StepKind[] = [
  "message",
  "question",
  "options",
  "condition",
  "form",
  "media",
  "link",
  "jump",
  "transfer",
];
const OTHER: StepKind[] = [
  "auth_token",
  "web_service",
  "set",
  "run",
  "wait",
  "logout",
  "end",
  "location",
  "card",
];
const PICKED: Partial<Record<StepKind, Picked>> = {
  auth_token: "authorization_tokens",
  web_service: "web_services",
  form: "forms",
};

interface Props {
  draft: DraftAt;
  /** The script of the page, for when no card is chosen. */
  script: string;
  chosen: string | undefined;
  added: (path: string) => void;
}

/** The control bar: adds a step after the chosen card. */
export function ControlBar({ draft, script, chosen, added }: Props) {
  const t = useWords(words);
  const [picking, setPicking] = useState<StepKind>();
  const { file, store } = draft;
  const blocked = draft.readOnly !== undefined || draft.unreadable !== undefined;
  const names = t as unknown as Record<StepKind, string>;

  const add = (step: Record<string, unknown>) => {
    const after = chosen === undefined ? undefined : stepAt(file, chosen);
    const into = scriptAt(file, chosen ?? `scripts.${script}`) ?? file.scripts[0];
    if (!into) return;
    const onHead = chosen !== undefined && chosen === into.path;
    const position = after ? Number(after.place[3]) : onHead ? -1 : into.steps.length - 1;
    if (store.edit(addStep(Number(into.place[1]), position, step)))
      added(`${into.path}.steps[${position + 1}]`);
  };
  const choose = (kind: StepKind) => {
    if (PICKED[kind]) setPicking(kind);
    else add(freshStep(kind, file.scripts.find((one) => one.id !== script)?.id ?? script, file.variables[0]));
  };
  const picked = picking && PICKED[picking];
  return (
    <>
      {BAR.map((kind) => {
        const Glyph = KIND_ICONS[kind];
        return (
          <Button
            key={kind}
            variant="subtle"
            color="gray"
            size="compact-sm"
            disabled={blocked}
            leftSection={<Glyph size={16} stroke={1.6} />}
            onClick={() => choose(kind)}
          >
            {names[kind]}
          </Button>
        );
      })}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            disabled={blocked}
            rightSection={<IconChevronDown size={14} />}
          >
            {t.other}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {OTHER.map((kind) => {
            const Glyph = KIND_ICONS[kind];
            return (
              <Menu.Item
                key={kind}
                leftSection={<Glyph size={16} stroke={1.6} />}
                onClick={() => choose(kind)}
              >
                {names[kind]}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      {picking && picked && (
        <PickComponent
          draft={draft}
          kind={picked}
          title={names[picking]}
          onClose={() => setPicking(undefined)}
          onPick={(id) => {
            setPicking(undefined);
            add({ [picking]: id });
          }}
        />
      )}
    </>
  );
}

/** A step of a kind as it is added: as little as makes sense. */
export function freshStep(
  kind: StepKind,
  otherScript: string,
  variable: string | undefined,
): Record<string, unknown> {
  switch (kind) {
    case "question":
      return { question: "", save: "answer" };
    case "options":
      return { options: "", choices: [{ label: "1" }, { label: "2" }] };
    case "condition":
      return { condition: variable ? { [variable]: { exists: true } } : { channel: "whatsapp" } };
    case "card":
      return { card: "", choices: [{ label: "1" }] };
    case "location":
      return { location: { latitude: 0, longitude: 0, name: "" } };
    case "set":
      return { set: { name: "" } };
    case "jump":
    case "run":
      return { [kind]: otherScript };
    case "transfer":
      return { transfer: "person" };
    case "wait":
      return { wait: 2 };
    case "logout":
    case "end":
      return { [kind]: true };
    default:
      return { [kind]: "" };
  }
}
