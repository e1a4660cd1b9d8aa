import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connect, Plugin } from "vite";
import { type Answer, answer } from "./fake/routes.ts";

/** As strict as the server's policy. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
  "media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** Answers `/api/v1` in development without a server, from made-up data of the demo bank. Forgets it at the end. */
export function fakeApi(): Plugin {
  return {
    name: "fake-api",
    configureServer: ({ middlewares }) => answerWith(middlewares),
    // The finished build, with the policy: `vite preview --mode development`.
    configurePreviewServer: ({ middlewares }) => {
      middlewares.use((_, response, next) => {
        response.setHeader("content-security-policy", POLICY);
        next();
      });
      answerWith(middlewares);
    },
  };
}

function answerWith(middlewares: Connect.Server): void {
  middlewares.use("/api/v1", (request, response) => void serve(request, response));
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname.endsWith("/events")) {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": here\n\n");
    return;
  }
  let text = "";
  for await (const part of request) text += part;
  const body = text ? (JSON.parse(text) as Record<string, unknown>) : {};
  const { status, value } = answer({
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    body,
  }) satisfies Answer;
  const type = status >= 400 ? "application/problem+json" : "application/json";
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(value === undefined ? undefined : JSON.stringify(value));
}
