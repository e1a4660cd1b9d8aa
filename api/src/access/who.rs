use std::sync::Arc;

use axum::extract::FromRequestParts;
use countersign_accounts::{Actor, Permission, Session, Visit};
use countersign_model::Name;
use countersign_store::AuditEntry;
use http::StatusCode;
use http::request::Parts;

use crate::http::Problem;
use crate::state::Api;

/// Somebody who is not known yet.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// When and from where they ask.
    pub visit: Visit,
    /// Their session, when they have one.
    pub session: Option<Arc<Session>>,
}

/// A person with a session.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The session.
    pub session: Arc<Session>,
    /// When and from where they ask.
    pub visit: Visit,
}

/// Somebody in the workspace of the path who has what the route needs.
#[derive(Clone, Debug)]
pub struct Here {
    /// Who, and what they may do here.
    pub actor: Actor,
    /// When and from where they ask.
    pub visit: Visit,
    /// The session; a program with an API key has none.
    pub session: Option<Arc<Session>>,
}

impl Here {
    /// The workspace.
    pub fn workspace(&self) -> &Name {
        self.actor.workspace()
    }

    /// Who it is, for people.
    pub fn name(&self) -> &str {
        match self.actor.who() {
            countersign_accounts::Who::Account { name, .. } | countersign_accounts::Who::Key { name, .. } => {
                name
            }
        }
    }

    /// A line of the audit log: this one did `action` to `object`.
    pub fn line(&self, action: &str, object: &str) -> AuditEntry {
        self.actor.entry(action, object, &self.visit)
    }

    /// The same with more to know, as JSON. Never a secret.
    pub fn line_with(&self, action: &str, object: &str, detail: &serde_json::Value) -> AuditEntry {
        AuditEntry { detail: detail.to_string(), ..self.line(action, object) }
    }

    /// Refuses who has not this permission, and writes the refusal down.
    ///
    /// # Errors
    /// 403.
    pub async fn demand(&self, api: &Api, permission: Permission, object: &str) -> Result<(), Problem> {
        Ok(api.accounts.demand(&self.actor, permission, object, &self.visit).await?)
    }

    /// Refuses who has not this permission or has not shown within ten minutes that it is really them.
    ///
    /// # Errors
    /// 403.
    pub async fn demand_fresh(&self, api: &Api, permission: Permission, object: &str) -> Result<(), Problem> {
        Ok(api.accounts.demand_fresh(&self.actor, permission, object, &self.visit).await?)
    }
}

macro_rules! from_the_guard {
    ($($name:ident)*) => {$(
        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
                parts.extensions.get::<Self>().cloned().ok_or_else(|| {
                    // The route says that it needs less than its handler asks for.
                    tracing::error!(path = parts.uri.path(), "a route of the API does not say what it needs");
                    let detail = "The server has a fault here.";
                    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "A fault of the server", detail)
                })
            }
        }
    )*};
}

from_the_guard!(Visitor Signed Here);
