use std::fmt;

use aws_lc_rs::hmac;
use countersign_model::Name;

use crate::key::MasterKey;
use crate::scope::text;
use crate::sealed::SealError;

/// Turns account names, phone numbers and the like into values that can be counted and looked up but not turned back:
/// HMAC-SHA256 under a key of its own. A bare hash of a phone number is found by trying all of them; this is not.
#[derive(Clone)]
pub struct Pseudonymizer(hmac::Key);

/// What a [`Pseudonymizer`] makes: 32 bytes, shown as hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym([u8; 32]);

impl Pseudonymizer {
    pub(crate) fn of(master: &MasterKey) -> Result<Self, SealError> {
        let key = master.derive(b"pseudonyms 1")?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, key.as_slice())))
    }

    /// The pseudonym of `parts` for one purpose of one workspace. It is the same each time; for another workspace,
    /// purpose or division into parts it is another.
    pub fn pseudonym(&self, workspace: &Name, purpose: &str, parts: &[&str]) -> Pseudonym {
        let mut input = Vec::with_capacity(64);
        text(&mut input, workspace.as_str());
        text(&mut input, purpose);
        for part in parts {
            text(&mut input, part);
        }
        let tag = hmac::sign(&self.0, &input);
        zeroize::Zeroize::zeroize(&mut input);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(tag.as_ref());
        Pseudonym(bytes)
    }
}

/// Shows nothing of the key.
impl fmt::Debug for Pseudonymizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonymizer")
    }
}

impl Pseudonym {
    /// What a store keeps.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_stable_and_keeps_everything_apart() {
        let key = MasterKey::generate().unwrap();
        let other = MasterKey::generate().unwrap();
        let (a, b): (Name, Name) = ("a".parse().unwrap(), "b".parse().unwrap());
        let make = Pseudonymizer::of(&key).unwrap();
        let one = make.pseudonym(&a, "account", &["ada", "x"]);
        assert_eq!(one, Pseudonymizer::of(&key).unwrap().pseudonym(&a, "account", &["ada", "x"]));
        assert_ne!(one, make.pseudonym(&b, "account", &["ada", "x"]));
        assert_ne!(one, make.pseudonym(&a, "contact", &["ada", "x"]));
        assert_ne!(one, make.pseudonym(&a, "account", &["adax"]));
        assert_ne!(one, make.pseudonym(&a, "account", &["ad", "ax"]));
        assert_ne!(one, Pseudonymizer::of(&other).unwrap().pseudonym(&a, "account", &["ada", "x"]));
        assert_eq!(one.to_string().len(), 64);
        assert!(format!("{make:?}").eq("Pseudonymizer"));
    }
}
