import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { keys, queryClient } from "../api/queries.ts";
import { fakeFetch, type Sent } from "../test/fakeFetch.ts";
import { show } from "../test/show.tsx";
import { Simulator } from "./Simulator.tsx";

// Each test types and clicks a lot.
vi.setConfig({ testTimeout: 30_000 });

const TEXT = `countersign: 1
bot: bank
authorization_tokens:
  - id: login
    url: https://bank.example/login
    questions: [{ question: Name?, field: name }]
    token_path: data.token
web_services:
  - id: balance
    url: https://bank.example/balance
    headers: { Authorization: "Bearer {authtoken}" }
    save: { balance: amount }
scripts:
  - id: a
    triggers: [a]
    steps: [{ auth_token: login }, { web_service: balance }, { message: "{balance}" }]
`;

const simulation = {
  id: "s1",
  channel: "whatsapp",
  lines: [],
  variables: [],
  path: [],
  calls: [],
  tokens: [],
  expect: { kind: "text", secret: false },
  notes: [],
  now: "2026-01-01T00:00:00Z",
};
const begin = "POST /workspaces/demo/bots/bank/simulations";

let bot = 0;
function open(): Sent[] {
  bot += 1;
  const id = `bank${bot}`;
  const sent = fakeFetch({
    "POST /workspaces/demo/check": { ok: true, diagnostics: [] },
    [begin.replace("bank/", `${id}/`)]: simulation,
  });
  const client = queryClient();
  client.setQueryData(keys.draft("demo", id), { text: TEXT, revision: 1, changed_at: "", changed_by: "Ada" });
  show(<Simulator workspace="demo" bot={id} />, { path: `/w/demo/bots/${id}`, client });
  return sent;
}
const started = (sent: Sent[]) =>
  sent.filter(({ path }) => path.endsWith("/simulations")).map(({ body }) => body as Record<string, unknown>);

beforeEach(() => {
  Element.prototype.scrollIntoView = () => {};
});

test("an untouched simulation answers with a token where the bot looks for one", async () => {
  const sent = open();
  await userEvent.click(await screen.findByRole("button", { name: "Start" }));
  await waitFor(() => expect(started(sent)).toHaveLength(1));
  const stubs = started(sent)[0]?.stubs as Record<string, { status: number; body: string }>;
  expect(JSON.parse(stubs.login?.body ?? "")).toEqual({ data: { token: "simulated-token" } });
  expect(stubs.balance).toEqual({ status: 200, body: '{\n  "amount": "1250.00"\n}' });
  expect(started(sent)[0]).toMatchObject({ real_calls: false, channel: "whatsapp" });
});

test("what was typed is sent, stays for the next start, and can be changed again", async () => {
  const sent = open();
  await userEvent.click(await screen.findByRole("button", { name: /^balance/ }));
  const status = await screen.findByRole("textbox", { name: "Status" });
  await userEvent.clear(status);
  await userEvent.type(status, "503");
  await userEvent.type(screen.getByLabelText("Name of the contact"), "Ada");
  await userEvent.click(screen.getByRole("button", { name: "Start" }));
  await waitFor(() => expect(started(sent)).toHaveLength(1));
  expect(started(sent)[0]).toMatchObject({ contact_name: "Ada", stubs: { balance: { status: 503 } } });
  await userEvent.click(await screen.findByRole("button", { name: "Start again" }));
  await waitFor(() => expect(started(sent)).toHaveLength(2));
  expect(started(sent)[1]).toEqual(started(sent)[0]);
  await userEvent.click(await screen.findByRole("button", { name: "Change how it starts" }));
  expect(screen.getByLabelText<HTMLInputElement>("Name of the contact").value).toBe("Ada");
  expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Status" }).value).toBe("503");
  await userEvent.click(screen.getByRole("button", { name: "Back to the sample" }));
  expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Status" }).value).toBe("200");
});

test("what cannot be sent is said beside its field, and nothing starts", async () => {
  const sent = open();
  await userEvent.click(await screen.findByRole("button", { name: /^login/ }));
  const body = await screen.findByRole("textbox", { name: "Body" });
  await userEvent.clear(body);
  await userEvent.click(screen.getByRole("button", { name: "Start" }));
  const stubs = within(screen.getByRole("region", { name: "What services answer" }));
  expect(stubs.getByText("The bot reads JSON here, and this is none.")).toBeDefined();
  await waitFor(() => expect(document.activeElement).toBe(body));
  expect(started(sent)).toHaveLength(0);
  await userEvent.type(body, "{{}");
  expect(stubs.getByText("There is nothing at data.token, where the bot looks.")).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Start" }));
  await waitFor(() => expect(started(sent)).toHaveLength(1));
});

test("with real calls nothing is made up", async () => {
  const sent = open();
  await userEvent.click(await screen.findByRole("checkbox", { name: /^Call the real services/ }));
  expect(screen.queryByRole("region", { name: "What services answer" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Start" }));
  await waitFor(() => expect(started(sent)).toHaveLength(1));
  expect(started(sent)[0]?.stubs).toBeUndefined();
});
