//! The chain of the audit log: each line holds a hash over itself and the hash of the line before, so that nobody can
//! remove, change or reorder lines unseen.
//!
//! Each workspace has a chain of its own, and the server has one. The hash of a line is SHA-256 over these, one after
//! another: the text `countersign audit line 1`; the hash of the line before, 32 bytes of 0 for the first line; the
//! number of the line; its workspace, its moment in microseconds, actor, address, action, object, whether it was
//! allowed, and the detail. Numbers have 8 bytes, the highest first. A text has its length in bytes as a number before
//! it. What may be missing has one byte before it: 0 when it is missing, else 1. So no two lines are the same bytes.
//!
//! A chain cannot show that its newest lines were cut off, nor that somebody with the whole file has made all of it
//! anew. Whoever wants to see that too writes down the number and the hash of the newest line elsewhere, for example in
//! the log of the server, and compares.

use aws_lc_rs::digest::{Context, SHA256};
use countersign_model::Name;

use crate::console::{AuditEntry, AuditLine};

/// The hash of the line of that number, after the line with the hash `before`; 32 bytes of 0 before the first.
pub fn audit_hash(before: &[u8; 32], number: u64, entry: &AuditEntry) -> [u8; 32] {
    let AuditEntry { workspace, at, actor, ip, action, object, allowed, detail } = entry;
    let mut hash = Context::new(&SHA256);
    hash.update(b"countersign audit line 1");
    hash.update(before);
    hash.update(&number.to_be_bytes());
    maybe(&mut hash, workspace.as_ref().map(Name::as_str));
    hash.update(&at.as_micros().to_be_bytes());
    text(&mut hash, actor);
    maybe(&mut hash, ip.as_deref());
    text(&mut hash, action);
    text(&mut hash, object);
    hash.update(&[u8::from(*allowed)]);
    text(&mut hash, detail);
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(hash.finish().as_ref()).for_each(|(byte, hashed)| *byte = *hashed);
    bytes
}

/// Checks a whole chain, its lines newest first, as [`crate::Records::audit`] gives them. Gives how many there are.
///
/// # Errors
/// [`AuditBroken`].
pub fn check_audit<'l>(newest_first: impl IntoIterator<Item = &'l AuditLine>) -> Result<u64, AuditBroken> {
    let mut check = AuditCheck::default();
    newest_first.into_iter().try_for_each(|line| check.line(line))?;
    check.finish()
}

/// Checks a chain piece by piece, its lines newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditCheck {
    lines: u64,
    /// The line whose hash is not checked yet.
    later: Option<AuditLine>,
}

impl AuditCheck {
    /// Takes the next older line.
    ///
    /// # Errors
    /// [`AuditBroken`] when the line before this one was checked and is not what was written.
    pub fn line(&mut self, line: &AuditLine) -> Result<(), AuditBroken> {
        if let Some(later) = self.later.replace(line.clone()) {
            let follows = line.number.checked_add(1) == Some(later.number)
                && line.entry.workspace == later.entry.workspace
                && audit_hash(&line.hash, later.number, &later.entry) == later.hash;
            if !follows {
                return Err(AuditBroken { number: later.number });
            }
        }
        self.lines += 1;
        Ok(())
    }

    /// Says that no older line is there. Gives how many there were.
    ///
    /// # Errors
    /// [`AuditBroken`].
    pub fn finish(self) -> Result<u64, AuditBroken> {
        match self.later {
            Some(first) if first.number != 1 || audit_hash(&[0; 32], 1, &first.entry) != first.hash => {
                Err(AuditBroken { number: first.number })
            }
            _ => Ok(self.lines),
        }
    }
}

/// Where a chain does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the audit log does not hold together at line {number}: that line or the one before it was changed, moved or \
     removed; compare it with a backup"
)]
pub struct AuditBroken {
    /// The newest line that does not follow from the one before it.
    pub number: u64,
}

fn text(hash: &mut Context, text: &str) {
    hash.update(&(text.len() as u64).to_be_bytes());
    hash.update(text.as_bytes());
}

fn maybe(hash: &mut Context, value: Option<&str>) {
    hash.update(&[u8::from(value.is_some())]);
    value.into_iter().for_each(|value| text(hash, value));
}

#[cfg(test)]
mod tests {
    use countersign_model::Timestamp;

    use super::*;

    fn entry(action: &str) -> AuditEntry {
        AuditEntry {
            workspace: Some("acme".parse().unwrap()),
            at: Timestamp::from_secs(7),
            actor: "ada".into(),
            ip: None,
            action: action.into(),
            object: "bot/a".into(),
            allowed: true,
            detail: "{}".into(),
        }
    }

    /// Newest first.
    fn chain(lines: u64) -> Vec<AuditLine> {
        let mut before = [0; 32];
        let mut chain: Vec<_> = (1..=lines)
            .map(|number| {
                let entry = entry(&format!("action {number}"));
                before = audit_hash(&before, number, &entry);
                AuditLine { number, entry, hash: before }
            })
            .collect();
        chain.reverse();
        chain
    }

    #[test]
    fn a_chain_that_nobody_touched_holds() {
        assert_eq!(check_audit(&[]), Ok(0));
        assert_eq!(check_audit(&chain(1)), Ok(1));
        assert_eq!(check_audit(&chain(9)), Ok(9));
    }

    #[test]
    fn lines_that_were_removed_or_moved_are_found() {
        for gone in 1..9 {
            let mut lines = chain(9);
            lines.remove(gone);
            let number = if gone == 8 { 2 } else { 10 - gone as u64 };
            assert_eq!(check_audit(&lines), Err(AuditBroken { number }), "without line {}", 9 - gone);
        }
        for moved in 0..8 {
            let mut lines = chain(9);
            lines.swap(moved, moved + 1);
            assert!(check_audit(&lines).is_err(), "{moved}");
            // Numbers given anew do not help.
            let numbers = (1..=9).rev();
            lines.iter_mut().zip(numbers).for_each(|(line, number)| line.number = number);
            assert!(check_audit(&lines).is_err(), "{moved}");
        }
        let mut twice = chain(3);
        twice.insert(1, twice[0].clone());
        assert_eq!(check_audit(&twice), Err(AuditBroken { number: 3 }));
    }

    #[test]
    fn a_line_that_was_changed_is_found() {
        let changes: [fn(&mut AuditEntry); 9] = [
            |entry| entry.workspace = None,
            |entry| entry.at = Timestamp::from_micros(7_000_001),
            |entry| entry.actor = "bob".into(),
            |entry| entry.ip = Some(String::new()),
            |entry| entry.action.push('x'),
            |entry| entry.object.clear(),
            |entry| entry.allowed = false,
            |entry| entry.detail = "{ }".into(),
            // The same letters, one field further.
            |entry| (entry.actor, entry.action) = ("adaa".into(), entry.action.replacen('a', "", 1)),
        ];
        for (n, change) in changes.into_iter().enumerate() {
            for at in [0, 1, 2] {
                let mut lines = chain(3);
                change(&mut lines[at].entry);
                assert!(check_audit(&lines).is_err(), "change {n} of {at}");
            }
        }
        let mut lines = chain(3);
        lines[1].hash[31] ^= 1;
        assert_eq!(check_audit(&lines), Err(AuditBroken { number: 3 }));
    }

    #[test]
    fn the_form_does_not_change() {
        let hash = audit_hash(&[0; 32], 1, &entry("bot.publish"));
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "360dceb1b7aa87be688a5158f1eb8fb01483b9b26eed6bdc5a4abde01af5bd84");
    }
}
