//! What a placeholder may name where it stands, and what it stands for.

use countersign_model::Name;

use super::Compiler;
use crate::diagnostics::{
    Span, answer_out_of_range, bad_path, bad_template, placeholder_not_here, secret_in_public, unknown_id,
    unknown_placeholder,
};
use crate::fix::Fix;
use crate::path::Path;
use crate::placeholder::{Part, SyntaxError, is_variable, split};
use crate::program::TokenIx;
use crate::template::Slot;
use crate::wire::Spanned;
use crate::wire::decode::At;

/// Where a text stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scope<'s> {
    /// Set where the user or the log can see the text: what it is, in words.
    pub(crate) public: Option<&'static str>,
    /// Whose answers `{val1}` … are.
    pub(crate) answers: Answers<'s>,
    /// Whether `{item}` is known.
    pub(crate) item: bool,
    /// Set in the refresh request of a token.
    pub(crate) refresh: Option<TokenIx>,
    /// Whether a token may stand here.
    pub(crate) tokens: bool,
}

impl Scope<'_> {
    /// A text that can be seen.
    pub(crate) const fn public(what: &'static str) -> Self {
        Self { public: Some(what), answers: Answers::None, item: false, refresh: None, tokens: false }
    }
}

/// Whose answers `{val1}` … are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Answers<'s> {
    /// Nobody's.
    #[default]
    None,
    /// Those to the questions of a Web Service: its id, and which of them are secret.
    Service(&'s Name, &'s [bool]),
    /// Those to the first so many questions of an Authorization Token.
    Token(&'s Name, usize),
}

/// A piece of a text whose placeholder is understood.
#[derive(Clone, Debug)]
pub(crate) enum Resolved {
    Text(String),
    Slot(Slot, Span),
}

/// The bytes that make broken placeholders good, and what comes there.
fn mended(text: &str, error: SyntaxError) -> Option<((usize, usize), String)> {
    match error {
        SyntaxError::Unclosed { at } => {
            let rest = &text[at + 1..];
            let good = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':');
            let end = rest.find(|c: char| !good(c)).unwrap_or(rest.len());
            let name = rest[..end].trim_end_matches(['.', ':']);
            let closes = is_variable(name.split(['.', ':']).next().unwrap_or(""));
            let end = at + 1 + name.len();
            Some(if closes { ((end, end), "}".to_owned()) } else { ((at, at + 1), "{{".to_owned()) })
        }
        SyntaxError::Unopened { at } => Some(((at, at + 1), "}}".to_owned())),
        SyntaxError::Empty { at } => Some(((at, at + 2), "{{}}".to_owned())),
        SyntaxError::Name { .. } => None,
    }
}

