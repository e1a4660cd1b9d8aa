import { api } from "../api/client.ts";

/** Ends the session and opens the sign-in anew, so that nothing that was read or typed stays in this page's memory. */
export function useSignOut(): () => void {
  return () => {
    void api
      .DELETE("/session")
      .catch(() => undefined)
      .then(() => globalThis.location.assign(`${import.meta.env.BASE_URL}sign-in`));
  };
}
