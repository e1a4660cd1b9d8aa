//! Accounts that go, addresses that change, and members that are removed.

use countersign_accounts::Role;
use http::Method;
use serde_json::json;

use super::rig::Rig;

#[tokio::test]
async fn an_account_is_deleted_unless_a_workspace_needs_it() {
    let rig = Rig::new().await;
    let ada = rig.person("ada", &[("main", Role::Owner)]).await;
    let said = rig.as_person(&ada, "DELETE", "/account", None).await;
    assert_eq!(said.problem(), (409, "last_owner".to_owned()));
    assert_eq!(
        said.json()["detail"],
        "This is the last owner of main; make somebody else an owner there first."
    );
    let bo = rig.person("bo", &[("main", Role::Owner)]).await;
    let said = rig.as_person(&ada, "DELETE", "/account", None).await;
    assert_eq!(said.status, 204);
    assert!(said.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"), "{said:?}");
    assert_eq!(rig.as_person(&ada, "GET", "/session", None).await.problem().0, 401);
    let members = rig.as_person(&bo, "GET", "/workspaces/main/members", None).await.ok();
    assert_eq!(members["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_address_is_changed_after_a_fresh_proof() {
    let rig = Rig::new().await;
    let ada = rig.person("ada", &[("main", Role::Owner)]).await;
    rig.person("bo", &[("main", Role::Viewer)]).await;
    let change = async |who: &super::rig::Person, email: &str| {
        rig.as_person(who, "POST", "/account/email", Some(json!({ "email": email }))).await
    };
    let said = change(&ada, "bo@bank.example").await;
    assert_eq!(said.problem(), (409, "taken".to_owned()));
    assert_eq!(said.json()["errors"][0]["pointer"], "/email");
    assert_eq!(change(&ada, "x").await.json()["errors"][0]["pointer"], "/email");
    rig.pass(std::time::Duration::from_secs(11 * 60));
    assert_eq!(change(&ada, "lovelace@bank.example").await.problem(), (403, "step_up".to_owned()));
    let ada = rig.sign_in("ada").await;
    let session = change(&ada, "lovelace@bank.example").await.ok();
    assert_eq!(session["account"]["email"], "lovelace@bank.example");
    rig.sign_in("lovelace").await;
}

#[tokio::test]
async fn a_removed_member_is_out_with_all_that_they_made() {
    let rig = Rig::new().await;
    let ada = rig.person("ada", &[("main", Role::Owner)]).await;
    let bo = rig.person("bo", &[("main", Role::Admin)]).await;
    let keys = "/workspaces/main/api-keys";
    let new = json!({ "name": "ci", "scopes": ["bot.read", "channel.edit"] });
    let key = rig.as_person(&bo, "POST", keys, Some(new)).await.ok();
    let bearer = format!("Bearer {}", key["key"].as_str().unwrap());
    let by_key = async |path: &str| {
        let path = format!("/workspaces/main/{path}");
        rig.send(Method::GET, &path, &[("authorization", &bearer)], None).await.status.as_u16()
    };
    assert_eq!(by_key("bots").await, 200);
    let members = rig.as_person(&ada, "GET", "/workspaces/main/members", None).await.ok();
    let of_bo = members["items"].as_array().unwrap().iter().find(|member| member["name"] == "bo").unwrap();
    let path = format!("/workspaces/main/members/{}", of_bo["account"].as_str().unwrap());
    rig.as_person(&ada, "PATCH", &path, Some(json!({ "role": "editor" }))).await.ok();
    let list = rig.as_person(&ada, "GET", keys, None).await.ok();
    assert_eq!(list["items"][0]["scopes"], json!(["bot.read", "channel.edit"]));
    assert_eq!(list["items"][0]["effective_scopes"], json!(["bot.read"]));
    assert_eq!(by_key("bots").await, 200);
    rig.as_person(&ada, "DELETE", &path, None).await.ok();
    assert_eq!(by_key("bots").await, 401);
    assert_eq!(rig.as_person(&bo, "GET", "/session", None).await.problem().0, 401);
    assert_eq!(rig.as_person(&ada, "GET", keys, None).await.ok()["items"], json!([]));
}
