//! One component tried for real, and a curl command read as one.

use countersign_accounts::Role;
use serde_json::{Value, json};

use super::rig::{Person, Rig};

const BOT: &str = "/workspaces/main/bots/bank";

async fn world() -> (Rig, Person) {
    let rig = Rig::new().await;
    let ada = rig.person("ada", &[("main", Role::Owner)]).await;
    let new = json!({ "id": "bank", "name": "Bank", "template": "blank" });
    rig.as_person(&ada, "POST", "/workspaces/main/bots", Some(new)).await.ok();
    (rig, ada)
}

fn login(url: &str) -> Value {
    json!({
        "id": "login", "url": url, "is_json": true, "token_path": "token",
        "questions": [
            { "question": "Name?", "field": "username" },
            { "question": "Password?", "field": "password", "secret": true },
        ],
    })
}

#[tokio::test]
async fn the_request_is_shown_without_its_secrets_and_the_trial_is_written_down() {
    let (rig, ada) = world().await;
    let body = json!({
        "kind": "authorization_token", "definition": login("https://bank.example/login"),
        "answers": ["ada", "pw-canary"],
    });
    let said = rig.as_person(&ada, "POST", &format!("{BOT}/try"), Some(body)).await;
    let result = said.ok();
    assert_eq!(result["request"]["method"], "POST");
    assert_eq!(result["request"]["body"], r#"{"username":"ada","password":"•••"}"#);
    // Nobody answers here but with 500.
    assert_eq!(result["response"]["status"], 500);
    assert_eq!(result["token"]["found"], false);
    assert!(!result.to_string().contains("canary"), "{result}");
    let audit = rig.as_person(&ada, "GET", "/workspaces/main/audit", None).await.ok();
    assert!(audit.to_string().contains("component.try"), "{audit}");
    assert!(!audit.to_string().contains("canary"), "{audit}");
}

#[tokio::test]
async fn errors_stand_at_the_fields_of_the_definition() {
    let (rig, ada) = world().await;
    let body = json!({ "kind": "authorization_token", "definition": login("nowhere"), "answers": [] });
    let said = rig.as_person(&ada, "POST", &format!("{BOT}/try"), Some(body)).await;
    assert_eq!(said.problem(), (422, "check_failed".to_owned()));
    assert_eq!(said.json()["errors"][0]["pointer"], "/definition/url");
    let no_id = json!({ "kind": "web_service", "definition": {}, "answers": [] });
    let said = rig.as_person(&ada, "POST", &format!("{BOT}/try"), Some(no_id)).await;
    assert_eq!(said.json()["errors"][0]["pointer"], "/definition/id");
    let few = json!({ "kind": "authorization_token", "definition": login("https://bank.example/l"), "answers": [] });
    let result = rig.as_person(&ada, "POST", &format!("{BOT}/try"), Some(few)).await.ok();
    assert_eq!(result["problem"]["code"], "no_answer");
    assert_eq!(result["problem"]["message"], "the question `Name?` has no answer; fill it in and try again");
}

#[tokio::test]
async fn what_the_workspace_does_not_have_stands_at_the_field_in_words_of_the_console() {
    let (rig, ada) = world().await;
    let definition = login("{config.bank}/login");
    let body = json!({ "kind": "authorization_token", "definition": definition, "answers": ["a", "b"] });
    let said = rig.as_person(&ada, "POST", &format!("{BOT}/try"), Some(body)).await;
    assert_eq!(said.problem(), (422, "not_bound".to_owned()));
    let said = said.json();
    assert_eq!(said["errors"][0]["pointer"], "/definition/url");
    assert_eq!(
        said["errors"][0]["message"],
        "There is no constant `bank`, which authorization_tokens.login.url uses."
    );
    assert_eq!(said["hint"], "Set them under Settings, and try again.");
}

#[tokio::test]
async fn a_pasted_command_becomes_a_service() {
    let (rig, ada) = world().await;
    let body = json!({ "command": "curl https://api.example/me -H 'Authorization: Bearer canary'" });
    let read = rig.as_person(&ada, "POST", &format!("{BOT}/curl"), Some(body)).await.ok();
    assert_eq!(read["definition"]["headers"]["Authorization"], "Bearer {authtoken}");
    assert_eq!(read["notes"].as_array().unwrap().len(), 1);
    let wrong = json!({ "command": "wget canary" });
    let said = rig.as_person(&ada, "POST", &format!("{BOT}/curl"), Some(wrong)).await;
    assert_eq!(said.problem(), (422, "invalid".to_owned()));
    assert!(!said.text.contains("canary"), "{said:?}");
}
