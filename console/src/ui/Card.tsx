import { Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import classes from "./Card.module.css";

/** A part of a page with a heading of its own. */
export function Card({
  title,
  actions,
  lead,
  children,
}: {
  title: string;
  actions?: ReactNode;
  lead?: ReactNode;
  children?: ReactNode;
}) {
  const id = useId();
  return (
    <section className={classes.card} aria-labelledby={id}>
      <header className={classes.head}>
        <div>
          <Title order={2} id={id}>
            {title}
          </Title>
          {lead && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions}
      </header>
      {children}
    </section>
  );
}

/** Cards beside each other where there is room. */
export function Cards({ children, broad }: { children: ReactNode; broad?: boolean }) {
  return (
    <div className={classes.cards} data-broad={broad || undefined}>
      {children}
    </div>
  );
}
