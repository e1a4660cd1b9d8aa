//! One component tried for real: the request that goes out, the answer as a tree, the token that is found in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use countersign_egress::{IncomingResponse, Policy, Transport};
use countersign_engine::{Status, TokenPurpose};
use countersign_model::{ChannelKind, Contact, SecretText, Timestamp};
use countersign_runner::{AuthAnswer, Clock, Judged, Random, Scrubber, Sleeper, TokenDiagnosis, judge};
use countersign_script::diagnostics::{Diagnostic, Severity};
use countersign_script::program::{TokenComponent, TokenPlace};
use countersign_script::{BindError, CheckOptions, Runnable};
use serde_json::{Value, json};

use crate::capture::{Capture, Exchange};
use crate::clock::MovingClock;
use crate::error::TalkError;
use crate::recorder::{CallOutcome, Recorder};
use crate::simulation::{Act, Simulation};
use crate::talk::Setup;
use crate::tree::{Likeness, Texts, Tree};

/// The text that starts the trial.
const OPENER: &str = "try";
/// The longest part of an answer that is shown when it is no JSON, in characters.
const SHOWN: usize = 4_096;
/// How many answers are given at most: the questions of a component and of the logins that it needs.
const MOST_ANSWERS: usize = 64;

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// An Authorization Token component.
    Login,
    /// A Web Service.
    Service,
}

/// A trial of one component.
pub struct Trial {
    /// What it is.
    pub tried: Tried,
    /// As it stands in a bot file.
    pub definition: Value,
    /// The Authorization Token components of the bot, as they stand in its file.
    pub tokens: Vec<Value>,
    /// The Web Services of the bot.
    pub services: Vec<Value>,
    /// The languages in which the bot has its texts, its own first; without any it is English.
    pub languages: Vec<String>,
    /// What the author answers to its questions, in order.
    pub answers: Vec<SecretText>,
    /// What the author answers to the logins that it needs, by component.
    pub login_answers: BTreeMap<String, Vec<SecretText>>,
    /// Values of variables that stand in it.
    pub variables: BTreeMap<String, String>,
    /// The constants of the workspace.
    pub constants: BTreeMap<String, String>,
    /// The secrets of the workspace.
    pub secrets: BTreeMap<String, SecretText>,
    /// What may be called.
    pub policy: Arc<Policy>,
    /// The way there.
    pub transport: Arc<dyn Transport>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Waits.
    pub sleeper: Arc<dyn Sleeper>,
    /// Random numbers, never for keys.
    pub random: Arc<dyn Random>,
}

/// Why nothing was tried.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// It has no id that could be called.
    #[error("give it an id first")]
    NoId,
    /// The check finds errors in it. Their paths are those of the bot file.
    #[error("the component has errors")]
    Check(Vec<Diagnostic>),
    /// The workspace does not have what it needs.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Unbound(Vec<BindError>),
    /// The conversation could not be held.
    #[error(transparent)]
    Talk(#[from] TalkError),
}

/// What came of it. Nothing in it is a secret.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was sent, with `•••` for what is secret.
    pub request: Option<Sent>,
    /// What came back.
    pub response: Option<Answered>,
    /// Of an Authorization Token: whether the token was found.
    pub token: Option<Finding>,
    /// What may be said of the life of the token.
    pub lives: Vec<Life>,
    /// Of a Web Service: the variables that it saves, and their values.
    pub saved: Vec<(String, Option<String>)>,
    /// Why there is not more.
    pub problem: Option<Trouble>,
    /// What the author should know beside it.
    pub notes: Vec<String>,
}

/// A request that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The method.
    pub method: &'static str,
    /// The URL.
    pub url: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// How long it took.
    pub took: Duration,
    /// The headers, without those that set cookies.
    pub headers: Vec<(String, String)>,
    /// What it holds, when it is JSON.
    pub tree: Option<Tree>,
    /// Its text, when it is none.
    pub text: Option<String>,
}

/// Whether the token was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it was.
    pub found: bool,
    /// Where it was looked for; nothing when the whole answer is the token.
    pub path: Option<String>,
    /// What is wrong, or to be known.
    pub message: Option<String>,
    /// Paths that lead to something like a token.
    pub suggestions: Vec<String>,
}

/// How long a token may live, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Who says so.
    pub source: LifeSource,
    /// In seconds from now.
    pub seconds: u64,
    /// Where the answer says so.
    pub path: Option<String>,
}

