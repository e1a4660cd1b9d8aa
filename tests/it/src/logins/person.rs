//! Somebody who talks to the bot.

use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_engine::Status;
use countersign_model::{Contact, MessageRef, Reply};
use countersign_runner::{ConversationKey, Event, Inbound};
use countersign_store::{Conversations as _, Line};

use super::world::World;

/// One contact on one channel.
pub(crate) struct Person<'w> {
    world: &'w World,
    pub(crate) conversation: ConversationKey,
    /// How many lines of the bot they have read.
    read: AtomicUsize,
}

impl<'w> Person<'w> {
    pub(crate) fn new(world: &'w World, conversation: ConversationKey) -> Self {
        let read = world.heard.lines(&conversation, 0).len();
        Self { world, conversation, read: AtomicUsize::new(read) }
    }

    /// Writes, or says, and gives what the bot answers.
    pub(crate) async fn says(&self, text: &str) -> Vec<String> {
        self.sends(Reply::text(text)).await
    }

    /// Presses keys.
    pub(crate) async fn presses(&self, digits: &str) -> Vec<String> {
        self.sends(Reply::digits(digits)).await
    }

    /// Calls, or opens the chat.
    pub(crate) async fn begins(&self) -> Vec<String> {
        self.does(Event::Begin).await
    }

    /// Hangs up.
    pub(crate) async fn hangs_up(&self) -> Vec<String> {
        self.does(Event::HungUp).await
    }

    /// Says what begins a login, then user name and password, which must be right.
    pub(crate) async fn logs_in(&self, opening: &str, name: &str, password: &str) -> Vec<String> {
        assert_eq!(self.says(opening).await, ["What is your username?"]);
        assert_eq!(self.says(name).await, ["What is your password?"]);
        let before = self.world.bank.stats().logins_ok;
        let told = self.says(password).await;
        assert!(self.world.bank.stats().logins_ok > before, "{told:?}");
        told
    }

    /// Hands something to the runner and does not wait.
    pub(crate) async fn drops_in(&self, event: Event) {
        let id = format!("wamid.{}", self.world.message_id());
        let address = &self.conversation.address;
        let event = match event {
            Event::Reply(Reply { content, .. }) => {
                Event::Reply(Reply { content, reference: Some(MessageRef(id.clone())) })
            }
            other => other,
        };
        let inbound = Inbound {
            conversation: self.conversation.clone(),
            id,
            contact: Contact { address: address.clone(), name: None, language: None },
            event,
        };
        assert_eq!(self.world.runner.ingest(vec![inbound]).await.unwrap(), [true]);
    }

    /// What the bot has said that was not read yet.
    pub(crate) fn reads(&self) -> Vec<String> {
        let new = self.world.heard.lines(&self.conversation, self.read.load(Ordering::SeqCst));
        self.read.fetch_add(new.len(), Ordering::SeqCst);
        new
    }

    async fn sends(&self, reply: Reply) -> Vec<String> {
        self.does(Event::Reply(reply)).await
    }

    async fn does(&self, event: Event) -> Vec<String> {
        let unheard = matches!(event, Event::Begin);
        let before = self.count(is_theirs).await;
        self.drops_in(event).await;
        let done = async || {
            let taken = unheard || self.count(is_theirs).await > before;
            let said = self.count(|line| matches!(line, Line::Bot(_))).await;
            taken && said == self.world.heard.lines(&self.conversation, 0).len() && !self.is_calling().await
        };
        self.world.settle(done).await;
        self.reads()
    }

    async fn is_calling(&self) -> bool {
        let view = self.world.runner.look(&self.conversation).await.unwrap();
        view.is_some_and(|view| matches!(view.status(), Status::Calling(_)))
    }

    async fn count(&self, counted: impl Fn(&Line) -> bool) -> usize {
        let rows = self.world.store.transcript(&self.conversation, 0, usize::MAX).await.unwrap();
        rows.iter().filter(|row| counted(&row.line)).count()
    }
}

fn is_theirs(line: &Line) -> bool {
    matches!(line, Line::User(_) | Line::Secret | Line::HungUp)
}
