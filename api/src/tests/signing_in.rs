use http::Method;
use serde_json::json;

use super::rig::{ORIGIN, PASSWORD, Rig};

#[tokio::test]
async fn the_first_administrator_is_made_with_the_token_of_the_log() {
    let rig = Rig::new().await;
    let get = async |path: &str| rig.send(Method::GET, path, &[], None).await;
    assert_eq!(get("/setup").await.ok()["needed"], true);
    let token = rig.api.accounts.setup_token(rig.api.now()).await.unwrap().unwrap();
    let body = |token: &str| json!({ "token": token, "name": "Ada", "email": "ada@bank.example", "password": PASSWORD });
    let post = async |body| rig.send(Method::POST, "/setup", &[("origin", ORIGIN)], Some(body)).await;
    assert!(post(body("guessed")).await.status.is_client_error());
    let made = post(body(token.expose())).await;
    let cookie = made.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-countersign=") && cookie.contains("HttpOnly; Secure; SameSite=Lax"));
    assert_eq!(made.headers["cache-control"], "no-store");
    assert_eq!(made.json()["workspaces"][0]["role"], "owner");
    assert_eq!(get("/setup").await.ok()["needed"], false);
    assert!(post(body(token.expose())).await.status.is_client_error());
}

#[tokio::test]
async fn a_session_begins_and_ends() {
    let rig = Rig::new().await;
    let ada = rig.person("ada", &[("main", countersign_accounts::Role::Editor)]).await;
    let session = rig.as_person(&ada, "GET", "/session", None).await.ok();
    assert_eq!(session["workspaces"][0]["role"], "editor");
    assert!(session["workspaces"][0]["permissions"].as_array().unwrap().contains(&json!("bot.publish")));
    let changed = rig.as_person(&ada, "PATCH", "/account", Some(json!({ "language": "es" }))).await.ok();
    assert_eq!(changed["account"]["language"], "es");
    let sessions = rig.as_person(&ada, "GET", "/account/sessions", None).await.ok();
    assert_eq!(sessions["items"][0]["current"], true);
    let out = rig.as_person(&ada, "DELETE", "/session", None).await;
    assert_eq!(out.status, 204);
    assert_eq!(rig.as_person(&ada, "GET", "/session", None).await.problem().0, 401);
    let wrong = json!({ "email": "ada@bank.example", "password": "hunter2-canary" });
    let said = rig.send(Method::POST, "/session", &[], Some(wrong)).await;
    assert_eq!(said.problem(), (401, "refused".to_owned()));
    assert!(!said.text.contains("canary"));
}

#[tokio::test]
async fn people_are_invited_and_programs_get_keys() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", countersign_accounts::Role::Owner)]).await;
    let path = "/workspaces/main/invitations";
    let invited = json!({ "email": "bo@bank.example", "role": "viewer" });
    let made = rig.as_person(&owner, "POST", path, Some(invited)).await.ok();
    let token =
        made["link"].as_str().unwrap().rsplit('/').next().unwrap().rsplit('#').next().unwrap().to_owned();
    let view = rig.send(Method::GET, &format!("/invitations/{token}"), &[], None).await.ok();
    assert_eq!((view["role"].as_str(), view["has_account"].as_bool()), (Some("viewer"), Some(false)));
    let accept = format!("/invitations/{token}/accept");
    let said = rig.send(Method::POST, &accept, &[], Some(json!({ "name": "Bo" }))).await;
    assert_eq!(said.json()["errors"][0]["pointer"], "/password");
    let body = json!({ "name": "Bo", "password": PASSWORD });
    assert_eq!(rig.send(Method::POST, &accept, &[], Some(body)).await.status, 200);
    let members = rig.as_person(&owner, "GET", "/workspaces/main/members", None).await.ok();
    assert_eq!(members["items"].as_array().unwrap().len(), 2);

    let new = json!({ "name": "CI", "scopes": ["bot.read"] });
    let made = rig.as_person(&owner, "POST", "/workspaces/main/api-keys", Some(new)).await.ok();
    let key = format!("Bearer {}", made["key"].as_str().unwrap());
    let with = [("authorization", key.as_str())];
    assert_eq!(rig.send(Method::GET, "/workspaces/main/bots", &with, None).await.status, 200);
    let new = json!({ "id": "a", "name": "A" });
    let said = rig.send(Method::POST, "/workspaces/main/bots", &with, Some(new)).await;
    assert_eq!(said.problem().0, 403);
    assert_eq!(rig.send(Method::GET, "/workspaces/other/bots", &with, None).await.status, 404);
    assert_eq!(rig.send(Method::GET, "/session", &with, None).await.problem().0, 403);
    let list = rig.as_person(&owner, "GET", "/workspaces/main/api-keys", None).await;
    assert!(!list.text.contains(made["key"].as_str().unwrap()));
}
