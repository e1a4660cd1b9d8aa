//! Conversations, contacts, logins, answers to forms, and what was not delivered.

use std::time::Duration;

use countersign_accounts::Role;
use countersign_model::{ChannelKind, Contact, Reply};
use countersign_runner::{ConversationKey, Event, Inbound};
use countersign_store::TokenId;
use serde_json::{Value, json};

use super::rig::{Person, Rig, Said};
use crate::Feed;
use crate::events::Heard;

const MAIN: &str = "/workspaces/main";
const BOT: &str = "countersign: 1
bot: bank
authorization_tokens:
  - id: login
    method: POST
    url: https://auth.example.com/token
    questions:
      - { question: Who are you?, field: username }
      - { question: What is your password?, field: password, secret: true }
    ttl: 3600
    is_json: true
    token_path: access_token
    send_to: [https://api.example.com]
forms:
  - id: callback
    questions:
      - { question: What number?, save: number }
scripts:
  - { id: hello, triggers: [hello], steps: [{ message: Hello. }, { message: What is it? }] }
  - { id: balance, triggers: [balance], steps: [{ auth_token: login }, { message: You are in. }] }
  - { id: call, triggers: [call me], steps: [{ form: callback }, { message: We call. }] }
";
const CANARY: &str = "canary-7f3a91";

impl Rig {
    /// A published bot on a channel of the console; gives the channel.
    async fn with_bot(&self, owner: &Person) -> String {
        let bots = format!("{MAIN}/bots");
        self.as_person(owner, "POST", &bots, Some(json!({ "id": "bank", "name": "Bank", "text": BOT })))
            .await
            .ok();
        self.write(owner, "POST", &format!("{bots}/bank/publish"), 1, json!({})).await.ok();
        let body = json!({
            "kind": "telegram", "provider": "telegram", "name": "Our bot", "bot": "bank",
            "secrets": { "bot_token": "1:abc", "secret_token": "0123456789abcdef0123456789abcdef" },
        });
        let channel = self.as_person(owner, "POST", &format!("{MAIN}/channels"), Some(body)).await.ok();
        channel["id"].as_str().unwrap().to_owned()
    }

    fn key(&self, channel: &str, address: &str) -> ConversationKey {
        ConversationKey {
            workspace: "main".parse().unwrap(),
            channel: channel.parse().unwrap(),
            address: address.to_owned(),
        }
    }

    /// A user says something, and everything that follows from it is done.
    async fn hears(&self, channel: &str, address: &str, text: &str) {
        self.pass(Duration::from_secs(1));
        let contact =
            Contact { address: address.to_owned(), name: Some("Ada L.".to_owned()), language: None };
        let inbound = Inbound {
            conversation: self.key(channel, address),
            id: format!("m{}", self.api.random.next()),
            contact,
            event: Event::Reply(Reply::text(text)),
        };
        self.api.runner.ingest(vec![inbound]).await.unwrap();
        self.api.runner.run_until_idle().await.unwrap();
    }

    /// Sends a request while the workers of the server run.
    async fn beside_workers(&self, who: &Person, method: &str, path: &str, body: Option<Value>) -> Said {
        let work = async {
            loop {
                self.api.runner.run_until_idle().await.unwrap();
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            said = self.as_person(who, method, path, body) => said,
            () = work => unreachable!(),
        }
    }

    async fn logs_in(&self, channel: &str, address: &str) {
        *self.answer.lock().unwrap() = (200, json!({ "access_token": CANARY }).to_string());
        for text in ["balance", "ada", "hunter2-canary"] {
            self.hears(channel, address, text).await;
        }
    }

    async fn gets(&self, who: &Person, path: &str) -> Value {
        self.as_person(who, "GET", &format!("{MAIN}{path}"), None).await.ok()
    }
}

fn ids(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn conversations_are_listed_searched_and_read() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let channel = rig.with_bot(&owner).await;
    for number in 0..5 {
        rig.hears(&channel, &format!("10{number}"), "hello").await;
    }
    rig.hears(&channel, "104", "call me").await;
    let first = rig.gets(&owner, "/conversations?limit=2").await;
    let cursor = first["next"].as_str().unwrap();
    let rest = rig.gets(&owner, &format!("/conversations?limit=10&cursor={cursor}")).await;
    let mut all = ids(&first);
    all.extend(ids(&rest));
    assert_eq!(all.len(), 5, "{all:?}");
    let newest = &first["items"][0];
    assert_eq!(
        (newest["contact"]["name"].as_str(), newest["contact"]["address"].as_str(), newest["state"].as_str()),
        (Some("Ada L."), Some("104"), Some("waiting"))
    );
    assert_eq!(newest["last_line"], "What number?");
    assert_eq!((newest["bot"].as_str(), newest["script"].as_str()), (Some("bank"), Some("call")));
    assert_eq!(newest["channel"]["name"], "Our bot");
    for (filter, wanted) in [
        ("query=103", 1),
        ("query=ada", 5),
        ("query=call%20me", 1),
        ("state=open", 1),
        ("state=ended", 4),
        ("state=handed_over", 0),
        ("bot=bank", 5),
        ("bot=other", 0),
        ("channel=nothing", 0),
        ("channel=not%20a%20name", 0),
    ] {
        let found = rig.gets(&owner, &format!("/conversations?{filter}")).await;
        assert_eq!(ids(&found).len(), wanted, "{filter}");
    }
    let id = newest["id"].as_str().unwrap();
    let lines = rig.gets(&owner, &format!("/conversations/{id}/lines?limit=2")).await;
    let shown: Vec<_> = lines["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (line["n"].as_u64().unwrap(), line["from"].as_str().unwrap(), line["text"].as_str().unwrap())
        })
        .collect();
    assert_eq!(shown, [(0, "user", "hello"), (1, "bot", "Hello.")]);
    assert_eq!(lines["next"], 2);
    let rest = rig.gets(&owner, &format!("/conversations/{id}/lines?from=2")).await;
    assert_eq!((rest["lines"].as_array().unwrap().len(), rest["next"].is_null()), (3, true));
    let said = rig.as_person(&owner, "GET", &format!("{MAIN}/conversations?state=unknown"), None).await;
    assert_eq!(said.problem().0, 422);
    assert_eq!(rig.as_person(&owner, "GET", &format!("{MAIN}/conversations/{id}x"), None).await.status, 404);
}

#[tokio::test]
async fn a_person_takes_over_writes_and_gives_back() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let agent = rig.person("agent", &[("main", Role::Agent)]).await;
    let channel = rig.with_bot(&owner).await;
    rig.hears(&channel, "100", "hello").await;
    let id = ids(&rig.gets(&agent, "/conversations").await)[0].clone();
    let path = format!("{MAIN}/conversations/{id}");
    let text = || Some(json!({ "text": "I am a person." }));
    let said = rig.as_person(&agent, "POST", &format!("{path}/messages"), text()).await;
    assert_eq!(said.problem(), (409, "not_taken_over".to_owned()));
    let taken = rig.beside_workers(&agent, "POST", &format!("{path}/take-over"), None).await.ok();
    assert_eq!(
        (taken["state"].as_str(), taken["handed_to"]["name"].as_str()),
        (Some("handed_over"), Some("agent"))
    );
    let said = rig.beside_workers(&agent, "POST", &format!("{path}/messages"), text()).await.ok();
    let n = said["n"].as_u64().unwrap();
    let lines = rig.gets(&agent, &format!("/conversations/{id}/lines?from={n}")).await;
    assert_eq!(
        (lines["lines"][0]["from"].as_str(), lines["lines"][0]["agent"].as_str()),
        (Some("agent"), Some("agent"))
    );
    rig.hears(&channel, "100", "hello").await;
    assert_eq!(rig.host.sent.texts.lock().unwrap().as_slice(), ["Hello.", "What is it?", "I am a person."]);
    let back = rig.beside_workers(&agent, "POST", &format!("{path}/hand-back"), None).await.ok();
    assert_eq!((back["state"].as_str(), back["handed_to"].is_null()), (Some("ended"), true));
    rig.hears(&channel, "100", "hello").await;
    assert_eq!(rig.host.sent.texts.lock().unwrap().len(), 5);
    for wrong in ["", "   ", &"a".repeat(4001)] {
        let said =
            rig.as_person(&agent, "POST", &format!("{path}/messages"), Some(json!({ "text": wrong }))).await;
        assert_eq!(said.problem(), (422, "invalid".to_owned()));
    }
    let audit = rig.gets(&owner, "/audit?action=conversation.").await;
    assert_eq!(audit["items"].as_array().unwrap().len(), 3, "{audit}");
    assert!(!audit.to_string().contains("I am a person"));
}

