use std::path::Path;

use super::rig::Rig;

/// Writes the description anew with `UPDATE=1`.
#[test]
fn the_description_is_the_one_that_is_kept() {
    let now = format!("{}\n", crate::describe::document().to_pretty_json().unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    #[expect(clippy::disallowed_methods, reason = "only this test is told by the environment to write")]
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == now,
        "api/openapi.json is not what the routes say: run `UPDATE=1 cargo test -p countersign-api description`"
    );
}

#[test]
fn each_route_says_how_it_fails_and_who_may() {
    let document = serde_json::to_value(crate::describe::document()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let answers = operation["responses"].as_object().unwrap();
            assert!(!answers.contains_key("default"), "{method} {path} may answer anything");
            for (status, answer) in answers.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
                let name = answer["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
                assert_eq!(name, format!("Status{status}"), "{method} {path}");
                let answer =
                    &document["components"]["responses"][name]["content"]["application/problem+json"];
                assert_eq!(
                    answer["schema"]["$ref"], "#/components/schemas/Problem",
                    "{method} {path} {status}"
                );
            }
            let says = |status: &str| answers.contains_key(status);
            assert!(says("401") || !operation["security"].is_array(), "{method} {path}");
            assert!(says("404") || !path.contains('{'), "{method} {path}");
            let reads = operation["requestBody"].is_object();
            assert!(["400", "413", "415"].into_iter().all(|status| says(status) == reads), "{method} {path}");
            assert!(!reads || says("422"), "{method} {path}");
            assert!(says("429") && says("503"), "{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path} has no words");
        }
    }
    assert!(ids.len() > 40);
}

#[tokio::test]
async fn everybody_may_read_it() {
    let rig = Rig::new().await;
    let said = rig.send(http::Method::GET, "/api/openapi.json", &[], None).await;
    assert_eq!(said.headers["content-type"], "application/json");
    assert_eq!(
        said.json(),
        serde_json::from_str::<serde_json::Value>(include_str!("../../openapi.json")).unwrap()
    );
    let said = rig.send(http::Method::GET, "/api/v1/nowhere", &[], None).await;
    assert_eq!(said.problem(), (404, "not_found".to_owned()));
    let said = rig.send(http::Method::POST, "/api/v1/about", &[], None).await;
    assert_eq!(said.problem().0, 405);
    assert_eq!(
        rig.send(http::Method::GET, "/about", &[], None).await.ok()["public_url"],
        "https://bot.example/"
    );
    let page = rig.send(http::Method::GET, "/manual/e0101", &[], None).await.ok();
    assert_eq!(page["code"], "E0101");
    assert!(rig.send(http::Method::GET, "/schema/bot-file", &[], None).await.ok()["properties"].is_object());
}