/// Who says how long a token lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifeSource {
    /// The component.
    Ttl,
    /// A number in the answer.
    Answer,
    /// The token itself, which is a JWT.
    Jwt,
}

/// Why a trial did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There are more questions than answers.
    #[error("the question `{question}` has no answer; fill it in and try again")]
    NoAnswer {
        /// The question.
        question: String,
    },
    /// An answer was not taken.
    #[error("the answer to `{question}` was not accepted; look at its kind and length")]
    NotAccepted {
        /// The question.
        question: String,
    },
    /// The service was not reached, or its answer is none.
    #[error("{0}")]
    Call(String),
    /// Nothing was called.
    #[error("nothing was sent")]
    NothingSent,
}

impl Trial {
    /// Sends what the component would send, once, and looks at the answer.
    ///
    /// # Errors
    /// [`TrialError`]; then nothing was sent.
    pub async fn run(self) -> Result<Outcome, TrialError> {
        let id = self.id()?.to_owned();
        let bot = self.bot()?;
        let recorder = Arc::new(Recorder::new(self.clock.clone()));
        let capture = Arc::new(Capture::new(self.transport.clone(), self.clock.clone()));
        let mut hidden: Vec<SecretText> = self.secrets.values().map(SecretText::duplicate).collect();
        let setup = Setup {
            bot: bot.clone(),
            secrets: self.secrets,
            policy: self.policy,
            channel: ChannelKind::Whatsapp,
            contact: Contact { address: "trial".to_owned(), ..Contact::default() },
            transport: capture.clone(),
            clock: MovingClock::over(self.clock.clone()),
            sleeper: self.sleeper,
            random: self.random,
            script: None,
            observer: recorder.clone(),
        };
        let mut simulation = Simulation::begin(setup, recorder.clone()).await?;
        simulation.act(Act::Text(OPENER.to_owned().into())).await?;
        let components = std::iter::once(&self.definition).chain(&self.tokens);
        let answers = Answers {
            questions: Questions::of(components),
            of_logins: self.login_answers,
            own: self.answers,
            tried: &id,
        };
        let trouble = answers.give(&mut simulation, &bot, &mut hidden).await?;

        let now = self.clock.now();
        let mut exchanges = capture.take();
        for exchange in &exchanges {
            hidden.extend(tokens_in(exchange, &bot, now));
        }
        let scrubber = Scrubber::strict(&hidden);
        let is_last = recorder.calls().last().is_some_and(|call| call.component.as_str() == id);
        let last = exchanges.pop().filter(|_| is_last);
        let component = bot.tokens.iter().find(|token| token.id.as_str() == id);
        let mut outcome = Outcome { notes: recorder.notes(), ..Outcome::default() };
        for note in &mut outcome.notes {
            scrubber.text(note);
        }
        outcome.problem = match (&last, trouble) {
            (Some(Exchange { answer: Err(error), .. }), _) => Some(Trouble::Call(error.to_string())),
            // After a failed login the bot asks again. What the service said of it is told by the finding.
            (Some(_), Some(Trouble::NotAccepted { .. })) => None,
            (_, Some(trouble)) => Some(trouble),
            (Some(_), None) => None,
            (None, None) => Some(why_nothing(&recorder)),
        };
        if let Some(exchange) = &last {
            outcome.request = Some(sent(exchange, &scrubber));
            let texts = if self.tried == Tried::Login { Texts::Masked } else { Texts::Shown };
            outcome.response = answered(exchange, &scrubber, texts);
            if let (Some(component), Ok(answer)) = (component, &exchange.answer) {
                let tree = outcome.response.as_ref().and_then(|response| response.tree.as_ref());
                let (finding, lives) = looked_for(component, answer, tree, now);
                outcome.token = Some(finding);
                outcome.lives = lives;
            }
        }
        if self.tried == Tried::Service {
            outcome.saved = saved(&self.definition, &simulation, &scrubber);
        }
        Ok(outcome)
    }

    fn id(&self) -> Result<&str, TrialError> {
        self.definition["id"].as_str().filter(|id| !id.is_empty()).ok_or(TrialError::NoId)
    }

