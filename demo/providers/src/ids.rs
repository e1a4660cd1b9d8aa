use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest;

/// Makes the ids that providers give: never the same twice for one seed, and the same ones in the same order for the
/// same seed.
pub(crate) struct Mint {
    seed: u64,
    next: AtomicU64,
}

impl Mint {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, next: AtomicU64::new(1) }
    }

    /// A number that counts up.
    pub(crate) fn count(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Lower-case hexadecimal digits, at most 64.
    pub(crate) fn hex(&self, digits: usize) -> String {
        let text = format!("{}/{}", self.seed, self.count());
        let mut hex = hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
        hex.truncate(digits);
        hex
    }

    /// In the form of a UUID.
    pub(crate) fn uuid(&self) -> String {
        let hex = self.hex(32);
        format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
    }
}

/// A number with exactly so many decimal digits (at most 18) that is always the same for the same text.
pub(crate) fn number_of(text: &str, digits: u32) -> u64 {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let start = hash.as_ref().iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let floor = 10_u64.pow(digits.saturating_sub(1));
    floor + start % (floor * 9)
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_tells_every_id() {
        let (one, same, other) = (Mint::new(7), Mint::new(7), Mint::new(8));
        let first = one.uuid();
        assert_eq!(first, same.uuid());
        assert_ne!(first, other.uuid());
        assert_ne!(first, one.uuid());
        assert_eq!(first.len(), 36);
    }

    #[test]
    fn a_text_has_its_number() {
        assert_eq!(number_of("alice", 10), number_of("alice", 10));
        assert_ne!(number_of("alice", 10), number_of("bob", 10));
        for name in ["a", "b", "", "+15550100"] {
            assert_eq!(number_of(name, 16).to_string().len(), 16, "{name}");
        }
    }
}
