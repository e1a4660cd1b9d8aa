//! The one place where secrets are joined with the requests that they are for. What it makes goes to `egress`.

use std::borrow::Cow;
use std::time::Duration;

use countersign_egress::{Origin, OriginError, OutgoingRequest, Refusal};
use countersign_model::{Name, SecretText, Timestamp};
use countersign_script::Runnable;
use countersign_script::template::{EncodeError, Rendered, SecretRef};
use countersign_store::{AnswerRow, StoreError, TokenRow};
use countersign_vault::OpenError;

use crate::admission::Login;
use crate::parts::Inner;
use crate::scrub::Scrubber;
use crate::sealing::Owner;
use crate::url_pattern::url_pattern;

/// Why a request was not built. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBuilt {
    /// The token is over, gone or does not open.
    #[error("the token of `{0}` is over or not there any more; the user logs in again")]
    Token(Name),
    /// The refresh token is over, gone or does not open.
    #[error("the refresh token of `{0}` is over or not there any more; the user logs in again")]
    Refresh(Name),
    /// A sealed answer is over, gone or does not open.
    #[error("an answer to `{0}` was kept for an hour and is over; the user is asked again")]
    Answer(Name),
    /// The workspace has no such secret.
    #[error("there is no secret `{0}`; give it with `--secret {0}=VALUE` or under `[secrets]`")]
    Workspace(String),
    /// The token may not go there.
    #[error(
        "the token of `{token}` may not be sent to {origin}; if that is right, add it to the token's `send_to`: \
         `send_to: [\"{origin}\"]`"
    )]
    SendTo {
        /// The Authorization Token component.
        token: Name,
        /// Where it would have gone.
        origin: Origin,
    },
    /// The token stands in a request of a component that the bot does not have.
    #[error("the bot has no Authorization Token `{0}`")]
    NoComponent(Name),
    /// The URL, as the author wrote it, leads nowhere.
    #[error("the URL of the component cannot be called: {0}")]
    Url(OriginError),
    /// A secret cannot stand where the author put it.
    #[error("a secret cannot be sent where it stands: {0}")]
    Unencodable(#[from] EncodeError),
    /// The guard of outgoing requests refused it.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// A request that can be sent, and what must not come back.
pub(crate) struct Built {
    pub(crate) request: OutgoingRequest,
    pub(crate) scrubber: Scrubber,
}

/// What is to be built.
pub(crate) struct Plan<'a> {
    pub(crate) owner: Owner<'a>,
    pub(crate) bot: &'a Runnable,
    /// Where it goes, as its author wrote it.
    pub(crate) origin: &'a Result<Origin, OriginError>,
    /// As the engine filled it in.
    pub(crate) request: &'a countersign_engine::OutgoingRequest,
    /// A header with an idempotency key.
    pub(crate) idempotency: Option<(&'a str, String)>,
    /// The largest body of an answer, where it is less than usual.
    pub(crate) body_limit: Option<usize>,
    /// The answers to a component, when they have been read already.
    pub(crate) answers: Option<(&'a Name, &'a [AnswerRow])>,
}

impl Inner {
    /// Opens the secrets of a request and puts them in. Every token is judged at this moment: one that is over is not
    /// sent, and none is sent to an origin that its author has not written.
    pub(crate) async fn build(
        &self,
        plan: &Plan<'_>,
        now: Timestamp,
    ) -> Result<Result<Built, NotBuilt>, StoreError> {
        let rows = self.rows(plan).await?;
        Ok(self.join(plan, &rows, now))
    }

    /// The account name of a login, to be counted under a keyed hash.
    pub(crate) fn account_name(
        &self,
        login: &Login<'_>,
        answers: &[AnswerRow],
        now: Timestamp,
    ) -> Option<SecretText> {
        let answer = answers.iter().find(|answer| Some(answer.index) == login.account)?;
        let scope = login.owner.answer(login.bot, login.component, answer.index, answer.value.expires_at);
        self.vault.open(&scope, &answer.value.sealed, now).ok()
    }

    /// What the vault has of the secrets that the request names.
    async fn rows<'a>(&self, plan: &Plan<'a>) -> Result<Rows<'a>, StoreError> {
        let mut rows = Rows::default();
        let key = plan.owner.conversation;
        for secret in named(plan.request) {
            match secret {
                SecretRef::Token(component) | SecretRef::Refresh(component) => {
                    if !rows.tokens.iter().any(|(known, _)| *known == component) {
                        let row = self.store.token(key, &plan.bot.bot, component).await?;
                        rows.tokens.push((component, row));
                    }
                }
                SecretRef::Answer(component, _) => {
                    if !rows.answers.iter().any(|(known, _)| *known == component) {
                        let answers = match plan.answers {
                            Some((known, answers)) if known == component => Cow::Borrowed(answers),
                            _ => Cow::Owned(self.store.answers(key, component).await?),
                        };
                        rows.answers.push((component, answers));
                    }
                }
                SecretRef::Workspace(_) => {}
            }
        }
        Ok(rows)
    }

    fn join(&self, plan: &Plan<'_>, rows: &Rows<'_>, now: Timestamp) -> Result<Built, NotBuilt> {
        let origin = plan.origin.as_ref().map_err(|why| NotBuilt::Url(why.clone()))?;
        let mut opened: Vec<(&SecretRef, SecretText)> = Vec::new();
        for secret in named(plan.request) {
            if let SecretRef::Token(component) | SecretRef::Refresh(component) = secret {
                may_go(plan.bot, component, origin, matches!(secret, SecretRef::Refresh(_)))?;
            }
            if !opened.iter().any(|(known, _)| *known == secret) {
                opened.push((secret, self.open(plan, rows, secret, now)?));
            }
        }
        let reveal = |rendered: &Rendered| {
            rendered.reveal(|secret| match opened.iter().find(|(known, _)| *known == secret) {
                Some((_, value)) => Ok(value.duplicate()),
                // `named` has gone through the same secrets.
                None => Err(missing(secret)),
            })
        };
        let request = plan.request;
        let mut builder = OutgoingRequest::builder(request.method, origin.clone(), reveal(&request.url)?)
            .timeout(Duration::from_millis(u64::from(request.timeout_ms)));
        for (name, value) in &request.headers {
            builder = builder.header(name, reveal(value)?);
        }
        if let Some((name, value)) = &plan.idempotency {
            builder = builder.header(name, value.as_str().into());
        }
        if let Some((content_type, body)) = &request.body {
            builder = builder.body(content_type, reveal(body)?);
        }
        if let Some(limit) = plan.body_limit {
            builder = builder.body_limit(limit);
        }
        let request = builder.build(&self.policy)?;
        Ok(Built { request, scrubber: Scrubber::new(opened.iter().map(|(_, value)| value)) })
    }

    fn open(
        &self,
        plan: &Plan<'_>,
        rows: &Rows<'_>,
        secret: &SecretRef,
        now: Timestamp,
    ) -> Result<SecretText, NotBuilt> {
        let Plan { owner, bot, .. } = plan;
        let opened: Option<Result<SecretText, OpenError>> = match secret {
            SecretRef::Token(component) => rows.token(component).map(|row| {
                let scope = owner.token(&bot.bot, component, row.expires_at);
                self.vault.open(&scope, &row.sealed, now)
            }),
            SecretRef::Refresh(component) => {
                rows.token(component).and_then(|row| row.refresh.as_ref()).map(|refresh| {
                    let scope = owner.refresh(&bot.bot, component, refresh.expires_at);
                    self.vault.open(&scope, &refresh.sealed, now)
                })
            }
            SecretRef::Answer(component, index) => {
                rows.answers(component).iter().find(|answer| answer.index == *index).map(|answer| {
                    let scope = owner.answer(&bot.bot, component, *index, answer.value.expires_at);
                    self.vault.open(&scope, &answer.value.sealed, now)
                })
            }
            SecretRef::Workspace(name) => self.registry.secret(&owner.conversation.workspace, name).map(Ok),
        };
        // Why it does not open makes no difference: there is nothing to send.
        opened.and_then(Result::ok).ok_or_else(|| missing(secret))
    }
}

