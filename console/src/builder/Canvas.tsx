import {
  Background,
  BackgroundVariant,
  type Connection,
  Controls,
  type Edge,
  MarkerType,
  type OnNodeDrag,
  ReactFlow,
  SelectionMode,
  useReactFlow,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Diagnostic } from "../api/contract.ts";
import { connect, moveStep, setAt } from "../bot-file/edits.ts";
import type { BotFile, Script, Step } from "../bot-file/model.ts";
import { same } from "../bot-file/place.ts";
import { flowsOn } from "../bot-file/targets.ts";
import type { DraftAt } from "../bot-file/useDraft.tsx";
import { useWords } from "../words/words.tsx";
import classes from "./builder.module.css";
import { type CardText, type CardWords, cardOf } from "./cards.ts";
import { CARD_WIDTH, dropPlace, HEAD_HEIGHT, type Layout, layoutOf } from "./layout.ts";
import { type HeadNode, ScriptHead, StepCard, type StepNode } from "./StepCard.tsx";
import { triggerText } from "./triggers.ts";
import { words } from "./words.ts";

const NODE_TYPES = { step: StepCard, head: ScriptHead };
type AnyNode = StepNode | HeadNode;

interface Props {
  draft: DraftAt;
  /** The chosen cards: paths of steps and of scripts. */
  chosen: readonly string[];
  choose: (paths: string[]) => void;
  /** Enter on a card. */
  open: () => void;
  diagnostics: readonly Diagnostic[];
  simulated: readonly string[];
  /** What to bring into view; a new object moves there again. */
  goTo: { path: string } | undefined;
}

