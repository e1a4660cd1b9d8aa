use std::fmt;
use std::str::FromStr;

use aws_lc_rs::rand;
use countersign_model::SecretText;
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::AccountsError;

/// The id of an account, a session, a key: 128 random bits, as 26 characters of `a-z2-7`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

/// A text that is no id, so there is nothing with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no id")]
pub struct NotAnId;

impl Id {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn random() -> Result<Self, AccountsError> {
        Ok(Self(base32(random::<16>()?.as_slice())))
    }
}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let fits = text.len() == 26 && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
        if fits { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
    }
}

impl TryFrom<String> for Id {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> String {
        id.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A token of 256 random bits, as 43 characters that can stand in a URL or a cookie.
pub(crate) fn token() -> Result<SecretText, AccountsError> {
    Ok(SecretText::new(BASE64URL_NOPAD.encode(random::<32>()?.as_slice())))
}

/// 256 random bits as 52 characters of `a-z2-7`: they are one word for who selects them with a double click.
pub(crate) fn token_for_people() -> Result<SecretText, AccountsError> {
    Ok(SecretText::new(base32(random::<32>()?.as_slice())))
}

/// Random bytes from the operating system, by way of the library.
pub(crate) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, AccountsError> {
    let mut bytes = Zeroizing::new([0; N]);
    rand::fill(bytes.as_mut_slice()).map_err(|_| AccountsError::Vault)?;
    Ok(bytes)
}

pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = BASE32_NOPAD.encode(bytes);
    text.make_ascii_lowercase();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_random_and_read_back() {
        let (one, two) = (Id::random().unwrap(), Id::random().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.as_str().parse(), Ok(one.clone()));
        for bad in ["", "a", "../../../../../../../../x/", &one.as_str().to_uppercase(), &format!("{one}/")] {
            assert_eq!(bad.parse::<Id>(), Err(NotAnId), "{bad}");
        }
    }

    #[test]
    fn tokens_have_256_bits() {
        assert_eq!(token().unwrap().len(), 43);
        assert_eq!(token_for_people().unwrap().len(), 52);
        assert_ne!(token().unwrap(), token().unwrap());
    }
}
