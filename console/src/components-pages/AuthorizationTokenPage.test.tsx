import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { fakeFetch } from "../test/fakeFetch.ts";
import { show } from "../test/show.tsx";
import { AuthorizationTokenPage } from "./AuthorizationTokenPage.tsx";

const BOT = {
  id: "bank",
  name: "Bank",
  language: "en",
  origin: "console",
  draft: { revision: 1, changed_at: "2026-01-01T00:00:00Z", changed_by: "Ada" },
  changed: false,
  channels: [],
  problems: { errors: 0, warnings: 0 },
  uses_token: false,
};
const TEXT = "countersign: 1\nbot: bank\nscripts: [] # none yet\n";

function page(bot: string) {
  const sent = fakeFetch({
    [`GET /workspaces/demo/bots/${bot}`]: BOT,
    [`GET /workspaces/demo/bots/${bot}/draft`]: { text: TEXT, ...BOT.draft },
    [`PUT /workspaces/demo/bots/${bot}/draft`]: {
      ...BOT.draft,
      revision: 2,
      checkup: { ok: true, diagnostics: [] },
    },
    "POST /workspaces/demo/check": { ok: true, diagnostics: [] },
  });
  show(<AuthorizationTokenPage />, { path: `/w/demo/bots/${bot}/authorization-tokens/+new` });
  return sent;
}

describe("Authorization Token", () => {
  it("goes the way of its manual: method, id, continue, questions and fields, URL, TTL, is json, save", async () => {
    const user = userEvent.setup();
    const sent = page("bank");
    await user.click(await screen.findByRole("button", { name: "Continue" }));
    expect(screen.getByText("Enter a unique id")).toBeTruthy();
    await user.type(screen.getByLabelText("Unique id"), "bank-login");
    await user.click(screen.getByRole("button", { name: "Continue" }));
    await user.type(
      screen.getAllByRole("textbox", { name: "Question 1" })[0] as HTMLElement,
      "What is your username?",
    );
    await user.type(screen.getByLabelText("Post field, Question 1"), "username");
    expect(screen.getByLabelText("What will be sent").textContent).toContain('"username": ‹answer 1›');
    await user.type(
      screen.getByLabelText("URL of your auth service", { selector: "input" }),
      "https://bank.example/login",
    );
    await user.type(screen.getByLabelText("TTL in seconds"), "15 min");
    await user.tab();
    expect(screen.getByText("TTL is in seconds: 15 min is 900")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Use 900" }));
    expect(screen.getByText("900 s = 15 minutes")).toBeTruthy();
    await user.click(screen.getByRole("checkbox", { name: /is json/ }));
    await user.type(screen.getByLabelText("Path or name of the field where the token is"), "data.token");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(sent.some((one) => one.method === "PUT")).toBe(true));
    const put = sent.find((one) => one.method === "PUT");
    expect(put?.headers.get("if-match")).toBe('"1"');
    expect(((put?.body ?? {}) as { text?: string }).text).toBe(
      'countersign: 1\nbot: bank\nauthorization_tokens:\n  - id: bank-login\n    method: POST\n    url: "https://bank.example/login"\n    questions:\n      - { question: "What is your username?", field: username }\n    ttl: 900\n    is_json: true\n    token_path: data.token\nscripts: [] # none yet\n',
    );
  }, 30_000);

  it("says what is wrong beside the field, and saves nothing then", async () => {
    const sent = page("other");
    fireEvent.change(await screen.findByLabelText("Unique id"), { target: { value: "other" } });
    fireEvent.click(screen.getByRole("button", { name: "Continue" }));
    fireEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Enter the URL of the service")).toBeTruthy();
    expect(screen.getByText("The question needs words")).toBeTruthy();
    expect(sent.some((one) => one.method === "PUT")).toBe(false);
  }, 30_000);
});
