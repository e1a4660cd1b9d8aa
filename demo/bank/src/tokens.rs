use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use aws_lc_rs::digest;
use countersign_model::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::bank::locked;
use crate::people::{self, Person};
use crate::random;

/// Gives out, verifies, refreshes and revokes tokens.
pub(crate) struct Tokens {
    sign: EncodingKey,
    verify: DecodingKey,
    lifetime: Duration,
    session_lifetime: Duration,
    state: Mutex<State>,
}

/// What a login or a refresh gives. Has no `Debug`: it is nothing but secrets.
pub(crate) struct Grant {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) expires_in: u64,
}

/// A good token.
pub(crate) struct Verified {
    pub(crate) person: &'static Person,
    session: u64,
}

/// The token is forged, too old or revoked; callers are not told which.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dead;

const ISSUER: &str = "https://bank.example";
const AUDIENCE: &str = "bank-api";

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    iat: i64,
    exp: i64,
    jti: String,
    sid: u64,
}

#[derive(Default)]
struct State {
    next_session: u64,
    sessions: HashMap<u64, Session>,
    refresh: HashMap<Fingerprint, u64>,
    /// Revoked `jti`, until the token would have ended anyway.
    revoked: HashMap<String, Timestamp>,
    /// Tokens that are only a number, and the token that each stands for.
    numbers: HashMap<Fingerprint, (String, Timestamp)>,
}

/// All that grew out of one login (the "family" of RFC 9700 §4.14.2).
struct Session {
    person: &'static Person,
    access: Vec<(String, Timestamp)>,
    newest_refresh: Fingerprint,
    ends: Timestamp,
    revoked: bool,
}

/// SHA-256 of a refresh token: who reads the memory of the bank cannot use it.
type Fingerprint = [u8; 32];

impl Tokens {
    pub(crate) fn new(key: &[u8; 32], lifetime: Duration, session_lifetime: Duration) -> Self {
        Self {
            sign: EncodingKey::from_secret(key),
            verify: DecodingKey::from_secret(key),
            lifetime,
            session_lifetime,
            state: Mutex::default(),
        }
    }

    /// Begins a session.
    pub(crate) fn log_in(&self, person: &'static Person, now: Timestamp) -> Grant {
        let mut state = locked(&self.state);
        state.forget_what_ended(now);
        let id = state.next_session;
        state.next_session += 1;
        let refresh = random::secret();
        let fingerprint = fingerprint(&refresh);
        let (access, jti, ends) = self.access(person, id, now);
        state.refresh.insert(fingerprint, id);
        let session = Session {
            person,
            access: vec![(jti, ends)],
            newest_refresh: fingerprint,
            ends: now.plus(self.session_lifetime),
            revoked: false,
        };
        state.sessions.insert(id, session);
        Grant { access, refresh, expires_in: self.lifetime.as_secs() }
    }

    /// Exchanges a refresh token. Each is good once; a second use ends the whole session, as one of the two users is
    /// a thief.
    pub(crate) fn refresh(&self, token: &str, now: Timestamp) -> Result<Grant, Dead> {
        let mut state = locked(&self.state);
        state.forget_what_ended(now);
        let old = fingerprint(token);
        let id = *state.refresh.get(&old).ok_or(Dead)?;
        let session = state.sessions.get(&id).ok_or(Dead)?;
        if session.revoked || session.ends <= now {
            return Err(Dead);
        }
        if session.newest_refresh != old {
            state.revoke(id);
            return Err(Dead);
        }
        let refresh = random::secret();
        let new = fingerprint(&refresh);
        let (access, jti, ends) = self.access(session.person, id, now);
        state.refresh.insert(new, id);
        if let Some(session) = state.sessions.get_mut(&id) {
            session.newest_refresh = new;
            session.access.retain(|(_, ends)| *ends > now);
            session.access.push((jti, ends));
        }
        Ok(Grant { access, refresh, expires_in: self.lifetime.as_secs() })
    }

