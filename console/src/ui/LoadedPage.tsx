import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Broken } from "./Broken.tsx";
import { Bars } from "./Loaded.tsx";
import classes from "./Page.module.css";

/** Shows what a whole page is of. Where it cannot be read, another page that says so stands in its place. */
export function LoadedPage<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Broken error={query.error} reset={() => void query.refetch()} />;
  return <PageBars />;
}

/** Grey bars in the place of a page that is on its way. */
export function PageBars() {
  return (
    <div className={classes.page}>
      <Bars />
    </div>
  );
}
