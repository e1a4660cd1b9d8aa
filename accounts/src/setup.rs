//! The first administrator.

use countersign_model::{SecretText, Timestamp};
use countersign_store::{Expected, RecordWrite};
use serde::{Deserialize, Serialize};

use crate::Accounts;
use crate::account::{Account, NewAccount, email_taken};
use crate::audit::{self, entry};
use crate::documents::{Document, Fresh, Stored, key};
use crate::error::AccountsError;
use crate::id;
use crate::keep::same;
use crate::session::SignedIn;
use crate::visit::Visit;

/// The token of the first administrator, hashed. There is at most one.
#[derive(Serialize, Deserialize)]
struct Setup {
    hash: String,
}

impl Document for Setup {
    const KIND: &'static str = "setup";
}

const ID: &str = "token";

impl Accounts {
    /// Whether there is no account yet.
    ///
    /// # Errors
    /// [`AccountsError::Store`].
    pub async fn setup_needed(&self, at: Timestamp) -> Result<bool, AccountsError> {
        Ok(self.store.records(None, Account::KIND, "", None, 1, at).await?.is_empty())
    }

    /// Makes the token with which the first administrator makes their account, while there is none. Call it at each start
    /// and show it once on the host; one of an earlier start counts no more.
    ///
    /// # Errors
    /// [`AccountsError::Store`].
    pub async fn setup_token(&self, at: Timestamp) -> Result<Option<SecretText>, AccountsError> {
        if !self.setup_needed(at).await? {
            return Ok(None);
        }
        let token = id::token()?;
        let value = &Setup { hash: self.setup_hash(&token) };
        let fresh = Fresh { workspace: None, id: ID.to_owned(), alias: None, expires_at: None, value };
        let write = RecordWrite { expected: Expected::Anything, ..fresh.write()? };
        let line = entry(None, audit::HOST, "setup.token", "setup", &Visit::on_the_host(at));
        self.commit(vec![write], vec![line], at).await?;
        Ok(Some(token))
    }

    /// Makes the first account: an administrator, and the owner of all workspaces that are there. The token is gone then.
    ///
    /// # Errors
    /// [`AccountsError::Over`] when the token is not the one, or there is an account already;
    /// [`AccountsError::Invalid`] with what is wrong of the rest.
    pub async fn set_up(
        &self,
        token: &SecretText,
        new: NewAccount,
        visit: &Visit,
    ) -> Result<SignedIn, AccountsError> {
        const OVER: AccountsError = AccountsError::Over("setup token");
        let there: Option<Stored<Setup>> = self.load(None, ID, visit.at).await?;
        let right = |there: &Stored<Setup>| same(&there.value.hash, &self.setup_hash(token));
        let Some(there) = there.filter(right) else { return Err(OVER) };
        if !self.setup_needed(visit.at).await? {
            return Err(OVER);
        }
        let mut account = self.make_account(new, visit.at).await?;
        account.administrator = true;
        account.seen(self.network_hash(visit), visit.at);
        let mut writes = vec![there.remove()];
        writes.extend(self.own_all_workspaces(&mut account, visit.at).await?);
        let (signed, session) = self.new_session(&account, visit)?;
        writes.extend([account.write_new()?, session]);
        let who = audit::account(&account.id);
        let lines = vec![entry(None, &who, "setup.done", &who, visit)];
        match self.commit(writes, lines, visit.at).await.map_err(email_taken) {
            Ok(()) => Ok(signed),
            Err(AccountsError::Stale) => Err(OVER),
            Err(error) => Err(error),
        }
    }

    /// What removes the token, to be written with the first account that is made in another way.
    pub(crate) fn end_setup(&self) -> RecordWrite {
        RecordWrite { key: key::<Setup>(None, ID), expected: Expected::Anything, value: None }
    }

    fn setup_hash(&self, token: &SecretText) -> String {
        self.keep.hash("setup", &[token.expose()])
    }
}
