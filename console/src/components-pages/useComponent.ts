import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { api, ok } from "../api/client.ts";
import type { Checkup, Diagnostic } from "../api/contract.ts";
import { putComponent, removeEntry } from "../bot-file/edits.ts";
import { areUnfinished, NO_ROWS, type Rows } from "../bot-file/fields/rows.ts";
import { useSaidCheckup } from "../bot-file/findings/useSaid.ts";
import { type Component, type ComponentKind, kindPath } from "../bot-file/model.ts";
import { isRecord, same, valueAt } from "../bot-file/place.ts";
import { type DraftAt, useDraft } from "../bot-file/useDraft.tsx";
import { NEW } from "../forms/ids.ts";
import { type Clash, merged, withAt } from "./merge.ts";

export type Definition = Record<string, unknown>;
/** What is wrong with a definition, by the path of the field: `url`, `questions[0].field`. */
export type Errors = Record<string, string>;

interface Typed {
  /** What the draft had when the typing began, or when the changes of somebody else were last taken in. */
  base: Definition;
  own: Definition;
  /** What somebody else changed meanwhile, where it was changed here too. */
  clashes: readonly Clash[];
  /** What a definition cannot hold yet, by the path of the field: a text that is no JSON, rows without a name. */
  rest: Readonly<Record<string, string | Rows>>;
}

/** What was typed and not saved yet, by component, for as long as the console is open. Never written anywhere. */
const typed = new Map<string, Typed>();

export interface ComponentEditor {
  draft: DraftAt;
  kind: ComponentKind;
  isNew: boolean;
  /** The component as the draft has it. */
  stored: Component | undefined;
  definition: Definition;
  /** Gives a key a value; undefined takes it away. */
  set: (key: string, value: unknown) => void;
  replace: (definition: Definition) => void;
  dirty: boolean;
  discard: () => void;
  clashes: readonly Clash[];
  /** Settles what two people changed in different ways. */
  settle: (clash: Clash, whose: "mine" | "theirs") => void;
  /** The rows of a map, with what is typed of them and cannot be written yet. */
  pairs: (path: string) => {
    error: string | undefined;
    errorOf: (name: string) => string | undefined;
    rows: Rows;
    onRows: (rows: Rows) => void;
    all: boolean;
  };
  /** A text that is no value yet; undefined when there is none. */
  unfinished: (path: string) => string | undefined;
  keep: (path: string, rest: string | undefined) => void;
  /** Shows what the server says of fields of this definition, until something is changed. */
  tell: (errors: Errors) => void;
  /** The field was left, so that its errors show. */
  left: (path: string) => void;
  errorOf: (path: string) => string | undefined;
  /** What is wrong with a field, or with something in it. */
  errorIn: (path: string) => string | undefined;
  diagnostics: Diagnostic[];
  taken: string[];
  /** Saves into the draft. Says false when something is wrong, and marks it. */
  save: () => Promise<boolean>;
  remove: () => void;
  readOnly: boolean;
}

interface Options {
  kind: ComponentKind;
  template: Definition;
  validate: (definition: Definition, taken: string[]) => Errors;
  mayEdit: boolean;
}

