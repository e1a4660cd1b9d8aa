import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { Tree, TryResult } from "../api/contract.ts";
import { isRecord } from "../bot-file/place.ts";
import { useLanguage, useWords } from "../words/words.tsx";
import classes from "./parts.module.css";
import { type LeafAction, TreeView } from "./TreeView.tsx";
import { Notes, PlainAnswer, TryPanel } from "./TryPanel.tsx";
import type { ComponentEditor } from "./useComponent.ts";
import { inWords } from "./validate.ts";
import { validationWords, words } from "./words.ts";

/** *Try it* of a login: a click in the answer picks the token, its TTL, and what renews it. */
export function TokenTry({ editor }: { editor: ComponentEditor }) {
  return (
    <TryPanel editor={editor} kind="authorization_token">
      {(result) => <Result editor={editor} result={result} />}
    </TryPanel>
  );
}

function Result({ editor, result }: { editor: ComponentEditor; result: TryResult }) {
  const t = useWords(words);
  const { language } = useLanguage();
  const w = validationWords(language);
  const { definition } = editor;
  const pick = (path: string) => editor.replace({ ...definition, is_json: true, token_path: path });
  const refreshPath = isRecord(definition.refresh) ? definition.refresh.token_path : undefined;
  const actions = (leaf: Tree): LeafAction[] => {
    // What a service says of a failed login has no token in it.
    const isGood = result.response !== undefined && result.response.status < 400;
    if (editor.readOnly || leaf.children || !isGood) return [];
    const seconds = Number(leaf.shown);
    const found: LeafAction[] = [];
    if (
      (leaf.kind === "string" || leaf.kind === "number") &&
      leaf.path !== definition.token_path &&
      leaf.looks_like !== "expiry"
    )
      found.push({
        label: t.thisIsToken,
        onClick: () => pick(leaf.path),
        quiet: leaf.looks_like !== "token" && leaf.looks_like !== "jwt",
      });
    if (leaf.looks_like === "expiry" && leaf.path !== definition.expires_in_path) {
      const ttl = Number.isInteger(seconds) && seconds > 0 && seconds <= 2_592_000 ? { ttl: seconds } : {};
      found.push({
        label: t.useAsTtl,
        onClick: () => editor.replace({ ...definition, ...ttl, expires_in_path: leaf.path }),
      });
    }
    if (leaf.looks_like === "refresh" && leaf.path !== refreshPath) {
      found.unshift({
        label: t.useRefresh,
        onClick: () =>
          editor.set("refresh", {
            ...(isRecord(definition.refresh) ? definition.refresh : {}),
            token_path: leaf.path,
          }),
      });
    }
    return found;
  };
  const is = (leaf: Tree) => {
    if (!leaf.children && leaf.path === definition.token_path)
      return <span className={classes.isToken}>← {t.isToken}</span>;
    if (!leaf.children && leaf.path === definition.expires_in_path)
      return <span className={classes.isToken}>← {t.isTtl}</span>;
    return null;
  };
  // The earliest of them counts.
  const lives = [...(result.ttl ?? [])].sort((one, other) => one.seconds - other.seconds);
  const from = (life: { from: string }) =>
    ({ ttl: t.fromTtl, expires_in: t.fromExpires, jwt: t.fromJwt })[life.from] ?? life.from;
  const token = result.token;
  const still = token && !token.found && (token.path ?? "") === String(definition.token_path ?? "");
  return (
    <>
      {still && (
        <Alert variant="default" icon={<IconAlertTriangle size={18} />} role="alert" title={token.message}>
          <Group gap={8}>
            {token.suggestions.map((path) => (
              <Button key={path} size="compact-sm" variant="default" onClick={() => pick(path)}>
                {t.takePath(path)}
              </Button>
            ))}
          </Group>
        </Alert>
      )}
      {token?.found && (
        <Text size="sm" c="var(--good)" role="status">
          {t.tokenFound(token.path ?? "")}
        </Text>
      )}
      {token?.found && lives[0] && (
        <Text size="sm">
          {t.ttlFrom(inWords(lives[0].seconds, w), from(lives[0]))}
          {lives.length > 1 &&
            ` ${t.ttlOthers(lives.slice(1).map((one) => `${from(one)} ${inWords(one.seconds, w)}`))}`}
        </Text>
      )}
      {result.response?.tree && <TreeView tree={result.response.tree} actions={actions} is={is} />}
      <PlainAnswer result={result} />
      <Notes result={result} />
    </>
  );
}