#[tokio::test]
async fn what_changes_is_told_to_those_who_may_read_it() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let channel = rig.with_bot(&owner).await;
    let feed = Feed::default();
    let key = rig.key(&channel, "100");
    // Nobody listens: nothing is kept.
    feed.conversation(&key);
    let mut listener = rig.api.events.listen(&"main".parse().unwrap(), None);
    feed.tell(&rig.api).await.unwrap();
    rig.hears(&channel, "100", "hello").await;
    for _ in 0..100 {
        feed.conversation(&key);
    }
    feed.tell(&rig.api).await.unwrap();
    feed.tell(&rig.api).await.unwrap();
    rig.api.events.tell(&"main".parse().unwrap(), "end", json!({}));
    let Heard::Event(_, event) = listener.next().await.unwrap() else { panic!() };
    assert_eq!(
        (event.kind, event.data["last_line"].as_str(), event.data["state"].as_str()),
        ("conversation", Some("What is it?"), Some("ended"))
    );
    assert_eq!(event.needs(), countersign_accounts::Permission::ConversationRead);
    let Heard::Event(_, event) = listener.next().await.unwrap() else { panic!() };
    assert_eq!(event.kind, "end", "a hundred changes are told once");
}

#[tokio::test]
async fn a_login_of_the_same_name_in_another_bot_stays() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let channel = rig.with_bot(&owner).await;
    rig.logs_in(&channel, "34600111201").await;
    assert_eq!(ids(&rig.gets(&owner, "/tokens").await).len(), 1);
    let bots = format!("{MAIN}/bots");
    let text = BOT.replace("bot: bank", "bot: shop");
    let new = json!({ "id": "shop", "name": "Shop", "text": text });
    rig.as_person(&owner, "POST", &bots, Some(new)).await.ok();
    rig.write(&owner, "POST", &format!("{bots}/shop/publish"), 1, json!({})).await.ok();
    assert_eq!(ids(&rig.gets(&owner, "/tokens").await).len(), 1);
    // Where its own passwords go elsewhere, the login ends.
    let text = BOT.replace("auth.example.com", "login.example.com");
    rig.write(&owner, "PUT", &format!("{bots}/bank/draft"), 1, json!({ "text": text })).await.ok();
    rig.write(&owner, "POST", &format!("{bots}/bank/publish"), 2, json!({})).await.ok();
    assert_eq!(ids(&rig.gets(&owner, "/tokens").await).len(), 0);
}

