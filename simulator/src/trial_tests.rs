//! Trials against services that answer as real ones do, well and badly.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use countersign_egress::{IncomingResponse, OutgoingRequest, Policy, Sending, Transport};
use countersign_model::SecretText;
use serde_json::{Value, json};

use crate::tests::NoSleep;
use crate::{LifeSource, MovingClock, Outcome, Trial, TrialError, Tried, Trouble};

/// Answers by the path of the URL, and remembers where it was asked.
#[derive(Default)]
struct Services {
    answers: BTreeMap<&'static str, (u16, String)>,
    asked: Mutex<Vec<String>>,
}

impl Transport for Services {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
        let url = request.url().expose().to_owned();
        let found = self.answers.iter().find(|(path, _)| url.contains(*path));
        let (status, body) = found.map_or((404, String::new()), |(_, answer)| answer.clone());
        self.asked.lock().unwrap().push(url);
        let headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("x-session".to_owned(), "header-canary".to_owned()),
        ];
        Box::pin(std::future::ready(Ok(IncomingResponse::new(status, headers, body.into_bytes()))))
    }
}

fn login() -> Value {
    json!({
        "id": "login", "url": "https://bank.example/login",
        "questions": [
            { "question": "Name?", "field": "username" },
            { "question": "Password?", "field": "password", "secret": true },
        ],
        "ttl": 900, "is_json": true, "token_path": "data.token",
    })
}

fn trial(tried: Tried, definition: Value, answers: &[&str], services: Services) -> Trial {
    Trial {
        tried,
        definition,
        tokens: vec![login()],
        services: Vec::new(),
        languages: Vec::new(),
        answers: answers.iter().map(|answer| SecretText::from((*answer).to_owned())).collect(),
        login_answers: BTreeMap::new(),
        variables: BTreeMap::new(),
        constants: BTreeMap::new(),
        secrets: BTreeMap::new(),
        policy: Arc::new(Policy::default()),
        transport: Arc::new(services),
        clock: Arc::new(MovingClock::fixed()),
        sleeper: Arc::new(NoSleep),
        random: Arc::new(|| 3),
    }
}

fn answering(path: &'static str, status: u16, body: &Value) -> Services {
    Services { answers: [(path, (status, body.to_string()))].into(), ..Services::default() }
}

fn everything(outcome: &Outcome) -> String {
    format!("{outcome:?}")
}

