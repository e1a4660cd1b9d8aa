use axum::body::Body;
use http::Request;
use http_body_util::BodyExt as _;
use serde_json::json;

use super::rig::{Plan, Rig};
use crate::chat::{ChatSettings, Position};

fn get(path: &str) -> http::request::Builder {
    Request::builder().uri(path)
}

#[tokio::test]
async fn the_widget_is_cached_until_it_changes() {
    let rig = Rig::new(Plan::default()).await;
    let response = rig.answer(get("/widget.js").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("cache-control"), "public, max-age=300");
    let tag = header("etag");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(std::str::from_utf8(&body).unwrap().contains("countersign-chat"));
    for known in [tag.clone(), format!("\"x\", W/{tag}")] {
        let again =
            rig.answer(get("/widget.js").header("if-none-match", known).body(Body::empty()).unwrap()).await;
        assert_eq!(again.status(), 304);
        assert!(again.into_body().collect().await.unwrap().to_bytes().is_empty());
    }
    let other =
        rig.answer(get("/widget.js").header("if-none-match", "\"x\"").body(Body::empty()).unwrap()).await;
    assert_eq!(other.status(), 200);
}

#[tokio::test]
async fn a_page_learns_what_the_chat_looks_like() {
    let settings = ChatSettings {
        title: "Ask us".into(),
        color: "#aa0000".into(),
        position: Position::Left,
        language: Some("de".into()),
        ..Plan::default().settings
    };
    let rig = Rig::new(Plan { settings, ..Plan::default() }).await;
    let (status, look) = rig.ask("GET", "/chat/site/look", "", "").await;
    assert_eq!(status, 200);
    assert_eq!(
        look,
        json!({"v":1,"title":"Ask us","color":"#aa0000","position":"left","language":"de","longest":4096})
    );
}

#[tokio::test]
async fn the_demo_page_is_there_when_it_is_wanted() {
    let rig = Rig::new(Plan::default()).await;
    assert_eq!(rig.answer(get("/demo").body(Body::empty()).unwrap()).await.status(), 404);
    let settings =
        ChatSettings { demo_page: true, title: "<Shop> & \"Co\"".into(), ..Plan::default().settings };
    let rig = Rig::new(Plan { settings, ..Plan::default() }).await;
    let response = rig.answer(get("/demo").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 200);
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"));
    let page = response.into_body().collect().await.unwrap().to_bytes();
    let page = std::str::from_utf8(&page).unwrap();
    assert!(page.contains("<h1>&lt;Shop&gt; &amp; &quot;Co&quot;</h1>"), "{page}");
    assert!(page.contains("data-channel=\"site\""));
    assert!(page.contains("https://bot.example/widget.js"));
    assert!(!page.contains("{title}") && !page.contains("{channel}") && !page.contains("{base}"));
}
