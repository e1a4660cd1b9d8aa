use std::fmt;
use std::time::Duration;

pub use countersign_model::ReceiptState;
use countersign_model::{CallId, MessageRef, Name, OutMessage, TimerId, Timestamp};
use countersign_vault::Sealed;
use serde::{Deserialize, Serialize};

/// Names a conversation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConversationKey {
    /// The workspace.
    pub workspace: Name,
    /// The id of the channel: of one account at a provider.
    pub channel: Name,
    /// The contact's address on the channel. On the phone it is the provider's id of the call, because a caller id
    /// proves nothing and two calls must never share a conversation.
    pub address: String,
}

/// Shows workspace and channel; an address is personal data.
impl fmt::Debug for ConversationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/…", self.workspace, self.channel)
    }
}

/// Names a worker, so that a person can see who holds what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WorkerId(pub u64);

/// Names one run of sessions of a conversation: drawn at random when a session is begun from nothing. The numbers of
/// calls and timers are unique within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SessionId(pub u128);

/// Names one version of a bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BotVersion(pub u64);

/// A sealed value and the end of its time, which is part of what it is sealed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedPayload {
    /// The value.
    pub sealed: Sealed,
    /// From then on it does not open.
    pub expires_at: Timestamp,
}

/// What came in, before it is accepted.
#[derive(Clone, Debug)]
pub struct NewInbound {
    /// The conversation that it belongs to.
    pub conversation: ConversationKey,
    /// The provider's id of it, unique in the conversation.
    pub id: String,
    /// What it is.
    pub kind: InboundKind,
    /// What it says.
    pub payload: Option<SealedPayload>,
    /// When it came in.
    pub received_at: Timestamp,
}

/// What an inbox row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboundKind {
    /// The user sent something.
    Reply,
    /// Something that begins a script or takes one up again without words of the user.
    Begin,
    /// The user hung up or left.
    HungUp,
    /// A call has ended.
    Outcome {
        /// The session that asked for it.
        session: SessionId,
        /// Which call.
        call: CallId,
    },
    /// A timer went off.
    Elapsed {
        /// The session that set it.
        session: SessionId,
        /// Which timer.
        timer: TimerId,
    },
}

impl InboundKind {
    /// Whether it comes from the user, so that its id may come in again.
    pub const fn is_of_user(self) -> bool {
        matches!(self, Self::Reply | Self::Begin | Self::HungUp)
    }

    /// Whether it waits while the conversation's call is under way.
    pub const fn waits_for_call(self) -> bool {
        matches!(self, Self::Reply | Self::Begin)
    }
}

/// A row of the inbox.
#[derive(Clone, Debug)]
pub struct InboxRow {
    /// Its place in the order of the conversation.
    pub seq: u64,
    /// The provider's id of it, or one made up for outcomes and timers.
    pub id: String,
    /// What it is.
    pub kind: InboundKind,
    /// What it says.
    pub payload: Option<SealedPayload>,
    /// When it came in.
    pub received_at: Timestamp,
}

/// A conversation as it stands.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// Its session; `None` before the first turn.
    pub session: Option<StoredSession>,
    /// The call that its session waits for.
    pub calling: Option<CallId>,
    /// Goes up when tokens are changed from outside a turn.
    pub tokens_epoch: u64,
    /// The epoch whose tokens the session knows.
    pub tokens_seen: u64,
}

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// Its name.
    pub id: SessionId,
    /// The version of the bot that it runs on.
    pub version: BotVersion,
    /// The session as bytes.
    pub bytes: Vec<u8>,
}

/// That a worker holds a conversation.
#[derive(Clone, Debug)]
pub struct Lease {
    /// The conversation.
    pub conversation: ConversationKey,
    /// The fencing number: it goes up with every claim, and only the highest may commit.
    pub fencing: u64,
}

/// A conversation with something to do.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// With which the turn is committed.
    pub lease: Lease,
    /// The conversation.
    pub conversation: Conversation,
    /// What is to be done.
    pub inbound: InboxRow,
}