    /// The bot that the trial runs: nothing but what it needs. It says what would be sent, and where.
    ///
    /// # Errors
    /// [`TrialError`].
    pub fn bot(&self) -> Result<Runnable, TrialError> {
        let text = self.file(self.id()?);
        let checkup = countersign_script::check("trial.yaml", &text, &CheckOptions::default());
        let checked = checkup.checked.ok_or_else(|| {
            let errors = checkup.diagnostics.into_iter().filter(|found| found.severity == Severity::Error);
            TrialError::Check(errors.collect())
        })?;
        let names: BTreeSet<_> = self.secrets.keys().cloned().collect();
        checked.bind(&self.constants, &names).map_err(TrialError::Unbound)
    }

    fn file(&self, id: &str) -> String {
        let mut definition = self.definition.clone();
        // The page cannot be opened here, and what it asks is the same.
        if let Some(fields) = definition.as_object_mut() {
            fields.remove("ask");
        }
        let mut tokens: Vec<Value> = Vec::new();
        let mut services: Vec<Value> = Vec::new();
        let mut steps = Vec::new();
        match self.tried {
            Tried::Login => {
                self.need_before(&definition, &mut services);
                tokens.push(definition);
                steps.push(json!({ "auth_token": id }));
            }
            Tried::Service => {
                for token in self.needed_tokens(&definition) {
                    self.need_before(token, &mut services);
                    let mut token = token.clone();
                    if let Some(fields) = token.as_object_mut() {
                        fields.remove("ask");
                    }
                    steps.push(json!({ "auth_token": token["id"].clone() }));
                    tokens.push(token);
                }
                services.push(definition);
                steps.push(json!({ "web_service": id }));
            }
        }
        if !self.variables.is_empty() {
            steps.insert(0, json!({ "set": &self.variables }));
        }
        let mut file = json!({
            "countersign": 1, "bot": "trial", "name": "Trial",
            "scripts": [{ "id": "trial", "triggers": [OPENER], "steps": steps }],
        });
        if let Some(own) = self.languages.first() {
            file["language"] = json!(own);
            file["languages"] = json!(self.languages);
        }
        // An empty list would be a finding of its own.
        for (key, list) in [("authorization_tokens", tokens), ("web_services", services)] {
            if !list.is_empty() {
                file[key] = Value::Array(list);
            }
        }
        file.to_string()
    }

    /// The service that sends a temporary code.
    fn need_before(&self, token: &Value, services: &mut Vec<Value>) {
        let wanted = &token["before"];
        let found = self.services.iter().find(|service| wanted.is_string() && service["id"] == *wanted);
        if let Some(service) = found.filter(|found| !services.contains(found)) {
            services.push(service.clone());
        }
    }

    /// The logins whose tokens stand in the definition; a plain `{authtoken}` means the one that was answered, or the
    /// only one.
    fn needed_tokens(&self, definition: &Value) -> Vec<&Value> {
        let text = definition.to_string();
        let id = |token: &Value| token["id"].as_str().unwrap_or_default().to_owned();
        let named = |token: &&Value| text.contains(&format!("{{authtoken:{}}}", id(token)));
        let mut needed: Vec<_> = self.tokens.iter().filter(named).collect();
        if text.contains("{authtoken}") {
            let answered = self.tokens.iter().find(|token| self.login_answers.contains_key(&id(token)));
            if let Some(plain) = answered.or(self.tokens.first()) {
                needed.retain(|token| *token != plain);
                // The latest login is the one that `{authtoken}` means.
                needed.push(plain);
            }
        }
        needed
    }
}

/// Answers to the questions that come.
struct Answers<'t> {
    questions: Questions,
    of_logins: BTreeMap<String, Vec<SecretText>>,
    own: Vec<SecretText>,
    tried: &'t str,
}

