use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// Text that must not be seen: a password, a token, a workspace secret, or any inbound text as long as nobody
/// knows whether it is one.
///
/// It has no `Display`, no `Serialize` and an opaque `Debug`; the memory is overwritten when it is dropped.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes ownership of the text; the caller keeps no copy.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Every call of this is a place to review: the result may go into an outgoing request or
    /// into the vault, nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Turns the text into an ordinary one, when it has become known that it is none of anybody's secrets (the
    /// answer to a question that is not secret).
    pub fn into_public(mut self) -> String {
        std::mem::take(&mut *self.0)
    }

    /// A second copy. Explicit, because every copy is one more to protect.
    pub fn duplicate(&self) -> Self {
        Self(Zeroizing::new(self.0.to_string()))
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Overwrites the text now.
    pub fn wipe(&mut self) {
        self.0.zeroize();
    }
}

impl From<&str> for SecretText {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

/// Equality takes the same time wherever the texts differ.
impl PartialEq for SecretText {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.0.as_bytes(), other.0.as_bytes());
        if a.len() != b.len() {
            return false;
        }
        let difference = a.iter().zip(b).fold(0u8, |sum, (x, y)| sum | (x ^ y));
        std::hint::black_box(difference) == 0
    }
}

impl Eq for SecretText {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", SecretText::from("hunter2")), "•••");
        assert_eq!(format!("{:#?}", Some(SecretText::from("hunter2"))), "Some(\n    •••,\n)");
    }

    #[test]
    fn equality_compares_content() {
        assert_eq!(SecretText::from("a"), SecretText::from("a"));
        assert_ne!(SecretText::from("a"), SecretText::from("b"));
        assert_ne!(SecretText::from("a"), SecretText::from("ab"));
    }
}
