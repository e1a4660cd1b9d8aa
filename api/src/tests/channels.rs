//! Channels that are connected while the server runs.

use countersign_accounts::Role;
use serde_json::{Value, json};

use super::rig::{Person, Rig, Said};

const CHANNELS: &str = "/workspaces/main/channels";
const CANARY: &str = "canary-secret-81d2";

fn whatsapp(bot: Option<&str>) -> Value {
    json!({
        "kind": "whatsapp", "provider": "whatsapp", "name": "Shop", "bot": bot,
        "settings": { "phone_number_id": "1234567890", "typing": "false" },
        "secrets": { "access_token": CANARY, "app_secret": format!("{CANARY}0123456789abcdef") },
    })
}

impl Rig {
    async fn connects(&self, who: &Person, body: Value) -> Said {
        self.as_person(who, "POST", CHANNELS, Some(body)).await
    }

    /// A published bot from a template.
    async fn has_bot(&self, who: &Person, id: &str, template: &str) {
        let body = json!({ "id": id, "name": id, "template": template });
        self.as_person(who, "POST", "/workspaces/main/bots", Some(body)).await.ok();
        self.write(who, "POST", &format!("/workspaces/main/bots/{id}/publish"), 1, json!({})).await.ok();
    }
}

#[tokio::test]
async fn each_kind_tells_what_it_needs() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let kinds = rig.as_person(&owner, "GET", "/workspaces/main/channel-kinds", None).await.ok();
    let kinds = kinds["items"].as_array().unwrap();
    let names: Vec<_> = kinds.iter().map(|kind| kind["kind"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["whatsapp", "messenger", "instagram", "telegram", "sms", "phone", "web", "mobile", "desktop"]
    );
    for kind in kinds {
        for provider in kind["providers"].as_array().unwrap() {
            assert!(!provider["steps"].as_array().unwrap().is_empty(), "{provider}");
            for field in provider["fields"].as_array().unwrap() {
                assert_ne!(field["name"], "hook_url");
                assert!(
                    !field["label"].as_str().unwrap().is_empty()
                        && !field["help"].as_str().unwrap().is_empty()
                );
            }
        }
    }
    let is_web = |name: &&str| ["web", "mobile", "desktop"].contains(name);
    let no_login: Vec<_> = kinds
        .iter()
        .filter(|kind| kind["token_login"] == false)
        .map(|kind| kind["kind"].as_str().unwrap())
        .collect();
    assert!(no_login.iter().all(is_web) && no_login.len() == 3);
}

