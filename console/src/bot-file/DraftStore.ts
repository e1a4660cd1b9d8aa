import type { Checkup, Draft, SavedDraft } from "../api/contract.ts";
import { isProblem } from "../api/problem.ts";
import type { Edit } from "./edits.ts";
import { History } from "./history.ts";
import { joined } from "./join.ts";
import { type BotFile, readBotFile, type Unreadable } from "./model.ts";
import { settleFields } from "./pending.ts";

/** How a draft talks to the server. */
export interface Wire {
  /** With `leaving`, the request goes on when the page is closed. */
  save: (text: string, revision: number, leaving: boolean) => Promise<SavedDraft>;
  check: (text: string) => Promise<Checkup>;
  /** Told after each save, so that what else shows the bot is read again. */
  saved: (draft: Draft) => void;
}

export type SaveState = "saved" | "unsaved" | "saving" | "failed" | "conflict";

export interface DraftState {
  text: string;
  /** The last text that could be read. */
  file: BotFile;
  /** Set while the text of now cannot be read. */
  unreadable: Unreadable | undefined;
  save: SaveState;
  /** Why it was not saved. */
  problem: unknown;
  /** What somebody else saved in the meantime. */
  theirs: Draft | undefined;
  /** How often a text of somebody else has come in. */
  arrivals: number;
  checkup: Checkup | undefined;
  /** Whether `checkup` is of the text of now. */
  checked: boolean;
  canUndo: boolean;
  canRedo: boolean;
}

/** Milliseconds without a change after which a text is checked, and saved. */
const CHECK_AFTER = 350;
const SAVE_AFTER = 900;
/** Milliseconds after which what could not be sent is sent again, while the server is away. */
const AGAIN_AFTER = 5_000;

/**
 * The draft of one bot: its text, what it says, undo, check and autosave. It outlives the pages, so nothing typed is lost
 * when another page opens.
 */
export class DraftStore {
  private readonly history: History;
  private readonly listeners = new Set<() => void>();
  private state: DraftState;
  private revision: number;
  private savedText: string;
  private saveTimer: ReturnType<typeof setTimeout> | undefined;
  private checkTimer: ReturnType<typeof setTimeout> | undefined;
  private saving = false;
  private leaving = false;

  constructor(
    draft: Draft,
    private readonly wire: Wire,
    readonly readOnly = false,
    private readonly now: () => number = Date.now,
  ) {
    this.history = new History(draft.text);
    this.revision = draft.revision;
    this.savedText = draft.text;
    const read = readBotFile(draft.text);
    this.state = {
      text: draft.text,
      file: "file" in read ? read.file : emptyFile(),
      unreadable: "unreadable" in read ? read.unreadable : undefined,
      save: "saved",
      problem: undefined,
      theirs: undefined,
      arrivals: 0,
      checkup: undefined,
      checked: false,
      canUndo: false,
      canRedo: false,
    };
    this.checkSoon(0);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): DraftState => this.state;

  /** Changes the draft through its model. Says false when the text cannot be read or the draft is read only. */
  readonly edit = (edit: Edit, group?: string): boolean => {
    if (this.readOnly || this.state.unreadable) return false;
    this.put(edit(this.state.text), group);
    return true;
  };

  /** Sets the text as typed. */
  readonly type = (text: string, group = "typing"): void => {
    if (!this.readOnly) this.put(text, group);
  };

  readonly undo = (): void => this.show(this.history.undo());
  readonly redo = (): void => this.show(this.history.redo());

  /** The page may be closed any moment: saves what is not saved yet in a way that outlives it. Says whether there was anything. */
  readonly leave = (): boolean => {
    const { save } = this.state;
    const open = !this.readOnly && save !== "saved";
    if (open && save !== "conflict") {
      this.leaving = true;
      void this.flush();
    }
    return open;
  };

