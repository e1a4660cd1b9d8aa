//! Keyed hashes over bytes, compared in constant time.

use aws_lc_rs::{constant_time, hmac};
use countersign_model::SecretText;

/// A key made once from a secret, for every webhook that comes.
pub(crate) fn hmac_sha256_key(secret: &SecretText) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes())
}

/// Whether `given` (hexadecimal, in either case) is the HMAC-SHA256 of `bytes` under one of the keys. More than one
/// lets an operator change a secret without losing a webhook.
pub(crate) fn is_hmac_sha256_hex(keys: &[hmac::Key], bytes: &[u8], given: &str) -> bool {
    let Some(given) = from_hex(given) else { return false };
    any(keys, |key| hmac::verify(key, bytes, &given).is_ok())
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

/// Looks at every key, whichever fits.
fn any<K>(keys: &[K], fits: impl Fn(&K) -> bool) -> bool {
    keys.iter().fold(false, |found, key| fits(key) | found)
}

/// Bytes of hexadecimal digits; `None` when it is something else.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = text.as_bytes().chunks_exact(2);
    pairs.map(|pair| u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vector_of_the_scheme_fits_and_nothing_else() {
        // docs.github.com, "Validating webhook deliveries": the same scheme as Meta's, which publishes none.
        let key = |secret: &str| hmac_sha256_key(&SecretText::from(secret));
        let secrets = [key("It's a Secret to Everybody")];
        let given = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert!(is_hmac_sha256_hex(&secrets, b"Hello, World!", given));
        assert!(is_hmac_sha256_hex(&secrets, b"Hello, World!", &given.to_uppercase()));
        assert!(!is_hmac_sha256_hex(&secrets, b"Hello, World?", given));
        assert!(!is_hmac_sha256_hex(&[key("another")], b"Hello, World!", given));
        assert!(!is_hmac_sha256_hex(&[], b"Hello, World!", given));
        for broken in ["", "7", "zz", &given[1..], &given[..62], &format!("{given}00")] {
            assert!(!is_hmac_sha256_hex(&secrets, b"Hello, World!", broken), "{broken}");
        }
        let rotated = [key("new"), key("It's a Secret to Everybody")];
        assert!(is_hmac_sha256_hex(&rotated, b"Hello, World!", given));
    }
}
