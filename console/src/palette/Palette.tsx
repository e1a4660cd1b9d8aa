import { Modal, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useId, useState } from "react";
import { useWords } from "../words/words.tsx";
import { found, type Place } from "./found.ts";
import classes from "./Palette.module.css";
import { usePlaces } from "./usePlaces.ts";
import { words } from "./words.ts";

/** Ctrl K: everything that can be gone to, by name. */
export function Palette({
  workspace,
  bot,
  onClose,
}: {
  workspace: string;
  bot?: string;
  onClose: () => void;
}) {
  const t = useWords(words);
  const go = useNavigate();
  const list = useId();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const places = found(usePlaces(workspace, bot), query).slice(0, 50);
  const chosen = Math.min(at, places.length - 1);
  const open = (place?: Place) => {
    if (!place) return;
    onClose();
    void go({ to: place.to });
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((chosen + step + places.length) % Math.max(places.length, 1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(places[chosen]);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      yOffset="10vh"
      centered={false}
      title={t.title}
      classNames={{ header: "vh" }}
    >
      <TextInput
        className={classes.input}
        variant="unstyled"
        size="md"
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={places[chosen] ? `${list}-${chosen}` : undefined}
        aria-label={t.search}
        placeholder={t.search}
        leftSection={<IconSearch size={18} />}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <div id={list} role="listbox" aria-label={t.title} className={classes.list} tabIndex={-1}>
        {places.length === 0 && <p className={classes.none}>{t.none}</p>}
        {places.map((place, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the input above
          <div
            key={`${place.kind} ${place.to}`}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className={classes.place}
            onClick={() => open(place)}
            onMouseMove={() => setAt(index)}
            ref={(element) => {
              if (index === chosen) element?.scrollIntoView({ block: "nearest" });
            }}
          >
            <span>{place.name}</span>
            <span className={classes.kind}>{place.kind}</span>
          </div>
        ))}
      </div>
    </Modal>
  );
}
