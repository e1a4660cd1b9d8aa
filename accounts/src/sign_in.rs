//! Signing in by password, with the second factor where there is one, and proving again who one is.

use std::time::Duration;

use countersign_model::SecretText;
use countersign_store::RecordWrite;
use serde::{Deserialize, Serialize};

use crate::Accounts;
use crate::account::{Account, plain_email};
use crate::attempts::Counted;
use crate::audit::{self, STRANGER, entry, refused, with};
use crate::documents::{Document, Fresh, Stored, again};
use crate::error::AccountsError;
use crate::factors::Factor;
use crate::id::{self, Id};
use crate::session::{Session, SignedIn};
use crate::visit::Visit;

/// How far a sign-in by password came.
#[derive(Debug)]
pub enum SignIn {
    /// In.
    Done(SignedIn),
    /// The password was right, and the account has a second factor.
    SecondFactor {
        /// What the account has; at least one.
        factors: Vec<Factor>,
        /// Shows that the password was right. It counts for five minutes, and once.
        pending: SecretText,
    },
}

/// What somebody gives to prove again who they are. All of it must be right.
#[derive(Debug, Default)]
pub struct StepUp {
    /// The password. Enough alone for an account without second factor.
    pub password: Option<SecretText>,
    /// A code of the authenticator app, or a recovery code. Enough alone.
    pub code: Option<SecretText>,
}

/// A half of a sign-in counts for so long.
const PENDING: Duration = Duration::from_secs(5 * 60);

/// A sign-in whose password was right. Its second name is the hash of what the browser holds.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) account: Id,
    /// The password that was right, as it is kept: when it is changed, this counts no more.
    pub(crate) password: String,
}

impl Document for Pending {
    const KIND: &'static str = "pending";
}

impl Accounts {
    /// Signs in by password. Who is unknown and what is wrong looks the same and takes the same time.
    ///
    /// # Errors
    /// [`AccountsError::Refused`], [`AccountsError::Limited`], [`AccountsError::Store`].
    pub async fn sign_in(
        &self,
        email: &str,
        password: &SecretText,
        visit: &Visit,
    ) -> Result<SignIn, AccountsError> {
        let email = plain_email(email);
        let account: Option<Stored<Account>> = self.load_by_alias(&email, visit.at).await?;
        let known = account.as_ref().is_some_and(|account| account.value.knows(&self.network_hash(visit)));
        let admitted = self.admit(self.counts_of(&email, known, visit), visit).await?;
        let hash = account.as_ref().map(|account| account.value.password.as_str());
        let right = self.passwords.verify(hash, password).await?;
        let Some(account) = account.as_ref().filter(|_| right) else {
            let object =
                account.map_or_else(|| "account/unknown".to_owned(), |there| audit::account(&there.value.id));
            let line = refused(entry(None, STRANGER, "session.begin", &object, visit), "password");
            self.commit(Vec::new(), vec![line], visit.at).await?;
            return Err(AccountsError::Refused);
        };
        let account = &account.value;
        self.succeeded(admitted, visit).await?;
        let factors = self.factors_of(account, visit.at).await?;
        if factors.is_empty() {
            let proof = |now: &mut Account| same_password(now, &account.password);
            return Ok(SignIn::Done(self.let_in(&account.id, "password", proof, Vec::new(), visit).await?));
        }
        let pending = id::token()?;
        let write = Fresh {
            workspace: None,
            id: Id::random()?.to_string(),
            alias: Some(self.pending_hash(&pending)),
            expires_at: Some(visit.at.plus(PENDING)),
            value: &Pending { account: account.id.clone(), password: account.password.clone() },
        }
        .write()?;
        self.commit(vec![write], Vec::new(), visit.at).await?;
        Ok(SignIn::SecondFactor { factors, pending })
    }

    /// Ends a sign-in with a code of the authenticator app or a recovery code.
    ///
    /// # Errors
    /// [`AccountsError::Over`] when the first half is too long ago, [`AccountsError::WrongCode`] also for a code that was
    /// used before, [`AccountsError::Limited`].
    pub async fn second_factor(
        &self,
        pending: &SecretText,
        code: &SecretText,
        visit: &Visit,
    ) -> Result<SignedIn, AccountsError> {
        let there = self.pending(pending, visit).await?;
        let count = self.count(Counted::Codes, &[there.value.account.as_str()]);
        let admitted = self.admit(vec![count], visit).await?;
        let proof = |now: &mut Account| {
            same_password(now, &there.value.password)?;
            self.spend_code(now, code, visit.at)
        };
        let done = self.let_in(&there.value.account, "code", proof, vec![there.remove()], visit).await;
        match done {
            Ok(signed) => {
                self.succeeded(admitted, visit).await?;
                Ok(signed)
            }
            // The account was read again each time, so it is the first half that is gone.
            Err(AccountsError::Stale) => Err(AccountsError::Over("sign-in")),
            Err(AccountsError::WrongCode) => {
                self.wrong_code(&there.value.account, "session.begin", visit).await?;
                Err(AccountsError::WrongCode)
            }
            Err(error) => Err(error),
        }
    }

