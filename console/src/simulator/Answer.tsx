import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Simulation, SimulationInput } from "../api/contract.ts";
import { PasswordInput } from "../ui/PasswordInput.tsx";
import { useWords } from "../words/words.tsx";
import { pressKey } from "./keypad.ts";
import classes from "./simulator.module.css";
import { words } from "./words.ts";

interface Props {
  simulation: Simulation;
  busy: boolean;
  onSend: (input: SimulationInput) => void;
}

/** Where the user's answer is given: written, or on the keypad of a phone. A secret is hidden while it is typed. */
export function Answer({ simulation, busy, onSend }: Props) {
  const t = useWords(words);
  const phone = simulation.channel === "phone";
  const [typing, setTyping] = useState(false);
  return (
    <div className={classes.foot}>
      {phone && !typing ? (
        <>
          <Keypad simulation={simulation} busy={busy} onSend={onSend} />
          {!simulation.expect.secret && (
            <Button variant="subtle" size="compact-xs" onClick={() => setTyping(true)}>
              {t.say}
            </Button>
          )}
        </>
      ) : simulation.expect.kind === "file" ? (
        <FileAnswer busy={busy} onSend={onSend} />
      ) : simulation.expect.kind === "location" ? (
        <Place busy={busy} onSend={onSend} />
      ) : (
        <Written simulation={simulation} busy={busy} onSend={onSend} />
      )}
      {phone && (
        <Button variant="subtle" size="compact-xs" disabled={busy} onClick={() => onSend({ silence: true })}>
          {t.silence}
        </Button>
      )}
    </div>
  );
}

function Written({ simulation, busy, onSend }: Props) {
  const t = useWords(words);
  const [text, setText] = useState("");
  const secret = simulation.expect.secret;
  const Input = secret ? PasswordInput : TextInput;
  return (
    <form
      className={classes.write}
      onSubmit={(event) => {
        event.preventDefault();
        if (text !== "") onSend({ text });
      }}
    >
      <Input
        aria-label={secret ? t.secretAnswer : t.write}
        placeholder={secret ? t.secretAnswer : t.write}
        autoComplete="off"
        autoFocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" loading={busy} disabled={text === ""}>
        {t.send}
      </Button>
    </form>
  );
}

function FileAnswer({ busy, onSend }: Omit<Props, "simulation">) {
  const t = useWords(words);
  const [url, setUrl] = useState("https://files.example/picture.jpg");
  return (
    <form
      className={classes.write}
      onSubmit={(event) => {
        event.preventDefault();
        onSend({ file: { kind: kindOf(url), url } });
      }}
    >
      <TextInput
        aria-label={t.fileUrl}
        value={url}
        autoFocus
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <Button type="submit" loading={busy} disabled={url === ""} aria-label={t.file}>
        {t.send}
      </Button>
    </form>
  );
}

function kindOf(url: string): string {
  if (/\.(jpe?g|png|gif|webp)$/i.test(url)) return "image";
  if (/\.(mp3|ogg|wav|m4a)$/i.test(url)) return "audio";
  return /\.(mp4|mov|webm)$/i.test(url) ? "video" : "document";
}

function Place({ busy, onSend }: Omit<Props, "simulation">) {
  const t = useWords(words);
  const [latitude, setLatitude] = useState("47.3769");
  const [longitude, setLongitude] = useState("8.5417");
  return (
    <form
      className={classes.write}
      onSubmit={(event) => {
        event.preventDefault();
        onSend({ location: { latitude, longitude } });
      }}
    >
      <TextInput
        aria-label={t.latitude}
        value={latitude}
        autoFocus
        onChange={(event) => setLatitude(event.currentTarget.value)}
      />
      <TextInput
        aria-label={t.longitude}
        value={longitude}
        onChange={(event) => setLongitude(event.currentTarget.value)}
      />
      <Button type="submit" loading={busy} aria-label={t.place}>
        {t.send}
      </Button>
    </form>
  );
}

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

function Keypad({ simulation, busy, onSend }: Props) {
  const t = useWords(words);
  const [typed, setTyped] = useState("");
  const { secret, digits } = simulation.expect;
  const press = (key: string) => {
    const { typed: next, send } = pressKey(typed, key, digits);
    setTyped(next);
    if (send !== undefined) onSend({ digits: send });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: it hears the keys of the keyboard, which a fieldset does as well but cannot be a grid
    <div
      role="group"
      aria-label={t.keypad}
      onKeyDown={(event) => {
        if (!KEYS.includes(event.key)) return;
        event.preventDefault();
        press(event.key);
      }}
    >
      <div className={classes.typed} role="status" aria-label={t.typedDigits(typed.length)}>
        {secret ? "•".repeat(typed.length) : typed}
      </div>
      <div className={classes.keys}>
        {KEYS.map((key) => (
          <button
            key={key}
            type="button"
            className={classes.key}
            aria-label={t.digit(key)}
            disabled={busy}
            onClick={() => press(key)}
          >
            {key}
          </button>
        ))}
      </div>
    </div>
  );
}
