//! Two workspaces on one server, with bots of one id, channels of one kind and a contact of one address: nothing of one
//! is seen or used in the other, also after a restart.

use aws_lc_rs::hmac;
use countersign_accounts::NewByOperator;
use countersign_model::{SecretText, Timestamp};
use serde_json::{Value, json};

use super::rig::{Folder, Heard, Rig, USER};

const PASSWORD: &str = "correct horse battery staple";
/// Calls an API with the secret of its workspace, and greets as its workspace says.
const BOT: &str = "\
countersign: 1
bot: helper
web_services:
  - id: look
    url: \"https://api.example/look\"
    headers: { X-Key: \"{secret.api_key}\" }
scripts:
  - { id: hello, triggers: [hello], steps: [{ web_service: look }, { message: \"{config.greeting}\" }] }
";

/// The workspace of the configuration and one that was made in the console, each with a number at the provider.
const SIDES: [Side; 2] = [
    Side { workspace: "main", number: "111111111111111", app_secret: "11111111111111111111111111111111" },
    Side { workspace: "second", number: "222222222222222", app_secret: "22222222222222222222222222222222" },
];

#[derive(Clone, Copy)]
struct Side {
    workspace: &'static str,
    number: &'static str,
    app_secret: &'static str,
}

/// A person who is signed in.
struct Person {
    cookie: String,
    csrf: String,
    origin: String,
}

impl Side {
    fn greeting(self) -> String {
        format!("Good day from {}", self.workspace)
    }

    fn key(self) -> String {
        format!("key-canary-of-{}", self.workspace)
    }

    fn message(self, id: &str, text: &str) -> String {
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [{
            "field": "messages",
            "value": {
                "messaging_product": "whatsapp",
                "metadata": { "display_phone_number": "15550100900", "phone_number_id": self.number },
                "contacts": [{ "profile": { "name": "Nadia" }, "wa_id": "15550100123", "user_id": USER }],
                "messages": [{ "from": "15550100123", "from_user_id": USER, "id": format!("wamid.{id}"),
                    "timestamp": "1790000001", "type": "text", "text": { "body": text } }],
            },
        }] }] })
        .to_string()
    }

    /// Sends a webhook to a channel, signed with the secret of this side.
    async fn hook(self, rig: &Rig, channel: &str, body: &str) -> u16 {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.app_secret.as_bytes());
        let sum = hmac::sign(&key, body.as_bytes());
        let hex: String = sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let signature = format!("sha256={hex}");
        let path = format!("/hooks/{channel}");
        rig.ask("POST", &path, &[("x-hub-signature-256", &signature)], body).await.status
    }

    async fn said(self, rig: &Rig) -> Vec<String> {
        rig.world.said_through(self.number)
    }

    /// The user writes, and the bot answers for the `count`th time.
    async fn talk(self, rig: &Rig, channel: &str, id: &str, count: usize) {
        assert_eq!(self.hook(rig, channel, &self.message(id, "hello")).await, 200);
        rig.world.until(|| rig.world.said_through(self.number).len() >= count).await;
        assert_eq!(self.said(rig).await, vec![self.greeting(); count]);
    }
}

impl Person {
    async fn sign_in(rig: &Rig) -> Self {
        let origin = rig.app.public_url.as_str().trim_end_matches('/').to_owned();
        let body = json!({ "email": "ada@bank.example", "password": PASSWORD }).to_string();
        let headers = [("content-type", "application/json"), ("origin", origin.as_str())];
        let answer = rig.raw("POST", "/api/v1/session", &headers, &body).await;
        let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.unwrap_or_else(|| panic!("{answer}")).split(';').next().unwrap().to_owned();
        let mut person = Self { cookie, csrf: String::new(), origin };
        let session = person.get(rig, "/session").await;
        person.csrf = session["csrf"].as_str().unwrap().to_owned();
        person
    }

