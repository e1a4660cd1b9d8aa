import { Anchor, Button, Table, Text } from "@mantine/core";
import { IconForms, IconKey, IconPlus, IconWorldShare } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { DraftNotices } from "../bot-file/DraftNotices.tsx";
import { type Component, type ComponentKind, kindPath, shownText } from "../bot-file/model.ts";
import { useDraft } from "../bot-file/useDraft.tsx";
import { NEW } from "../forms/ids.ts";
import { useMay } from "../session/useSession.ts";
import { Empty } from "../ui/Empty.tsx";
import { Page } from "../ui/Page.tsx";
import { useWords } from "../words/words.tsx";
import { questionsOf } from "./request.ts";
import { words } from "./words.ts";

const ICONS = { authorization_tokens: IconKey, web_services: IconWorldShare, forms: IconForms };

/** All components of one kind of the bot. */
export function ComponentsList({ kind }: { kind: ComponentKind }) {
  const t = useWords(words);
  const may = useMay();
  const draft = useDraft();
  const say = {
    authorization_tokens: {
      title: t.tokens,
      lead: t.tokensLead,
      empty: t.tokensEmpty,
      text: t.tokensEmptyText,
      fresh: t.newToken,
    },
    web_services: {
      title: t.services,
      lead: t.servicesLead,
      empty: t.servicesEmpty,
      text: t.servicesEmptyText,
      fresh: t.newService,
    },
    forms: {
      title: t.forms,
      lead: t.formsLead,
      empty: t.formsEmpty,
      text: t.formsEmptyText,
      fresh: t.newForm,
    },
  }[kind];
  const { workspace, bot } = draft;
  const found = draft.file.components.filter((one) => one.kind === kind);
  const mayAdd =
    draft.readOnly === undefined && may(kind === "authorization_tokens" ? "credential.edit" : "bot.edit");
  const add = mayAdd && (
    <Button
      renderRoot={(props) => (
        <Link
          to={`/w/$workspace/bots/$bot/${kindPath(kind)}/$id`}
          params={{ workspace, bot, id: NEW }}
          {...props}
        />
      )}
      leftSection={<IconPlus size={16} />}
    >
      {say.fresh}
    </Button>
  );
  return (
    <Page title={say.title} lead={say.lead} actions={found.length > 0 && add}>
      <DraftNotices draft={draft} />
      {found.length === 0 ? (
        <Empty icon={ICONS[kind]} title={say.empty} action={add}>
          {say.text}
        </Empty>
      ) : (
        <Table.ScrollContainer minWidth={480}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.columnId}</Table.Th>
                <Table.Th>{kind === "forms" ? t.columnQuestions : t.columnRequest}</Table.Th>
                <Table.Th>{t.columnUsed}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.map((one) => (
                <Row
                  key={one.id}
                  component={one}
                  workspace={workspace}
                  bot={bot}
                  language={draft.file.language}
                  problems={
                    draft.checkup?.diagnostics.filter(
                      (problem) =>
                        problem.severity === "error" && problem.path.startsWith(`${kind}.${one.id}.`),
                    ).length ?? 0
                  }
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Page>
  );
}

function Row({
  component,
  workspace,
  bot,
  language,
  problems,
}: {
  component: Component;
  workspace: string;
  bot: string;
  language: string;
  problems: number;
}) {
  const t = useWords(words);
  const { definition, kind, id } = component;
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor
          renderRoot={(props) => (
            <Link
              to={`/w/$workspace/bots/$bot/${kindPath(kind)}/$id`}
              params={{ workspace, bot, id }}
              {...props}
            />
          )}
          fw={600}
        >
          {id}
        </Anchor>
        {problems > 0 && (
          <Text component="span" size="xs" c="var(--bad)" ml={8}>
            ●
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {kind === "forms" ? (
          questionsOf(definition)
            .map((question) => shownText(question.question, language))
            .join(" · ")
        ) : (
          <span className="mono">
            {String(definition.method ?? (kind === "authorization_tokens" ? "POST" : "GET"))}{" "}
            {String(definition.url ?? "")}
          </span>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="sm" c={component.usedIn.length === 0 ? "dimmed" : undefined}>
          {component.usedIn.length === 0
            ? t.notUsed
            : t.usedIn(component.usedIn.length).replace(/^\D+(?=\d)/, "")}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
