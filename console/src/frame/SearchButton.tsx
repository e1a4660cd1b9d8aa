import { IconSearch } from "@tabler/icons-react";
import { useWords } from "../words/words.tsx";
import classes from "./Frame.module.css";
import { words } from "./words.ts";

export function SearchButton({ onClick }: { onClick: () => void }) {
  const t = useWords(words);
  return (
    <button type="button" className={classes.search} onClick={onClick} aria-keyshortcuts="Control+K">
      <IconSearch size={16} aria-hidden />
      <span>{t.search}</span>
      <kbd>{t.searchKeys}</kbd>
    </button>
  );
}
