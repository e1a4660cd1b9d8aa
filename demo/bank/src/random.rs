use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Random bytes from the operating system.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A name that cannot be guessed: 128 random bits.
pub(crate) fn id() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<16>())
}

/// A secret that cannot be guessed: 256 random bits.
pub(crate) fn secret() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// A code as phones receive them.
pub(crate) fn six_digits() -> String {
    format!("{:06}", u64::from_le_bytes(bytes()) % 1_000_000)
}

/// 25 digits, the first not a zero: more than any machine number holds.
pub(crate) fn long_number() -> String {
    let first = char::from(b'1' + bytes::<1>()[0] % 9);
    std::iter::once(first).chain(bytes::<24>().map(|byte| char::from(b'0' + byte % 10))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_numbers_have_their_length() {
        for _ in 0..200 {
            let code = six_digits();
            assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");
            let number = long_number();
            assert!(number.len() == 25 && !number.starts_with('0'), "{number}");
            assert!(number.bytes().all(|digit| digit.is_ascii_digit()), "{number}");
        }
        assert_ne!(secret(), secret());
        assert_ne!(id(), id());
    }
}
