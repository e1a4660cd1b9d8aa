import { Button, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertCircle, IconCode } from "@tabler/icons-react";
import { useParams, useSearch } from "@tanstack/react-router";
import { ReactFlowProvider } from "@xyflow/react";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import type { Diagnostic } from "../api/contract.ts";
import { DraftNotices } from "../bot-file/DraftNotices.tsx";
import { DraftState } from "../bot-file/DraftState.tsx";
import { addSteps, copySteps, readSteps, removeSteps } from "../bot-file/edits.ts";
import type { Step } from "../bot-file/model.ts";
import { Problems } from "../bot-file/Problems.tsx";
import { useDraft } from "../bot-file/useDraft.tsx";
import { useSimulatedPath } from "../simulator/running.ts";
import { Empty } from "../ui/Empty.tsx";
import { Bars } from "../ui/Loaded.tsx";
import { useWords } from "../words/words.tsx";
import classes from "./builder.module.css";
import { Canvas, isTyping, scriptAt, stepAt } from "./Canvas.tsx";
import { ControlBar } from "./ControlBar.tsx";
import { followed } from "./followed.ts";
import { StepPanel } from "./StepPanel.tsx";
import { words } from "./words.ts";

const YamlEditor = lazy(() => import("../bot-file/YamlEditor.tsx"));

