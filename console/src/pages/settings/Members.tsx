import { Button, Group, NativeSelect, Stack, Table, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import type { Invitation, Member, Role } from "../../api/contract.ts";
import { keys } from "../../api/queries.ts";
import { useServerForm } from "../../forms/useServerForm.ts";
import { useMay, useSession, useWorkspace } from "../../session/useSession.ts";
import { Card } from "../../ui/Card.tsx";
import { Confirm } from "../../ui/Confirm.tsx";
import { Copyable } from "../../ui/Copyable.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import { Ago } from "../../ui/Time.tsx";
import { useAct } from "../../ui/useAct.ts";
import { ROLES, roleWords } from "../../words/roles.ts";
import { useWords } from "../../words/words.tsx";
import classes from "./Settings.module.css";
import { words } from "./words.ts";

/** Members with their roles, and invitations. */
export function Members() {
  const t = useWords(words);
  const roles = useWords(roleWords);
  const { id: workspace } = useWorkspace();
  const may = useMay();
  const path = { workspace };
  const members = useQuery({
    queryKey: keys.settings(workspace, "members"),
    queryFn: () => ok(api.GET("/workspaces/{workspace}/members", { params: { path } })),
  });
  return (
    <>
      <Card title={t.members} lead={t.membersLead}>
        <Loaded query={members}>{({ items }) => <People workspace={workspace} members={items} />}</Loaded>
      </Card>
      {may("member.edit") && <Invite workspace={workspace} />}
      <Card title={t.rolesTitle}>
        <dl className={classes.roles}>
          {ROLES.map((role) => (
            <div key={role} style={{ display: "contents" }}>
              <dt>{roles[role]}</dt>
              <dd>{t[role]}</dd>
            </div>
          ))}
        </dl>
      </Card>
    </>
  );
}

function People({ workspace, members }: { workspace: string; members: Member[] }) {
  const t = useWords(words);
  const roles = useWords(roleWords);
  const may = useMay();
  const client = useQueryClient();
  const { account } = useSession();
  const [removing, setRemoving] = useState<Member>();
  const again = () => client.invalidateQueries({ queryKey: keys.settings(workspace, "members") });
  const [act, busy, problem] = useAct(again);
  const change = (member: Member, role: Role) => {
    const params = { path: { workspace, account: member.account } };
    act(async () => {
      await ok(api.PATCH("/workspaces/{workspace}/members/{account}", { params, body: { role } }));
      notifications.show({ color: "teal", message: t.saved });
    });
  };
  const remove = async ({ account }: Member) => {
    await api.DELETE("/workspaces/{workspace}/members/{account}", {
      params: { path: { workspace, account } },
    });
    await again();
  };
  return (
    <>
      <Problem error={problem} />
      <Scroll label={t.members}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.name}</Table.Th>
              <Table.Th>{t.role}</Table.Th>
              <Table.Th className="wide">{t.lastSeen}</Table.Th>
              <Table.Th>
                <span className="vh">{t.actions}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {members.map((member) => {
              const own = member.account === account.id;
              return (
                <Table.Tr key={member.account}>
                  <Table.Td>
                    {member.name} {own && <span className="quiet">({t.you})</span>}
                    <div className="quiet">{member.email}</div>
                  </Table.Td>
                  <Table.Td>
                    {may("member.edit") && !own ? (
                      <NativeSelect
                        size="xs"
                        miw={118}
                        aria-label={t.roleOf(member.name)}
                        disabled={busy}
                        value={member.role}
                        data={ROLES.map((role) => ({ value: role, label: roles[role] }))}
                        onChange={(event) => change(member, event.currentTarget.value as Role)}
                      />
                    ) : (
                      roles[member.role]
                    )}
                  </Table.Td>
                  <Table.Td className="wide">
                    {member.last_seen ? <Ago at={member.last_seen} /> : t.never}
                  </Table.Td>
                  <Table.Td align="right">
                    {may("member.edit") && !own && (
                      <Button
                        size="xs"
                        variant="subtle"
                        color="red"
                        onClick={() => setRemoving(member)}
                        aria-label={t.removeOf(member.name)}
                      >
                        {t.remove}
                      </Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Scroll>
      {removing && (
        <Confirm
          title={t.removeMember(removing.name)}
          verb={t.remove}
          act={() => remove(removing)}
          onClose={() => setRemoving(undefined)}
        >
          {t.removeMemberText}
        </Confirm>
      )}
    </>
  );
}

function Invite({ workspace }: { workspace: string }) {
  const t = useWords(words);
  const roles = useWords(roleWords);
  const client = useQueryClient();
  const [made, setMade] = useState<Invitation>();
  const queryKey = keys.settings(workspace, "invitations");
  const invitations = useQuery({
    queryKey,
    queryFn: () => ok(api.GET("/workspaces/{workspace}/invitations", { params: { path: { workspace } } })),
  });
  const [act, , failed] = useAct(() => client.invalidateQueries({ queryKey }));
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { email: "", role: "editor" as Role },
    validate: { email: (value) => (value.includes("@") ? null : t.email) },
    send: async (body) => {
      setMade(
        await ok(api.POST("/workspaces/{workspace}/invitations", { params: { path: { workspace } }, body })),
      );
      form.reset();
      await client.invalidateQueries({ queryKey });
    },
  });
  return (
    <Card title={t.invite} lead={t.inviteLead}>
      <Stack gap="sm">
        <Problem error={problem ?? failed} />
        <form onSubmit={onSubmit} noValidate>
          <Group align="flex-end" gap={8}>
            <TextInput type="email" label={t.email} w={280} maw="100%" {...form.getInputProps("email")} />
            <NativeSelect
              label={t.role}
              data={ROLES.map((role) => ({ value: role, label: roles[role] }))}
              {...form.getInputProps("role")}
            />
            <Button type="submit" loading={busy}>
              {t.makeInvitation}
            </Button>
          </Group>
        </form>
        {made?.link && (
          <div aria-live="polite">
            <Text size="sm" mb={4}>
              {made.email}: {t.invitationOnce}
            </Text>
            <Copyable text={made.link} label={t.invitationLink} />
          </div>
        )}
        {invitations.data && invitations.data.items.length > 0 && (
          <ul className={classes.rows} aria-label={t.invitations}>
            {invitations.data.items.map(({ id, email, role, expires_at }) => (
              <li key={id} className={classes.row}>
                <span>
                  {email}{" "}
                  <span className="quiet">
                    {roles[role]} · {t.overIn} <Ago at={expires_at} />
                  </span>
                </span>
                <Button
                  size="xs"
                  variant="default"
                  aria-label={t.withdrawOf(email)}
                  onClick={() =>
                    act(() =>
                      api.DELETE("/workspaces/{workspace}/invitations/{id}", {
                        params: { path: { workspace, id } },
                      }),
                    )
                  }
                >
                  {t.withdraw}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Stack>
    </Card>
  );
}
