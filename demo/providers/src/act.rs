use std::sync::Arc;

use crate::sent::Sent;

/// Something that a user does.
#[derive(Clone, Debug)]
pub enum Act {
    /// Writes.
    Text(String),
    /// Taps a button, a row of a list, or a quick reply.
    Tap {
        /// What the bot gave with it.
        payload: String,
        /// What stands on it.
        label: String,
        /// The message that it belongs to.
        of: Option<Arc<Sent>>,
    },
    /// Sends a picture.
    Picture {
        /// Where it is.
        url: String,
        /// What stands below it.
        caption: Option<String>,
    },
    /// Sends a place.
    Place {
        /// Degrees.
        latitude: f64,
        /// Degrees.
        longitude: f64,
    },
    /// Changes what was written before.
    Edit {
        /// The provider's id of it.
        of: String,
        /// The new text.
        text: String,
    },
    /// Blocks the bot, where the provider tells of it.
    Block,
}
