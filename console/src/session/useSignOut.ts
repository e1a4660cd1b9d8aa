import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../api/client.ts";
import { keys } from "../api/queries.ts";
import { closeDrafts } from "../bot-file/drafts.ts";

/** Ends the session, forgets everything that was read, and goes to the sign-in. */
export function useSignOut(): () => void {
  const client = useQueryClient();
  const go = useNavigate();
  return () => {
    void (async () => {
      await closeDrafts(client);
      await api.DELETE("/session").catch(() => undefined);
      client.clear();
      client.setQueryData(keys.session, null);
      await go({ to: "/sign-in" });
    })();
  };
}
