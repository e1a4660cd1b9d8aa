import { Alert, Badge, Button, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle, IconChevronDown, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { DraftNotices } from "../bot-file/DraftNotices.tsx";
import { Page } from "../ui/Page.tsx";
import { common } from "../words/common.ts";
import { useWords } from "../words/words.tsx";
import classes from "./parts.module.css";
import type { ComponentEditor } from "./useComponent.ts";
import { words } from "./words.ts";

/** One numbered part of the form. */
export function Section({
  number,
  title,
  help,
  children,
}: {
  number?: number;
  title: ReactNode;
  help?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={classes.section}>
      <h2 className={classes.sectionHead}>
        {number !== undefined && (
          <span className={classes.number} aria-hidden>
            {number}
          </span>
        )}
        {title}
      </h2>
      {help && <p className={classes.help}>{help}</p>}
      {children}
    </section>
  );
}

/** A panel of the right side. */
export function SideCard({
  title,
  beside,
  children,
}: {
  title: string;
  beside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={classes.card} aria-label={title}>
      <h2 className={classes.cardHead}>
        <span>{title}</span>
        {beside}
      </h2>
      {children}
    </section>
  );
}

interface FrameProps {
  editor: ComponentEditor;
  title: string;
  onTry?: () => void;
  children: ReactNode;
  beside: ReactNode;
  extra?: ReactNode;
}

/** What stands around each component: its name, where it is used, *Try it*, *Save*; the form left, what it does right. */
export function ComponentFrame({ editor, title, onTry, children, beside, extra }: FrameProps) {
  const t = useWords(words);
  return (
    <Page
      wide
      title={title}
      beside={
        <Group gap={8}>
          {editor.stored && <UsedIn editor={editor} />}
          {editor.dirty && (
            <Badge variant="default" tt="none">
              {t.notSaved}
            </Badge>
          )}
        </Group>
      }
      actions={
        <>
          {extra}
          {editor.stored && !editor.readOnly && <RemoveButton editor={editor} />}
          {editor.dirty && (
            <Button variant="subtle" onClick={editor.discard}>
              {t.discard}
            </Button>
          )}
          {onTry && (
            <Button variant="default" onClick={onTry}>
              {t.tryIt}
            </Button>
          )}
          <Button
            onClick={() => void editor.save()}
            disabled={editor.readOnly || (!editor.dirty && !editor.isNew)}
          >
            {t.save}
          </Button>
        </>
      }
    >
      <DraftNotices draft={editor.draft} />
      {editor.draft.readOnly === undefined && editor.readOnly && (
        <Text size="sm" c="dimmed" mb={12}>
          {t.notMine}
        </Text>
      )}
      {editor.dirty && editor.draft.unreadable && (
        <Text size="sm" c="var(--bad)" mb={12} role="alert">
          {t.cannotRead}
        </Text>
      )}
      <Clashes editor={editor} />
      <Warnings editor={editor} />
      <div className={classes.columns}>
        <fieldset className={classes.panel} disabled={editor.readOnly}>
          {children}
        </fieldset>
        <div className={classes.beside}>{beside}</div>
      </div>
    </Page>
  );
}

/** What somebody else has changed meanwhile in another way than here. */
function Clashes({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  if (editor.clashes.length === 0) return null;
  return (
    <Alert variant="default" mb={12} role="alert" title={t.clashTitle}>
      <Text size="sm">{t.clashText}</Text>
      <Stack gap={8} mt={8}>
        {editor.clashes.map((clash) => (
          <Group key={clash.path} gap={8}>
            <Text size="sm" className={classes.clash}>
              {t.clash(clash.path)} <code>{shortly(clash.theirs) || t.clashNone}</code>
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => editor.settle(clash, "theirs")}>
              {t.clashTheirs}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => editor.settle(clash, "mine")}>
              {t.clashMine}
            </Button>
          </Group>
        ))}
      </Stack>
    </Alert>
  );
}

function shortly(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Of these the form has words of its own, beside the field. */
const SAID_ELSEWHERE = ["W0104", "W0303", "W0304"];

/** What the check would like to be otherwise. */
function Warnings({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const found = editor.diagnostics.filter(
    ({ severity, code }) => severity === "warning" && !SAID_ELSEWHERE.includes(code),
  );
  if (found.length === 0) return null;
  return (
    <div className={`${classes.note} ${classes.warnings}`} role="status">
      <IconAlertTriangle size={16} color="var(--bad)" aria-hidden />
      <div>
        {found.map((one) => (
          <p key={`${one.code} ${one.path}`}>
            <span className="mono">{one.path.split(".").slice(2).join(".")}</span> {one.message}
            {one.help ? t.withHelp(one.help.text) : ""}
          </p>
        ))}
      </div>
    </div>
  );
}

function UsedIn({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const used = editor.stored?.usedIn ?? [];
  if (used.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t.notUsed}
      </Text>
    );
  }
  const { workspace, bot } = editor.draft;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm" rightSection={<IconChevronDown size={14} />}>
          {t.usedIn(used.length)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.usedHelp}</Menu.Label>
        {used.map((path) => (
          <Menu.Item
            key={path}
            renderRoot={(props) => (
              <Link
                to="/w/$workspace/bots/$bot/scripts/$script"
                params={{ workspace, bot, script: path.split(".")[1] ?? "" }}
                search={{ step: path }}
                {...props}
              />
            )}
          >
            <span className="mono">{path.replace(/^scripts\./, "")}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function RemoveButton({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  const c = useWords(common);
  const [open, is] = useDisclosure(false);
  const used = editor.stored?.usedIn.length ?? 0;
  return (
    <>
      <Button variant="subtle" color="gray" onClick={is.open} leftSection={<IconTrash size={16} />}>
        {t.remove}
      </Button>
      <Modal opened={open} onClose={is.close} title={t.removeTitle(editor.stored?.id ?? "")}>
        <Text size="sm">{used > 0 ? t.removeUsed(used) : t.removeUnused}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={is.close}>
            {c.cancel}
          </Button>
          <Button color="red" onClick={editor.remove}>
            {t.remove}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
