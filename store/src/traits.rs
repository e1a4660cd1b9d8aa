use async_trait::async_trait;
use countersign_model::{MessageRef, Name, Timestamp};
use countersign_vault::WrappedKey;

use crate::console::Records;
use crate::error::{CommitError, StoreError};
use crate::people::People;
use crate::record::{
    Ahead, AnswerRow, Arrival, Backlog, CallCompletion, CallEnd, CallLease, Claimed, ClaimedCall,
    ClaimedDelivery, Conversation, ConversationKey, Counter, CounterChange, CounterKey, DeadLetter,
    DeliveryLease, InboundKind, Kept, Lead, Lease, NewInbound, Pending, PublishedBot, Receipt, ResealedToken,
    Retention, Revocation, SealedToken, Swept, TokenInfo, TokenRow, TranscriptRow, TurnCommit, WorkerId,
};
use crate::statistics::Statistics;

/// Everything that is needed of a store.
pub trait Store:
    Inbox
    + Conversations
    + Together
    + Calls
    + Outbox
    + Timers
    + Secrets
    + Counters
    + Receipts
    + Keys
    + Bots
    + Upkeep
    + Records
    + People
    + Statistics
{
}

impl<T> Store for T where
    T: Inbox
        + Conversations
        + Together
        + Calls
        + Outbox
        + Timers
        + Secrets
        + Counters
        + Receipts
        + Keys
        + Bots
        + Upkeep
        + Records
        + People
        + Statistics
{
}

/// What came in and was not yet looked at.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Keeps what came in, in this order; what has been accepted before, by conversation and provider id, is left out,
    /// within one call too. Gives for each whether it was new. When it returns, everything new is on disk.
    async fn accept(&self, rows: Vec<NewInbound>) -> Result<Vec<bool>, StoreError>;
}

/// Conversations and their turns.
#[async_trait]
pub trait Conversations: Send + Sync {
    /// Hands out the conversation that has waited longest with its oldest row that can be processed now: any row, or
    /// only rows that are not [`crate::InboundKind::waits_for_call`] while a call is under way. Nobody else gets the
    /// conversation until `until`, a commit, or a release.
    async fn claim(
        &self,
        worker: WorkerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Claimed>, StoreError>;

    /// Keeps all that a turn made, takes its row out of the inbox, and gives the conversation back.
    ///
    /// Calls of the conversation other than `session.calling` are dropped: nobody waits for them any more.
    async fn commit_turn(&self, turn: TurnCommit) -> Result<(), CommitError>;

    /// Gives a conversation back with nothing done. The row will be handed out again.
    async fn release(&self, lease: &Lease) -> Result<(), CommitError>;

    /// A conversation as it stands; `None` when nothing was ever committed for it.
    async fn conversation(&self, key: &ConversationKey) -> Result<Option<Conversation>, StoreError>;

    /// What was said, from the row `from` on (the first is 0), at most `limit` rows.
    async fn transcript(
        &self,
        key: &ConversationKey,
        from: u64,
        limit: usize,
    ) -> Result<Vec<TranscriptRow>, StoreError>;

    /// What is under way for a conversation.
    async fn pending(&self, key: &ConversationKey) -> Result<Pending, StoreError>;

    /// The answers to forms that a conversation has given, oldest first.
    async fn leads(&self, key: &ConversationKey) -> Result<Vec<Lead>, StoreError>;
}

/// Turns that are computed ahead: before that which they answer is kept. Both are kept in one write then, and what comes in
/// needs no row. All that a turn rests on is looked at again when it is kept, so one that was computed in vain does no harm.
#[async_trait]
pub trait Together: Send + Sync {
    /// Holds a conversation until `until` for something that has come in, when a claim would hand that out at once if it
    /// were kept: nobody else has the conversation, and nothing waits that comes before it. `None` when this is not so, or
    /// cannot be told without asking the disk.
    fn hold(
        &self,
        worker: WorkerId,
        key: &ConversationKey,
        kind: InboundKind,
        now: Timestamp,
        until: Timestamp,
    ) -> Option<Ahead>;

    /// Keeps something of a user, as [`Inbox::accept`] does, together with all that its turn made, as
    /// [`Conversations::commit_turn`] does. Whatever comes of it, the conversation is given back.
    async fn accept_with_turn(&self, arrival: Arrival, turn: TurnCommit) -> Result<Kept, StoreError>;

