//! What a conversation in the terminal or in a test is made of.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use countersign_egress::{Client, Policy, Transport};
use countersign_model::{ChannelKind, Contact};
use countersign_runner::{Observer, Random, Sleeper, TokioSleeper};
use countersign_script::Runnable;
use countersign_simulator::MovingClock;
pub(crate) use countersign_simulator::{Hear, Heard, Talk};

use crate::commands::operator::now;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// What a conversation is made of.
pub(crate) struct Setup {
    /// The bot, with the constants put in.
    pub(crate) bot: Runnable,
    /// Secrets and allowed hosts.
    pub(crate) workspace: Workspace,
    /// The kind of channel.
    pub(crate) channel: ChannelKind,
    /// The user.
    pub(crate) contact: Contact,
    /// The way to auth services and APIs.
    pub(crate) transport: Arc<dyn Transport>,
    /// The time.
    pub(crate) clock: Clock,
    /// Starts this script at once.
    pub(crate) script: Option<String>,
    /// Who is told of calls and warnings.
    pub(crate) observer: Arc<dyn Observer>,
}

/// The time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// That of the machine.
    Real,
    /// One that stands still unless it is moved, with a sleeper that does not wait and numbers that are always the same.
    Fixed,
}

impl Setup {
    /// A conversation in which nothing has happened yet.
    pub(crate) async fn talk(self) -> Result<Talk, Problem> {
        let (clock, sleeper, random) = self.clock.parts();
        let setup = countersign_simulator::Setup {
            bot: self.bot,
            secrets: self.workspace.secrets,
            policy: Arc::new(Policy { allow: self.workspace.allow, ..Policy::default() }),
            channel: self.channel,
            contact: self.contact,
            transport: self.transport,
            clock,
            sleeper,
            random,
            script: self.script,
            observer: self.observer,
        };
        Ok(Talk::new(setup).await?)
    }
}

impl Clock {
    fn parts(self) -> (MovingClock, Arc<dyn Sleeper>, Arc<dyn Random>) {
        match self {
            Self::Real => {
                let random = || RandomState::new().build_hasher().finish();
                (MovingClock::over(Arc::new(now)), Arc::new(TokioSleeper), Arc::new(random))
            }
            Self::Fixed => {
                let next = AtomicU64::new(1);
                let random = move || next.fetch_add(1, Ordering::Relaxed);
                (MovingClock::fixed(), Arc::new(NoSleep), Arc::new(random))
            }
        }
    }
}

/// The network, within what the workspace allows.
pub(crate) fn network(workspace: &Workspace) -> Result<Arc<dyn Transport>, Problem> {
    let policy = Policy { allow: workspace.allow.clone(), ..Policy::default() };
    let client = Client::new(policy).map_err(|error| Problem::Setup(error.to_string()))?;
    Ok(Arc::new(client))
}

/// What everything of a command runs on.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Problem::Io)
}

struct NoSleep;

impl Sleeper for NoSleep {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}

#[cfg(test)]
mod tests {
    use countersign_runner::Clock as _;

    use super::*;

    #[test]
    fn the_clock_of_the_machine_can_be_moved_on() {
        let (clock, ..) = Clock::Real.parts();
        let before = clock.now();
        clock.move_to(before.plus(Duration::from_secs(3600)));
        assert!(clock.now() >= before.plus(Duration::from_secs(3600)));
    }
}