/// All that one turn made.
#[derive(Debug)]
pub struct TurnCommit {
    /// From the claim.
    pub lease: Lease,
    /// The moment of the turn.
    pub now: Timestamp,
    /// The inbox row that was processed; 0 when it is kept together with its turn.
    pub consumed: u64,
    /// The session afterwards; `None` leaves everything about the session as it is.
    pub session: Option<SessionCommit>,
    /// What was said, in order.
    pub transcript: Vec<Line>,
    /// What is to be sent, in order.
    pub outbox: Vec<Delivery>,
    /// Calls to be made.
    pub calls: Vec<NewCall>,
    /// Changes of sealed answers and tokens, in order.
    pub secrets: Vec<SecretChange>,
    /// Answers to forms.
    pub leads: Vec<Lead>,
    /// Counters that change with its calls: of those that are sent as soon as it is kept.
    pub counters: Vec<CounterChange>,
}

/// A session after a turn.
#[derive(Debug)]
pub struct SessionCommit {
    /// The session.
    pub stored: StoredSession,
    /// The call that it waits for.
    pub calling: Option<CallId>,
    /// What becomes of its timer.
    pub timer: TimerChange,
    /// The epoch of the tokens that it knows.
    pub tokens_seen: u64,
    /// Whether a person has the conversation now.
    pub handed_over: bool,
}

/// What becomes of a conversation's timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerChange {
    /// It stays.
    Keep,
    /// This one takes its place.
    Set(TimerId, Timestamp),
    /// There is none any more.
    Clear,
}

/// A line of a transcript. A secret that the user wrote is [`Line::Secret`]; it has no text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Line {
    /// What the user wrote, pressed or chose.
    User(String),
    /// The user wrote a secret; it shows as `•••`.
    Secret,
    /// What the bot said.
    Bot(OutMessage),
    /// The conversation was handed over.
    Handover {
        /// To this number; to a person when `None`.
        number: Option<String>,
    },
    /// The user hung up or left.
    HungUp,
    /// A person took over from the bot.
    TakenOver {
        /// Their name, as the user may read it.
        by: String,
    },
    /// What a person said in place of the bot.
    Agent {
        /// Their name, as the user may read it.
        by: String,
        /// What they said.
        text: String,
    },
    /// The person gave the conversation back to the bot.
    HandedBack,
    /// The bot sent a link to a login page. The link itself stands nowhere.
    Page {
        /// The session that the page belongs to.
        session: SessionId,
        /// Which page of the session.
        attempt: u32,
        /// What was said.
        text: String,
        /// What the link says.
        label: String,
    },
}

impl Line {
    /// What was said, in words; `None` when there are none, or they are secret.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::User(text) | Self::Agent { text, .. } | Self::Page { text, .. } => Some(text),
            Self::Bot(message) => match message {
                OutMessage::Text(text) | OutMessage::Options { text, .. } | OutMessage::Link { text, .. } => {
                    Some(text)
                }
                OutMessage::Card { title, .. } => Some(title),
                OutMessage::Media(media) => media.caption.as_deref(),
                OutMessage::Location { name, .. } => name.as_deref(),
            },
            Self::Secret
            | Self::Handover { .. }
            | Self::HungUp
            | Self::TakenOver { .. }
            | Self::HandedBack => None,
        }
    }
}

/// A line of a transcript with its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptRow {
    /// When.
    pub at: Timestamp,
    /// What.
    pub line: Line,
}

/// Something to be done on a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// Say this.
    Say(OutMessage),
    /// Delete this message of the user.
    Erase(MessageRef),
    /// Hand over to a person, or the call to a number.
    Handover {
        /// A phone number; `None` means a person in the console.
        number: Option<String>,
    },
    /// Send a link to a login page. The link is made when it is sent, and stands nowhere.
    Page {
        /// The session that the page belongs to.
        session: SessionId,
        /// Which page of the session.
        attempt: u32,
        /// What is said.
        text: String,
        /// What the link says.
        label: String,
    },
}

/// A call to be made.
#[derive(Clone, Debug)]
pub struct NewCall {
    /// The session that asks for it.
    pub session: SessionId,
    /// Its number in the session.
    pub call: CallId,
    /// What is to be called, as the runner writes it; secrets stand in it by reference.
    pub request: Vec<u8>,
    /// After a stop of the program it counts as sent once, whether or not it was; so its first attempt needs no write of
    /// its own ([`crate::Calls::sends`]). For what may be sent twice, and for what is sent at once and then not again.
    pub sent_when_kept: bool,
}

/// That a worker makes a call.
#[derive(Clone, Debug)]
pub struct CallLease {
    /// The conversation.
    pub conversation: ConversationKey,
    /// The session that asked for it.
    pub session: SessionId,
    /// Its number in the session.
    pub call: CallId,
    /// The fencing number, as in [`Lease`].
    pub fencing: u64,
}

