//! How much one client, and all of them, may ask for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_model::Timestamp;

use super::problem::Problem;

/// The longest text of one message, in bytes.
pub(super) const TEXT: usize = 4096;

/// Bounds of the chat.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The longest frame or body, in bytes: a text whose every character is escaped fits.
    pub(super) frame: usize,
    /// Connections and waiting polls of one session.
    pub(super) per_session: usize,
    /// Connections and waiting polls of all.
    pub(super) total: usize,
    /// Frames that a connection may send within [`Limits::window`].
    pub(super) frames: u32,
    /// See [`Limits::frames`].
    pub(super) window: Duration,
    /// How long a new connection may take to say who it is.
    pub(super) hello: Duration,
    /// How long a client may take to read what is sent to it; a slower one is dropped.
    pub(super) send: Duration,
    /// How often a connection is asked whether it is still there. After two pings without a sign it is dropped.
    pub(super) ping: Duration,
    /// How long a poll waits for news.
    pub(super) poll: Duration,
    /// How many rows a client gets of what was said before; older ones it does without.
    pub(super) history: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame: 32 * 1024,
            per_session: 4,
            total: 4000,
            frames: 40,
            window: Duration::from_secs(10),
            hello: Duration::from_secs(10),
            send: Duration::from_secs(15),
            ping: Duration::from_secs(25),
            poll: Duration::from_secs(25),
            history: 200,
        }
    }
}

/// Who is connected now. Sessions without a connection do not stand in it.
#[derive(Debug)]
pub(super) struct Places {
    per_session: usize,
    total: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    total: usize,
    sessions: HashMap<String, usize>,
}

/// A connection's place; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    session: Option<String>,
}

impl Places {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { per_session: limits.per_session, total: limits.total, taken: Mutex::default() }
    }

    /// A place for a connection of which nobody knows yet whose it is.
    pub(super) fn enter(self: &Arc<Self>) -> Result<Place, Problem> {
        let mut taken = self.taken();
        if taken.total >= self.total {
            return Err(Problem::Full);
        }
        taken.total += 1;
        drop(taken);
        Ok(Place { places: self.clone(), session: None })
    }

    /// How many places are taken.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.taken().total
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// The place is that of a session from now on.
    pub(super) fn belongs_to(&mut self, session: &str) -> Result<(), Problem> {
        let mut taken = self.places.taken();
        let count = taken.sessions.entry(session.to_owned()).or_default();
        if *count >= self.places.per_session {
            return Err(Problem::TooManyConnections { most: self.places.per_session });
        }
        *count += 1;
        drop(taken);
        self.session = Some(session.to_owned());
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.total -= 1;
        let Some(session) = &self.session else { return };
        if let Some(count) = taken.sessions.get_mut(session) {
            *count -= 1;
            if *count == 0 {
                taken.sessions.remove(session);
            }
        }
    }
}

/// Counts the frames of one connection.
#[derive(Debug)]
pub(super) struct Pace {
    since: Timestamp,
    frames: u32,
}

impl Pace {
    pub(super) fn new(now: Timestamp) -> Self {
        Self { since: now, frames: 0 }
    }

    /// Counts one frame.
    pub(super) fn step(&mut self, now: Timestamp, limits: &Limits) -> Result<(), Problem> {
        let passed = now.since(self.since);
        if passed >= limits.window {
            *self = Self::new(now);
        }
        self.frames = self.frames.saturating_add(1);
        if self.frames > limits.frames {
            return Err(Problem::SlowDown { seconds: limits.window.saturating_sub(passed).as_secs().max(1) });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(per_session: usize, total: usize) -> Arc<Places> {
        Arc::new(Places::new(&Limits { per_session, total, ..Limits::default() }))
    }

    #[test]
    fn places_are_counted_by_session_and_in_all() {
        let places = places(2, 3);
        let [mut a, mut b, mut c] = [0; 3].map(|_| places.enter().unwrap());
        assert_eq!(places.enter().unwrap_err(), Problem::Full);
        a.belongs_to("ann").unwrap();
        b.belongs_to("ann").unwrap();
        assert_eq!(c.belongs_to("ann"), Err(Problem::TooManyConnections { most: 2 }));
        c.belongs_to("bob").unwrap();
        drop(b);
        places.enter().unwrap().belongs_to("ann").unwrap();
        drop((a, c));
        assert_eq!(places.count(), 0);
        assert!(places.taken().sessions.is_empty(), "nothing is kept of who is gone");
    }

    #[test]
    fn a_refused_place_gives_back_only_what_it_took() {
        let places = places(1, 9);
        let mut first = places.enter().unwrap();
        first.belongs_to("ann").unwrap();
        places.enter().unwrap().belongs_to("ann").unwrap_err();
        places.enter().unwrap().belongs_to("ann").unwrap_err();
        drop(first);
        places.enter().unwrap().belongs_to("ann").unwrap();
    }

    #[test]
    fn a_connection_that_hurries_waits_for_the_next_window() {
        let limits = Limits { frames: 2, ..Limits::default() };
        let at = Timestamp::from_secs;
        let mut pace = Pace::new(at(100));
        pace.step(at(100), &limits).unwrap();
        pace.step(at(101), &limits).unwrap();
        assert_eq!(pace.step(at(103), &limits), Err(Problem::SlowDown { seconds: 7 }));
        pace.step(at(110), &limits).unwrap();
    }
}
