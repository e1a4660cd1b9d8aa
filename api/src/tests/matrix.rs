//! Every route: who has no session, who has not the permission, who is of another workspace, and who was sent by a page of
//! somebody else.

use countersign_accounts::{Permission, Role};
use http::Method;
use serde_json::json;

use super::rig::{ORIGIN, Rig};
use crate::area::Need;
use crate::router::areas;

/// A path with something in each of its places.
fn filled(path: &str, workspace: &str) -> String {
    let mut out = path.replace("{workspace}", workspace).replace("{kind}", "forms").replace("{number}", "1");
    while let (Some(start), Some(end)) = (out.find('{'), out.find('}')) {
        out.replace_range(start..=end, "something");
    }
    out
}

/// A role that has not the permission.
fn without(permission: Permission) -> Option<Role> {
    Role::ALL.into_iter().find(|role| !role.permissions().contains(permission))
}

fn is_write(method: &Method) -> bool {
    !matches!(*method, Method::GET)
}

#[tokio::test]
async fn without_a_session_nothing_is_told() {
    let rig = Rig::new().await;
    let mut seen = 0;
    for (method, path, need) in areas().table().all() {
        if need == Need::Nothing {
            continue;
        }
        seen += 1;
        rig.pass(std::time::Duration::from_secs(60));
        for headers in [
            vec![],
            vec![("cookie", "__Host-countersign=guessed"), ("origin", ORIGIN)],
            vec![("authorization", "Bearer sck_live_guessed")],
        ] {
            let said = rig.send(method.clone(), &filled(&path, "main"), &headers, None).await;
            let (status, code) = said.problem();
            let by_key =
                headers.iter().any(|(name, _)| *name == "authorization") && !path.contains("{workspace}");
            let wanted = if by_key { (403, "forbidden") } else { (401, "signed_out") };
            assert_eq!((status, code.as_str()), wanted, "{method} {path} {headers:?}");
        }
    }
    assert!(seen > 30, "only {seen} routes");
}

#[tokio::test]
async fn without_the_permission_nothing_is_done() {
    let rig = Rig::new().await;
    let mut people = std::collections::HashMap::new();
    for role in Role::ALL {
        people.insert(role, rig.person(role.as_str(), &[("main", role)]).await);
    }
    for (method, path, need) in areas().table().all() {
        rig.pass(std::time::Duration::from_secs(2));
        let (Need::May(permission) | Need::MayNow(permission)) = need else { continue };
        let Some(role) = without(permission) else { continue };
        let said = rig.as_person(&people[&role], method.as_str(), &filled(&path, "main"), None).await;
        assert_eq!(said.problem(), (403, "forbidden".to_owned()), "{method} {path} as {role}");
    }
}

#[tokio::test]
async fn another_workspace_is_not_there() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("other", Role::Owner)]).await;
    for (method, path, need) in areas().table().all() {
        if matches!(need, Need::Nothing | Need::Session) {
            continue;
        }
        rig.pass(std::time::Duration::from_secs(1));
        for workspace in ["main", "nowhere", "%20", ".."] {
            let said = rig.as_person(&owner, method.as_str(), &filled(&path, workspace), None).await;
            assert_eq!(said.status, 404, "{method} {path} {workspace}: {said:?}");
        }
    }
}

#[tokio::test]
async fn pages_of_others_do_nothing() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let cookie = rig.cookie(&owner);
    let csrf = owner.csrf.as_str();
    for (method, path, need) in areas().table().all() {
        if !is_write(&method) || need == Need::Nothing {
            continue;
        }
        rig.pass(std::time::Duration::from_secs(2));
        let cases: [&[(&str, &str)]; 5] = [
            &[("origin", ORIGIN)],
            &[("origin", ORIGIN), ("x-csrf-token", "wrong")],
            &[("x-csrf-token", csrf)],
            &[("origin", "https://evil.example"), ("x-csrf-token", csrf)],
            &[("origin", ORIGIN), ("sec-fetch-site", "cross-site"), ("x-csrf-token", csrf)],
        ];
        for case in cases {
            let mut headers = vec![("cookie", cookie.as_str())];
            headers.extend(case);
            let said = rig.send(method.clone(), &filled(&path, "main"), &headers, None).await;
            assert_eq!(said.problem(), (403, "csrf".to_owned()), "{method} {path} {case:?}");
        }
    }
    let login = json!({ "email": "owner@bank.example", "password": "x" });
    let said = rig.send(Method::POST, "/session", &[("origin", "https://evil.example")], Some(login)).await;
    assert_eq!(said.problem(), (403, "csrf".to_owned()));
}

#[tokio::test]
async fn what_needs_a_fresh_proof_asks_for_it() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    rig.pass(std::time::Duration::from_secs(11 * 60));
    for (method, path, need) in areas().table().all() {
        let Need::MayNow(_) = need else { continue };
        let said = rig.as_person(&owner, method.as_str(), &filled(&path, "main"), None).await;
        assert_eq!(said.problem(), (403, "step_up".to_owned()), "{method} {path}");
    }
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_again() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let mut last = rig.as_person(&owner, "GET", "/session", None).await;
    for _ in 0..400 {
        last = rig.as_person(&owner, "GET", "/session", None).await;
        if last.status == 429 {
            break;
        }
    }
    assert_eq!(last.problem(), (429, "limited".to_owned()));
    assert!(last.headers.contains_key("retry-after"));
}
