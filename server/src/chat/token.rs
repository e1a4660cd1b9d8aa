//! Tokens of sessions. A token says when it was made and has 256 random bits; the contact's address is its hash. So
//! the server keeps no table, whoever has not the token cannot know the address, and a token whose time was changed is
//! that of another, empty conversation.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_model::{SecretText, Timestamp};

use super::problem::Problem;

/// How far a token may come from the future, when the clock was put back.
const SKEW: Duration = Duration::from_secs(300);

/// The bytes of a token that nobody can guess.
const RANDOM: usize = 32;

const PREFIX: &str = "c1";

/// Gives bytes that nobody can guess.
pub(super) trait Keys: Send + Sync {
    /// Fills them in. `false` when there are none.
    fn fill(&self, bytes: &mut [u8]) -> bool;
}

/// Those of the operating system.
pub(super) struct SystemKeys;

impl Keys for SystemKeys {
    fn fill(&self, bytes: &mut [u8]) -> bool {
        SystemRandom::new().fill(bytes).is_ok()
    }
}

/// A session, as its token tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Session {
    /// The contact's address.
    pub(super) address: String,
    /// From then on the token is worth nothing.
    pub(super) expires_at: Timestamp,
}

/// A new token.
pub(super) fn issue(keys: &dyn Keys, now: Timestamp) -> Result<SecretText, Problem> {
    let mut random = [0; RANDOM];
    if !keys.fill(&mut random) {
        return Err(Problem::Unavailable);
    }
    let token = format!("{PREFIX}.{:x}.{}", now.as_secs(), URL_SAFE_NO_PAD.encode(random));
    Ok(token.into())
}

/// The session of a token.
pub(super) fn read(token: &SecretText, now: Timestamp, life: Duration) -> Result<Session, Problem> {
    let mut parts = token.expose().split('.');
    let (Some(PREFIX), Some(made), Some(random), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Problem::BadToken);
    };
    let secs = i64::from_str_radix(made, 16).ok().filter(|secs| format!("{secs:x}") == made && *secs >= 0);
    let made_at = Timestamp::from_secs(secs.ok_or(Problem::BadToken)?);
    let random = URL_SAFE_NO_PAD.decode(random).map(zeroize::Zeroizing::new);
    if random.map_or(0, |bytes| bytes.len()) != RANDOM || made_at > now.plus(SKEW) {
        return Err(Problem::BadToken);
    }
    let expires_at = made_at.plus(life);
    if expires_at <= now {
        return Err(Problem::Expired);
    }
    Ok(Session { address: address(token), expires_at })
}

fn address(token: &SecretText) -> String {
    let mut named = b"countersign chat 1\0".to_vec();
    named.extend_from_slice(token.expose().as_bytes());
    let address = URL_SAFE_NO_PAD.encode(digest(&SHA256, &named));
    zeroize::Zeroize::zeroize(&mut named);
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn a_token_is_random_and_names_its_session() {
        let made = at(1_800_000_000);
        let [one, other] = [0; 2].map(|_| issue(&SystemKeys, made).unwrap());
        assert_eq!(one.len(), "c1.6b49d200.".len() + 43);
        let session = |token: &SecretText| read(token, made.plus(DAY / 2), DAY).unwrap();
        assert_eq!(session(&one), session(&one));
        assert_ne!(session(&one).address, session(&other).address);
        assert_eq!(session(&one).expires_at, made.plus(DAY));
        assert!(!one.expose().contains(&session(&one).address), "the address does not give the token away");
    }

    #[test]
    fn a_token_ends_with_its_age() {
        let token = issue(&SystemKeys, at(1000)).unwrap();
        assert!(read(&token, at(1000 + 86_399), DAY).is_ok());
        assert_eq!(read(&token, at(1000 + 86_400), DAY), Err(Problem::Expired));
        assert_eq!(read(&token, at(600), DAY), Err(Problem::BadToken), "it comes from the future");
    }

    #[test]
    fn a_token_that_was_made_younger_is_another_session() {
        let token = issue(&SystemKeys, at(0x1000)).unwrap();
        let younger = SecretText::from(token.expose().replace(".1000.", ".2000."));
        let [one, other] = [&token, &younger].map(|token| read(token, at(0x2000), DAY).unwrap());
        assert_ne!(one.address, other.address);
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let good = issue(&SystemKeys, at(0x1000)).unwrap();
        let good = good.expose();
        let bad = [
            "",
            "c1",
            "c1..",
            "c1.1000.",
            "c1.1000.AAAA",
            &good[1..],
            &good[..good.len() - 1],
            &format!("{good}A"),
            &format!("{good}.x"),
            &good.replace(".1000.", ".01000."),
            &good.replace(".1000.", ".-1000."),
            &good.replace(".1000.", ".+1000."),
            &good.replace(".1000.", ".ffffffffffffffffff."),
            &good.replace("c1.", "c2."),
            &"A".repeat(5000),
        ];
        for text in bad {
            assert_eq!(read(&text.into(), at(0x1000), DAY), Err(Problem::BadToken), "{text}");
        }
    }

    #[test]
    fn without_random_bytes_there_is_no_token() {
        struct Empty;
        impl Keys for Empty {
            fn fill(&self, _: &mut [u8]) -> bool {
                false
            }
        }
        assert_eq!(issue(&Empty, at(1)), Err(Problem::Unavailable));
    }
}
