import { useNavigate, useParams } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import { api, ok } from "../api/client.ts";
import type { Checkup, Diagnostic } from "../api/contract.ts";
import { putComponent, removeEntry } from "../bot-file/edits.ts";
import { useSaidCheckup } from "../bot-file/findings/useSaid.ts";
import { type Component, type ComponentKind, kindPath } from "../bot-file/model.ts";
import { same } from "../bot-file/place.ts";
import { type DraftAt, useDraft } from "../bot-file/useDraft.tsx";

export type Definition = Record<string, unknown>;
/** What is wrong with a definition, by the path of the field: `url`, `questions[0].field`. */
export type Errors = Record<string, string>;

/** What was typed and not saved yet, by component, for as long as the console is open. Never written anywhere. */
const typed = new Map<string, Definition>();

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
  /** The field was left, so that its errors show. */
  left: (path: string) => void;
  errorOf: (path: string) => string | undefined;
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
  const { id = "new" } = useParams({ strict: false });
  const draft = useDraft();
  const navigate = useNavigate();
  const isNew = id === "new";
  const stored = draft.file.components.find((one) => one.kind === kind && one.id === id);
  const key = `${draft.workspace}/${draft.bot}/${kind}/${id}`;
  const before = stored?.definition ?? template;
  const [own, setOwn] = useState<Definition | undefined>(() => typed.get(key));
  const definition = own ?? before;
  const dirty = own !== undefined && !same(own, before);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [showAll, setShowAll] = useState(false);
  const taken = useMemo(
    () =>
      draft.file.components.filter((one) => one.kind === kind && one.id !== stored?.id).map((one) => one.id),
    [draft.file, kind, stored?.id],
  );
  const errors = useMemo(() => validate(definition, taken), [validate, definition, taken]);
  const diagnostics = useDiagnostics(draft, kind, stored?.id, definition, dirty);

  const replace = useCallback(
    (next: Definition) => {
      typed.set(key, next);
      setOwn(next);
    },
    [key],
  );
  const set = (name: string, value: unknown) => {
    const { [name]: _, ...rest } = definition;
    replace(value === undefined ? rest : { ...definition, [name]: value });
  };
  const forget = () => {
    typed.delete(key);
    setOwn(undefined);
  };
  useEffect(() => {
    const guard = (event: BeforeUnloadEvent) => event.preventDefault();
    if (!dirty) return;
    window.addEventListener("beforeunload", guard);
    return () => window.removeEventListener("beforeunload", guard);
  }, [dirty]);

  const errorOf = (path: string): string | undefined => {
    if ((showAll || touched.has(path)) && errors[path]) return errors[path];
    const prefix = `${kind}.${String(definition.id ?? "")}.`;
    const found = diagnostics.find((one) => one.severity === "error" && one.path === prefix + path);
    return found && (showAll || touched.has(path) || !isNew) ? found.message : undefined;
  };

  const save = async () => {
    setShowAll(true);
    if (Object.keys(errors).length > 0) {
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
    setOwn(undefined);
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
    left: (path) => setTouched(new Set([...touched, path])),
    errorOf,
    diagnostics,
    taken,
    save,
    remove,
    readOnly: draft.readOnly !== undefined || !mayEdit,
  };
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
