//! What a process can do against its own memory being read by others.

use std::io;

/// Something that the system did not let us do. The server goes on: it is a second line of defence.
#[derive(Debug, thiserror::Error)]
pub enum Unhardened {
    /// A crash may leave a copy of the memory.
    #[error("the system does not let the server switch off core dumps: {0}")]
    CoreDumps(io::Error),
    /// Other processes of the same user may look into the memory.
    #[error("the system does not let the server shut its memory to other processes: {0}")]
    Tracing(io::Error),
}

/// Sees that a crash leaves no copy of the memory, where tokens and passwords may be, and that no other process of the
/// same user looks into it.
///
/// # Errors
/// [`Unhardened`] for the first that the system refuses.
#[cfg(target_os = "linux")]
pub fn harden() -> Result<(), Unhardened> {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
        .map_err(|error| Unhardened::CoreDumps(error.into()))?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|error| Unhardened::Tracing(error.into()))
}

/// Other systems have no such switches.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn harden() -> Result<(), Unhardened> {
    Ok(())
}