  /** Saves now; resolves when the server has it or has refused. Says whether it is saved. */
  readonly flush = async (): Promise<boolean> => {
    clearTimeout(this.saveTimer);
    if (this.readOnly || this.saving || this.state.text === this.savedText)
      return this.state.save === "saved";
    this.saving = true;
    const text = this.state.text;
    this.set({ save: "saving", problem: undefined });
    try {
      const leaving = this.leaving;
      this.leaving = false;
      const saved = await this.wire.save(text, this.revision, leaving);
      this.revision = saved.revision;
      this.savedText = text;
      const same = this.state.text === text;
      this.set({
        save: same ? "saved" : "unsaved",
        ...(same ? { checkup: saved.checkup, checked: true } : {}),
      });
      if (same) clearTimeout(this.checkTimer);
      this.wire.saved({
        text,
        revision: saved.revision,
        changed_at: saved.changed_at,
        changed_by: saved.changed_by,
      });
      return same;
    } catch (error) {
      const theirs = isProblem(error, "stale") ? (error.more.current as Draft | undefined) : undefined;
      if (theirs && settleFields()) await shown();
      if (!theirs) {
        this.set({ save: "failed", problem: error });
        if (isAway(error)) this.saveSoon(AGAIN_AFTER);
      } else if (theirs.text === text) {
        // It was saved, and the answer went astray. What was typed since then stays.
        this.revision = theirs.revision;
        this.savedText = text;
        this.set({ save: this.state.text === text ? "saved" : "unsaved" });
      } else if (!this.join(theirs)) this.set({ save: "conflict", theirs, problem: error });
      return false;
    } finally {
      this.saving = false;
      // What was typed while this was under way does not wait once more when the page is being left.
      if (this.state.save === "unsaved") {
        if (this.leaving) void this.flush();
        else this.saveSoon();
      }
    }
  };

  /** What the server has now. Taken over when nothing here is unsaved, put together when it can be; else a person is asked. */
  readonly arrived = (draft: Draft): void => {
    if (draft.revision <= this.revision || this.saving) return;
    if (settleFields()) {
      void shown().then(() => this.arrived(draft));
      return;
    }
    if (this.state.text === this.savedText) {
      this.adopt(draft);
      return;
    }
    if (this.state.save !== "conflict" && this.join(draft)) return;
    clearTimeout(this.saveTimer);
    this.set({ save: "conflict", theirs: draft });
  };

  /** Ends a conflict: keeps this text, or takes theirs. The other one stays reachable by Undo. */
  readonly settle = (choice: "mine" | "theirs"): void => {
    const theirs = this.state.theirs;
    if (!theirs) return;
    const mine = this.state.text;
    this.adopt(theirs);
    if (choice === "mine") {
      this.put(mine);
      void this.flush();
    }
  };

  /** Puts what is typed here into what somebody else has saved, when both are at different places of the text. */
  private join(theirs: Draft): boolean {
    const text = joined(this.savedText, this.state.text, theirs.text);
    const isBroken = (one: string) => "unreadable" in readBotFile(one);
    if (text === undefined || (isBroken(text) && !isBroken(this.state.text) && !isBroken(theirs.text)))
      return false;
    this.adopt(theirs);
    this.put(text);
    return true;
  }

  private adopt(draft: Draft): void {
    this.revision = draft.revision;
    this.savedText = draft.text;
    this.history.push(draft.text, this.now());
    this.show(draft.text);
    this.set({ save: "saved", theirs: undefined, problem: undefined, arrivals: this.state.arrivals + 1 });
  }

  private put(text: string, group?: string): void {
    this.history.push(text, this.now(), group);
    this.show(text);
  }

  private show(text: string): void {
    if (text === this.state.text) return;
    const read = readBotFile(text);
    const conflict = this.state.save === "conflict";
    this.set({
      text,
      file: "file" in read ? read.file : this.state.file,
      unreadable: "unreadable" in read ? read.unreadable : undefined,
      save: conflict ? "conflict" : text === this.savedText ? "saved" : "unsaved",
      checked: false,
      canUndo: this.history.canUndo,
      canRedo: this.history.canRedo,
    });
    this.checkSoon(CHECK_AFTER);
    if (!conflict) this.saveSoon();
  }

  private saveSoon(after = SAVE_AFTER): void {
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => void this.flush(), after);
  }

  private checkSoon(after: number): void {
    clearTimeout(this.checkTimer);
    this.checkTimer = setTimeout(async () => {
      const text = this.state.text;
      try {
        const checkup = await this.wire.check(text);
        if (this.state.text === text) this.set({ checkup, checked: true });
      } catch {
        // The next change, and each save, checks again.
      }
    }, after);
  }

  private set(part: Partial<DraftState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}

function emptyFile(): BotFile {
  const read = readBotFile("");
  if ("file" in read) return read.file;
  throw new Error("an empty text can be read");
}

/** After what was told of the draft is on the screen: what is chosen there is followed from one text to the next. */
function shown(): Promise<void> {
  return new Promise((done) => setTimeout(done));
}

/** Whether the server could not be reached, or only what stands before it. */
function isAway(error: unknown): boolean {
  return isProblem(error) && [0, 502, 503, 504].includes(error.status);
}
