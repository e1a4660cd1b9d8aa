import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { keys, queryClient } from "../api/queries.ts";
import { fakeFetch, problem } from "../test/fakeFetch.ts";
import { show } from "../test/show.tsx";
import { WebServicePage } from "./WebServicePage.tsx";

const draft = { revision: 1, changed_at: "2026-01-01T00:00:00Z", changed_by: "Ada" };
const SERVICE = `countersign: 1
bot: bank
web_services:
  - id: pay
    method: POST
    url: https://bank.example/pay
    headers: { X-One: "1" }
    json: { amount: 5 }
scripts: []
`;

function page(bot: string, more: Record<string, unknown> = {}) {
  const sent = fakeFetch({
    [`GET /workspaces/demo/bots/${bot}/draft`]: { text: SERVICE, ...draft },
    [`PUT /workspaces/demo/bots/${bot}/draft`]: {
      ...draft,
      revision: 2,
      checkup: { ok: true, diagnostics: [] },
    },
    "POST /workspaces/demo/check": { ok: true, diagnostics: [] },
    ...more,
  });
  const client = queryClient();
  const shown = show(<WebServicePage />, { path: `/w/demo/bots/${bot}/web-services/pay`, client });
  return { ...shown, sent, client };
}

const type = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });
const save = () => fireEvent.click(screen.getByRole("button", { name: "Save" }));
const put = (sent: { method: string; body: unknown }[]) =>
  (sent.find(({ method }) => method === "PUT")?.body as { text?: string } | undefined)?.text;

test("JSON that is not whole yet is not saved over, and is still there when the page is opened again", async () => {
  const { sent, unmount } = page("json");
  type(await screen.findByLabelText("JSON", { selector: "textarea" }), '{ "amount": 7, ');
  save();
  expect(await screen.findByText(/This is not JSON yet/)).toBeDefined();
  expect(put(sent)).toBeUndefined();
  unmount();
  const again = page("json").sent;
  const field = await screen.findByLabelText("JSON", { selector: "textarea" });
  expect((field as HTMLTextAreaElement).value).toBe('{ "amount": 7, ');
  type(field, '{ "amount": 7 }');
  save();
  await waitFor(() => expect(put(again)).toContain("json: { amount: 7 }"));
}, 30_000);

test("a row with a name that is there already, or with none, says so and keeps the form from being saved", async () => {
  const { sent } = page("rows");
  fireEvent.click(await screen.findByRole("button", { name: "Add to headers" }));
  type(screen.getByLabelText("Headers: name 2"), "X-One");
  type(screen.getByLabelText("Headers: value 2"), "2");
  fireEvent.blur(screen.getByLabelText("Headers: value 2"));
  expect(screen.getByText("This name is there already")).toBeDefined();
  type(screen.getByLabelText("Headers: name 2"), "");
  expect(screen.getByText("The name is missing")).toBeDefined();
  save();
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Headers: name 2")));
  expect(put(sent)).toBeUndefined();
  type(screen.getByLabelText("Headers: name 2"), "X-Two");
  fireEvent.blur(screen.getByLabelText("Headers: name 2"));
  type(screen.getByLabelText("Headers: name 1"), "X-Two");
  expect(screen.getByText("This name is there already")).toBeDefined();
  save();
  expect(put(sent)).toBeUndefined();
  type(screen.getByLabelText("Headers: name 1"), "X-Uno");
  save();
  await waitFor(() => expect(put(sent)).toMatch(/headers: \{ X-Uno: "1", X-Two: "2" \}/));
}, 30_000);

test("what somebody else saves meanwhile is not undone by the form", async () => {
  const { sent, client } = page("two");
  const url = await screen.findByLabelText("URL");
  type(screen.getByLabelText("Unique id"), "pay-now");
  client.setQueryData(keys.draft("demo", "two"), {
    ...draft,
    revision: 2,
    text: SERVICE.replace("bank.example", "bank2.example").replace("amount: 5", "amount: 6"),
  });
  await waitFor(() => expect((url as HTMLInputElement).value).toBe("https://bank2.example/pay"));
  expect((screen.getByLabelText("Unique id") as HTMLInputElement).value).toBe("pay-now");
  type(url, "https://bank.example/mine");
  client.setQueryData(keys.draft("demo", "two"), {
    ...draft,
    revision: 3,
    text: SERVICE.replace("bank.example/pay", "bank3.example"),
  });
  // Both have changed it: the one who looks at it decides.
  expect(await screen.findByText("https://bank3.example", { selector: "code" })).toBeDefined();
  expect((url as HTMLInputElement).value).toBe("https://bank.example/mine");
  fireEvent.click(screen.getByText("Take theirs"));
  expect((url as HTMLInputElement).value).toBe("https://bank3.example");
  expect(screen.queryByText("Somebody else has changed this too")).toBeNull();
  save();
  await waitFor(() => expect(put(sent)).toContain("id: pay-now"));
  expect(put(sent)).toContain("url: https://bank3.example");
}, 30_000);

test("what the server says of a field stands beside it, once", async () => {
  const message = "There is no constant `bank`, which web_services.pay.url uses.";
  page("tried", {
    "POST /workspaces/demo/bots/tried/try": problem(422, "not_bound", {
      detail: "The bot uses constants that the workspace does not have.",
      hint: "Set them under Settings.",
      errors: [{ pointer: "/definition/url", code: "constant", message }],
    }),
  });
  const url = await screen.findByLabelText("URL");
  fireEvent.click(screen.getByRole("button", { name: "Send it" }));
  await waitFor(() => expect(url.getAttribute("aria-invalid")).toBe("true"));
  expect(screen.getAllByText(message, { exact: false }).length).toBeGreaterThan(0);
  expect(screen.queryByText("/definition/url")).toBeNull();
  type(url, "https://bank.example/other");
  expect(url.getAttribute("aria-invalid")).not.toBe("true");
}, 30_000);

test("what the check warns of is told on the form", async () => {
  page("warned", {
    "POST /workspaces/demo/check": {
      ok: true,
      diagnostics: [
        {
          code: "W0306",
          severity: "warning",
          message: "requests to `http://` can be read on the way",
          path: "web_services.pay.url",
          labels: [],
          notes: [],
          help: { text: "use `https://`" },
          manual: "",
        },
      ],
    },
  });
  type(await screen.findByLabelText("URL"), "http://bank.example/pay");
  expect(await screen.findByText(/can be read on the way/)).toBeDefined();
}, 30_000);