/// A request names few secrets, so looking through them is faster than any map.
#[derive(Default)]
struct Rows<'a> {
    tokens: Vec<(&'a Name, Option<TokenRow>)>,
    answers: Vec<(&'a Name, Cow<'a, [AnswerRow]>)>,
}

impl Rows<'_> {
    fn token(&self, component: &Name) -> Option<&TokenRow> {
        self.tokens.iter().find(|(known, _)| *known == component)?.1.as_ref()
    }

    fn answers(&self, component: &Name) -> &[AnswerRow] {
        self.answers.iter().find(|(known, _)| *known == component).map_or(&[], |(_, answers)| answers)
    }
}

/// The secrets that a request names, in order, maybe more than once.
fn named(request: &countersign_engine::OutgoingRequest) -> impl Iterator<Item = &SecretRef> {
    let headers = request.headers.iter().flat_map(|(_, value)| value.secrets());
    let body = request.body.iter().flat_map(|(_, body)| body.secrets());
    request.url.secrets().chain(headers).chain(body)
}

fn missing(secret: &SecretRef) -> NotBuilt {
    match secret {
        SecretRef::Token(component) => NotBuilt::Token(component.clone()),
        SecretRef::Refresh(component) => NotBuilt::Refresh(component.clone()),
        SecretRef::Answer(component, _) => NotBuilt::Answer(component.clone()),
        SecretRef::Workspace(name) => NotBuilt::Workspace(name.to_string()),
    }
}

/// A token goes only to the origins that its component names: that of its own URL, and those of `send_to`. What renews
/// it may go to the URL of the renewal too.
fn may_go(bot: &Runnable, component: &Name, origin: &Origin, renews: bool) -> Result<(), NotBuilt> {
    let token = bot.tokens.iter().find(|token| token.id == *component);
    let Some(token) = token else { return Err(NotBuilt::NoComponent(component.clone())) };
    let renewal = token.refresh.as_ref().filter(|_| renews).map(|refresh| &refresh.request.url);
    let own = (renews || token.send_to.is_empty()).then_some(&token.request.url);
    let mut allowed = token.send_to.iter().chain(own).chain(renewal);
    if allowed
        .any(|allowed| url_pattern(bot, allowed).parse().is_ok_and(|allowed: Origin| allowed == *origin))
    {
        return Ok(());
    }
    Err(NotBuilt::SendTo { token: component.clone(), origin: origin.clone() })
}
