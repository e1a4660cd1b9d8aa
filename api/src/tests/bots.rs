use countersign_accounts::Role;
use countersign_model::ChannelKind;
use serde_json::{Value, json};

use super::rig::{Person, Rig};
use crate::{Compiled, adopt};

const BOTS: &str = "/workspaces/main/bots";

async fn made(rig: &Rig, who: &Person, id: &str, template: &str) -> Value {
    let body = json!({ "id": id, "name": "My bank", "template": template });
    rig.as_person(who, "POST", BOTS, Some(body)).await.ok()
}

async fn draft(rig: &Rig, who: &Person, id: &str) -> (String, u64) {
    let draft = rig.as_person(who, "GET", &format!("{BOTS}/{id}/draft"), None).await.ok();
    (draft["text"].as_str().unwrap().to_owned(), draft["revision"].as_u64().unwrap())
}

async fn publish(rig: &Rig, who: &Person, id: &str, revision: u64) -> super::rig::Said {
    rig.write(who, "POST", &format!("{BOTS}/{id}/publish"), revision, json!({ "note": "first" })).await
}

#[tokio::test]
async fn from_a_draft_to_service_and_back() {
    let rig = Rig::new().await;
    let ada = rig.person("ada", &[("main", Role::Editor)]).await;
    let bot = made(&rig, &ada, "bank", "blank").await;
    assert_eq!(
        (bot["name"].as_str(), bot["changed"].as_bool(), bot["live"].is_null()),
        (Some("My bank"), Some(true), true)
    );
    let (text, revision) = draft(&rig, &ada, "bank").await;
    let live = publish(&rig, &ada, "bank", revision).await.ok();
    assert_eq!((live["live"]["number"].as_u64(), live["changed"].as_bool()), (Some(1), Some(false)));
    assert_eq!(rig.host.published.lock().unwrap().len(), 1);

    let second = text.replace("How can I help?", "What is it?");
    let path = format!("{BOTS}/bank/draft");
    let written = rig.write(&ada, "PUT", &path, revision, json!({ "text": second })).await.ok();
    assert_eq!(written["checkup"]["ok"], true);
    let revision = written["revision"].as_u64().unwrap();
    let diff = rig.as_person(&ada, "GET", &format!("{BOTS}/bank/diff?from=live&to=draft"), None).await.ok();
    assert_eq!((diff["added"].as_u64(), diff["removed"].as_u64()), (Some(1), Some(1)));
    assert_eq!(publish(&rig, &ada, "bank", revision).await.ok()["live"]["number"], 2);
    let versions = rig.as_person(&ada, "GET", &format!("{BOTS}/bank/versions"), None).await.ok();
    let shown: Vec<_> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| (v["number"].as_u64().unwrap(), v["live"].as_bool().unwrap()))
        .collect();
    assert_eq!(shown, [(2, true), (1, false)]);
    let one = rig.as_person(&ada, "GET", &format!("{BOTS}/bank/versions/1"), None).await.ok();
    assert_eq!(one["text"], text);
    let back = rig
        .as_person(&ada, "POST", &format!("{BOTS}/bank/roll-back"), Some(json!({ "number": 1 })))
        .await
        .ok();
    assert_eq!((back["live"]["number"].as_u64(), back["changed"].as_bool()), (Some(1), Some(true)));
    assert_eq!(rig.as_person(&ada, "DELETE", &format!("{BOTS}/bank"), None).await.status, 204);
    assert_eq!(rig.as_person(&ada, "GET", &format!("{BOTS}/bank"), None).await.status, 404);
}

