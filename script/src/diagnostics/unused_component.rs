//! W0104: a component that nobody uses.
//!
//! An Authorization Token, Web Service or Form is defined, but no step names it. It does no harm; often a step was
//! forgotten or names another one by mistake.

use std::collections::HashSet;

use super::context::Context;
use super::{Diagnostic, Report};
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
    services.extend(program.tokens.iter().filter_map(|token| Some(token.before?.1.at())));
    let mut tell = |list: &str, id: &str, step: &str| {
        let path = format!("{list}.{id}");
        report.add(
            Diagnostic::warning("W0104", format!("no step uses `{id}`"))
                .at_span(&*path, context.id_of(&path))
                .label("defined here and never used")
                .help(format!("add a step `- {step}: {id}`, or take it out")),
        );
    };
    let unused = |used: &HashSet<usize>, count: usize| (0..count).filter(|at| !used.contains(at)).collect::<Vec<_>>();
    for at in unused(&tokens, program.tokens.len()) {
        tell("authorization_tokens", program.tokens[at].id.as_str(), "auth_token");
    }
    for at in unused(&services, program.services.len()) {
        tell("web_services", program.services[at].id.as_str(), "web_service");
    }
    for at in unused(&forms, program.forms.len()) {
        tell("forms", program.forms[at].id.as_str(), "form");
    }
}
