//! When a server that does not answer is left alone for a while: a state machine without clock and network.

use std::time::Duration;

use countersign_model::Timestamp;

/// When a server is left alone (SECURITY §4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaking {
    /// So many of a hundred calls must fail; more than 100 means that no server is ever left alone.
    pub percent: u32,
    /// Of at least so many calls.
    pub calls: u32,
    /// Within this time.
    pub within: Duration,
    /// For so long it is left alone; then one call tries.
    pub rest: Duration,
}

impl Default for Breaking {
    fn default() -> Self {
        Self { percent: 50, calls: 10, within: Duration::from_secs(30), rest: Duration::from_secs(30) }
    }
}

/// The breaker of one server.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    state: State,
    slices: [Slice; SLICES],
}

/// The time that is looked at moves on in so many steps.
const SLICES: usize = 6;

#[derive(Clone, Copy, Debug, Default)]
struct Slice {
    /// Which slice of time it is of.
    number: i64,
    calls: u32,
    failures: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Closed,
    Open {
        until: Timestamp,
    },
    /// One call tries, and all others wait for what becomes of it.
    Trying {
        since: Timestamp,
    },
}

/// Whether a call may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Go,
    /// It may, and what becomes of it decides for all.
    Try,
    Leave,
}

/// What a result has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    None,
    Opened,
    Closed,
}

impl Breaker {
    /// Whether a call would be left out now; changes nothing.
    pub(crate) fn leaves(&self, now: Timestamp, breaking: &Breaking) -> bool {
        match self.state {
            State::Closed => false,
            State::Open { until } => now < until,
            // Whoever tried has not come back in all that time: another one tries.
            State::Trying { since } => now < since.plus(breaking.rest),
        }
    }

    /// Asks before a call.
    pub(crate) fn ask(&mut self, now: Timestamp, breaking: &Breaking) -> Answer {
        if self.leaves(now, breaking) {
            return Answer::Leave;
        }
        if self.state == State::Closed {
            return Answer::Go;
        }
        self.state = State::Trying { since: now };
        Answer::Try
    }

    /// A call has ended.
    pub(crate) fn told(&mut self, tried: bool, good: bool, now: Timestamp, breaking: &Breaking) -> Change {
        match (self.state, tried, good) {
            (State::Trying { .. }, true, true) => {
                *self = Self::default();
                Change::Closed
            }
            (State::Trying { .. }, true, false) => {
                self.state = State::Open { until: now.plus(breaking.rest) };
                Change::None
            }
            (State::Closed, _, _) => {
                self.count(good, now, breaking);
                if good || !self.too_many(now, breaking) {
                    return Change::None;
                }
                self.state = State::Open { until: now.plus(breaking.rest) };
                Change::Opened
            }
            // Calls that began before it opened.
            _ => Change::None,
        }
    }

    /// The call that should have tried was not made.
    pub(crate) fn not_tried(&mut self, now: Timestamp) {
        if let State::Trying { .. } = self.state {
            self.state = State::Open { until: now };
        }
    }

    fn count(&mut self, good: bool, now: Timestamp, breaking: &Breaking) {
        let number = slice_of(now, breaking);
        let at = usize::try_from(number.rem_euclid(SLICES as i64)).unwrap_or(0);
        let slice = &mut self.slices[at];
        if slice.number != number {
            *slice = Slice { number, ..Slice::default() };
        }
        slice.calls = slice.calls.saturating_add(1);
        slice.failures = slice.failures.saturating_add(u32::from(!good));
    }

    fn too_many(&self, now: Timestamp, breaking: &Breaking) -> bool {
        let newest = slice_of(now, breaking);
        let recent = self.slices.iter().filter(|slice| newest - slice.number < SLICES as i64);
        let (calls, failures) = recent.fold((0u64, 0u64), |(calls, failures), slice| {
            (calls + u64::from(slice.calls), failures + u64::from(slice.failures))
        });
        calls >= u64::from(breaking.calls) && failures * 100 >= calls * u64::from(breaking.percent)
    }
}

fn slice_of(now: Timestamp, breaking: &Breaking) -> i64 {
    let width = i64::try_from(breaking.within.as_micros()).unwrap_or(i64::MAX) / SLICES as i64;
    now.as_micros() / width.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Breaking =
        Breaking { percent: 50, calls: 10, within: Duration::from_secs(30), rest: Duration::from_secs(30) };

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_800_000_000 + secs)
    }

    fn after(calls: &[(i64, bool)]) -> (Breaker, Vec<Change>) {
        let mut breaker = Breaker::default();
        let told = calls.iter().map(|(secs, good)| breaker.told(false, *good, at(*secs), &RULES)).collect();
        (breaker, told)
    }

    #[test]
    fn opens_at_half_of_ten_calls_within_thirty_seconds() {
        let fails = |secs| (secs, false);
        let works = |secs| (secs, true);
        let table = [
            ("nine failures", vec![fails(0); 9], false),
            ("ten failures", vec![fails(0); 10], true),
            ("half", [vec![works(0); 5], vec![fails(1); 5]].concat(), true),
            ("less than half", [vec![works(0); 6], vec![fails(1); 5]].concat(), false),
            ("too far apart", [vec![fails(0); 9], vec![fails(36)]].concat(), false),
            ("still within", [vec![fails(0); 9], vec![fails(24)]].concat(), true),
        ];
        for (what, calls, opens) in table {
            let (mut breaker, told) = after(&calls);
            assert_eq!(told.last() == Some(&Change::Opened), opens, "{what}");
            let last = at(calls.last().unwrap().0);
            assert_eq!(breaker.ask(last, &RULES) == Answer::Leave, opens, "{what}");
        }
    }

    #[test]
    fn one_call_tries_after_the_rest_and_decides_for_all() {
        let (mut breaker, _) = after(&[(0, false); 10]);
        assert_eq!(breaker.ask(at(29), &RULES), Answer::Leave);
        assert_eq!(breaker.ask(at(30), &RULES), Answer::Try);
        assert_eq!(breaker.ask(at(30), &RULES), Answer::Leave, "only one");
        assert_eq!(breaker.told(false, true, at(31), &RULES), Change::None, "it began before");
        assert_eq!(breaker.told(true, false, at(31), &RULES), Change::None);
        assert_eq!(breaker.ask(at(60), &RULES), Answer::Leave);
        assert_eq!(breaker.ask(at(61), &RULES), Answer::Try);
        assert_eq!(breaker.told(true, true, at(62), &RULES), Change::Closed);
        assert_eq!(breaker.ask(at(62), &RULES), Answer::Go);
        assert_eq!(breaker.told(false, false, at(62), &RULES), Change::None, "it counts from the beginning");
    }

    #[test]
    fn who_does_not_come_back_is_not_waited_for() {
        let (mut breaker, _) = after(&[(0, false); 10]);
        assert_eq!(breaker.ask(at(30), &RULES), Answer::Try);
        assert_eq!(breaker.ask(at(59), &RULES), Answer::Leave);
        assert_eq!(breaker.ask(at(60), &RULES), Answer::Try);
        breaker.not_tried(at(61));
        assert_eq!(breaker.ask(at(61), &RULES), Answer::Try);
    }

    #[test]
    fn it_can_be_switched_off() {
        let never = Breaking { percent: 101, ..RULES };
        let mut breaker = Breaker::default();
        for _ in 0..100 {
            assert_eq!(breaker.told(false, false, at(0), &never), Change::None);
        }
    }
}