#[tokio::test]
async fn two_who_edit_at_once_lose_nothing() {
    let rig = Rig::new().await;
    let (ada, bo) = (
        rig.person("ada", &[("main", Role::Editor)]).await,
        rig.person("bo", &[("main", Role::Editor)]).await,
    );
    made(&rig, &ada, "bank", "blank").await;
    let (text, revision) = draft(&rig, &ada, "bank").await;
    let path = format!("{BOTS}/bank/draft");
    let first = json!({ "text": format!("{text}# Ada\n") });
    rig.write(&ada, "PUT", &path, revision, first).await.ok();
    let said = rig.write(&bo, "PUT", &path, revision, json!({ "text": "# Bo\n" })).await;
    assert_eq!(said.problem(), (409, "stale".to_owned()));
    assert!(said.json()["current"]["text"].as_str().unwrap().ends_with("# Ada\n"));
    assert_eq!(said.json()["current"]["changed_by"], "ada");
    assert_eq!(publish(&rig, &bo, "bank", revision).await.problem().1, "stale");
    let said = rig.as_person(&bo, "PUT", &path, Some(json!({ "text": "" }))).await;
    assert_eq!(said.problem(), (428, "revision_needed".to_owned()));
}

#[tokio::test]
async fn a_bot_with_errors_is_kept_and_not_published() {
    let rig = Rig::new().await;
    let ada = rig.person("ada", &[("main", Role::Editor)]).await;
    made(&rig, &ada, "bank", "blank").await;
    let path = format!("{BOTS}/bank/draft");
    let broken = "countersign: 1\nbot: bank\nscripts:\n  - { id: a, triggers: [a], stepps: [end] }\n";
    let written = rig.write(&ada, "PUT", &path, 1, json!({ "text": broken })).await.ok();
    let found = written["checkup"]["diagnostics"].as_array().unwrap();
    let found = found.iter().find(|one| one["code"] == "E0007").unwrap();
    assert_eq!(found["help"]["edits"][0]["text"], "steps");
    let said = publish(&rig, &ada, "bank", 2).await;
    assert_eq!(said.problem(), (422, "check_failed".to_owned()));
    assert_eq!(said.json()["checkup"]["ok"], false);
    let shown = rig.as_person(&ada, "GET", BOTS, None).await.ok();
    assert!(shown["items"][0]["problems"]["errors"].as_u64().unwrap() > 0);
    let other = "countersign: 1\nbot: other\nscripts: [{ id: a, triggers: [a], steps: [end] }]\n";
    rig.write(&ada, "PUT", &path, 2, json!({ "text": other })).await.ok();
    assert_eq!(publish(&rig, &ada, "bank", 3).await.json()["errors"][0]["code"], "other_bot");
}

/// EXAMPLES 3: a bot that logs users in does not run on a chat of ours.
#[tokio::test]
async fn a_bot_that_logs_in_is_not_put_on_a_web_chat() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    made(&rig, &owner, "bank", "login").await;
    rig.attach(ChannelKind::Web, "bank");
    let said = publish(&rig, &owner, "bank", 1).await;
    assert_eq!(said.problem(), (422, "check_failed".to_owned()));
    assert!(said.text.contains("scripts.balance.steps[0]"), "{}", said.text);
}

#[tokio::test]
async fn where_passwords_go_is_decided_by_few_and_freshly() {
    let rig = Rig::new().await;
    let editor = rig.person("editor", &[("main", Role::Editor)]).await;
    let manager = rig.person("manager", &[("main", Role::CredentialManager)]).await;
    made(&rig, &editor, "bank", "login").await;
    assert_eq!(publish(&rig, &editor, "bank", 1).await.problem(), (403, "forbidden".to_owned()));
    let path = format!("{BOTS}/bank/components/authorization-tokens/login");
    let body = json!({ "definition": { "url": "https://evil.example" } });
    assert_eq!(rig.write(&editor, "PUT", &path, 1, body).await.problem(), (403, "forbidden".to_owned()));
    rig.pass(std::time::Duration::from_secs(11 * 60));
    assert_eq!(publish(&rig, &manager, "bank", 1).await.problem(), (403, "step_up".to_owned()));
    let manager = rig.sign_in("manager").await;
    publish(&rig, &manager, "bank", 1).await.ok();
    // What does not change where they go, an editor may publish.
    let editor = rig.sign_in("editor").await;
    let (text, revision) = draft(&rig, &editor, "bank").await;
    let text = text.replace("Your balance is", "You have");
    let written = rig
        .write(&editor, "PUT", &format!("{BOTS}/bank/draft"), revision, json!({ "text": text }))
        .await
        .ok();
    publish(&rig, &editor, "bank", written["revision"].as_u64().unwrap()).await.ok();
}

