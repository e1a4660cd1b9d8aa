import { describe, expect, it } from "vitest";
import { History } from "./history.ts";

describe("history", () => {
  it("joins the letters of one field, and goes back and forth", () => {
    const history = new History("a");
    history.push("ab", 0, "field");
    history.push("abc", 100, "field");
    history.push("abcd", 5_000, "field");
    history.push("x", 5_100);
    expect(history.undo()).toBe("abcd");
    expect(history.undo()).toBe("abc");
    expect(history.undo()).toBe("a");
    expect(history.undo()).toBe("a");
    expect(history.redo()).toBe("abc");
    history.push("new", 6_000);
    expect(history.canRedo).toBe(false);
  });

  it("keeps so many steps and no more", () => {
    const history = new History("0", 3);
    for (let number = 1; number <= 9; number++) history.push(String(number), number);
    for (let number = 0; number < 9; number++) history.undo();
    expect(history.text).toBe("6");
  });
});
