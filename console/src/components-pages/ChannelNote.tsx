import { Button } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useWords } from "../words/words.tsx";
import classes from "./parts.module.css";
import { questionsOf } from "./request.ts";
import type { ComponentEditor } from "./useComponent.ts";
import { words } from "./words.ts";

const KEEPS = ["whatsapp", "messenger", "instagram", "sms", "slack", "line", "viber"];
const CANNOT = ["web", "mobile", "desktop"];

/** What happens to a typed password on the channels of the bot. */
export function ChannelNote({ editor }: { editor: ComponentEditor }) {
  const t = useWords(words);
  if (!questionsOf(editor.definition).some((question) => question.secret === true)) return null;
  const kinds = editor.draft.file.channels;
  const has = (some: string[]) => kinds.length === 0 || kinds.some((kind) => some.includes(kind));
  const onPage = editor.definition.ask === "secure_page";
  const notes = onPage
    ? [t.channelPage, ...(has(["phone"]) ? [t.channelPhone] : [])]
    : [
        ...(has(KEEPS) ? [t.channelWhatsapp] : []),
        ...(has(["telegram"]) ? [t.channelTelegram] : []),
        ...(has(["phone"]) ? [t.channelPhone] : []),
      ];
  if (kinds.some((kind) => CANNOT.includes(kind)) || kinds.length === 0) notes.push(t.channelNot);
  return (
    <aside className={classes.note} aria-label={t.channels}>
      <IconInfoCircle size={16} aria-hidden />
      <div>
        {notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
        {!onPage && !editor.readOnly && (
          <Button size="compact-sm" variant="subtle" px={0} onClick={() => editor.set("ask", "secure_page")}>
            {t.usePage}
          </Button>
        )}
      </div>
    </aside>
  );
}
