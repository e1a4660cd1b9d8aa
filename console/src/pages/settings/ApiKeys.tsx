import {
  Alert,
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  Stack,
  Table,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import type { ApiKey, Scope } from "../../api/contract.ts";
import { keys } from "../../api/queries.ts";
import { useServerForm } from "../../forms/useServerForm.ts";
import { useWorkspace } from "../../session/useSession.ts";
import { Card } from "../../ui/Card.tsx";
import { Confirm } from "../../ui/Confirm.tsx";
import { Copyable } from "../../ui/Copyable.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import { Ago } from "../../ui/Time.tsx";
import { common } from "../../words/common.ts";
import { useWords } from "../../words/words.tsx";
import classes from "./Settings.module.css";
import { words } from "./words.ts";

/** Keys of programs. A key is shown once, when it is made, and may no more than who made it. */
export function ApiKeys() {
  const t = useWords(words);
  const { id: workspace } = useWorkspace();
  const client = useQueryClient();
  const [making, makingIs] = useDisclosure(false);
  const [revoking, setRevoking] = useState<ApiKey>();
  const queryKey = keys.settings(workspace, "keys");
  const list = useQuery({
    queryKey,
    queryFn: () => ok(api.GET("/workspaces/{workspace}/api-keys", { params: { path: { workspace } } })),
  });
  const revoke = async ({ id }: ApiKey) => {
    await api.DELETE("/workspaces/{workspace}/api-keys/{id}", { params: { path: { workspace, id } } });
    await client.invalidateQueries({ queryKey });
  };
  const make = (
    <Button leftSection={<IconPlus size={16} />} onClick={makingIs.open}>
      {t.newKey}
    </Button>
  );
  return (
    <Card title={t.keys} lead={t.keysLead} actions={list.data && list.data.items.length > 0 && make}>
      <Loaded query={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={IconKey} title={t.noKeysTitle} action={make}>
              {t.noKeysText}
            </Empty>
          ) : (
            <Scroll label={t.keys}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t.keyName}</Table.Th>
                    <Table.Th className="wide">{t.scopes}</Table.Th>
                    <Table.Th className="wide">{t.lastUsed}</Table.Th>
                    <Table.Th>{t.overIn}</Table.Th>
                    <Table.Th>
                      <span className="vh">{t.actions}</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((key) => (
                    <Table.Tr key={key.id}>
                      <Table.Td>{key.name}</Table.Td>
                      <Table.Td className="wide mono">
                        {key.scopes.join(" ")}
                        {key.effective_scopes.length < key.scopes.length && (
                          <div className="quiet">
                            {t.limitedKey} {key.effective_scopes.join(" ") || t.noKey}
                          </div>
                        )}
                      </Table.Td>
                      <Table.Td className="wide">
                        {key.last_used_at ? <Ago at={key.last_used_at} /> : t.never}
                      </Table.Td>
                      <Table.Td>{key.expires_at ? <Ago at={key.expires_at} /> : t.never}</Table.Td>
                      <Table.Td align="right">
                        <Button
                          size="xs"
                          variant="default"
                          aria-label={t.revokeOf(key.name)}
                          onClick={() => setRevoking(key)}
                        >
                          {t.revoke}
                        </Button>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Scroll>
          )
        }
      </Loaded>
      {making && <NewKey workspace={workspace} onClose={makingIs.close} />}
      {revoking && (
        <Confirm
          title={t.revokeTitle(revoking.name)}
          verb={t.revoke}
          act={() => revoke(revoking)}
          onClose={() => setRevoking(undefined)}
        >
          {t.revokeText}
        </Confirm>
      )}
    </Card>
  );
}

function NewKey({ workspace, onClose }: { workspace: string; onClose: () => void }) {
  const t = useWords(words);
  const { required } = useWords(common);
  const { permissions } = useWorkspace();
  const client = useQueryClient();
  const [made, setMade] = useState<ApiKey>();
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { name: "", scopes: [] as Scope[], days: "90", ips: "" },
    validate: {
      name: (value) => (value.trim() ? null : required),
      scopes: (value) => (value.length > 0 ? null : t.atLeastOne),
    },
    rename: (path) =>
      path === "expires_at"
        ? "days"
        : path.startsWith("ips")
          ? "ips"
          : path.startsWith("scopes")
            ? "scopes"
            : path,
    send: async ({ name, scopes, days, ips }) => {
      const from = ips.split(/[\s,]+/).filter(Boolean);
      const end = days ? { expires_at: new Date(Date.now() + Number(days) * 86_400_000).toISOString() } : {};
      const body = { name, scopes, ...end, ...(from.length > 0 ? { ips: from } : {}) };
      setMade(
        await ok(api.POST("/workspaces/{workspace}/api-keys", { params: { path: { workspace } }, body })),
      );
      await client.invalidateQueries({ queryKey: keys.settings(workspace, "keys") });
    },
  });
  if (made) {
    return (
      <Modal opened onClose={onClose} title={made.name} size="lg" closeOnClickOutside={false}>
        <Stack gap="sm">
          <Alert variant="light" color="yellow">
            {t.keyOnce}
          </Alert>
          <Copyable text={made.key ?? ""} label={t.keyLabel} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{t.done}</Button>
          </Group>
        </Stack>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title={t.newKey} size="lg" closeOnClickOutside={!form.isDirty()}>
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="sm">
          <Problem error={problem} />
          <TextInput
            label={t.keyName}
            placeholder={t.keyNamePlaceholder}
            data-autofocus
            {...form.getInputProps("name")}
          />
          <Checkbox.Group label={t.scopes} description={t.scopesHelp} {...form.getInputProps("scopes")}>
            <div className={classes.scopes}>
              {permissions.map((one) => (
                <Checkbox key={one} value={one} label={one} size="xs" />
              ))}
            </div>
          </Checkbox.Group>
          <NativeSelect
            label={t.expires}
            data={[
              { value: "30", label: t.days30 },
              { value: "90", label: t.days90 },
              { value: "365", label: t.year },
              { value: "", label: t.noEnd },
            ]}
            {...form.getInputProps("days")}
          />
          <Textarea
            label={t.ips}
            description={t.ipsHelp}
            autosize
            minRows={2}
            {...form.getInputProps("ips")}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {t.makeKey}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
