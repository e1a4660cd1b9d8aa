//! Whole conversations with the parrot, and all that is left of them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_model::{ChannelKind, Reply};
use countersign_runner::Event;
use countersign_store::Conversations as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::canary::{
    ALL, ANSWER, CODE, Canary, PASSWORD, PIN, REFRESH, TOKEN, WORKSPACE, assert_clean, find,
};
use super::parrot::{Answer, Parrot};
use crate::logins::person::Person;
use crate::logins::world::{World, workspace};

/// A bot that puts secrets wherever secrets can go, and shows whatever comes back.
pub(super) const BOT: &str = r#"
countersign: 1
bot: leak
authorization_tokens:
  - id: login
    url: "{config.bank_url}/login"
    headers: { X-Application: "{secret.oauth_secret}" }
    fields: { application: "{secret.oauth_secret}" }
    questions:
      - { question: "User?", field: username }
      - { question: "Password?", field: password, secret: true }
      - { question: "PIN?", field: pin, secret: true, kind: digits, length: 12 }
      - { question: "Code?", field: deep.code, secret: true, kind: code, length: 12 }
    attempts: 2
    ttl: 600
    is_json: true
    token_path: data.token
    expires_in_path: data.expires_in
    refresh:
      token_path: data.refresh
      url: "{config.bank_url}/refresh"
      fields: { refresh_token: "{refresh_token}", application: "{secret.oauth_secret}" }
web_services:
  - id: in-url
    url: "{config.bank_url}/in-url?token={authtoken}"
    save: { whole: body, one: "$.echo[0]", header: "header:x-echo", status: status }
  - id: in-header
    method: POST
    url: "{config.bank_url}/in-header"
    headers: { Authorization: "Bearer {authtoken}", X-Key: "{secret.oauth_secret}" }
    form: { token: "{authtoken}", key: "{secret.oauth_secret}" }
    save: { whole: body, header: "header:x-echo" }
  - id: in-body
    method: POST
    url: "{config.bank_url}/in-body"
    json: { token: "{authtoken}", answer: "{val1}", key: "{secret.oauth_secret}" }
    questions: [{ question: "Secret?", secret: true }]
    save: { two: echo }
    each: { list: echo, line: "{item}", save: lines, limit: 50 }
scripts:
  - id: go
    triggers: go
    steps:
      - auth_token: login
        failed: failed
        unavailable: failed
      - id: url
        web_service: in-url
        failed: failed
        unavailable: header
        status: { 422: failed, 500: failed }
      - message: "{whole} {one} {header} {status}"
      - id: header
        web_service: in-header
        failed: failed
        unavailable: body
      - message: "{whole} {header}"
      - id: body
        web_service: in-body
        failed: failed
        unavailable: failed
      - message: "{two} {lines}"
      - end
      - id: failed
        message: "It did not work."
"#;

/// All that was logged, by whom ever, on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Captures everything, down to TRACE, until the guard is dropped.
    fn capture(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(move || log.clone())
            .set_default()
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn world(parrot: &Parrot) -> World {
    let world = World::against(BOT, parrot.addr, Duration::from_millis(300)).await;
    world.runner.registry().put_secret(&workspace(), "oauth_secret", WORKSPACE.text.into());
    world
}

/// Begins a login and answers all its questions.
async fn logs_in(person: &Person<'_>) -> Vec<String> {
    let told = person.says("go").await;
    assert_eq!(told.last().map(String::as_str), Some("User?"), "{told:?}");
    answers_all(person).await
}

async fn answers_all(person: &Person<'_>) -> Vec<String> {
    person.says("canary-user").await;
    person.says(PASSWORD.text).await;
    person.says(PIN.text).await;
    person.says(CODE.text).await
}

/// Looks through all that is kept and was said.
async fn assert_world_is_clean(what: &str, world: &World, person: &Person<'_>, log: &Log) {
    assert_clean(&format!("{what}: the log"), &log.bytes());
    assert_clean(&format!("{what}: the store"), &world.store.to_bytes());
    assert_clean(&format!("{what}: the transcript"), world.transcript(person).await.as_bytes());
    assert_clean(
        &format!("{what}: what the bot said"),
        world.heard.lines(&person.conversation, 0).join("\n").as_bytes(),
    );
    assert_clean(&format!("{what}: what the runner told"), world.noticed.all().join("\n").as_bytes());
    let view = world.runner.look(&person.conversation).await.unwrap();
    if let Some(view) = &view {
        let variables: Vec<_> = view.session.variables(&view.bot).collect();
        assert_clean(&format!("{what}: the variables"), format!("{variables:?}").as_bytes());
        assert_clean(&format!("{what}: the session"), &view.session.to_bytes());
    }
    let leads = world.store.leads(&person.conversation).await.unwrap();
    let shown = format!("{view:?}{view:#?}{:?}{:?}{leads:?}", world.store, world.runner.registry());
    assert_clean(&format!("{what}: Debug"), shown.as_bytes());
}

fn missing(canaries: &[Canary], received: &[u8]) -> Vec<&'static str> {
    canaries
        .iter()
        .filter(|canary| find(&[**canary], received).is_empty())
        .map(|canary| canary.name)
        .collect()
}

