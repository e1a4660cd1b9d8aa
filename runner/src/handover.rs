//! People who write with users in place of the bot, on chat channels.
//!
//! What they do goes through the inbox like what users do: in order, sealed until its turn, once for each id, and it
//! outlives a restart. While a person has a conversation, what its user writes goes into the transcript and no further;
//! what is typed within two minutes of a secret question is masked there too. Messages of the bot that wait in the outbox
//! still go out. Afterwards the bot begins anew with the user's next message; logins stay.

use countersign_model::Contact;
use countersign_store::ConversationKey;

use crate::error::IngestError;
use crate::ingest::{Event, Inbound};
use crate::parts::Runner;

impl Runner {
    /// A person takes over: the bot drops what it has asked and keeps silent. It does not wait for a call that is under
    /// way; what comes of that is dropped, but for a token. `id` names the request; what comes again with the same id does
    /// nothing, and gives `false`.
    ///
    /// # Errors
    /// [`IngestError`]; then nothing was kept.
    pub async fn take_over(&self, key: &ConversationKey, id: &str, by: &str) -> Result<bool, IngestError> {
        self.in_place_of_the_bot(key, id, Event::TakenOver { by: by.to_owned() }).await
    }

    /// A person says something to the user. `id` as in [`Runner::take_over`].
    ///
    /// # Errors
    /// [`IngestError`]; then nothing was kept.
    pub async fn say_as(
        &self,
        key: &ConversationKey,
        id: &str,
        by: &str,
        text: &str,
    ) -> Result<bool, IngestError> {
        self.in_place_of_the_bot(key, id, Event::AgentSaid { by: by.to_owned(), text: text.to_owned() }).await
    }

    /// The bot goes on with the user's next message. `id` as in [`Runner::take_over`].
    ///
    /// # Errors
    /// [`IngestError`]; then nothing was kept.
    pub async fn hand_back(&self, key: &ConversationKey, id: &str) -> Result<bool, IngestError> {
        self.in_place_of_the_bot(key, id, Event::HandedBack).await
    }

    async fn in_place_of_the_bot(
        &self,
        key: &ConversationKey,
        id: &str,
        event: Event,
    ) -> Result<bool, IngestError> {
        let inbound = Inbound {
            conversation: key.clone(),
            // No provider has such ids.
            id: format!("console/{id}"),
            contact: Contact { address: key.address.clone(), ..Contact::default() },
            event,
        };
        Ok(self.ingest(vec![inbound]).await?.contains(&true))
    }
}
