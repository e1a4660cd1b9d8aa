import { Text } from "@mantine/core";
import type { Tree, TryResult } from "../api/contract.ts";
import { isRecord } from "../bot-file/place.ts";
import { useWords } from "../words/words.tsx";
import classes from "./parts.module.css";
import { type LeafAction, TreeView } from "./TreeView.tsx";
import { loginsOf, Notes, PlainAnswer, TryPanel } from "./TryPanel.tsx";
import type { ComponentEditor } from "./useComponent.ts";
import { words } from "./words.ts";

/** *Try it* of a Web Service: a click on a field of the answer saves it into a variable. */
export function ServiceTry({ editor }: { editor: ComponentEditor }) {
  const all = editor.draft.file.components
    .filter((one) => one.kind === "authorization_tokens")
    .map((one) => one.id);
  return (
    <TryPanel editor={editor} kind="web_service" logins={loginsOf(editor.definition, all)}>
      {(result) => <Result editor={editor} result={result} />}
    </TryPanel>
  );
}

function Result({ editor, result }: { editor: ComponentEditor; result: TryResult }) {
  const t = useWords(words);
  const { definition } = editor;
  const save = isRecord(definition.save) ? definition.save : {};
  const savedAt = (path: string) => Object.keys(save).find((name) => save[name] === path);
  const listPath = isRecord(definition.each) ? definition.each.list : undefined;
  const actions = (leaf: Tree): LeafAction[] => {
    if (editor.readOnly) return [];
    if (leaf.kind === "array" && leaf.path !== listPath && leaf.path !== "") {
      return [
        {
          label: t.each,
          onClick: () =>
            editor.set("each", {
              line: "{item}",
              save: variableName(leaf.path, save),
              ...(isRecord(definition.each) ? definition.each : {}),
              list: leaf.path,
            }),
        },
      ];
    }
    if (leaf.children || savedAt(leaf.path) !== undefined) return [];
    return [
      {
        label: t.saveAs,
        onClick: () => editor.set("save", { ...save, [variableName(leaf.path, save)]: leaf.path }),
      },
    ];
  };
  const is = (leaf: Tree) => {
    const name = leaf.children ? undefined : savedAt(leaf.path);
    return name === undefined ? null : <span className={classes.isToken}>← {t.savedAs(name)}</span>;
  };
  const saved = Object.entries(result.saved ?? {});
  return (
    <>
      {saved.length > 0 && (
        <div>
          <Text size="xs" c="dimmed">
            {t.savedTitle}
          </Text>
          <dl className={classes.saved}>
            {saved.map(([name, value]) => (
              <div key={name} style={{ display: "contents" }}>
                <dt>{`{${name}}`}</dt>
                <dd>{value ?? <span className="quiet">{t.nothingThere}</span>}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      {result.response?.tree && <TreeView tree={result.response.tree} actions={actions} is={is} />}
      <PlainAnswer result={result} />
      <Notes result={result} />
    </>
  );
}

/** A name for the variable of a path that no other variable has: `balance.amount` is `amount`. */
export function variableName(path: string, taken: Record<string, unknown>): string {
  const parts = path.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? ["value"];
  const base = parts.at(-1) ?? "value";
  if (!(base in taken)) return base;
  const longer = parts.slice(-2).join("_");
  if (!(longer in taken)) return longer;
  for (let number = 2; ; number++) if (!(`${base}${number}` in taken)) return `${base}${number}`;
}
