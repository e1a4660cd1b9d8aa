import { vi } from "vitest";

/** What a route answers: a value (200), a full answer, or a function of what was sent. */
type Answer = unknown | ((sent: Sent) => unknown);

export interface Sent {
  method: string;
  path: string;
  body: unknown;
  headers: Headers;
}

/**
 * Answers `fetch` from a table such as `{ "GET /session": session, "POST /setup": ({ body }) => … }`. Gives back the
 * list of what was sent. A route that is missing answers 404.
 */
export function fakeFetch(routes: Record<string, Answer>): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", async (input: Request | string | URL) => {
    const request = input instanceof Request ? input : new Request(input);
    const { pathname, search } = new URL(request.url);
    const path = pathname.replace(/^\/api\/v1/, "") + search;
    const text = await request.text();
    const one: Sent = {
      method: request.method,
      path,
      body: text ? JSON.parse(text) : undefined,
      headers: request.headers,
    };
    sent.push(one);
    const answer = routes[`${one.method} ${path}`] ?? routes[`${one.method} ${path.split("?")[0]}`];
    const value = typeof answer === "function" ? answer(one) : answer;
    if (value instanceof Response) return value.clone();
    if (answer === undefined) return problem(404, "not_found");
    return value === undefined ? new Response(null, { status: 204 }) : Response.json(value);
  });
  return sent;
}

/** A problem document (RFC 9457). */
export function problem(status: number, code: string, more: Record<string, unknown> = {}): Response {
  return new Response(
    JSON.stringify({ type: "about:blank", title: code, status, code, detail: "", ...more }),
    {
      status,
      headers: { "content-type": "application/problem+json" },
    },
  );
}
