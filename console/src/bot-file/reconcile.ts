import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { afterDash, afterKey, inline, keyText, mapLines, scalarLike } from "./emit.ts";
import { parsed } from "./parsed.ts";
import { isRecord, same } from "./place.ts";

/** One change of a text: what stands from `start` to `end` becomes `text`. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** How often a text is looked at again; a change of a list can need as many looks as it has entries. */
const MOST_LOOKS = 400;

/**
 * Changes a YAML text so that it says `wanted`, touching nothing else: comments, order, quotes and line breaks of all
 * that stays the same stay the same. The text must be free of errors.
 */
export function reconcile(text: string, wanted: unknown): string {
  const changed = attempt(text, wanted);
  if (changed !== undefined) return changed;
  const withoutAliases = attempt(inlineAliases(text), wanted);
  if (withoutAliases !== undefined) return withoutAliases;
  return isRecord(wanted) ? `${mapLines(wanted, 0)}\n` : `${inline(wanted)}\n`;
}

/** Applies splices that do not overlap, with the line breaks of the text. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const dos = text.includes("\r\n");
  const broken = (put: string) => (dos ? put.replaceAll(/\r?\n/g, "\r\n") : put);
  return [...splices]
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((done, { start, end, text: put }) => done.slice(0, start) + broken(put) + done.slice(end), text);
}

/** As `reconcile`, but undefined when the text as it stands cannot be changed piece by piece. */
export function attempt(text: string, wanted: unknown): string | undefined {
  let now = text;
  for (let look = 0; look < MOST_LOOKS; look++) {
    const { doc, plain: value, error } = parsed(now);
    if (error) return undefined;
    if (same(value, wanted)) return now;
    const splices = new Differ(now, doc).root(wanted);
    if (splices.length === 0) return undefined;
    const next = applySplices(now, splices);
    if (next === now) return undefined;
    now = next;
  }
  return undefined;
}

/** Writes every `*alias` out, for a change that makes its anchor go or differ. */
function inlineAliases(text: string): string {
  const { doc } = parsed(text);
  const splices: Splice[] = [];
  visit(doc, {
    Alias(_, alias) {
      const range = alias.range;
      const target = alias.resolve(doc);
      if (range && target) splices.push({ start: range[0], end: range[1], text: inline(target.toJS(doc)) });
    },
  });
  return applySplices(text, splices);
}

/** Finds the splices that bring one text nearer to what is wanted. All splices of one look are apart from each other. */
class Differ {
  private readonly splices: Splice[] = [];

  constructor(
    private readonly text: string,
    private readonly doc: Document,
  ) {}

  root(wanted: unknown): Splice[] {
    const node = this.doc.contents as Node | null;
    if (isMap(node) && isRecord(wanted) && Object.keys(wanted).length > 0) this.map(node, wanted);
    else if (isRecord(wanted))
      this.splices.push({ start: 0, end: this.text.length, text: `${mapLines(wanted, 0)}\n` });
    return this.splices;
  }

  private map(map: YAMLMap, wanted: Record<string, unknown>): void {
    const pairs = map.items as Pair<Scalar, Node | null>[];
    const byKey = new Map(pairs.map((pair) => [String(pair.key.value), pair]));
    const keys = Object.keys(wanted).filter((key) => wanted[key] !== undefined);
    for (const [position, pair] of pairs.entries()) {
      const key = String(pair.key.value);
      if (!keys.includes(key)) {
        this.removePair(map, pairs, position);
        return; // Pairs beside it have moved; look again.
      }
    }
    for (const [at, key] of keys.entries()) {
      const pair = byKey.get(key);
      if (pair) {
        this.pair(map, pair, wanted[key], key);
        continue;
      }
      const before = keys.slice(0, at).findLast((earlier) => byKey.has(earlier));
      this.addPair(map, pairs, before === undefined ? undefined : byKey.get(before), key, wanted[key]);
      return;
    }
  }

