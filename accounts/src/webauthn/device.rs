//! A passkey in software, for tests: it makes what browsers and devices send, and can lie where a test wants it to.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use aws_lc_rs::{digest, rand};
use ciborium::Value as Cbor;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

pub(crate) enum Key {
    Es256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

/// One passkey on one device.
pub(crate) struct Device {
    pub(crate) key: Key,
    pub(crate) id: Vec<u8>,
    pub(crate) counter: u32,
    pub(crate) flags: u8,
    pub(crate) origin: String,
    pub(crate) relying_party: String,
    pub(crate) cross_origin: bool,
    pub(crate) user_handle: Option<Vec<u8>>,
    /// Put behind the authenticator data.
    pub(crate) surplus: Vec<u8>,
}

/// Present and verified.
pub(crate) const GOOD: u8 = 0b101;

impl Device {
    pub(crate) fn es256() -> Self {
        Self::with(Key::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap()))
    }

    pub(crate) fn ed25519() -> Self {
        Self::with(Key::Ed25519(Ed25519KeyPair::generate().unwrap()))
    }

    pub(crate) fn rs256() -> Self {
        Self::with(Key::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()))
    }

    fn with(key: Key) -> Self {
        let mut id = vec![0; 16];
        rand::fill(&mut id).unwrap();
        Self {
            key,
            id,
            counter: 0,
            flags: GOOD,
            origin: "https://bots.example.com".to_owned(),
            relying_party: "bots.example.com".to_owned(),
            cross_origin: false,
            user_handle: None,
            surplus: Vec::new(),
        }
    }

    /// What `navigator.credentials.create()` gives.
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        let handle = options["user"]["id"].as_str().unwrap_or_default();
        self.user_handle = Some(BASE64URL_NOPAD.decode(handle.as_bytes()).unwrap());
        self.create_for(options["challenge"].as_str().unwrap())
    }

    pub(crate) fn create_for(&self, challenge: &str) -> Value {
        let mut data = self.auth_data(self.flags | 1 << 6);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend_from_slice(&self.id);
        data.extend_from_slice(&self.cose());
        data.extend_from_slice(&self.surplus);
        let object = Cbor::Map(vec![
            (Cbor::from("fmt"), Cbor::from("none")),
            (Cbor::from("attStmt"), Cbor::Map(Vec::new())),
            (Cbor::from("authData"), Cbor::Bytes(data)),
        ]);
        json!({
            "id": BASE64URL_NOPAD.encode(&self.id),
            "rawId": BASE64URL_NOPAD.encode(&self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": BASE64URL_NOPAD.encode(&self.client_data("webauthn.create", challenge)),
                "attestationObject": BASE64URL_NOPAD.encode(&cbor(&object)),
                "transports": ["internal"],
            },
            "clientExtensionResults": {},
        })
    }

    /// What `navigator.credentials.get()` gives.
    pub(crate) fn get(&mut self, options: &Value) -> Value {
        if self.counter > 0 {
            self.counter += 1;
        }
        self.get_for(options["challenge"].as_str().unwrap())
    }

    pub(crate) fn get_for(&self, challenge: &str) -> Value {
        let client_data = self.client_data("webauthn.get", challenge);
        let mut data = self.auth_data(self.flags);
        data.extend_from_slice(&self.surplus);
        let mut signed = data.clone();
        signed.extend_from_slice(digest::digest(&digest::SHA256, &client_data).as_ref());
        json!({
            "id": BASE64URL_NOPAD.encode(&self.id),
            "rawId": BASE64URL_NOPAD.encode(&self.id),
            "type": "public-key",
            "response": {
                "clientDataJSON": BASE64URL_NOPAD.encode(&client_data),
                "authenticatorData": BASE64URL_NOPAD.encode(&data),
                "signature": BASE64URL_NOPAD.encode(&self.sign(&signed)),
                "userHandle": self.user_handle.as_deref().map(|handle| BASE64URL_NOPAD.encode(handle)),
            },
            "clientExtensionResults": {},
        })
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin })
            .to_string()
            .into_bytes()
    }

    fn auth_data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest::digest(&digest::SHA256, self.relying_party.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend_from_slice(&self.counter.to_be_bytes());
        data
    }

    pub(crate) fn cose(&self) -> Vec<u8> {
        let pair = |label: i64, value: Cbor| (Cbor::from(label), value);
        cbor(&Cbor::Map(match &self.key {
            Key::Es256(key) => {
                let point = key.public_key().as_ref();
                vec![
                    pair(1, 2.into()),
                    pair(3, (-7).into()),
                    pair(-1, 1.into()),
                    pair(-2, Cbor::Bytes(point[1..33].to_vec())),
                    pair(-3, Cbor::Bytes(point[33..].to_vec())),
                ]
            }
            Key::Ed25519(key) => vec![
                pair(1, 1.into()),
                pair(3, (-8).into()),
                pair(-1, 6.into()),
                pair(-2, Cbor::Bytes(key.public_key().as_ref().to_vec())),
            ],
            Key::Rs256(key) => vec![
                pair(1, 3.into()),
                pair(3, (-257).into()),
                pair(-1, Cbor::Bytes(key.public_key().modulus().big_endian_without_leading_zero().to_vec())),
                pair(-2, Cbor::Bytes(key.public_key().exponent().big_endian_without_leading_zero().to_vec())),
            ],
        }))
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.key {
            Key::Es256(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Key::Ed25519(key) => key.sign(message).as_ref().to_vec(),
            Key::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }
}

pub(crate) fn cbor(value: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}
