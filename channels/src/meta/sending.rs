use std::sync::Arc;

use countersign_model::{MessageRef, SecretText};

use super::account::Account;
use super::failure::{Code, Kind, sort};
use crate::adapter::{Progress, SendError, Sending};
use crate::request::HttpResponse;

/// The requests of one message, one after another.
pub(crate) struct Requests {
    account: Arc<Account>,
    bodies: Vec<SecretText>,
    at: usize,
    accepted: Vec<MessageRef>,
    id_of: fn(&[u8]) -> Option<String>,
    kinds: fn(Code) -> Option<Kind>,
}

impl Requests {
    /// The requests after the first `done`. `id_of` finds the provider's id in a success.
    pub(crate) fn begin(
        account: Arc<Account>,
        bodies: Vec<SecretText>,
        done: u32,
        id_of: fn(&[u8]) -> Option<String>,
        kinds: fn(Code) -> Option<Kind>,
    ) -> Box<dyn Sending> {
        let at = usize::try_from(done).unwrap_or(usize::MAX).min(bodies.len());
        Box::new(Self { account, bodies, at, accepted: Vec::new(), id_of, kinds })
    }
}

impl Sending for Requests {
    fn advance(&mut self, last: Option<&HttpResponse>) -> Result<Progress, SendError> {
        if let Some(response) = last {
            if !(200..300).contains(&response.status) {
                return Err(sort(response, self.kinds));
            }
            // An id that cannot be read loses its receipts, not the message.
            self.accepted.extend((self.id_of)(&response.body).map(MessageRef));
            self.at += 1;
        }
        Ok(match self.bodies.get(self.at) {
            Some(body) => Progress::Send(self.account.post(body.duplicate())),
            None => Progress::Done(std::mem::take(&mut self.accepted)),
        })
    }
}