#[tokio::test]
async fn a_channel_is_connected_changed_and_taken_away() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    rig.has_bot(&owner, "shop", "blank").await;
    rig.has_bot(&owner, "bank", "login").await;
    let said = rig.connects(&owner, whatsapp(Some("shop"))).await;
    assert_eq!(said.status, 201, "{said:?}");
    assert!(!said.text.contains(CANARY));
    let channel = said.json();
    let id = channel["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("whatsapp-") && id.len() > 16);
    assert_eq!(channel["hook_url"], format!("https://bot.example/hooks/{id}"));
    assert_eq!(channel["verify_token"].as_str().unwrap().len(), 32);
    assert_eq!(channel["secrets"]["access_token"]["set"], true);
    assert_eq!(channel["secrets"]["app_secret_old"]["set"], false);
    assert_eq!(channel["settings"], json!({ "phone_number_id": "1234567890", "typing": "false" }));
    let attached = rig.host.channels.lock().unwrap().clone();
    assert_eq!((attached[0].id.as_str(), attached[0].bot.as_ref().unwrap().as_str()), (&*id, "shop"));

    // Who may not change channels is not shown the word.
    let viewer = rig.person("viewer", &[("main", Role::Viewer)]).await;
    let path = format!("{CHANNELS}/{id}");
    let shown = rig.as_person(&viewer, "GET", &path, None).await.ok();
    assert!(shown["verify_token"].is_null() && shown["hook_url"].is_string());

    let changed = rig.write(&owner, "PATCH", &path, 1, json!({ "name": "Bank", "bot": "bank" })).await.ok();
    assert_eq!(
        (changed["name"].as_str(), changed["bot"].as_str(), changed["revision"].as_u64()),
        (Some("Bank"), Some("bank"), Some(2))
    );
    let said = rig.write(&owner, "PATCH", &path, 1, json!({ "name": "x" })).await;
    assert_eq!(said.problem(), (409, "stale".to_owned()));
    assert_eq!(said.json()["current"]["name"], "Bank");
    // Nobody answers there any more, and the channel is kept.
    rig.write(&owner, "PATCH", &path, 2, json!({ "bot": "" })).await.ok();
    assert!(rig.host.channels.lock().unwrap().is_empty());
    rig.write(&owner, "PATCH", &path, 3, json!({ "bot": "bank" })).await.ok();
    assert_eq!(rig.write(&owner, "DELETE", &path, 4, Value::Null).await.status, 204);
    assert!(rig.host.channels.lock().unwrap().is_empty());
    assert_eq!(rig.as_person(&owner, "GET", &path, None).await.status, 404);
    let audit = rig.as_person(&owner, "GET", "/workspaces/main/audit?action=channel.", None).await;
    assert!(!audit.text.contains(CANARY));
    assert_eq!(audit.ok()["items"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn what_is_wrong_is_told_beside_its_field() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    rig.has_bot(&owner, "shop", "blank").await;
    let body = json!({ "id": "new", "name": "new" });
    rig.as_person(&owner, "POST", "/workspaces/main/bots", Some(body)).await.ok();
    let cases = [
        (json!({ "kind": "fax" }), "/kind"),
        (json!({ "provider": "twilio" }), "/provider"),
        (json!({ "name": " " }), "/name"),
        (json!({ "bot": "nobody" }), "/bot"),
        (json!({ "bot": "new" }), "/bot"),
        (json!({ "settings": {} }), "/settings/phone_number_id"),
        (json!({ "settings": { "phone_number_id": "1", "colour": "red" } }), "/settings/colour"),
        (json!({ "settings": { "phone_number_id": "1", "access_token": "x" } }), "/settings/access_token"),
        (json!({ "settings": { "phone_number_id": "1", "typing": "maybe" } }), "/settings/typing"),
        (json!({ "settings": { "phone_number_id": "not a number" } }), "/settings/phone_number_id"),
        (
            json!({ "settings": { "phone_number_id": "1", "hook_url": "https://evil.example" } }),
            "/settings/hook_url",
        ),
        (json!({ "secrets": { "access_token": CANARY } }), "/secrets/app_secret"),
        (json!({ "secrets": { "typing": CANARY } }), "/secrets/typing"),
    ];
    for (change, pointer) in cases {
        let mut body = whatsapp(Some("shop"));
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let said = rig.connects(&owner, body).await;
        assert_eq!(said.status, 422, "{change}: {said:?}");
        assert!(!said.text.contains(CANARY), "{said:?}");
        assert_eq!(said.json()["errors"][0]["pointer"], pointer, "{change}: {said:?}");
    }
    assert!(rig.host.channels.lock().unwrap().is_empty());
    let list = rig.as_person(&owner, "GET", CHANNELS, None).await.ok();
    assert!(list["items"].as_array().unwrap().is_empty());
}

/// EXAMPLES 3: a bot that logs users in does not run on a chat of ours.
#[tokio::test]
async fn a_bot_that_logs_in_is_not_put_on_a_chat() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    rig.has_bot(&owner, "bank", "login").await;
    rig.has_bot(&owner, "shop", "blank").await;
    for kind in ["web", "mobile", "desktop"] {
        let body = |bot: &str| json!({ "kind": kind, "provider": kind, "name": "Chat", "bot": bot });
        let said = rig.connects(&owner, body("bank")).await;
        assert_eq!(said.problem(), (422, "check_failed".to_owned()));
        assert!(said.json()["detail"].as_str().unwrap().contains("scripts.balance.steps[0]"), "{said:?}");
        let made = rig.connects(&owner, body("shop")).await.ok();
        let path = format!("{CHANNELS}/{}", made["id"].as_str().unwrap());
        let said = rig.write(&owner, "PATCH", &path, 1, json!({ "bot": "bank" })).await;
        assert_eq!(said.problem(), (422, "check_failed".to_owned()));
        assert_eq!(rig.as_person(&owner, "GET", &path, None).await.ok()["bot"], "shop");
    }
}

#[tokio::test]
async fn secrets_of_channels_ask_for_a_fresh_proof_and_do_not_go_elsewhere() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    rig.has_bot(&owner, "shop", "blank").await;
    let made = rig.connects(&owner, whatsapp(Some("shop"))).await.ok();
    let path = format!("{CHANNELS}/{}", made["id"].as_str().unwrap());
    let moved = json!({ "settings": { "phone_number_id": "1234567890", "api_url": "https://evil.example" } });
    let said = rig.write(&owner, "PATCH", &path, 1, moved.clone()).await;
    assert_eq!(said.problem(), (422, "invalid".to_owned()));
    assert!(
        said.json()["errors"]
            .as_array()
            .unwrap()
            .iter()
            .any(|field| field["pointer"] == "/secrets/access_token")
    );
    rig.pass(std::time::Duration::from_secs(11 * 60));
    for body in [moved, json!({ "secrets": { "access_token": "x" } })] {
        assert_eq!(rig.write(&owner, "PATCH", &path, 1, body).await.problem(), (403, "step_up".to_owned()));
    }
    assert_eq!(rig.connects(&owner, whatsapp(Some("shop"))).await.problem(), (403, "step_up".to_owned()));
    rig.write(&owner, "PATCH", &path, 1, json!({ "name": "Another" })).await.ok();
}