impl Answers<'_> {
    /// Answers until the bot asks no more, or there is nothing to answer. What is secret is added to `hidden`.
    async fn give(
        self,
        simulation: &mut Simulation,
        bot: &Runnable,
        hidden: &mut Vec<SecretText>,
    ) -> Result<Option<Trouble>, TalkError> {
        let mut queue: BTreeMap<String, std::vec::IntoIter<SecretText>> =
            self.of_logins.into_iter().map(|(id, answers)| (id, answers.into_iter())).collect();
        queue.insert(self.tried.to_owned(), self.own.into_iter());
        // Who was answered last, how often, and to what.
        let mut before: Option<(String, usize, String)> = None;
        for _ in 0..MOST_ANSWERS {
            let Status::Waiting(expect) = simulation.status() else { return Ok(None) };
            let question = last_said(simulation);
            let owner = simulation.recorder().passed().last().and_then(|step| component_of(bot, &step.path));
            let owner = owner.unwrap_or_default();
            let given = match &before {
                Some((same, given, answered)) if *same == owner => {
                    if !self.questions.begins(&owner, *given, &question) {
                        return Ok(Some(Trouble::NotAccepted { question: answered.clone() }));
                    }
                    given + 1
                }
                _ => 1,
            };
            let answer = queue.get_mut(&owner).and_then(Iterator::next);
            let Some(answer) = answer else { return Ok(Some(Trouble::NoAnswer { question })) };
            if expect.secret {
                hidden.push(answer.duplicate());
            }
            before = Some((owner, given, question));
            simulation.act(Act::Text(answer)).await?;
        }
        Ok(None)
    }
}

/// How the questions of components begin, as far as they are plain text.
struct Questions(BTreeMap<String, Vec<Option<String>>>);

impl Questions {
    fn of<'v>(components: impl Iterator<Item = &'v Value>) -> Self {
        let mut all = BTreeMap::new();
        for component in components {
            let Some(id) = component["id"].as_str() else { continue };
            let questions = component["questions"].as_array().into_iter().flatten();
            let begins = |question: &Value| {
                let text = question["question"].as_str()?.split('{').next()?;
                Some(text.trim().to_owned()).filter(|text| !text.is_empty())
            };
            all.entry(id.to_owned()).or_insert_with(|| questions.map(begins).collect());
        }
        Self(all)
    }

    /// Whether a text may be that question, counted from 0; if not, the bot asks the one before it again.
    fn begins(&self, component: &str, number: usize, said: &str) -> bool {
        let question = self.0.get(component).and_then(|questions| questions.get(number));
        match question {
            Some(Some(begin)) => said.starts_with(begin.as_str()),
            Some(None) => true,
            None => false,
        }
    }
}

fn component_of(bot: &Runnable, path: &str) -> Option<String> {
    use countersign_script::program::StepKind;
    let step = bot.steps.iter().find(|step| &*step.path == path)?;
    match &step.kind {
        StepKind::AuthToken { token, .. } => Some(bot.tokens[token.at()].id.to_string()),
        StepKind::WebService { service, .. } => Some(bot.services[service.at()].id.to_string()),
        _ => None,
    }
}

fn last_said(simulation: &Simulation) -> String {
    use countersign_model::OutMessage;
    use countersign_store::Line;
    let said = simulation.lines().iter().rev().find_map(|row| match &row.line {
        Line::Bot(OutMessage::Text(text) | OutMessage::Options { text, .. }) => Some(text.clone()),
        _ => None,
    });
    said.unwrap_or_default()
}

fn why_nothing(recorder: &Recorder) -> Trouble {
    match recorder.calls().last().and_then(|call| call.outcome.clone()) {
        Some(CallOutcome::Failed(why)) => Trouble::Call(why),
        _ => Trouble::NothingSent,
    }
}

/// The tokens in an answer, so that they are shown nowhere.
fn tokens_in(exchange: &Exchange, bot: &Runnable, now: Timestamp) -> Vec<SecretText> {
    let Ok(answer) = &exchange.answer else { return Vec::new() };
    let judged = bot.tokens.iter().map(|component| judged(component, answer, now).0);
    let found = judged.filter_map(|judged| match judged {
        Judged::Found(found) => Some(std::iter::once(found.token).chain(found.refresh)),
        Judged::Rejected(_) | Judged::Unreachable(_) => None,
    });
    found.flatten().collect()
}

fn judged(
    component: &TokenComponent,
    answer: &IncomingResponse,
    now: Timestamp,
) -> (Judged, Vec<TokenDiagnosis>) {
    let answer =
        AuthAnswer { status: answer.status, content_type: answer.content_type(), body: &answer.body };
    judge(component, TokenPurpose::Login, &answer, now, &|_| false)
}