    /// Whose token it is.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, Dead> {
        let number = locked(&self.state).numbers.get(&fingerprint(token)).map(|(token, _)| token.clone());
        let claims = self.claims(number.as_deref().unwrap_or(token)).ok_or(Dead)?;
        if claims.exp <= now.as_secs() || locked(&self.state).revoked.contains_key(&claims.jti) {
            return Err(Dead);
        }
        let person = people::by_username(&claims.sub).ok_or(Dead)?;
        Ok(Verified { person, session: claims.sid })
    }

    /// Ends the session that the token belongs to.
    pub(crate) fn log_out(&self, token: &Verified) {
        locked(&self.state).revoke(token.session);
    }

    pub(crate) fn revoke_all(&self, username: &str) {
        let mut state = locked(&self.state);
        for id in state.sessions_of(username) {
            state.revoke(id);
        }
    }

    pub(crate) fn revoke_access(&self, username: &str) {
        let mut state = locked(&self.state);
        for id in state.sessions_of(username) {
            state.revoke_access(id);
        }
    }

    /// A number of 25 digits that is as good as `token` from now on; `None` when `token` is not one of the bank's.
    pub(crate) fn as_number(&self, token: &str) -> Option<String> {
        let ends = Timestamp::from_secs(self.claims(token)?.exp);
        let number = random::long_number();
        locked(&self.state).numbers.insert(fingerprint(&number), (token.to_owned(), ends));
        Some(number)
    }

    fn access(&self, person: &Person, session: u64, now: Timestamp) -> (String, String, Timestamp) {
        let ends = now.plus(self.lifetime);
        let jti = random::id();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: person.username.to_owned(),
            aud: AUDIENCE.to_owned(),
            iat: now.as_secs(),
            exp: ends.as_secs(),
            jti: jti.clone(),
            sid: session,
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.sign)
            .expect("the key fits the algorithm and the claims are plain");
        (token, jti, ends)
    }

    fn claims(&self, token: &str) -> Option<Claims> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[ISSUER]);
        rules.set_required_spec_claims(&["sub", "iss", "aud"]);
        // The library compares `exp` with the system's clock; `verify` compares it with the bank's. `Claims` requires it.
        rules.validate_exp = false;
        jsonwebtoken::decode::<Claims>(token, &self.verify, &rules).ok().map(|token| token.claims)
    }
}

impl State {
    fn revoke(&mut self, id: u64) {
        self.revoke_access(id);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.revoked = true;
        }
    }

    fn revoke_access(&mut self, id: u64) {
        if let Some(session) = self.sessions.get_mut(&id) {
            self.revoked.extend(session.access.drain(..));
        }
    }

    fn sessions_of(&self, username: &str) -> Vec<u64> {
        let own = self.sessions.iter().filter(|(_, session)| session.person.username == username);
        own.map(|(id, _)| *id).collect()
    }

    fn forget_what_ended(&mut self, now: Timestamp) {
        self.sessions.retain(|_, session| session.ends > now);
        let sessions = &self.sessions;
        self.refresh.retain(|_, id| sessions.contains_key(id));
        self.revoked.retain(|_, ends| *ends > now);
        self.numbers.retain(|_, (_, ends)| *ends > now);
    }
}