#[tokio::test]
async fn a_login_and_calls_that_succeed() {
    let log = Log::default();
    let _guard = log.capture();
    let parrot = Parrot::start();
    let world = world(&parrot).await;
    let person = world.whatsapp("+15550100");
    let told = logs_in(&person).await;
    assert_eq!(told.last().map(String::as_str), Some("Secret?"), "{told:?}");
    assert!(told.iter().any(|line| line.contains("•••")), "the bot shows what the service repeats: {told:?}");
    assert_world_is_clean("in the middle", &world, &person, &log).await;
    let told = person.says(ANSWER.text).await;
    assert!(told.iter().any(|line| line.contains("•••")), "{told:?}");
    assert_world_is_clean("at the end", &world, &person, &log).await;

    // The token is over: the refresh token is sent.
    world.pass(Duration::from_secs(11 * 60)).await;
    person.says("go").await;
    assert_world_is_clean("after a refresh", &world, &person, &log).await;

    // The control: the secrets were there, and the log has been listening to everybody.
    let never = missing(&ALL, &parrot.received());
    assert!(never.is_empty(), "never sent: {never:?}");
    let logged = String::from_utf8_lossy(&log.bytes()).into_owned();
    for part in ["TRACE", "countersign_runner", "hyper_util", "reqwest"] {
        assert!(logged.contains(part), "nothing of {part} in the log");
    }
}

#[tokio::test]
async fn logins_that_fail_in_every_way() {
    for answer in Answer::FAILURES {
        let log = Log::default();
        let _guard = log.capture();
        let parrot = Parrot::start();
        let world = world(&parrot).await;
        let person = world.whatsapp("+15550100");
        parrot.answers(answer);
        let told = logs_in(&person).await;
        assert_world_is_clean(&format!("{answer:?}"), &world, &person, &log).await;
        if told.last().map(String::as_str) == Some("User?") {
            parrot.answers(answer);
            answers_all(&person).await;
            assert_world_is_clean(&format!("{answer:?} twice"), &world, &person, &log).await;
        }
        let never = missing(&[PASSWORD, PIN, CODE, WORKSPACE], &parrot.received());
        assert!(never.is_empty(), "{answer:?}: never sent: {never:?}");
    }
}

#[tokio::test]
async fn a_password_that_is_typed_again_after_a_failed_login() {
    for answer in Answer::FAILURES {
        let log = Log::default();
        let _guard = log.capture();
        let parrot = Parrot::start();
        let world = world(&parrot).await;
        let person = world.whatsapp("+15550100");
        parrot.answers(answer);
        logs_in(&person).await;
        // In the place of the user name, or unasked.
        person.says(PASSWORD.text).await;
        person.says("cancel").await;
        person.says(PASSWORD.text).await;
        person.says(&format!("no, it is {}", PASSWORD.text)).await;
        assert_world_is_clean(&format!("{answer:?}"), &world, &person, &log).await;
    }
}

#[tokio::test]
async fn calls_that_fail_in_every_way() {
    for answer in Answer::FAILURES {
        let log = Log::default();
        let _guard = log.capture();
        let parrot = Parrot::start();
        let world = world(&parrot).await;
        let person = world.whatsapp("+15550100");
        parrot.answers(Answer::Good);
        (0..6).for_each(|_| parrot.answers(answer));
        let told = logs_in(&person).await;
        if told.last().map(String::as_str) == Some("Secret?") {
            person.says(ANSWER.text).await;
        }
        assert_world_is_clean(&format!("{answer:?}"), &world, &person, &log).await;
        let never = missing(&[PASSWORD, TOKEN], &parrot.received());
        assert!(never.is_empty(), "{answer:?}: never sent: {never:?}");
    }
}

#[tokio::test]
async fn refreshes_that_fail_in_every_way() {
    for answer in Answer::FAILURES {
        let log = Log::default();
        let _guard = log.capture();
        let parrot = Parrot::start();
        let world = world(&parrot).await;
        let person = world.whatsapp("+15550100");
        logs_in(&person).await;
        person.says(ANSWER.text).await;
        world.pass(Duration::from_secs(11 * 60)).await;
        parrot.answers(answer);
        person.says("go").await;
        assert_world_is_clean(&format!("{answer:?}"), &world, &person, &log).await;
        let never = missing(&[REFRESH], &parrot.received());
        assert!(never.is_empty(), "{answer:?}: never sent: {never:?}");
    }
}

#[tokio::test]
async fn killed_at_every_moment_of_a_login() {
    let log = Log::default();
    let _guard = log.capture();
    let parrot = Parrot::start();
    let mut world = world(&parrot).await;
    let address = "+15550100";
    {
        let person = world.whatsapp(address);
        person.says("go").await;
        person.says("canary-user").await;
        for secret in [PASSWORD, PIN, CODE] {
            person.drops_in(Event::Reply(Reply::text(secret.text))).await;
            assert_world_is_clean("in the inbox", &world, &person, &log).await;
            assert!(world.runner.turn().await.unwrap());
            assert_world_is_clean("after the turn", &world, &person, &log).await;
        }
        parrot.answers(Answer::Silence);
        let arrived = async {
            while parrot.received().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = world.runner.call() => {}
            () = arrived => {}
        }
    }
    world.restart();
    world.pass(Duration::from_secs(10 * 60)).await;
    let person = world.whatsapp(address);
    assert_world_is_clean("after the restart", &world, &person, &log).await;
    assert_eq!(world.sealed_answers(&person, "login").await, 0);
}

#[tokio::test]
async fn a_late_or_cancelled_secret() {
    let log = Log::default();
    let _guard = log.capture();
    let parrot = Parrot::start();
    let world = world(&parrot).await;
    let person = world.on(ChannelKind::Telegram, "42");
    person.says("go").await;
    person.says("canary-user").await;
    world.pass(Duration::from_secs(16 * 60)).await;
    person.says(PASSWORD.text).await;
    assert_world_is_clean("late", &world, &person, &log).await;
    person.says("go").await;
    person.says("canary-user").await;
    person.says(PASSWORD.text).await;
    person.says(PIN.text).await;
    person.says("cancel").await;
    assert_world_is_clean("cancelled", &world, &person, &log).await;
    assert_eq!(world.sealed_answers(&person, "login").await, 0);
    assert!(parrot.received().is_empty(), "nothing was sent");
}
