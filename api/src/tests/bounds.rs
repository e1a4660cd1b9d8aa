//! What is beyond the bounds of the description is refused, and says where.

use countersign_accounts::Role;
use serde_json::json;

use super::rig::Rig;

#[tokio::test]
async fn a_page_of_the_audit_log_has_bounds() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    for (query, pointer) in [
        ("limit=0", "/limit"),
        ("limit=201", "/limit"),
        ("cursor=x", "/cursor"),
        ("before=9223372036854775808", "/before"),
        ("cursor=9223372036854775808", "/before"),
    ] {
        let said = rig.as_person(&owner, "GET", &format!("/workspaces/main/audit?{query}"), None).await;
        assert_eq!(said.problem(), (422, "invalid".to_owned()), "{query}");
        assert_eq!(said.json()["errors"][0]["pointer"], pointer, "{query}");
    }
    for query in ["limit=1", "limit=200", "cursor=1", "before=9223372036854775807"] {
        rig.as_person(&owner, "GET", &format!("/workspaces/main/audit?{query}"), None).await.ok();
    }
}

#[tokio::test]
async fn the_name_of_a_bot_is_one_line() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    for name in ["", "  ", "two\nlines", "a\u{1}b", &"x".repeat(101)] {
        let body = json!({ "id": "bank", "name": name });
        let said = rig.as_person(&owner, "POST", "/workspaces/main/bots", Some(body)).await;
        assert_eq!(said.problem(), (422, "invalid".to_owned()), "{name:?}");
        assert_eq!(said.json()["errors"][0]["pointer"], "/name", "{name:?}");
    }
}
