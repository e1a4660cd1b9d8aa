// The own account: passkeys with an authenticator that the browser pretends to have, and an app that shows codes.
import { createHmac } from "node:crypto";
import { freshServer } from "./fresh.mjs";
import { accessible, assert, member, settled, shot, signIn } from "./helpers.mjs";

/** A device that keeps passkeys and always says that its owner is there. */
async function authenticator(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function signOut(page, name) {
  await page.getByRole("button", { name }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in", level: 1 }).waitFor();
}

const accountOf = (world) => `${world.console}w/main/settings/account`;

/** The recovery codes of the dialogue, which are shown this once. */
async function recoveryCodes(page, world, shown) {
  const dialogue = page.getByRole("dialog", { name: "Recovery codes" });
  await dialogue.waitFor();
  const codes = await dialogue.getByRole("listitem").allInnerTexts();
  assert.ok(codes.length >= 8, `${codes.length} codes`);
  await accessible(page, world);
  await shot(page, `recovery-${shown}`);
  // A slip of the finger does not lose them.
  await page.keyboard.press("Escape");
  await dialogue.getByRole("button", { name: "I have stored them" }).click();
  await dialogue.waitFor({ state: "detached" });
  return codes;
}

/** The demo has a bare address, for which browsers make no passkeys. */
async function a_passkey_signs_in_alone_and_proves_who_it_is({ page, world, allow }) {
  allow(/401|403/);
  const server = await freshServer(world.program);
  try {
    const own = { ...world, console: server.page.replace("setup", "") };
    await page.goto(`${server.page}#${server.token}`);
    await page.getByLabel("Your name").fill("Pia");
    await page.getByLabel("Email").fill("pia@demo.example");
    await page.getByLabel("Password", { exact: true }).fill("Pia likes long words");
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.getByRole("navigation", { name: "Navigation" }).waitFor();
    await withPasskey(page, own);
  } finally {
    // Its events would break off.
    await page.goto("about:blank");
    await server.stop();
  }
}
a_passkey_signs_in_alone_and_proves_who_it_is.options = { nobody: true };

async function withPasskey(page, world) {
  await authenticator(page);
  await page.goto(accountOf(world));
  await page.getByText("No passkeys yet.").waitFor();
  await page.getByLabel("What this device is called").fill("Laptop");
  const answered = world.scan.paused();
  await page.getByRole("button", { name: "Add a passkey" }).click();
  // It is the first second factor, so there has to be a way in without it.
  const codes = await recoveryCodes(page, world, "passkey");
  world.scan.add(codes[0]);
  await answered();
  await page.getByRole("button", { name: "Remove Laptop" }).waitFor();
  await page.getByText(`${codes.length} recovery codes left`).waitFor();
  await accessible(page, world);
  await shot(page, "passkey");

  await signOut(page, "Pia");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("navigation", { name: "Navigation" }).waitFor();
  // After the password it is the second step.
  await signOut(page, "Pia");
  await page.getByLabel("Email").fill("pia@demo.example");
  await page.getByLabel("Password", { exact: true }).fill("Pia likes long words");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Use a passkey" }).waitFor();
  await accessible(page, world);
  await shot(page, "second-step");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.getByRole("navigation", { name: "Navigation" }).waitFor();

  // The proof of the sign-in holds for ten minutes; the answer when it is older is given here by the test.
  await page.goto(accountOf(world));
  await page.getByText(/Last used: now/).waitFor();
  let asked = 0;
  await page.route("**/account/passkeys/*", (route) => {
    if (route.request().method() !== "DELETE" || asked > 0) return route.fallback();
    asked += 1;
    return route.fulfill({
      status: 403,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "about:blank", status: 403, code: "step_up", title: "Confirm that it is you" }),
    });
  });
  await page.getByRole("button", { name: "Remove Laptop" }).click();
  const stepUp = page.getByRole("dialog", { name: "Is it still you?" });
  await stepUp.waitFor();
  // The password alone would prove nothing.
  assert.equal(await stepUp.getByLabel("Password", { exact: true }).count(), 0);
  await accessible(page, world);
  await shot(page, "step-up-passkey");
  await stepUp.getByRole("button", { name: "Use a passkey" }).click();
  await stepUp.waitFor({ state: "detached" });
  await page.getByText("No passkeys yet.").waitFor();
  await signOut(page, "Pia");
  await signIn(page, world, "pia@demo.example", "Pia likes long words");
}

