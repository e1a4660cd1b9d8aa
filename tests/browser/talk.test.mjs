// A conversation in the widget, and what may happen to it.
import { assert, conversation, opened, said, write } from "./helpers.mjs";

export async function a_conversation_with_buttons({ page, places }) {
  await opened(page, places.page);
  await page.getByRole("button", { name: "Tea" }).click();
  await said(page, "Here is your tea.");
  assert.deepEqual(await conversation(page), [
    "bot: Welcome to the shop.",
    "bot: What would you like?",
    "user: Tea",
    "bot: Here is your tea.",
  ]);
  assert.equal(await page.getByRole("button", { name: "Tea" }).isDisabled(), true, "an old choice is no choice");
  await write(page, "coffee");
  await said(page, "Which coffee?");
  const list = page.getByRole("group", { name: "Which coffee?" });
  assert.equal(await list.getByRole("button").count(), 5);
  await list.getByRole("button", { name: "Café crème" }).click();
  await said(page, "One Café crème, coming up.");
}

export async function a_reload_goes_on_where_it_was({ page, places }) {
  await opened(page, places.page);
  await write(page, "tea");
  await said(page, "Here is your tea.");
  const before = await conversation(page);
  await page.reload();
  await page.getByRole("button", { name: "Open chat" }).click();
  await said(page, "Here is your tea.");
  assert.deepEqual(await conversation(page), before);
  await write(page, "menu");
  await said(page, "What would you like?", 2);
}

export async function another_tab_shows_the_same_and_a_closed_one_counts({ page, context, places }) {
  await opened(page, places.page);
  const other = await context.newPage();
  await other.goto(places.page);
  await other.locator("countersign-chat[state=online]").waitFor();
  await write(page, "tea");
  await said(page, "Here is your tea.");
  await other.getByRole("button", { name: "Open chat, new messages: 1" }).click();
  await said(other, "Here is your tea.");
  assert.deepEqual(await conversation(other), await conversation(page));
  await other.getByRole("button", { name: "Close chat" }).first().click();
  await other.getByRole("button", { name: "Open chat", exact: true }).waitFor();
}

export async function without_websockets_it_polls({ page, places, allow }) {
  allow(/WebSocket connection to .* failed/);
  await fetch(`${places.control}/break-sockets`, { method: "POST" });
  const polls = [];
  page.on("request", (request) => request.url().includes("/poll") && polls.push(request.url()));
  await opened(page, places.page);
  await write(page, "tea");
  await said(page, "Here is your tea.");
  await write(page, "menu");
  await said(page, "What would you like?", 2);
  assert.ok(polls.length >= 4, "it polls");
  assert.ok(!polls.some((url) => url.includes("token") || url.includes("c1.")), "no token in an address");
  assert.equal((await conversation(page)).length, 6);
}

export async function a_connection_that_breaks_is_made_again({ page, places, allow }) {
  allow(/WebSocket connection to .* failed|ERR_INTERNET_DISCONNECTED/);
  const sockets = [];
  await page.routeWebSocket(/chat/, (socket) => {
    sockets.push(socket);
    socket.connectToServer();
  });
  await opened(page, places.page);
  await sockets.at(-1).close({ code: 1001 });
  await page.getByText("No connection. Trying again…").waitFor();
  await write(page, "tea");
  assert.equal(await page.locator(".waiting").count(), 1, "it waits to be sent");
  await said(page, "Here is your tea.");
  assert.equal(await page.locator(".waiting").count(), 0);
  assert.equal((await conversation(page)).filter((line) => line === "user: tea").length, 1);
  assert.equal(sockets.length, 2);
}

export async function what_was_not_sent_survives_a_reload({ page, places, allow }) {
  allow(/WebSocket connection to .* failed|ERR_INTERNET_DISCONNECTED|Failed to load resource/);
  let broken = false;
  await page.routeWebSocket(/chat/, (socket) => (broken ? socket.close({ code: 1001 }) : socket.connectToServer()));
  await opened(page, places.page);
  broken = true;
  await page.reload();
  await page.getByRole("button", { name: "Open chat" }).click();
  await write(page, "tea");
  await page.locator(".waiting").waitFor();
  broken = false;
  await page.reload();
  await page.getByRole("button", { name: "Open chat" }).click();
  await said(page, "Here is your tea.");
  assert.equal((await conversation(page)).filter((line) => line === "user: tea").length, 1);
}

export async function starting_over_forgets({ page, places }) {
  await opened(page, places.page);
  await write(page, "tea");
  await said(page, "Here is your tea.");
  const token = () => page.evaluate(() => Object.values(localStorage).join());
  const before = await token();
  await page.getByRole("button", { name: "Start over" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Start over" }).click();
  await page.getByText("Here is your tea.").waitFor({ state: "detached" });
  await said(page, "What would you like?");
  assert.deepEqual(await conversation(page), ["bot: Welcome to the shop.", "bot: What would you like?"]);
  assert.notEqual(await token(), before);
}

export async function nothing_the_bot_says_is_read_as_html({ page, places }) {
  await opened(page, places.page);
  await write(page, "<b>markup</b> markup");
  await write(page, "markup");
  await said(page, "<img src=x");
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.equal(await page.locator(".bubble img, .bubble b").count(), 0);
  const link = page.getByRole("link", { name: "https://example.com/a?b=1" });
  assert.equal(await link.getAttribute("href"), "https://example.com/a?b=1");
  assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
}

export async function pictures_places_links_and_cards_are_shown({ page, places, allow }) {
  allow(/ERR_FAILED/);
  await opened(page, places.page);
  await write(page, "things");
  await said(page, "Green tea");
  assert.equal(await page.getByRole("link", { name: "Picture" }).getAttribute("href"), "https://example.com/tea.png");
  assert.ok(await page.getByText("Our tea").isVisible());
  const map = await page.getByRole("link", { name: "Show on a map" }).getAttribute("href");
  assert.match(map, /^https:\/\/www\.openstreetmap\.org\/\?mlat=52\.52&mlon=13\.405/);
  assert.equal(await page.getByRole("link", { name: "Our page" }).getAttribute("href"), "https://example.com/tea");
  await page.getByRole("button", { name: "Take it" }).click();
  await said(page, "Here is your tea.");
}

export async function a_message_that_is_too_long_stays_to_be_cut({ page, places }) {
  await opened(page, places.page);
  await write(page, "ä".repeat(3000));
  await page.getByText("This message is too long.").waitFor();
  assert.equal((await page.getByRole("textbox").inputValue()).length, 3000);
}

export async function a_page_speaks_its_own_language({ page, places }) {
  await page.addInitScript(() => {
    new MutationObserver(() => (document.documentElement.lang = "de-AT")).observe(document, { childList: true });
  });
  await page.goto(places.page);
  await page.getByRole("button", { name: "Chat öffnen" }).click();
  await page.getByRole("textbox", { name: "Nachricht schreiben" }).waitFor();
  assert.equal(await page.getByRole("dialog").getAttribute("lang"), "de");
}

export async function a_strict_page_of_another_origin_has_nothing_to_complain({ page, places }) {
  // The runner fails the test for each word in the console, so also for each violation of the policy.
  await page.goto(places.strict);
  await page.getByRole("button", { name: "Open chat" }).click();
  await said(page, "What would you like?");
  await page.getByRole("button", { name: "Tea" }).click();
  await said(page, "Here is your tea.");
  assert.equal(await page.getByRole("dialog", { name: "Strict" }).count(), 1);
  const width = await page.getByRole("dialog").evaluate((panel) => getComputedStyle(panel).width);
  assert.equal(width, "384px", "its looks are there");
}
