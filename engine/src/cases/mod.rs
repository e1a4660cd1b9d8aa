//! Cases from files: what each kind of step does, from the words of a user to all that came out.
//!
//! `testdata/components/<kind of step>.json` is a list of cases. With `UPDATE=1` in the environment, what came out
//! is written into the files; read every line of the difference before it is committed.
//!
//! A case has a `bot` (parts of a bot file, or the name of an earlier case with the same bot), maybe a `channel`, a
//! `contact` and `secrets`, and `turns`. A turn has the input in words (`in`) and what came out. With `vars` in it, the
//! variables are looked at too.

mod input;
mod layout;
mod show;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use countersign_model::{CallId, ChannelKind, Contact, TimerId, Timestamp};
use countersign_script::program::StepKind;
use countersign_script::{CheckOptions, Runnable, check};
use serde_json::{Map, Value, json};

use crate::session::State;
use crate::{Effect, Session, step};

macro_rules! kinds {
    ($($variant:ident $word:literal)*) => {
        /// The kinds of step by their words in a bot file.
        const KINDS: &[&str] = &[$($word),*];

        fn word(kind: &StepKind) -> &'static str {
            match kind { $(StepKind::$variant { .. } => $word,)* }
        }
    };
}

// A new kind of step needs a line here, and so a file.
kinds! {
    Message "message"
    Media "media"
    Location "location"
    Link "link"
    Card "card"
    Options "options"
    Question "question"
    Form "form"
    Condition "condition"
    Set "set"
    AuthToken "auth_token"
    WebService "web_service"
    Logout "logout"
    Run "run"
    Jump "jump"
    Wait "wait"
    Transfer "transfer"
    End "end"
}

#[test]
fn every_kind_of_step_does_what_its_cases_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/components");
    let mut wrong = Vec::new();
    for kind in KINDS {
        run_file(&folder.join(format!("{kind}.json")), Some(kind), &mut wrong);
    }
    let known: Vec<PathBuf> = KINDS.iter().map(|kind| folder.join(format!("{kind}.json"))).collect();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(known.contains(&path), "{} belongs to no kind of step", path.display());
    }
    assert!(wrong.is_empty(), "{}\n\n{} cases differ", wrong.join("\n\n"), wrong.len());
}

#[test]
fn conversations_go_as_their_cases_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/conversations");
    let mut wrong = Vec::new();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().for_each(|file| run_file(file, None, &mut wrong));
    assert!(wrong.is_empty(), "{}\n\n{} cases differ", wrong.join("\n\n"), wrong.len());
}

/// Runs the cases of a file; those that differ go to `wrong`.
fn run_file(path: &Path, kind: Option<&str>, wrong: &mut Vec<String>) {
    let file = path.file_name().unwrap().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{file}: {error}"));
    let Value::Array(cases) = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
    else {
        panic!("{file}: no list of cases");
    };
    assert!(!cases.is_empty(), "{file}: no cases");
    let mut bots = BTreeMap::new();
    let mut came_out = Vec::new();
    for case in cases {
        let name = format!("{file}: {}", text_of(&case, "case"));
        let mut seen = case.clone();
        // A bot that is a text is that of an earlier case.
        let bot = match case["bot"].as_str() {
            Some(earlier) => Runnable::clone(bots.get(earlier).unwrap_or_else(|| panic!("{name}: no bot"))),
            None => runnable(&case, &name),
        };
        let twice = bots.insert(text_of(&case, "case").to_owned(), bot.clone());
        assert!(twice.is_none(), "{name}: there are two of that name");
        if let Some(kind) = kind {
            assert!(bot.steps.iter().any(|step| word(&step.kind) == kind), "{name}: no step `{kind}`");
        }
        seen["turns"] = Value::Array(play(&case, &bot, &name));
        if seen != case {
            wrong.push(difference(&name, &case, &seen));
        }
        came_out.push(seen);
    }
    if update() {
        std::fs::write(path, layout::pretty(&Value::Array(came_out))).unwrap();
        wrong.clear();
    }
}

/// The bot of a case. `steps` beside the parts of a bot file is short for a script that `go` starts.
pub(crate) fn runnable(case: &Value, name: &str) -> Runnable {
    let mut bot = json!({ "countersign": 1, "bot": "case", "language": "en" });
    let mut scripts = Vec::new();
    for (key, value) in case["bot"].as_object().unwrap_or_else(|| panic!("{name}: no bot")) {
        match key.as_str() {
            "steps" => scripts.push(json!({ "id": "main", "triggers": ["go"], "steps": value })),
            "scripts" => scripts.extend(value.as_array().unwrap().iter().cloned()),
            _ => bot[key] = value.clone(),
        }
    }
    bot["scripts"] = Value::Array(scripts);
    let checkup = check("case.json", &bot.to_string(), &CheckOptions::default());
    let findings = checkup.diagnostics.iter().map(|found| format!("{}: {}", found.path, found.message));
    let findings = findings.collect::<Vec<_>>().join("\n");
    let checked = checkup.checked.unwrap_or_else(|| panic!("{name}:\n{findings}"));
    let secrets = case["secrets"].as_array().map_or(&[][..], |list| list);
    let secrets = secrets.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    let bound = checked.bind(&BTreeMap::new(), &secrets);
    bound.unwrap_or_else(|errors| panic!("{name}: {errors:?}"))
}

