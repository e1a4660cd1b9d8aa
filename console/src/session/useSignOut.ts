import { useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { closeDrafts } from "../bot-file/drafts.ts";

/** Ends the session and opens the sign-in anew, so that nothing that was read or typed stays in this page's memory. */
export function useSignOut(): () => void {
  const client = useQueryClient();
  return () => {
    // What was typed a moment ago is saved while there is a session to save it with.
    void closeDrafts(client)
      .then(() => api.DELETE("/session"))
      .catch(() => undefined)
      .then(() => globalThis.location.assign(`${import.meta.env.BASE_URL}sign-in`));
  };
}
