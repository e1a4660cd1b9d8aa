//! Sequences of whatever can happen to a conversation.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::time::Duration;

use countersign_engine::{
    Cause, Effect, ExpectKind, Held, Input, Outcome, Reason, Refusal, Response, Session, Status, StepError,
    Turn, step as run_step,
};
use countersign_model::{
    CallId, ChannelKind, Contact, Content, Media, MediaKind, MessageRef, Name, Reply, SecretText, TimerId,
    Timestamp,
};
use countersign_script::{CheckOptions, Runnable, check};

use super::bytes::Bytes;
use super::watch::Watch;

/// So many things happen at most.
const LONGEST: usize = 120;

const TEXTS: &[&str] = &[
    "hi",
    "menu",
    "balance",
    "pay",
    "lines",
    "lead",
    "show",
    "pin",
    "person",
    "number",
    "logout",
    "bye",
    "cancel",
    "1",
    "2",
    "3",
    "12.50",
    "200",
    "",
    " ",
    "alice",
    "a@b.example",
    "+1 555 0100",
    "AB12",
    "52.5,13.4",
    "Green",
    "x\u{0}y\u{202e}",
    "{authtoken}",
];

const BODIES: &[&str] = &[
    r#"{"balance":{"amount":1234.50},"id":"tr-1","items":[{"name":"a","amount":1},{"name":2}]}"#,
    r#"{"balance":{"amount":12345678901234567890123},"id":7,"items":[]}"#,
    r#"{"error":"dead"}"#,
    r#"{"items":null,"balance":null}"#,
    "[]",
    "",
    "no JSON",
];

const STATUSES: &[u16] = &[200, 200, 200, 201, 204, 301, 400, 401, 403, 404, 409, 422, 429, 500, 503];

/// Whatever happens in whatever order, the engine goes on, and what must always hold holds (see [`Watch`]).
pub(crate) fn step(data: &[u8]) {
    stored_bytes(data);
    let bot = bot();
    let mut bytes = Bytes::new(data);
    let channel = bytes.one_of(&ChannelKind::ALL);
    let contact = Contact {
        address: "+15550100".to_owned(),
        name: (bytes.yes()).then(|| "Alice".to_owned()),
        language: bytes.one_of(&[None, Some("es-ES"), Some("xx")]).map(str::to_owned),
    };
    let mut run = Run {
        session: Session::new(bot, channel, contact),
        watch: Watch::default(),
        now: Timestamp::from_secs(1_795_354_800),
        canaries: 0,
    };
    for _ in 0..LONGEST {
        if bytes.is_empty() {
            break;
        }
        let happening = if bytes.yes() { run.likely(bot, &mut bytes) } else { run.any(&mut bytes) };
        run.take(bot, &happening);
    }
}

/// Bytes of a store that are damaged are refused or read, never worse.
fn stored_bytes(data: &[u8]) {
    if let Ok(session) = Session::from_bytes(data) {
        assert_eq!(Session::from_bytes(&session.to_bytes()), Ok(session));
    }
}

fn bot() -> &'static Runnable {
    static BOT: OnceLock<Runnable> = OnceLock::new();
    BOT.get_or_init(|| {
        let text = include_str!("../../testdata/every-step.yaml");
        let checkup = check("every-step.yaml", text, &CheckOptions::default());
        let findings = checkup.diagnostics;
        let checked = checkup.checked.unwrap_or_else(|| panic!("every-step.yaml: {findings:#?}"));
        checked.bind(&BTreeMap::new(), &BTreeSet::new()).unwrap_or_else(|errors| panic!("{errors:?}"))
    })
}

