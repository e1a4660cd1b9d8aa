import dagre from "@dagrejs/dagre";
import type { BotFile, Script } from "../bot-file/model.ts";
import { type Branch, resolveTarget } from "../bot-file/targets.ts";
import type { CardText } from "./cards.ts";

export const CARD_WIDTH = 272;
export const HEAD_HEIGHT = 64;
const CARD_HEIGHT = 60;
const BRANCH_HEIGHT = 26;
const GAP = 20;

/** Where the cards stand. Computed from the bot alone, so two people see the same canvas. */
export interface Layout {
  heads: { script: Script; x: number; y: number; height: number }[];
  /** By the path of the step. */
  cards: Map<string, { x: number; y: number; height: number }>;
  lines: { id: string; from: string; branch: Branch; to: string }[];
}

export function heightOf(card: CardText): number {
  return CARD_HEIGHT + card.branches.length * BRANCH_HEIGHT + (card.branches.length > 0 ? 8 : 0);
}

/** A column per script; scripts that lead to others stand left of them. */
export function layoutOf(file: BotFile, cards: ReadonlyMap<string, CardText>): Layout {
  const graph = new dagre.graphlib.Graph()
    .setGraph({ rankdir: "LR", nodesep: 48, ranksep: 120, ranker: "longest-path" })
    .setDefaultEdgeLabel(() => ({}));
  const lines: Layout["lines"] = [];
  const heights = new Map<string, number>();
  for (const script of file.scripts) {
    const inner = script.steps.reduce((sum, step) => sum + GAP + heightOf(cards.get(step.path) ?? EMPTY), 0);
    heights.set(script.path, HEAD_HEIGHT + inner);
    graph.setNode(script.path, { width: CARD_WIDTH, height: HEAD_HEIGHT + inner });
  }
  for (const script of file.scripts) {
    for (const step of script.steps) {
      for (const branch of cards.get(step.path)?.branches ?? []) {
        if (branch.target === undefined) continue;
        const found = resolveTarget(file.scripts, script, branch.target);
        if (!found) continue;
        if (found.script !== script) graph.setEdge(script.path, found.script.path);
        lines.push({
          id: `${step.path} ${branch.key.join(".")}`,
          from: step.path,
          branch,
          to: found.step && found.script === script ? found.step.path : found.script.path,
        });
      }
    }
  }
  dagre.layout(graph);
  const layout: Layout = { heads: [], cards: new Map(), lines };
  for (const script of file.scripts) {
    const node = graph.node(script.path) as { x: number; y: number };
    const height = heights.get(script.path) ?? HEAD_HEIGHT;
    const x = node.x - CARD_WIDTH / 2;
    let y = node.y - height / 2;
    layout.heads.push({ script, x, y, height });
    y += HEAD_HEIGHT;
    for (const step of script.steps) {
      const own = heightOf(cards.get(step.path) ?? EMPTY);
      layout.cards.set(step.path, { x, y: y + GAP, height: own });
      y += GAP + own;
    }
  }
  return layout;
}

/** Where a card that was dropped here belongs: a script, and the position in it. */
export function dropPlace(
  layout: Layout,
  x: number,
  y: number,
  dragged: string,
): { script: number; at: number } | undefined {
  const near = layout.heads
    .map((head, script) => ({
      head,
      script,
      far:
        Math.abs(head.x - x) +
        (y < head.y - 80 ? head.y - y : y > head.y + head.height + 160 ? y - head.y - head.height : 0),
    }))
    .sort((a, b) => a.far - b.far)[0];
  if (!near) return undefined;
  const steps = near.head.script.steps;
  let at = 0;
  for (const [position, step] of steps.entries()) {
    const card = layout.cards.get(step.path);
    if (card && step.path !== dragged && y > card.y + card.height / 2 - 20) at = position + 1;
  }
  return { script: near.script, at };
}

const EMPTY: CardText = { main: "", sub: undefined, branches: [] };