  private pair(map: YAMLMap, pair: Pair<Scalar, Node | null>, wanted: unknown, key: string): void {
    const value = pair.value;
    if (same(this.js(value), wanted)) return;
    if (isMap(value) && isRecord(wanted) && Object.keys(wanted).length > 0) {
      this.map(value, wanted);
      return;
    }
    if (isSeq(value) && Array.isArray(wanted) && wanted.length > 0) {
      this.list(value, wanted, key);
      return;
    }
    if (map.flow) {
      if (value?.range)
        this.splices.push({
          start: value.range[0],
          end: Math.max(value.range[1], value.range[0]),
          text: this.inFlow(value, wanted),
        });
      return;
    }
    const indent = this.columnOf(startOf(pair.key));
    if (
      isScalar(value) &&
      value.range &&
      value.range[1] > value.range[0] &&
      !isRecord(wanted) &&
      !Array.isArray(wanted)
    ) {
      const end = this.trimmed(value.range[1], value.range[0]);
      this.splices.push({ start: value.range[0], end, text: scalarLike(wanted, value.type, false, indent) });
      return;
    }
    const from = this.afterColon(pair);
    const tall = afterKey(wanted, indent, key);
    const end = value?.range && value.range[1] > value.range[0] ? this.contentEnd(value) : from;
    this.splices.push({ start: from, end: Math.max(from, end), text: tall });
  }

  private addPair(
    map: YAMLMap,
    pairs: Pair<Scalar, Node | null>[],
    before: Pair<Scalar, Node | null> | undefined,
    key: string,
    value: unknown,
  ): void {
    if (map.flow || pairs.length === 0) {
      const json = isJson(pairs);
      const pair = `${json ? JSON.stringify(key) : keyText(key)}: ${inline(value, json)}`;
      const range = map.range;
      if (!range) return;
      if (pairs.length === 0) this.splices.push({ start: range[0], end: range[1], text: `{ ${pair} }` });
      else if (before) this.insertAt(this.pairEnd(before), `, ${pair}`);
      else this.insertAt(startOf(pairs[0]?.key), `${pair}, `);
      return;
    }
    const first = pairs[0] as Pair<Scalar, Node | null>;
    const indent = this.columnOf(startOf(first.key));
    const line = `${keyText(key)}:${afterKey(value, indent, key)}`;
    const pad = " ".repeat(indent);
    if (before) this.insertAfterLine(this.pairEnd(before), `${pad}${line}`);
    else this.insertAt(startOf(first.key), `${line}\n${pad}`);
  }

  private removePair(map: YAMLMap, pairs: Pair<Scalar, Node | null>[], position: number): void {
    const pair = pairs[position] as Pair<Scalar, Node | null>;
    const next = pairs[position + 1];
    const previous = pairs[position - 1];
    const start = startOf(pair.key);
    const end = this.pairEnd(pair);
    if (pairs.length === 1) {
      if (map.flow && map.range) this.splices.push({ start: map.range[0], end: map.range[1], text: "{}" });
      else this.splices.push({ start, end, text: "{}" });
      return;
    }
    if (map.flow) {
      if (next) this.splices.push({ start, end: startOf(next.key), text: "" });
      else if (previous) this.splices.push({ start: this.pairEnd(previous), end, text: "" });
      return;
    }
    const lineStart = this.lineStart(start);
    if (this.text.slice(lineStart, start).trim() === "")
      this.splices.push({ start: lineStart, end: this.afterLine(end), text: "" });
    else if (next) {
      const between = this.text.slice(end, startOf(next.key));
      const gap = between.length - between.trimStart().length;
      this.splices.push({ start, end: between.includes("#") ? end + gap : startOf(next.key), text: "" });
    }
  }

  private list(seq: YAMLSeq, wanted: unknown[], key: string): void {
    const items = seq.items as (Node | null)[];
    const now = items.map((item) => this.js(item));
    let head = 0;
    while (head < now.length && head < wanted.length && same(now[head], wanted[head])) head++;
    let tail = 0;
    while (
      tail < now.length - head &&
      tail < wanted.length - head &&
      same(now[now.length - 1 - tail], wanted[wanted.length - 1 - tail])
    )
      tail++;
    const oldMiddle = now.length - head - tail;
    const newMiddle = wanted.length - head - tail;
    if (oldMiddle === newMiddle) {
      for (let at = head; at < head + oldMiddle; at++) this.item(seq, items[at] ?? null, at, wanted[at]);
      return;
    }
    const fit = pairUp(now.slice(head, head + oldMiddle), wanted.slice(head, head + newMiddle));
    if (oldMiddle > newMiddle) {
      const gone = fit.old.findLastIndex((paired) => !paired);
      this.removeItem(seq, items, head + Math.max(gone, 0));
      return;
    }
    const added = fit.wanted.findIndex((paired) => !paired);
    this.addItem(seq, items, head + Math.max(added, 0), wanted[head + Math.max(added, 0)], key);
  }

