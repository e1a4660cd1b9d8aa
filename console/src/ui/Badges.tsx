import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Badges.module.css";

export type Tone = "good" | "bad" | "warn" | "quiet" | "accent";

/** A short state, told by word and colour. */
export function State({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <Badge
      variant="outline"
      size="md"
      radius="xl"
      className={classes.state}
      data-tone={tone}
      leftSection={<i className={classes.dot} aria-hidden />}
    >
      {children}
    </Badge>
  );
}
