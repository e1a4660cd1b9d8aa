//! What is kept: records, small traits whose methods are atomic, the memory store, and one suite of tests for every
//! backend.
//!
//! A method happens whole or not at all, and when it returns `Ok` what it did is kept. No transaction type stands in
//! a signature, so a backend is free in how it does it. To add a method: put it into the trait it belongs to, into
//! every backend, and a case for it into `conformance`; nothing else.
//!
//! How the rows of one message go:
//! [`Inbox::accept`] → [`Conversations::claim`] → (a turn is computed) → [`Conversations::commit_turn`] →
//! [`Calls::claim_call`] → [`Calls::mark_sent`] → (the call) → [`Calls::complete_call`], whose outcome is an inbox row
//! again; beside it [`Outbox::claim_delivery`] → (the provider) → [`Outbox::delivered`].
//!
//! No row holds a secret in the clear: inbound payloads, answers, tokens and outcomes of calls are sealed by whoever
//! writes them, and a transcript has `•••` where the user wrote a secret.

mod audit;
mod console;
mod error;
pub mod failpoint;
mod memory;
mod people;
mod record;
mod statistics;
mod traits;

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;

pub use audit::{AuditBroken, AuditCheck, audit_hash, check_audit};
pub use console::{
    AuditEntry, AuditLine, ChangeError, Expected, Record, RecordKey, RecordValue, RecordWrite, Records,
    Revision,
};
pub use error::{CommitError, StoreError};
pub use memory::MemoryStore;
pub use people::{
    ConversationNumber, ConversationPage, ConversationQuery, ConversationRow, Erased, ListedDeadLetter,
    ListedLead, ListedToken, NameOf, NoTokenId, People, TokenId, Wanted,
};
pub use record::{
    Ahead, AnswerRow, Arrival, Backlog, BotVersion, CallCompletion, CallEnd, CallLease, Claimed, ClaimedCall,
    ClaimedDelivery, Conversation, ConversationKey, Counter, CounterChange, CounterKey, DeadLetter, Delivery,
    DeliveryLease, InboundKind, InboxRow, Kept, Lead, Lease, Line, NewCall, NewInbound, Pending,
    PublishedBot, Receipt, ReceiptState, RefreshToken, ResealedToken, Retention, Revocation, SealedPayload,
    SealedToken, SecretChange, SessionCommit, SessionId, StoredSession, Swept, TimerChange, TokenInfo,
    TokenRow, TranscriptRow, TurnCommit, WorkerId,
};
pub use statistics::{Hour, Stat, StatQuery, Statistics, latency};
pub use traits::{
    Bots, Calls, Conversations, Counters, Inbox, Keys, Outbox, Receipts, Secrets, Store, Timers, Together,
    Upkeep,
};