  private item(seq: YAMLSeq, item: Node | null, at: number, wanted: unknown): void {
    if (same(this.js(item), wanted)) return;
    if (
      isMap(item) &&
      isRecord(wanted) &&
      Object.keys(wanted).length > 0 &&
      Object.keys(wanted).some((key) => item.has(key) || item.has(Number(key)))
    ) {
      this.map(item, wanted);
      return;
    }
    if (isSeq(item) && Array.isArray(wanted) && wanted.length > 0) {
      this.list(item, wanted, "");
      return;
    }
    if (seq.flow) {
      if (item?.range)
        this.splices.push({ start: item.range[0], end: item.range[1], text: this.inFlow(item, wanted) });
      return;
    }
    const dash = this.dashOf(seq, at);
    const indent = this.columnOf(dash);
    if (
      isScalar(item) &&
      item.range &&
      item.range[1] > item.range[0] &&
      !isRecord(wanted) &&
      !Array.isArray(wanted)
    ) {
      this.splices.push({
        start: item.range[0],
        end: this.trimmed(item.range[1], item.range[0]),
        text: scalarLike(wanted, item.type, false, indent),
      });
      return;
    }
    const end = item?.range && item.range[1] > item.range[0] ? this.contentEnd(item) : dash + 1;
    this.splices.push({ start: dash, end: Math.max(end, dash + 1), text: afterDash(wanted, indent) });
  }

  private addItem(seq: YAMLSeq, items: (Node | null)[], at: number, value: unknown, key: string): void {
    const range = seq.range;
    if (!range) return;
    if (seq.flow || items.length === 0) {
      const json =
        this.text.slice(range[0], range[1]).includes('":') ||
        items.some((item) => isMap(item) && isJson(item.items as Pair<Scalar, Node | null>[]));
      const put = inline(value, json);
      if (items.length === 0) this.splices.push({ start: range[0], end: range[1], text: `[${put}]` });
      else if (at === 0) this.insertAt(items[0]?.range?.[0] ?? range[0] + 1, `${put}, `);
      else
        this.insertAt(this.trimmed(this.itemEnd(items[at - 1] ?? null, range[0] + 1), range[0]), `, ${put}`);
      return;
    }
    const indent = this.columnOf(this.dashOf(seq, 0));
    const pad = " ".repeat(indent);
    const put =
      pad +
      afterDash(
        value,
        indent,
        key === "steps" || key === "scripts" || (key.endsWith("s") && isComponent(value)),
      );
    if (at === 0) {
      const dash = this.dashOf(seq, 0);
      const lineStart = this.lineStart(dash);
      if (this.text.slice(lineStart, dash).trim() === "") this.insertAt(lineStart, `${put}\n`);
      else this.insertAt(dash, `${put.trimStart()}\n${pad}`);
      return;
    }
    const previous = items[at - 1] ?? null;
    this.insertAfterLine(
      this.itemEnd(previous, this.dashOf(seq, at - 1) + 1),
      this.hasBlankLines(seq) ? `\n${put}` : put,
    );
  }

  private removeItem(seq: YAMLSeq, items: (Node | null)[], at: number): void {
    const item = items[at] ?? null;
    if (seq.flow) {
      const start = item?.range?.[0];
      const next = items[at + 1]?.range?.[0];
      const previous = items[at - 1];
      if (start === undefined) return;
      const end = this.itemEnd(item, start);
      if (items.length === 1) this.splices.push({ start, end, text: "" });
      else if (next !== undefined) this.splices.push({ start, end: next, text: "" });
      else this.splices.push({ start: this.itemEnd(previous ?? null, start), end, text: "" });
      return;
    }
    const dash = this.dashOf(seq, at);
    const end = this.itemEnd(item, dash + 1);
    if (items.length === 1) {
      this.splices.push({ start: dash, end, text: "[]" });
      return;
    }
    const lineStart = this.lineStart(dash);
    if (this.text.slice(lineStart, dash).trim() === "") {
      const after = this.afterLine(end);
      const blank =
        this.text.slice(0, lineStart).endsWith("\n\n") && this.text.startsWith("\n", after) ? 1 : 0;
      this.splices.push({ start: lineStart, end: after + blank, text: "" });
    } else if (at + 1 < items.length)
      this.splices.push({ start: dash, end: this.dashOf(seq, at + 1), text: "" });
  }

  private js(node: Node | null): unknown {
    return node === null ? null : node.toJS(this.doc, { maxAliasCount: 10_000 });
  }

  private inFlow(node: Node, wanted: unknown): string {
    if (isScalar(node) && !isRecord(wanted) && !Array.isArray(wanted))
      return scalarLike(wanted, node.type, true, 0);
    return inline(wanted, this.text.trimStart().startsWith("{"));
  }

