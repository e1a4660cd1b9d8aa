import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import type { Bot } from "../../api/contract.ts";
import { fakeFetch, problem } from "../../test/fakeFetch.ts";
import { show } from "../../test/show.tsx";
import { PublishDialogue } from "./PublishDialogue.tsx";

// Each test types and clicks a lot.
vi.setConfig({ testTimeout: 30_000 });

const bot: Bot = {
  id: "bank",
  name: "Bank",
  language: "en",
  origin: "console",
  changed: true,
  channels: [],
  uses_token: true,
  draft: { revision: 4, changed_at: "2026-01-01T00:00:00Z", changed_by: "Ada" },
  live: { number: 1, version: "1", published_at: "2026-01-01T00:00:00Z", published_by: "Ada", note: "" },
  problems: { errors: 0, warnings: 0 },
};
const diff = {
  added: 1,
  removed: 0,
  hunks: [{ from_line: 1, to_line: 1, lines: [{ op: "+", text: "name: Bank" }] }],
};
const post = "POST /workspaces/demo/bots/bank/publish";
const routes = { "GET /workspaces/demo/bots/bank/diff": diff };

test("shows what goes live, and publishes that revision with its note", async () => {
  const sent = fakeFetch({ ...routes, [post]: bot });
  const close = vi.fn();
  show(<PublishDialogue workspace="demo" bot={bot} onClose={close} />);
  expect(await screen.findByText("1 line added, 0 removed")).toBeDefined();
  await userEvent.type(screen.getByLabelText("What changed"), "The name");
  await userEvent.click(screen.getByRole("button", { name: "Publish" }));
  await vi.waitFor(() => expect(close).toHaveBeenCalled());
  const one = sent.find(({ method }) => method === "POST");
  expect(one?.body).toEqual({ note: "The name" });
  expect(one?.headers.get("if-match")).toBe('"4"');
});

test("errors of the check stand there from the beginning, and the button says why it cannot", async () => {
  const finding = {
    code: "E0101",
    severity: "error",
    message: "A token is missing",
    path: "scripts.a.steps[0]",
  };
  const checkup = { ok: false, diagnostics: [{ ...finding, labels: [], notes: [], manual: "E0101" }] };
  const onWhatsapp = { ...bot, channels: [{ id: "c1", kind: "whatsapp", name: "WhatsApp" }] } as Bot;
  const sent = fakeFetch({
    ...routes,
    "GET /workspaces/demo/bots/bank/draft": { text: "bot: bank", revision: 4 },
    "POST /workspaces/demo/check": checkup,
  });
  const { unmount } = show(<PublishDialogue workspace="demo" bot={onWhatsapp} onClose={() => {}} />);
  expect((await screen.findByRole("alert")).textContent).toContain("A token is missing");
  const button = screen.getByRole("button", { name: "Publish" });
  expect(button.getAttribute("aria-disabled")).toBe("true");
  const reason = document.getElementById(button.getAttribute("aria-describedby") ?? "");
  expect(reason?.textContent).toContain("A token is missing");
  await userEvent.type(screen.getByLabelText("What changed"), "The name");
  await userEvent.click(button);
  await vi.waitFor(() => expect(document.activeElement).toBe(reason));
  expect(sent.map(({ method, path }) => `${method} ${path}`)).not.toContain(post);
  expect(sent.find(({ path }) => path.endsWith("/check"))?.body).toEqual({
    text: "bot: bank",
    channels: ["whatsapp"],
  });
  // Who goes away to mend it finds the note again.
  unmount();
  fakeFetch({ ...routes, [post]: bot });
  show(<PublishDialogue workspace="demo" bot={bot} onClose={() => {}} />);
  const note = await screen.findByLabelText<HTMLTextAreaElement>("What changed");
  expect(note.value).toBe("The name");
  await userEvent.click(screen.getByRole("button", { name: "Publish" }));
});

test("errors of the check are shown, and the note stays", async () => {
  const diagnostics = [
    {
      code: "E0101",
      severity: "error",
      message: "A token is used before it is there",
      path: "scripts.a.steps[0]",
      labels: [],
      notes: [],
      manual: "E0101",
    },
  ];
  fakeFetch({ ...routes, [post]: problem(422, "check_failed", { checkup: { ok: false, diagnostics } }) });
  show(<PublishDialogue workspace="demo" bot={bot} onClose={() => {}} />);
  await userEvent.type(await screen.findByLabelText("What changed"), "The name");
  await userEvent.click(screen.getByRole("button", { name: "Publish" }));
  expect((await screen.findByRole("alert")).textContent).toContain("A token is used before it is there");
  expect(screen.getByLabelText<HTMLTextAreaElement>("What changed").value).toBe("The name");
});
