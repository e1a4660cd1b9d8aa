//! What the answer to a call means, and the sealing of the token that is in it.

use std::time::Duration;

use countersign_egress::IncomingResponse;
use countersign_engine::{Cause, Outcome, Refusal, Response, TokenPurpose};
use countersign_model::Timestamp;
use countersign_script::program::TokenComponent;
use countersign_store::{RefreshToken, TokenRow};

use crate::calls::{Job, Made, Work};
use crate::error::RunError;
use crate::observer::Notice;
use crate::parts::Inner;
use crate::scrub::Scrubber;
use crate::token::{AuthAnswer, Found, Judged, judge};

/// How long a refresh token is kept, for want of anything that says it: the longest life of a token (SPEC §2.1).
const REFRESH_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);

impl Inner {
    pub(crate) async fn answered(
        &self,
        job: &Job<'_>,
        mut answer: IncomingResponse,
        scrubber: &Scrubber,
        now: Timestamp,
    ) -> Result<Made, RunError> {
        match job.work {
            Work::Call(_) => {
                scrubber.bytes(&mut answer.body);
                answer.headers.iter_mut().for_each(|(_, value)| scrubber.text(value));
                let body = std::mem::take(&mut *answer.body);
                let response = Response { status: answer.status, headers: answer.headers, body };
                Ok(Made::of(Outcome::Responded(response)))
            }
            Work::Acquire(acquire) => {
                let component = job.bot.tokens.iter().find(|token| token.id == acquire.token);
                let Some(component) = component else {
                    return Ok(Made::unreachable(Cause::Unknown));
                };
                let seen = AuthAnswer {
                    status: answer.status,
                    content_type: answer.content_type(),
                    body: &answer.body,
                };
                let hide = |text: &str| scrubber.touches(text);
                let (judged, diagnoses) = judge(component, acquire.purpose, &seen, now, &hide);
                for diagnosis in &diagnoses {
                    let component = &component.id;
                    self.tell(&job.lease.conversation, &Notice::Diagnosis { component, diagnosis });
                }
                match judged {
                    Judged::Found(found) => self.keep(job, component, acquire.purpose, found, now).await,
                    Judged::Rejected(refusal) => Ok(Made::of(Outcome::Rejected(refusal))),
                    Judged::Unreachable(cause) => Ok(Made::unreachable(cause)),
                }
            }
        }
    }

    /// Seals a token.
    async fn keep(
        &self,
        job: &Job<'_>,
        component: &TokenComponent,
        purpose: TokenPurpose,
        found: Found,
        now: Timestamp,
    ) -> Result<Made, RunError> {
        let (bot, id) = (&job.bot.bot, &component.id);
        let Found { token, refresh, expires_at } = found;
        let before = match purpose {
            TokenPurpose::Login => None,
            TokenPurpose::Refresh => match self.store.token(&job.lease.conversation, bot, id).await? {
                // It was revoked while it was on its way to be renewed.
                None => return Ok(Made::of(Outcome::Rejected(Refusal::RefreshOver))),
                row => row,
            },
        };
        let sealed = self.vault.seal(&job.owner.token(bot, id, expires_at), &token)?;
        let (logged_in_at, kept) = before.map_or((now, None), |row| (row.logged_in_at, row.refresh));
        let refresh = match refresh {
            Some(refresh) => {
                let until = now.plus(REFRESH_LIFE);
                let sealed = self.vault.seal(&job.owner.refresh(bot, id, until), &refresh)?;
                Some(RefreshToken { sealed, expires_at: until })
            }
            // A service that gives no new one lets the old one live.
            None => kept,
        };
        let refreshable = refresh.is_some();
        let lives = expires_at.since(now);
        self.tell(&job.lease.conversation, &Notice::Acquired { component: id, lives, refreshable });
        let row =
            TokenRow { bot: bot.clone(), component: id.clone(), sealed, expires_at, logged_in_at, refresh };
        let outcome = Outcome::Acquired { expires_at, refreshable };
        Ok(Made { token: Some(row), ..Made::of(outcome) })
    }
}
