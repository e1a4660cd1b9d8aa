//! What shows itself: `Debug` and `Display` of everything that a secret passes through, and panics.

use std::fmt::Debug;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_egress::{Client, IncomingResponse, OutgoingRequest, Policy, Sending, Transport};
use countersign_engine::{Input, Outcome, Refusal, Response, Session, step};
use countersign_model::{CallId, ChannelKind, Contact, Content, Reply, SecretText, Timestamp};
use countersign_runner::{AuthAnswer, Event, Inbound, judge};
use countersign_vault::{KeyRing, MasterKey, MasterKeys, Purpose, Scope};
use futures_util::FutureExt as _;

use super::canary::{ALL, ANSWER, CODE, PASSWORD, PIN, TOKEN, WORKSPACE, assert_clean};
use super::conversations::BOT;
use super::parrot::{Answer, Parrot};
use crate::logins::world::{World, bot};

const NOW: Timestamp = Timestamp::from_secs(1_795_348_800);

fn look(what: &str, thing: &dyn Debug) {
    assert_clean(what, format!("{thing:?}").as_bytes());
    assert_clean(what, format!("{thing:#?}").as_bytes());
}

#[test]
fn everything_of_the_engine() {
    let bot = bot(BOT, "https://bank.example");
    look("a bot", &bot);
    let mut session = Session::new(&bot, ChannelKind::Whatsapp, Contact::default());
    let said = ["go", "canary-user", PASSWORD.text, PIN.text, CODE.text];
    let mut inputs: Vec<Input> = said.map(|text| Input::Reply(Reply::text(text))).into();
    let expires_at = NOW.plus(Duration::from_secs(600));
    inputs.push(Input::Completed {
        call: CallId(1),
        outcome: Outcome::Acquired { expires_at, refreshable: true },
    });
    let echo = ALL.map(|canary| canary.text).join(" ");
    let response =
        Response { status: 422, headers: vec![("x-echo".to_owned(), echo.clone())], body: echo.into_bytes() };
    inputs.push(Input::Completed { call: CallId(2), outcome: Outcome::Responded(response) });
    for input in inputs {
        look("an input", &input);
        let turn = step(&bot, session, input, NOW).unwrap();
        look("a turn", &turn);
        look("a status", &turn.session.status(&bot));
        for warning in &turn.warnings {
            assert_clean("a warning", warning.to_string().as_bytes());
        }
        assert_clean("a session", &turn.session.to_bytes());
        session = turn.session;
    }
    look("a refusal", &Outcome::Rejected(Refusal::WrongCredentials));
}

#[test]
fn everything_that_comes_in() {
    for canary in ALL {
        let contents = || {
            [
                Content::Text(canary.text.into()),
                Content::Digits(canary.text.into()),
                Content::Choice { payload: canary.text.to_owned(), label: canary.text.to_owned() },
            ]
        };
        for content in contents() {
            look("a content", &content);
        }
        for content in contents() {
            let inbound = Inbound {
                conversation: countersign_runner::ConversationKey {
                    workspace: "demo".parse().unwrap(),
                    channel: "whatsapp".parse().unwrap(),
                    address: "+15550100".to_owned(),
                },
                id: "1".to_owned(),
                contact: Contact::default(),
                event: Event::Reply(Reply { content, reference: None }),
            };
            look("what comes in", &inbound);
        }
        look("a secret text", &SecretText::from(canary.text));
    }
}

#[test]
fn everything_of_the_vault() {
    let master = MasterKey::generate().unwrap();
    let line = master.to_line();
    let (shown, keys) = (format!("{master:?}"), MasterKeys::one(master));
    assert!(!shown.contains(line.expose()));
    assert!(!format!("{keys:?}").contains(line.expose()));
    let mut ring = KeyRing::unlock(keys, Vec::new()).unwrap();
    ring.new_data_key(&"demo".parse().unwrap()).unwrap();
    look("a key ring", &ring);
    for canary in ALL {
        let scope = Scope {
            workspace: "demo".parse().unwrap(),
            bot: None,
            component: None,
            contact: None,
            call: None,
            purpose: Purpose::Token,
            expires_at: NOW.plus(Duration::from_secs(1)),
        };
        let sealed = ring.seal(&scope, &canary.text.into()).unwrap();
        look("a sealed value", &sealed);
        assert_clean("the bytes of a sealed value", sealed.as_bytes());
        let opened = ring.open(&scope, &sealed, NOW).unwrap();
        assert_eq!(opened.expose(), canary.text);
        look("an opened value", &opened);
        let error = ring.open(&scope, &sealed, NOW.plus(Duration::from_secs(2))).unwrap_err();
        look("an error of the vault", &error);
        assert_clean("an error of the vault", error.to_string().as_bytes());
    }
}

