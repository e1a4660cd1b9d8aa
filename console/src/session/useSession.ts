import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Permission, Session, WorkspaceOfSession } from "../api/contract.ts";
import { sessionQuery } from "../api/queries.ts";

/** Who is signed in. Only for pages behind the sign-in. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  if (!data) throw new Error("this page is shown to people who are signed in");
  return data;
}

/** The workspace in the address, as the session sees it. */
export function useWorkspace(): WorkspaceOfSession {
  const { workspace } = useParams({ strict: false });
  const found = useSession().workspaces.find((one) => one.id === workspace);
  if (!found) throw new Error("the address names a workspace");
  return found;
}

/** Whether the role of this person in the workspace has a permission. The server decides; this only hides buttons. */
export function useMay(): (permission: Permission) => boolean {
  const { permissions } = useWorkspace();
  return (permission) => permissions.includes(permission);
}