#[tokio::test]
async fn logins_are_listed_and_ended_and_never_shown() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let manager = rig.person("manager", &[("main", Role::CredentialManager)]).await;
    let channel = rig.with_bot(&owner).await;
    for address in ["34600111201", "34600111202", "34600111203"] {
        rig.logs_in(&channel, address).await;
    }
    let said = rig.as_person(&owner, "GET", &format!("{MAIN}/tokens?limit=2"), None).await;
    assert!(!said.text.contains(CANARY));
    let first = said.ok();
    let rest = rig.gets(&owner, &format!("/tokens?cursor={}", first["next"].as_str().unwrap())).await;
    assert_eq!((ids(&first).len(), ids(&rest).len()), (2, 1));
    let token = &first["items"][0];
    assert_eq!(
        (token["component"].as_str(), token["contact"].as_str(), token["channel"].as_str()),
        (Some("login"), Some("Ada L."), Some("Our bot"))
    );
    for (filter, wanted) in
        [("component=login", 3), ("component=other", 0), ("query=ada", 3), ("query=zzz", 0)]
    {
        assert_eq!(ids(&rig.gets(&owner, &format!("/tokens?{filter}")).await).len(), wanted, "{filter}");
    }
    let seen = rig.gets(&manager, "/tokens").await.to_string();
    assert!(!seen.contains("Ada") && !seen.contains("346001112") && seen.contains("•••0"), "{seen}");
    let id: TokenId = token["id"].as_str().unwrap().parse().unwrap();
    let path = format!("{MAIN}/tokens/{id}");
    assert_eq!(rig.as_person(&owner, "DELETE", &path, None).await.status, 204);
    assert_eq!(rig.as_person(&owner, "DELETE", &path, None).await.status, 404);
    let revoke =
        async |body: Value| rig.as_person(&owner, "POST", &format!("{MAIN}/tokens/revoke"), Some(body)).await;
    for wrong in [json!({}), json!({ "all": true, "bot": "bank" }), json!({ "bot": "a b" })] {
        assert_eq!(revoke(wrong).await.problem().0, 422);
    }
    assert_eq!(revoke(json!({ "bot": "other" })).await.ok()["revoked"], 0);
    assert_eq!(revoke(json!({ "bot": "bank", "component": "login" })).await.ok()["revoked"], 2);
    rig.logs_in(&channel, "34600111201").await;
    assert_eq!(revoke(json!({ "all": true })).await.ok()["revoked"], 1);
    assert!(ids(&rig.gets(&owner, "/tokens").await).is_empty());
}

