use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::{hkdf, rand};
use zeroize::{Zeroize, Zeroizing};

/// Length of every key, in bytes.
pub(crate) const KEY_LEN: usize = 32;
/// Length of the nonce of AES-GCM-SIV, in bytes.
pub(crate) const NONCE_LEN: usize = 12;
/// Length of the tag of AES-GCM-SIV, in bytes.
pub(crate) const TAG_LEN: usize = 16;

/// A key that is overwritten when it is dropped.
pub(crate) type Key = Zeroizing<[u8; KEY_LEN]>;

/// Random bytes from the operating system, by way of the library.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Unspecified> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes)?;
    Ok(bytes)
}

/// HKDF-SHA256 (RFC 5869). `info` keeps the uses of one key apart.
pub(crate) fn derive(key: &[u8; KEY_LEN], salt: &[u8], info: &[u8]) -> Result<Key, Unspecified> {
    let mut derived = Key::default();
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(key)
        .expand(&[info], hkdf::HKDF_SHA256)?
        .fill(derived.as_mut_slice())?;
    Ok(derived)
}

/// Appends ciphertext and tag to `out`.
pub(crate) fn encrypt(
    key: &Key,
    nonce: [u8; NONCE_LEN],
    associated: &[u8],
    plain: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Unspecified> {
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, key.as_slice())?);
    // All the space first: a buffer that grows while it holds the plain text leaves a copy behind.
    out.reserve_exact(plain.len() + TAG_LEN);
    let start = out.len();
    out.extend_from_slice(plain);
    let nonce = Nonce::assume_unique_for_key(nonce);
    match cipher.seal_in_place_separate_tag(nonce, Aad::from(associated), &mut out[start..]) {
        Ok(tag) => {
            out.extend_from_slice(tag.as_ref());
            Ok(())
        }
        Err(error) => {
            out.zeroize();
            Err(error)
        }
    }
}

/// The plain text of ciphertext and tag, when key, nonce and associated data are those of [`encrypt`].
pub(crate) fn decrypt(
    key: &Key,
    nonce: [u8; NONCE_LEN],
    associated: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, key.as_slice())?);
    let mut buffer = Zeroizing::new(sealed.to_vec());
    let nonce = Nonce::assume_unique_for_key(nonce);
    let len = cipher.open_in_place(nonce, Aad::from(associated), &mut buffer)?.len();
    buffer.truncate(len);
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
    }

    /// RFC 8452, appendix C.2: key, nonce, associated data, plain text, result.
    const VECTORS: [(&str, &str, &str, &str, &str); 5] = [
        (KEY, NONCE, "", "", "07f5f4169bbf55a8400cd47ea6fd400f"),
        (KEY, NONCE, "", "0100000000000000", "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28"),
        (
            KEY,
            NONCE,
            "",
            "010000000000000000000000",
            "9aab2aeb3faa0a34aea8e2b18ca50da9ae6559e48fd10f6e5c9ca17e",
        ),
        (
            KEY,
            NONCE,
            "",
            "01000000000000000000000000000000",
            "85a01b63025ba19b7fd3ddfc033b3e76c9eac6fa700942702e90862383c6c366",
        ),
        (KEY, NONCE, "01", "0200000000000000", "1de22967237a813291213f267e3b452f02d01ae33e4ec854"),
    ];
    const KEY: &str = "0100000000000000000000000000000000000000000000000000000000000000";
    const NONCE: &str = "030000000000000000000000";

    #[test]
    fn gives_the_results_of_rfc_8452() {
        for (key, nonce, associated, plain, result) in VECTORS {
            let key = Key::new(hex(key).try_into().unwrap());
            let nonce: [u8; NONCE_LEN] = hex(nonce).try_into().unwrap();
            let mut out = Vec::new();
            encrypt(&key, nonce, &hex(associated), &hex(plain), &mut out).unwrap();
            assert_eq!(out, hex(result), "plain text {plain}");
            assert_eq!(*decrypt(&key, nonce, &hex(associated), &out).unwrap(), hex(plain));
            assert!(decrypt(&key, nonce, b"other", &out).is_err());
        }
    }

    /// RFC 5869, appendix A.1, with the output that a 32-byte key takes of it.
    #[test]
    fn derives_as_rfc_5869_says() {
        let salt = hex("000102030405060708090a0b0c");
        let info = hex("f0f1f2f3f4f5f6f7f8f9");
        let mut out = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, &salt)
            .extract(&[0x0b; 22])
            .expand(&[&info], hkdf::HKDF_SHA256)
            .unwrap()
            .fill(&mut out)
            .unwrap();
        assert_eq!(out.to_vec(), hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
        assert_ne!(derive(&[1; 32], b"a", b"x").unwrap(), derive(&[1; 32], b"a", b"y").unwrap());
        assert_ne!(derive(&[1; 32], b"a", b"x").unwrap(), derive(&[1; 32], b"b", b"x").unwrap());
    }
}
