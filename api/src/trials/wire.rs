use std::collections::BTreeMap;

use countersign_simulator::{
    Answered, Finding, Kind, Life, LifeSource, Likeness, Outcome, Sent, Tree, Trouble,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::SecretField;

/// A component to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TryBody {
    /// What it is.
    pub(super) kind: TriedKind,
    /// As it stands in a bot file.
    #[schema(value_type = Object)]
    pub(super) definition: Value,
    /// The bot file around it; its draft when absent.
    pub(super) text: Option<String>,
    /// Answers to its questions, in order.
    #[serde(default)]
    pub(super) answers: Vec<SecretField>,
    /// Answers to the logins that it needs, by component.
    #[serde(default)]
    pub(super) login_answers: BTreeMap<String, Vec<SecretField>>,
    /// Values of variables that stand in it.
    #[serde(default)]
    pub(super) variables: BTreeMap<String, String>,
}

/// What a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ComponentToTry)]
pub(super) enum TriedKind {
    /// Logs users in.
    AuthorizationToken,
    /// Calls an API.
    WebService,
}

/// What came of a trial. Nothing in it is a secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TryResult)]
pub(super) struct TryDocument {
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<ResponseDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<FindingDocument>,
    ttl: Vec<LifeDocument>,
    saved: BTreeMap<String, Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<TroubleDocument>,
    notes: Vec<String>,
}

/// A request, with `•••` for what is secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TriedRequest)]
pub(super) struct RequestDocument {
    method: &'static str,
    url: String,
    headers: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TriedResponse)]
pub(super) struct ResponseDocument {
    status: u16,
    took_ms: u64,
    headers: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tree: Option<TreeDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// A value of an answer in JSON.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tree)]
pub(super) struct TreeDocument {
    /// As `token_path` and `save` take it.
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// `object`, `array`, `string`, `number`, `boolean` or `null`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion, required = false)]
    children: Vec<TreeDocument>,
    /// The value, or `••••••`.
    #[serde(skip_serializing_if = "Option::is_none")]
    shown: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
    /// `token`, `jwt`, `expiry` or `refresh`.
    #[serde(skip_serializing_if = "Option::is_none")]
    looks_like: Option<&'static str>,
}

/// Whether the token was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenFinding)]
pub(super) struct FindingDocument {
    found: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    suggestions: Vec<String>,
}

/// How long a token may live, and who says so.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenLife)]
pub(super) struct LifeDocument {
    /// `ttl`, `expires_in` or `jwt`.
    from: &'static str,
    seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

/// Why there is not more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TryProblem)]
pub(super) struct TroubleDocument {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

/// A curl command.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CurlBody {
    pub(super) command: SecretField,
}

/// A Web Service that was read from a curl command.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CurlResult)]
pub(super) struct CurlDocument {
    #[schema(value_type = Object)]
    pub(super) definition: Value,
    pub(super) notes: Vec<String>,
}

impl From<Outcome> for TryDocument {
    fn from(outcome: Outcome) -> Self {
        Self {
            request: outcome.request.map(Into::into),
            response: outcome.response.map(Into::into),
            token: outcome.token.map(Into::into),
            ttl: outcome.lives.into_iter().map(Into::into).collect(),
            saved: outcome.saved.into_iter().collect(),
            problem: outcome.problem.map(Into::into),
            notes: outcome.notes,
        }
    }
}

impl From<Sent> for RequestDocument {
    fn from(sent: Sent) -> Self {
        Self { method: sent.method, url: sent.url, headers: sent.headers, body: sent.body }
    }
}

impl From<Answered> for ResponseDocument {
    fn from(answered: Answered) -> Self {
        Self {
            status: answered.status,
            took_ms: u64::try_from(answered.took.as_millis()).unwrap_or(u64::MAX),
            headers: answered.headers,
            tree: answered.tree.map(Into::into),
            text: answered.text,
        }
    }
}

impl From<Tree> for TreeDocument {
    fn from(tree: Tree) -> Self {
        Self {
            path: tree.path,
            key: tree.key,
            kind: match tree.kind {
                Kind::Object => "object",
                Kind::Array => "array",
                Kind::String => "string",
                Kind::Number => "number",
                Kind::Boolean => "boolean",
                Kind::Null => "null",
            },
            children: tree.children.into_iter().map(Into::into).collect(),
            shown: tree.shown,
            length: tree.length,
            looks_like: tree.looks_like.map(|like| match like {
                Likeness::Token => "token",
                Likeness::Jwt => "jwt",
                Likeness::Expiry => "expiry",
                Likeness::Refresh => "refresh",
            }),
        }
    }
}

impl From<Finding> for FindingDocument {
    fn from(finding: Finding) -> Self {
        let Finding { found, path, message, suggestions } = finding;
        Self { found, path, message, suggestions }
    }
}

impl From<Life> for LifeDocument {
    fn from(life: Life) -> Self {
        let from = match life.source {
            LifeSource::Ttl => "ttl",
            LifeSource::Answer => "expires_in",
            LifeSource::Jwt => "jwt",
        };
        Self { from, seconds: life.seconds, path: life.path }
    }
}

impl From<Trouble> for TroubleDocument {
    fn from(trouble: Trouble) -> Self {
        let message = trouble.to_string();
        let (code, hint) = match trouble {
            Trouble::NoAnswer { .. } => ("no_answer", None),
            Trouble::NotAccepted { .. } => ("not_accepted", None),
            Trouble::Call(_) => {
                ("call", Some("The bot would tell its user that the service is not available."))
            }
            Trouble::NothingSent => {
                ("nothing_sent", Some("Look at the notes, and at what the service needs."))
            }
        };
        Self { code, message, hint }
    }
}
