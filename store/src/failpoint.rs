//! Places at which a test stops the program as if the machine were switched off.
//!
//! A point costs one load of an atomic while none is armed, and none is armed unless `COUNTERSIGN_FAILPOINT` names one
//! (`turn-before-commit` or, for the third time that it is passed, `turn-before-commit:3`).

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

macro_rules! points {
    ($($(#[$doc:meta])* $point:ident = $name:literal,)*) => {
        /// A place between two writes, or between a write and what it promises.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Failpoint {
            $($(#[$doc])* $point,)*
        }

        impl Failpoint {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$point),*];

            /// Its name in `COUNTERSIGN_FAILPOINT`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$point => $name,)* }
            }
        }
    };
}

points! {
    /// A webhook was verified and read; nothing is kept.
    HookBeforeAccept = "hook-before-accept",
    /// What came in is kept; the provider does not know it yet.
    HookAfterAccept = "hook-after-accept",
    /// A turn is computed; nothing of it is kept.
    TurnBeforeCommit = "turn-before-commit",
    /// A turn is kept; nothing of it is carried out.
    TurnAfterCommit = "turn-after-commit",
    /// A call was claimed; that it is sent is not written down.
    CallBeforeMark = "call-before-mark",
    /// It is written down that a call is sent; nothing of it has left.
    CallAfterMark = "call-after-mark",
    /// A call was answered; its outcome is not kept.
    CallBeforeComplete = "call-before-complete",
    /// The outcome of a call is kept, and a token with it.
    CallAfterComplete = "call-after-complete",
    /// A delivery was claimed; nothing of it has left.
    DeliveryBeforeSend = "delivery-before-send",
    /// The provider has accepted a delivery; that is not written down.
    DeliveryAfterSend = "delivery-after-send",
    /// A group of writes is in the transaction; it is not committed.
    StoreBeforeCommit = "store-before-commit",
    /// A group of writes is on disk; whoever waits for it does not know.
    StoreAfterCommit = "store-after-commit",
    /// In the middle of moving the log into the database file.
    StoreInCheckpoint = "store-in-checkpoint",
    /// A timer has become an inbox row in the transaction.
    TimerFired = "timer-fired",
    /// A data key was wrapped anew and not yet kept.
    KeyRewrapped = "key-rewrapped",
    /// Some tokens were sealed by a newer data key and are kept; others are still to come.
    TokensResealed = "tokens-resealed",
}

static ARMED: AtomicBool = AtomicBool::new(false);
static COUNTDOWN: AtomicU32 = AtomicU32::new(0);
static POINT: Mutex<Option<Failpoint>> = Mutex::new(None);

impl Failpoint {
    /// Ends the process on the spot when it is the armed one and its turn has come.
    #[inline]
    pub fn pass(self) {
        if ARMED.load(Ordering::Relaxed) {
            self.pass_armed();
        }
    }

    #[cold]
    fn pass_armed(self) {
        if *POINT.lock().unwrap_or_else(PoisonError::into_inner) == Some(self)
            && COUNTDOWN.fetch_sub(1, Ordering::SeqCst) == 1
        {
            std::process::abort();
        }
    }
}

/// Arms a point: `NAME` or `NAME:N`.
///
/// # Errors
/// [`UnknownFailpoint`].
pub fn arm(setting: &str) -> Result<(), UnknownFailpoint> {
    let (name, times) = setting.split_once(':').unwrap_or((setting, "1"));
    let point = Failpoint::ALL.iter().find(|point| point.name() == name).ok_or(UnknownFailpoint)?;
    let times = times.parse().ok().filter(|times| *times > 0).ok_or(UnknownFailpoint)?;
    *POINT.lock().unwrap_or_else(PoisonError::into_inner) = Some(*point);
    COUNTDOWN.store(times, Ordering::SeqCst);
    ARMED.store(true, Ordering::SeqCst);
    Ok(())
}

/// A setting that arms nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("COUNTERSIGN_FAILPOINT names no place at which the program can be stopped; it is for tests alone")]
pub struct UnknownFailpoint;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_names_a_point_and_maybe_a_number() {
        for wrong in ["", "nothing", "turn-before-commit:0", "turn-before-commit:x"] {
            assert_eq!(arm(wrong), Err(UnknownFailpoint), "{wrong}");
        }
        assert!(arm("key-rewrapped:4000000000").is_ok());
        Failpoint::TurnBeforeCommit.pass();
        Failpoint::KeyRewrapped.pass();
    }
}