/// One conversation.
struct Play<'b> {
    bot: &'b Runnable,
    session: Session,
    now: Timestamp,
    /// Calls that nobody has answered.
    calls: Vec<CallId>,
    timers: Vec<(TimerId, Timestamp)>,
    /// Sealed answers; none of them may be found in a session.
    sealed: Vec<String>,
}

/// Plays the turns of a case; gives them with what came out.
fn play(case: &Value, bot: &Runnable, name: &str) -> Vec<Value> {
    let channel: ChannelKind =
        case.get("channel").map_or("whatsapp", |c| c.as_str().unwrap()).parse().unwrap();
    let field = |key: &str| case["contact"].get(key).map(|value| value.as_str().unwrap().to_owned());
    let contact = Contact {
        address: field("address").unwrap_or_else(|| "15550100".into()),
        name: field("name"),
        language: field("language"),
    };
    let mut play = Play {
        bot,
        session: Session::new(bot, channel, contact),
        now: Timestamp::from_secs(1_795_354_800),
        calls: Vec::new(),
        timers: Vec::new(),
        sealed: Vec::new(),
    };
    let turns = case["turns"].as_array().unwrap_or_else(|| panic!("{name}: no turns"));
    turns.iter().map(|turn| play.turn(turn, name)).collect()
}

impl Play<'_> {
    fn turn(&mut self, turn: &Value, name: &str) -> Value {
        let words = text_of(turn, "in");
        let at = format!("{name}, `{words}`");
        if let Some(seconds) = words.strip_prefix("wait ") {
            self.now = self.now.plus(input::duration(seconds));
            return json!({ "in": words });
        }
        let Some((input, again)) = self.inputs(words) else { panic!("{at}: nothing waits for this") };
        let before = self.session.clone();
        let mut out = Map::new();
        out.insert("in".into(), words.into());
        let done = match step(self.bot, before.clone(), input, self.now) {
            Ok(done) => done,
            Err(error) => {
                out.insert("error".into(), error.to_string().into());
                return Value::Object(out);
            }
        };
        let repeated = step(self.bot, before, again, self.now).unwrap();
        let shown = show::turn(&done, self.bot, self.now);
        assert_eq!(
            shown,
            show::turn(&repeated, self.bot, self.now),
            "{at}: the same input gave something else"
        );
        out.extend(shown);
        if turn.get("vars").is_some() {
            let vars = done.session.variables(self.bot).map(|(name, value)| (name.to_owned(), value.into()));
            out.insert("vars".into(), Value::Object(vars.collect()));
        }
        self.remember(&done.effects, &at);
        let bytes = done.session.to_bytes();
        let read = Session::from_bytes(&bytes).unwrap_or_else(|error| panic!("{at}: {error}"));
        assert_eq!(read, done.session, "{at}: the session is not the same after a store");
        for secret in &self.sealed {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{at}: the session holds a sealed answer");
        }
        self.session = read;
        Value::Object(out)
    }

    fn remember(&mut self, effects: &[Effect], at: &str) {
        let mut calls = 0;
        for effect in effects {
            match effect {
                Effect::Acquire(request) => self.calls.push(request.call),
                Effect::Call(call) => self.calls.push(call.call),
                Effect::WakeAt(timer, when) => self.timers.push((*timer, *when)),
                Effect::Stash { value, .. } if value.len() > 4 => self.sealed.push(value.expose().to_owned()),
                _ => {}
            }
            calls += usize::from(matches!(effect, Effect::Acquire(_) | Effect::Call(_)));
        }
        assert!(calls <= 1, "{at}: two calls at once");
        assert!(calls == 0 || matches!(self.session.state, State::Calling { .. }) || !self.calls.is_empty());
    }
}

fn text_of<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` is missing in {value}"))
}

/// The first turn that differs.
fn difference(name: &str, case: &Value, seen: &Value) -> String {
    let none = Vec::new();
    let turns = |of: &Value| of["turns"].as_array().unwrap_or(&none).clone();
    let (wanted, found) = (turns(case), turns(seen));
    let at = wanted.iter().zip(&found).position(|(wanted, found)| wanted != found).unwrap_or(0);
    format!("{name}\n  wanted {}\n  found  {}", wanted[at], found[at])
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is told by the environment that it shall rewrite its files"
)]
fn update() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}
