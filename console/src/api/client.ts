import createClient from "openapi-fetch";
import type { Session } from "./contract.ts";
import { ApiProblem, problemOf, unreachable } from "./problem.ts";
import type { paths } from "./schema.ts";

/** Asks the person before the screen for something, and says whether a request is worth a second try. */
type Ask = () => Promise<boolean>;

const asks: { signIn: Ask; stepUp: Ask } = { signIn: async () => false, stepUp: async () => false };
let csrf = "";
let account = "";

/** Told by each answer that carries a session: its token, and whose it is. */
export function rememberCsrf(token: string, of: string): void {
  csrf = token;
  account = of;
}

/** Who asks for a new sign-in when the session is over, and for the second look when a route wants one. */
export function askWith(given: Partial<typeof asks>): void {
  Object.assign(asks, given);
}

/** Sends a request, with the CSRF header on writes. A problem is thrown as an `ApiProblem`. */
export async function send(request: Request): Promise<Response> {
  const spare = request.clone();
  const response = await once(request);
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (await mayRepeat(problem, new URL(request.url).pathname)) return send(spare);
  throw problem;
}

async function once(request: Request): Promise<Response> {
  if (!["GET", "HEAD"].includes(request.method)) request.headers.set("x-csrf-token", csrf);
  try {
    return await fetch(request);
  } catch (error) {
    throw request.signal.aborted ? error : unreachable();
  }
}

async function mayRepeat(problem: ApiProblem, path: string): Promise<boolean> {
  const signingIn = /\/v1\/(session|setup|invitations)/.test(path);
  if (problem.status === 401 && problem.code === "signed_out" && !signingIn) return asks.signIn();
  if (problem.status === 403 && problem.code === "step_up") return asks.stepUp();
  if (problem.status === 403 && problem.code === "csrf") return takenOver();
  return false;
}

/**
 * A second look or a new sign-in on another page of this browser gives the session a new token. It is taken over from
 * there, if it is still the same person's.
 */
async function takenOver(): Promise<boolean> {
  const response = await fetch(new Request(`${base()}/session`)).catch(() => undefined);
  if (!response?.ok) return false;
  const session: Session = await response.json();
  if (session.account.id !== account || session.csrf === csrf) return false;
  csrf = session.csrf;
  return true;
}

const base = () => `${globalThis.location.origin}/api/v1`;

/** The API, typed by its document. Each call resolves to its answer or throws an `ApiProblem`: see `ok`. */
export const api = createClient<paths>({
  baseUrl: base(),
  fetch: send,
  querySerializer: { array: { style: "form", explode: true } },
});

/** The answer of a call: `const bot = await ok(api.GET(…))`. */
export async function ok<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, response } = await call;
  if (!response.ok) throw new ApiProblem({ status: response.status, code: "unreadable" });
  return data as T;
}

/** The header of optimistic locking. */
export function ifMatch(revision: number): { "If-Match": string } {
  return { "If-Match": `"${revision}"` };
}
