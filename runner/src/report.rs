//! What a turn tells of itself. It is told when the turn is kept, so that a turn which is computed in vain tells nothing.

use countersign_engine::{Reason, Warning};
use countersign_script::Runnable;
use countersign_script::program::StepIx;
use countersign_store::TurnCommit;

use crate::promised::Promise;

/// What a turn did.
#[derive(Debug, Default)]
pub struct TurnReport {
    /// The bot that the session runs on, when the engine was asked.
    pub bot: Option<Runnable>,
    /// The steps that it came to, in order.
    pub passed: Vec<StepIx>,
    /// Whether it answers a message of the user.
    pub message: bool,
    /// Whether nothing was under way before, and the bot has begun a script.
    pub began: bool,
    /// Why a conversation has ended in which something was under way.
    pub ended: Option<Reason>,
    /// What the engine has to tell the author.
    pub(crate) warnings: Vec<Warning>,
}

/// A turn that is computed and not kept yet.
pub(crate) struct Computed {
    pub(crate) commit: TurnCommit,
    pub(crate) report: TurnReport,
    /// The login that it asks for, when it is admitted already.
    pub(crate) login: Option<Promise>,
}

impl Computed {
    /// A turn that tells nothing.
    pub(crate) fn silent(commit: TurnCommit) -> Self {
        Self { commit, report: TurnReport::default(), login: None }
    }
}
