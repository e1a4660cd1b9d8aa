import type { ReactNode } from "react";

const MARK = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;

/** A line of Markdown with `code`, **strong**, *emphasis* and [links](https://…). Everything else stays text. */
export function Marked({ text }: { text: string }) {
  const parts: ReactNode[] = [];
  let done = 0;
  for (const match of text.matchAll(MARK)) {
    parts.push(text.slice(done, match.index));
    const [all, code, strong, emphasis, label, href] = match;
    if (code) parts.push(<code key={match.index}>{code}</code>);
    else if (strong) parts.push(<strong key={match.index}>{strong}</strong>);
    else if (emphasis) parts.push(<em key={match.index}>{emphasis}</em>);
    else
      parts.push(
        <a key={match.index} href={href} target="_blank" rel="noreferrer">
          {label}
        </a>,
      );
    done = match.index + all.length;
  }
  parts.push(text.slice(done));
  return <>{parts}</>;
}
