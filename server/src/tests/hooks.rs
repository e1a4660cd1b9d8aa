use std::io;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::rig::{Folder, USER, message, signature};

#[tokio::test]
async fn a_signed_webhook_is_kept_answered_and_leads_to_a_reply() {
    let rig = Folder::new("").start().await.unwrap();
    let heard = rig.whatsapp(&message("1", "hello")).await;
    assert_eq!((heard.status, heard.body.as_str()), (200, ""));
    assert_eq!(rig.world.until_said(1).await, ["Good day"]);
    rig.world.until_read(1).await;
    rig.stop().await;
}

#[tokio::test]
async fn what_is_not_signed_leaves_no_trace_and_looks_like_a_channel_that_is_not_there() {
    let rig = Folder::new("").start().await.unwrap();
    let body = message("1", "hello");
    let other = signature(&message("1", "hello!"));
    let mut answers = Vec::new();
    for headers in
        [&[][..], &[("x-hub-signature-256", other.as_str())], &[("x-hub-signature-256", "sha256=")]]
    {
        answers.push(rig.ask("POST", "/hooks/wa", headers, &body).await);
    }
    let good = signature(&body);
    for path in ["/hooks/other", "/hooks/", "/hooks/wa/more", "/hooks/%77a"] {
        answers.push(rig.ask("POST", path, &[("x-hub-signature-256", &good)], &body).await);
    }
    assert_eq!((answers[0].status, answers[0].body.as_str()), (401, ""));
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
    let store = rig.app.runner.store();
    assert_eq!(store.backlog().await.unwrap(), Default::default());
    assert!(store.conversation(&rig.key()).await.unwrap().is_none());
    assert!(rig.world.said().is_empty() && rig.world.read() == 0);
    rig.stop().await;
}

#[tokio::test]
async fn typing_is_shown_while_an_answer_takes_a_while_and_not_after_one_that_came_at_once() {
    let mut folder = Folder::new("");
    folder.settings = folder.settings.replace("typing = false", "typing = true");
    folder.write_bot(
        "countersign: 1\nbot: demo\nweb_services: [{ id: slow, url: 'https://slow.example/x', save: { a: b } }]\n\
         scripts:\n  - { id: hello, triggers: [hello], steps: [{ message: Good day } ] }\n  \
         - { id: slow, triggers: [slow], steps: [{ web_service: slow }, { message: Done } ] }\n",
    );
    let rig = folder.start().await.unwrap();
    rig.whatsapp(&message("quick", "hello")).await;
    rig.world.until_said(1).await;
    // Somebody else, because a conversation that is at work is at work on all that was said.
    let slow = message("slow", "slow").replace(USER, "US.2").replace("15550100123", "15550100124");
    rig.whatsapp(&slow).await;
    rig.world.until(|| !rig.world.typed().is_empty()).await;
    rig.world.go_on.notify_one();
    rig.world.until_said(2).await;
    // The quick one came first, so its time was over first.
    assert_eq!(rig.world.typed(), ["wamid.slow"]);
    assert_eq!(rig.world.read(), 3, "each at once, and the slow one with typing again");
    rig.stop().await;
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn webhooks_that_are_refused_are_told_to_the_operator_once_a_minute() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let rig = Folder::new("").start().await.unwrap();
    for _ in 0..3 {
        assert_eq!(rig.ask("POST", "/hooks/wa", &[], "{}").await.status, 401);
        assert_eq!(rig.ask("POST", "/hooks/other", &[], "{}").await.status, 401);
    }
    rig.stop().await;
    let told = log.text();
    let words = "the signature of a webhook does not fit, so it was refused; when it came from the provider, compare the \
        secret of the channel with the provider's, and `public_url` with the address that the provider calls \
        channel=\"wa\"";
    assert_eq!(told.matches(words).count(), 1, "{told}");
    assert!(!told.contains("\"other\""), "{told}");
}

#[tokio::test]
async fn five_copies_at_once_have_one_effect() {
    let rig = Folder::new("").start().await.unwrap();
    let body = message("1", "hello");
    let copies = futures_util::future::join_all((0..5).map(|_| rig.whatsapp(&body))).await;
    assert!(copies.iter().all(|heard| heard.status == 200), "{copies:?}");
    rig.world.until_said(1).await;
    rig.rest().await;
    assert_eq!(rig.whatsapp(&body).await.status, 200);
    rig.whatsapp(&message("2", "hello")).await;
    rig.world.until_said(2).await;
    rig.rest().await;
    assert_eq!(rig.world.said(), ["Good day", "Good day"]);
    let metrics = rig.get("/metrics").await.body;
    assert!(metrics.contains("countersign_events_total{channel=\"wa\"} 2\n"), "{metrics}");
    assert!(metrics.contains("countersign_repeats_total{channel=\"wa\"} 5\n"), "{metrics}");
    rig.stop().await;
}

