use std::error::Error;

/// Why a store did not do what it was asked. Nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer, or the connection broke. Trying again later may help.
    #[error("the store cannot be reached at the moment; nothing was kept, and it is tried again")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// No room is left.
    #[error("the disk of the store is full; make room, nothing that was acknowledged is lost")]
    Full,
    /// The store may not be written to.
    #[error("the store is read-only; give the program the right to write to it")]
    ReadOnly,
    /// A row cannot be understood.
    #[error("a row of `{table}` in the store is damaged; restore it from a backup")]
    Damaged {
        /// The table.
        table: &'static str,
    },
}

/// Why something that had been claimed was not committed. Nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Another worker has claimed it since, or it is no longer wanted. What was computed is thrown away.
    #[error("another worker has taken over, or this is no longer wanted")]
    LeaseLost,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