fn looked_for(
    component: &TokenComponent,
    answer: &IncomingResponse,
    tree: Option<&Tree>,
    now: Timestamp,
) -> (Finding, Vec<Life>) {
    let (judged, notes) = judged(component, answer, now);
    let path = match &component.place {
        TokenPlace::Body => None,
        TokenPlace::Json(path) => Some(path.as_str().to_owned()),
    };
    let like = |wanted: &[Likeness]| -> Vec<String> {
        let all = tree.into_iter().flat_map(Tree::all);
        all.filter(|tree| tree.looks_like.is_some_and(|like| wanted.contains(&like)))
            .map(|tree| tree.path.clone())
            .collect()
    };
    let mut lives = vec![Life { source: LifeSource::Ttl, seconds: component.ttl.as_secs(), path: None }];
    let numbers =
        tree.into_iter().flat_map(Tree::all).filter(|tree| tree.looks_like == Some(Likeness::Expiry));
    lives.extend(numbers.filter_map(|tree| {
        let seconds = tree.shown.as_ref()?.parse().ok()?;
        Some(Life { source: LifeSource::Answer, seconds, path: Some(tree.path.clone()) })
    }));
    let message = match &judged {
        Judged::Rejected(_) => {
            Some(format!("The auth service answered {}: the login details were refused.", answer.status))
        }
        Judged::Unreachable(_) if notes.is_empty() => {
            Some(format!("The auth service answered {}: it has a trouble of its own.", answer.status))
        }
        Judged::Found(_) | Judged::Unreachable(_) => notes.last().map(ToString::to_string),
    };
    let found = match &judged {
        Judged::Found(found) => {
            let seconds = found.expires_at.since(now).as_secs();
            if found.token.expose().starts_with("eyJ") && seconds < component.ttl.as_secs() {
                lives.push(Life { source: LifeSource::Jwt, seconds, path: None });
            }
            true
        }
        Judged::Rejected(_) | Judged::Unreachable(_) => false,
    };
    let suggestions = if found { Vec::new() } else { like(&[Likeness::Token, Likeness::Jwt]) };
    (Finding { found, path, message, suggestions }, lives)
}

fn sent(exchange: &Exchange, scrubber: &Scrubber) -> Sent {
    let shown = |text: &SecretText| {
        let mut text = text.expose().to_owned();
        scrubber.text(&mut text);
        text
    };
    Sent {
        method: exchange.method.name(),
        url: shown(&exchange.url),
        headers: exchange.headers.iter().map(|(name, value)| (name.clone(), shown(value))).collect(),
        body: exchange.body.as_ref().map(shown),
    }
}

fn answered(exchange: &Exchange, scrubber: &Scrubber, texts: Texts) -> Option<Answered> {
    let answer = exchange.answer.as_ref().ok()?;
    let shown = |text: &str| {
        let mut text = text.to_owned();
        scrubber.text(&mut text);
        text
    };
    let headers = answer.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("set-cookie"));
    let headers = match texts {
        // A token may come in any of them.
        Texts::Masked => headers.filter(|(name, _)| is_plain_header(name)).collect::<Vec<_>>(),
        Texts::Shown => headers.collect(),
    };
    let headers = headers.into_iter().map(|(name, value)| (name.clone(), shown(value))).collect();
    let body = String::from_utf8_lossy(&answer.body);
    let value: Option<Value> = serde_json::from_str(&shown(&body)).ok();
    let structured = value.filter(|value| value.is_object() || value.is_array());
    let text = match (&structured, texts) {
        (Some(_), _) => None,
        (None, Texts::Masked) => Some(format!("•••••• ({} characters)", body.trim().chars().count())),
        (None, Texts::Shown) => Some(shown(&body).chars().take(SHOWN).collect()),
    };
    let tree = structured.map(|value| Tree::of(&value, texts));
    Some(Answered { status: answer.status, took: exchange.took, headers, tree, text })
}

/// Headers that tell of the answer and never of the user.
fn is_plain_header(name: &str) -> bool {
    ["content-type", "content-length", "retry-after", "server", "date", "cache-control"]
        .iter()
        .any(|plain| name.eq_ignore_ascii_case(plain))
}

fn saved(definition: &Value, simulation: &Simulation, scrubber: &Scrubber) -> Vec<(String, Option<String>)> {
    let values: BTreeMap<_, _> = simulation.variables().into_iter().collect();
    let Some(wanted) = definition["save"].as_object() else { return Vec::new() };
    let value = |name: &String| {
        values.get(name).map(|value| {
            let mut value = value.clone();
            scrubber.text(&mut value);
            value
        })
    };
    wanted.keys().map(|name| (name.clone(), value(name))).collect()
}