/** The form of a component over the draft: what is typed, what is wrong with it, and Save. */
export function useComponent({ kind, template, validate, mayEdit }: Options): ComponentEditor {
  const { id = NEW } = useParams({ strict: false });
  const draft = useDraft();
  const navigate = useNavigate();
  const isNew = id === NEW;
  const stored = draft.file.components.find((one) => one.kind === kind && one.id === id);
  const key = `${draft.workspace}/${draft.bot}/${kind}/${id}`;
  const before = stored?.definition ?? template;
  const [kept, setKept] = useState<Typed | undefined>(() => typed.get(key));
  const definition = kept?.own ?? before;
  const unfinished = Object.entries(kept?.rest ?? {}).some(
    ([path, rest]) => isShown(path, definition) && (typeof rest === "string" || areUnfinished(rest)),
  );
  const dirty = kept !== undefined && (unfinished || !same(kept.own, before));
  const [told, setTold] = useState<Errors>({});
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [showAll, setShowAll] = useState(false);
  const taken = useMemo(
    () =>
      draft.file.components.filter((one) => one.kind === kind && one.id !== stored?.id).map((one) => one.id),
    [draft.file, kind, stored?.id],
  );
  const errors = useMemo(() => validate(definition, taken), [validate, definition, taken]);
  const diagnostics = useDiagnostics(draft, kind, stored?.id, definition, dirty);

  // What was typed is read where it is kept: a field may tell twice before the page is drawn again.
  const change = (next: (now: Typed) => Partial<Typed>) => {
    const now = typed.get(key) ?? { base: before, own: before, clashes: [], rest: {} };
    const then = { ...now, ...next(now) };
    typed.set(key, then);
    setKept(then);
    setTold({});
  };
  const replace = (next: Definition) =>
    change(({ clashes }) => ({
      own: next,
      clashes: clashes.filter(({ place, theirs }) => !same(valueAt(next, place), theirs)),
    }));
  const set = (name: string, value: unknown) => {
    const own = typed.get(key)?.own ?? before;
    const { [name]: _, ...rest } = own;
    replace(value === undefined ? rest : { ...own, [name]: value });
  };
  const keep = (path: string, value: string | Rows | undefined) =>
    change(({ rest: { [path]: _, ...others } }) => ({
      rest: value === undefined ? others : { ...others, [path]: value },
    }));
  const settle = (clash: Clash, whose: "mine" | "theirs") =>
    change(({ own, clashes }) => ({
      own: whose === "theirs" ? withAt(own, clash.place, clash.theirs) : own,
      clashes: clashes.filter((one) => one !== clash),
    }));
  const forget = () => {
    typed.delete(key);
    setKept(undefined);
    setTold({});
  };
  // Somebody else has saved the component: what was not touched here is theirs.
  useEffect(() => {
    const now = typed.get(key);
    if (!now || !stored || same(now.base, stored.definition)) return;
    const { value, clashes } = merged(now.base, now.own, stored.definition);
    const then = { ...now, base: stored.definition, own: value, clashes };
    typed.set(key, then);
    setKept(then);
  }, [key, stored]);
  useEffect(() => {
    const guard = (event: BeforeUnloadEvent) => event.preventDefault();
    if (!dirty) return;
    window.addEventListener("beforeunload", guard);
    return () => window.removeEventListener("beforeunload", guard);
  }, [dirty]);

  const errorOf = (path: string): string | undefined => {
    if (told[path]) return told[path];
    if ((showAll || touched.has(path)) && errors[path]) return errors[path];
    const prefix = `${kind}.${String(definition.id ?? "")}.`;
    const found = diagnostics.find((one) => one.severity === "error" && one.path === prefix + path);
    return found && (showAll || touched.has(path) || !isNew) ? found.message : undefined;
  };

  const errorIn = (path: string): string | undefined => {
    const prefix = `${kind}.${String(definition.id ?? "")}.${path}`;
    const inside = diagnostics.find(
      (one) =>
        one.severity === "error" && (one.path.startsWith(`${prefix}.`) || one.path.startsWith(`${prefix}[`)),
    );
    return errorOf(path) ?? inside?.message;
  };
  const pairs = (path: string) => {
    const rest = kept?.rest[path];
    return {
      error: errorOf(path),
      errorOf: (name: string) => errorIn(`${path}.${name}`),
      rows: isRecord(rest) ? (rest as unknown as Rows) : NO_ROWS,
      onRows: (rows: Rows) => keep(path, areUnfinished(rows) || rows.fresh.length > 0 ? rows : undefined),
      all: showAll,
    };
  };

  const save = async () => {
    setShowAll(true);
    if (Object.keys(errors).length > 0 || unfinished) {
      focusFirstError();
      return false;
    }
    const newId = String(definition.id);
    if (!draft.store.edit(putComponent(kind, stored?.id ?? newId, definition))) return false;
    typed.delete(key);
    if (newId !== id) {
      await navigate({
        to: `/w/$workspace/bots/$bot/${kindPath(kind)}/$id`,
        params: { workspace: draft.workspace, bot: draft.bot, id: newId },
        replace: true,
      });
    }
    setKept(undefined);
    await draft.store.flush();
    return true;
  };

  const remove = () => {
    if (!stored || !draft.store.edit(removeEntry(stored.place))) return;
    typed.delete(key);
    void navigate({
      to: `/w/$workspace/bots/$bot/${kindPath(kind)}`,
      params: { workspace: draft.workspace, bot: draft.bot },
    });
  };

  return {
    draft,
    kind,
    isNew,
    stored,
    definition,
    set,
    replace,
    dirty,
    discard: forget,
    clashes: kept?.clashes ?? [],
    settle,
    pairs,
    unfinished: (path) => {
      const rest = kept?.rest[path];
      return typeof rest === "string" ? rest : undefined;
    },
    keep,
    tell: setTold,
    left: (path) => setTouched(new Set([...touched, path])),
    errorOf,
    errorIn,
    diagnostics,
    taken,
    save,
    remove,
    readOnly: draft.readOnly !== undefined || !mayEdit,
  };
}

/** Whether the field of a path is on the form: that of a body is not when another kind of body, or none, is sent. */
function isShown(path: string, definition: Definition): boolean {
  if (path === "json" || path === "form")
    return definition[path] !== undefined && definition.method !== "GET";
  return !path.startsWith("refresh.") || definition.refresh !== undefined;
}

/** What the check says of the component as it is typed, a moment after the last letter. */
function useDiagnostics(
  draft: DraftAt,
  kind: ComponentKind,
  id: string | undefined,
  definition: Definition,
  dirty: boolean,
): Diagnostic[] {
  const [found, setFound] = useState<Checkup>();
  const said = useSaidCheckup(found)?.diagnostics ?? [];
  const { workspace, text, checkup, unreadable } = draft;
  useEffect(() => {
    if (!dirty || unreadable) return;
    const own = typeof definition.id === "string" && definition.id !== "" ? definition.id : (id ?? "new");
    let current = true;
    const timer = setTimeout(async () => {
      try {
        const candidate = putComponent(kind, id ?? own, { ...definition, id: own })(text);
        const answer = await ok(
          api.POST("/workspaces/{workspace}/check", {
            params: { path: { workspace } },
            body: { text: candidate },
          }),
        );
        if (current)
          setFound({
            ...answer,
            diagnostics: answer.diagnostics.filter((one) => one.path.startsWith(`${kind}.${own}`)),
          });
      } catch {
        if (current) setFound(undefined);
      }
    }, 450);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [workspace, kind, id, text, definition, dirty, unreadable]);
  if (dirty) return said;
  return (checkup?.diagnostics ?? []).filter(
    (one) => one.path.startsWith(`${kind}.${id ?? ""}.`) || one.path === `${kind}.${id}`,
  );
}

function focusFirstError(): void {
  requestAnimationFrame(() => {
    const field = document.querySelector('#page [aria-invalid="true"], #page [data-error="true"]');
    if (field instanceof HTMLElement) field.focus();
  });
}