    /// Proves again who it is: gives a new token, and the old one is worth nothing any more.
    ///
    /// # Errors
    /// [`AccountsError::Refused`], [`AccountsError::WrongCode`], [`AccountsError::Limited`];
    /// [`AccountsError::Invalid`] when what the account needs was not given.
    pub async fn step_up(
        &self,
        session: &Session,
        proof: &StepUp,
        visit: &Visit,
    ) -> Result<SignedIn, AccountsError> {
        let account = self.account(&session.account, visit.at).await?.value;
        let factors = self.factors_of(&account, visit.at).await?;
        if proof.code.is_none() && (proof.password.is_none() || !factors.is_empty()) {
            return Err(if factors.is_empty() {
                AccountsError::field("/password", "required", "write your password")
            } else {
                AccountsError::field("/code", "required", "write a code of your app, or use your passkey")
            });
        }
        if let Some(password) = &proof.password {
            self.prove_password(&account, password, "session.step_up", visit).await?;
        }
        let admitted = match &proof.code {
            None => None,
            Some(_) => {
                let count = self.count(Counted::Codes, &[account.id.as_str()]);
                Some(self.admit(vec![count], visit).await?)
            }
        };
        let done = again(async || {
            let mut there = self.account(&session.account, visit.at).await?;
            if proof.password.is_some() {
                same_password(&there.value, &account.password)?;
            }
            if let Some(code) = &proof.code {
                self.spend_code(&mut there.value, code, visit.at)?;
            }
            self.stepped_up(session, &there, Vec::new(), visit).await
        });
        match done.await {
            Ok(signed) => {
                if let Some(admitted) = admitted {
                    self.succeeded(admitted, visit).await?;
                }
                Ok(signed)
            }
            Err(AccountsError::WrongCode) => {
                self.wrong_code(&account.id, "session.step_up", visit).await?;
                Err(AccountsError::WrongCode)
            }
            Err(error) => Err(error),
        }
    }

    /// Verifies the password of somebody who is signed in, with the same limits as a sign-in.
    pub(crate) async fn prove_password(
        &self,
        account: &Account,
        password: &SecretText,
        action: &str,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        let known = account.knows(&self.network_hash(visit));
        let admitted = self.admit(self.counts_of(&account.email, known, visit), visit).await?;
        if self.passwords.verify(Some(&account.password), password).await? {
            return self.succeeded(admitted, visit).await;
        }
        let who = audit::account(&account.id);
        let line = refused(entry(None, &who, action, &who, visit), "password");
        self.commit(Vec::new(), vec![line], visit.at).await?;
        Err(AccountsError::Refused)
    }

    /// Writes the account as it stands and the session with its new token.
    pub(crate) async fn stepped_up(
        &self,
        session: &Session,
        account: &Stored<Account>,
        mut writes: Vec<RecordWrite>,
        visit: &Visit,
    ) -> Result<SignedIn, AccountsError> {
        let (signed, write) = self.renewed_session(session, &account.value, visit).await?;
        writes.extend([account.write()?, write]);
        let who = audit::account(&session.account);
        let line = entry(None, &who, "session.step_up", &format!("session/{}", session.id), visit);
        self.commit(writes, vec![line], visit.at).await?;
        Ok(signed)
    }

    /// Makes the session, if `proof` still holds for the account as it stands at that moment.
    pub(crate) async fn let_in(
        &self,
        id: &Id,
        how: &str,
        proof: impl Fn(&mut Account) -> Result<(), AccountsError>,
        writes: Vec<RecordWrite>,
        visit: &Visit,
    ) -> Result<SignedIn, AccountsError> {
        again(async || {
            let mut account = self.account(id, visit.at).await?;
            proof(&mut account.value)?;
            account.value.seen(self.network_hash(visit), visit.at);
            let (signed, session) = self.new_session(&account.value, visit)?;
            let mut writes = writes.clone();
            writes.extend([account.write()?, session]);
            let object = format!("session/{}", signed.session.id);
            let line = entry(None, &audit::account(id), "session.begin", &object, visit);
            self.commit(writes, vec![with(line, &[("how", how)])], visit.at).await?;
            Ok(signed)
        })
        .await
    }

    pub(crate) async fn pending(
        &self,
        pending: &SecretText,
        visit: &Visit,
    ) -> Result<Stored<Pending>, AccountsError> {
        let there = self.load_by_alias(&self.pending_hash(pending), visit.at).await?;
        there.ok_or(AccountsError::Over("sign-in"))
    }

    pub(crate) async fn wrong_code(&self, id: &Id, action: &str, visit: &Visit) -> Result<(), AccountsError> {
        let who = audit::account(id);
        let line = refused(entry(None, &who, action, &who, visit), "code");
        self.commit(Vec::new(), vec![line], visit.at).await
    }

    pub(crate) fn network_hash(&self, visit: &Visit) -> String {
        self.keep.hash("known network", &[&visit.network()])
    }

    fn pending_hash(&self, pending: &SecretText) -> String {
        self.keep.hash("pending", &[pending.expose()])
    }
}

/// The password that was verified is still the password.
pub(crate) fn same_password(account: &Account, verified: &str) -> Result<(), AccountsError> {
    if account.password == verified { Ok(()) } else { Err(AccountsError::Refused) }
}
