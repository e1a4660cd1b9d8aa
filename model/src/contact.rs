use serde::{Deserialize, Serialize};

/// One user on one channel, as far as the channel tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The channel's address: a phone number in E.164, a chat id, a business-scoped user id.
    pub address: String,
    /// The name in the user's profile, when the channel gives one.
    pub name: Option<String>,
    /// The user's language as a BCP 47 tag, when the channel gives one.
    pub language: Option<String>,
}
