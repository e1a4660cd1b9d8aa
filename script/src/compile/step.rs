//! What each step does.

use std::time::Duration;

use countersign_model::MediaKind;

use super::Compiler;
use super::question::asked;
use super::request::slots;
use super::scope::Scope;
use super::token::request_templates;
use super::url::Purpose;
use crate::diagnostics::{before_service, missing_key, out_of_range, secret_kept};
use crate::program::{
    OptionChoice, Options, QuestionStep, ScriptIx, ServiceBranches, ServiceComponent, SetValue, StepKind,
    Text,
};
use crate::template::{Piece, Place, Slot, Template};
use crate::wire::decode::At;
use crate::wire::{self, BareStep, BranchChoice, Logout, MediaType, Simple, Spanned, Step, Value};

impl Compiler<'_> {
    pub(crate) fn step_kind(
        &mut self,
        step: &Step,
        script: ScriptIx,
        services: &[ServiceComponent],
        at: &At<'_>,
    ) -> StepKind {
        match step {
            Step::Message(step) => {
                StepKind::Message(self.text(&step.message, &at.key("message"), Scope::public("a message")))
            }
            Step::Media(step) => {
                let url = self.shown_url(&step.media, &at.key("media"));
                let kind = match step.r#type.as_ref().map(|kind| kind.value) {
                    Some(MediaType::Image) => MediaKind::Image,
                    Some(MediaType::Audio) => MediaKind::Audio,
                    Some(MediaType::Video) => MediaKind::Video,
                    Some(MediaType::Document) => MediaKind::Document,
                    None => kind_of_file(&step.media.value),
                };
                StepKind::Media {
                    kind,
                    url,
                    caption: self.optional_text(step.caption.as_ref(), "caption", at),
                }
            }
            Step::Location(step) => {
                let at = at.key("location");
                let place = &step.location.value;
                StepKind::Location {
                    latitude: self.degrees(&place.latitude, 90.0, &at.key("latitude")),
                    longitude: self.degrees(&place.longitude, 180.0, &at.key("longitude")),
                    name: self.optional_text(place.name.as_ref(), "name", &at),
                }
            }
            Step::Link(step) => {
                let url = self.shown_url(&step.link, &at.key("link"));
                let own = || self.single(url.clone());
                let (text, label) = (own(), own());
                StepKind::Link {
                    text: self.optional_text(step.text.as_ref(), "text", at).unwrap_or(text),
                    label: self.optional_text(step.label.as_ref(), "label", at).unwrap_or(label),
                    url,
                }
            }
            Step::Card(step) => StepKind::Card {
                title: self.text(&step.card, &at.key("card"), Scope::public("a card")),
                text: self.optional_text(step.text.as_ref(), "text", at),
                image: step.image.as_ref().map(|image| self.shown_url(image, &at.key("image"))),
                options: step.choices.as_ref().map(|choices| Options {
                    choices: self.choices(choices, script, at),
                    save: step.save.as_ref().map(|save| self.kept_in(save, &at.key("save"))),
                    retry: self.optional_text(step.retry.as_ref(), "retry", at),
                    tries: self.tries(step.tries.as_ref(), at),
                    no_answer: self.branch(step.no_answer.as_ref(), "no_answer", script, at),
                }),
            },
            Step::Options(step) => StepKind::Options {
                text: self.text(&step.options, &at.key("options"), Scope::public("a message")),
                options: Options {
                    choices: self.choices(&step.choices, script, at),
                    save: step.save.as_ref().map(|save| self.kept_in(save, &at.key("save"))),
                    retry: self.optional_text(step.retry.as_ref(), "retry", at),
                    tries: self.tries(step.tries.as_ref(), at),
                    no_answer: self.branch(step.no_answer.as_ref(), "no_answer", script, at),
                },
            },
            Step::Question(step) => {
                if let Some(secret) = step.secret.as_ref().filter(|secret| secret.value) {
                    self.report.add(secret_kept::secret_kept(&at.key("secret").to_string(), secret.span));
                }
                StepKind::Question(QuestionStep {
                    question: self.question(asked!(step), at),
                    save: step.save.as_ref().map(|save| self.kept_in(save, &at.key("save"))),
                    tries: self.tries(step.tries.as_ref(), at),
                    no_answer: self.branch(step.no_answer.as_ref(), "no_answer", script, at),
                    cancelled: self.branch(step.cancelled.as_ref(), "cancelled", script, at),
                })
            }
            Step::Form(step) => match self.form(&step.form, &at.key("form")) {
                Some(form) => StepKind::Form {
                    form,
                    cancelled: self.branch(step.cancelled.as_ref(), "cancelled", script, at),
                },
                None => StepKind::End,
            },
            Step::Condition(step) => {
                let then = self.branch(step.then.as_ref(), "then", script, at);
                let otherwise = self.branch(step.r#else.as_ref(), "else", script, at);
                match self.test(&step.condition, &at.key("condition")) {
                    Some(test) => StepKind::Condition { test, then, otherwise },
                    None => {
                        StepKind::Condition { test: crate::condition::Test::All(Vec::new()), then, otherwise }
                    }
                }
            }
            Step::Set(step) => StepKind::Set(self.set(&step.set.value, &at.key("set"))),
            Step::AuthToken(step) => {
                let failed = self.branch(step.failed.as_ref(), "failed", script, at);
                let cancelled = self.branch(step.cancelled.as_ref(), "cancelled", script, at);
                let unavailable = self.branch(step.unavailable.as_ref(), "unavailable", script, at);
                match self.token(&step.auth_token.value, step.auth_token.span, &at.key("auth_token")) {
                    Some(token) => StepKind::AuthToken { token, failed, cancelled, unavailable },
                    None => StepKind::End,
                }
            }
            Step::WebService(step) => self.web_service(step, script, services, at),
            Step::Logout(step) => match step.logout.as_ref().map(|logout| (&logout.value, logout.span)) {
                Some((Logout::One(id), span)) => StepKind::Logout(self.token(id, span, &at.key("logout"))),
                Some((Logout::All(_), _)) | None => StepKind::Logout(None),
            },
            Step::Run(step) => match self.script(&step.run, &at.key("run")) {
                Some(script) => StepKind::Run(script),
                None => StepKind::End,
            },
            Step::Jump(step) => StepKind::Jump(self.target(&step.jump, script, &at.key("jump"))),
            Step::Wait(step) => {
                let wait = Spanned { value: step.wait.value.0, span: step.wait.span };
                StepKind::Wait(if wait.value == 0.0 {
                    Duration::ZERO
                } else {
                    self.wait(&wait, &at.key("wait"))
                })
            }
            Step::Transfer(step) => StepKind::Transfer {
                number: self.number(&step.transfer, &at.key("transfer")),
                text: self.optional_text(step.text.as_ref(), "text", at),
            },
            Step::End(_) | Step::Bare(BareStep::End) | Step::Unreadable(_) => StepKind::End,
            Step::Bare(BareStep::Logout) => StepKind::Logout(None),
        }
    }

    fn web_service(
        &mut self,
        step: &wire::WebServiceStep,
        script: ScriptIx,
        services: &[ServiceComponent],
        at: &At<'_>,
    ) -> StepKind {
        let mut by_status = Vec::new();
        let status_at = at.key("status");
        for (status, target) in step.status.iter().flat_map(|status| &status.value.0) {
            let at = status_at.key(&status.value);
            let number = match status.value.parse::<u16>() {
                Ok(number @ 100..=599) => number,
                _ => {
                    let finding = out_of_range::no_status(&at.to_string(), status.span, &status.value);
                    self.report.add(finding);
                    continue;
                }
            };
            by_status.extend(self.target(target, script, &at).map(|target| (number, target)));
        }
        let branches = ServiceBranches {
            by_status,
            failed: self.branch(step.failed.as_ref(), "failed", script, at),
            empty: self.branch(step.empty.as_ref(), "empty", script, at),
            unavailable: self.branch(step.unavailable.as_ref(), "unavailable", script, at),
            cancelled: self.branch(step.cancelled.as_ref(), "cancelled", script, at),
        };
        let at = at.key("web_service");
        let Some(service) = self.service(&step.web_service, &at) else { return StepKind::End };
        if let Some(before) = self.befores.get(&service) {
            let uses_answers = services.get(service.at()).is_some_and(|component| {
                slots(request_templates(&component.request)).any(|slot| matches!(slot, Slot::Answer { .. }))
            });
            if uses_answers {
                let finding = before_service::called_by_a_step(
                    &at.to_string(),
                    step.web_service.span,
                    &before.component,
                );
                self.report.add(finding);
            }
        }
        StepKind::WebService { service, branches }
    }

    fn set(
        &mut self,
        values: &wire::Entries<Spanned<Value>>,
        at: &At<'_>,
    ) -> Vec<(crate::program::VarIx, SetValue)> {
        let mut all = Vec::with_capacity(values.0.len());
        for (name, value) in &values.0 {
            let at = at.key(&name.value);
            // `language` is the one name of the platform's own that a bot may set: it changes the user's language.
            let variable =
                if name.value == "language" { self.variable("language") } else { self.kept_in(name, &at) };
            let value = match &value.value {
                Value::Simple(Simple::Bool(value)) => SetValue::Bool(*value),
                Value::Simple(Simple::Number(digits)) => SetValue::Number(digits.as_str().into()),
                Value::Simple(Simple::Text(text)) => {
                    let text = Spanned { value: text.clone(), span: value.span };
                    SetValue::Template(self.plain_template(
                        &text,
                        &at,
                        Scope::public("a variable"),
                        Place::Text,
                    ))
                }
                Value::Expression(expression) => {
                    match self.expression(&expression.expression, &at.key("expression")) {
                        Some(expression) => SetValue::Expression(expression),
                        None => continue,
                    }
                }
            };
            all.push((variable, value));
        }
        all
    }

    fn choices(
        &mut self,
        choices: &Spanned<Vec<Spanned<BranchChoice>>>,
        script: ScriptIx,
        at: &At<'_>,
    ) -> Vec<OptionChoice> {
        let at = at.key("choices");
        if choices.value.is_empty() {
            self.report.add(missing_key::empty_list(
                &at.to_string(),
                choices.span,
                "there is nothing to choose",
            ));
        }
        let mut all = Vec::with_capacity(choices.value.len());
        for (index, choice) in choices.value.iter().enumerate() {
            let at = at.index(index);
            let label = self.text(&choice.value.label, &at.key("label"), Scope::public("a choice"));
            all.push(OptionChoice {
                value: self.choice_value(&label, choice.value.value.as_ref()),
                go: self.branch(choice.value.go.as_ref(), "go", script, &at),
                label,
            });
        }
        all
    }

    fn tries(&mut self, tries: Option<&Spanned<u64>>, at: &At<'_>) -> u8 {
        tries.map_or(3, |tries| self.small(tries, &at.key("tries"), 1, 10, "tries"))
    }

    fn wait(&mut self, wait: &Spanned<f64>, at: &At<'_>) -> Duration {
        // Anything above nothing is a pause; `pause` has whole seconds as its smallest bound.
        if wait.value > 0.0 && wait.value < 1.0 {
            return Duration::from_millis((wait.value * 1000.0) as u64);
        }
        self.pause(wait, at, 0, 3_600)
    }

    fn shown_url(&mut self, url: &Spanned<String>, at: &At<'_>) -> Template {
        self.url(url, at, Scope::public("an address that the user sees"), Purpose::Shown, &[]).url
    }

    /// The same text in every language.
    fn single(&self, template: Template) -> Text {
        let alternatives: Box<[Template]> = Box::new([template]);
        Text { variants: vec![alternatives; self.languages.len()].into() }
    }

    fn degrees(&mut self, degrees: &Spanned<Simple>, most: f64, at: &At<'_>) -> Template {
        let text = Spanned { value: degrees.value.as_text().to_owned(), span: degrees.span };
        let template = self.plain_template(&text, at, Scope::public("a place"), Place::Text);
        if let [Piece::Text(text)] = &*template.pieces
            && !text.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= most)
        {
            self.report.add(out_of_range::degrees(
                &at.to_string(),
                degrees.span,
                most,
                degrees.value.as_text(),
            ));
        }
        template
    }

    /// A phone number; `None` for a person.
    fn number(&mut self, to: &Spanned<String>, at: &At<'_>) -> Option<Template> {
        if to.value.eq_ignore_ascii_case("person") {
            return None;
        }
        let template = self.plain_template(to, at, Scope::public("a phone number"), Place::Text);
        if let [Piece::Text(number)] = &*template.pieces
            && !is_phone_number(number)
        {
            self.report.add(crate::diagnostics::unknown_word::transfer(&at.to_string(), to.span, &to.value));
        }
        Some(template)
    }
}

/// `+` and 5 to 15 digits (E.164), with the marks that people put between them; or a SIP address.
fn is_phone_number(text: &str) -> bool {
    if text.starts_with("sip:") || text.starts_with("sips:") {
        return text.contains('@') || text.len() > 5;
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (3..=15).contains(&digits)
        && text.chars().enumerate().all(|(index, c)| {
            c.is_ascii_digit() || (c == '+' && index == 0) || matches!(c, ' ' | '-' | '(' | ')' | '.')
        })
}

fn kind_of_file(url: &str) -> MediaKind {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let ending = path.rsplit('/').next().and_then(|file| file.rsplit_once('.')).map(|(_, ending)| ending);
    match ending.unwrap_or("").to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" | "png" | "gif" | "webp" => MediaKind::Image,
        "mp3" | "ogg" | "opus" | "m4a" | "aac" | "wav" | "amr" => MediaKind::Audio,
        "mp4" | "mov" | "webm" | "3gp" => MediaKind::Video,
        _ => MediaKind::Document,
    }
}
