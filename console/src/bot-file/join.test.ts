import { expect, test } from "vitest";
import { joined } from "./join.ts";

const BASE = "a\nb\nc\nd\ne\nf\n";

test("changes of two people at different places are put together", () => {
  expect(joined(BASE, "a\nB\nc\nd\ne\nf\n", "a\nb\nc\nd\nE\nf\n")).toBe("a\nB\nc\nd\nE\nf\n");
  expect(joined(BASE, "a\nb\nc\nd\ne\nf\ng\n", "b\nc\nd\ne\nf\n")).toBe("b\nc\nd\ne\nf\ng\n");
  expect(joined(BASE, "a\nb\nc\nd\nnew\ne\nf\n", "a\nx\ny\nb\nc\nd\ne\nf\n")).toBe(
    "a\nx\ny\nb\nc\nd\nnew\ne\nf\n",
  );
});

test("lines that one put in stand beside a line that the other changed", () => {
  const changed = "a\nB\nc\nd\ne\nf\n";
  expect(joined(BASE, changed, "a\nnew\nb\nc\nd\ne\nf\n")).toBe("a\nnew\nB\nc\nd\ne\nf\n");
  expect(joined(BASE, "a\nb\nnew\nc\nd\ne\nf\n", changed)).toBe("a\nB\nnew\nc\nd\ne\nf\n");
});

test("what only one of them changed is as they made it", () => {
  expect(joined(BASE, BASE, "x\n")).toBe("x\n");
  expect(joined(BASE, "x\n", BASE)).toBe("x\n");
  expect(joined(BASE, "x\n", "x\n")).toBe("x\n");
});

test("the same lines, and lines beside each other, are for a person to look at", () => {
  expect(joined(BASE, "a\nB\nc\nd\ne\nf\n", "a\nbb\nc\nd\ne\nf\n")).toBeUndefined();
  expect(joined(BASE, "a\nB\nc\nd\ne\nf\n", "a\nb\nC\nd\ne\nf\n")).toBeUndefined();
  expect(joined(BASE, "a\nmine\nb\nc\nd\ne\nf\n", "a\ntheirs\nb\nc\nd\ne\nf\n")).toBeUndefined();
  expect(joined(BASE, "", "a\nb\nc\nd\nE\nf\n")).toBeUndefined();
});
