//! From the file as written to the program that the engine runs.

mod body;
mod builder;
mod condition;
mod form;
mod question;
pub(crate) mod rebind;
mod request;
mod scope;
mod script;
mod sentences;
mod service;
mod step;
mod text;
mod token;
mod trigger;
pub(crate) mod url;
mod variable;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::str::FromStr;
use std::time::Duration;

use countersign_model::Name;

use crate::diagnostics::{Report, Span, bad_id, duplicate_id, out_of_range, unknown_id};
use crate::program::{Fingerprint, FormIx, Program, ScriptIx, ServiceIx, StepIx, TokenIx, VarIx};
use crate::wire::decode::At;
use crate::wire::{BotFile, Spanned};

/// A program, and whether all that it names was found: only then do checks of its graph make sense.
pub(crate) struct Compiled {
    pub(crate) program: Program,
    pub(crate) sound: bool,
}

/// Compiles a bot.
pub(crate) fn compile(file: &BotFile, source: &str, lost: HashSet<String>, report: &mut Report) -> Compiled {
    let mut compiler = Compiler {
        source,
        report,
        sound: lost.is_empty(),
        lost,
        languages: Vec::new(),
        variables: Vec::new(),
        variable_numbers: HashMap::new(),
        tokens: HashMap::new(),
        services: HashMap::new(),
        forms: HashMap::new(),
        scripts: HashMap::new(),
        befores: HashMap::new(),
        steps: Vec::new(),
        script_starts: Vec::new(),
    };
    let program = compiler.bot(file);
    Compiled { program, sound: compiler.sound }
}

/// What is known while a bot is compiled.
pub(crate) struct Compiler<'c> {
    source: &'c str,
    report: &'c mut Report,
    sound: bool,
    lost: HashSet<String>,
    languages: Vec<String>,
    variables: Vec<Box<str>>,
    variable_numbers: HashMap<String, VarIx>,
    tokens: HashMap<String, (TokenIx, Span)>,
    services: HashMap<String, (ServiceIx, Span)>,
    forms: HashMap<String, (FormIx, Span)>,
    scripts: HashMap<String, (ScriptIx, Span)>,
    /// Services that are called before a login.
    befores: HashMap<ServiceIx, token::Before>,
    /// By script, its steps with ids.
    steps: Vec<HashMap<String, (StepIx, Span)>>,
    /// By script, its first step.
    script_starts: Vec<Option<StepIx>>,
}

