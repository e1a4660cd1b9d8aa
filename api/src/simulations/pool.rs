use std::collections::HashMap;
use std::sync::{Arc, Mutex as Lock, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_model::{Name, Timestamp};
use countersign_simulator::Simulation;
use tokio::sync::Mutex;

/// How many simulations one person or key has at once; the one that was used longest ago makes room.
const MOST_OF_ONE: usize = 8;
/// How many there are on the server.
const MOST: usize = 256;
/// How long one stays that nobody looks at.
const IDLE: Duration = Duration::from_secs(30 * 60);

/// Simulations that are under way. They live in memory alone.
#[derive(Default)]
pub(crate) struct Simulations(Lock<HashMap<String, Entry>>);

struct Entry {
    workspace: Name,
    owner: String,
    used: Timestamp,
    simulation: Arc<Mutex<Simulation>>,
}

/// There is no room for another one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Simulations {
    /// Keeps a simulation under an id that nobody has guessed.
    pub(crate) fn put(
        &self,
        id: String,
        workspace: &Name,
        owner: String,
        simulation: Simulation,
        now: Timestamp,
    ) -> Result<Arc<Mutex<Simulation>>, Full> {
        let mut all = self.all(now);
        let mut of_owner: Vec<_> = all
            .iter()
            .filter(|(_, entry)| entry.owner == owner)
            .map(|(id, entry)| (entry.used, id.clone()))
            .collect();
        if of_owner.len() >= MOST_OF_ONE {
            of_owner.sort();
            all.remove(&of_owner[0].1);
        }
        if all.len() >= MOST {
            return Err(Full);
        }
        let simulation = Arc::new(Mutex::new(simulation));
        let entry = Entry { workspace: workspace.clone(), owner, used: now, simulation: simulation.clone() };
        all.insert(id, entry);
        Ok(simulation)
    }

    /// The simulation of that id, when it is this one's own.
    pub(crate) fn of(
        &self,
        id: &str,
        workspace: &Name,
        owner: &str,
        now: Timestamp,
    ) -> Option<Arc<Mutex<Simulation>>> {
        let mut all = self.all(now);
        let entry = all.get_mut(id).filter(|entry| entry.workspace == *workspace && entry.owner == owner)?;
        entry.used = now;
        Some(entry.simulation.clone())
    }

    /// Forgets one. Whether it was there, and this one's own.
    pub(crate) fn remove(&self, id: &str, workspace: &Name, owner: &str, now: Timestamp) -> bool {
        let is_there = self.of(id, workspace, owner, now).is_some();
        is_there && self.all(now).remove(id).is_some()
    }

    fn all(&self, now: Timestamp) -> MutexGuard<'_, HashMap<String, Entry>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, entry| now.since(entry.used) < IDLE);
        all
    }
}