#[tokio::test]
async fn a_login_shows_the_request_and_the_way_to_the_token_and_no_secret() {
    let answer = json!({ "data": { "token": "tok-canary", "expires_in": 600, "name": "canary-name" } });
    let trial = trial(Tried::Login, login(), &["alice", "pw7"], answering("/login", 200, &answer));
    let outcome = trial.run().await.unwrap();
    let sent = outcome.request.as_ref().unwrap();
    assert_eq!((sent.method, sent.url.as_str()), ("POST", "https://bank.example/login"));
    assert_eq!(sent.body.as_deref(), Some(r#"{"username":"alice","password":"•••"}"#));
    let token = outcome.token.as_ref().unwrap();
    assert!(token.found, "{token:?}");
    assert_eq!(token.path.as_deref(), Some("data.token"));
    let lives: Vec<_> =
        outcome.lives.iter().map(|life| (life.source, life.seconds, life.path.as_deref())).collect();
    assert_eq!(lives, [(LifeSource::Ttl, 900, None), (LifeSource::Answer, 600, Some("data.expires_in"))]);
    let all = everything(&outcome);
    assert!(!all.contains("canary") && !all.contains("pw7"), "{all}");
    assert_eq!(outcome.problem, None);
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_answered_with_one_that_does() {
    let answer = json!({ "access_token": "tok-canary", "expires_in": 600 });
    let trial = trial(Tried::Login, login(), &["alice", "pw"], answering("/login", 200, &answer));
    let token = trial.run().await.unwrap().token.unwrap();
    assert!(!token.found);
    let message = token.message.unwrap();
    assert!(message.starts_with("`data.token` not found;"), "{message}");
    assert!(message.ends_with("did you mean `access_token`?"), "{message}");
    assert_eq!(token.suggestions, ["access_token"]);
}

#[tokio::test]
async fn texts_in_each_language_of_the_bot_are_right() {
    let mut both = login();
    both["questions"][0]["question"] = json!({ "en": "Name?", "es": "¿Nombre?" });
    let answer = json!({ "data": { "token": "tok-canary" } });
    let mut trial = trial(Tried::Login, both, &["alice", "pw"], answering("/login", 200, &answer));
    trial.languages = vec!["en".to_owned(), "es".to_owned()];
    assert!(trial.run().await.unwrap().token.unwrap().found);
}

#[tokio::test]
async fn refused_details_are_told_in_words() {
    let answer = json!({ "error": "pw-canary is wrong" });
    let trial = trial(Tried::Login, login(), &["alice", "pw-canary"], answering("/login", 401, &answer));
    let outcome = trial.run().await.unwrap();
    let message = outcome.token.clone().unwrap().message.unwrap();
    assert_eq!(message, "The auth service answered 401: the login details were refused.");
    // The bot asks once more; the answers were good for their questions.
    assert_eq!(outcome.problem, None);
    assert!(!everything(&outcome).contains("pw-canary"));
}

#[tokio::test]
async fn a_service_logs_in_first_and_shows_what_it_saves() {
    let definition = json!({
        "id": "balance", "url": "https://bank.example/balance/{val1}?of={who}",
        "headers": { "Authorization": "Bearer {authtoken}" },
        "questions": [{ "question": "Which?" }],
        "save": { "amount": "balance.amount", "owner": "nowhere" },
    });
    let services = Services {
        answers: [
            ("/login", (200, json!({ "data": { "token": "tok-canary-9" } }).to_string())),
            (
                "/balance",
                (200, json!({ "balance": { "amount": 12 }, "echo": "Bearer tok-canary-9" }).to_string()),
            ),
        ]
        .into(),
        ..Services::default()
    };
    let mut trial = trial(Tried::Service, definition, &["savings"], services);
    trial.login_answers =
        [("login".to_owned(), vec!["alice".to_owned().into(), "pw-canary".to_owned().into()])].into();
    trial.variables = [("who".to_owned(), "me".to_owned())].into();
    let outcome = trial.run().await.unwrap();
    assert_eq!(outcome.problem, None);
    let sent = outcome.request.as_ref().unwrap();
    assert_eq!(sent.url, "https://bank.example/balance/savings?of=me");
    assert!(sent.headers.contains(&("authorization".to_owned(), "Bearer •••".to_owned())), "{sent:?}");
    let saved: Vec<_> = outcome.saved.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
    assert_eq!(saved, [("amount", Some("12")), ("owner", None)]);
    let all = everything(&outcome);
    assert!(!all.contains("tok-canary") && !all.contains("pw-canary"), "{all}");
}

#[tokio::test]
async fn a_question_without_an_answer_is_named_and_nothing_is_sent() {
    let outcome = trial(Tried::Login, login(), &["alice"], Services::default()).run().await.unwrap();
    assert_eq!(outcome.problem, Some(Trouble::NoAnswer { question: "Password?".to_owned() }));
    assert_eq!(outcome.request, None);
}

#[tokio::test]
async fn an_answer_of_the_wrong_kind_is_named() {
    let mut definition = login();
    definition["validation_by_number"] = json!(true);
    let outcome = trial(Tried::Login, definition, &["alice", "1"], Services::default()).run().await.unwrap();
    assert_eq!(outcome.problem, Some(Trouble::NotAccepted { question: "Name?".to_owned() }));
    assert_eq!(outcome.request, None);
}

#[tokio::test]
async fn what_may_not_be_called_is_not() {
    let mut definition = login();
    definition["url"] = json!("http://169.254.169.254/login");
    let services = Services::default();
    let result = trial(Tried::Login, definition, &["alice", "pw"], services).run().await;
    match result {
        Ok(outcome) => {
            assert_eq!(outcome.request, None);
            assert!(matches!(outcome.problem, Some(Trouble::Call(_))), "{outcome:?}");
        }
        Err(TrialError::Check(found)) => assert!(!found.is_empty()),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn errors_of_the_component_are_those_of_the_check() {
    let mut definition = login();
    definition["token_path"] = json!("data..token[");
    let refused = trial(Tried::Login, definition, &[], Services::default()).run().await.unwrap_err();
    let TrialError::Check(found) = refused else { panic!("{refused}") };
    assert!(found[0].path.ends_with("token_path"), "{found:?}");
    let no_id = trial(Tried::Login, json!({}), &[], Services::default()).run().await.unwrap_err();
    assert_eq!(no_id.to_string(), "give it an id first");
}
