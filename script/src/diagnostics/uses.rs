//! Which variables a step uses, and where the text that uses them stands.

use crate::condition::{Subject, Test};
use crate::program::{
    AnswerKind, FormComponent, OptionChoice, Options, Program, Question, RequestTemplate, ServiceComponent,
    SetValue, Step, StepKind, Text, TokenComponent, VarIx,
};
use crate::template::{Piece, Slot, Template};

/// A use of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) variable: VarIx,
    /// The path of the step or the component whose text has it.
    pub(super) path: String,
    /// Whether it is only compared, for which it needs no value.
    pub(super) compared: bool,
}

/// The uses of a step, those of the component that it runs included; each variable once for each path.
pub(super) fn uses(program: &Program, step: &Step) -> Vec<Use> {
    let mut found = Found { path: step.path.to_string(), uses: Vec::new() };
    match &step.kind {
        StepKind::Message(text) => found.text(text),
        StepKind::Media { url, caption, .. } => {
            found.template(url);
            found.texts(caption);
        }
        StepKind::Location { latitude, longitude, name } => {
            found.template(latitude);
            found.template(longitude);
            found.texts(name);
        }
        StepKind::Link { text, label, url } => {
            found.text(text);
            found.text(label);
            found.template(url);
        }
        StepKind::Card { title, text, image, options } => {
            found.text(title);
            found.texts(text);
            image.iter().for_each(|image| found.template(image));
            options.iter().for_each(|options| found.options(options));
        }
        StepKind::Options { text, options } => {
            found.text(text);
            found.options(options);
        }
        StepKind::Question(step) => found.question(&step.question),
        StepKind::Form { form, .. } => found.form(&program.forms[form.at()]),
        StepKind::Condition { test, .. } => found.test(test),
        StepKind::Set(values) => {
            for (_, value) in values {
                match value {
                    SetValue::Template(template) => found.template(template),
                    SetValue::Expression(expression) => {
                        expression.variables.iter().for_each(|variable| found.add(*variable, false));
                    }
                    SetValue::Number(_) | SetValue::Bool(_) => {}
                }
            }
        }
        StepKind::AuthToken { token, .. } => found.token(program, &program.tokens[token.at()]),
        StepKind::WebService { service, .. } => found.service(&program.services[service.at()]),
        StepKind::Transfer { number, text } => {
            number.iter().for_each(|number| found.template(number));
            found.texts(text);
        }
        StepKind::Logout(_) | StepKind::Run(_) | StepKind::Jump(_) | StepKind::Wait(_) | StepKind::End => {}
    }
    found.uses
}

/// The variables to which a step gives values.
pub(super) fn sets(program: &Program, kind: &StepKind) -> Vec<VarIx> {
    match kind {
        StepKind::Options { options, .. } | StepKind::Card { options: Some(options), .. } => {
            options.save.into_iter().collect()
        }
        StepKind::Question(step) => step.save.into_iter().collect(),
        StepKind::Form { form, .. } => program.forms[form.at()].questions.iter().map(|(_, v)| *v).collect(),
        StepKind::Set(values) => values.iter().map(|(variable, _)| *variable).collect(),
        StepKind::WebService { service, .. } => saves(&program.services[service.at()]).collect(),
        StepKind::AuthToken { token, .. } => {
            let before = program.tokens[token.at()].before.as_ref();
            before.into_iter().flat_map(|(_, service)| saves(&program.services[service.at()])).collect()
        }
        _ => Vec::new(),
    }
}

/// The variables to which an answer gives values.
pub(super) fn saves(service: &ServiceComponent) -> impl Iterator<Item = VarIx> {
    service.save.iter().map(|save| save.variable).chain(service.each.as_ref().map(|each| each.variable))
}

struct Found {
    path: String,
    uses: Vec<Use>,
}

impl Found {
    fn add(&mut self, variable: VarIx, compared: bool) {
        let new = Use { variable, path: self.path.clone(), compared };
        if !self.uses.contains(&new) {
            self.uses.push(new);
        }
    }

    fn template(&mut self, template: &Template) {
        for piece in &template.pieces {
            if let Piece::Slot { slot: Slot::Var(variable), .. } = piece {
                self.add(*variable, false);
            }
        }
    }

    fn text(&mut self, text: &Text) {
        text.variants.iter().flatten().for_each(|template| self.template(template));
    }

    fn texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t Text>) {
        texts.into_iter().for_each(|text| self.text(text));
    }

    fn choices(&mut self, choices: &[OptionChoice]) {
        self.texts(choices.iter().map(|choice| &choice.label));
    }

    fn options(&mut self, options: &Options) {
        self.choices(&options.choices);
        self.texts(&options.retry);
    }

    fn question(&mut self, question: &Question) {
        self.text(&question.text);
        self.texts(&question.retry);
        if let AnswerKind::Choice(choices) = &question.kind {
            self.choices(choices);
        }
    }

    fn request(&mut self, request: &RequestTemplate) {
        self.template(&request.url);
        request.headers.iter().for_each(|(_, value)| self.template(value));
        request.body.iter().for_each(|(_, body)| self.template(body));
    }

    fn form(&mut self, form: &FormComponent) {
        let step = std::mem::replace(&mut self.path, format!("forms.{}", form.id));
        for (at, (question, _)) in form.questions.iter().enumerate() {
            let from = self.uses.len();
            self.question(question);
            // A later question may name an earlier answer.
            let mut new = self.uses.split_off(from);
            new.retain(|found| form.questions[..at].iter().all(|(_, earlier)| *earlier != found.variable));
            self.uses.extend(new);
        }
        self.path = step;
    }

    fn service(&mut self, service: &ServiceComponent) {
        let step = std::mem::replace(&mut self.path, format!("web_services.{}", service.id));
        self.request(&service.request);
        service.questions.iter().for_each(|question| self.question(question));
        if let Some(each) = &service.each {
            let from = self.uses.len();
            self.text(&each.line);
            // What the same answer gives is there when the lines are made.
            let mut new = self.uses.split_off(from);
            new.retain(|found| saves(service).all(|saved| saved != found.variable));
            self.uses.extend(new);
        }
        self.path = step;
    }

    fn token(&mut self, program: &Program, token: &TokenComponent) {
        let step = std::mem::replace(&mut self.path, format!("authorization_tokens.{}", token.id));
        self.request(&token.request);
        token.questions.iter().for_each(|question| self.question(question));
        token.refresh.iter().for_each(|refresh| self.request(&refresh.request));
        self.texts(&token.failed);
        self.texts(&token.unavailable);
        self.texts(&token.prompt_expired);
        self.path = step;
        if let Some((_, service)) = token.before {
            self.service(&program.services[service.at()]);
        }
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Row(Subject::Var(variable), _) => self.add(*variable, true),
            Test::Row(..) => {}
            Test::All(tests) | Test::Any(tests) => tests.iter().for_each(|test| self.test(test)),
            Test::Not(test) => self.test(test),
            Test::Expression(expression) => {
                expression.variables.iter().for_each(|variable| self.add(*variable, true));
            }
        }
    }
}
