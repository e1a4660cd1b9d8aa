import { Button, Group, Modal, Stack, Table, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import { keys } from "../../api/queries.ts";
import { useServerForm } from "../../forms/useServerForm.ts";
import { useMay, useWorkspace } from "../../session/useSession.ts";
import { Card } from "../../ui/Card.tsx";
import { Confirm } from "../../ui/Confirm.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { PasswordInput } from "../../ui/PasswordInput.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import { Ago } from "../../ui/Time.tsx";
import { common } from "../../words/common.ts";
import { useWords } from "../../words/words.tsx";
import { words } from "./words.ts";

type Kind = "secrets" | "constants";

interface Row {
  name: string;
  value?: string;
  origin: string;
  set_at?: string;
  set_by?: string;
}

/** Secrets, which can only be replaced, and constants. */
export function Values() {
  return (
    <>
      <ValuesOf kind="secrets" />
      <ValuesOf kind="constants" />
    </>
  );
}

function ValuesOf({ kind }: { kind: Kind }) {
  const t = useWords(words);
  const { id: workspace } = useWorkspace();
  const may = useMay();
  const client = useQueryClient();
  const [editing, setEditing] = useState<Row | "new">();
  const [removing, setRemoving] = useState<Row>();
  const queryKey = keys.settings(workspace, kind);
  const secret = kind === "secrets";
  const list = useQuery({
    queryKey,
    queryFn: async (): Promise<Row[]> =>
      (await ok(api.GET(`/workspaces/{workspace}/${kind}`, { params: { path: { workspace } } }))).items,
  });
  const editable = may(secret ? "secret.edit" : "constant.edit");
  const remove = async ({ name }: Row) => {
    await api.DELETE(`/workspaces/{workspace}/${kind}/{name}`, { params: { path: { workspace, name } } });
    await client.invalidateQueries({ queryKey });
  };
  return (
    <Card
      title={secret ? t.secretsTitle : t.constantsTitle}
      lead={secret ? t.secretsLead : t.constantsLead}
      actions={
        editable && (
          <Button size="xs" variant="default" onClick={() => setEditing("new")}>
            {secret ? t.addSecret : t.addConstant}
          </Button>
        )
      }
    >
      <Loaded query={list}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="quiet">{secret ? t.noSecrets : t.noConstants}</p>
          ) : (
            <Scroll label={secret ? t.secretsTitle : t.constantsTitle}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t.name}</Table.Th>
                    <Table.Th>{secret ? t.setBy : t.value}</Table.Th>
                    <Table.Th className="wide">{t.origin}</Table.Th>
                    <Table.Th>
                      <span className="vh">{t.actions}</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((row) => (
                    <Table.Tr key={row.name}>
                      <Table.Td className="mono">{row.name}</Table.Td>
                      <Table.Td>
                        {secret ? (
                          <>
                            {row.set_at && <Ago at={row.set_at} />}{" "}
                            <span className="quiet">{row.set_by}</span>
                          </>
                        ) : (
                          <span className="mono">{row.value}</span>
                        )}
                      </Table.Td>
                      <Table.Td className="wide">
                        {row.origin === "console"
                          ? t.fromConsole
                          : row.origin === "file"
                            ? t.fromFile
                            : row.origin}
                      </Table.Td>
                      <Table.Td align="right">
                        {editable && row.origin === "console" && (
                          <Group gap={4} justify="flex-end">
                            <Button
                              size="xs"
                              variant="default"
                              aria-label={secret ? t.replaceOf(row.name) : t.changeOf(row.name)}
                              onClick={() => setEditing(row)}
                            >
                              {secret ? t.replace : t.change}
                            </Button>
                            <Button
                              size="xs"
                              variant="subtle"
                              color="red"
                              aria-label={t.removeOf(row.name)}
                              onClick={() => setRemoving(row)}
                            >
                              {t.remove}
                            </Button>
                          </Group>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Scroll>
          )
        }
      </Loaded>
      {editing && (
        <EditValue
          kind={kind}
          workspace={workspace}
          row={editing === "new" ? undefined : editing}
          taken={(list.data ?? []).filter(({ origin }) => origin === "console").map(({ name }) => name)}
          onClose={() => setEditing(undefined)}
        />
      )}
      {removing && (
        <Confirm
          title={t.removeValue(removing.name)}
          verb={t.remove}
          act={() => remove(removing)}
          onClose={() => setRemoving(undefined)}
        >
          {t.removeValueText}
        </Confirm>
      )}
    </Card>
  );
}

function EditValue({
  kind,
  workspace,
  row,
  taken,
  onClose,
}: {
  kind: Kind;
  workspace: string;
  row?: Row;
  /** What a new one would replace unseen. */
  taken: readonly string[];
  onClose: () => void;
}) {
  const t = useWords(words);
  const { required } = useWords(common);
  const client = useQueryClient();
  const secret = kind === "secrets";
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { name: row?.name ?? "", value: row?.value ?? "" },
    validate: {
      name: (value) => {
        if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(value)) return t.nameForm;
        return row === undefined && taken.includes(value) ? t.nameTaken : null;
      },
      value: (value) => (value ? null : required),
    },
    send: async ({ name, value }) => {
      const params = { path: { workspace, name } };
      const bots = secret
        ? await api.PUT("/workspaces/{workspace}/secrets/{name}", { params, body: { value } }).then(() => [])
        : (await ok(api.PUT("/workspaces/{workspace}/constants/{name}", { params, body: { value } })))
            ?.unchanged_bots;
      await client.invalidateQueries({ queryKey: keys.settings(workspace, kind) });
      notifications.show(
        bots && bots.length > 0
          ? { color: "yellow", autoClose: false, message: t.oldValues(bots.join(", ")) }
          : { color: "teal", message: t.saved },
      );
      onClose();
    },
  });
  const title = row
    ? secret
      ? t.replaceOf(row.name)
      : t.changeOf(row.name)
    : secret
      ? t.addSecret
      : t.addConstant;
  return (
    <Modal opened onClose={onClose} title={title} closeOnClickOutside={!form.isDirty()}>
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="sm">
          <Problem error={problem} />
          <TextInput
            label={t.name}
            className="mono"
            readOnly={row !== undefined}
            autoComplete="off"
            data-autofocus={row ? undefined : true}
            {...form.getInputProps("name")}
          />
          {secret ? (
            <PasswordInput
              label={t.value}
              autoComplete="off"
              data-autofocus={row ? true : undefined}
              {...form.getInputProps("value")}
            />
          ) : (
            <TextInput
              label={t.value}
              autoComplete="off"
              data-autofocus={row ? true : undefined}
              {...form.getInputProps("value")}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {t.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
