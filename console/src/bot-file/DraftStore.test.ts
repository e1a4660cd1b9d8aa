import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Draft } from "../api/contract.ts";
import { ApiProblem, unreachable } from "../api/problem.ts";
import { DraftStore, type Wire } from "./DraftStore.ts";
import { setAt } from "./edits.ts";

const draft = (text: string, revision = 1): Draft => ({
  text,
  revision,
  changed_at: "2026-01-01T00:00:00Z",
  changed_by: "Ada",
});
const saved = (revision: number) => ({ ...draft("", revision), checkup: { ok: true, diagnostics: [] } });

function wire(more: Partial<Wire> = {}): Wire {
  return {
    save: vi.fn(async (_: string, revision: number) => saved(revision + 1)),
    check: vi.fn(async () => ({ ok: true, diagnostics: [] })),
    saved: vi.fn(),
    ...more,
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a draft", () => {
  it("is checked and saved a moment after the last change, with its revision", async () => {
    const to = wire();
    const store = new DraftStore(draft("name: a\n"), to);
    store.edit(setAt(["name"], "b"), "name");
    store.edit(setAt(["name"], "bc"), "name");
    expect(store.snapshot().save).toBe("unsaved");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(to.save).toHaveBeenCalledExactlyOnceWith("name: bc\n", 1, false);
    expect(store.snapshot()).toMatchObject({ save: "saved", checked: true });
    store.undo();
    expect(store.snapshot().text).toBe("name: a\n");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(to.save).toHaveBeenLastCalledWith("name: a\n", 2, false);
  });

  it("puts together what two people changed at different places", async () => {
    const text = "name: a # ours\n\nbot: x\n\nlanguage: en\n";
    const current = draft(text.replace("en", "es"), 5);
    const stale = new ApiProblem({ status: 409, code: "stale", current });
    const both = text.replace("en", "es").replace("a #", "b #");
    const save = vi.fn().mockRejectedValueOnce(stale).mockResolvedValue(saved(6));
    const store = new DraftStore(draft(text), wire({ save }));
    store.edit(setAt(["name"], "b"), "name");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(store.snapshot()).toMatchObject({ save: "saved", theirs: undefined, text: both });
    expect(save).toHaveBeenLastCalledWith(both, 5, false);
    // It may also be heard of before anything was sent.
    store.edit(setAt(["name"], "c"), "name");
    store.arrived(draft(both.replace("bot: x", "bot: y"), 7));
    expect(store.snapshot()).toMatchObject({ save: "unsaved", theirs: undefined });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(save).toHaveBeenLastCalledWith(both.replace("bot: x", "bot: y").replace("b #", "c #"), 7, false);
  });

  it("keeps what was typed while the answer of a save went astray", async () => {
    const stale = new ApiProblem({ status: 409, code: "stale", current: draft("name: b\n", 2) });
    const save = vi.fn(async (text: string) => {
      if (text !== "name: b\n") return saved(3);
      store.type("name: bc\n");
      throw stale;
    });
    const store = new DraftStore(draft("name: a\n"), wire({ save }));
    store.type("name: b\n");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(store.snapshot()).toMatchObject({ save: "saved", text: "name: bc\n" });
    expect(save).toHaveBeenLastCalledWith("name: bc\n", 2, false);
  });

  it("saves again by itself when the server is back", async () => {
    const save = vi
      .fn()
      .mockRejectedValueOnce(unreachable())
      .mockRejectedValueOnce(unreachable())
      .mockResolvedValue(saved(2));
    const store = new DraftStore(draft("name: a\n"), wire({ save }));
    store.type("name: b\n");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(store.snapshot().save).toBe("failed");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(store.snapshot().save).toBe("saved");
    expect(save).toHaveBeenCalledTimes(3);
  });

  it("keeps both texts when somebody else was faster, and either can stand", async () => {
    const stale = new ApiProblem({ status: 409, code: "stale", current: draft("name: theirs\n", 5) });
    for (const choice of ["mine", "theirs"] as const) {
      const save = vi.fn().mockRejectedValueOnce(stale).mockResolvedValue(saved(6));
      const store = new DraftStore(draft("name: a\n"), wire({ save }));
      store.type("name: mine\n");
      await vi.advanceTimersByTimeAsync(2_000);
      expect(store.snapshot()).toMatchObject({
        save: "conflict",
        text: "name: mine\n",
        theirs: { text: "name: theirs\n" },
      });
      store.type("name: mine too\n");
      await vi.advanceTimersByTimeAsync(5_000);
      expect(save).toHaveBeenCalledTimes(1);
      store.settle(choice);
      await vi.advanceTimersByTimeAsync(2_000);
      expect(store.snapshot()).toMatchObject({
        save: "saved",
        text: choice === "mine" ? "name: mine too\n" : "name: theirs\n",
      });
      if (choice === "mine") expect(save).toHaveBeenLastCalledWith("name: mine too\n", 5, false);
      else {
        store.undo();
        expect(store.snapshot().text).toBe("name: mine too\n");
      }
    }
  });

  it("keeps the text when the server is away, and says so", async () => {
    const store = new DraftStore(
      draft("name: a\n"),
      wire({ save: () => Promise.reject(new ApiProblem({ status: 0, code: "unreachable" })) }),
    );
    store.type("name: b\n");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(store.snapshot()).toMatchObject({ save: "failed", text: "name: b\n" });
  });

  it("takes over what somebody else saved while nothing here is unsaved", () => {
    const store = new DraftStore(draft("name: a\n"), wire());
    store.arrived(draft("name: b\n", 2));
    expect(store.snapshot().text).toBe("name: b\n");
    store.type("name: c\n");
    store.arrived(draft("name: d\n", 3));
    expect(store.snapshot()).toMatchObject({ text: "name: c\n", save: "conflict" });
  });

  it("shows the last model while the text cannot be read, and refuses edits of it", () => {
    const store = new DraftStore(draft("name: a\n"), wire());
    store.type("name: [a\n");
    expect(store.snapshot().unreadable).toBeDefined();
    expect(store.snapshot().file.name).toBe("a");
    expect(store.edit(setAt(["name"], "b"))).toBe(false);
    store.undo();
    expect(store.snapshot().unreadable).toBeUndefined();
  });

  it("is left alone when it is read only", async () => {
    const to = wire();
    const store = new DraftStore(draft("name: a\n"), to, true);
    store.type("name: b\n");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(store.snapshot().text).toBe("name: a\n");
    expect(to.save).not.toHaveBeenCalled();
  });

  it("saves at once when the page is left, in a way that outlives it", async () => {
    const to = wire();
    const store = new DraftStore(draft("name: a\n"), to);
    expect(store.leave()).toBe(false);
    store.type("name: b\n");
    expect(store.leave()).toBe(true);
    expect(to.save).toHaveBeenCalledExactlyOnceWith("name: b\n", 1, true);
    await vi.advanceTimersByTimeAsync(0);
    expect(store.leave()).toBe(false);
    store.type("name: c\n");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(to.save).toHaveBeenLastCalledWith("name: c\n", 2, false);
  });

  it("sends what was typed during a save right behind it when the page is left", async () => {
    let answer: (value: ReturnType<typeof saved>) => void = () => {};
    const save = vi
      .fn()
      .mockImplementationOnce(() => new Promise((done) => (answer = done)))
      .mockResolvedValue(saved(3));
    const store = new DraftStore(draft("name: a\n"), wire({ save }));
    store.type("name: b\n");
    await vi.advanceTimersByTimeAsync(1_000);
    store.type("name: c\n");
    expect(store.leave()).toBe(true);
    expect(save).toHaveBeenCalledTimes(1);
    answer(saved(2));
    await vi.advanceTimersByTimeAsync(0);
    expect(save).toHaveBeenLastCalledWith("name: c\n", 2, true);
    expect(store.snapshot().save).toBe("saved");
  });

  it("does not write over somebody else's text when the page is left in a conflict", () => {
    const to = wire();
    const store = new DraftStore(draft("name: a\n"), to);
    store.type("name: b\n");
    store.arrived(draft("name: c\n", 2));
    expect(store.leave()).toBe(true);
    expect(to.save).not.toHaveBeenCalled();
  });
});
