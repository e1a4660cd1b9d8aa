//! Contacts that are to be forgotten.

use countersign_store::{ConversationKey, CounterKey, Erased};

use crate::error::RunError;
use crate::logins::{Keys, Who};
use crate::parts::Runner;

impl Runner {
    /// Removes everything about a contact on a channel, with the counters of its failed logins at the channel's bot; see
    /// [`countersign_store::People::erase`]. What is counted under the name of an account or the number of a caller
    /// belongs to whoever uses that, and ends by itself. `None` when there is no such conversation.
    ///
    /// # Errors
    /// [`RunError`]; then nothing was removed.
    pub async fn erase(&self, key: &ConversationKey) -> Result<Option<Erased>, RunError> {
        let runner = self.inner();
        let mut counters: Vec<CounterKey> = Vec::new();
        if let Some(account) = runner.registry.channel(&key.workspace, &key.channel) {
            let bot = &account.bot;
            for names in runner.vault.names()? {
                for token in &bot.tokens {
                    let (component, number, account) = (&token.id, None, None);
                    let who = Who { bot: &bot.bot, component, conversation: key, number, account };
                    counters.extend(Keys::of(&who, &names).all());
                }
            }
        }
        let erased = runner.store.erase(key, &counters).await?;
        runner.watchers.changed(key);
        Ok(erased)
    }
}
