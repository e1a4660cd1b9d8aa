//! The chat of web pages, apps and desktop programs: one protocol over WebSocket, with long polls where there is none.

/// The settings of a chat channel.
#[derive(Clone, Debug, Default)]
pub struct ChatSettings {
    /// Origins whose pages may open the chat; `*` for any.
    pub origins: Vec<String>,
}