#[tokio::test]
async fn a_contact_is_exported_without_secrets_and_erased() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let channel = rig.with_bot(&owner).await;
    rig.logs_in(&channel, "100").await;
    rig.hears(&channel, "100", "call me").await;
    rig.hears(&channel, "100", "=1+1").await;
    let id = ids(&rig.gets(&owner, "/conversations").await)[0].clone();
    let said = rig.as_person(&owner, "GET", &format!("{MAIN}/contacts/{id}/export"), None).await;
    assert_eq!(said.headers["content-disposition"], format!("attachment; filename=\"contact-{id}.json\""));
    for secret in [CANARY, "hunter2"] {
        assert!(!said.text.contains(secret), "{}", said.text);
    }
    let file = said.ok();
    assert_eq!((file["address"].as_str(), file["name"].as_str()), (Some("100"), Some("Ada L.")));
    assert_eq!(file["logins"][0]["component"], "login");
    assert_eq!(file["leads"][0]["answers"]["number"], "=1+1");
    assert!(file["lines"].as_array().unwrap().iter().any(|line| line["text"] == "•••"));
    let table = rig.as_person(&owner, "GET", &format!("{MAIN}/leads.csv"), None).await;
    assert!(table.text.contains("\"'=1+1\""), "{}", table.text);
    assert_eq!(rig.gets(&owner, "/leads?form=callback").await["items"].as_array().unwrap().len(), 1);
    assert!(rig.gets(&owner, "/leads?form=other").await["items"].as_array().unwrap().is_empty());

    assert_eq!(rig.as_person(&owner, "DELETE", &format!("{MAIN}/contacts/{id}"), None).await.status, 204);
    for path in
        [format!("contacts/{id}/export"), format!("conversations/{id}"), format!("conversations/{id}/lines")]
    {
        assert_eq!(rig.as_person(&owner, "GET", &format!("{MAIN}/{path}"), None).await.status, 404, "{path}");
    }
    assert_eq!(rig.as_person(&owner, "DELETE", &format!("{MAIN}/contacts/{id}"), None).await.status, 404);
    assert!(ids(&rig.gets(&owner, "/tokens").await).is_empty());
    assert!(rig.gets(&owner, "/leads").await["items"].as_array().unwrap().is_empty());
    let audit = rig.gets(&owner, "/audit?action=contact.").await;
    let actions: Vec<_> =
        audit["items"].as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["contact.erase", "contact.export"]);
}

#[tokio::test]
async fn what_was_not_delivered_is_tried_again_or_dropped() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let channel = rig.with_bot(&owner).await;
    *rig.host.sent.refuses.lock().unwrap() = Some("131047".to_owned());
    rig.hears(&channel, "100", "hello").await;
    *rig.host.sent.refuses.lock().unwrap() = None;
    let letters = rig.gets(&owner, "/dead-letters").await;
    assert_eq!((ids(&letters).len(), letters["items"][0]["code"].as_str()), (2, Some("131047")));
    let conversation = rig.gets(&owner, "/conversations").await["items"][0].clone();
    assert_eq!(conversation["undelivered"], 2);
    let id = conversation["id"].as_str().unwrap();
    let lines = rig.gets(&owner, &format!("/conversations/{id}/lines")).await;
    let failed =
        lines["lines"].as_array().unwrap().iter().filter(|line| line["delivery"] == "failed").count();
    assert_eq!(failed, 2);
    let channel = rig.gets(&owner, &format!("/channels/{channel}")).await;
    assert_eq!(channel["health"]["dead_letters"], 2);
    let [one, other] = &ids(&letters)[..] else { panic!() };
    let path = |id: &str| format!("{MAIN}/dead-letters/{id}");
    assert_eq!(rig.as_person(&owner, "POST", &format!("{}/again", path(one)), None).await.status, 204);
    rig.api.runner.run_until_idle().await.unwrap();
    assert_eq!(rig.host.sent.texts.lock().unwrap().len(), 1);
    assert_eq!(rig.as_person(&owner, "DELETE", &path(other), None).await.status, 204);
    for gone in [one.as_str(), other, "x"] {
        assert_eq!(rig.as_person(&owner, "DELETE", &path(gone), None).await.status, 404, "{gone}");
    }
}

