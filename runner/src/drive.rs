use countersign_engine::{Session, Status};
use countersign_script::Runnable;
use countersign_script::program::Fingerprint;
use countersign_store::ConversationKey;

use crate::error::RunError;
use crate::parts::Runner;

/// A conversation as it stands.
#[derive(Debug)]
pub struct View {
    /// Its session.
    pub session: Session,
    /// The bot that it runs on.
    pub bot: Runnable,
}

impl View {
    /// What the session is doing; when it waits, what the channel must collect.
    pub fn status(&self) -> Status {
        self.session.status(&self.bot)
    }
}

impl Runner {
    /// Does everything that can be done now: timers, turns, deliveries, calls and what follows of them.
    ///
    /// # Errors
    /// [`RunError`]; what was not finished can be taken up again.
    pub async fn run_until_idle(&self) -> Result<(), RunError> {
        while self.tick().await? {}
        Ok(())
    }

    /// Does one of everything that can be done now, and says whether there was anything. What the bot said is
    /// delivered before a call is made, because a call may take long.
    ///
    /// # Errors
    /// [`RunError`]; what was not finished can be taken up again.
    pub async fn tick(&self) -> Result<bool, RunError> {
        let mut busy = self.fire().await? > 0;
        busy |= self.turn().await?;
        while self.deliver().await? {
            busy = true;
        }
        busy |= self.call().await?;
        Ok(busy)
    }

    /// A conversation as it stands; `None` when nothing was said yet, or its bot is not there any more.
    ///
    /// # Errors
    /// [`RunError::Store`].
    pub async fn look(&self, key: &ConversationKey) -> Result<Option<View>, RunError> {
        let runner = self.inner();
        let conversation = runner.store.conversation(key).await?;
        let Some(stored) = conversation.and_then(|conversation| conversation.session) else {
            return Ok(None);
        };
        let bot = runner.registry.version(&key.workspace, Fingerprint(stored.version.0));
        Ok(bot.and_then(|bot| Some(View { session: Session::from_bytes(&stored.bytes).ok()?, bot })))
    }
}
