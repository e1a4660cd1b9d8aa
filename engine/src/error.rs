/// The engine was used wrongly. What users say and services answer never makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The session runs on another version of the bot: load that one, or [`crate::Session::rebase`] when it has
    /// ended. A session that was damaged in its store, so that it names what the bot does not have, is refused so too.
    #[error("the session belongs to another version of the bot")]
    OtherVersion,
    /// A reply came while a call is under way; give it after the call has ended.
    #[error("a reply has to wait until the call under way has ended")]
    Busy,
}
