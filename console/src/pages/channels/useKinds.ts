import { useQuery } from "@tanstack/react-query";
import { api, ok } from "../../api/client.ts";
import { useWorkspace } from "../../session/useSession.ts";

/** The kinds of channels that the server can connect, with what each provider asks for. */
export function useKinds() {
  const { id: workspace } = useWorkspace();
  return useQuery({
    queryKey: ["w", workspace, "channel-kinds"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => ok(api.GET("/workspaces/{workspace}/channel-kinds", { params: { path: { workspace } } })),
  });
}
