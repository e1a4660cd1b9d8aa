import { expect, test } from "vitest";
import { looksSecret } from "./Questions.tsx";

test("fields that are named like a password are taken for secret", () => {
  const secret = [
    "password",
    "user_password",
    "userPassword",
    "PIN",
    "data.pin",
    "otp",
    "contraseña",
    "clave",
  ];
  const plain = ["username", "pineapple", "passenger", "company", "esclave", ""];
  expect(secret.filter((field) => !looksSecret(field))).toEqual([]);
  expect(plain.filter(looksSecret)).toEqual([]);
});
