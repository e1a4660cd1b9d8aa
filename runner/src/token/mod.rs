//! Judges the answer of an auth service: pure, and of all that it says about an answer nothing is a value of it.

mod diagnosis;
mod find;
mod life;
#[cfg(test)]
mod tests;
mod twice;

use countersign_engine::{Cause, Refusal, TokenPurpose};
use countersign_model::{SecretText, Timestamp};
use countersign_script::program::{TokenComponent, TokenPlace};

pub use diagnosis::TokenDiagnosis;
use find::Document;

/// What an auth service answered.
#[derive(Clone, Copy)]
pub struct AuthAnswer<'a> {
    /// The status.
    pub status: u16,
    /// What the body is said to be.
    pub content_type: Option<&'a str>,
    /// The body, inflated.
    pub body: &'a [u8],
}

/// What an answer means.
#[derive(Debug, PartialEq, Eq)]
pub enum Judged {
    /// There is a token.
    Found(Found),
    /// The service said no.
    Rejected(Refusal),
    /// There is no sensible answer.
    Unreachable(Cause),
}

/// A token that was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// The token.
    pub token: SecretText,
    /// What renews it.
    pub refresh: Option<SecretText>,
    /// When it ends: the earliest of what the component, the answer and the token itself say.
    pub expires_at: Timestamp,
}

/// Judges an answer that came at `now`. Beside the judgement, what the bot's author should know of it; `hide` tells
/// which names of keys hold something secret, because some services use what was sent as a key.
pub fn judge(
    component: &TokenComponent,
    purpose: TokenPurpose,
    answer: &AuthAnswer<'_>,
    now: Timestamp,
    hide: &dyn Fn(&str) -> bool,
) -> (Judged, Vec<TokenDiagnosis>) {
    let refused = match purpose {
        TokenPurpose::Login => Refusal::WrongCredentials,
        TokenPurpose::Refresh => Refusal::RefreshOver,
    };
    let status = answer.status;
    let unusable = || (Judged::Unreachable(Cause::Unusable), vec![TokenDiagnosis::Status { status }]);
    match status {
        200..=299 => {
            let mut notes = Vec::new();
            match found(component, answer, now, hide, &mut notes) {
                Ok(found) => (Judged::Found(found), notes),
                Err(diagnosis) => {
                    notes.push(diagnosis);
                    (Judged::Unreachable(Cause::Unusable), notes)
                }
            }
        }
        400 | 401 | 403 | 422 => (Judged::Rejected(refused), Vec::new()),
        423 | 429 => (Judged::Rejected(Refusal::Paused), Vec::new()),
        500..=599 => (Judged::Unreachable(Cause::ServerError), Vec::new()),
        _ => unusable(),
    }
}

fn found(
    component: &TokenComponent,
    answer: &AuthAnswer<'_>,
    now: Timestamp,
    hide: &dyn Fn(&str) -> bool,
    notes: &mut Vec<TokenDiagnosis>,
) -> Result<Found, TokenDiagnosis> {
    let text = find::text(answer.body)?;
    let (token, document) = match &component.place {
        TokenPlace::Body => (find::whole(text, hide, notes)?, None),
        TokenPlace::Json(path) => {
            let document = Document::parse(text, answer.content_type, hide, notes)?;
            (document.one(path)?, Some(document))
        }
    };
    let mut end = now.plus(component.ttl);
    if let (Some(path), Some(document)) = (&component.expires_in, &document) {
        match life::expires_in(document, path, now) {
            Ok(said) => end = end.min(said),
            Err(note) => notes.push(note),
        }
        if end <= now {
            return Err(TokenDiagnosis::OverAlready { why: diagnosis::Over::ExpiresIn });
        }
    }
    if let Some(own) = life::of_jwt(token.expose()) {
        end = end.min(own);
        if end <= now {
            return Err(TokenDiagnosis::OverAlready { why: diagnosis::Over::Jwt });
        }
    }
    let refresh = component.refresh.as_ref().and_then(|refresh| {
        let found = document.as_ref().map(|document| document.one(&refresh.place));
        match found {
            Some(Ok(refresh)) => Some(refresh),
            Some(Err(why)) => {
                notes.push(TokenDiagnosis::NoRefresh { why: Box::new(why) });
                None
            }
            None => None,
        }
    });
    Ok(Found { token, refresh, expires_at: end })
}
