use countersign_accounts::Role;
use countersign_store::AuditEntry;
use http::Method;
use serde_json::{Value, json};

use super::rig::Rig;
use crate::events::Heard;

#[tokio::test]
async fn nobody_reads_a_secret_again() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let path = "/workspaces/main/secrets";
    let body = json!({ "value": "hunter2-canary" });
    assert_eq!(rig.as_person(&owner, "PUT", &format!("{path}/api-key"), Some(body)).await.status, 204);
    let list = rig.as_person(&owner, "GET", path, None).await;
    assert!(!list.text.contains("canary"));
    let list = list.ok();
    assert_eq!(
        (list["items"][0]["name"].as_str(), list["items"][0]["origin"].as_str()),
        (Some("api-key"), Some("console"))
    );
    assert_eq!(
        (list["items"][1]["name"].as_str(), list["items"][1]["origin"].as_str()),
        (Some("file_secret"), Some("file"))
    );
    let main = "main".parse().unwrap();
    assert!(rig.api.registry().secrets(&main).contains_key("api-key"));
    // After a restart it comes out of the vault.
    rig.api.registry().remove_secret(&main, "api-key");
    crate::open_secrets(&rig.api, &main).await.unwrap();
    assert_eq!(rig.api.registry().secrets(&main)["api-key"].expose(), "hunter2-canary");
    let audit = rig.as_person(&owner, "GET", "/workspaces/main/audit", None).await;
    assert!(audit.text.contains("secret.set") && !audit.text.contains("canary"));
    assert_eq!(rig.as_person(&owner, "DELETE", &format!("{path}/api-key"), None).await.status, 204);
    assert_eq!(rig.as_person(&owner, "DELETE", &format!("{path}/api-key"), None).await.status, 404);
    let bad = rig.as_person(&owner, "PUT", &format!("{path}/a.b"), Some(json!({ "value": "x" }))).await;
    assert_eq!(bad.json()["errors"][0]["pointer"], "/name");
}

#[tokio::test]
async fn a_constant_reaches_the_bots_in_service() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let text = "countersign: 1\nbot: bank\nscripts: [{ id: a, triggers: [a], steps: [{ message: \"{config.greeting}\" }] }]\n";
    let body = json!({ "id": "bank", "name": "Bank", "text": text });
    rig.as_person(&owner, "POST", "/workspaces/main/bots", Some(body)).await.ok();
    let publish =
        async || rig.write(&owner, "POST", "/workspaces/main/bots/bank/publish", 1, json!({})).await;
    let said = publish().await;
    assert_eq!(said.problem(), (422, "not_bound".to_owned()));
    assert!(said.text.contains("`greeting`"));
    let path = "/workspaces/main/constants/greeting";
    let set =
        async |value: &str| rig.as_person(&owner, "PUT", path, Some(json!({ "value": value }))).await.ok();
    set("Good day").await;
    publish().await.ok();
    set("Good evening").await;
    assert_eq!(rig.host.published.lock().unwrap().len(), 2);
    let list = rig.as_person(&owner, "GET", "/workspaces/main/constants", None).await.ok();
    assert_eq!(list["items"][1], json!({ "name": "greeting", "value": "Good evening", "origin": "console" }));
    let gone = rig.as_person(&owner, "DELETE", path, None).await.ok();
    assert_eq!(gone["unchanged_bots"], json!(["bank"]));
}

#[tokio::test]
async fn the_log_tells_who_did_what_and_is_whole() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let viewer = rig.person("viewer", &[("main", Role::Viewer)]).await;
    let body = json!({ "id": "bank", "name": "Bank" });
    assert_eq!(rig.as_person(&viewer, "POST", "/workspaces/main/bots", Some(body.clone())).await.status, 403);
    rig.as_person(&owner, "POST", "/workspaces/main/bots", Some(body)).await.ok();
    let list = rig.as_person(&owner, "GET", "/workspaces/main/audit?action=bot.", None).await.ok();
    let lines: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["action"].as_str().unwrap(), line["allowed"].as_bool().unwrap()))
        .collect();
    assert_eq!(lines, [("bot.create", true), ("bot.edit", false)]);
    assert_eq!(list["items"][0]["ip"], "192.0.2.7");
    let page = rig.as_person(&owner, "GET", "/workspaces/main/audit?limit=1", None).await.ok();
    let next = page["next"].as_str().unwrap();
    let next = rig
        .as_person(&owner, "GET", &format!("/workspaces/main/audit?limit=1&cursor={next}"), None)
        .await
        .ok();
    assert_ne!(page["items"][0]["number"], next["items"][0]["number"]);
    let whole = rig.as_person(&owner, "GET", "/workspaces/main/audit/verify", None).await.ok();
    assert_eq!(whole["ok"], true);
    let file = rig.as_person(&owner, "GET", "/workspaces/main/audit.jsonl", None).await;
    assert_eq!(file.text.lines().count() as u64, whole["lines"].as_u64().unwrap());
}

/// SECURITY §3.10: however long the log is, reading it takes as little memory.
#[tokio::test]
async fn a_long_log_is_read_in_parts() {
    const LINES: u64 = 20_000;
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let main = "main".parse().unwrap();
    let before = rig.api.store.audit(Some(&main), None, 1).await.unwrap()[0].number;
    for part in 0..LINES / 2000 {
        let line = |at: u64| AuditEntry {
            workspace: Some("main".parse().unwrap()),
            at: rig.api.now(),
            actor: "account/ada".to_owned(),
            ip: None,
            action: "bot.edit".to_owned(),
            object: format!("bot/{}", part * 2000 + at),
            allowed: true,
            detail: "{}".to_owned(),
        };
        rig.api.store.change(Vec::new(), (0..2000).map(line).collect(), rig.api.now()).await.unwrap();
    }
    let lines = before + LINES;
    let whole = rig.as_person(&owner, "GET", "/workspaces/main/audit/verify", None).await.ok();
    assert_eq!(whole, json!({ "ok": true, "lines": lines }));
    let parts = rig.parts(&owner, "/workspaces/main/audit.jsonl").await;
    let largest = parts.iter().map(String::len).max().unwrap();
    assert!(
        parts.len() > 20 && largest < 512 * 1024,
        "{} parts, the largest of {largest} bytes",
        parts.len()
    );
    let text = parts.concat();
    let numbers = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["number"].as_u64());
    assert!(numbers.eq((1..=lines).map(Some)));
}

#[tokio::test]
async fn changes_are_heard_while_they_happen() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let mut listener = rig.api.events.listen(&"main".parse().unwrap(), None);
    let cookie = rig.cookie(&owner);
    let said = rig.send(Method::GET, "/workspaces/main/events", &[("cookie", &cookie)], None).await;
    assert_eq!(said.headers["content-type"], "text/event-stream");
    let body = json!({ "id": "bank", "name": "Bank" });
    rig.as_person(&owner, "POST", "/workspaces/main/bots", Some(body)).await.ok();
    let Some(Heard::Event(_, event)) = listener.next().await else { panic!("nothing was told") };
    assert_eq!((event.kind, &event.data["bot"]), ("draft", &json!("bank")));
}