  private pairEnd(pair: Pair<Scalar, Node | null>): number {
    const value = pair.value;
    const own =
      value?.range && value.range[1] > value.range[0] ? this.contentEnd(value) : this.afterColon(pair);
    return Math.max(own, this.afterColon(pair));
  }

  private itemEnd(item: Node | null, otherwise: number): number {
    return item?.range && item.range[1] > item.range[0] ? this.contentEnd(item) : otherwise;
  }

  /** The end of the last character of a value; comments after it do not count. */
  private contentEnd(node: Node): number {
    const range = node.range ?? [0, 0, 0];
    if (isAlias(node) || isScalar(node)) return this.trimmed(range[1], range[0]);
    if ((isMap(node) || isSeq(node)) && node.flow) return range[1];
    if (isMap(node)) {
      const last = node.items.at(-1) as Pair<Scalar, Node | null> | undefined;
      return last ? this.pairEnd(last) : range[1];
    }
    if (isSeq(node)) {
      const last = (node.items as (Node | null)[]).at(-1) ?? null;
      return this.itemEnd(last, this.dashOf(node, node.items.length - 1) + 1);
    }
    return range[1];
  }

  private afterColon(pair: Pair<Scalar, Node | null>): number {
    const colon = this.text.indexOf(":", pair.key.range?.[1] ?? 0);
    return colon < 0 ? (pair.key.range?.[1] ?? 0) : colon + 1;
  }

  private dashOf(seq: YAMLSeq, at: number): number {
    const token = seq.srcToken;
    if (token?.type === "block-seq") {
      const dash = token.items[at]?.start.find((part) => part.type === "seq-item-ind");
      if (dash) return dash.offset;
    }
    return (seq.items[at] as Node | null)?.range?.[0] ?? seq.range?.[0] ?? 0;
  }

  private hasBlankLines(seq: YAMLSeq): boolean {
    if (seq.items.length < 2) return false;
    const second = this.lineStart(this.dashOf(seq, seq.items.length - 1));
    const first = this.dashOf(seq, seq.items.length - 2);
    return /\n[ \t]*\n[ \t]*(#[^\n]*\n[ \t]*)*$/.test(this.text.slice(first, second));
  }

  private insertAt(offset: number, text: string): void {
    this.splices.push({ start: offset, end: offset, text });
  }

  private insertAfterLine(offset: number, text: string): void {
    const after = this.afterLine(offset);
    const broken = after > 0 && this.text[after - 1] !== "\n";
    this.insertAt(after, broken ? `\n${text}\n` : `${text}\n`);
  }

  private afterLine(offset: number): number {
    const end = this.text.indexOf("\n", offset);
    return end < 0 ? this.text.length : end + 1;
  }

  private lineStart(offset: number): number {
    return this.text.lastIndexOf("\n", offset - 1) + 1;
  }

  private columnOf(offset: number): number {
    return offset - this.lineStart(offset);
  }

  private trimmed(end: number, start: number): number {
    let at = end;
    while (at > start && /\s/.test(this.text[at - 1] ?? "")) at--;
    return at;
  }
}

function startOf(key: Node | null | undefined): number {
  return key?.range?.[0] ?? 0;
}

function isJson(pairs: Pair<Scalar, Node | null>[]): boolean {
  return pairs.length > 0 && pairs.every((pair) => pair.key.type === "QUOTE_DOUBLE");
}

function isComponent(value: unknown): boolean {
  return isRecord(value) && "id" in value && ("url" in value || "steps" in value || "questions" in value);
}

/** Which entries of two lists are the same, in order. */
function pairUp(old: unknown[], wanted: unknown[]): { old: boolean[]; wanted: boolean[] } {
  const paired = { old: old.map(() => false), wanted: wanted.map(() => false) };
  const lengths = old
    .map(() => new Array<number>(wanted.length + 1).fill(0))
    .concat([new Array<number>(wanted.length + 1).fill(0)]);
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = wanted.length - 1; column >= 0; column--) {
      const line = lengths[row] as number[];
      line[column] = alike(old[row], wanted[column])
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  for (let row = 0, column = 0; row < old.length && column < wanted.length; ) {
    if (alike(old[row], wanted[column])) {
      paired.old[row++] = true;
      paired.wanted[column++] = true;
    } else if (at(row + 1, column) >= at(row, column + 1)) row++;
    else column++;
  }
  return paired;
}

/** The same, or the same script or component in another shape. */
function alike(a: unknown, b: unknown): boolean {
  if (isRecord(a) && isRecord(b) && typeof a.id === "string" && a.id === b.id) return true;
  return same(a, b);
}