/** The bot as cards in columns. Only what can be seen is drawn. */
export function Canvas({ draft, chosen, choose, open, diagnostics, simulated, goTo }: Props) {
  const t = useWords(words);
  const flow = useReactFlow<AnyNode>();
  const wrapper = useRef<HTMLDivElement>(null);
  const { file, store } = draft;
  const readOnly = draft.readOnly !== undefined || draft.unreadable !== undefined;
  const cards = useMemo(() => cardsOf(file, t as unknown as CardWords), [file, t]);
  const layout = useMemo(() => layoutOf(file, cards), [file, cards]);
  /** What a box that is being drawn has in it. */
  const boxed = useRef<Set<string>>(undefined);
  const [dragged, setDragged] = useState<{ id: string; x: number; y: number }>();
  const counts = useMemo(() => countProblems(diagnostics), [diagnostics]);
  const lit = useMemo(() => new Set(simulated), [simulated]);

  const chosenSet = useMemo(() => new Set(chosen), [chosen]);
  const still = useKept(
    useMemo(() => nodesOf(layout, cards, { counts, lit, t }), [layout, cards, counts, lit, t]),
  );
  const nodes = useMemo(() => withChosen(still, chosenSet, dragged), [still, chosenSet, dragged]);
  const stillEdges = useKept(useMemo(() => edgesOf(layout, simulated), [layout, simulated]));
  const edges = useMemo(() => withNear(stillEdges, chosenSet), [stillEdges, chosenSet]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new goal moves the view
  useEffect(() => {
    if (!goTo) return;
    const place = placeIn(layout, goTo.path);
    if (!place) return;
    void flow.setCenter(place.x + CARD_WIDTH / 2, place.y + 120, {
      zoom: Math.max(flow.getZoom(), 0.8),
      duration: 0,
    });
  }, [goTo]);

  const onDragStop: OnNodeDrag<AnyNode> = useCallback(
    (_, node) => {
      setDragged(undefined);
      const step = stepAt(file, node.id);
      if (!step) return;
      const start = layout.cards.get(step.path);
      if (start && Math.abs(start.x - node.position.x) < 8 && Math.abs(start.y - node.position.y) < 8) return;
      const to = dropPlace(layout, node.position.x, node.position.y, step.path);
      if (to) store.edit(moveStep(step.place, to.script, to.at));
    },
    [file, layout, store],
  );
  const onConnect = useCallback(
    ({ source, sourceHandle, target }: Connection) => {
      const from = stepAt(file, source);
      if (!from || !sourceHandle) return;
      const branch = cards.get(from.path)?.branches.find((one) => one.key.join(".") === sourceHandle);
      const step = stepAt(file, target);
      const script = step ? Number(step.place[1]) : file.scripts.findIndex((one) => one.path === target);
      if (branch && script >= 0)
        store.edit(
          connect(from.place, branch.key, { script, step: step ? Number(step.place[3]) : undefined }),
        );
    },
    [file, cards, store],
  );
  const onEdgesDelete = useCallback(
    (gone: Edge[]) => {
      for (const edge of gone) {
        const from = stepAt(file, edge.source);
        const branch =
          from && cards.get(from.path)?.branches.find((one) => one.key.join(".") === edge.sourceHandle);
        if (from && branch && branch.name !== "jump" && branch.name !== "run")
          store.edit(setAt([...from.place, ...branch.key], undefined));
      }
    },
    [file, cards, store],
  );
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (isTyping(event.target)) return;
    const next = neighbour(layout, chosen.at(-1), event.key);
    if (next) {
      event.preventDefault();
      choose([next]);
      bringIntoView(flow, layout, next, wrapper.current);
    } else if (event.key === "Enter" && chosen.length === 1) {
      event.preventDefault();
      open();
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the cards inside have the focus; their keys are heard here
    <div ref={wrapper} className={classes.canvas} onKeyDown={onKeyDown}>
      <ReactFlow
        aria-label={t.canvas}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onlyRenderVisibleElements
        disableKeyboardA11y
        nodesDraggable={!readOnly}
        nodesConnectable={!readOnly}
        nodeDragThreshold={4}
        deleteKeyCode={null}
        minZoom={0.08}
        maxZoom={1.5}
        fitView={!goTo}
        fitViewOptions={{ maxZoom: 1, minZoom: 0.45, padding: 0.1 }}
        onNodeClick={(event, node) =>
          choose(event.shiftKey || event.ctrlKey || event.metaKey ? toggle(chosen, node.id) : [node.id])
        }
        onNodeDoubleClick={open}
        onPaneClick={() => choose([])}
        selectionMode={SelectionMode.Partial}
        onSelectionStart={() => {
          boxed.current = new Set();
        }}
        onSelectionEnd={() => {
          boxed.current = undefined;
        }}
        onNodesChange={(changes) => {
          const inside = boxed.current;
          const selects = changes.filter((change) => change.type === "select");
          if (!inside || selects.length === 0) return;
          for (const { id, selected } of selects) selected ? inside.add(id) : inside.delete(id);
          choose([...inside]);
        }}
        onNodeDrag={(_, node) => setDragged({ id: node.id, ...node.position })}
        onNodeDragStop={onDragStop}
        onConnect={onConnect}
        onEdgeDoubleClick={(_, edge) => onEdgesDelete([edge])}
        zoomOnDoubleClick={false}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
        <Controls showInteractive={false} aria-label={t.canvas} />
      </ReactFlow>
    </div>
  );
}

function cardsOf(file: BotFile, t: CardWords): Map<string, CardText> {
  const cards = new Map<string, CardText>();
  for (const script of file.scripts)
    for (const step of script.steps) cards.set(step.path, cardOf(step, file, t));
  return cards;
}

interface Looks {
  counts: Map<string, { errors: number; warnings: number }>;
  lit: ReadonlySet<string>;
  t: typeof words.en;
}

function nodesOf(layout: Layout, cards: Map<string, CardText>, looks: Looks): AnyNode[] {
  const { t } = looks;
  const nodes: AnyNode[] = [];
  const names = t as unknown as Record<string, string>;
  for (const { script, x, y } of layout.heads) {
    const starts = triggerText(script.triggers, t) || t.noTriggers;
    const count = looks.counts.get(script.path) ?? NONE;
    nodes.push({
      id: script.path,
      type: "head",
      position: { x, y },
      width: CARD_WIDTH,
      height: HEAD_HEIGHT,
      draggable: false,
      data: { id: script.id, starts, hasSteps: script.steps.length > 0, ...count },
      ariaLabel: [
        `${t.columnScript} ${script.id}`,
        count.errors + count.warnings > 0 ? t.withProblems(count.errors + count.warnings) : "",
      ]
        .filter(Boolean)
        .join(", "),
      domAttributes: { "aria-roledescription": undefined },
    });
    for (const step of script.steps) {
      const place = layout.cards.get(step.path);
      const card = cards.get(step.path);
      if (!place || !card) continue;
      const count = looks.counts.get(step.path) ?? NONE;
      const last = script.steps.at(-1) === step;
      nodes.push({
        id: step.path,
        type: "step",
        position: { x: place.x, y: place.y },
        width: CARD_WIDTH,
        height: place.height,
        data: {
          kind: step.kind,
          card,
          ...count,
          lit: looks.lit.has(step.path),
          flowsOn: !last && flowsOn(step),
        },
        ariaLabel: [
          t.cardOf((step.kind && names[step.kind]) ?? t.unknown, card.main),
          count.errors + count.warnings > 0 ? t.withProblems(count.errors + count.warnings) : "",
          looks.lit.has(step.path) ? t.lit : "",
        ]
          .filter(Boolean)
          .join(", "),
        domAttributes: { "aria-roledescription": undefined },
      });
    }
  }
  return nodes;
}

const NONE = { errors: 0, warnings: 0 };

function edgesOf(layout: Layout, simulated: readonly string[]): Edge[] {
  const walked = new Set(simulated.map((path, at) => `${path} ${simulated[at + 1] ?? ""}`));
  const firstOf = new Map(layout.heads.map((head) => [head.script.path, head.script.steps[0]?.path]));
  return layout.lines.map(({ id, from, branch, to }) => {
    const lit = walked.has(`${from} ${firstOf.get(to) ?? to}`) || walked.has(`${from} ${to}`);
    return {
      id,
      source: from,
      sourceHandle: branch.key.join("."),
      target: to,
      focusable: false,
      ...lineLooks(lit ? "var(--good)" : undefined),
    };
  });
}

function lineLooks(color: string | undefined): Pick<Edge, "zIndex" | "style" | "markerEnd"> {
  const stroke = color ?? "var(--xy-edge-stroke)";
  return {
    zIndex: color ? 1 : 0,
    style: { stroke, strokeWidth: color ? 2 : 1, opacity: color ? 1 : 0.55 },
    markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: stroke },
  };
}

