import type { ReactNode } from "react";
import classes from "./Scroll.module.css";

/** A table in its frame. What does not fit scrolls sideways, also with the keyboard. Cells of class `wide` are left out on a phone. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <div role="group" className={classes.scroll} aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
