//! E0101: a token is used before it is acquired.
//!
//! A Web Service sends the token of a user, but some way from a trigger to it does not pass the success exit of the
//! Authorization Token. On that way there is no token to send.
//!
//! The finding tells that way step by step. Put an `auth_token` step before the one that needs the token. When the
//! user is logged in already, the step passes in silence, so it costs nothing to have it on every way.
//!
//! `{authtoken}` is the token of the latest login, whichever component it was. `{authtoken:ID}` is that of one
//! component. After `logout`, and on the branches `failed`, `cancelled` and `unavailable` of an `auth_token` step,
//! the token is not there.

use std::collections::HashMap;

use super::context::Context;
use super::{Diagnostic, Report};
use crate::graph::Fact;
use crate::program::{ServiceComponent, StepIx, StepKind, TokenIx};

pub(super) fn token_before_use(context: &Context<'_>, report: &mut Report) {
    let mut paths = HashMap::new();
    for step in context.graph.reachable_steps() {
        let Some(service) = service(context, step) else { continue };
        for token in &service.tokens {
            let fact = token.map_or(Fact::AnyToken, Fact::Token);
            if context.facts().certain(&context.graph, step, fact) {
                continue;
            }
            let paths = paths.entry(fact).or_insert_with(|| context.graph.paths_without(context.facts(), fact));
            report.add(finding(context, step, service, *token, paths.to(step)));
        }
    }
}

/// The service that a step calls, be it before a login.
fn service<'a>(context: &Context<'a>, step: StepIx) -> Option<&'a ServiceComponent> {
    let program = context.program;
    let service = match &program.steps[step.at()].kind {
        StepKind::WebService { service, .. } => *service,
        StepKind::AuthToken { token, .. } => program.tokens[token.at()].before?.1,
        _ => return None,
    };
    Some(&program.services[service.at()])
}

fn finding(
    context: &Context<'_>,
    step: StepIx,
    service: &ServiceComponent,
    token: Option<TokenIx>,
    mut way: Vec<String>,
) -> Diagnostic {
    let program = context.program;
    let placeholder = match token {
        Some(token) => format!("authtoken:{}", program.tokens[token.at()].id),
        None => "authtoken".to_owned(),
    };
    let candidates: Vec<_> = match token {
        Some(token) => vec![&program.tokens[token.at()].id],
        None => program.tokens.iter().map(|token| &token.id).collect(),
    };
    let login = match &*candidates {
        [only] => format!("before `{only}` has logged the user in"),
        _ => "before any login".to_owned(),
    };
    let path = &context.step(step).path;
    let place = format!("web_services.{}", service.id);
    way.push(format!("{}. `{path}` calls `{}`, which sends the token", way.len() + 1, service.id));
    let mut finding = Diagnostic::error("E0101", format!("`{{{placeholder}}}` is used {login}"))
        .at_span(&**path, context.head(step))
        .label("there may be no token yet")
        .also(context.find(&place, &placeholder), "the token is sent here");
    finding.notes = way;
    match &*candidates {
        [] => finding.help("add an Authorization Token component, and an `auth_token` step before this step"),
        [only] => finding.help_edit(
            format!("insert `- auth_token: {only}` before this step"),
            context.insert_before(step, "auth_token", only.as_str()),
        ),
        several => {
            let all: Vec<_> = several.iter().map(|id| format!("`- auth_token: {id}`")).collect();
            finding.help(format!("insert {} before this step", all.join(" or ")))
        }
    }
}
