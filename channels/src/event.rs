pub use countersign_model::ReceiptState;
use countersign_model::{Contact, MessageRef, Name, Reply, SecretText, Timestamp};

/// Something that came in on a channel.
#[derive(Debug)]
pub struct ChannelEvent {
    /// The provider's id of it, the same in every repeat; unique in the conversation.
    pub id: String,
    /// The conversation: the contact's address, on the phone the provider's id of the call.
    pub address: String,
    /// The user, as far as the channel tells. On the phone `contact.address` is the number, which proves nothing.
    pub contact: Contact,
    /// When the provider says that it happened.
    pub at: Option<Timestamp>,
    /// What it is.
    pub event: Event,
}

/// Kinds of what can come in.
#[derive(Debug)]
pub enum Event {
    /// The user sent something.
    Reply(Reply),
    /// The user sent a long text, and this is one part of it: [`Parts`](crate::Parts) puts it together.
    Part(Part),
    /// A call came in, or the user opened the chat without a message.
    Begin,
    /// A link or a button asks for this script.
    Start(Name),
    /// The user hung up.
    HungUp,
    /// How far a message of the bot has come.
    Receipt(Receipt),
    /// The user changed a message that they had sent. It is no new message; the text may be a secret and is not read.
    Edited,
    /// The user took a message back. What was answered stays.
    Revoked,
    /// The user blocked the bot or opted out.
    Blocked,
    /// The user can be written to again.
    Unblocked,
    /// Whoever had the address `before` has this one now, or the address may have another owner: every login of both
    /// ends.
    IdentityChanged {
        /// The address before, when the provider tells it and it is another one.
        before: Option<String>,
    },
}

/// One part of a long text that a provider passes on in pieces.
#[derive(Debug)]
pub struct Part {
    /// The same in all parts of a text, and soon used again for another one of the same sender.
    pub reference: String,
    /// How many parts there are, at least 1.
    pub total: u8,
    /// Which of them this is, from 1.
    pub number: u8,
    /// Its piece of the text.
    pub text: SecretText,
}

/// What a provider tells of a message that the bot has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The provider's id of the message; `None` for "everything until then", as Messenger tells it.
    pub message: Option<MessageRef>,
    /// How far it has come.
    pub state: ReceiptState,
    /// The provider's error code, when it failed.
    pub code: Option<String>,
}
