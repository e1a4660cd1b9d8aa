import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client.ts";
import { keys } from "../../api/queries.ts";
import { State } from "../../ui/Badges.tsx";
import { Card } from "../../ui/Card.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { Ago } from "../../ui/Time.tsx";
import { useAct } from "../../ui/useAct.ts";
import { useWords } from "../../words/words.tsx";
import { device } from "./device.ts";
import classes from "./Settings.module.css";
import { words } from "./words.ts";

/** Where this account is signed in, and an end to it. */
export function Sessions() {
  const t = useWords(words);
  const client = useQueryClient();
  const sessions = useQuery({
    queryKey: keys.account("sessions"),
    queryFn: () => ok(api.GET("/account/sessions")),
  });
  const [act, busy, problem] = useAct(() => client.invalidateQueries({ queryKey: keys.account("sessions") }));
  return (
    <Card title={t.sessions} lead={t.sessionsLead}>
      <Problem error={problem} />
      <Loaded query={sessions}>
        {({ items }) => (
          <ul className={classes.rows}>
            {items.map(({ id, current, ip, user_agent, last_used_at }) => {
              const name = device(user_agent) ?? t.unknownDevice;
              return (
                <li key={id} className={classes.row}>
                  <span>
                    {name}{" "}
                    <span className="quiet">
                      {ip} · <Ago at={last_used_at} />
                    </span>
                  </span>
                  {current ? (
                    <State tone="good">{t.thisSession}</State>
                  ) : (
                    <Button
                      size="xs"
                      variant="default"
                      disabled={busy}
                      aria-label={t.endOf(name)}
                      onClick={() =>
                        act(() => api.DELETE("/account/sessions/{id}", { params: { path: { id } } }))
                      }
                    >
                      {t.end}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}
