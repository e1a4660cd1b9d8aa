use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_runner::TokioSleeper;
use countersign_simulator::{Trial, TrialError, Tried};
use http::StatusCode;
use serde_json::Value;

use super::curl;
use super::wire::{CurlBody, CurlDocument, TriedKind, TryBody, TryDocument};
use crate::access::Here;
use crate::bots::{Sending, around, demand, not_bound, not_granted};
use crate::http::{Answer, Body, Params, Problem, SecretField, of_change};
use crate::state::Api;

/// Sends what a component would send, once, through the same guard that bots are behind, and shows the answer with
/// every secret masked.
#[utoipa::path(post, path = "/workspaces/{workspace}/bots/{bot}/try", tag = "trials", params(("workspace" = String, Path), ("bot" = String, Path)), request_body = TryBody, responses((status = 200, body = TryDocument)))]
pub(super) async fn try_it(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, bot)): Params<(String, String)>,
    Body(body): Body<TryBody>,
) -> Answer<Json<TryDocument>> {
    let around = around(&api, here.workspace(), &bot, body.text).await?;
    let id = body.definition["id"].as_str().unwrap_or_default().to_owned();
    let plain = |answers: Vec<SecretField>| answers.into_iter().map(SecretField::into_inner).collect();
    let others = |components: Vec<Value>| -> Vec<Value> {
        components.into_iter().filter(|component| component["id"].as_str() != Some(&id)).collect()
    };
    let trial = Trial {
        tried: match body.kind {
            TriedKind::AuthorizationToken => Tried::Login,
            TriedKind::WebService => Tried::Service,
        },
        definition: body.definition,
        tokens: others(around.tokens),
        services: others(around.services),
        languages: around.languages,
        answers: plain(body.answers),
        login_answers: body
            .login_answers
            .into_iter()
            .map(|(id, all)| (id, plain(all)))
            .collect::<BTreeMap<_, _>>(),
        variables: body.variables,
        constants: around.constants,
        secrets: around.secrets,
        policy: api.policy.clone(),
        transport: api.transport.clone(),
        clock: api.clock.clone(),
        sleeper: Arc::new(TokioSleeper),
        random: api.random.clone(),
    };
    let runnable = trial.bot().map_err(|error| refused(error, &id))?;
    let mut sendings = not_granted(&api, here.workspace(), &bot, &runnable).await?;
    // What is typed here is the author's own.
    sendings.retain(Sending::is_secret);
    demand(&api, &here, &format!("bot/{bot}"), "/definition", &sendings).await?;
    let line = here.line("component.try", &format!("bot/{bot}/{id}"));
    api.change().line(line).commit().await.map_err(of_change)?;
    let outcome = trial.run().await.map_err(|error| refused(error, &id))?;
    Ok(Json(outcome.into()))
}

/// Reads a curl command as a Web Service. Nothing is sent.
#[utoipa::path(post, path = "/workspaces/{workspace}/bots/{bot}/curl", tag = "trials", params(("workspace" = String, Path), ("bot" = String, Path)), request_body = CurlBody, responses((status = 200, body = CurlDocument)))]
pub(super) async fn read_curl(Body(body): Body<CurlBody>) -> Answer<Json<CurlDocument>> {
    let command = body.command.into_inner();
    let read = curl::read(command.expose())
        .map_err(|error| Problem::invalid_field("/command", "not_curl", error.to_string()))?;
    Ok(Json(CurlDocument { definition: read.definition, notes: read.notes }))
}

fn refused(error: TrialError, id: &str) -> Problem {
    let detail = error.to_string();
    match error {
        TrialError::NoId => Problem::invalid_field("/definition/id", "missing", "Give it an id first."),
        TrialError::Unbound(errors) => not_bound(&errors, |at| pointer(at, id)),
        TrialError::Check(found) => {
            let problem = Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "check_failed",
                "The component has errors",
                "The component has errors; mend them, then try it.",
            );
            found
                .into_iter()
                .fold(problem, |problem, one| problem.field(&pointer(&one.path, id), one.code, one.message))
        }
        TrialError::Talk(error) => {
            tracing::error!("a trial failed: {error}");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "A fault of the server", detail)
        }
    }
}

/// `authorization_tokens.bank-login.questions[0].field` as `/definition/questions/0/field`. What is wrong in another
/// component than the one that is tried is wrong in the text.
fn pointer(path: &str, id: &str) -> String {
    let path = path.replace('[', ".").replace(']', "");
    // The list of components, and the one in it.
    let mut parts = path.split('.').filter(|part| !part.is_empty()).skip(1);
    if parts.next().is_some_and(|component| component != id && component.parse::<usize>().is_err()) {
        return "/text".to_owned();
    }
    parts.fold("/definition".to_owned(), |pointer, part| format!("{pointer}/{part}"))
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn a_place_in_the_file_is_a_place_in_what_was_sent() {
        let pairs = [
            ("authorization_tokens.bank-login.url", "/definition/url"),
            ("authorization_tokens[0].questions[1].field", "/definition/questions/1/field"),
            ("authorization_tokens.bank-login", "/definition"),
            ("web_services.x.url", "/text"),
        ];
        for (path, wanted) in pairs {
            assert_eq!(pointer(path, "bank-login"), wanted, "{path}");
        }
    }
}