/** The builder: control bar, canvas, settings of the chosen card, problems, and the same bot as YAML beside it. */
export function ScriptPage() {
  const t = useWords(words);
  const draft = useDraft();
  const { script = "" } = useParams({ strict: false });
  const { step: wanted } = useSearch({ strict: false });
  const { file, store, text } = draft;
  const [chosen, setChosen] = useState<string[]>(wanted ? [wanted] : []);
  const [seen, setSeen] = useState({ file, arrivals: draft.arrivals });
  const [panel, setPanel] = useState({ path: "", key: "", times: 0 });
  const panelKey = (path: string) => (panel.path === path ? panel.key : `${path} ${panel.times}`);
  if (seen.file !== file || seen.arrivals !== draft.arrivals) {
    setSeen({ file, arrivals: draft.arrivals });
    // Somebody else may have added steps above: the panel stays with the step that it shows, and the focus in it.
    if (seen.arrivals !== draft.arrivals) {
      const now = chosen.flatMap((path) => followed(path, seen.file, file) ?? []);
      setChosen(now);
      if (now[0] !== undefined && chosen[0] !== undefined)
        setPanel({ path: now[0], key: panelKey(chosen[0]), times: panel.times + 1 });
    }
  }
  const [goTo, setGoTo] = useState<{ path: string } | undefined>({ path: wanted ?? `scripts.${script}` });
  const [yaml, setYaml] = useState(false);
  const [list, setList] = useState(false);
  const page = useRef<HTMLDivElement>(null);
  const simulated = useSimulatedPath(draft.bot);
  const diagnostics = useMemo(() => draft.checkup?.diagnostics ?? [], [draft.checkup]);
  const steps = useMemo(() => chosen.flatMap((path) => stepAt(file, path) ?? []), [chosen, file]);
  const head = chosen.length === 1 ? file.scripts.find((one) => one.path === chosen[0]) : undefined;

  useEffect(() => {
    const path = wanted ?? `scripts.${script}`;
    setChosen(wanted ? [wanted] : []);
    setGoTo({ path });
  }, [wanted, script]);

  useClipboard(steps, text, (pasted) => {
    const after = steps.at(-1);
    const into = after ? scriptAt(file, after.path) : (head ?? file.scripts.find((one) => one.id === script));
    if (!into) return;
    const at = after ? Number(after.place[3]) : head ? -1 : into.steps.length - 1;
    if (store.edit(addSteps(Number(into.place[1]), at, pasted)))
      setChosen(pasted.map((_, offset) => `${into.path}.steps[${at + 1 + offset}]`));
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const mod = event.ctrlKey || event.metaKey;
      if (isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      if (mod && key === "z" && !event.shiftKey) store.undo();
      else if (mod && (key === "y" || (key === "z" && event.shiftKey))) store.redo();
      else if (
        (event.key === "Delete" || event.key === "Backspace") &&
        steps.length > 0 &&
        document.activeElement?.closest(".react-flow, body > div")
      ) {
        store.edit(removeSteps(steps.map((one) => one.place)));
        setChosen([]);
      } else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [store, steps]);

  const show = (diagnostic: Diagnostic) => {
    const path = stepAt(file, diagnostic.path)?.path ?? scriptAt(file, diagnostic.path)?.path;
    if (path === undefined) {
      setYaml(true);
      return;
    }
    setChosen([path]);
    setGoTo({ path });
  };
  const openPanel = () =>
    requestAnimationFrame(() =>
      page.current
        ?.querySelector<HTMLElement>("aside fieldset textarea, aside fieldset input, aside fieldset select")
        ?.focus(),
    );
  const copy = () => {
    void navigator.clipboard?.writeText(
      copySteps(
        text,
        steps.map((one) => one.place),
      ),
    );
    notifications.show({ message: t.copied(steps.length) });
  };
  const errors = diagnostics.filter((one) => one.severity === "error").length;
  const spot = steps[0]?.span.start ?? head?.span.start;
  const inYaml = useMemo(() => (spot === undefined ? undefined : { offset: spot }), [spot]);

  if (!file.scripts.some((one) => one.id === script) && !draft.unreadable)
    return <Empty title={t.missing(script)} />;
  return (
    <div className={classes.builder} ref={page}>
      <h1 className="vh">
        {t.columnScript} {script}
      </h1>
      <DraftNotices draft={draft} />
      <div className={classes.bar} role="toolbar" aria-label={t.controlBar}>
        <ControlBar
          draft={draft}
          script={script}
          chosen={chosen.at(-1)}
          added={(path) => {
            setChosen([path]);
            setGoTo({ path });
            openPanel();
          }}
        />
        <div className={classes.barRight}>
          <DraftState draft={draft} />
          <Tooltip label={t.yamlShow}>
            <Button
              variant={yaml ? "default" : "subtle"}
              color={yaml ? undefined : "gray"}
              size="compact-sm"
              aria-pressed={yaml}
              leftSection={<IconCode size={16} />}
              onClick={() => setYaml(!yaml)}
            >
              {t.yaml}
            </Button>
          </Tooltip>
        </div>
      </div>
      <div className={classes.work}>
        <ReactFlowProvider>
          <Canvas
            draft={draft}
            chosen={chosen}
            choose={setChosen}
            open={openPanel}
            diagnostics={diagnostics}
            simulated={simulated}
            goTo={goTo}
          />
        </ReactFlowProvider>
        {yaml && (
          <div className={classes.yaml}>
            <Suspense fallback={<Bars />}>
              <YamlEditor
                text={text}
                onChange={store.type}
                diagnostics={draft.checked ? diagnostics : []}
                readOnly={draft.readOnly !== undefined}
                label={t.yaml}
                goTo={inYaml}
                onCursor={(offset) => {
                  const at = file.scripts
                    .flatMap((one) => one.steps)
                    .find((one) => one.span.start <= offset && offset <= one.span.end);
                  if (at && !draft.unreadable) {
                    setChosen([at.path]);
                    setGoTo({ path: at.path });
                  }
                }}
              />
            </Suspense>
          </div>
        )}
        {(steps.length > 0 || head) && (
          <StepPanel
            panelKey={panelKey}
            draft={draft}
            steps={steps}
            script={head}
            diagnostics={diagnostics}
            choose={setChosen}
            onCopy={copy}
          />
        )}
      </div>
      {(list || draft.unreadable) && (
        <section className={classes.problems} aria-label={t.problems}>
          <Problems draft={draft} onShow={show} />
        </section>
      )}
      <footer className={classes.foot}>
        <Button
          variant="subtle"
          size="compact-xs"
          color={errors > 0 ? "red" : "gray"}
          aria-expanded={list}
          leftSection={<IconAlertCircle size={14} />}
          onClick={() => setList(!list)}
        >
          {t.problemsOf(errors, diagnostics.length - errors)}
        </Button>
        <span className={classes.footKeys}>{t.keys}</span>
      </footer>
    </div>
  );
}

/** Ctrl C and Ctrl V of steps as YAML, so that they go from one bot to another. */
function useClipboard(steps: Step[], text: string, paste: (steps: unknown[]) => void): void {
  const latest = useRef({ steps, text, paste });
  latest.current = { steps, text, paste };
  useEffect(() => {
    const onCopy = (event: ClipboardEvent) => {
      const { steps: now, text: whole } = latest.current;
      if (isTyping(event.target) || now.length === 0 || String(getSelection() ?? "") !== "") return;
      event.clipboardData?.setData(
        "text/plain",
        copySteps(
          whole,
          now.map((step) => step.place),
        ),
      );
      event.preventDefault();
    };
    const onPaste = (event: ClipboardEvent) => {
      if (isTyping(event.target)) return;
      const pasted = readSteps(event.clipboardData?.getData("text/plain") ?? "");
      if (!pasted) return;
      latest.current.paste(pasted);
      event.preventDefault();
    };
    document.addEventListener("copy", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, []);
}
