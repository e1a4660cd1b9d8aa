use super::rig::{Folder, message};
use crate::StartError;

#[tokio::test]
async fn health_readiness_and_metrics_are_served_with_headers_for_browsers() {
    let rig = Folder::new("public_url = \"https://bot.example\"").start().await.unwrap();
    rig.whatsapp(&message("1", "hello")).await;
    rig.world.until_said(1).await;
    rig.rest().await;
    assert_eq!(rig.get("/healthz").await.body, "alive\n");
    assert_eq!(rig.get("/readyz").await.body, "ready\n");
    let metrics = rig.get("/metrics").await.body;
    for line in [
        "countersign_webhooks_total{channel=\"wa\",result=\"accepted\"} 1\n",
        "countersign_deliveries_total{channel=\"wa\",result=\"delivered\"} 1\n",
        "countersign_turn_seconds_count 1\n",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
    for secret in ["EAAcanary", "US.726", "15550100123", "hello"] {
        assert!(!metrics.contains(secret), "{secret}");
    }
    for (path, status) in [
        ("/", 303),
        ("/nowhere", 404),
        ("/healthz", 200),
        ("/chat/wa", 404),
        ("/console/", 200),
        ("/api/v1/about", 200),
        ("/api/v1/session", 401),
        ("/api/nowhere", 404),
    ] {
        let heard = rig.get(path).await;
        assert_eq!(heard.status, status, "{path}");
        assert_eq!(heard.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(heard.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert!(heard.header("content-security-policy").is_some(), "{path}");
        assert_eq!(heard.header("strict-transport-security"), Some("max-age=31536000"), "{path}");
    }
    let far = rig.ask("GET", "/metrics", &[("x-forwarded-for", "192.0.2.1")], "").await;
    assert_eq!((far.status, far.body.as_str()), (401, ""));
    rig.stop().await;
}

#[tokio::test]
async fn a_console_without_https_is_off_and_says_so() {
    let rig = Folder::new("public_url = \"http://bot.example\"").start().await.unwrap();
    for path in ["/console/", "/api/v1/setup"] {
        let heard = rig.get(path).await;
        assert_eq!(heard.status, 403, "{path}");
        assert!(heard.body.contains("Set `public_url`"), "{}", heard.body);
    }
    rig.stop().await;
    let rig = Folder::new("[console]\nenabled = false").start().await.unwrap();
    assert_eq!((rig.get("/console/").await.status, rig.get("/").await.status), (404, 200));
    rig.stop().await;
}

#[tokio::test]
async fn a_second_server_on_one_database_is_refused() {
    let folder = Folder::new("");
    let first = folder.start().await.unwrap();
    let Err(error @ StartError::Database(_)) = folder.start().await else { panic!("it started") };
    assert!(error.to_string().contains("another server works with the store"), "{error}");
    first.stop().await;
    folder.start().await.unwrap().stop().await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let folder = Folder::new(&format!("[metrics]\nlisten = \"{address}\""));
    let Err(error @ StartError::Listen { .. }) = folder.start().await else { panic!("it started") };
    let text = error.to_string();
    assert!(text.starts_with(&format!("{address} cannot be listened to: ")), "{text}");
    assert!(text.contains("`metrics.listen`"), "{text}");
}
