import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import type { Account } from "../../api/contract.ts";
import { sessionQuery } from "../../api/queries.ts";
import { useServerForm } from "../../forms/useServerForm.ts";
import { State } from "../../ui/Badges.tsx";
import { Card } from "../../ui/Card.tsx";
import { Confirm } from "../../ui/Confirm.tsx";
import { Copyable } from "../../ui/Copyable.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { useAct } from "../../ui/useAct.ts";
import { common } from "../../words/common.ts";
import { useWords } from "../../words/words.tsx";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import classes from "./Settings.module.css";
import { words } from "./words.ts";

interface Started {
  uri: string;
  secret: string;
  qr_svg: string;
}

/** The authenticator app: on with a QR code and a first code, then the recovery codes. */
export function Totp({ account }: { account: Account }) {
  const t = useWords(words);
  const client = useQueryClient();
  const [started, setStarted] = useState<Started>();
  const [codes, setCodes] = useState<string[]>();
  const [stopping, stoppingIs] = useDisclosure(false);
  const [act, busy, problem] = useAct();
  const again = () => client.fetchQuery({ ...sessionQuery, staleTime: 0 });
  const stop = async () => {
    await api.DELETE("/account/totp");
    await again();
  };
  return (
    <Card
      title={t.secondFactor}
      lead={t.secondFactorLead}
      actions={
        <Group gap={8}>
          <State tone={account.totp ? "good" : "quiet"}>{account.totp ? t.on : t.off}</State>
          {account.totp ? (
            <Button size="xs" variant="default" onClick={stoppingIs.open}>
              {t.turnOff}
            </Button>
          ) : (
            <Button
              size="xs"
              loading={busy}
              onClick={() => act(async () => setStarted(await ok(api.POST("/account/totp"))))}
            >
              {t.turnOn}
            </Button>
          )}
        </Group>
      }
    >
      <Problem error={problem} />
      {(account.totp || account.passkeys > 0) && (
        <Group gap={8}>
          <Text size="sm">{t.recoveryLeft(account.recovery_codes_left)}</Text>
          <Button
            size="xs"
            variant="default"
            loading={busy}
            onClick={() =>
              act(async () => setCodes((await ok(api.POST("/account/recovery-codes"))).recovery_codes))
            }
          >
            {t.newCodes}
          </Button>
        </Group>
      )}
      {started && !codes && (
        <Confirmation started={started} onClose={() => setStarted(undefined)} onCodes={setCodes} />
      )}
      {codes && (
        <RecoveryCodes
          codes={codes}
          onClose={() => {
            setCodes(undefined);
            setStarted(undefined);
            void again();
          }}
        />
      )}
      {stopping && (
        <Confirm title={t.turnOffTitle} verb={t.turnOff} act={stop} onClose={stoppingIs.close}>
          {t.turnOffText}
        </Confirm>
      )}
    </Card>
  );
}

function Confirmation({
  started,
  onClose,
  onCodes,
}: {
  started: Started;
  onClose: () => void;
  onCodes: (codes: string[]) => void;
}) {
  const t = useWords(words);
  const { required, wrongCode } = useWords(common);
  const { form, onSubmit, problem, busy } = useServerForm({
    initialValues: { code: "" },
    validate: { code: (value) => (value.trim() ? null : required) },
    beside: ({ code }) => (code === "wrong_code" ? { code: wrongCode } : undefined),
    send: async ({ code }) =>
      onCodes((await ok(api.POST("/account/totp/confirm", { body: { code: code.trim() } }))).recovery_codes),
  });
  return (
    <Modal opened onClose={onClose} title={t.secondFactor} closeOnClickOutside={false}>
      <form onSubmit={onSubmit} noValidate>
        <Stack gap="sm">
          <Text size="sm">{t.scan}</Text>
          {/* As a picture, so that nothing in it can run. */}
          <img
            className={classes.qr}
            alt={t.qr}
            src={`data:image/svg+xml;utf8,${encodeURIComponent(started.qr_svg)}`}
          />
          <Copyable text={started.secret} label={t.key} />
          <Problem error={problem} />
          <TextInput
            label={t.codeOfApp}
            inputMode="numeric"
            autoComplete="one-time-code"
            data-autofocus
            {...form.getInputProps("code")}
          />
          <Button type="submit" loading={busy}>
            {t.confirm}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
