//! A server whose bots are made in the console, from the first start on.

use countersign_accounts::NewByOperator;
use countersign_model::{SecretText, Timestamp};
use serde_json::{Value, json};

use super::rig::{APP_SECRET, Folder, HELLO, NUMBER, Rig, WHATSAPP, message, signature};
use crate::{StartError, check_bots};

const PASSWORD: &str = "correct horse battery staple";

const ASKS: &str = "\
countersign: 1
bot: first
web_services: [{ id: look, url: \"https://api.example/look\", headers: { X-Key: \"{secret.api_key}\" } }]
scripts:
  - { id: hello, triggers: [hello], steps: [{ question: Name?, save: name }, { message: Old }] }
  - { id: look, triggers: [look], steps: [{ web_service: look }] }
";

const LOGIN: &str = "\
countersign: 1
bot: first
authorization_tokens:
  - { id: login, url: \"https://bank.example/login\", questions: [{ question: PIN?, field: pin, secret: true }], ttl: 900, token_path: token }
web_services:
  - { id: balance, url: \"https://bank.example/balance\", headers: { Authorization: \"Bearer {authtoken}\" }, save: { sum: sum } }
scripts: [{ id: hello, triggers: [hello], steps: [{ auth_token: login }, { web_service: balance }, { message: \"{sum}\" }] }]
";

/// The administrator, at the console.
struct Admin {
    cookie: String,
    csrf: String,
    origin: String,
}

impl Admin {
    async fn new(folder: &Folder, rig: &Rig) -> Self {
        let now = Timestamp::from_secs(1_790_000_000);
        let accounts = crate::accounts(&folder.config(), now).await.unwrap();
        let ada = NewByOperator {
            name: "Ada".to_owned(),
            email: "ada@bank.example".to_owned(),
            password: Some(SecretText::from(PASSWORD)),
            administrator: true,
            roles: Vec::new(),
        };
        accounts.add_account(ada, now).await.unwrap();
        Self::again(rig).await
    }

    /// Signs in again, at another server on the same store.
    async fn again(rig: &Rig) -> Self {
        let origin = rig.app.public_url.as_str().trim_end_matches('/').to_owned();
        let body = json!({ "email": "ada@bank.example", "password": PASSWORD }).to_string();
        let headers = [("content-type", "application/json"), ("origin", origin.as_str())];
        let answer = rig.raw("POST", "/api/v1/session", &headers, &body).await;
        let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.unwrap_or_else(|| panic!("{answer}")).split(';').next().unwrap().to_owned();
        let mut admin = Self { cookie, csrf: String::new(), origin };
        let session = admin.does(rig, "GET", "/session", None, 200).await;
        admin.csrf = session["csrf"].as_str().unwrap().to_owned();
        admin
    }

    async fn does(&self, rig: &Rig, method: &str, path: &str, body: Option<Value>, status: u16) -> Value {
        self.does_if(rig, method, path, "", body, status).await
    }

    async fn does_if(
        &self,
        rig: &Rig,
        method: &str,
        path: &str,
        revision: &str,
        body: Option<Value>,
        status: u16,
    ) -> Value {
        let path = format!("/api/v1{path}");
        let mut headers = vec![
            ("content-type", "application/json"),
            ("cookie", self.cookie.as_str()),
            ("x-csrf-token", self.csrf.as_str()),
            ("origin", self.origin.as_str()),
        ];
        if !revision.is_empty() {
            headers.push(("if-match", revision));
        }
        let body = body.map_or_else(String::new, |body| body.to_string());
        let heard = rig.ask(method, &path, &headers, &body).await;
        assert_eq!(heard.status, status, "{method} {path}: {}", heard.body);
        serde_json::from_str(&heard.body).unwrap_or(Value::Null)
    }

    async fn makes(&self, rig: &Rig, id: &str, text: &str) {
        let bot = json!({ "id": id, "name": id, "text": text });
        self.does(rig, "POST", "/workspaces/main/bots", Some(bot), 201).await;
    }

    async fn publishes(&self, rig: &Rig, id: &str, status: u16) -> Value {
        let path = format!("/workspaces/main/bots/{id}");
        let revision =
            self.does(rig, "GET", &format!("{path}/draft"), None, 200).await["revision"].to_string();
        let revision = format!("\"{revision}\"");
        self.does_if(rig, "POST", &format!("{path}/publish"), &revision, Some(json!({})), status).await
    }
}

fn first(text: &str) -> String {
    text.replace("bot: demo", "bot: first")
}

#[tokio::test]
async fn a_server_without_bots_gets_its_first_one_in_the_console() {
    let folder = Folder::without_bots("");
    let rig = folder.start().await.unwrap();
    assert_eq!(rig.get("/readyz").await.status, 200);
    let admin = Admin::new(&folder, &rig).await;
    admin.makes(&rig, "first", &first(HELLO)).await;
    admin.publishes(&rig, "first", 200).await;
    let channel = json!({
        "kind": "whatsapp", "provider": "whatsapp", "name": "Ours", "bot": "first",
        "settings": { "phone_number_id": NUMBER },
        "secrets": { "access_token": "EAAcanary", "app_secret": APP_SECRET, "verify_token": "handshake" },
    });
    let channel = admin.does(&rig, "POST", "/workspaces/main/channels", Some(channel), 201).await;
    let hook = format!("/hooks/{}", channel["id"].as_str().unwrap());
    let body = message("1", "hello");
    let forged = rig.ask("POST", &hook, &[("x-hub-signature-256", "sha256=00")], &body).await;
    assert_eq!(forged.status, 401);
    let signature = signature(&body);
    assert_eq!(rig.ask("POST", &hook, &[("x-hub-signature-256", &signature)], &body).await.status, 200);
    assert_eq!(rig.world.until_said(1).await, ["Good day"]);
    rig.stop().await;

    let rig = folder.start().await.unwrap();
    let body = message("2", "hello");
    let signature = super::rig::signature(&body);
    assert_eq!(rig.ask("POST", &hook, &[("x-hub-signature-256", &signature)], &body).await.status, 200);
    assert_eq!(rig.world.until_said(1).await, ["Good day"]);
    rig.stop().await;
}

#[tokio::test]
async fn a_channel_of_the_file_waits_for_its_bot_of_the_console() {
    let folder = Folder::without_bots(&format!("{WHATSAPP}bot = \"first\"\n"));
    let found = check_bots(&folder.config()).unwrap();
    assert_eq!(
        found.waiting[0].to_string(),
        "the channel `wa` waits for the bot `first`, which no bot file has: make it in the console and publish it; webhooks \
         are refused until then, and providers repeat them"
    );
    let rig = folder.start().await.unwrap();
    let greeting =
        rig.get("/hooks/wa?hub.mode=subscribe&hub.verify_token=handshake-canary&hub.challenge=7").await;
    assert_eq!((greeting.status, greeting.body.as_str()), (200, "7"));
    let body = message("1", "hello");
    assert_eq!(
        rig.ask("POST", "/hooks/wa", &[("x-hub-signature-256", "sha256=00")], &body).await.status,
        401
    );
    let refused = rig.whatsapp(&body).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("5")));
    assert!(rig.get("/metrics").await.body.contains("channel=\"wa\",result=\"waiting\"} 1\n"));
    let admin = Admin::new(&folder, &rig).await;
    let path = "/workspaces/main/channels/wa";
    let shown = admin.does(&rig, "GET", path, None, 200).await;
    assert_eq!(shown["bot"], "first");
    assert!(shown["health"]["refused_why"].as_str().unwrap().contains("never published"), "{shown}");
    admin.makes(&rig, "other", &HELLO.replace("bot: demo", "bot: other")).await;
    admin.publishes(&rig, "other", 200).await;
    assert_eq!(rig.whatsapp(&body).await.status, 503);
    admin.makes(&rig, "first", &first(HELLO)).await;
    assert_eq!(rig.whatsapp(&body).await.status, 503);
    admin.publishes(&rig, "first", 200).await;
    assert_eq!(rig.whatsapp(&body).await.status, 200);
    assert_eq!(rig.world.until_said(1).await, ["Good day"]);
    rig.stop().await;

    // From then on it answers from the start.
    let rig = folder.start().await.unwrap();
    assert_eq!(rig.whatsapp(&message("2", "hello")).await.status, 200);
    assert_eq!(rig.world.until_said(1).await, ["Good day"]);
    rig.stop().await;
}

#[tokio::test]
async fn a_bot_with_logins_is_not_published_for_a_chat_that_waits() {
    let site = "[[channels]]\nid = \"site\"\nkind = \"web\"\nbot = \"first\"\n";
    let mut folder = Folder::without_bots(site);
    let rig = folder.start().await.unwrap();
    let admin = Admin::new(&folder, &rig).await;
    admin.makes(&rig, "first", LOGIN).await;
    let refused = admin.publishes(&rig, "first", 422).await;
    assert!(refused.to_string().contains("an Authorization Token cannot run on `web`"), "{refused}");
    rig.stop().await;
    // Without the channel it can be, and then the channel does not get it.
    folder.settings.clear();
    let rig = folder.start().await.unwrap();
    Admin::again(&rig).await.publishes(&rig, "first", 200).await;
    rig.stop().await;
    folder.settings.push_str(site);
    let Err(error @ StartError::Bots { .. }) = folder.start().await else { panic!("it started") };
    assert_eq!(
        error.to_string(),
        "the bot `first` logs its users in, which cannot be done on the channel `site` of the kind `web`; name another \
         bot there"
    );
}

#[tokio::test]
async fn a_channel_of_the_file_has_to_say_which_bot_of_the_console_it_wants() {
    let folder = Folder::without_bots(WHATSAPP);
    let Err(error @ StartError::Bots { .. }) = folder.start().await else { panic!("it started") };
    assert_eq!(
        error.to_string(),
        "the channel `wa` does not say which bot answers there, and no bot file is named; add `bot = \"ID\"` with the id of \
         a bot of the console"
    );
}

#[tokio::test]
async fn a_conversation_on_an_older_version_with_a_secret_of_the_console_goes_on_after_a_restart() {
    let folder = Folder::without_bots(&format!("{WHATSAPP}bot = \"first\"\n"));
    let rig = folder.start().await.unwrap();
    let admin = Admin::new(&folder, &rig).await;
    let secret = Some(json!({ "value": "key-canary" }));
    admin.does(&rig, "PUT", "/workspaces/main/secrets/api_key", secret, 204).await;
    admin.makes(&rig, "first", ASKS).await;
    admin.publishes(&rig, "first", 200).await;
    rig.whatsapp(&message("1", "hello")).await;
    assert_eq!(rig.world.until_said(1).await, ["Name?"]);
    let draft = Some(json!({ "text": ASKS.replace("message: Old", "message: New") }));
    admin.does_if(&rig, "PUT", "/workspaces/main/bots/first/draft", "\"1\"", draft, 200).await;
    admin.publishes(&rig, "first", 200).await;
    rig.rest().await;
    rig.stop().await;

    let rig = folder.start().await.unwrap();
    rig.whatsapp(&message("2", "Ada")).await;
    assert_eq!(rig.world.until_said(1).await, ["Old"]);
    rig.stop().await;
}

#[tokio::test]
async fn a_bot_file_may_use_what_was_set_in_the_console() {
    let folder = Folder::new("");
    let rig = folder.start().await.unwrap();
    let admin = Admin::new(&folder, &rig).await;
    let value = Some(json!({ "value": "Good evening" }));
    admin.does(&rig, "PUT", "/workspaces/main/constants/greeting", value, 200).await;
    folder.write_bot(&HELLO.replace("Good day", "\"{config.greeting}\""));
    assert_eq!(rig.reload.bots().await.unwrap(), crate::Reloaded { published: 1, refused: 0 });
    rig.stop().await;

    let rig = folder.start().await.unwrap();
    assert!(rig.refused.is_empty(), "{:?}", rig.refused);
    rig.whatsapp(&message("1", "hello")).await;
    assert_eq!(rig.world.until_said(1).await, ["Good evening"]);
    rig.stop().await;
}
