import { describe, expect, it } from "vitest";
import { pressKey } from "./keypad.ts";

const pin = { min: 4, max: 6, finish_key: "#" };

describe("the keypad", () => {
  it("sends at the finish key, and when it is full", () => {
    expect(pressKey("123", "4", pin)).toEqual({ typed: "1234", send: undefined });
    expect(pressKey("1234", "#", pin)).toEqual({ typed: "", send: "1234" });
    expect(pressKey("12345", "6", pin)).toEqual({ typed: "", send: "123456" });
  });

  it("sends one key for a choice, and leaves a question with a star", () => {
    expect(pressKey("", "2", undefined)).toEqual({ typed: "", send: "2" });
    expect(pressKey("", "*", pin)).toEqual({ typed: "", send: "*" });
    expect(pressKey("12", "*", pin)).toEqual({ typed: "12", send: undefined });
  });

  it("takes the finish key of the question", () => {
    expect(pressKey("12", "*", { min: 1, max: 9, finish_key: "*" })).toEqual({ typed: "", send: "12" });
    expect(pressKey("12", "#", { min: 1, max: 9, finish_key: "none" })).toEqual({
      typed: "12",
      send: undefined,
    });
  });
});