#[tokio::test]
async fn a_handshake_is_answered() {
    let rig = Folder::new("").start().await.unwrap();
    let path = "/hooks/wa?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
    let heard = rig.get(&format!("{path}handshake-canary")).await;
    assert_eq!((heard.status, heard.body.as_str()), (200, "1158201444"));
    assert_eq!(rig.get(&format!("{path}wrong")).await.status, 403);
    rig.stop().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_or_not_understood_is_refused() {
    let rig = Folder::new("[limits]\nwebhook_body = \"2 KiB\"").start().await.unwrap();
    let large = message("1", &"x".repeat(3000));
    let heard = rig.whatsapp(&large).await;
    assert_eq!((heard.status, heard.body.as_str()), (413, ""));
    let heard = rig.whatsapp("{\"object\":").await;
    assert_eq!((heard.status, heard.body.as_str()), (400, ""));
    assert_eq!(rig.ask("DELETE", "/hooks/wa", &[], "").await.status, 405);
    assert_eq!(rig.whatsapp(&message("2", "hello")).await.status, 200);
    rig.world.until_said(1).await;
    rig.stop().await;
}

#[tokio::test]
async fn a_server_with_too_much_to_do_asks_providers_to_come_back() {
    let rig = Folder::new("").start().await.unwrap();
    rig.pulse.crowd();
    let body = message("1", "hello");
    let heard = rig.whatsapp(&body).await;
    assert_eq!((heard.status, heard.header("retry-after")), (503, Some("5")));
    // Who did not sign learns nothing of that.
    assert_eq!(rig.ask("POST", "/hooks/wa", &[], &body).await.status, 401);
    assert!(rig.app.runner.store().conversation(&rig.key()).await.unwrap().is_none());
    rig.stop().await;
}

#[tokio::test]
async fn signatures_are_over_the_public_address_whatever_the_request_says() {
    let settings = "public_url = \"https://bot.example/a/\"\n[[channels]]\nid = \"sms\"\nkind = \"sms\"\n\
        provider = \"twilio\"\naccount_sid = \"AC4c122831efef10ac68b5223dccd6f614\"\n\
        auth_token = \"5c1f8a3e9d2b47608f6e1d0c9b8a7f65\"\nfrom = \"+15550100900\"\n";
    let rig = Folder::with_channels(settings).start().await.unwrap();
    let body = "MessageSid=SM1&NumSegments=1&From=%2B15550100123&To=%2B15550100900&Body=hello\
        &AccountSid=AC4c122831efef10ac68b5223dccd6f614&ApiVersion=2010-04-01";
    let sign = |url: &str| {
        let mut fields: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).collect();
        fields.sort();
        let text = fields.iter().fold(url.to_owned(), |text, (name, value)| text + name + value);
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"5c1f8a3e9d2b47608f6e1d0c9b8a7f65");
        STANDARD.encode(hmac::sign(&key, text.as_bytes()))
    };
    let form = "application/x-www-form-urlencoded";
    for (url, status) in [
        ("https://bot.example/a/hooks/sms?x=1", 200),
        ("http://elsewhere.example/hooks/sms?x=1", 401),
        ("https://evil.example/hooks/sms?x=1", 401),
    ] {
        let (signed, forwarded) = (sign(url), "evil.example");
        let headers = [
            ("x-twilio-signature", signed.as_str()),
            ("content-type", form),
            ("x-forwarded-host", forwarded),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(rig.ask("POST", "/hooks/sms?x=1", &headers, body).await.status, status, "{url}");
    }
    rig.stop().await;
}

#[tokio::test]
async fn what_was_accepted_before_a_stop_is_not_lost() {
    let folder = Folder::new("");
    let first = folder.start().await.unwrap();
    first.whatsapp(&message("1", "hello")).await;
    first.world.until_said(1).await;
    first.stop().await;
    let second = folder.start().await.unwrap();
    assert_eq!(second.whatsapp(&message("1", "hello")).await.status, 200);
    second.whatsapp(&message("2", "hello")).await;
    second.world.until_said(1).await;
    second.rest().await;
    assert_eq!(second.world.said(), ["Good day"]);
    second.stop().await;
}
