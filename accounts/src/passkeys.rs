//! Passkeys of accounts: making one, and signing in or proving who one is with it.

use std::time::Duration;

use countersign_model::{SecretText, Timestamp};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Accounts;
use crate::account::check_name;
use crate::attempts::{Admitted, Count, Counted};
use crate::audit::{self, STRANGER, entry, refused};
use crate::documents::{Document, Fresh, Stored, again};
use crate::error::AccountsError;
use crate::id::{self, Id};
use crate::session::{Session, SignedIn};
use crate::sign_in::{Pending, same_password};
use crate::visit::Visit;
use crate::webauthn::{ALGORITHMS, Claim, Expected, NotAccepted, register};

/// A challenge counts for so long, and once.
const LIFE: Duration = Duration::from_secs(5 * 60);
/// How many an account may have.
const MOST: usize = 20;

/// A passkey in the list of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Its id.
    pub id: Id,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last.
    pub last_used_at: Option<Timestamp>,
}

/// A passkey that was just made.
#[derive(Debug)]
pub struct NewPasskey {
    /// The passkey.
    pub passkey: Passkey,
    /// Recovery codes, when the account had none. They are shown once.
    pub recovery_codes: Vec<SecretText>,
}

/// What a browser is asked to do.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// Comes back with the answer.
    pub id: Id,
    /// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON`.
    pub options: Value,
}

