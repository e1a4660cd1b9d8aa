import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { fakeFetch, problem } from "../test/fakeFetch.ts";
import { session, show } from "../test/show.tsx";
import { SignInForm } from "./SignInForm.tsx";

// By the text of a label: to compute the role of everything on the page is slow.
const type = async (label: string, text: string) => userEvent.type(await screen.findByLabelText(label), text);
const press = async (name: string) => {
  const found = (await screen.findAllByText(name)).map((one) => one.closest("button")).find(Boolean);
  if (!found) throw new Error(`there is no button ${name}`);
  await userEvent.click(found);
};

test("email and password are enough when there is no second factor", async () => {
  const sent = fakeFetch({ "POST /session": session() });
  const entered = vi.fn();
  show(<SignInForm onSession={entered} />);
  await type("Email", " ada@example.com ");
  await type("Password", "a long password");
  await press("Sign in");
  await waitFor(() => expect(entered).toHaveBeenCalledOnce());
  expect(sent[0]?.body).toEqual({ email: "ada@example.com", password: "a long password" });
});

test("nothing is sent while a field is empty", async () => {
  const sent = fakeFetch({});
  show(<SignInForm onSession={() => {}} />);
  await press("Sign in");
  expect(await screen.findAllByText("This is needed")).toHaveLength(2);
  expect(sent).toEqual([]);
});

test("a refusal is told, and what was typed stays", async () => {
  fakeFetch({ "POST /session": problem(401, "refused", { detail: "The email or the password is wrong" }) });
  show(<SignInForm onSession={() => {}} />);
  await type("Email", "ada@example.com");
  await type("Password", "wrong");
  await press("Sign in");
  expect((await screen.findByRole("alert")).textContent).toContain("The email or the password is wrong");
  expect(screen.getByLabelText<HTMLInputElement>("Email").value).toBe("ada@example.com");
});

test("the second factor is asked for, and its error stands beside the field", async () => {
  const errors = [{ pointer: "/code", code: "wrong", message: "This code is not right" }];
  fakeFetch({
    "POST /session": { second_factor: ["totp"], pending: "p1" },
    "POST /session/second-factor": ({ body }: { body: unknown }) =>
      JSON.stringify(body) === '{"pending":"p1","code":"123456"}'
        ? session()
        : problem(422, "invalid", { errors }),
  });
  const entered = vi.fn();
  show(<SignInForm onSession={entered} />);
  await type("Email", "ada@example.com");
  await type("Password", "a long password");
  await press("Sign in");
  await type("Code", "000000");
  await press("Check");
  const code = await screen.findByLabelText<HTMLInputElement>("Code");
  await screen.findByText("This code is not right");
  expect(code.getAttribute("aria-invalid")).toBe("true");
  await userEvent.clear(code);
  await userEvent.type(code, "123456");
  await press("Check");
  await waitFor(() => expect(entered).toHaveBeenCalledOnce());
});
