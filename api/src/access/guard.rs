use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use countersign_accounts::{AccountsError, Session, Visit};
use countersign_model::{Name, SecretText};
use http::{HeaderMap, Method, header};

use super::cookie;
use super::origin::{self, From, forged};
use super::who::{Here, Signed, Visitor};
use crate::area::{Need, Needs};
use crate::http::Problem;
use crate::router::BASE;
use crate::state::Api;

/// Lets a request through to its route, with who asks, when it has what the route needs.
pub(crate) async fn guard(
    State((api, needs)): State<(Arc<Api>, Arc<Needs>)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let path = path.as_deref().and_then(|path| path.strip_prefix(BASE)).unwrap_or("");
    let need = needs.of(request.method(), path).ok_or_else(|| Problem::not_found("address"))?;
    let object = path.to_owned();
    let visit = visit(&api, &request);
    let headers = request.headers();
    if let Some(key) = bearer(headers)
        && !matches!(need, Need::Nothing)
    {
        let here = by_key(&api, &key, need, workspace_of(request.uri().path()), &object, &visit).await?;
        request.extensions_mut().insert(here);
        return Ok(next.run(request).await);
    }
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let session = match cookie::read(headers) {
        Some(token) => match api.accounts.session(&token, &visit).await {
            Ok(session) => Some(Arc::new(session)),
            Err(AccountsError::SignedOut) => None,
            Err(error) => return Err(error.into()),
        },
        None => None,
    };
    if need == Need::Nothing {
        // Nobody may be signed in, or out, by a page of somebody else.
        if writes && origin::from(headers, api.accounts.origin().as_str()) == From::Others {
            return Err(forged());
        }
        match (&session, visit.ip) {
            (Some(session), _) => limited(api.by_caller.take(session.id.to_string(), visit.at))?,
            (None, Some(_)) => limited(api.by_peer.take(visit.network(), visit.at))?,
            (None, None) => {}
        }
        request.extensions_mut().insert(Visitor { visit, session });
        return Ok(next.run(request).await);
    }
    let Some(session) = session else {
        if visit.ip.is_some() {
            limited(api.by_peer.take(visit.network(), visit.at))?;
        }
        return Err(Problem::signed_out());
    };
    limited(api.by_caller.take(session.id.to_string(), visit.at))?;
    if writes {
        unforged(&api, headers, &session)?;
    }
    if need == Need::Session {
        request.extensions_mut().insert(Signed { session, visit });
        return Ok(next.run(request).await);
    }
    let workspace = workspace_of(request.uri().path());
    let workspace = workspace.ok_or_else(|| Problem::not_found("workspace"))?;
    let actor = api.accounts.actor(&session, &workspace, &visit).await?;
    let here = Here { actor, visit, session: Some(session) };
    may(&api, &here, need, &object).await?;
    request.extensions_mut().insert(here);
    Ok(next.run(request).await)
}

/// A write of a session has to come from a page of ours, with the token that only such a page can know.
fn unforged(api: &Api, headers: &HeaderMap, session: &Session) -> Result<(), Problem> {
    if origin::from(headers, api.accounts.origin().as_str()) != From::Us {
        return Err(forged());
    }
    let token = headers.get("x-csrf-token").and_then(|value| value.to_str().ok()).unwrap_or("");
    api.accounts.check_csrf(session, token).map_err(|_| forged())
}

async fn by_key(
    api: &Api,
    key: &SecretText,
    need: Need,
    workspace: Option<Name>,
    object: &str,
    visit: &Visit,
) -> Result<Here, Problem> {
    // A key is of one workspace, and of no person.
    let Some(workspace) = workspace else {
        return Err(Problem::forbidden("An API key cannot do this; it is for people who are signed in."));
    };
    let actor = match api.accounts.key_actor(key, &workspace, visit).await {
        Ok(actor) => actor,
        Err(error) => {
            if visit.ip.is_some() {
                limited(api.by_peer.take(visit.network(), visit.at))?;
            }
            return Err(error.into());
        }
    };
    limited(api.by_caller.take(actor.name(), visit.at))?;
    let here = Here { actor, visit: visit.clone(), session: None };
    may(api, &here, need, object).await?;
    Ok(here)
}

async fn may(api: &Api, here: &Here, need: Need, path: &str) -> Result<(), Problem> {
    match need {
        Need::May(permission) => here.demand(api, permission, path).await,
        Need::MayNow(permission) => here.demand_fresh(api, permission, path).await,
        Need::Nothing | Need::Session | Need::Workspace => Ok(()),
    }
}

fn limited(taken: Result<(), u64>) -> Result<(), Problem> {
    taken.map_err(Problem::limited)
}

fn visit(api: &Api, request: &Request) -> Visit {
    let ip = request.extensions().get::<ConnectInfo<IpAddr>>().map(|peer| peer.0);
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Visit { at: api.now(), ip, agent: agent.unwrap_or("").to_owned() }
}

fn bearer(headers: &HeaderMap) -> Option<SecretText> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(|key| SecretText::from(key.trim()))
}

/// `a` of `/api/v1/workspaces/a/bots`, which may have lost its base on the way. What is no name is no workspace.
fn workspace_of(path: &str) -> Option<Name> {
    let rest = path.strip_prefix(BASE).unwrap_or(path).strip_prefix("/workspaces/")?;
    rest.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_read_from_the_path() {
        assert_eq!(workspace_of("/api/v1/workspaces/main/bots").unwrap().as_str(), "main");
        assert_eq!(workspace_of("/api/v1/workspaces/main").unwrap().as_str(), "main");
        for path in
            ["/api/v1/workspaces", "/api/v1/account", "/api/v1/workspaces/a%20b/bots", "/api/workspaces/a"]
        {
            assert_eq!(workspace_of(path), None, "{path}");
        }
    }
}
