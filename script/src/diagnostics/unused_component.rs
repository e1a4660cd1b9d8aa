//! W0104: a component that nobody uses.
//!
//! An Authorization Token, Web Service or Form is defined, but no step names it. It does no harm; often a step was
//! forgotten or names another one by mistake.

use std::collections::HashSet;

use super::context::Context;
use super::{Diagnostic, Report};
use crate::fix::Fix;
use crate::program::StepKind;

pub(super) fn unused_component(context: &Context<'_>, report: &mut Report) {
    let program = context.program;
    let (mut tokens, mut services, mut forms) = (HashSet::new(), HashSet::new(), HashSet::new());
    for step in &program.steps {
        match &step.kind {
            StepKind::AuthToken { token, .. } => drop(tokens.insert(token.at())),
            StepKind::WebService { service, .. } => drop(services.insert(service.at())),
            StepKind::Form { form, .. } => drop(forms.insert(form.at())),
            _ => {}
        }
    }
    // A token that is sent somewhere is wanted; that it is never acquired is told there.
    tokens.extend(
        program.services.iter().flat_map(|service| &service.tokens).flatten().map(|token| token.at()),
    );
    services.extend(program.tokens.iter().filter_map(|token| Some(token.before?.1.at())));
    let mut tell = |list: &str, id: &str, step: &str, free: bool| {
        let path = format!("{list}.{id}");
        let place = context.places.places.get(&path).map(|place| place.value);
        report.add(
            Diagnostic::warning("W0104", format!("no step uses `{id}`"))
                .at_span(&*path, context.id_of(&path))
                .label("defined here and never used")
                .help(format!("add a step `- {step}: {id}`, or take it out"))
                .fix(place.filter(|_| free).map(Fix::Take)),
        );
    };
    let unused =
        |used: &HashSet<usize>, count: usize| (0..count).filter(|at| !used.contains(at)).collect::<Vec<_>>();
    for at in unused(&tokens, program.tokens.len()) {
        // A step that forgets its token names it too.
        let forgets = |kind: &StepKind| matches!(kind, StepKind::Logout(Some(token)) if token.at() == at);
        let latest = program.services.iter().any(|service| service.tokens.contains(&None));
        let free =
            !program.steps.iter().any(|step| forgets(&step.kind)) && (program.tokens.len() > 1 || !latest);
        tell("authorization_tokens", program.tokens[at].id.as_str(), "auth_token", free);
    }
    for at in unused(&services, program.services.len()) {
        tell("web_services", program.services[at].id.as_str(), "web_service", true);
    }
    for at in unused(&forms, program.forms.len()) {
        tell("forms", program.forms[at].id.as_str(), "form", true);
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn each_kind_of_component() {
        check_script(
            "
countersign: 1
bot: demo
authorization_tokens:
  - id: login
#       ^^^^^ warning W0104: no step uses `login`
    url: https://bank.example/login
    questions: [{ question: PIN?, field: pin, secret: true }]
  - id: code-login
    url: https://bank.example/login
    before: send-code
    questions:
      - { question: Phone?, field: phone }
      - { question: Code?, field: code, secret: true, after_before: true }
web_services:
  - { id: send-code, method: POST, url: https://bank.example/code }
  - { id: idle, method: GET, url: https://bank.example/idle }
#         ^^^^ warning W0104: no step uses `idle`
forms:
  - { id: survey, questions: [{ question: How was it?, save: answer }] }
#         ^^^^^^ warning W0104: no step uses `survey`
scripts:
  - id: a
    triggers: [a]
    steps: [{ auth_token: code-login }]
",
        );
    }
}