/// Something that happens. It makes the same input any number of times.
enum Happening {
    Begin,
    Text(String),
    Digits(String),
    Choice(usize),
    Other(usize),
    Completed(CallId, Ending),
    Elapsed(TimerId),
    Tokens(Vec<(&'static str, i64, bool)>),
    Start(&'static str),
    HandedBack,
    HungUp,
    TimePasses(Duration),
}

/// How a call ends.
#[derive(Clone, Copy)]
enum Ending {
    Acquired(u64, bool),
    Rejected(Refusal),
    Responded(u16, usize),
    Expired,
    Unreachable(Cause),
}

struct Run {
    session: Session,
    watch: Watch,
    now: Timestamp,
    canaries: u32,
}

impl Run {
    /// What a user, a service or a clock would do now, so that conversations get somewhere.
    fn likely(&mut self, bot: &Runnable, bytes: &mut Bytes<'_>) -> Happening {
        match self.session.status(bot) {
            Status::Waiting(expect) => match expect.kind {
                ExpectKind::Choice => Happening::Choice(bytes.below(8)),
                ExpectKind::Digits(_) => Happening::Digits(format!("9{:07}", self.canary())),
                ExpectKind::Location => Happening::Other(2),
                ExpectKind::File => Happening::Other(5),
                ExpectKind::Text => match bytes.byte() % 8 {
                    0 => Happening::Text("200".to_owned()),
                    1 => Happening::Text("+1 555 0100".to_owned()),
                    2 => Happening::Text("a@b.example".to_owned()),
                    3 => Happening::Text("AB12".to_owned()),
                    4 => Happening::Text(format!("9{:07}", self.canary())),
                    _ => Happening::Text(format!("canary-{}-qx", self.canary())),
                },
            },
            Status::Calling(call) if self.watch.is_acquiring() => {
                Happening::Completed(call, Ending::Acquired(bytes.one_of(&[900, 900, 60, 1]), bytes.yes()))
            }
            Status::Calling(call) => Happening::Completed(call, Ending::Responded(200, bytes.below(2))),
            Status::Paused { timer, .. } => Happening::Elapsed(timer),
            Status::Ended(Reason::HandedOver) => Happening::HandedBack,
            Status::Ended(_) => Happening::Text(bytes.one_of(&TEXTS[1..11]).to_owned()),
        }
    }

    /// Anything that can happen at all.
    fn any(&mut self, bytes: &mut Bytes<'_>) -> Happening {
        match bytes.byte() % 24 {
            0..=4 => Happening::Text(bytes.one_of(TEXTS).to_owned()),
            5..=8 => Happening::Text(format!("canary-{}-qx", self.canary())),
            9 | 10 => Happening::Digits(format!("9{:07}", self.canary())),
            11 => Happening::Choice(bytes.below(8)),
            12 => Happening::Other(bytes.below(6)),
            13..=16 => Happening::Completed(self.watch.outstanding.unwrap_or(CallId(0)), ending(bytes)),
            17 => Happening::Completed(CallId(u32::from(bytes.byte())), ending(bytes)),
            18 => Happening::Elapsed(self.watch.last_timer.unwrap_or(TimerId(u32::from(bytes.byte())))),
            19 => Happening::Tokens(held(bytes)),
            20 => {
                Happening::Start(bytes.one_of(&["start", "balance", "pay", "read", "show", "pin", "nowhere"]))
            }
            21 => match bytes.byte() % 3 {
                0 => Happening::Begin,
                1 => Happening::HandedBack,
                _ => Happening::HungUp,
            },
            22 => Happening::Text(String::from_utf8_lossy(bytes.some()).into_owned()),
            _ => {
                Happening::TimePasses(Duration::from_secs(bytes.one_of(&[1, 31, 61, 301, 899, 901, 86_400])))
            }
        }
    }

    /// A number that no other answer has.
    fn canary(&mut self) -> u32 {
        self.canaries += 1;
        self.canaries
    }

    fn take(&mut self, bot: &Runnable, happening: &Happening) {
        if let Happening::TimePasses(span) = happening {
            self.now = self.now.plus(*span);
            return;
        }
        let before = self.session.status(bot);
        self.watch.before(before, happening.typed());
        let first = self.run(bot, happening);
        let second = self.run(bot, happening);
        let (turn, again) = match (first, second) {
            (Ok(turn), Ok(again)) => (turn, again),
            (Err(error), Err(_)) => {
                let is_reply = matches!(self.input(happening), Input::Reply(_));
                assert_eq!(error, StepError::Busy);
                assert!(
                    is_reply && matches!(before, Status::Calling(_)),
                    "only a reply during a call has to wait"
                );
                return;
            }
            _ => panic!("the same input was taken once and refused once"),
        };
        assert_eq!(turn.session, again.session, "the same input makes the same session");
        assert_eq!(format!("{:?}", turn.effects), format!("{:?}", again.effects), "and the same effects");
        if let Happening::Completed(call, _) = happening
            && before != Status::Calling(*call)
        {
            // A token that comes too late is forgotten, and the session knows of none any more.
            let idle = turn.effects.iter().all(|effect| matches!(effect, Effect::Forget(_)));
            assert!(idle, "the end of a call that nobody waits for does nothing");
            if turn.effects.is_empty() {
                assert_eq!(turn.session, self.session, "and changes nothing");
            }
        }
        let stored = turn.session.to_bytes();
        self.session = Session::from_bytes(&stored).unwrap();
        assert_eq!(self.session, turn.session, "a session is read as it was written");
        self.watch.input(&self.input(happening), self.now);
        self.watch.turn(bot, &turn, &stored, self.now);
    }

    fn run(&self, bot: &Runnable, happening: &Happening) -> Result<Turn, StepError> {
        run_step(bot, self.session.clone(), self.input(happening), self.now)
    }

    fn input(&self, happening: &Happening) -> Input {
        let reply = |content| Input::Reply(Reply { content, reference: Some(MessageRef("m1".to_owned())) });
        match happening {
            Happening::Begin | Happening::TimePasses(_) => Input::Begin,
            Happening::Text(text) => reply(Content::Text(SecretText::from(text.as_str()))),
            Happening::Digits(digits) => reply(Content::Digits(SecretText::from(digits.as_str()))),
            Happening::Choice(at) => reply(match self.watch.choices.get(*at) {
                Some(choice) => {
                    Content::Choice { payload: choice.payload.clone(), label: choice.label.clone() }
                }
                None => Content::Choice { payload: "go-menu".to_owned(), label: "Menu".to_owned() },
            }),
            Happening::Other(which) => reply(other(*which)),
            Happening::Completed(call, ending) => {
                Input::Completed { call: *call, outcome: self.outcome(*ending) }
            }
            Happening::Elapsed(timer) => Input::Elapsed(*timer),
            Happening::Tokens(all) => {
                let held = all.iter().map(|(token, seconds, refreshable)| Held {
                    token: name(token),
                    logged_in_at: self.now,
                    expires_at: Timestamp::from_secs(self.now.as_secs() + seconds),
                    refreshable: *refreshable,
                });
                Input::Tokens(held.collect())
            }
            Happening::Start(script) => Input::Start(name(script)),
            Happening::HandedBack => Input::HandedBack,
            Happening::HungUp => Input::HungUp,
        }
    }

    fn outcome(&self, ending: Ending) -> Outcome {
        match ending {
            Ending::Acquired(seconds, refreshable) => {
                Outcome::Acquired { expires_at: self.now.plus(Duration::from_secs(seconds)), refreshable }
            }
            Ending::Rejected(refusal) => Outcome::Rejected(refusal),
            Ending::Responded(status, body) => Outcome::Responded(Response {
                status,
                headers: vec![("x-kind".to_owned(), "EUR".to_owned())],
                body: BODIES[body].into(),
            }),
            Ending::Expired => Outcome::Expired,
            Ending::Unreachable(cause) => Outcome::Unreachable(cause),
        }
    }
}

impl Happening {
    /// What the user typed.
    fn typed(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Digits(text) => Some(text),
            _ => None,
        }
    }
}

fn ending(bytes: &mut Bytes<'_>) -> Ending {
    use Cause::{NoConnection, Refused, ServerError, TimedOut, Unknown, Unusable};
    match bytes.byte() % 12 {
        0..=3 => Ending::Acquired(bytes.one_of(&[900, 60, 1, 86_400]), bytes.yes()),
        4 => Ending::Rejected(bytes.one_of(&[
            Refusal::WrongCredentials,
            Refusal::Paused,
            Refusal::RefreshOver,
        ])),
        5 => Ending::Expired,
        6 => Ending::Unreachable(bytes.one_of(&[
            TimedOut,
            NoConnection,
            ServerError,
            Refused,
            Unusable,
            Unknown,
        ])),
        _ => Ending::Responded(bytes.one_of(STATUSES), bytes.below(BODIES.len())),
    }
}

fn held(bytes: &mut Bytes<'_>) -> Vec<(&'static str, i64, bool)> {
    let mut all = Vec::new();
    for token in ["password", "code", "pin", "unknown"] {
        if bytes.yes() {
            all.push((token, bytes.one_of(&[900, 10, 0, -5]), bytes.yes()));
        }
    }
    all
}

fn other(which: usize) -> Content {
    match which {
        0 => Content::Silence,
        1 => Content::Unsupported,
        2 => Content::Location { latitude: "52.5".to_owned(), longitude: "13.4".to_owned() },
        3 => Content::Digits(SecretText::from("*")),
        4 => Content::Digits(SecretText::from("1")),
        _ => Content::Media(Media {
            kind: MediaKind::Image,
            url: "https://pictures.example/1.png".to_owned(),
            caption: None,
        }),
    }
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}