/// What somebody uses a passkey for.
#[derive(Clone, Copy, Debug)]
pub enum PasskeyFor<'a> {
    /// Signing in with nothing else: the passkey says who it is.
    SignIn,
    /// The second half of a sign-in by password.
    SecondFactor(&'a SecretText),
    /// Proving again who one is.
    StepUp(&'a Session),
}

/// A passkey as it is kept, under `{account}/{passkey}`. Its second name is the id that the device gave it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KeptPasskey {
    id: Id,
    account: Id,
    name: String,
    credential_id: String,
    /// COSE, base64url.
    public_key: String,
    counter: u32,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

impl Document for KeptPasskey {
    const KIND: &'static str = "passkey";
}

impl KeptPasskey {
    fn shown(&self) -> Passkey {
        Passkey {
            id: self.id.clone(),
            name: self.name.clone(),
            created_at: self.created_at,
            last_used_at: self.last_used_at,
        }
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct KeptChallenge {
    /// base64url.
    challenge: String,
    purpose: Purpose,
}

#[derive(Clone, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Purpose {
    Register {
        session: Id,
        name: String,
    },
    SignIn,
    /// The second name of the first half, and whose it is.
    SecondFactor {
        pending: String,
        account: Id,
    },
    StepUp {
        session: Id,
        account: Id,
    },
}

impl Document for KeptChallenge {
    const KIND: &'static str = "challenge";
}

impl Accounts {
    /// Passkeys of the account.
    ///
    /// # Errors
    /// [`AccountsError::Store`].
    pub async fn passkeys(&self, session: &Session, visit: &Visit) -> Result<Vec<Passkey>, AccountsError> {
        let all = self.passkeys_of(&session.account, visit.at).await?;
        Ok(all.iter().map(|there| there.value.shown()).collect())
    }

    /// Begins to make a passkey.
    ///
    /// # Errors
    /// [`AccountsError::StepUp`], [`AccountsError::NoPasskeysHere`], [`AccountsError::Invalid`].
    pub async fn begin_passkey_registration(
        &self,
        session: &Session,
        name: &str,
        visit: &Visit,
    ) -> Result<Challenge, AccountsError> {
        self.demand_proof(session, "account.passkey", visit).await?;
        let name = check_name(name).map_err(|field| AccountsError::Invalid { fields: vec![field] })?;
        let relying_party = self.relying_party()?;
        let there = self.passkeys_of(&session.account, visit.at).await?;
        if there.len() >= MOST {
            return Err(AccountsError::field(
                "/name",
                "too_many",
                "an account has at most 20 passkeys; remove one first",
            ));
        }
        let purpose = Purpose::Register { session: session.id.clone(), name };
        let (id, challenge) = self.new_challenge(purpose, visit).await?;
        let parameters: Vec<_> =
            ALGORITHMS.iter().map(|algorithm| json!({ "type": "public-key", "alg": algorithm })).collect();
        let options = json!({
            "rp": { "id": relying_party, "name": "Countersign" },
            "user": {
                "id": BASE64URL_NOPAD.encode(session.account.as_str().as_bytes()),
                "name": session.email,
                "displayName": session.name,
            },
            "challenge": challenge,
            "pubKeyCredParams": parameters,
            "timeout": LIFE.as_millis() as u64,
            "excludeCredentials": descriptors(&there),
            "authenticatorSelection": { "residentKey": "preferred", "userVerification": "required" },
            "attestation": "none",
        });
        Ok(Challenge { id, options })
    }

    /// Keeps the passkey that the browser made.
    ///
    /// # Errors
    /// [`AccountsError::Over`] for a challenge that was used or is too old, [`AccountsError::WrongCode`] when the answer
    /// does not fit it, [`AccountsError::Taken`], [`AccountsError::StepUp`].
    pub async fn finish_passkey_registration(
        &self,
        session: &Session,
        challenge: &Id,
        credential: &Value,
        visit: &Visit,
    ) -> Result<NewPasskey, AccountsError> {
        self.demand_proof(session, "account.passkey", visit).await?;
        let there = self.take_challenge(challenge, visit).await?;
        let name = match there.purpose {
            Purpose::Register { session: theirs, name } if theirs == session.id => name,
            _ => return Err(AccountsError::Over("challenge")),
        };
        let who = audit::account(&session.account);
        let registered = match register(credential, &self.expected(&there.challenge)?) {
            Ok(registered) => registered,
            Err(why) => {
                self.not_accepted(&who, "account.passkey", &who, why, visit).await?;
                return Err(AccountsError::WrongCode);
            }
        };
        let kept = KeptPasskey {
            id: Id::random()?,
            account: session.account.clone(),
            name,
            credential_id: registered.credential_id,
            public_key: registered.public_key,
            counter: registered.counter,
            created_at: visit.at,
            last_used_at: None,
        };
        let recovery_codes = again(async || {
            let mut account = self.account(&session.account, visit.at).await?;
            let codes = if account.value.recovery_codes.is_empty() {
                self.new_recovery_codes(&mut account.value)?
            } else {
                Vec::new()
            };
            let fresh = Fresh {
                workspace: None,
                id: format!("{}/{}", kept.account, kept.id),
                alias: Some(kept.credential_id.clone()),
                expires_at: None,
                value: &kept,
            };
            let line = entry(None, &who, "account.passkey", &object(&kept.id), visit);
            self.commit(vec![account.write()?, fresh.write()?], vec![line], visit.at).await.map_err(taken)?;
            Ok(codes)
        })
        .await?;
        Ok(NewPasskey { passkey: kept.shown(), recovery_codes })
    }

    /// Removes a passkey.
    ///
    /// # Errors
    /// [`AccountsError::StepUp`], [`AccountsError::NotFound`]; [`AccountsError::NeedsSecondFactor`] when it is the last
    /// second factor and the password is too short to stand alone.
    pub async fn remove_passkey(
        &self,
        session: &Session,
        id: &Id,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        self.demand_proof(session, "account.passkey_remove", visit).await?;
        again(async || {
            let mut account = self.account(&session.account, visit.at).await?;
            let all = self.passkeys_of(&session.account, visit.at).await?;
            let there = all.iter().find(|there| there.value.id == *id);
            let there = there.ok_or(AccountsError::NotFound("passkey"))?;
            self.settle(&mut account.value, all.len() - 1)?;
            let who = audit::account(&session.account);
            let line = entry(None, &who, "account.passkey_remove", &object(id), visit);
            self.commit(vec![account.write()?, there.remove()], vec![line], visit.at).await
        })
        .await
    }

    /// Asks for a passkey. Without an account, any passkey of this console will do, and nobody learns who has one.
    ///
    /// # Errors
    /// [`AccountsError::NoPasskeysHere`]; [`AccountsError::Over`] when the first half of the sign-in is;
    /// [`AccountsError::Limited`] for a network that asks again and again, and never signs in.
    pub async fn begin_passkey(
        &self,
        purpose: PasskeyFor<'_>,
        visit: &Visit,
    ) -> Result<Challenge, AccountsError> {
        let relying_party = self.relying_party()?;
        let (purpose, of) = match purpose {
            PasskeyFor::SignIn => {
                self.admit(vec![self.challenges(visit)], visit).await?;
                (Purpose::SignIn, None)
            }
            PasskeyFor::SecondFactor(pending) => {
                let there = self.pending(pending, visit).await?;
                let account = there.value.account;
                let pending = there.alias.ok_or(AccountsError::Damaged(Pending::KIND))?;
                (Purpose::SecondFactor { pending, account: account.clone() }, Some(account))
            }
            PasskeyFor::StepUp(session) => {
                let account = session.account.clone();
                (Purpose::StepUp { session: session.id.clone(), account: account.clone() }, Some(account))
            }
        };
        let allowed = match of {
            None => Vec::new(),
            Some(account) => descriptors(&self.passkeys_of(&account, visit.at).await?),
        };
        let (id, challenge) = self.new_challenge(purpose, visit).await?;
        let options = json!({
            "challenge": challenge,
            "timeout": LIFE.as_millis() as u64,
            "rpId": relying_party,
            "allowCredentials": allowed,
            "userVerification": "required",
        });
        Ok(Challenge { id, options })
    }

    /// Ends what [`Accounts::begin_passkey`] began, with a new session or a new token of `session`.
    ///
    /// # Errors
    /// [`AccountsError::Over`] for a challenge that was used or is too old, [`AccountsError::WrongCode`] for everything that
    /// is not right with the answer, [`AccountsError::Limited`] after many of those from one network,
    /// [`AccountsError::SignedOut`] when a challenge to prove who one is comes back without
    /// its session.
    pub async fn finish_passkey(
        &self,
        challenge: &Id,
        credential: &Value,
        session: Option<&Session>,
        visit: &Visit,
    ) -> Result<SignedIn, AccountsError> {
        let admitted = self.admit(vec![self.count(Counted::Network, &[&visit.network()])], visit).await?;
        let there = self.take_challenge(challenge, visit).await?;
        let action =
            if matches!(there.purpose, Purpose::StepUp { .. }) { "session.step_up" } else { "session.begin" };
        let alone = there.purpose == Purpose::SignIn;
        let mut passkey = match self.verified(&there, credential, visit).await? {
            Ok(passkey) => passkey,
            Err((why, whose)) => {
                let whose =
                    whose.map_or_else(|| "account/unknown".to_owned(), |whose| audit::account(&whose));
                self.not_accepted(STRANGER, action, &whose, why, visit).await?;
                return Err(AccountsError::WrongCode);
            }
        };
        passkey.value.last_used_at = Some(visit.at);
        let account = passkey.value.account.clone();
        let writes = vec![passkey.write()?];
        let done = match there.purpose {
            Purpose::Register { .. } => Err(AccountsError::Over("challenge")),
            Purpose::SignIn => self.let_in(&account, "passkey", |_| Ok(()), writes, visit).await,
            Purpose::SecondFactor { pending, .. } => {
                let pending: Option<Stored<Pending>> = self.load_by_alias(&pending, visit.at).await?;
                let pending = pending.ok_or(AccountsError::Over("sign-in"))?;
                let writes = writes.into_iter().chain([pending.remove()]).collect();
                let proof = |now: &mut _| same_password(now, &pending.value.password);
                self.let_in(&account, "password and passkey", proof, writes, visit).await
            }
            Purpose::StepUp { session: theirs, .. } => {
                let session =
                    session.filter(|session| session.id == theirs).ok_or(AccountsError::SignedOut)?;
                again(async || {
                    let account = self.account(&session.account, visit.at).await?;
                    self.stepped_up(session, &account, writes.clone(), visit).await
                })
                .await
            }
        };
        match done {
            // The same passkey was used at the same moment.
            Err(AccountsError::Stale) => Err(AccountsError::WrongCode),
            Ok(signed) => {
                self.succeeded(admitted, visit).await?;
                if alone {
                    self.succeeded(Admitted::before(vec![self.challenges(visit)]), visit).await?;
                }
                Ok(signed)
            }
            Err(error) => Err(error),
        }
    }

    /// The passkey of the answer, with its new counter; or why it is refused, and whose it would have been.
    async fn verified(
        &self,
        there: &KeptChallenge,
        credential: &Value,
        visit: &Visit,
    ) -> Result<Result<Stored<KeptPasskey>, (NotAccepted, Option<Id>)>, AccountsError> {
        let claim = match Claim::read(credential) {
            Ok(claim) => claim,
            Err(why) => return Ok(Err((why, None))),
        };
        let found: Option<Stored<KeptPasskey>> = self.load_by_alias(&claim.credential_id, visit.at).await?;
        let Some(mut passkey) = found else { return Ok(Err((NotAccepted::Key, None))) };
        let owner = passkey.value.account.clone();
        let refused = |why| Ok(Err((why, Some(owner.clone()))));
        let of_another = match &there.purpose {
            Purpose::SecondFactor { account, .. } | Purpose::StepUp { account, .. } => *account != owner,
            Purpose::SignIn => claim.user_handle.is_none(),
            Purpose::Register { .. } => true,
        };
        let handle = claim.user_handle.as_deref();
        if of_another || handle.is_some_and(|handle| handle != owner.as_str().as_bytes()) {
            return refused(NotAccepted::UserHandle);
        }
        let expected = self.expected(&there.challenge)?;
        match claim.verify(&passkey.value.public_key, passkey.value.counter, &expected) {
            Ok(counter) => {
                passkey.value.counter = counter;
                Ok(Ok(passkey))
            }
            Err(why) => refused(why),
        }
    }

    pub(crate) async fn passkeys_of(
        &self,
        account: &Id,
        at: Timestamp,
    ) -> Result<Vec<Stored<KeptPasskey>>, AccountsError> {
        self.list(None, &format!("{account}/"), at).await
    }

    fn challenges(&self, visit: &Visit) -> Count {
        self.count(Counted::Challenges, &[&visit.network()])
    }

    async fn new_challenge(&self, purpose: Purpose, visit: &Visit) -> Result<(Id, String), AccountsError> {
        let (id, challenge) = (Id::random()?, BASE64URL_NOPAD.encode(id::random::<32>()?.as_slice()));
        let value = &KeptChallenge { challenge: challenge.clone(), purpose };
        let expires_at = Some(visit.at.plus(LIFE));
        let fresh = Fresh { workspace: None, id: id.to_string(), alias: None, expires_at, value };
        self.commit(vec![fresh.write()?], Vec::new(), visit.at).await?;
        Ok((id, challenge))
    }

    /// Takes the challenge away before the answer is looked at: a wrong answer spends it too.
    async fn take_challenge(&self, id: &Id, visit: &Visit) -> Result<KeptChallenge, AccountsError> {
        let there: Option<Stored<KeptChallenge>> = self.load(None, id.as_str(), visit.at).await?;
        let there = there.ok_or(AccountsError::Over("challenge"))?;
        match self.commit(vec![there.remove()], Vec::new(), visit.at).await {
            Ok(()) => Ok(there.value),
            Err(AccountsError::Stale) => Err(AccountsError::Over("challenge")),
            Err(error) => Err(error),
        }
    }

    fn relying_party(&self) -> Result<&str, AccountsError> {
        self.origin.relying_party().ok_or(AccountsError::NoPasskeysHere)
    }

    fn expected<'a>(&'a self, challenge: &'a str) -> Result<Expected<'a>, AccountsError> {
        Ok(Expected { challenge, origin: self.origin.as_str(), relying_party: self.relying_party()? })
    }

    async fn not_accepted(
        &self,
        who: &str,
        action: &str,
        object: &str,
        why: NotAccepted,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        let line = refused(entry(None, who, action, object, visit), &format!("passkey: {why}"));
        self.commit(Vec::new(), vec![line], visit.at).await
    }
}

fn descriptors(passkeys: &[Stored<KeptPasskey>]) -> Vec<Value> {
    let descriptor =
        |there: &Stored<KeptPasskey>| json!({ "type": "public-key", "id": there.value.credential_id });
    passkeys.iter().map(descriptor).collect()
}

fn object(id: &Id) -> String {
    format!("passkey/{id}")
}

fn taken(error: AccountsError) -> AccountsError {
    match error {
        AccountsError::Taken { .. } => {
            AccountsError::Taken { pointer: "", message: "this passkey is registered already" }
        }
        other => other,
    }
}
