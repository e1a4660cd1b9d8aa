import { ActionIcon, Button, Stack, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { change, setAt } from "../bot-file/edits.ts";
import { LineInput } from "../bot-file/fields/inputs.tsx";
import { TextEdit } from "../bot-file/fields/TextEdit.tsx";
import type { Step } from "../bot-file/model.ts";
import { isRecord, valueAt } from "../bot-file/place.ts";
import type { DraftAt } from "../bot-file/useDraft.tsx";
import { useWords } from "../words/words.tsx";
import classes from "./builder.module.css";
import { TargetSelect } from "./TargetSelect.tsx";
import { words } from "./words.ts";

interface Props {
  draft: DraftAt;
  step: Step;
  languages: readonly string[];
  errorOf: (key: string) => string | undefined;
}

/** The choices of options and cards, each with where it leads. */
export function ChoicesEdit({ draft, step, languages, errorOf }: Props) {
  const t = useWords(words);
  const choices = Array.isArray(step.settings.choices) ? step.settings.choices : [];
  const place = [...step.place, "choices"];
  const edit = draft.store.edit;
  const add = () =>
    edit((text) =>
      change(text, (plain) => {
        const list = valueAt(plain, place);
        if (Array.isArray(list)) list.push({ label: String(list.length + 1) });
        else (valueAt(plain, step.place) as Record<string, unknown>).choices = [{ label: "1" }];
      }),
    );
  return (
    <Stack gap={8} role="group" aria-label={t.choices}>
      <Text size="sm" fw={500}>
        {t.choices}
      </Text>
      {choices.filter(isRecord).map((choice, at) => (
        <div key={at} className={classes.choice}>
          <div className={classes.choiceRow}>
            <div className={classes.grow}>
              <TextEdit
                label={t.choice(at + 1)}
                hideLabel
                languages={languages}
                value={choice.label}
                error={errorOf(`choices[${at}].label`)}
                onChange={(value) =>
                  edit(setAt([...place, at, "label"], value), `${step.path}.choices.${at}`)
                }
              />
            </div>
            <ActionIcon
              mt={4}
              aria-label={t.removeChoice(at + 1)}
              onClick={() => edit(setAt([...place, at], undefined))}
            >
              <IconX size={16} />
            </ActionIcon>
          </div>
          <TargetSelect
            draft={draft}
            step={step}
            at={["choices", at, "go"]}
            label={`${t.choice(at + 1)} ${t.goesTo}`}
            hideLabel
            none={`→ ${t.nextStep}`}
          />
          {(step.settings.save !== undefined || choice.value !== undefined) && (
            <LineInput
              aria-label={`${t.keeps}, ${t.choice(at + 1)}`}
              placeholder={t.keeps}
              value={String(choice.value ?? "")}
              onChange={(value) =>
                edit(setAt([...place, at, "value"], value || undefined), `${step.path}.value.${at}`)
              }
            />
          )}
        </div>
      ))}
      {errorOf("choices") && (
        <Text size="xs" c="var(--bad)">
          {errorOf("choices")}
        </Text>
      )}
      <Button
        size="compact-sm"
        variant="subtle"
        style={{ alignSelf: "flex-start" }}
        leftSection={<IconPlus size={14} />}
        onClick={add}
      >
        {t.addChoice}
      </Button>
    </Stack>
  );
}
