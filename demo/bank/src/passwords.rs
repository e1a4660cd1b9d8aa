use std::sync::{Arc, OnceLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use countersign_model::SecretText;
use tokio::sync::Semaphore;

use crate::people::{self, Person};

/// Verifies passwords and PINs, two at a time: a flood of logins must not eat all memory and every core.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
}

/// What somebody claims to know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Password,
    Pin,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        hashes();
        Self { turns: Arc::new(Semaphore::new(2)) }
    }

    /// The person, when the secret is theirs. An unknown name costs the same time as a wrong secret.
    pub(crate) async fn verify(&self, kind: Kind, name: &str, secret: SecretText) -> Option<&'static Person> {
        let known = match kind {
            Kind::Password => people::by_username(name),
            Kind::Pin => people::by_customer(name),
        };
        let hashes = hashes();
        let own = known.and_then(|person| hashes.of(person, kind));
        let hash = own.unwrap_or(&hashes.dummy);
        let turn = Arc::clone(&self.turns).acquire_owned().await.ok()?;
        let matches = tokio::task::spawn_blocking(move || {
            // Held in here: a caller who hangs up does not stop the work, so it must not free the place.
            let _turn = turn;
            hasher().verify_password(secret.expose().as_bytes(), hash).is_ok()
        });
        match matches.await {
            Ok(true) => own.and(known),
            _ => None,
        }
    }
}

struct Hashes {
    all: Vec<(&'static str, Kind, PasswordHash)>,
    dummy: PasswordHash,
}

impl Hashes {
    fn of(&self, person: &Person, kind: Kind) -> Option<&PasswordHash> {
        self.all.iter().find(|(name, of, _)| *name == person.username && *of == kind).map(|(_, _, hash)| hash)
    }
}

/// One table for all banks of a process: the passwords are fixed, and hashing is slow by design.
fn hashes() -> &'static Hashes {
    static HASHES: OnceLock<Hashes> = OnceLock::new();
    HASHES.get_or_init(|| {
        let mut all = Vec::new();
        for person in people::people() {
            if let Some(password) = person.password {
                all.push((person.username, Kind::Password, hash(password)));
            }
            if let Some(pin) = &person.pin {
                all.push((person.username, Kind::Pin, hash(pin.pin)));
            }
        }
        Hashes { all, dummy: hash(&crate::random::secret()) }
    })
}

fn hash(secret: &str) -> PasswordHash {
    hasher().hash_password(secret.as_bytes()).expect("the parameters are valid")
}

/// Real argon2id, with less memory than a real bank would give it: tests open many banks.
fn hasher() -> Argon2<'static> {
    let params = Params::new(4 * 1024, 1, 1, None).expect("the parameters are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everybody_gets_in_with_their_own_secret_only() {
        let passwords = Passwords::new();
        for person in people::people() {
            if let Some(password) = person.password {
                let found = passwords.verify(Kind::Password, person.username, password.into()).await;
                assert_eq!(found.map(|found| found.username), Some(person.username));
                assert!(passwords.verify(Kind::Password, "mallory", password.into()).await.is_none());
                assert!(
                    passwords
                        .verify(Kind::Password, person.username, password.trim_end().to_uppercase().into())
                        .await
                        .is_none()
                );
            }
            if let Some(pin) = &person.pin {
                let found = passwords.verify(Kind::Pin, pin.customer, pin.pin.into()).await;
                assert_eq!(found.map(|found| found.username), Some(person.username));
                assert!(passwords.verify(Kind::Password, person.username, pin.pin.into()).await.is_none());
            }
        }
        assert!(passwords.verify(Kind::Password, "dave", "".into()).await.is_none());
    }

    #[test]
    fn hashes_are_argon2id_with_their_own_salts() {
        let (one, two) = (hash("same").to_string(), hash("same").to_string());
        assert!(one.starts_with("$argon2id$v=19$m=4096,t=1,p=1$"), "{one}");
        assert_ne!(one, two);
    }
}