#[test]
fn every_diagnosis_of_an_auth_service() {
    let bot = bot(BOT, "https://bank.example");
    let component = &bot.tokens[0];
    let echo = serde_json::to_string(&ALL.map(|canary| canary.text)).unwrap();
    let bodies = [
        format!("{{\"data\":{{\"token\":{echo}}}}}"),
        format!("{{\"data\":{{\"token\":\"{}\\n\"}}}}", PIN.text),
        format!("{{\"data\":{{\"token\":null,\"x\":{echo}}}}}"),
        format!("{{\"data\":{{\"token\":{{\"x\":{echo}}}}}}}"),
        format!("{{\"data\":{{\"Token\":\"a\",\"{}\":1}}}}", CODE.text),
        format!("{{\"data\":\"{}\"}}", PIN.text),
        format!("{echo} trailing"),
        format!("<html>{echo}</html>"),
        format!("{{\"data\":{{\"token\":\"a\"}}}} {echo}"),
        format!("\u{feff}{{\"data\":{{\"token\":\"{}\"}}}}", PIN.text),
        format!("{{\"data\":{{\"token\":\"{}\",\"token\":\"{}\"}}}}", PIN.text, CODE.text),
    ];
    let hide = |text: &str| ALL.iter().any(|canary| text.contains(canary.text));
    for body in &bodies {
        for status in [200, 204, 400, 401, 422, 429, 500] {
            for content_type in [Some("application/json"), Some("text/html"), None] {
                let answer = AuthAnswer { status, content_type, body: body.as_bytes() };
                for purpose in
                    [countersign_engine::TokenPurpose::Login, countersign_engine::TokenPurpose::Refresh]
                {
                    let (judged, diagnoses) = judge(component, purpose, &answer, NOW, &hide);
                    look("a judgement", &judged);
                    look("a diagnosis", &diagnoses);
                    for diagnosis in &diagnoses {
                        assert_clean("a diagnosis", diagnosis.to_string().as_bytes());
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn requests_and_errors_of_egress() {
    let parrot = Parrot::start();
    let policy = Policy { allow: vec![parrot.addr.to_string().parse().unwrap()], ..Policy::default() };
    let client = Client::new(policy.clone()).unwrap();
    for answer in Answer::FAILURES {
        parrot.answers(answer);
        let origin = format!("http://{}", parrot.addr).parse().unwrap();
        let encoded: String = url::form_urlencoded::byte_serialize(TOKEN.text.as_bytes()).collect();
        let url = format!("http://{}/x?token={encoded}", parrot.addr);
        let builder = OutgoingRequest::builder(countersign_egress::Method::Post, origin, url.into())
            .header("authorization", format!("Bearer {}", TOKEN.text).into())
            .body("application/json", PASSWORD.text.into())
            .timeout(Duration::from_millis(300));
        look("a request in the making", &builder);
        let request = builder.build(&policy).unwrap();
        look("a request", &request);
        match client.send(&request).await {
            Ok(response) => look("an answer", &response),
            Err(error) => {
                look("an error", &error);
                let mut source: Option<&dyn std::error::Error> = Some(&error);
                while let Some(error) = source {
                    assert_clean("an error", error.to_string().as_bytes());
                    source = error.source();
                }
            }
        }
    }
}

#[test]
fn requests_that_are_refused() {
    let policy = Policy::default();
    let builder = |url: String, header: &str| {
        OutgoingRequest::builder(
            countersign_egress::Method::Get,
            "https://bank.example".parse().unwrap(),
            url.into(),
        )
        .header("x-token", header.into())
        .build(&policy)
        .unwrap_err()
    };
    let errors = [
        builder(format!("https://{}.example/", CODE.text), "a"),
        builder(format!("https://bank.example:{}/", PIN.text), "a"),
        builder(format!("https://{}@bank.example/", CODE.text), "a"),
        builder(format!("https://bank.example/#{}", CODE.text), "a"),
        builder("https://bank.example/".to_owned(), &format!("{}\r\nx: y", WORKSPACE.text)),
        builder("https://bank.example/".to_owned(), &format!("{}\u{0}", ANSWER.text)),
    ];
    for error in errors {
        look("a refusal", &error);
        assert_clean("a refusal", error.to_string().as_bytes());
    }
}

/// Panics with all that a careless programmer would show.
struct Panicking;

impl Transport for Panicking {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
        Box::pin(async move {
            let answer = IncomingResponse::new(200, Vec::new(), TOKEN.text.as_bytes().to_vec());
            panic!("{request:?} {request:#?} {:?} {answer:?}", request.url())
        })
    }
}

#[tokio::test]
async fn a_panic_while_a_secret_is_in_hand() {
    let panics = Arc::new(Mutex::new(String::new()));
    let sink = panics.clone();
    let before = std::panic::take_hook();
    let before = Arc::new(before);
    let chained = before.clone();
    std::panic::set_hook(Box::new(move |info| {
        let text = format!("{info}\n{info:?}\n{}\n", std::backtrace::Backtrace::force_capture());
        if text.contains("leak::things") {
            sink.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
        } else {
            chained(info);
        }
    }));
    let parrot = Parrot::start();
    let world = World::against(BOT, parrot.addr, Duration::from_secs(1)).await;
    let runner = world.with_transport(Arc::new(Panicking));
    let person = world.whatsapp("+15550100");
    person.says("go").await;
    person.says("canary-user").await;
    person.says(PASSWORD.text).await;
    person.says(PIN.text).await;
    person.drops_in(Event::Reply(Reply::text(CODE.text))).await;
    let ended = AssertUnwindSafe(runner.run_until_idle()).catch_unwind().await;
    drop(std::panic::take_hook());
    let payload = ended.expect_err("the transport panics");
    let message = payload.downcast_ref::<String>().map_or("", String::as_str);
    let shown = panics.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(shown.contains("OutgoingRequest") || shown.contains("POST"), "the hook has seen it: {shown}");
    assert_clean("a panic", shown.as_bytes());
    assert_clean("a panic's message", message.as_bytes());
    assert_clean("the store after a panic", &world.store.to_bytes());
    look("the runner's notices", &world.noticed.all());
}