/** The same list, with the entries of before wherever they say the same: what has not changed is not drawn again. */
function useKept<T extends { id: string }>(list: T[]): T[] {
  const before = useRef(new Map<string, T>());
  return useMemo(() => {
    const kept = list.map((one) => {
      const old = before.current.get(one.id);
      return old && same(old, one) ? old : one;
    });
    before.current = new Map(kept.map((one) => [one.id, one]));
    return kept;
  }, [list]);
}

function withChosen(
  nodes: AnyNode[],
  chosen: ReadonlySet<string>,
  dragged: { id: string; x: number; y: number } | undefined,
): AnyNode[] {
  if (chosen.size === 0 && !dragged) return nodes;
  return nodes.map((node) => {
    const moved =
      dragged?.id === node.id ? { position: { x: dragged.x, y: dragged.y }, zIndex: 10 } : undefined;
    return moved || chosen.has(node.id)
      ? ({ ...node, selected: chosen.has(node.id), ...moved } as AnyNode)
      : node;
  });
}

function withNear(edges: Edge[], chosen: ReadonlySet<string>): Edge[] {
  if (chosen.size === 0) return edges;
  return edges.map((edge) =>
    edge.zIndex === 0 && (chosen.has(edge.source) || chosen.has(edge.target))
      ? { ...edge, ...lineLooks("var(--accent)") }
      : edge,
  );
}

function countProblems(
  diagnostics: readonly Diagnostic[],
): Map<string, { errors: number; warnings: number }> {
  const counts = new Map<string, { errors: number; warnings: number }>();
  for (const { path, severity } of diagnostics) {
    // What is wrong with a script itself, such as its triggers, is told by its head.
    const step = /^scripts\.[\w-]+(\.steps\[\d+\])?/.exec(path)?.[0];
    if (step === undefined) continue;
    const count = counts.get(step) ?? { errors: 0, warnings: 0 };
    counts.set(
      step,
      severity === "error"
        ? { ...count, errors: count.errors + 1 }
        : { ...count, warnings: count.warnings + 1 },
    );
  }
  return counts;
}

/** The step of a path, or of a path inside of it. */
export function stepAt(file: BotFile, path: string): Step | undefined {
  const own = /^scripts[.[][^.]+?\]?\.steps\[\d+\]/.exec(path)?.[0];
  if (own === undefined) return undefined;
  return scriptAt(file, own)?.steps.find((step) => step.path === own);
}

/** The script that a path is in. */
export function scriptAt(file: BotFile, path: string): Script | undefined {
  return file.scripts.find((script) => path === script.path || path.startsWith(`${script.path}.`));
}

function placeIn(layout: Layout, path: string): { x: number; y: number } | undefined {
  return layout.cards.get(path) ?? layout.heads.find((head) => head.script.path === path);
}

function neighbour(layout: Layout, path: string | undefined, key: string): string | undefined {
  if (!["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(key)) return undefined;
  const columns = [...layout.heads].sort((a, b) => a.x - b.x || a.y - b.y);
  if (path === undefined) return columns[0]?.script.path;
  const column = columns.findIndex(
    (head) => path === head.script.path || path.startsWith(`${head.script.path}.`),
  );
  const script = columns[column]?.script;
  if (!script) return undefined;
  const inColumn = [script.path, ...script.steps.map((step) => step.path)];
  const at = inColumn.indexOf(path);
  if (key === "ArrowUp") return inColumn[at - 1];
  if (key === "ArrowDown") return inColumn[at + 1];
  const beside = columns[column + (key === "ArrowLeft" ? -1 : 1)]?.script;
  return beside?.path;
}

function bringIntoView(
  flow: ReturnType<typeof useReactFlow<AnyNode>>,
  layout: Layout,
  path: string,
  wrapper: HTMLElement | null,
): void {
  const place = placeIn(layout, path);
  if (!place || !wrapper) return;
  const { x, y, zoom } = flow.getViewport();
  const left = place.x * zoom + x;
  const top = place.y * zoom + y;
  if (
    left < 0 ||
    top < 0 ||
    left + CARD_WIDTH * zoom > wrapper.clientWidth ||
    top + 100 * zoom > wrapper.clientHeight
  ) {
    void flow.setCenter(place.x + CARD_WIDTH / 2, place.y + 60, { zoom, duration: 0 });
  }
  requestAnimationFrame(() =>
    requestAnimationFrame(() =>
      wrapper.querySelector<HTMLElement>(`[data-id="${CSS.escape(path)}"]`)?.focus({ preventScroll: true }),
    ),
  );
}

function toggle(chosen: readonly string[], path: string): string[] {
  return chosen.includes(path) ? chosen.filter((one) => one !== path) : [...chosen, path];
}

/** Whether a key belongs to a field. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.shadowRoot !== null ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
