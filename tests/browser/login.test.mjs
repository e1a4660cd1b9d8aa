// The login page, without JavaScript, as people and those who want to be them see it.
import { assert, contrast } from "./helpers.mjs";

const bare = { javaScriptEnabled: false, viewport: { width: 390, height: 760 } };
// A browser tells of answers such as 403, 404 and 422.
const refusals = /Failed to load resource: the server responded with a status of 4\d\d/;

async function say(places, text) {
  const response = await fetch(`${places.control}/say`, { method: "POST", body: text });
  return response.text();
}

const shot = (page, name) => page.screenshot({ path: new URL(`output/login-${name}.png`, import.meta.url).pathname });

async function fill(page, mail, password) {
  await page.getByLabel("E-mail address").fill(mail);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

async function digits(page) {
  await page.getByRole("heading", { name: "Type these digits in the chat" }).waitFor();
  return (await page.locator(".digits").textContent()).replace(/\D/g, "");
}

/** Words and ground of everything that has words. */
async function readable(page) {
  const shown = await page.locator("h1, p, label, button, input").evaluateAll((all) =>
    all.map((element) => {
      let behind = element;
      while (behind && getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
      const style = getComputedStyle(element);
      return { what: element.textContent, words: style.color, ground: getComputedStyle(behind ?? document.body).backgroundColor };
    }),
  );
  for (const { what, words, ground } of shown) {
    assert.ok(contrast(words, ground) >= 4.5, `${what}: ${words} on ${ground}`);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  assert.ok(wide, "nothing sticks out");
}

export async function a_person_logs_in({ page, context, places, allow }) {
  allow(refusals);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const link = await say(places, "15550112: go");
  await page.goto(link);
  assert.ok((await page.locator("main").innerText()).includes("•••\u00a012"), "the page says whose conversation it is");
  await shot(page, "form");
  // An address of another kind is caught by the server, and what was typed stays but for the password.
  await fill(page, "ada", "wonderland");
  assert.equal(await page.getByLabel("E-mail address").inputValue(), "ada");
  assert.equal(await page.getByLabel("Password").inputValue(), "");
  assert.equal(await page.getByLabel("E-mail address").getAttribute("aria-invalid"), "true");
  await page.getByText("That is not an e-mail address.").waitFor();
  await shot(page, "problem");
  await fill(page, "ada@example.com", "looking-glass");
  await page.getByRole("alert").filter({ hasText: "The login failed." }).waitFor();
  await shot(page, "refused");
  await fill(page, "ada@example.com", "wonderland");
  const shown = await digits(page);
  assert.equal(shown.length, 6);
  await shot(page, "digits");
  // Again in this browser, also after another page.
  await page.reload();
  assert.equal(await digits(page), shown);
  assert.ok((await say(places, `15550112: ${shown}`)).includes("You are in."));
  await page.goto(link);
  await page.getByRole("heading", { name: "This page is over" }).waitFor();
  await shot(page, "over");
  const own = new URL(link).origin;
  assert.ok(asked.every((url) => url.startsWith(own)), "nothing is asked of others");
  const cookies = await context.cookies();
  assert.equal(cookies.length, 1);
  assert.ok(cookies[0].httpOnly && cookies[0].sameSite === "Strict");
}
a_person_logs_in.options = bare;

export async function another_browser_does_not_see_the_digits({ page, context, places, allow }) {
  allow(refusals);
  const link = await say(places, "15550113: go");
  await page.goto(link);
  await fill(page, "ada@example.com", "wonderland");
  const shown = await digits(page);
  const other = await context.browser().newContext(bare);
  const spy = await other.newPage();
  await spy.goto(link);
  await spy.getByRole("heading", { name: "This page is over" }).waitFor();
  assert.ok(!(await spy.content()).includes(shown.slice(0, 3)));
  await other.close();
  // Nor does another conversation take them.
  await say(places, "15550114: go");
  assert.ok(!(await say(places, `15550114: ${shown}`)).includes("You are in."));
}
another_browser_does_not_see_the_digits.options = bare;

export async function everything_can_be_read_by_day_and_by_night({ page, places, allow }) {
  allow(refusals);
  for (const [number, colorScheme] of [["15550115", "light"], ["15550116", "dark"]]) {
    await page.emulateMedia({ colorScheme });
    await page.goto(await say(places, `${number}: go`));
    await readable(page);
    await fill(page, "ada", "x");
    await page.getByText("That is not an e-mail address.").waitFor();
    await readable(page);
    await fill(page, "ada@example.com", "wonderland");
    await digits(page);
    await readable(page);
    await shot(page, colorScheme);
  }
}
everything_can_be_read_by_day_and_by_night.options = { viewport: { width: 320, height: 640 } };

export async function it_speaks_spanish({ page, places }) {
  await page.goto(await say(places, "15550117/es: go"));
  await page.getByRole("heading", { name: "Iniciar sesión en Demo Bank" }).waitFor();
  await page.getByLabel("Correo electrónico").fill("ada@example.com");
  await page.getByLabel("Contraseña").fill("wonderland");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Escribe estas cifras en el chat" }).waitFor();
}
it_speaks_spanish.options = bare;