/// A call to be made, or to be looked after because whoever made it is gone.
#[derive(Clone, Debug)]
pub struct ClaimedCall {
    /// With which it is completed.
    pub lease: CallLease,
    /// As it was written.
    pub request: Vec<u8>,
    /// How many attempts have been marked as sent; their outcome is not known.
    pub sent: u32,
}

/// A conversation that is held for something that is not kept yet.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// With which the turn is kept, or given back.
    pub lease: Lease,
    /// The conversation.
    pub conversation: Conversation,
    /// Nobody holds it, because the store does not know it: it is taken for new, which is looked at when the turn is kept.
    /// It has no session and no token then.
    pub new: bool,
}

/// Something of a user that is kept together with its turn.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The provider's id of it.
    pub id: String,
    /// When it came in.
    pub received_at: Timestamp,
}

/// What became of something and of the turn that was computed ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Both are on disk.
    Both {
        /// Whether something waits that can be claimed now.
        more: bool,
    },
    /// It was accepted before. Nothing is kept of the turn.
    Known,
    /// Something stood in the way, and nothing is kept: it is to be kept by itself.
    Neither,
}

/// How a call ended whose outcome is kept together with its turn.
#[derive(Debug)]
pub struct CallEnd {
    /// From the claim.
    pub lease: CallLease,
    /// Now.
    pub now: Timestamp,
    /// As in [`CallCompletion`].
    pub token: Option<TokenRow>,
    /// As in [`CallCompletion`].
    pub counters: Vec<CounterChange>,
}

/// How a call ended.
#[derive(Debug)]
pub struct CallCompletion {
    /// From the claim.
    pub lease: CallLease,
    /// Now.
    pub now: Timestamp,
    /// The id of the inbox row.
    pub id: String,
    /// The outcome, sealed.
    pub payload: SealedPayload,
    /// A token to keep; it takes the place of the one before.
    pub token: Option<TokenRow>,
    /// Counters to change with it.
    pub counters: Vec<CounterChange>,
}

/// Names a counter: a keyed hash of what is counted, so that no address and no account name stands in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CounterKey(pub [u8; 16]);

/// A counter as it stands. What was never counted, or lies too far back, is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    /// How many.
    pub count: u32,
    /// When the first of them was.
    pub first_at: Timestamp,
    /// When the last of them was.
    pub last_at: Timestamp,
    /// From then on it is 0.
    pub expires_at: Timestamp,
}

/// A change of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterChange {
    /// One more; the counter lives until then. Beginning at 0 when its time was over.
    Add {
        /// Which.
        key: CounterKey,
        /// From then on it is 0.
        expires_at: Timestamp,
    },
    /// One less, down to 0; its times stay.
    Subtract {
        /// Which.
        key: CounterKey,
    },
    /// Back to 0.
    Clear {
        /// Which.
        key: CounterKey,
    },
}

/// What a provider tells of a message that the bot has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The conversation.
    pub conversation: ConversationKey,
    /// The provider's id of the message.
    pub message: MessageRef,
    /// How far it has come.
    pub state: ReceiptState,
    /// The provider's error code, when it failed.
    pub code: Option<String>,
    /// When it came in.
    pub at: Timestamp,
}

/// What is under way for a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// Rows of the inbox that are not processed.
    pub inbox: usize,
    /// Calls that have not ended.
    pub calls: usize,
    /// Deliveries that have not been made.
    pub outbox: usize,
    /// How many rows the transcript has, counted from the conversation's beginning.
    pub lines: u64,
}

/// How much waits in the whole store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Rows of the inbox that are not processed.
    pub inbox: usize,
    /// When the oldest of them came in.
    pub oldest: Option<Timestamp>,
    /// Calls that have not ended.
    pub calls: usize,
    /// Deliveries that have not been made.
    pub outbox: usize,
    /// Deliveries that were given up.
    pub dead: usize,
    /// Whether the outbox is held.
    pub held: bool,
}