    /// Keeps how a call ended, as [`Calls::complete_call`] does, together with the turn that follows. Whatever comes of it,
    /// the conversation is given back; the call is still held unless both are kept.
    async fn complete_with_turn(&self, end: CallEnd, turn: TurnCommit) -> Result<Kept, CommitError>;
}

/// Calls of auth services and APIs.
#[async_trait]
pub trait Calls: Send + Sync {
    /// Hands out the oldest call that nobody is making. Nobody else gets it until `until`; after that it is handed
    /// out again, and [`ClaimedCall::sent`] tells whether a byte of it may have left.
    async fn claim_call(
        &self,
        worker: WorkerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<ClaimedCall>, StoreError>;

    /// Writes down that the call is sent for the `attempt`-th time, from 1, changes the counters with it, and prolongs
    /// the claim. Comes before the first byte.
    async fn mark_sent(
        &self,
        lease: &CallLease,
        attempt: u32,
        now: Timestamp,
        until: Timestamp,
        counters: &[CounterChange],
    ) -> Result<(), CommitError>;

    /// A call that is [sent when kept](crate::NewCall::sent_when_kept) is sent for the first time: prolongs the claim. Comes
    /// before the first byte.
    fn sends(&self, lease: &CallLease, until: Timestamp) -> Result<(), CommitError>;

    /// Puts the outcome into the inbox, keeps the token if there is one, changes the counters, and removes the call.
    async fn complete_call(&self, completion: CallCompletion) -> Result<(), CommitError>;
}

/// What is to be sent to users.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Hands out the oldest delivery whose conversation has none before it, if it is due. Nobody else gets it until
    /// `until`.
    async fn claim_delivery(
        &self,
        worker: WorkerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<ClaimedDelivery>, StoreError>;

    /// It has been delivered. That may reach the disk with a later group of writes: losing it repeats a delivery after a
    /// crash, which can happen anyway between the provider's answer and this.
    async fn delivered(&self, lease: &DeliveryLease) -> Result<(), CommitError>;

    /// It was not delivered, or not all of it, and is tried again at that time; those behind it wait. `done` of its
    /// requests have been accepted.
    async fn retry_delivery(
        &self,
        lease: &DeliveryLease,
        at: Timestamp,
        done: u32,
    ) -> Result<(), CommitError>;

    /// It cannot be delivered: it is put aside for the operator, and those behind it go on.
    async fn give_up(
        &self,
        lease: &DeliveryLease,
        now: Timestamp,
        code: Option<&str>,
    ) -> Result<(), CommitError>;

    /// Whether nothing is handed out, because the operator has to look at the outbox first: after a restore.
    async fn outbox_held(&self) -> Result<bool, StoreError>;

    /// Holds the outbox, or lets it go on.
    async fn hold_outbox(&self, held: bool) -> Result<(), StoreError>;

    /// Drops all deliveries that have not been made. Gives how many.
    async fn discard_outbox(&self) -> Result<usize, StoreError>;

    /// What could not be delivered, oldest first.
    async fn dead_letters(&self, workspace: &Name) -> Result<Vec<DeadLetter>, StoreError>;
}

/// Timers of conversations. A conversation has one at most.
#[async_trait]
pub trait Timers: Send + Sync {
    /// Puts an inbox row for each timer that is due, at most `limit`, and removes the timers. Gives how many.
    async fn fire_timers(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// When there is something to do next without anything coming in: a timer, a delivery unless the outbox is held, or
    /// a claim that ends. It may lie in the past.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;
}

/// Sealed tokens and answers.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// The token that a conversation holds of a component of a bot, whether or not its time is over.
    async fn token(
        &self,
        key: &ConversationKey,
        bot: &Name,
        component: &Name,
    ) -> Result<Option<TokenRow>, StoreError>;

    /// The tokens that a conversation holds of a bot: that they are there, not what they are.
    async fn held(&self, key: &ConversationKey, bot: &Name) -> Result<Vec<TokenInfo>, StoreError>;

    /// Who is logged in at `now`: all tokens of a workspace whose time is not over, by conversation and component.
    async fn tokens(&self, workspace: &Name, now: Timestamp) -> Result<Vec<TokenInfo>, StoreError>;

