//! Passwords: what they must be, and how they are kept and verified (SECURITY §3.10; NIST SP 800-63B-4 §3.1.1).

mod common;

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use countersign_model::SecretText;
use tokio::sync::Semaphore;

use crate::error::{AccountsError, FieldError};
use crate::id;

/// Shortest password, in characters.
pub const SHORTEST: usize = 15;
/// Shortest password of an account that has a second factor, in characters.
pub const SHORTEST_WITH_SECOND_FACTOR: usize = 8;
/// Longest password, in characters.
pub const LONGEST: usize = 256;
/// What argon2id needs for one password, in KiB: 46 MiB (OWASP ASVS 5.0, appendix C).
pub const MEMORY_KIB: u32 = 46 * 1024;

/// Hashes and verifies, two at a time: a flood of sign-ins must not eat all memory and every core.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    memory_kib: u32,
}

impl Passwords {
    pub(crate) fn new(memory_kib: u32) -> Self {
        Self { turns: Arc::new(Semaphore::new(2)), memory_kib }
    }

    /// A hash to keep, as PHC string.
    pub(crate) async fn hash(&self, password: &SecretText) -> Result<String, AccountsError> {
        let salt = id::random::<16>()?;
        let memory_kib = self.memory_kib;
        self.in_turn(password.duplicate(), move |password| {
            let hash =
                hasher(memory_kib)?.hash_password_with_salt(password.expose().as_bytes(), salt.as_slice());
            Ok(hash.map_err(|_| AccountsError::Vault)?.to_string())
        })
        .await?
    }

    /// Whether this is the password, exactly as received: nothing is trimmed or normalised. Without a hash it is not, after
    /// the same time.
    pub(crate) async fn verify(
        &self,
        hash: Option<&str>,
        password: &SecretText,
    ) -> Result<bool, AccountsError> {
        // Longer than any that was accepted: it is not the one, and need not be hashed as a whole.
        let password = if too_long(password) { SecretText::from("") } else { password.duplicate() };
        let memory_kib = self.memory_kib;
        let Some(hash) = hash.map(str::to_owned) else {
            // A hash that nobody looks at costs what a look at one costs.
            self.hash(&password).await?;
            return Ok(false);
        };
        let right = self
            .in_turn(password, move |password| {
                let hash = PasswordHash::new(&hash).map_err(|_| AccountsError::Damaged("account"))?;
                Ok::<_, AccountsError>(
                    hasher(memory_kib)?.verify_password(password.expose().as_bytes(), &hash).is_ok(),
                )
            })
            .await??;
        Ok(right)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        password: SecretText,
        work: impl FnOnce(SecretText) -> T + Send + 'static,
    ) -> Result<T, AccountsError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| AccountsError::Vault)?;
        let done = tokio::task::spawn_blocking(move || {
            // Held in here: a caller who hangs up does not stop the work, so it must not free the place.
            let _turn = turn;
            work(password)
        });
        done.await.map_err(|_| AccountsError::Vault)
    }
}

/// What is wrong with a new password, if anything. `names` are those of the person: they are the first that is tried.
pub(crate) fn complaint(
    password: &SecretText,
    second_factor: bool,
    names: &[&str],
    pointer: &'static str,
) -> Option<FieldError> {
    let text = password.expose();
    let shortest = if second_factor { SHORTEST_WITH_SECOND_FACTOR } else { SHORTEST };
    let say = |code, message: String| Some(FieldError { pointer, code, message });
    if text.chars().count() < shortest {
        let message = if second_factor {
            format!("a password has at least {shortest} characters; three or four words are easy to remember")
        } else {
            format!(
                "a password has at least {shortest} characters, or {SHORTEST_WITH_SECOND_FACTOR} with a second factor; \
                 three or four words are easy to remember"
            )
        };
        return say("too_short", message);
    }
    if too_long(password) {
        return say("too_long", format!("a password has at most {LONGEST} characters"));
    }
    if common::is_common(text) {
        return say(
            "too_common",
            "this is one of the passwords that are tried first; choose one that nobody else has".to_owned(),
        );
    }
    if names.iter().any(|name| is_name(text, name)) {
        return say("is_name", "the password cannot be your name or your e-mail address".to_owned());
    }
    None
}

/// Whether it would be too short without a second factor.
pub(crate) fn is_short(password: &SecretText) -> bool {
    password.expose().chars().count() < SHORTEST
}

fn too_long(password: &SecretText) -> bool {
    password.expose().chars().count() > LONGEST
}

/// Whether the password is that name, the part of an address before the `@`, or either without blanks.
fn is_name(password: &str, name: &str) -> bool {
    let plain = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let password = plain(password);
    let local = name.split_once('@').map_or(name, |(local, _)| local);
    !password.is_empty() && (password == plain(name) || password == plain(local))
}

fn hasher(memory_kib: u32) -> Result<Argon2<'static>, AccountsError> {
    let params = Params::new(memory_kib, 1, 1, None).map_err(|_| AccountsError::Vault)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str, second_factor: bool) -> Option<&'static str> {
        let names = ["Ada Lovelace of London", "ada.lovelace.king@example.com"];
        complaint(&password.into(), second_factor, &names, "/password").map(|field| field.code)
    }

    #[test]
    fn what_a_password_must_be() {
        assert_eq!(code("correct horse battery", false), None);
        assert_eq!(code("14 characters.", false), Some("too_short"));
        assert_eq!(code("14 characters.", true), None);
        assert_eq!(code("7 chars", true), Some("too_short"));
        assert_eq!(code(&format!("wß{}", "correct horse ".repeat(18)), false), None);
        assert_eq!(code(&format!("wß{}+++", "correct horse ".repeat(18)), false), Some("too_long"));
        assert_eq!(code(&"ß".repeat(257), false), Some("too_long"));
        assert_eq!(code("Password1", true), Some("too_common"));
        assert_eq!(code("adalovelaceoflondon", false), Some("is_name"));
        assert_eq!(code("Ada.Lovelace.King@Example.com", false), Some("is_name"));
        assert_eq!(code("ada-lovelace-king", false), Some("is_name"));
        // Length counts in characters, not in bytes.
        assert_eq!(code("ßßßßßßßß", false), Some("too_short"));
    }

    #[test]
    fn it_says_what_to_do() {
        let field = complaint(&"short".into(), false, &[], "/password").unwrap();
        assert_eq!(
            field.message,
            "a password has at least 15 characters, or 8 with a second factor; three or four words are easy to remember"
        );
        assert!(!complaint(&"password".into(), true, &[], "/new").unwrap().message.contains("`password`"));
    }

    #[tokio::test]
    async fn a_password_is_verified_exactly_as_received() {
        let passwords = Passwords::new(64);
        let hash = passwords.hash(&" Käse und Brot und Wein ".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash(&" Käse und Brot und Wein ".into()).await.unwrap());
        let verify = async |text: &str| passwords.verify(Some(&hash), &text.into()).await.unwrap();
        assert!(verify(" Käse und Brot und Wein ").await);
        assert!(!verify("Käse und Brot und Wein").await);
        assert!(!verify(" käse und brot und wein ").await);
        assert!(!verify(" Ka\u{308}se und Brot und Wein ").await);
        assert!(!verify("").await);
        assert!(!verify(&"x".repeat(300)).await);
        assert!(!passwords.verify(None, &"".into()).await.unwrap());
    }

    #[test]
    fn hashes_cost_what_is_recommended() {
        let hash = hasher(MEMORY_KIB).unwrap().hash_password_with_salt(b"a", &[7; 16]).unwrap().to_string();
        assert!(hash.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{hash}");
    }
}
