import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keys } from "./queries.ts";

const NAMES = ["conversation", "draft", "published", "token", "channel", "reset"] as const;
type Name = (typeof NAMES)[number];

/** Keeps what is shown up to date while the page is open: each event of the server names what to read again. */
export function useEvents(workspace: string): void {
  const client = useQueryClient();
  useEffect(() => {
    if (typeof EventSource === "undefined") return;
    const source = new EventSource(`/api/v1/workspaces/${encodeURIComponent(workspace)}/events`);
    for (const name of NAMES) {
      source.addEventListener(name, (event) => refresh(client, workspace, name, dataOf(event)));
    }
    return () => source.close();
  }, [client, workspace]);
}

/** Marks what the event touches as old. What is on the screen is read again at once. */
export function refresh(
  client: QueryClient,
  workspace: string,
  name: Name,
  data: Record<string, unknown>,
): void {
  for (const queryKey of touched(workspace, name, data)) void client.invalidateQueries({ queryKey });
}

function touched(workspace: string, name: Name, data: Record<string, unknown>): (readonly unknown[])[] {
  switch (name) {
    case "conversation":
      return [keys.conversations(workspace)];
    case "draft":
    case "published":
      return typeof data.bot === "string"
        ? [[...keys.bots(workspace)], keys.bot(workspace, data.bot)]
        : [keys.bots(workspace)];
    case "token":
      return [keys.tokens(workspace)];
    case "channel":
      return [keys.channels(workspace)];
    case "reset":
      return [keys.workspace(workspace)];
  }
}

function dataOf(event: MessageEvent<string>): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(event.data);
    return typeof data === "object" && data !== null ? { ...data } : {};
  } catch {
    return {};
  }
}
