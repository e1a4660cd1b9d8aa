use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use ciborium::Value;

use super::NotAccepted;

/// A public key, as COSE (RFC 9052 and RFC 9053; RFC 8230 for RSA) writes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// Uncompressed point of P-256.
    Es256([u8; 65]),
    Ed25519([u8; 32]),
    Rs256 {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
}

/// How deep CBOR of a browser may be nested.
const DEEPEST: usize = 16;

impl PublicKey {
    pub(super) fn parse(cose: &[u8]) -> Result<Self, NotAccepted> {
        let map = read_all(cose)?.into_map().map_err(|_| NotAccepted::Key)?;
        let value = |label: i64| {
            let found = map.iter().find(|(key, _)| key.as_integer() == Some(label.into()));
            found.map(|(_, value)| value)
        };
        let number =
            |label| value(label).and_then(Value::as_integer).and_then(|number| i64::try_from(number).ok());
        let bytes = |label| value(label).and_then(Value::as_bytes).map(Vec::as_slice).ok_or(NotAccepted::Key);
        match (number(1), number(3)) {
            // EC2, ES256; the curve is P-256.
            (Some(2), Some(-7)) if number(-1) == Some(1) => {
                let (x, y): ([u8; 32], [u8; 32]) = (sized(bytes(-2)?)?, sized(bytes(-3)?)?);
                let mut point = [4; 65];
                point[1..33].copy_from_slice(&x);
                point[33..].copy_from_slice(&y);
                Ok(Self::Es256(point))
            }
            // OKP, EdDSA; the curve is Ed25519.
            (Some(1), Some(-8)) if number(-1) == Some(6) => Ok(Self::Ed25519(sized(bytes(-2)?)?)),
            // RSA, RS256. The library refuses keys below 2,048 bits.
            (Some(3), Some(-257)) => {
                Ok(Self::Rs256 { modulus: bytes(-1)?.to_vec(), exponent: bytes(-2)?.to_vec() })
            }
            (Some(_), Some(_)) => Err(NotAccepted::Algorithm),
            _ => Err(NotAccepted::Key),
        }
    }

    pub(super) fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), NotAccepted> {
        let verified = match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(signed, signature)
            }
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(signed, signature),
            Self::Rs256 { modulus: n, exponent: e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
        };
        verified.map_err(|_| NotAccepted::Signature)
    }
}

/// One value, with nothing behind it.
pub(super) fn read_all(bytes: &[u8]) -> Result<Value, NotAccepted> {
    let mut rest = bytes;
    let value = read_one(&mut rest)?;
    if rest.is_empty() { Ok(value) } else { Err(NotAccepted::Form) }
}

/// The first value; `rest` begins behind it afterwards.
pub(super) fn read_one(rest: &mut &[u8]) -> Result<Value, NotAccepted> {
    ciborium::de::from_reader_with_recursion_limit(rest, DEEPEST).map_err(|_| NotAccepted::Form)
}

fn sized<const N: usize>(bytes: &[u8]) -> Result<[u8; N], NotAccepted> {
    bytes.try_into().map_err(|_| NotAccepted::Key)
}
