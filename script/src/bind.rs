//! Puts the constants of a workspace into a bot.

use std::collections::{BTreeMap, BTreeSet};

use crate::checked::BindError;
use crate::compile::rebind::reread;
use crate::compile::url::{Purpose, plain_origin};
use crate::program::{
    AnswerKind, OptionChoice, Options, Program, Question, RequestTemplate, Sentences, SetValue, StepKind,
    Text,
};
use crate::template::{Piece, Slot, Template, encode};

/// Replaces every `{config.NAME}` and sees that every secret is there.
pub(crate) fn bind(
    program: &mut Program,
    constants: &BTreeMap<String, String>,
    secrets: &BTreeSet<String>,
) -> Result<(), Vec<BindError>> {
    let mut binder = Binder { constants, secrets, errors: Vec::new() };
    binder.program(program);
    if binder.errors.is_empty() { Ok(()) } else { Err(binder.errors) }
}

struct Binder<'b> {
    constants: &'b BTreeMap<String, String>,
    secrets: &'b BTreeSet<String>,
    errors: Vec<BindError>,
}

impl Binder<'_> {
    fn program(&mut self, program: &mut Program) {
        for token in &mut program.tokens {
            let at = format!("authorization_tokens.{}", token.id);
            self.request(&mut token.request, &at);
            for origin in &mut token.send_to {
                self.origin(origin, &format!("{at}.send_to"));
            }
            if let Some(refresh) = &mut token.refresh {
                self.request(&mut refresh.request, &format!("{at}.refresh"));
            }
            for question in &mut token.questions {
                self.question(question, &format!("{at}.questions"));
            }
            for text in [&mut token.failed, &mut token.unavailable, &mut token.prompt_expired] {
                self.optional(text, &at);
            }
        }
        for service in &mut program.services {
            let at = format!("web_services.{}", service.id);
            self.request(&mut service.request, &at);
            for question in &mut service.questions {
                self.question(question, &format!("{at}.questions"));
            }
            if let Some(each) = &mut service.each {
                self.text(&mut each.line, &format!("{at}.each.line"));
            }
        }
        for form in &mut program.forms {
            let at = format!("forms.{}.questions", form.id);
            form.questions.iter_mut().for_each(|(question, _)| self.question(question, &at));
        }
        for step in &mut program.steps {
            self.step(&mut step.kind, &step.path);
        }
        self.sentences(&mut program.sentences);
    }

    fn step(&mut self, kind: &mut StepKind, at: &str) {
        match kind {
            StepKind::Message(text) => self.text(text, at),
            StepKind::Media { url, caption, .. } => {
                self.url(url, Purpose::Shown, at);
                self.optional(caption, at);
            }
            StepKind::Location { latitude, longitude, name } => {
                self.template(latitude, at);
                self.template(longitude, at);
                self.optional(name, at);
            }
            StepKind::Link { text, label, url } => {
                self.text(text, at);
                self.text(label, at);
                self.url(url, Purpose::Shown, at);
            }
            StepKind::Card { title, text, image, options } => {
                self.text(title, at);
                self.optional(text, at);
                if let Some(image) = image {
                    self.url(image, Purpose::Shown, at);
                }
                if let Some(options) = options {
                    self.options(options, at);
                }
            }
            StepKind::Options { text, options } => {
                self.text(text, at);
                self.options(options, at);
            }
            StepKind::Question(step) => self.question(&mut step.question, at),
            StepKind::Set(values) => {
                for (_, value) in values {
                    if let SetValue::Template(template) = value {
                        self.template(template, at);
                    }
                }
            }
            StepKind::Transfer { number, text } => {
                if let Some(number) = number {
                    self.template(number, at);
                }
                self.optional(text, at);
            }
            StepKind::Form { .. }
            | StepKind::Condition { .. }
            | StepKind::AuthToken { .. }
            | StepKind::WebService { .. }
            | StepKind::Logout(_)
            | StepKind::Run(_)
            | StepKind::Jump(_)
            | StepKind::Wait(_)
            | StepKind::End => {}
        }
    }

    fn request(&mut self, request: &mut RequestTemplate, at: &str) {
        self.url(&mut request.url, Purpose::Request, &format!("{at}.url"));
        for (name, value) in &mut request.headers {
            self.template(value, &format!("{at}.headers.{name}"));
        }
        if let Some((_, body)) = &mut request.body {
            self.template(body, &format!("{at}.body"));
        }
    }

    fn question(&mut self, question: &mut Question, at: &str) {
        self.text(&mut question.text, at);
        self.optional(&mut question.retry, at);
        if let AnswerKind::Choice(choices) = &mut question.kind {
            self.choices(choices, at);
        }
    }

    fn options(&mut self, options: &mut Options, at: &str) {
        self.choices(&mut options.choices, at);
        self.optional(&mut options.retry, at);
    }

    fn choices(&mut self, choices: &mut [OptionChoice], at: &str) {
        choices.iter_mut().for_each(|choice| self.text(&mut choice.label, at));
    }

    fn sentences(&mut self, all: &mut Sentences) {
        let retry = &mut all.retry;
        for text in [
            &mut all.not_understood,
            &mut all.choose,
            &mut all.cancelled,
            &mut all.no_answer,
            &mut all.login_failed_retry,
            &mut all.login_failed,
            &mut all.login_paused,
            &mut all.login_unavailable,
            &mut all.prompt_expired,
            &mut all.login_again,
            &mut all.fresh_login,
            &mut all.login_impossible,
            &mut all.service_failed,
            &mut all.service_unavailable,
            &mut all.trouble,
            &mut all.digits_only,
            &mut all.login_page,
            &mut all.login_page_open,
            &mut all.page_digits,
            &mut all.page_digits_wrong,
            &mut retry.text,
            &mut retry.number,
            &mut retry.email,
            &mut retry.phone,
            &mut retry.digits,
            &mut retry.code,
            &mut retry.date,
            &mut retry.url,
            &mut retry.location,
            &mut retry.file,
            &mut retry.pattern,
        ] {
            self.text(text, "texts");
        }
    }

    fn optional(&mut self, text: &mut Option<Text>, at: &str) {
        if let Some(text) = text {
            self.text(text, at);
        }
    }

    fn text(&mut self, text: &mut Text, at: &str) {
        for template in text.variants.iter_mut().flatten() {
            self.template(template, at);
        }
    }

    fn origin(&mut self, origin: &mut Template, at: &str) {
        if !self.template(origin, at) {
            return;
        }
        match plain_origin(origin) {
            Some(plain) => *origin = Template { pieces: Box::new([Piece::Text(plain.into())]) },
            None => self.errors.push(BindError::Url { at: at.to_owned(), why: "it is not an origin" }),
        }
    }

    fn url(&mut self, url: &mut Template, purpose: Purpose, at: &str) {
        let has_constants =
            url.pieces.iter().any(|piece| matches!(piece, Piece::Slot { slot: Slot::Config(_), .. }));
        if !self.template(url, at) || !has_constants {
            return;
        }
        match reread(url, purpose) {
            Ok((reread, _)) => *url = reread,
            Err(why) => self.errors.push(BindError::Url { at: at.to_owned(), why: why.words() }),
        }
    }

    /// Puts the constants into a template. Says whether all of them are there.
    fn template(&mut self, template: &mut Template, at: &str) -> bool {
        let needs_work =
            |piece: &Piece| matches!(piece, Piece::Slot { slot: Slot::Config(_) | Slot::Secret(_), .. });
        if !template.pieces.iter().any(needs_work) {
            return true;
        }
        let mut complete = true;
        let mut pieces: Vec<Piece> = Vec::with_capacity(template.pieces.len());
        for piece in &template.pieces {
            match piece {
                Piece::Text(text) => push_text(&mut pieces, text),
                Piece::Slot { slot: Slot::Config(name), place } => match self.constants.get(&**name) {
                    Some(value) => {
                        let mut text = String::new();
                        match encode(value, *place, &mut text) {
                            Ok(()) => push_text(&mut pieces, &text),
                            Err(_) => {
                                self.add(BindError::Header { name: name.to_string(), at: at.to_owned() })
                            }
                        }
                    }
                    None => {
                        complete = false;
                        self.add(BindError::Constant { name: name.to_string(), at: at.to_owned() });
                    }
                },
                Piece::Slot { slot, .. } => {
                    if let Slot::Secret(name) = slot
                        && !self.secrets.contains(&**name)
                    {
                        self.add(BindError::Secret { name: name.to_string(), at: at.to_owned() });
                    }
                    pieces.push(piece.clone());
                }
            }
        }
        template.pieces = pieces.into();
        complete
    }

    /// What is missing in many places is told once.
    fn add(&mut self, error: BindError) {
        let told = self.errors.iter().any(|known| match (known, &error) {
            (BindError::Constant { name: one, .. }, BindError::Constant { name: other, .. })
            | (BindError::Secret { name: one, .. }, BindError::Secret { name: other, .. }) => one == other,
            _ => *known == error,
        });
        if !told {
            self.errors.push(error);
        }
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(last)) => *last = format!("{last}{text}").into(),
        _ => pieces.push(Piece::Text(text.into())),
    }
}
