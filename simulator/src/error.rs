use countersign_runner::{IngestError, KeysError, PageError, RunError};
use countersign_vault::SealError;

/// Why a conversation cannot begin or go on. None of these comes of what the user says or a service answers.
#[derive(Debug, thiserror::Error)]
pub enum TalkError {
    /// The bot has no such script.
    #[error("the bot has no script `{wanted}`; it has {}", .known.join(", "))]
    NoSuchScript {
        /// The script that was asked for.
        wanted: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// There are no such choices to choose from.
    #[error("there is no choice {number}; the bot offers {offered}")]
    NoSuchChoice {
        /// The one that was chosen, counted from 1.
        number: usize,
        /// How many there are.
        offered: usize,
    },
    /// A call under way can be hung up, and nothing else.
    #[error("only a phone call can be hung up")]
    NoCall,
    /// A login page is posted that the bot has not sent, or whose time is over.
    #[error("no login page stands open")]
    NoPage,
    /// The clock goes forward, and not for ever.
    #[error("the clock can be moved by at most 400 days at once")]
    TooLong,
    /// Names of our own that are none.
    #[error("the conversation could not be named")]
    Names,
    /// No key could be made.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The keys of the conversation could not be opened.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// What was said was not taken.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// What was posted on a login page was not taken.
    #[error(transparent)]
    Page(#[from] PageError),
    /// A worker failed.
    #[error(transparent)]
    Run(#[from] RunError),
}
