// The seed document, word by word: from *Scripts ▸ Authorization Token* to a login on WhatsApp.
import { accessible, assert, BOT, confirmed, conversation, Customer, kept, opened, shot } from "./helpers.mjs";

async function an_authorization_token_is_made_as_the_document_says({ page, world }) {
  await opened(page, world, BOT, "Demo Bank");
  // "To authenticate and generate the token, go to Scripts>Authorization Token."
  await page.getByRole("link", { name: "Authorization Token", exact: true }).click();
  await page.getByRole("navigation", { name: "Where you are" }).getByRole("link", { name: "Scripts" }).waitFor();
  await page.getByRole("heading", { name: "Authorization Token", level: 1 }).waitFor();
  await page.getByRole("link", { name: "New Authorization Token" }).click();
  // "You can choose to get the auth token by a GET or POST method. We suggest to choose the POST method."
  await page.getByRole("radio", { name: "GET" }).check();
  await page.getByText("GET puts the answers into the URL.").waitFor();
  await page.getByRole("radio", { name: "POST suggested, more secure" }).check();
  // "Enter a unique id and continue."
  await page.getByLabel("Unique id").fill("bank-login");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.locator("[aria-invalid=true]").waitFor();
  assert.equal(await page.getByText("Questions and fields").count(), 0, "that id is taken, and this is said");
  await page.getByLabel("Unique id").fill("my-login");
  await page.getByRole("button", { name: "Continue" }).click();
  // "You will be prompted to enter questions and Fields."
  const question = (number) => page.getByRole("group", { name: `Question ${number}` });
  await question(1).getByRole("textbox", { name: "Question 1", exact: true }).fill("What is your username");
  await question(1).getByRole("textbox", { name: "Post field, Question 1" }).fill("username");
  await page.getByRole("button", { name: "Question", exact: true }).click();
  await question(2).getByRole("textbox", { name: "Question 2", exact: true }).fill("What is your password");
  await question(2).getByRole("textbox", { name: "Post field, Question 2" }).fill("password");
  await page.getByLabel("URL of your auth service").first().focus();
  // The document does not speak of it: a password is hidden unless its author wants it otherwise.
  await question(2).getByRole("button", { name: /^Secret/ }).waitFor();
  // `{"username":"some string", "password": "some string"}`
  await page.getByText('{ "username": ‹answer 1›, "password": ‹secret› }', { exact: true }).waitFor();
  // "Also enter the url of your auth service."
  await page.getByLabel("URL of your auth service").first().fill("{config.bank_url}/login");
  // "Enter the number of seconds for expiration."
  await page.getByLabel("TTL in seconds").fill("900");
  await page.getByText("900 s = 15 minutes").waitFor();
  // "If the service will output the auth token with a json format, mark the "is json" box and enter the path."
  await page.getByRole("checkbox", { name: "is json" }).check();
  await page.getByLabel("Path or name of the field where the token is").fill("data.tokn");
  await accessible(page, world);

  const answer = page.getByRole("region", { name: "Answer (Try it)" });
  await answer.getByLabel("What is your username").fill("alice");
  await answer.getByLabel("What is your password").fill("wonderland");
  await answer.getByRole("button", { name: "Send it" }).click();
  await answer.getByRole("alert").getByText("did you mean `data.token`?").waitFor();
  await shot(page, "token-try");
  await answer.getByRole("button", { name: "Use data.token" }).click();
  await answer.getByText("← the token").waitFor();
  // "Now save."
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "my-login", level: 1 }).waitFor();
  await page.getByText("not used yet").waitFor();
  await kept(page, /- id: my-login$/m);
  await shot(page, "token-saved");
}

async function a_web_service_sends_the_token({ page, world }) {
  await opened(page, world, BOT, "Demo Bank");
  await page.getByRole("link", { name: "Web Services", exact: true }).click();
  await page.getByRole("link", { name: "New Web Service" }).click();
  await page.getByLabel("Unique id").fill("my-balance");
  // "To use the auth token just insert {authtoken} inside the url (GET request)."
  await page
    .getByLabel("URL", { exact: true })
    .fill("{config.bank_url}/accounts/checking/balance?token={authtoken:my-login}");
  await page.getByText("the URL, where logs see it. A header is safer").waitFor();
  const answer = page.getByRole("region", { name: "Answer (Try it)" });
  await answer.getByLabel("What is your username").fill("alice");
  await answer.getByLabel("What is your password").fill("wonderland");
  await answer.getByRole("button", { name: "Send it" }).click();
  await answer.getByText("1234.5").waitFor();
  await page.getByRole("button", { name: "Add to save into variables" }).click();
  await page.getByLabel("Save into variables: name 1").fill("amount");
  await page.getByLabel("Save into variables: value 1").fill("balance.amount");
  await page.getByLabel("Save into variables: value 1").blur();
  await accessible(page, world);
  await shot(page, "service-try");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name: "my-balance", level: 1 }).waitFor();
  await kept(page, /- id: my-balance$/m);
}

