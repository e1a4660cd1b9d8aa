import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { api } from "../../api/client.ts";
import type { Account as AccountData } from "../../api/contract.ts";
import { useSignOut } from "../../session/useSignOut.ts";
import { Card } from "../../ui/Card.tsx";
import { Confirm } from "../../ui/Confirm.tsx";
import { useWords } from "../../words/words.tsx";
import { words } from "./words.ts";

/** The end of the own account. */
export function DeleteAccount({ account }: { account: AccountData }) {
  const t = useWords(words);
  const signOut = useSignOut();
  const [asking, setAsking] = useState(false);
  const leave = async () => {
    await api.DELETE("/account");
    signOut();
  };
  return (
    <Card title={t.deleteTitle} lead={t.deleteLead}>
      <Group>
        <Button color="red" variant="light" onClick={() => setAsking(true)}>
          {t.deleteAccount}
        </Button>
      </Group>
      {asking && (
        <Confirm
          title={t.deleteTitle}
          verb={t.deleteAccount}
          typed={account.email}
          act={leave}
          onClose={() => setAsking(false)}
        >
          {t.deleteText}
        </Confirm>
      )}
    </Card>
  );
}