#[tokio::test]
async fn a_component_is_changed_in_the_text() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    made(&rig, &owner, "bank", "login").await;
    let path = format!("{BOTS}/bank/components/authorization-tokens");
    let list = rig.as_person(&owner, "GET", &path, None).await.ok();
    assert_eq!(list["items"][0]["used_in"], json!(["scripts.balance.steps[0]"]));
    let mut definition = list["items"][0]["definition"].clone();
    definition["ttl"] = json!(60);
    let body = json!({ "definition": definition, "id": "bank-login" });
    let written = rig.write(&owner, "PUT", &format!("{path}/login"), 1, body).await.ok();
    let text = written["draft"]["text"].as_str().unwrap();
    assert!(
        text.contains("ttl: 60")
            && text.contains("- auth_token: bank-login")
            && text.contains("# How customers log in."),
        "{text}"
    );
    assert_eq!(written["checkup"]["ok"], true);
    let gone = rig.write(&owner, "DELETE", &format!("{path}/bank-login"), 2, Value::Null).await.ok();
    assert_eq!(gone["checkup"]["ok"], false);
    assert_eq!(rig.write(&owner, "DELETE", &format!("{path}/bank-login"), 3, Value::Null).await.status, 404);
    let stale = json!({ "definition": { "url": "https://a.example" } });
    assert_eq!(rig.write(&owner, "PUT", &format!("{path}/x"), 1, stale).await.problem().1, "stale");
}

#[tokio::test]
async fn a_changed_file_is_published_and_the_console_on_top_of_it() {
    let rig = Rig::new().await;
    let ada = rig.person("ada", &[("main", Role::Editor)]).await;
    let main = "main".parse().unwrap();
    let file = |words: &str| {
        let text = format!(
            "countersign: 1\nbot: bank\nscripts: [{{ id: a, triggers: [a], steps: [{{ message: {words} }}] }}]\n"
        );
        let checked = countersign_script::check("a.yaml", &text, &Default::default()).checked.unwrap();
        Compiled { bot: checked.bind(&Default::default(), &Default::default()).unwrap(), text }
    };
    let taken = async |words: &str| {
        adopt(rig.api.store.as_ref(), &main, &[file(words)], rig.api.now()).await.unwrap()
    };
    let number = async || rig.as_person(&ada, "GET", &format!("{BOTS}/bank"), None).await.ok();
    taken("one").await;
    taken("one").await;
    let bot = number().await;
    assert_eq!(
        (bot["origin"].as_str(), bot["live"]["number"].as_u64(), bot["live"]["published_by"].as_str()),
        (Some("file"), Some(1), Some("the bot file"))
    );
    // Edited and published in the console: the file that did not change leaves it in service.
    let (text, revision) = draft(&rig, &ada, "bank").await;
    let path = format!("{BOTS}/bank/draft");
    let written =
        rig.write(&ada, "PUT", &path, revision, json!({ "text": text.replace("one", "ours") })).await.ok();
    publish(&rig, &ada, "bank", written["revision"].as_u64().unwrap()).await.ok();
    taken("one").await;
    assert_eq!(number().await["live"]["number"], 2);
    // The file changes: it is in service, and the draft that somebody has edited stays.
    taken("two").await;
    assert_eq!(number().await["live"]["number"], 3);
    assert!(draft(&rig, &ada, "bank").await.0.contains("ours"));
    let said = rig.as_person(&ada, "DELETE", &format!("{BOTS}/bank"), None).await;
    assert_eq!(said.problem(), (409, "in_use".to_owned()));
}