/** The code that an app shows at a step of thirty seconds (RFC 6238). */
function codeAt(secret, step) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const tag = createHmac("sha1", key).update(counter).digest();
  const at = tag[19] & 15;
  return String((tag.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const stepNow = () => Math.floor(Date.now() / 30_000);

async function the_codes_of_an_app_are_asked_for_after_the_password(all) {
  const { world } = all;
  all.allow(/401|403|422/);
  const { page } = await member(all, "Tom", "viewer");
  await page.goto(accountOf(world));
  await settled(page);
  const card = page.getByRole("region", { name: "Authenticator app" });
  const answered = world.scan.paused();
  await card.getByRole("button", { name: "Turn it on" }).click();
  const dialogue = page.getByRole("dialog", { name: "Authenticator app" });
  const secret = (await dialogue.locator("code").innerText()).replaceAll(/\s/g, "");
  const seen = await dialogue.getByRole("img", { name: "QR code for the authenticator app" }).boundingBox();
  assert.ok(seen.width >= 140 && seen.height >= 140, "the code is large enough for a phone");
  await accessible(page, world);
  await shot(page, "totp");
  await dialogue.getByLabel("Code that the app shows now").fill("000000");
  await dialogue.getByRole("button", { name: "Confirm" }).click();
  await dialogue.locator("[aria-invalid=true]").waitFor();
  await shot(page, "totp-wrong");
  let used = stepNow();
  await dialogue.getByLabel("Code that the app shows now").fill(codeAt(secret, used));
  await dialogue.getByRole("button", { name: "Confirm" }).click();
  const codes = await recoveryCodes(page, world, "totp");
  world.scan.add(secret);
  for (const code of codes.slice(1)) world.scan.add(code);
  await answered();
  await card.getByRole("button", { name: "Turn it off" }).waitFor();
  await card.getByText(`${codes.length} recovery codes left`).waitFor();
  await page.reload();
  await card.getByText(`${codes.length} recovery codes left`).waitFor();
  assert.equal(await page.getByText(codes[0]).count(), 0, "they are not shown again");

  const halfway = async () => {
    await signOut(page, "Tom");
    await page.getByLabel("Email").fill("tom@demo.example");
    await page.getByLabel("Password", { exact: true }).fill("Tom likes long words");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByLabel("Code", { exact: true }).waitFor();
  };
  const give = async (code) => {
    await page.getByLabel("Code", { exact: true }).fill(code);
    await page.getByRole("button", { name: "Check" }).click();
  };
  const isIn = () => page.getByRole("navigation", { name: "Navigation" }).waitFor();
  const isRefused = async () => {
    await page.locator("[aria-invalid=true]").waitFor();
    assert.equal(await page.getByRole("navigation", { name: "Navigation" }).count(), 0);
  };
  await halfway();
  await accessible(page, world);
  await give("000000");
  await isRefused();
  await shot(page, "second-step-wrong");
  // A code counts once: the one that has confirmed is spent.
  await give(codeAt(secret, used));
  await isRefused();
  used = Math.max(used + 1, stepNow());
  await give(codeAt(secret, used));
  await isIn();
  await halfway();
  await give(codes[0]);
  await isIn();
  await halfway();
  await give(codes[0]);
  await isRefused();
  await give(codes[1]);
  await isIn();
  await page.goto(accountOf(world));
  await card.getByText(`${codes.length - 2} recovery codes left`).waitFor();
  await card.getByRole("button", { name: "Turn it off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Turn it off" }).click();
  await card.getByRole("button", { name: "Turn it on" }).waitFor();
  await signOut(page, "Tom");
  await signIn(page, world, "tom@demo.example", "Tom likes long words");
}

export default {
  a_passkey_signs_in_alone_and_proves_who_it_is,
  the_codes_of_an_app_are_asked_for_after_the_password,
};
