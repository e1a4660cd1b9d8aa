// What a browser loads before the first page stands: the page, and what it asks for at once. Packed, as it is sent.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 300_000;

const dist = new URL("../dist/", import.meta.url);
const page = readFileSync(new URL("index.html", dist), "utf8");
const asked = [...page.matchAll(/(?:src|href)="\/console\/([^"]+\.(?:js|css))"/g)].map(([, name]) => name);
const size = (bytes) => gzipSync(bytes, { level: 9 }).length;
const all = asked.reduce((sum, name) => sum + size(readFileSync(new URL(name, dist))), size(page));
const fits = asked.length > 0 && all < BUDGET;
console.log(`the first load has ${all} bytes of ${BUDGET}`);
console.log(fits ? "1 passed, 0 failed" : "0 passed, 1 failed");
process.exit(fits ? 0 : 1);
