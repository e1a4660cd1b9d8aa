import { Alert, Button, Group, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client.ts";
import { keys, sessionQuery } from "../../api/queries.ts";
import { addPasskey, canPasskeys, NoPasskey } from "../../session/passkeys.ts";
import { Card } from "../../ui/Card.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Ago } from "../../ui/Time.tsx";
import { useAct } from "../../ui/useAct.ts";
import { useWords } from "../../words/words.tsx";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import classes from "./Settings.module.css";
import { words } from "./words.ts";

export function Passkeys() {
  const t = useWords(words);
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [codes, setCodes] = useState<string[]>();
  const passkeys = useQuery({
    queryKey: keys.account("passkeys"),
    queryFn: () => ok(api.GET("/account/passkeys")),
  });
  const [act, busy, problem] = useAct(() => {
    void client.invalidateQueries({ queryKey: keys.account("passkeys") });
    return client.fetchQuery({ ...sessionQuery, staleTime: 0 });
  });
  const add = async () => {
    const { recovery_codes } = await addPasskey(name.trim());
    setName("");
    // They come with the first second factor of an account.
    if (recovery_codes.length > 0) setCodes(recovery_codes);
  };
  return (
    <Card title={t.passkeys} lead={t.passkeysLead}>
      {problem instanceof NoPasskey ? (
        <Alert color="yellow" variant="light" role="alert">
          {problem.why === "cannot" ? t.cannotPasskeys : t.stoppedPasskey}
        </Alert>
      ) : (
        <Problem error={problem} />
      )}
      <Loaded query={passkeys} rows={1}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="quiet">{t.noPasskeys}</p>
          ) : (
            <ul className={classes.rows}>
              {items.map((passkey) => (
                <li key={passkey.id} className={classes.row}>
                  <span>
                    {passkey.name}{" "}
                    <span className="quiet">
                      {t.lastUsed}: {passkey.last_used_at ? <Ago at={passkey.last_used_at} /> : t.never}
                    </span>
                  </span>
                  <Button
                    size="xs"
                    variant="default"
                    disabled={busy}
                    aria-label={t.removeOf(passkey.name)}
                    onClick={() =>
                      act(() =>
                        api.DELETE("/account/passkeys/{id}", { params: { path: { id: passkey.id } } }),
                      )
                    }
                  >
                    {t.remove}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {canPasskeys() ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) act(add);
          }}
        >
          <Group align="flex-end" gap={8} mt="sm">
            <TextInput
              label={t.passkeyName}
              placeholder={t.passkeyNamePlaceholder}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" loading={busy} disabled={!name.trim()}>
              {t.addPasskey}
            </Button>
          </Group>
        </form>
      ) : (
        <p className="quiet">{t.cannotPasskeys}</p>
      )}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(undefined)} />}
    </Card>
  );
}
