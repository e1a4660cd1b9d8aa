import type { ReactNode } from "react";
import classes from "./parts.module.css";
import type { RequestShown } from "./request.ts";

/** A request as it goes over the wire; what is not known yet is marked. */
export function RequestView({ request }: { request: RequestShown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long request is scrolled with the keyboard
    <pre className={classes.request} tabIndex={0}>
      <b>{request.method}</b> {marked(request.url || "…")}
      {"\n"}
      {request.headers.map(([name, value], at) => (
        <span key={at}>
          <i>{name}:</i> {marked(value)}
          {"\n"}
        </span>
      ))}
      {request.body !== undefined && (
        <>
          {"\n"}
          {marked(request.body)}
        </>
      )}
    </pre>
  );
}

function marked(text: string): ReactNode[] {
  return text
    .split(/(‹[^›]*›|•{3,})/)
    .map((part, at) => (at % 2 === 1 ? <mark key={at}>{part}</mark> : part));
}
