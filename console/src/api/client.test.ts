import { beforeEach, expect, test, vi } from "vitest";
import { fakeFetch, problem, type Sent } from "../test/fakeFetch.ts";
import { session } from "../test/show.tsx";
import { api, askWith, ifMatch, ok, rememberCsrf } from "./client.ts";
import { ApiProblem, fieldOf, isProblem } from "./problem.ts";

const bots = { params: { path: { workspace: "demo" } } };
const problemOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

beforeEach(() => {
  rememberCsrf("csrf-1", session().account.id);
  askWith({ signIn: async () => false, stepUp: async () => false });
});

test("reads carry no CSRF header, writes do", async () => {
  const sent = fakeFetch({ "GET /workspaces/demo/bots": { items: [] }, "POST /workspaces/demo/bots": {} });
  expect(await ok(api.GET("/workspaces/{workspace}/bots", bots))).toEqual({ items: [] });
  await ok(api.POST("/workspaces/{workspace}/bots", { ...bots, body: { id: "a", name: "A" } }));
  expect(sent.map(({ headers }) => headers.get("x-csrf-token"))).toEqual([null, "csrf-1"]);
  expect(sent[1]?.body).toEqual({ id: "a", name: "A" });
});

test("the revision goes along", async () => {
  const sent = fakeFetch({ "PUT /workspaces/demo/bots/b/draft": {} });
  const params = { path: { workspace: "demo", bot: "b" }, header: ifMatch(7) };
  await ok(api.PUT("/workspaces/{workspace}/bots/{bot}/draft", { params, body: { text: "x" } }));
  expect(sent[0]?.headers.get("if-match")).toBe('"7"');
});

test("a problem is thrown with its code, its hint and its fields", async () => {
  const errors = [{ pointer: "/questions/0/field", code: "taken", message: "Twice" }];
  fakeFetch({
    "POST /workspaces/demo/bots": problem(422, "invalid", { detail: "Not right", hint: "Look", errors }),
  });
  const error = await problemOf(
    api.POST("/workspaces/{workspace}/bots", { ...bots, body: { id: "a", name: "A" } }),
  );
  expect(isProblem(error, "invalid")).toBe(true);
  expect(error).toMatchObject({ message: "Not right", hint: "Look", status: 422, fields: errors });
});

test("what is no problem document becomes one", async () => {
  fakeFetch({ "GET /about": new Response("<html>", { status: 502 }) });
  expect(await problemOf(api.GET("/about"))).toMatchObject({ code: "server", status: 502 });
  vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no network")));
  expect(await problemOf(api.GET("/about"))).toMatchObject({ code: "unreachable", status: 0 });
});

test("after a second look the same request is sent again", async () => {
  let looked = false;
  const sent = fakeFetch({
    "PUT /workspaces/demo/secrets/a": () => (looked ? undefined : problem(403, "step_up")),
  });
  askWith({
    stepUp: async () => {
      looked = true;
      rememberCsrf("csrf-2", session().account.id);
      return true;
    },
  });
  await api.PUT("/workspaces/{workspace}/secrets/{name}", {
    params: { path: { workspace: "demo", name: "a" } },
    body: { value: "v" },
  });
  expect(sent.map(({ body }) => body)).toEqual([{ value: "v" }, { value: "v" }]);
  expect(sent[1]?.headers.get("x-csrf-token")).toBe("csrf-2");
});

test("a second look that is refused leaves the problem", async () => {
  const sent = fakeFetch({ "DELETE /workspaces/demo/api-keys/k": problem(403, "step_up") });
  const params = { path: { workspace: "demo", id: "k" } };
  expect(await problemOf(api.DELETE("/workspaces/{workspace}/api-keys/{id}", { params }))).toBeInstanceOf(
    ApiProblem,
  );
  expect(sent).toHaveLength(1);
});

test("a token that another page has renewed is taken over from there, but not another person's", async () => {
  const name = { params: { path: { workspace: "demo" } }, body: { id: "a", name: "A" } };
  const now = session();
  const sent = fakeFetch({
    "POST /workspaces/demo/bots": ({ headers }: Sent) =>
      headers.get("x-csrf-token") === "csrf-2" ? {} : problem(403, "csrf"),
    "GET /session": () => now,
  });
  Object.assign(now, { csrf: "csrf-2", account: { ...now.account, id: "somebody-else" } });
  expect(await problemOf(api.POST("/workspaces/{workspace}/bots", name))).toMatchObject({ code: "csrf" });
  now.account = session().account;
  await ok(api.POST("/workspaces/{workspace}/bots", name));
  expect(sent.map(({ method }) => method)).toEqual(["POST", "GET", "POST", "GET", "POST"]);
  // One that does not help is not tried for ever.
  now.csrf = "csrf-3";
  rememberCsrf("csrf-3", now.account.id);
  expect(await problemOf(api.POST("/workspaces/{workspace}/bots", name))).toMatchObject({ code: "csrf" });
});

test("a lost session is asked for once, but never by the sign-in itself", async () => {
  let asked = 0;
  askWith({
    signIn: async () => {
      asked += 1;
      return true;
    },
  });
  fakeFetch({
    "GET /workspaces/demo/bots": () => (asked > 0 ? { items: [] } : problem(401, "signed_out")),
    "POST /session": problem(401, "signed_out"),
    "GET /session": session(),
  });
  expect(await ok(api.GET("/workspaces/{workspace}/bots", bots))).toEqual({ items: [] });
  await problemOf(api.POST("/session", { body: { email: "a@b", password: "x" } }));
  expect(asked).toBe(1);
});

test.each([
  ["/name", "name"],
  ["/questions/0/field", "questions.0.field"],
  ["/headers/X~1Y~0Z", "headers.X/Y~Z"],
  ["", ""],
])("the pointer %s is the field %s", (pointer, field) => {
  expect(fieldOf(pointer)).toBe(field);
});
