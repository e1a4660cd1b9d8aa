//! Conversations with a bot that nobody else sees.

use std::time::Duration;

use countersign_accounts::Role;
use serde_json::{Value, json};

use super::rig::{Person, Rig};

const BOT: &str = "/workspaces/main/bots/bank";

async fn world() -> (Rig, Person) {
    let rig = Rig::new().await;
    let ada = rig.person("ada", &[("main", Role::Owner)]).await;
    let new = json!({ "id": "bank", "name": "Bank", "template": "login" });
    rig.as_person(&ada, "POST", "/workspaces/main/bots", Some(new)).await.ok();
    (rig, ada)
}

/// A bot with one login and one service, as the draft of `bank`.
fn text() -> String {
    let bot = json!({
        "countersign": 1, "bot": "bank", "name": "Bank",
        "authorization_tokens": [{
            "id": "login", "url": "https://bank.example/login", "ttl": 60, "is_json": true, "token_path": "token",
            "questions": [
                { "question": "Name?", "field": "username" },
                { "question": "Password?", "field": "password", "secret": true },
            ],
        }],
        "web_services": [{
            "id": "balance", "url": "https://bank.example/balance", "save": { "amount": "amount" },
            "headers": { "Authorization": "Bearer {authtoken}" },
        }],
        "scripts": [{
            "id": "balance", "triggers": ["balance"],
            "steps": [{ "auth_token": "login" }, { "web_service": "balance" }, { "message": "You have {amount}." }],
        }],
    });
    bot.to_string()
}

fn begin(channel: &str) -> Value {
    json!({
        "channel": channel, "text": text(), "real_calls": false,
        "stubs": {
            "login": { "status": 200, "body": "{\"token\": \"tok-canary-1\"}" },
            "balance": { "status": 200, "body": "{\"amount\": 12}" },
        },
    })
}

#[tokio::test]
async fn a_login_is_simulated_with_its_path_its_calls_and_no_secret() {
    let (rig, ada) = world().await;
    let begun =
        rig.as_person(&ada, "POST", &format!("{BOT}/simulations"), Some(begin("whatsapp"))).await.ok();
    let id = begun["id"].as_str().unwrap().to_owned();
    let at = format!("/workspaces/main/simulations/{id}");
    let say = async |text: &str| {
        rig.as_person(&ada, "POST", &format!("{at}/input"), Some(json!({ "text": text }))).await.ok()
    };
    say("balance").await;
    let asked = say("ada").await;
    assert_eq!(asked["expect"]["secret"], true);
    let done = say("pw-canary-1").await;
    assert_eq!(done["lines"].as_array().unwrap().last().unwrap()["text"], "You have 12.");
    assert_eq!(done["variables"], json!([{ "name": "amount", "value": "12" }]));
    let path: Vec<_> =
        done["path"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(path, [0, 1, 2].map(|at| format!("scripts.balance.steps[{at}]")));
    assert_eq!(done["calls"][0]["outcome"], "answered 200");
    assert_eq!(done["tokens"][0]["component"], "login");
    assert!(!done.to_string().contains("canary"), "{done}");

    let later = json!({ "wait_seconds": 120 });
    rig.as_person(&ada, "POST", &format!("{at}/input"), Some(later)).await.ok();
    let again = rig.as_person(&ada, "GET", &at, None).await.ok();
    assert_eq!(again["lines"], done["lines"]);
    rig.as_person(&ada, "DELETE", &at, None).await.ok();
    assert_eq!(rig.as_person(&ada, "GET", &at, None).await.problem(), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn nobody_else_sees_it_and_it_ends_by_itself() {
    let (rig, ada) = world().await;
    let eve = rig.person("eve", &[("main", Role::Owner)]).await;
    let begun = rig.as_person(&ada, "POST", &format!("{BOT}/simulations"), Some(begin("sms"))).await.ok();
    let at = format!("/workspaces/main/simulations/{}", begun["id"].as_str().unwrap());
    assert_eq!(rig.as_person(&eve, "GET", &at, None).await.problem().0, 404);
    assert_eq!(rig.as_person(&eve, "DELETE", &at, None).await.problem().0, 404);
    rig.as_person(&ada, "GET", &at, None).await.ok();
    rig.pass(Duration::from_secs(29 * 60));
    rig.as_person(&ada, "GET", &at, None).await.ok();
    rig.pass(Duration::from_secs(30 * 60));
    let ada = rig.sign_in("ada").await;
    assert_eq!(rig.as_person(&ada, "GET", &at, None).await.problem().0, 404);
}

#[tokio::test]
async fn what_cannot_be_simulated_is_told_by_field() {
    let (rig, ada) = world().await;
    let post =
        async |body: Value| rig.as_person(&ada, "POST", &format!("{BOT}/simulations"), Some(body)).await;
    // A bot with a token is not for the chat of a web page: the check says so.
    assert_eq!(post(begin("web")).await.problem(), (422, "check_failed".to_owned()));
    let mut script = begin("whatsapp");
    script["script"] = json!("nowhere");
    assert_eq!(post(script).await.json()["errors"][0]["pointer"], "/script");
    let mut status = begin("whatsapp");
    status["stubs"]["login"]["status"] = json!(99);
    assert_eq!(post(status).await.json()["errors"][0]["pointer"], "/stubs/login/status");

    let begun = post(begin("whatsapp")).await.ok();
    let input = format!("/workspaces/main/simulations/{}/input", begun["id"].as_str().unwrap());
    let act = async |body: Value| rig.as_person(&ada, "POST", &input, Some(body)).await;
    assert_eq!(act(json!({})).await.problem(), (422, "invalid".to_owned()));
    assert_eq!(act(json!({ "text": "a", "choice": 1 })).await.problem().0, 422);
    assert_eq!(act(json!({ "hang_up": true })).await.json()["errors"][0]["pointer"], "/hang_up");
    assert_eq!(act(json!({ "choice": 4 })).await.json()["errors"][0]["pointer"], "/choice");
    assert_eq!(
        act(json!({ "wait_seconds": u64::MAX })).await.json()["errors"][0]["pointer"],
        "/wait_seconds"
    );
}

#[tokio::test]
async fn a_login_page_is_posted_and_its_digits_are_typed() {
    let (rig, ada) = world().await;
    let mut body = begin("whatsapp");
    let mut bot: Value = serde_json::from_str(body["text"].as_str().unwrap()).unwrap();
    bot["authorization_tokens"][0]["ask"] = json!("secure_page");
    body["text"] = json!(bot.to_string());
    let begun = rig.as_person(&ada, "POST", &format!("{BOT}/simulations"), Some(body)).await.ok();
    let input = format!("/workspaces/main/simulations/{}/input", begun["id"].as_str().unwrap());
    let act = async |body: Value| rig.as_person(&ada, "POST", &input, Some(body)).await;
    assert_eq!(act(json!({ "page": ["ada", "pw"] })).await.json()["errors"][0]["pointer"], "/page");
    let offered = act(json!({ "text": "balance" })).await.ok();
    assert_eq!(offered["page"]["questions"][1], json!({ "question": "Password?", "secret": true }));
    assert!(offered["lines"][1]["link"]["label"].is_string(), "{offered}");
    let posted = act(json!({ "page": ["ada", "pw-canary-2"] })).await.ok();
    let digits = posted["page"]["digits"].as_str().unwrap().to_owned();
    let done = act(json!({ "text": digits })).await.ok();
    assert_eq!(done["lines"].as_array().unwrap().last().unwrap()["text"], "You have 12.");
    assert!(!format!("{posted}{done}").contains("canary"), "{done}");
}
