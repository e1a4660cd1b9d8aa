//! Seals tokens, secret answers and workspace secrets, so that what a store keeps is worthless without the key file.
//!
//! Every value is encrypted with AES-256-GCM-SIV (RFC 8452) under a key of its own, derived by HKDF-SHA256 (RFC 5869)
//! from the data key of its workspace and a random salt. Its [`Scope`] is associated data: a value copied to another
//! user, bot, component or purpose, or given a longer life, does not open. Data keys are wrapped by the master keys
//! of the key file, so a change of the master key touches one small record per workspace and no sealed value.

mod aead;
mod key;
mod key_file;
mod key_ring;
mod pseudonym;
mod scope;
mod sealed;

pub use key::{KeyId, KeyParseError, MasterKey, MasterKeys, NoKeyId};
pub use key_file::{KeyFile, KeyFileError};
pub use key_ring::{KeyRing, KeyRingError, RetireError, WrappedKey};
pub use pseudonym::{Pseudonym, Pseudonymizer};
pub use scope::{ContactKey, Purpose, Scope};
pub use sealed::{OpenError, SealError, Sealed};