async function a_script_includes_both_through_other({ page, world }) {
  // "Go to Scripts and create a new script."
  await opened(page, world, `${BOT}/scripts`, "Scripts");
  await accessible(page, world);
  await page.getByRole("button", { name: "New script" }).click();
  const dialogue = page.getByRole("dialog", { name: "New script" });
  await dialogue.getByLabel("Id of the script").fill("my-money");
  await dialogue.getByLabel("Triggers").fill("my money");
  await dialogue.getByRole("checkbox", { name: "when a call comes in" }).check();
  await dialogue.getByRole("button", { name: "Create" }).click();
  const bar = page.getByRole("toolbar", { name: "Add a step" });
  // "Click "Other" in the control bar. […] Click on Auth Token."
  const other = async (what, id) => {
    await bar.getByRole("button", { name: "Other" }).click();
    await page.getByRole("menuitem", { name: what, exact: true }).click();
    // "Select the id of the component from the list and save."
    const pick = page.getByRole("dialog", { name: `Add ${what}` });
    await pick.getByLabel("Select the id of the component from the list").selectOption(id);
    await pick.getByRole("button", { name: "Save" }).click();
    await pick.waitFor({ state: "detached" });
  };
  await other("Auth Token", "my-login");
  await other("Web Service", "my-balance");
  await bar.getByRole("button", { name: "Message" }).click();
  const panel = page.getByRole("complementary", { name: "Settings of the step" });
  await panel.getByRole("textbox", { name: /^Text/ }).first().fill("There are {amount} in it.");
  await kept(page, /There are \{amount\} in it\./);
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.getByText("0 errors").waitFor();
  await accessible(page, world);
  await shot(page, "builder");
}

async function the_draft_is_simulated_on_whatsapp({ page, world }) {
  await opened(page, world, `${BOT}/scripts`, "Scripts");
  await page.getByRole("button", { name: "Simulate" }).click();
  const simulator = page.getByRole("complementary", { name: "Simulator" });
  await simulator.getByLabel("Channel").selectOption("whatsapp");
  await simulator.getByRole("checkbox", { name: /^Call the real services/ }).check();
  await simulator.getByRole("button", { name: "Start", exact: true }).click();
  const { log, write } = conversation(simulator);
  await write("my money", "What is your username");
  await write("alice", "What is your password");
  await simulator.getByLabel("Secret answer: it is hidden").fill("wonderland");
  await simulator.getByRole("button", { name: "Send" }).click();
  await log.getByText("There are 1234.5").waitFor();
  assert.equal(await log.getByText("wonderland").count(), 0, "the secret is not shown");
  await accessible(page, world);
  await shot(page, "simulator-whatsapp");
}

async function a_call_is_simulated_with_the_keypad({ page, world }) {
  await opened(page, world, "w/main/bots/phone-pin/authorization-tokens", "Authorization Token");
  // "When creating the Authorization Token component, select Validation by number."
  await page.getByRole("table").getByRole("link").first().click();
  assert.equal(await page.getByRole("checkbox", { name: "Validation by number" }).isChecked(), true);
  await page.getByRole("button", { name: "Simulate" }).click();
  const simulator = page.getByRole("complementary", { name: "Simulator" });
  await simulator.getByRole("checkbox", { name: /^Call the real services/ }).check();
  await simulator.getByRole("button", { name: "Call", exact: true }).click();
  const log = simulator.getByRole("log", { name: "Conversation" });
  const keys = async (typed) => {
    for (const key of typed) await simulator.getByRole("button", { name: `Key ${key}`, exact: true }).click();
  };
  // "Selecting this option will force the caller to use the keypad to enter any information."
  await log.getByText("Please enter your customer number").waitFor();
  await keys("4711#");
  await log.getByText("Please enter your four digit PIN").waitFor();
  await accessible(page, world);
  await shot(page, "simulator-phone");
  await keys("1234");
  await log.getByText("What would you like?").waitFor();
  await keys("1");
  await log.getByText("500.00 EUR").waitFor();
}

async function what_is_published_talks_on_whatsapp({ page, world }) {
  await opened(page, world, BOT, "Demo Bank");
  await page.getByRole("banner").getByRole("button", { name: "Publish" }).click();
  const dialogue = page.getByRole("dialog", { name: "Publish Demo Bank" });
  await dialogue.getByText("my-login").first().waitFor();
  await dialogue.getByLabel("What changed").fill("How much money I have");
  await accessible(page, world);
  await shot(page, "publish");
  await dialogue.getByRole("button", { name: "Publish" }).click();
  await confirmed(page, world, page.getByText("Publication 2 is live"));

  const alice = new Customer(world, "whatsapp", "alice");
  await alice.says("my money", /What is your username/);
  await alice.says("alice", /What is your password/);
  await alice.says("wonderland", /There are 1234\.5/);
  await alice.says("my money", /There are 1234\.5/);

  // What goes on is seen, and nothing secret with it.
  await page.getByRole("link", { name: "Conversations", exact: true }).click();
  await page.getByText("There are 1234.5").first().waitFor();
  await shot(page, "conversations");
  await page.getByRole("link", { name: "Tokens", exact: true }).click();
  await page.getByRole("cell", { name: "my-login" }).waitFor();
  await shot(page, "tokens");
  await page.getByRole("button", { name: /^Revoke the token of/ }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("Nobody is logged in").waitFor();
  await alice.says("my money", /What is your username/);
}

export default {
  an_authorization_token_is_made_as_the_document_says,
  a_web_service_sends_the_token,
  a_script_includes_both_through_other,
  the_draft_is_simulated_on_whatsapp,
  a_call_is_simulated_with_the_keypad,
  what_is_published_talks_on_whatsapp,
};
