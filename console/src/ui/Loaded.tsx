import { Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { common } from "../words/common.ts";
import { useWords } from "../words/words.tsx";
import { Problem } from "./Problem.tsx";

/** Shows what was read, grey bars while it is read, or the problem with a way to try again. */
export function Loaded<T>({
  query,
  children,
  rows = 4,
}: {
  query: UseQueryResult<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Problem error={query.error} again={() => void query.refetch()} />;
  return <Bars rows={rows} />;
}

/** Grey bars in the place of what is on its way. */
export function Bars({ rows = 4 }: { rows?: number }) {
  const t = useWords(common);
  return (
    <Stack gap={8} role="status" aria-label={t.loading}>
      {Array.from({ length: rows }, (_, at) => (
        <Skeleton key={at} height={40} radius="sm" animate={false} />
      ))}
    </Stack>
  );
}
