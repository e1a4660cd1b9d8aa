import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, type Diagnostic as Mark, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import type { Diagnostic } from "../api/contract.ts";
import classes from "./bot-file.module.css";
import { applyHelp } from "./edits.ts";

interface Props {
  text: string;
  onChange: (text: string) => void;
  diagnostics: readonly Diagnostic[];
  readOnly: boolean;
  label: string;
  /** Offset in the text that is brought into view; a new object scrolls again. */
  goTo?: { offset: number };
  /** Where the cursor stands, when a person has moved it. */
  onCursor?: (offset: number) => void;
}

const outside = Annotation.define<boolean>();

const looks = EditorView.theme({
  "&": {
    height: "100%",
    color: "var(--mantine-color-text)",
    backgroundColor: "var(--card)",
    fontSize: "13px",
  },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "20px" },
  ".cm-gutters": {
    backgroundColor: "var(--ground)",
    color: "var(--quiet)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--accent-soft)" },
  ".cm-content": { caretColor: "var(--mantine-color-text)" },
  ".cm-cursor": { borderLeftColor: "var(--mantine-color-text)" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 24%, transparent) !important",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--card)",
    color: "var(--mantine-color-text)",
    border: "1px solid var(--line)",
  },
  ".cm-panels": { backgroundColor: "var(--card)", color: "var(--mantine-color-text)" },
});
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent-words)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
  { tag: tags.string, color: "var(--mantine-color-text)" },
]);

/** The bot as YAML: problems are underlined, a change from elsewhere keeps the cursor. */
export default function YamlEditor({ text, onChange, diagnostics, readOnly, label, goTo, onCursor }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const tell = useRef({ onChange, onCursor, text });
  tell.current = { onChange, onCursor, text };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what changes is told to it below
  useEffect(() => {
    const host = place.current;
    if (!host) return;
    // In a shadow root the editor's styles are adopted style sheets, which the strict policy of the console allows.
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: inEditor(text),
        extensions: [
          lineNumbers(),
          foldGutter(),
          lintGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          search({ top: true }),
          yaml(),
          looks,
          syntaxHighlighting(colours),
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => {
            const own = !update.transactions.some((transaction) => transaction.annotation(outside));
            const doc = update.state.doc.toString();
            if (update.docChanged && own) tell.current.onChange(inFile(doc, tell.current.text));
            if (update.selectionSet && own && !update.docChanged)
              tell.current.onCursor?.(offsetInFile(tell.current.text, update.state.selection.main.head));
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = undefined;
    };
  }, [readOnly, label]);
  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const now = editor.state.doc.toString();
    const wanted = inEditor(text);
    if (now === wanted) return;
    editor.dispatch({ changes: smallest(now, wanted), annotations: outside.of(true) });
  }, [text]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() !== inEditor(text)) return;
    editor.dispatch(setDiagnostics(editor.state, marksOf(diagnostics, text)));
  }, [diagnostics, text]);
  useEffect(() => {
    const editor = view.current;
    if (!editor || !goTo) return;
    const at = Math.min(offsetInEditor(tell.current.text, goTo.offset), editor.state.doc.length);
    editor.dispatch({
      selection: { anchor: at },
      effects: EditorView.scrollIntoView(at, { y: "center" }),
      annotations: outside.of(true),
    });
  }, [goTo]);
  return <div ref={place} className={classes.editor} />;
}

/** The one change that makes `before` into `after`, so that the cursor stays where it is. */
export function smallest(before: string, after: string): { from: number; to: number; insert: string } {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++;
  return { from: head, to: before.length - tail, insert: after.slice(head, after.length - tail) };
}

/** The editor has one sign for the end of a line, however the file ends its lines. */
export function inEditor(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

/** What the editor has, with the line breaks that the file had before. */
export function inFile(doc: string, before: string): string {
  return before.includes("\r\n") ? doc.replaceAll("\n", "\r\n") : doc;
}

export function offsetInEditor(text: string, offset: number): number {
  return inEditor(text.slice(0, offset)).length;
}

export function offsetInFile(text: string, offset: number): number {
  return inFile(inEditor(text).slice(0, offset), text).length;
}

function marksOf(diagnostics: readonly Diagnostic[], text: string): Mark[] {
  const length = inEditor(text).length;
  return diagnostics.flatMap((diagnostic) =>
    diagnostic.labels.slice(0, 1).map((label) => {
      const from = Math.min(offsetInEditor(text, label.start.offset), length);
      return {
        from,
        to: Math.max(from, Math.min(offsetInEditor(text, label.end.offset), length)),
        severity: diagnostic.severity,
        message: [diagnostic.message, ...diagnostic.notes, diagnostic.help?.text].filter(Boolean).join("\n"),
        actions: diagnostic.help?.edits
          ? [
              {
                name: diagnostic.help.text,
                apply: (editor: EditorView) => {
                  const after = inEditor(applyHelp(text, diagnostic.help?.edits ?? []));
                  editor.dispatch({ changes: smallest(editor.state.doc.toString(), after) });
                },
              },
            ]
          : undefined,
      };
    }),
  );
}