fn fingerprint(secret: &str) -> Fingerprint {
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref());
    fingerprint
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_secs(1_795_348_800);

    fn tokens() -> Tokens {
        Tokens::new(&[7; 32], Duration::from_secs(60), Duration::from_secs(3600))
    }

    fn alice() -> &'static Person {
        people::by_username("alice").unwrap()
    }

    fn after(secs: u64) -> Timestamp {
        NOON.plus(Duration::from_secs(secs))
    }

    fn is_good(tokens: &Tokens, token: &str, now: Timestamp) -> bool {
        tokens.verify(token, now).is_ok_and(|found| found.person.username == "alice")
    }

    #[test]
    fn a_token_lives_as_long_as_it_says() {
        let tokens = tokens();
        let grant = tokens.log_in(alice(), NOON);
        assert_eq!(grant.expires_in, 60);
        assert!(is_good(&tokens, &grant.access, after(59)));
        assert!(!is_good(&tokens, &grant.access, after(60)));
    }

    #[test]
    fn forged_tokens_are_dead() {
        let tokens = tokens();
        let token = tokens.log_in(alice(), NOON).access;
        let foreign =
            Tokens::new(&[8; 32], Duration::from_secs(60), Duration::from_secs(60)).log_in(alice(), NOON);
        assert!(!is_good(&tokens, &foreign.access, NOON));
        let mut parts = token.split('.');
        let (_, claims) = (parts.next(), parts.next().unwrap());
        // {"alg":"none","typ":"JWT"}
        assert!(!is_good(&tokens, &format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}."), NOON));
        for wrong in ["", ".", "..", "x", &token[1..], &token[..token.len() - 1], &format!("{token} ")] {
            assert!(!is_good(&tokens, wrong, NOON), "{wrong}");
        }
    }

    #[test]
    fn a_token_for_another_audience_is_dead() {
        let tokens = tokens();
        let claims = |aud: &str, iss: &str| Claims {
            iss: iss.into(),
            sub: "alice".into(),
            aud: aud.into(),
            iat: NOON.as_secs(),
            exp: after(9).as_secs(),
            jti: "x".into(),
            sid: 0,
        };
        let sign =
            |claims| jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &tokens.sign).unwrap();
        assert!(is_good(&tokens, &sign(claims(AUDIENCE, ISSUER)), NOON));
        assert!(!is_good(&tokens, &sign(claims("other-api", ISSUER)), NOON));
        assert!(!is_good(&tokens, &sign(claims(AUDIENCE, "https://other.example")), NOON));
    }

    #[test]
    fn refresh_rotates_and_a_second_use_ends_the_session() {
        let tokens = tokens();
        let first = tokens.log_in(alice(), NOON);
        let second = tokens.refresh(&first.refresh, after(50)).ok().unwrap();
        assert!(is_good(&tokens, &second.access, after(100)));
        assert!(tokens.refresh(&first.refresh, after(100)).is_err());
        assert!(!is_good(&tokens, &second.access, after(100)));
        assert!(tokens.refresh(&second.refresh, after(100)).is_err());
    }

    #[test]
    fn a_session_ends_although_it_was_refreshed() {
        let tokens = tokens();
        let first = tokens.log_in(alice(), NOON);
        let second = tokens.refresh(&first.refresh, after(3599)).ok().unwrap();
        assert!(tokens.refresh(&second.refresh, after(3600)).is_err());
    }

    #[test]
    fn revocation_reaches_one_person_or_one_session() {
        let tokens = tokens();
        let bob = people::by_username("bob").unwrap();
        let (one, two, other) =
            (tokens.log_in(alice(), NOON), tokens.log_in(alice(), NOON), tokens.log_in(bob, NOON));
        let verified = tokens.verify(&one.access, NOON).ok().unwrap();
        tokens.log_out(&verified);
        assert!(!is_good(&tokens, &one.access, NOON));
        assert!(tokens.refresh(&one.refresh, NOON).is_err());
        assert!(is_good(&tokens, &two.access, NOON));
        tokens.revoke_access("alice");
        assert!(!is_good(&tokens, &two.access, NOON));
        let again = tokens.refresh(&two.refresh, NOON).ok().unwrap();
        assert!(is_good(&tokens, &again.access, NOON));
        tokens.revoke_all("alice");
        assert!(!is_good(&tokens, &again.access, NOON));
        assert!(tokens.refresh(&again.refresh, NOON).is_err());
        assert!(tokens.verify(&other.access, NOON).is_ok());
    }

    #[test]
    fn a_number_stands_for_its_token() {
        let tokens = tokens();
        let token = tokens.log_in(alice(), NOON).access;
        let number = tokens.as_number(&token).unwrap();
        assert_eq!(number.len(), 25);
        assert!(is_good(&tokens, &number, after(59)));
        assert!(!is_good(&tokens, &number, after(60)));
        tokens.revoke_access("alice");
        assert!(!is_good(&tokens, &number, NOON));
        assert!(tokens.as_number("nonsense").is_none());
    }
}