    /// Removes tokens, with their refresh tokens, and lets their conversations know. Gives how many.
    async fn revoke(&self, which: &Revocation) -> Result<usize, StoreError>;

    /// The sealed answers that a conversation has given to a component.
    async fn answers(&self, key: &ConversationKey, component: &Name) -> Result<Vec<AnswerRow>, StoreError>;

    /// Removes what is over at `now`: tokens without a refresh token that lives, answers, counters, and what is kept
    /// no longer than `retention` says. Of very much it may remove a part; call it again while it removes something.
    async fn sweep(&self, now: Timestamp, retention: &Retention) -> Result<Swept, StoreError>;
}

/// Counters that survive a restart: failed logins.
#[async_trait]
pub trait Counters: Send + Sync {
    /// The counters as they stand at `now`, in this order; `None` for one that is 0.
    async fn counters(&self, keys: &[CounterKey], now: Timestamp)
    -> Result<Vec<Option<Counter>>, StoreError>;
}

/// What providers tell of messages that were sent.
#[async_trait]
pub trait Receipts: Send + Sync {
    /// Keeps the furthest state of each message. When it returns, it is on disk. Gives for each whether it changed
    /// anything. What is told of a conversation that is not there, because its contact was erased, is not kept.
    async fn receive(&self, receipts: Vec<Receipt>) -> Result<Vec<bool>, StoreError>;

    /// The state of a message.
    async fn receipt(
        &self,
        key: &ConversationKey,
        message: &MessageRef,
    ) -> Result<Option<Receipt>, StoreError>;
}

/// Data keys, wrapped by master keys that are kept elsewhere.
#[async_trait]
pub trait Keys: Send + Sync {
    /// All data keys of all workspaces.
    async fn data_keys(&self) -> Result<Vec<WrappedKey>, StoreError>;

    /// Keeps a new data key. Gives `false`, and changes nothing, when that version of that workspace is there.
    async fn add_data_key(&self, key: WrappedKey) -> Result<bool, StoreError>;

    /// Replaces a data key by the same one under another master key. Gives `false` when there is none to replace.
    async fn replace_data_key(&self, key: WrappedKey) -> Result<bool, StoreError>;

    /// Tokens of a workspace that data keys before `version` have sealed, or their refresh tokens, in an order that stays;
    /// those behind `after`, at most `limit`. Also tokens whose time is over.
    async fn tokens_sealed_before(
        &self,
        workspace: &Name,
        version: u32,
        after: u64,
        limit: usize,
    ) -> Result<Vec<SealedToken>, StoreError>;

    /// Puts tokens in the place of the same ones as they were sealed before. One that is no longer what it was stays as
    /// it is. Gives how many were replaced; all of them reach the disk at once.
    async fn reseal_tokens(&self, tokens: Vec<ResealedToken>) -> Result<usize, StoreError>;

    /// Removes a data key when nothing in the store is sealed by it. Gives how much still is; with 0 it is gone.
    async fn retire_data_key(&self, workspace: &Name, version: u32) -> Result<usize, StoreError>;

    /// Removes a data key: what it has sealed is lost for good.
    async fn remove_data_key(&self, workspace: &Name, version: u32) -> Result<(), StoreError>;
}

/// Versions of bots that were published, so that sessions can go on after a restart on the version they began on.
#[async_trait]
pub trait Bots: Send + Sync {
    /// Makes a version the newest of its bot; one that was there before keeps its file. Gives `false`, and changes
    /// nothing, when it is the newest already.
    async fn put_bot(&self, bot: PublishedBot) -> Result<bool, StoreError>;

    /// The versions of all bots of a workspace, those that were published last at the end.
    async fn bots(&self, workspace: &Name) -> Result<Vec<PublishedBot>, StoreError>;
}

/// What an operator looks at.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// How much waits.
    async fn backlog(&self) -> Result<Backlog, StoreError>;

    /// Whether something can be kept now: a write that reaches the disk.
    async fn writable(&self) -> Result<(), StoreError>;

    /// Goes up when another program has changed the store: keys may have been rotated, tokens revoked.
    fn changed_outside(&self) -> u64;
}
