import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// What jsdom lacks and Mantine asks for.
vi.stubGlobal("matchMedia", (query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => {},
  removeEventListener: () => {},
  addListener: () => {},
  removeListener: () => {},
  dispatchEvent: () => false,
  onchange: null,
}));
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe() {}
    unobserve() {}
    disconnect() {}
  },
);
// The test of the types has no page.
if (typeof document !== "undefined") {
  Object.defineProperty(document, "fonts", { value: new EventTarget() });
  window.scrollTo = () => {};
  Element.prototype.scrollIntoView = () => {};
}
afterEach(cleanup);
