import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { Marked } from "./Marked.tsx";

const html = (text: string) => render(<Marked text={text} />).container.innerHTML;

test("code, strong, emphasis and links", () => {
  expect(html("Press **Add**, then `A*B` and *go*")).toBe(
    "Press <strong>Add</strong>, then <code>A*B</code> and <em>go</em>",
  );
  expect(html("[Meta](https://example.com/a)")).toContain(
    '<a href="https://example.com/a" target="_blank" rel="noreferrer">Meta</a>',
  );
});

test("everything else stays text", () => {
  expect(html("<img src=x> [x](javascript:alert(1))")).toBe("&lt;img src=x&gt; [x](javascript:alert(1))");
});