impl Compiler<'_> {
    /// Reads a text with placeholders. What is wrong with it is reported and left out.
    pub(crate) fn resolve(&mut self, text: &Spanned<String>, at: &At<'_>, scope: Scope<'_>) -> Vec<Resolved> {
        let parts = match split(&text.value) {
            Ok(parts) => parts,
            Err(error) => {
                let span = self.inside(text, error.range());
                let fix = mended(&text.value, error).map(|(range, with)| self.part(text, range, &with));
                self.report.add(bad_template::bad_template(&at.to_string(), span, error, fix));
                return Vec::new();
            }
        };
        let mut resolved = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Part::Text(text) => resolved.push(Resolved::Text(text.into_owned())),
                Part::Hole { name, at: start } => {
                    let len = text.value[start..].find('}').map_or(0, |end| end + 1);
                    let span = self.inside(text, (start, start + len));
                    // A stand-in keeps the shape of the text, so that one mistake gives one finding.
                    let slot = self.slot(name, span, at, scope).unwrap_or_else(|| Slot::Config("".into()));
                    resolved.push(Resolved::Slot(slot, span));
                }
            }
        }
        resolved
    }

    /// The stretch of the file that holds these bytes of a text; the whole text where escapes or folded lines make
    /// that unknown.
    pub(crate) fn inside(&self, text: &Spanned<String>, (start, end): (usize, usize)) -> Span {
        let Some(written) = self.source.get(text.span.start..text.span.end) else { return text.span };
        let quote = usize::from(written.starts_with(['"', '\'']));
        let from = text.span.start + quote;
        if self.source.get(from..from + text.value.len()) == Some(&*text.value) {
            Span { start: from + start, end: from + end }
        } else {
            text.span
        }
    }

    /// Makes a part of a text another one.
    fn part(&self, text: &Spanned<String>, (start, end): (usize, usize), with: &str) -> Fix {
        let span = self.inside(text, (start, end));
        if span.end - span.start == end - start && span != text.span {
            return Fix::Text(span, with.to_owned());
        }
        let whole = format!("{}{with}{}", &text.value[..start], &text.value[end..]);
        Fix::Write(text.span, whole.into())
    }

    fn slot(&mut self, name: &str, span: Span, at: &At<'_>, scope: Scope<'_>) -> Option<Slot> {
        let path = || at.to_string();
        match name {
            "channel" => return Some(Slot::Channel),
            "now" => return Some(Slot::Now),
            "contact.name" => return Some(Slot::ContactName),
            "contact.address" => return Some(Slot::ContactAddress),
            "refresh_token" => {
                if scope.refresh.is_none() {
                    self.report.add(placeholder_not_here::refresh_token(&path(), span));
                }
                return scope.refresh.map(Slot::RefreshToken);
            }
            _ => {}
        }
        if let Some(answer) = name.strip_prefix("val").and_then(|number| number.parse::<usize>().ok()) {
            return self.answer(answer, name, span, at, scope);
        }
        if name == "authtoken" || name.starts_with("authtoken:") {
            return self.token_slot(name.strip_prefix("authtoken:"), name, span, at, scope);
        }
        if let Some(secret) = name.strip_prefix("secret.") {
            if let Some(what) = scope.public {
                self.report.add(secret_in_public::secret_in_public(&path(), span, name, what));
                return None;
            }
            return Some(Slot::Secret(secret.into()));
        }
        if let Some(constant) = name.strip_prefix("config.") {
            return Some(Slot::Config(constant.into()));
        }
        if name == "item" || name.starts_with("item.") || name.starts_with("item[") {
            if !scope.item {
                self.report.add(placeholder_not_here::item(&path(), span, name));
                return None;
            }
            let rest = name.trim_start_matches("item").trim_start_matches('.');
            return match if rest.is_empty() { Ok(Path::whole()) } else { Path::parse(rest) } {
                Ok(path) => Some(Slot::Item(path)),
                Err(error) => {
                    self.report.add(bad_path::bad_path(&path(), span, &error, None));
                    None
                }
            };
        }
        if is_variable(name) {
            // Whether it ever has a value is a matter of the whole bot.
            return Some(Slot::Var(self.variable(name)));
        }
        let exact = self.source.get(span.start..span.end).is_some_and(|text| text.starts_with('{'));
        self.report.add(unknown_placeholder::unknown_placeholder(&path(), span, name, exact));
        None
    }

    fn answer(
        &mut self,
        number: usize,
        name: &str,
        span: Span,
        at: &At<'_>,
        scope: Scope<'_>,
    ) -> Option<Slot> {
        let (id, count) = match scope.answers {
            Answers::None => {
                self.report.add(placeholder_not_here::answer(&at.to_string(), span, name));
                return None;
            }
            Answers::Service(id, secrets) => (id, secrets.len()),
            Answers::Token(id, count) => (id, count),
        };
        let index = match number.checked_sub(1) {
            Some(index) if index < count => u8::try_from(index).ok()?,
            _ => {
                // With one answer it is clear which is meant; and some count from 0.
                let clear = count == 1 || (number == 0 && count > 0);
                let exact =
                    clear && self.source.get(span.start..span.end).is_some_and(|s| s.starts_with('{'));
                self.report.add(answer_out_of_range::answer_out_of_range(
                    &at.to_string(),
                    span,
                    name,
                    id,
                    count,
                    exact.then(|| Fix::Text(span, "{val1}".to_owned())),
                ));
                return None;
            }
        };
        match scope.answers {
            Answers::Service(_, secrets) if !secrets[usize::from(index)] => Some(Slot::Val(index)),
            _ => {
                if let Some(what) = scope.public {
                    self.report.add(secret_in_public::secret_in_public(&at.to_string(), span, name, what));
                    return None;
                }
                Some(Slot::Answer { component: id.clone(), index })
            }
        }
    }

    fn token_slot(
        &mut self,
        id: Option<&str>,
        name: &str,
        span: Span,
        at: &At<'_>,
        scope: Scope<'_>,
    ) -> Option<Slot> {
        if let Some(what) = scope.public {
            self.report.add(secret_in_public::secret_in_public(&at.to_string(), span, name, what));
            return None;
        }
        if !scope.tokens {
            self.report.add(placeholder_not_here::token(&at.to_string(), span, name));
            return None;
        }
        match id {
            None if self.tokens.is_empty() => {
                if self.lost.is_empty() {
                    self.report.add(unknown_id::no_tokens(&at.to_string(), span));
                }
                self.sound = false;
                None
            }
            None => Some(Slot::LatestToken),
            Some(id) => self.token(id, span, at).map(Slot::Token),
        }
    }
}
