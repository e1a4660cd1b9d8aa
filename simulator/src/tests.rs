//! A simulation with answers instead of services: what an author sees, and what nobody may see.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use countersign_egress::Policy;
use countersign_engine::{Reason, Status};
use countersign_model::{ChannelKind, Contact, Name, SecretText};
use countersign_runner::{Clock, Sleeper};
use countersign_script::{CheckOptions, Runnable};
use countersign_store::Line;

use crate::{Act, CallOutcome, MovingClock, Recorder, Setup, Simulation, Stub, StubTransport, TalkError};

const BOT: &str = r#"
countersign: 1
bot: bank
name: Bank
authorization_tokens:
  - id: login
    url: "https://bank.example/login"
    questions:
      - { question: "What is your username?", field: username }
      - { question: "What is your password?", field: password, secret: true }
    ttl: 900
    is_json: true
    token_path: data.token
web_services:
  - id: get-balance
    method: GET
    url: "https://bank.example/balance"
    headers: { Authorization: "Bearer {authtoken}" }
    save: { balance: balance.amount }
scripts:
  - id: balance
    triggers: [balance]
    steps:
      - options: "What do you want?"
        choices:
          - { label: "My balance", go: money }
          - { label: "Nothing", go: bye }
      - id: money
        auth_token: login
      - web_service: get-balance
      - message: "You have {balance}."
      - end: true
      - id: bye
        message: "Bye."
"#;

pub(crate) struct NoSleep;

impl Sleeper for NoSleep {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}

fn bot() -> Runnable {
    let checkup = countersign_script::check("bank.yaml", BOT, &CheckOptions::default());
    let checked = checkup.checked.unwrap_or_else(|| panic!("{:?}", checkup.diagnostics));
    checked.bind(&BTreeMap::new(), &Default::default()).unwrap()
}

async fn begin(channel: ChannelKind, stubs: &[(&str, u16, &str)]) -> Simulation {
    let still: Arc<dyn Clock> = Arc::new(MovingClock::fixed());
    let recorder = Arc::new(Recorder::new(still));
    let stub = |(component, status, body): &(&str, u16, &str)| {
        let name: Name = component.parse().unwrap();
        (name, Stub { status: *status, body: (*body).to_owned() })
    };
    let setup = Setup {
        bot: bot(),
        secrets: BTreeMap::new(),
        policy: Arc::new(Policy::default()),
        channel,
        contact: Contact { address: "15550100".into(), ..Contact::default() },
        transport: Arc::new(StubTransport::new(stubs.iter().map(stub).collect(), recorder.clone())),
        clock: MovingClock::fixed(),
        sleeper: Arc::new(NoSleep),
        random: Arc::new(|| 7),
        script: None,
        observer: recorder.clone(),
    };
    Simulation::begin(setup, recorder).await.unwrap()
}

async fn says(simulation: &mut Simulation, text: &str) {
    simulation.act(Act::Text(SecretText::from(text.to_owned()))).await.unwrap();
}

const GOOD: &[(&str, u16, &str)] = &[
    ("login", 200, r#"{"data": {"token": "tok-canary-123456"}}"#),
    ("get-balance", 200, r#"{"balance": {"amount": 12}}"#),
];

#[tokio::test]
async fn an_author_sees_the_path_the_calls_and_the_variables() {
    let mut simulation = begin(ChannelKind::Whatsapp, GOOD).await;
    says(&mut simulation, "balance").await;
    assert_eq!(simulation.offered().len(), 2);
    simulation.act(Act::Choose(0)).await.unwrap();
    says(&mut simulation, "alice").await;
    says(&mut simulation, "pass-canary-123456").await;

    let lines: Vec<_> = simulation.lines().iter().map(|row| format!("{:?}", row.line)).collect();
    assert!(lines.last().unwrap().contains("You have 12."), "{lines:?}");
    assert!(simulation.lines().iter().any(|row| row.line == Line::Secret));
    assert_eq!(simulation.variables(), [("balance".to_owned(), "12".to_owned())]);
    assert_eq!(simulation.status(), Status::Ended(Reason::Closed));
    let passed: Vec<_> = simulation.recorder().passed().into_iter().map(|step| step.path).collect();
    let step = |at: u8| format!("scripts.balance.steps[{at}]");
    assert_eq!(passed, [0, 1, 2, 3, 4].map(step));
    let calls = simulation.recorder().calls();
    let outcomes: Vec<_> = calls.iter().map(|call| (call.component.as_str(), &call.outcome)).collect();
    let good = Some(CallOutcome::Status(200));
    assert_eq!(outcomes, [("login", &good), ("get-balance", &good)]);
    let held: Vec<_> = simulation.tokens().iter().map(|token| token.component.as_str()).collect();
    assert_eq!(held, ["login"]);
    let all = format!("{lines:?}{calls:?}{:?}", simulation.recorder().notes());
    assert!(!all.contains("canary"), "{all}");
}

#[tokio::test]
async fn a_component_without_an_answer_is_named() {
    let mut simulation = begin(ChannelKind::Whatsapp, &GOOD[1..]).await;
    says(&mut simulation, "balance").await;
    simulation.act(Act::Choose(0)).await.unwrap();
    says(&mut simulation, "alice").await;
    says(&mut simulation, "secret").await;
    let notes = simulation.recorder().notes();
    assert_eq!(notes, ["login: there is no answer to simulate; give it one"]);
}

#[tokio::test]
async fn time_can_pass_and_a_login_lapses() {
    let mut simulation = begin(ChannelKind::Whatsapp, GOOD).await;
    says(&mut simulation, "balance").await;
    simulation.act(Act::Choose(0)).await.unwrap();
    let before = simulation.now();
    simulation.act(Act::Wait(Duration::from_secs(1_200))).await.unwrap();
    assert_eq!(simulation.now().since(before), Duration::from_secs(1_200));
    assert!(matches!(simulation.status(), Status::Ended(Reason::Lapsed { .. })));
    let too_long = simulation.act(Act::Wait(Duration::MAX)).await.unwrap_err();
    assert_eq!(too_long.to_string(), "the clock can be moved by at most 400 days at once");
}

#[tokio::test]
async fn only_a_call_can_be_hung_up() {
    let mut call = begin(ChannelKind::Phone, GOOD).await;
    call.act(Act::HangUp).await.unwrap();
    assert_eq!(call.status(), Status::Ended(Reason::HungUp));
    assert_eq!(call.lines().last().map(|row| &row.line), Some(&Line::HungUp));

    let mut chat = begin(ChannelKind::Sms, GOOD).await;
    let refused = chat.act(Act::HangUp).await.unwrap_err();
    assert!(matches!(refused, TalkError::NoCall));
}

#[tokio::test]
async fn a_choice_that_is_not_offered_is_refused_with_how_many_there_are() {
    let mut simulation = begin(ChannelKind::Sms, GOOD).await;
    says(&mut simulation, "balance").await;
    let refused = simulation.act(Act::Choose(2)).await.unwrap_err();
    assert_eq!(refused.to_string(), "there is no choice 3; the bot offers 2");
    simulation.act(Act::Choose(1)).await.unwrap();
    assert!(format!("{:?}", simulation.lines().last().unwrap().line).contains("Bye."));
}
