import { expect, test } from "vitest";
import { inEditor, inFile, offsetInEditor, offsetInFile, smallest } from "./YamlEditor.tsx";

const dos = "a: 1\r\nb: é😀\r\nc: 3\r\n";

test("a file with line breaks of DOS keeps them, and its places are found in the editor", () => {
  const doc = inEditor(dos);
  expect(doc).toBe("a: 1\nb: é😀\nc: 3\n");
  expect(inFile(doc.replace("3", "4"), dos)).toBe(dos.replace("3", "4"));
  for (const word of ["a", "b", "é", "c", "3"]) {
    expect(doc.slice(offsetInEditor(dos, dos.indexOf(word))).startsWith(word)).toBe(true);
    expect(offsetInFile(dos, doc.indexOf(word))).toBe(dos.indexOf(word));
  }
});

test("a file with line feeds stays as it is", () => {
  const text = "a: 1\nb: 2\n";
  expect(inEditor(text)).toBe(text);
  expect(inFile(text, text)).toBe(text);
  expect(offsetInEditor(text, 7)).toBe(7);
  expect(smallest(text, "a: 1\nb: 3\n")).toEqual({ from: 8, to: 9, insert: "3" });
});