#[tokio::test]
async fn a_held_outbox_is_released_or_discarded() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner), ("other", Role::Owner)]).await;
    let channel = rig.with_bot(&owner).await;
    let post = async |workspace: &str, what: &str| {
        rig.as_person(&owner, "POST", &format!("/workspaces/{workspace}/outbox/{what}"), None).await
    };
    assert_eq!(post("main", "release").await.problem(), (409, "not_held".to_owned()));
    rig.api.store.hold_outbox(true).await.unwrap();
    rig.hears(&channel, "100", "hello").await;
    assert_eq!(rig.gets(&owner, "/outbox").await, json!({ "held": 2, "waiting": 2 }));
    // Another workspace sees and drops its own alone, and does not release that of the server.
    let theirs = rig.as_person(&owner, "GET", "/workspaces/other/outbox", None).await.ok();
    assert_eq!(theirs, json!({ "held": 0, "waiting": 0 }));
    assert_eq!(post("other", "discard").await.status, 204);
    assert_eq!(rig.gets(&owner, "/outbox").await, json!({ "held": 2, "waiting": 2 }));
    assert_eq!(post("other", "release").await.problem().0, 403);
    assert_eq!(post("main", "discard").await.status, 204);
    rig.hears(&channel, "100", "hello").await;
    assert_eq!(post("main", "release").await.status, 204);
    rig.api.runner.run_until_idle().await.unwrap();
    assert_eq!(rig.host.sent.texts.lock().unwrap().len(), 2);
    assert_eq!(rig.gets(&owner, "/outbox").await, json!({ "held": 0, "waiting": 0 }));
}

/// The ids of one workspace name nothing in another.
#[tokio::test]
async fn what_belongs_to_another_workspace_is_not_there() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner), ("other", Role::Owner)]).await;
    let channel = rig.with_bot(&owner).await;
    rig.logs_in(&channel, "100").await;
    *rig.host.sent.refuses.lock().unwrap() = Some("1".to_owned());
    rig.hears(&channel, "100", "hello").await;
    let id = ids(&rig.gets(&owner, "/conversations").await)[0].clone();
    let token = ids(&rig.gets(&owner, "/tokens").await)[0].clone();
    let letter = ids(&rig.gets(&owner, "/dead-letters").await)[0].clone();
    rig.attach(ChannelKind::Sms, "bank");
    for (method, path) in [
        ("GET", format!("conversations/{id}")),
        ("GET", format!("conversations/{id}/lines")),
        ("POST", format!("conversations/{id}/take-over")),
        ("POST", format!("conversations/{id}/hand-back")),
        ("POST", format!("conversations/{id}/messages")),
        ("GET", format!("contacts/{id}/export")),
        ("DELETE", format!("contacts/{id}")),
        ("DELETE", format!("tokens/{token}")),
        ("POST", format!("dead-letters/{letter}/again")),
        ("DELETE", format!("dead-letters/{letter}")),
        ("GET", format!("channels/{channel}")),
        ("PATCH", format!("channels/{channel}")),
        ("DELETE", format!("channels/{channel}")),
        ("POST", format!("channels/{channel}/test")),
        ("GET", "channels/a-channel".to_owned()),
    ] {
        let body = match method {
            "PATCH" => json!({ "name": "x" }),
            _ => json!({ "text": "x" }),
        };
        let body = if method == "GET" { Value::Null } else { body };
        let said = rig.write(&owner, method, &format!("/workspaces/other/{path}"), 1, body).await;
        assert_eq!(said.status, 404, "{method} {path}: {said:?}");
    }
    for list in ["conversations", "tokens", "leads", "dead-letters", "channels"] {
        let said = rig.as_person(&owner, "GET", &format!("/workspaces/other/{list}"), None).await.ok();
        assert!(said["items"].as_array().unwrap().is_empty(), "{list}");
    }
    let said =
        rig.as_person(&owner, "POST", "/workspaces/other/tokens/revoke", Some(json!({ "all": true }))).await;
    assert_eq!(said.ok()["revoked"], 0);
    assert_eq!(ids(&rig.gets(&owner, "/tokens").await), [token]);
}
