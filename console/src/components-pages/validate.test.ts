import { describe, expect, it } from "vitest";
import { loginRequest, serviceRequest } from "./request.ts";
import { checkId, checkPath, checkTtl, checkUrl, inWords } from "./validate.ts";
import { validationWords } from "./words.ts";

const w = validationWords("en");
const words = { answer: (number: number) => `‹answer ${number}›`, secret: "‹secret›", token: "‹token›" };

describe("what is typed on the page", () => {
  it("is told in words when a TTL is no number of seconds", () => {
    expect(checkTtl("900", w)).toBeUndefined();
    expect(checkTtl("15 min", w)).toBe("TTL is in seconds: 15 min is 900");
    expect(checkTtl("1 h", w)).toBe("TTL is in seconds: 1 h is 3600");
    expect(checkTtl("soon", w)).toBe("TTL is in seconds: 900 is 15 minutes");
    expect(checkTtl("9.5", w)).toContain("whole");
    expect(checkTtl("2592001", w)).toContain("30 days");
    expect(checkTtl("", w)).toBeDefined();
  });

  it("says seconds in words", () => {
    expect(inWords(900, w)).toBe("15 minutes");
    expect(inWords(3_600, w)).toBe("1 hour");
    expect(inWords(5_400, w)).toBe("1 hour 30 minutes");
    expect(inWords(90_061, w)).toBe("1 day 1 hour");
    expect(inWords(0, w)).toBe("0 seconds");
  });

  it("lets no user's value into the host of a URL", () => {
    expect(checkUrl("https://bank.example/login", w)).toBeUndefined();
    expect(checkUrl("{config.bank_url}/login", w)).toBeUndefined();
    expect(checkUrl("https://{name}.example/", w)).toBe(w.urlHost);
    expect(checkUrl("{name}/login", w)).toBe(w.urlStart);
    expect(checkUrl("bank.example/login", w)).toBe(w.urlStart);
    expect(checkUrl("https://bank.example/lo gin", w)).toBe(w.urlSpace);
    expect(checkUrl("", w)).toBe(w.urlNeeded);
  });

  it("accepts ids and paths that the bot file accepts", () => {
    expect(checkId("bank-login", [], w)).toBeUndefined();
    expect(checkId("bank login", [], w)).toBe(w.idLetters);
    expect(checkId("a", ["a"], w)).toBe(w.idTaken);
    for (const path of ["token", "data.token", "tokens[0].value", "$.tokens[0]['a b']"])
      expect(checkPath(path, w)).toBeUndefined();
    for (const path of ["data..token", "data.", "a b"]) expect(checkPath(path, w)).toBe(w.pathWrong);
  });
});

describe("the preview", () => {
  const login = {
    url: "https://bank.example/login",
    fields: { grant_type: "password" },
    questions: [
      { question: "What is your username?", field: "username" },
      { question: "What is your password?", field: "password", secret: true },
    ],
  };

  it("shows the JSON that the seed names", () => {
    expect(loginRequest(login, words)).toEqual({
      method: "POST",
      url: "https://bank.example/login",
      headers: [["content-type", "application/json"]],
      body: '{\n  "grant_type": "password",\n  "username": ‹answer 1›,\n  "password": ‹secret›\n}',
    });
  });

  it("shows a form, a GET, and dotted fields", () => {
    expect(loginRequest({ ...login, encoding: "form" }, words).body).toBe(
      "grant_type=password&username=‹answer 1›&password=‹secret›",
    );
    expect(loginRequest({ ...login, method: "GET" }, words).url).toBe(
      "https://bank.example/login?grant_type=password&username=‹answer 1›&password=‹secret›",
    );
    expect(loginRequest({ questions: [{ field: "user.name" }] }, words).body).toBe(
      '{\n  "user": {\n    "name": ‹answer 1›\n  }\n}',
    );
  });

  it("shows a service, with the token and the secrets by name", () => {
    const shown = serviceRequest(
      {
        method: "POST",
        url: "https://a.example/{val1}?t={authtoken}",
        headers: { "X-Key": "{secret.key}" },
        json: { a: "{val2}", n: 1 },
        questions: [{}, { secret: true }],
        idempotency_key: true,
      },
      words,
    );
    expect(shown.url).toBe("https://a.example/‹answer 1›?t=‹token›");
    expect(shown.headers).toEqual([
      ["content-type", "application/json"],
      ["x-key", "‹secret.key›"],
      ["idempotency-key", "‹…›"],
    ]);
    expect(shown.body).toBe('{\n  "a": ‹secret›,\n  "n": 1\n}');
  });
});
