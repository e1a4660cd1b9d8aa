import { Group, Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import classes from "./Page.module.css";

interface Props {
  title: string;
  /** What the page is for, in one line. */
  lead?: ReactNode;
  /** Beside the title, such as a state. */
  beside?: ReactNode;
  /** The buttons of the page. */
  actions?: ReactNode;
  /** Uses the whole width, for a canvas or two columns. */
  wide?: boolean;
  children?: ReactNode;
}

/** A page of the console: its title, its buttons, what stands below. Names the document after itself. */
export function Page({ title, lead, beside, actions, wide, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Countersign`;
  }, [title]);
  return (
    <div className={classes.page} data-wide={wide || undefined}>
      <header className={classes.head}>
        <div className={classes.titles}>
          <Group gap={8}>
            <Title order={1} ref={heading} tabIndex={-1} className={classes.title}>
              {title}
            </Title>
            {beside}
          </Group>
          {lead && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions && <Group gap={8}>{actions}</Group>}
      </header>
      {children}
    </div>
  );
}