impl Compiler<'_> {
    fn bot(&mut self, file: &BotFile) -> Program {
        let top = At::TOP;
        let bot = self.name(&file.bot, &top.key("bot"));
        self.languages(file);
        self.collect_ids(file);
        let tokens = self.token_components(file);
        let services = self.service_components(file);
        self.token_destinations(file, &tokens, &services);
        let services: Vec<_> = services.into_iter().map(|(service, _)| service).collect();
        let forms = self.form_components(file);
        let (scripts, steps) = self.script_list(file, &services);
        let triggers = self.triggers(file);
        let cancel_words = self.cancel_words(file);
        let sentences = self.sentences(file);
        Program {
            title: file.name.as_ref().map_or_else(|| bot.to_string(), |name| name.value.clone()),
            bot,
            fingerprint: fingerprint(file),
            languages: std::mem::take(&mut self.languages),
            channels: file
                .channels
                .iter()
                .flat_map(|list| &list.value)
                .map(|channel| channel.value.into())
                .collect(),
            tokens,
            services,
            forms,
            scripts,
            steps,
            variables: std::mem::take(&mut self.variables),
            triggers,
            cancel_words,
            sentences,
        }
    }

    fn collect_ids(&mut self, file: &BotFile) {
        let top = At::TOP;
        let at = top.key("authorization_tokens");
        let ids = file.authorization_tokens.iter().flat_map(|list| &list.value).map(|item| &item.value.id);
        self.tokens = self.ids(ids, "an Authorization Token", TokenIx, &at);
        let at = top.key("web_services");
        let ids = file.web_services.iter().flat_map(|list| &list.value).map(|item| &item.value.id);
        self.services = self.ids(ids, "a Web Service", ServiceIx, &at);
        let at = top.key("forms");
        let ids = file.forms.iter().flat_map(|list| &list.value).map(|item| &item.value.id);
        self.forms = self.ids(ids, "a Form", FormIx, &at);
        let at = top.key("scripts");
        let ids = file.scripts.value.iter().map(|item| &item.value.id);
        self.scripts = self.ids(ids, "a script", ScriptIx, &at);
    }

    fn ids<'i, Ix: Copy + Eq + Hash>(
        &mut self,
        ids: impl Iterator<Item = &'i Spanned<String>>,
        what: &str,
        number: impl Fn(u16) -> Ix,
        at: &At<'_>,
    ) -> HashMap<String, (Ix, Span)> {
        let mut map = HashMap::new();
        for (index, id) in ids.enumerate() {
            let at = at.key(&id.value);
            let Ok(index) = u16::try_from(index) else {
                self.report.add(out_of_range::too_many(&at.to_string(), id.span, what));
                break;
            };
            if let Some((_, first)) = map.get(&id.value) {
                self.report.add(duplicate_id::duplicate_id(&at.to_string(), id, what, *first));
                continue;
            }
            map.insert(id.value.clone(), (number(index), id.span));
        }
        map
    }

    /// An id; a stand-in when it is none.
    fn name(&mut self, id: &Spanned<String>, at: &At<'_>) -> Name {
        match id.value.parse() {
            Ok(name) => name,
            Err(error) => {
                self.report.add(bad_id::bad_id(&at.to_string(), id.span, &id.value, &error));
                stand_in()
            }
        }
    }

    /// The number of a variable; it gets one when it is new.
    fn variable(&mut self, name: &str) -> VarIx {
        if let Some(number) = self.variable_numbers.get(name) {
            return *number;
        }
        // More than 65,535 variables do not fit into a file with as many values as it can have at most.
        let number = VarIx(u16::try_from(self.variables.len()).unwrap_or(u16::MAX));
        self.variables.push(name.into());
        self.variable_numbers.insert(name.to_owned(), number);
        number
    }

    /// The variable that something is kept in.
    fn kept_in(&mut self, name: &Spanned<String>, at: &At<'_>) -> VarIx {
        if let Some(why) = variable::refusal(&name.value) {
            self.report.add(crate::diagnostics::bad_variable::bad_variable(
                &at.to_string(),
                name.span,
                &name.value,
                why,
            ));
        }
        self.variable(&name.value)
    }

    fn token(&mut self, id: &str, span: Span, at: &At<'_>) -> Option<TokenIx> {
        let found = self.tokens.get(id).map(|(number, _)| *number);
        if found.is_none() {
            self.unknown("Authorization Token", id, span, at, |c| {
                c.tokens.keys().map(String::as_str).collect()
            });
        }
        found
    }

    fn service(&mut self, id: &Spanned<String>, at: &At<'_>) -> Option<ServiceIx> {
        let found = self.services.get(&id.value).map(|(number, _)| *number);
        if found.is_none() {
            self.unknown("Web Service", &id.value, id.span, at, |c| {
                c.services.keys().map(String::as_str).collect()
            });
        }
        found
    }

    fn form(&mut self, id: &Spanned<String>, at: &At<'_>) -> Option<FormIx> {
        let found = self.forms.get(&id.value).map(|(number, _)| *number);
        if found.is_none() {
            self.unknown("Form", &id.value, id.span, at, |c| c.forms.keys().map(String::as_str).collect());
        }
        found
    }

    fn script(&mut self, id: &Spanned<String>, at: &At<'_>) -> Option<ScriptIx> {
        let found = self.scripts.get(&id.value).map(|(number, _)| *number);
        if found.is_none() {
            self.unknown("script", &id.value, id.span, at, |c| {
                c.scripts.keys().map(String::as_str).collect()
            });
        }
        found
    }

    fn unknown(
        &mut self,
        what: &str,
        id: &str,
        span: Span,
        at: &At<'_>,
        known: impl for<'k> Fn(&'k Self) -> Vec<&'k str>,
    ) {
        self.sound = false;
        if self.lost.contains(id) {
            return;
        }
        let other = [
            ("auth_token", self.tokens.contains_key(id)),
            ("web_service", self.services.contains_key(id)),
            ("form", self.forms.contains_key(id)),
            ("run", self.scripts.contains_key(id)),
        ];
        let other = other.into_iter().find(|(_, there)| *there).map(|(key, _)| key);
        let is_step = at.is_key(&["auth_token", "web_service", "form", "run"]);
        let other = other.filter(|_| is_step);
        let finding = unknown_id::unknown_id(&at.to_string(), span, what, id, known(self), other);
        self.report.add(finding);
    }

    /// A number within bounds; the nearest bound when it is outside.
    fn bounded(&mut self, number: &Spanned<u64>, at: &At<'_>, min: u64, max: u64, unit: &str) -> u64 {
        if (min..=max).contains(&number.value) {
            return number.value;
        }
        self.report.add(out_of_range::out_of_range(
            &at.to_string(),
            number.span,
            number.value as f64,
            min,
            max,
            unit,
        ));
        number.value.clamp(min, max)
    }

    fn small(&mut self, number: &Spanned<u64>, at: &At<'_>, min: u8, max: u8, unit: &str) -> u8 {
        u8::try_from(self.bounded(number, at, min.into(), max.into(), unit)).unwrap_or(max)
    }

    /// A number of seconds within bounds.
    fn pause(&mut self, number: &Spanned<f64>, at: &At<'_>, min: u64, max: u64) -> Duration {
        let seconds = number.value;
        if seconds >= min as f64 && seconds <= max as f64 {
            return Duration::from_millis((seconds * 1000.0) as u64);
        }
        self.report.add(out_of_range::out_of_range(
            &at.to_string(),
            number.span,
            seconds,
            min,
            max,
            "seconds",
        ));
        Duration::from_secs(max)
    }
}

/// Stands where no id could be read; such a bot never runs.
fn stand_in() -> Name {
    Name::from_str("x").unwrap_or_else(|_| unreachable!("`x` is an id"))
}

/// A hash of all that the file says, whatever its layout and comments (FNV-1a, 64 bits).
fn fingerprint(file: &BotFile) -> Fingerprint {
    struct Fnv(u64);
    impl std::io::Write for Fnv {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            for byte in bytes {
                self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    // The types of the file always serialise: their keys are texts and nothing in them can fail.
    let _ = serde_json::to_writer(&mut hash, file);
    Fingerprint(hash.0)
}