#[tokio::test]
async fn a_channel_is_served_again_after_a_restart() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    rig.has_bot(&owner, "shop", "blank").await;
    let made = rig.connects(&owner, whatsapp(Some("shop"))).await.ok();
    rig.connects(&owner, whatsapp(None)).await.ok();
    rig.host.channels.lock().unwrap().clear();
    crate::open_channels(&rig.api, &"main".parse().unwrap()).await.unwrap();
    let attached = rig.host.channels.lock().unwrap().clone();
    assert_eq!(attached.len(), 1);
    assert_eq!(made["id"], attached[0].id.as_str());
}

#[tokio::test]
async fn a_test_asks_the_provider_and_shows_nothing_of_its_answer() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    rig.has_bot(&owner, "shop", "blank").await;
    let made = rig.connects(&owner, whatsapp(Some("shop"))).await.ok();
    let path = format!("{CHANNELS}/{}/test", made["id"].as_str().unwrap());
    let cases = [
        (200, "{}", true, "accepts the token"),
        (401, "{\"error\":{\"code\":190,\"message\":\"canary\"}}", false, "(status 401, code 190)"),
        (404, "canary", false, "(status 404)"),
        (500, "", false, "status 500"),
    ];
    for (status, body, ok, words) in cases {
        *rig.answer.lock().unwrap() = (status, body.to_owned());
        let said = rig.as_person(&owner, "POST", &path, None).await;
        assert!(!said.text.contains("canary"), "{said:?}");
        let said = said.ok();
        assert_eq!(said["ok"], ok);
        assert!(said["message"].as_str().unwrap().contains(words), "{said}");
    }
    let body = json!({ "kind": "web", "provider": "web", "name": "Chat", "bot": "shop" });
    let chat = rig.connects(&owner, body).await.ok();
    let path = format!("{CHANNELS}/{}/test", chat["id"].as_str().unwrap());
    assert_eq!(rig.as_person(&owner, "POST", &path, None).await.ok()["ok"], true);
    rig.attach(countersign_model::ChannelKind::Sms, "shop");
    let said = rig.as_person(&owner, "POST", &format!("{CHANNELS}/a-channel/test"), None).await.ok();
    assert_eq!(said["ok"], false);
    let said = rig.write(&owner, "DELETE", &format!("{CHANNELS}/a-channel"), 0, Value::Null).await;
    assert_eq!(said.problem(), (409, "in_file".to_owned()));
}
