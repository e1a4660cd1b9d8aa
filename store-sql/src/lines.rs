//! Turns of a transcript as bytes: for each its time in milliseconds and its lines, one after another.

use countersign_model::Timestamp;
use countersign_store::{Line, TranscriptRow};

use crate::code::millis;
use crate::error::Failure;

const DAMAGED: Failure = Failure::Damaged("turns");

/// Turns that are kept together have at most so many bytes, unless one alone has more.
const MOST: usize = 512;
/// Turns that are kept together lie at most so far apart, so that they get old together.
const HOUR: i64 = 3600 * 1000;

/// Some turns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Turns {
    bytes: Vec<u8>,
    /// How many lines they have.
    pub(crate) lines: u64,
    /// The times of the first and the last.
    span: Option<(i64, i64)>,
}

impl Turns {
    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Result<Self, Failure> {
        let mut turns = Self::default();
        each(&bytes, |at, lines| {
            turns.lines += lines.len() as u64;
            turns.span = Some((turns.span.map_or(at, |(first, _)| first), at));
        })?;
        Ok(Self { bytes, ..turns })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// When the last of them was, in milliseconds.
    pub(crate) fn last_at(&self) -> i64 {
        self.span.map_or(0, |(_, last)| last)
    }

    /// Adds a turn. Gives the turns before it when they are to be kept apart from now on.
    pub(crate) fn push(&mut self, now: Timestamp, lines: &[Line]) -> Result<Option<Self>, Failure> {
        let at = millis(now);
        let turn = postcard::to_stdvec(&(at, lines)).map_err(|_| Failure::Refused(0))?;
        let apart = self.span.is_some_and(|(first, _)| {
            self.bytes.len() + turn.len() > MOST || at.saturating_sub(first).saturating_abs() > HOUR
        });
        let before = apart.then(|| std::mem::take(self));
        self.bytes.extend_from_slice(&turn);
        self.lines += lines.len() as u64;
        self.span = Some((self.span.map_or(at, |(first, _)| first), at));
        Ok(before)
    }

    /// Removes the turns until then. Gives how many lines they had.
    pub(crate) fn remove_until(&mut self, until: Timestamp) -> Result<u64, Failure> {
        let before = self.lines;
        let mut left = Self::default();
        let until = millis(until);
        let mut failed = Ok(());
        each(&self.bytes, |at, lines| {
            if at > until {
                let turn = postcard::to_stdvec(&(at, &lines)).map_err(|_| Failure::Refused(0));
                failed = failed.and(turn.map(|turn| left.bytes.extend_from_slice(&turn)));
                left.lines += lines.len() as u64;
                left.span = Some((left.span.map_or(at, |(first, _)| first), at));
            }
        })?;
        failed?;
        *self = left;
        Ok(before - self.lines)
    }

    /// Whether one of them was until then.
    pub(crate) fn has_until(&self, until: Timestamp) -> bool {
        self.span.is_some_and(|(first, _)| first <= millis(until))
    }

    /// The lines with their times.
    pub(crate) fn rows(&self) -> Result<Vec<TranscriptRow>, Failure> {
        let mut rows = Vec::new();
        each(&self.bytes, |at, lines| {
            let at = Timestamp::from_micros(at.saturating_mul(1_000));
            rows.extend(lines.into_iter().map(|line| TranscriptRow { at, line }));
        })?;
        Ok(rows)
    }
}

fn each(mut bytes: &[u8], mut turn: impl FnMut(i64, Vec<Line>)) -> Result<(), Failure> {
    while !bytes.is_empty() {
        let ((at, lines), rest) = postcard::take_from_bytes(bytes).map_err(|_| DAMAGED)?;
        turn(at, lines);
        bytes = rest;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use countersign_model::OutMessage;

    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_000_000 + secs)
    }

    #[test]
    fn turns_come_back_from_their_bytes() {
        let mut turns = Turns::default();
        let first = [Line::Secret, Line::Bot(OutMessage::Text("Hello".into()))];
        assert_eq!(turns.push(at(0), &first).unwrap(), None);
        assert_eq!(turns.push(at(1), &[Line::User("hi".into())]).unwrap(), None);
        let again = Turns::from_bytes(turns.as_bytes().to_vec()).unwrap();
        assert_eq!((&again, again.lines), (&turns, 3));
        let rows = again.rows().unwrap();
        assert_eq!((rows.len(), rows[0].at, rows[2].at, &rows[1].line), (3, at(0), at(1), &first[1]));
        let half = turns.as_bytes()[..turns.as_bytes().len() - 1].to_vec();
        assert_eq!(Turns::from_bytes(half), Err(DAMAGED));
    }

    #[test]
    fn turns_are_kept_apart_when_they_are_many_or_far_between() {
        let mut turns = Turns::default();
        let long = [Line::User("x".repeat(300))];
        assert_eq!(turns.push(at(0), &long).unwrap(), None);
        let before = turns.push(at(1), &long).unwrap().unwrap();
        assert_eq!((before.lines, turns.lines), (1, 1));
        let before = turns.push(at(90_000), &[Line::Secret]).unwrap().unwrap();
        assert_eq!((before.rows().unwrap()[0].at, turns.rows().unwrap()[0].at), (at(1), at(90_000)));
    }

    #[test]
    fn old_turns_are_removed() {
        let mut turns = Turns::default();
        turns.push(at(0), &[Line::Secret, Line::HungUp]).unwrap();
        turns.push(at(5), &[Line::Secret]).unwrap();
        assert!(turns.has_until(at(0)) && !turns.has_until(at(-1)));
        assert_eq!(turns.remove_until(at(4)).unwrap(), 2);
        assert_eq!((turns.lines, turns.rows().unwrap().len()), (1, 1));
        assert_eq!(turns.remove_until(at(5)).unwrap(), 1);
        assert_eq!(turns, Turns::default());
    }
}