/// A version of a bot as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedBot {
    /// The workspace.
    pub workspace: Name,
    /// The bot.
    pub bot: Name,
    /// The version.
    pub version: BotVersion,
    /// The bot file.
    pub file: String,
    /// The constants that were put in.
    pub constants: Vec<(String, String)>,
    /// When it was published.
    pub published_at: Timestamp,
}

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Ids of what came in; see SECURITY §3.5: longer than any provider repeats.
    pub ids: Duration,
    /// Transcripts, and the answers to forms.
    pub transcripts: Duration,
    /// Receipts, and deliveries that were given up.
    pub receipts: Duration,
    /// What was counted by hours.
    pub statistics: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        const DAY: u64 = 24 * 3600;
        Self {
            ids: Duration::from_secs(30 * DAY),
            transcripts: Duration::from_secs(90 * DAY),
            receipts: Duration::from_secs(30 * DAY),
            statistics: Duration::from_secs(400 * DAY),
        }
    }
}

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// The bot.
    pub bot: Name,
    /// The Authorization Token component.
    pub component: Name,
    /// The sealed token.
    pub sealed: Sealed,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When the user logged in.
    pub logged_in_at: Timestamp,
    /// What renews it.
    pub refresh: Option<RefreshToken>,
}

/// A refresh token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// The sealed refresh token.
    pub sealed: Sealed,
    /// When it is no longer kept.
    pub expires_at: Timestamp,
}

/// A token with its place in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedToken {
    /// Where it stands, from 1, in the order in which tokens are read.
    pub position: u64,
    /// Whose it is.
    pub conversation: ConversationKey,
    /// The token.
    pub row: TokenRow,
}

/// A token that was sealed by a newer data key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResealedToken {
    /// As it was read.
    pub before: SealedToken,
    /// The same token.
    pub sealed: Sealed,
    /// The same refresh token.
    pub refresh: Option<Sealed>,
}

/// That a token is kept, without the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// Whose it is.
    pub conversation: ConversationKey,
    /// The bot.
    pub bot: Name,
    /// The Authorization Token component.
    pub component: Name,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When the user logged in.
    pub logged_in_at: Timestamp,
    /// When the refresh token beside it ends, if there is one.
    pub refresh_until: Option<Timestamp>,
}

/// Which tokens to revoke. All that is given must hold.
#[derive(Clone, Debug)]
pub struct Revocation {
    /// Of this workspace.
    pub workspace: Name,
    /// Of this channel.
    pub channel: Option<Name>,
    /// Of contacts with this address.
    pub address: Option<String>,
    /// Of this component.
    pub component: Option<Name>,
}

/// A sealed answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerRow {
    /// The component that asked.
    pub component: Name,
    /// Which of its questions, from 0.
    pub index: u8,
    /// The answer.
    pub value: SealedPayload,
}

/// A change of sealed answers and tokens.
#[derive(Clone, Debug)]
pub enum SecretChange {
    /// Keep an answer; it takes the place of the one before.
    PutAnswer(AnswerRow),
    /// Forget all answers to a component.
    ForgetAnswers(Name),
    /// Forget the token of a bot's component, and the refresh token beside it.
    ForgetToken {
        /// The bot.
        bot: Name,
        /// The component.
        component: Name,
    },
    /// Forget all tokens of the conversation.
    ForgetAllTokens,
    /// Forget all answers of the conversation.
    ForgetAllAnswers,
}

/// The answers to a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// The Form component.
    pub form: Name,
    /// Variables and answers.
    pub answers: Vec<(String, String)>,
    /// When the form was done.
    pub at: Timestamp,
}

/// That a worker makes a delivery.
#[derive(Clone, Debug)]
pub struct DeliveryLease {
    /// The conversation.
    pub conversation: ConversationKey,
    /// Its place in the order of the conversation.
    pub seq: u64,
    /// The fencing number, as in [`Lease`].
    pub fencing: u64,
}

/// A delivery to be made.
#[derive(Clone, Debug)]
pub struct ClaimedDelivery {
    /// With which it is finished.
    pub lease: DeliveryLease,
    /// What is to be done.
    pub delivery: Delivery,
    /// How many times it has been handed out before.
    pub attempts: u32,
    /// How many of the requests that it takes have been accepted by the provider; those are not made again.
    pub done: u32,
    /// When the turn that made it was committed.
    pub created_at: Timestamp,
}

/// A delivery that was given up.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// The conversation.
    pub conversation: ConversationKey,
    /// What was to be done.
    pub delivery: Delivery,
    /// When it was given up.
    pub at: Timestamp,
    /// The provider's code, to look up in its documentation.
    pub code: Option<String>,
}

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Tokens.
    pub tokens: usize,
    /// Answers.
    pub answers: usize,
    /// Ids of what came in.
    pub ids: usize,
    /// Rows of transcripts.
    pub lines: usize,
    /// Records of the console.
    pub records: usize,
}
