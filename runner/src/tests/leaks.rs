use countersign_engine::OutgoingRequest;
use countersign_model::ChannelKind;
use countersign_script::program::{Method, RequestTemplate};
use countersign_script::template::{Piece, Place, Rendered, SecretRef, Template};

use super::rig::{API_KEY, PASSWORD, Rig, answer, bank, key, name};
use crate::sealing::Owner;
use crate::secrets::{NotBuilt, Plan};
use crate::url_pattern::destination;

fn holds(bytes: &[u8], wanted: &str) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes())
}

/// Looks into the store at every moment of a conversation.
#[tokio::test]
async fn no_secret_is_ever_in_the_store() {
    let rig = Rig::new().await;
    rig.bank(|sent| match sent.path() {
        "login" => answer(200, r#"{"token":"CANARY-token","refresh":"CANARY-refresh"}"#),
        _ => answer(200, &format!(r#"{{"balance":"12.50","echo":"{}"}}"#, sent.bearer())),
    });
    let look = |rig: &Rig| {
        let bytes = rig.store.to_bytes();
        for secret in ["CANARY", "hunter2", API_KEY, PASSWORD] {
            assert!(!holds(&bytes, secret), "{secret}");
        }
    };
    for text in ["balance", "ada", PASSWORD, "balance"] {
        rig.text_in("ada", text).await;
        look(&rig);
        while rig.runner.tick().await.unwrap() {
            look(&rig);
        }
    }
    assert!(holds(&rig.store.to_bytes(), "You have 12.50."), "this test looks at the right bytes");
    assert_eq!(rig.heard("ada"), ["User?", "Password?", "You have 12.50.", "You have 12.50."]);
    let notices = rig.notices().join("\n");
    assert!(!notices.contains("CANARY") && !notices.contains("hunter2"), "{notices}");
    assert!(notices.contains("https://api.bank.example/accounts/{contact.address}/balance"), "{notices}");
    assert!(!notices.contains("accounts/ada"), "{notices}");
}

#[tokio::test]
async fn an_answer_that_repeats_a_secret_is_scrubbed() {
    let rig = Rig::new().await;
    rig.bank(|sent| match sent.path() {
        "login" => bank(sent),
        _ => {
            let key = &sent.headers["x-key"];
            answer(200, &format!(r#"{{"balance":"{} and {key}"}}"#, sent.bearer()))
        }
    });
    assert_eq!(rig.log_in("ada", "balance").await, ["You have ••• and •••."]);
}

#[tokio::test]
async fn a_service_that_repeats_the_password_in_its_refusal_is_not_believed() {
    let rig = Rig::new().await;
    rig.bank(|sent| answer(422, &format!(r#"{{"detail":[{{"input":{}}}]}}"#, sent.body)));
    rig.log_in("ada", "balance").await;
    let seen = format!("{:?}{:?}", rig.notices(), rig.transcript("ada").await);
    assert!(!seen.contains("hunter2"), "{seen}");
    assert!(!holds(&rig.store.to_bytes(), "hunter2"));
}

fn template(pieces: Vec<Piece>) -> RequestTemplate {
    let url = Template { pieces: pieces.into() };
    RequestTemplate { method: Method::Get, url, headers: vec![], body: None }
}

fn request(url: Rendered) -> OutgoingRequest {
    OutgoingRequest { method: Method::Get, url, headers: vec![], body: None, timeout_ms: 1000 }
}

/// The check refuses such bots; here one has got past it.
#[tokio::test]
async fn a_token_goes_only_where_its_author_sends_it() {
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    let account = rig.runner.registry().channel(&name("acme"), &name("wa")).unwrap();
    let (bot, conversation) = (&account.bot, key("ada"));
    let owner = Owner { conversation: &conversation, kind: ChannelKind::Whatsapp };
    let token = SecretRef::Token(name("login"));
    let build = async |url: &str, rendered: Rendered| {
        let origin = destination(bot, &template(vec![Piece::Text(url.into())]));
        let request = request(rendered);
        let (idempotency, body_limit, answers) = (None, None, None);
        let plan = Plan { owner, bot, origin: &origin, request: &request, idempotency, body_limit, answers };
        let built = rig.runner.inner().build(&plan, rig.now()).await.unwrap();
        built.map(|built| built.request.url().expose().to_owned())
    };
    let with_token = |url: &str| {
        let mut rendered = Rendered::from_text(url.to_owned());
        rendered.push_secret(token.clone(), Place::Query);
        rendered
    };
    for good in
        ["https://api.bank.example/x?t=", "https://api.bank.example:443/x?t=", "https://API.bank.example/?"]
    {
        assert!(build(good, with_token(good)).await.unwrap().ends_with("CANARY-token-ada"), "{good}");
    }
    for bad in [
        "https://evil.example/x?t=",
        "https://api.bank.example.evil.example/?t=",
        "https://api.bank.example:8443/?t=",
        "http://api.bank.example/?t=",
        "https://bank.example/?t=",
    ] {
        let refused = build(bad, with_token(bad)).await.unwrap_err();
        assert!(matches!(refused, NotBuilt::SendTo { .. }), "{bad}: {refused}");
        assert!(!refused.to_string().contains("CANARY"));
    }
    let message =
        build("https://evil.example/", with_token("https://evil.example/")).await.unwrap_err().to_string();
    assert_eq!(
        message,
        "the token of `login` may not be sent to https://evil.example; if that is right, add it to the token's \
         `send_to`: `send_to: [\"https://evil.example\"]`"
    );
    // A value that moved the request elsewhere is noticed, wherever it stands.
    let mut moved = Rendered::from_text("https://".to_owned());
    moved.push_secret(token.clone(), Place::Query);
    moved.push_str(".evil.example/");
    assert!(matches!(build("https://api.bank.example/", moved).await, Err(NotBuilt::Refused(_))));
    let moved = with_token("https://evil.example/?t=");
    assert!(matches!(build("https://api.bank.example/", moved).await, Err(NotBuilt::Refused(_))));
    let fragment = with_token("https://api.bank.example/#");
    assert!(matches!(build("https://api.bank.example/", fragment).await, Err(NotBuilt::Refused(_))));
}

#[tokio::test]
async fn a_sealed_token_of_one_contact_does_not_open_for_another() {
    use countersign_store::Secrets as _;
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    let row = rig.store.token(&key("ada"), &name("bank"), &name("login")).await.unwrap().unwrap();
    let (ada, bob) = (key("ada"), key("bob"));
    let open = |conversation, kind| {
        let scope = Owner { conversation, kind }.token(&name("bank"), &name("login"), row.expires_at);
        rig.runner.inner().vault.open(&scope, &row.sealed, rig.now())
    };
    assert!(open(&ada, ChannelKind::Whatsapp).is_ok());
    assert!(open(&bob, ChannelKind::Whatsapp).is_err());
    assert!(open(&ada, ChannelKind::Phone).is_err());
}