    async fn send(&self, rig: &Rig, method: &str, path: &str, revision: &str, body: &Value) -> Heard {
        let headers = [
            ("content-type", "application/json"),
            ("cookie", self.cookie.as_str()),
            ("x-csrf-token", self.csrf.as_str()),
            ("origin", self.origin.as_str()),
            ("if-match", revision),
        ];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers = if revision.is_empty() { &headers[..4] } else { &headers[..] };
        rig.ask(method, &format!("/api/v1{path}"), headers, &body).await
    }

    #[track_caller]
    fn done(heard: Heard) -> Value {
        assert!((200..300).contains(&heard.status), "{heard:?}");
        serde_json::from_str(&heard.body).unwrap_or(Value::Null)
    }

    async fn get(&self, rig: &Rig, path: &str) -> Value {
        Self::done(self.send(rig, "GET", path, "", &Value::Null).await)
    }

    async fn write(&self, rig: &Rig, method: &str, path: &str, body: Value) -> Value {
        Self::done(self.send(rig, method, path, "", &body).await)
    }

    /// Sets a workspace up. Gives the id of its channel.
    async fn equip(&self, rig: &Rig, side: Side) -> String {
        let at = format!("/workspaces/{}", side.workspace);
        let write = async |method: &str, path: &str, body: Value| {
            self.write(rig, method, &format!("{at}{path}"), body).await
        };
        write("PUT", "/secrets/api_key", json!({ "value": side.key() })).await;
        write("PUT", "/constants/greeting", json!({ "value": side.greeting() })).await;
        write("POST", "/bots", json!({ "id": "helper", "name": "Helper", "text": BOT })).await;
        let path = format!("{at}/bots/helper/publish");
        Self::done(self.send(rig, "POST", &path, "\"1\"", &json!({})).await);
        let body = json!({
            "kind": "whatsapp", "provider": "whatsapp", "name": "Our number", "bot": "helper",
            "settings": { "phone_number_id": side.number, "mark_read": false, "typing": false },
            "secrets": {
                "access_token": format!("token-of-{}", side.workspace), "app_secret": side.app_secret,
            },
        });
        write("POST", "/channels", body).await["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn two_workspaces_are_apart_also_after_a_restart() {
    let folder = Folder::with_channels("");
    let rig = folder.start().await.unwrap();
    let accounts = crate::accounts(&folder.config(), Timestamp::from_secs(1_790_000_000)).await.unwrap();
    let ada = NewByOperator {
        name: "Ada".to_owned(),
        email: "ada@bank.example".to_owned(),
        password: Some(SecretText::from(PASSWORD)),
        administrator: true,
        roles: Vec::new(),
    };
    accounts.add_account(ada, Timestamp::from_secs(1_790_000_000)).await.unwrap();
    let ada = Person::sign_in(&rig).await;
    ada.write(&rig, "POST", "/workspaces", json!({ "id": "second", "name": "Second" })).await;
    let mut channels = Vec::new();
    for side in SIDES {
        channels.push(ada.equip(&rig, side).await);
    }
    let [main, second] = SIDES;
    assert_ne!(channels[0], channels[1]);
    // A webhook counts where it was signed for, and nowhere else.
    assert_eq!(main.hook(&rig, &channels[1], &main.message("0", "hello")).await, 401);
    assert_eq!(second.hook(&rig, &channels[0], &second.message("0", "hello")).await, 401);
    main.talk(&rig, &channels[0], "1", 1).await;
    assert!(second.said(&rig).await.is_empty());
    // The same contact and the same id of a message, and another workspace.
    second.talk(&rig, &channels[1], "1", 1).await;
    apart(&rig, &ada).await;
    assert_eq!(rig.world.headers_to("https://api.example/look", "X-Key"), SIDES.map(Side::key));

    // A new version and a new secret of one are nothing to the other.
    let path = "/workspaces/second/bots/helper";
    let text = BOT.replace("{config.greeting}", "Changed");
    Person::done(ada.send(&rig, "PUT", &format!("{path}/draft"), "\"1\"", &json!({ "text": text })).await);
    Person::done(ada.send(&rig, "POST", &format!("{path}/publish"), "\"2\"", &json!({})).await);
    ada.write(&rig, "PUT", "/workspaces/second/secrets/api_key", json!({ "value": "new-canary" })).await;
    main.talk(&rig, &channels[0], "2", 2).await;
    assert_eq!(rig.world.headers_to("https://api.example/look", "X-Key").last(), Some(&main.key()));
    let back = json!({ "number": 1 });
    Person::done(ada.send(&rig, "POST", &format!("{path}/roll-back"), "", &back).await);
    ada.write(&rig, "PUT", "/workspaces/second/secrets/api_key", json!({ "value": second.key() })).await;
    rig.stop().await;

    let rig = folder.start().await.unwrap();
    let ada = Person::sign_in(&rig).await;
    for ((side, channel), messages) in SIDES.into_iter().zip(&channels).zip([2, 1]) {
        let span = "from=2026-09-01T00:00:00Z&to=2026-10-01T00:00:00Z";
        let path = format!("/workspaces/{}/analytics?{span}", side.workspace);
        let numbers = ada.get(&rig, &path).await;
        let count = |list: &Value| list.as_array().unwrap().iter().filter_map(Value::as_u64).sum::<u64>();
        assert_eq!(count(&numbers["messages"]["in"]), messages, "{numbers}");
        let of: Vec<_> = numbers["channels"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        assert_eq!(of, [channel]);
    }
    assert_eq!(main.hook(&rig, &channels[1], &main.message("0", "hello")).await, 401);
    second.talk(&rig, &channels[1], "3", 1).await;
    assert!(main.said(&rig).await.is_empty());
    main.talk(&rig, &channels[0], "3", 1).await;
    let keys = rig.world.headers_to("https://api.example/look", "X-Key");
    assert_eq!(keys, [second.key(), main.key()]);
    apart(&rig, &ada).await;

    // Who is erased in one is still known in the other.
    let list = ada.get(&rig, "/workspaces/main/conversations").await;
    let id = list["items"][0]["id"].as_str().unwrap();
    ada.write(&rig, "DELETE", &format!("/workspaces/main/contacts/{id}"), Value::Null).await;
    let left = async |workspace: &str| {
        let list = ada.get(&rig, &format!("/workspaces/{workspace}/conversations")).await;
        list["items"].as_array().unwrap().len()
    };
    assert_eq!((left("main").await, left("second").await), (0, 1));
    rig.stop().await;
}

/// What the console shows of each workspace is its own.
async fn apart(rig: &Rig, ada: &Person) {
    let [main, second] = SIDES;
    for (side, other) in [(main, second), (second, main)] {
        let at = format!("/workspaces/{}", side.workspace);
        let all = ada.get(rig, &format!("{at}/conversations")).await;
        let [conversation] = &all["items"].as_array().unwrap()[..] else { panic!("{all}") };
        let id = conversation["id"].as_str().unwrap();
        let lines = ada.get(rig, &format!("{at}/conversations/{id}/lines")).await.to_string();
        assert!(lines.contains(&side.greeting()) && !lines.contains(&other.greeting()), "{lines}");
        let there = format!("/workspaces/{}/conversations/{id}", other.workspace);
        assert_eq!(ada.send(rig, "GET", &there, "", &Value::Null).await.status, 404);
        for list in ["channels", "bots", "audit", "constants"] {
            let shown = ada.get(rig, &format!("{at}/{list}")).await.to_string();
            assert!(!shown.contains(other.number) && !shown.contains(&other.greeting()), "{list}: {shown}");
            assert!(!shown.contains("canary"), "{list}: {shown}");
        }
        let log = ada
            .send(rig, "GET", &format!("/workspaces/{}/audit.jsonl", side.workspace), "", &Value::Null)
            .await;
        assert!(log.body.contains("channel.create") && !log.body.contains(&other.greeting()), "{log:?}");
        let channels = ada.get(rig, &format!("{at}/channels")).await;
        assert_eq!(channels["items"].as_array().unwrap().len(), 1, "{channels}");
        assert_eq!(ada.get(rig, &format!("{at}/outbox")).await, json!({ "held": 0, "waiting": 0 }));
    }
}
