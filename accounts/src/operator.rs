//! What an operator on the host can do with the store alone: `countersign user add|list|reset`.

use countersign_model::{Name, SecretText, Timestamp};

use crate::Accounts;
use crate::account::{Account, AccountSummary, NewAccount, email_taken, plain_email};
use crate::audit::{self, HOST, entry};
use crate::documents::{Stored, again};
use crate::error::AccountsError;
use crate::id;
use crate::members::RosterMember;
use crate::password;
use crate::permission::Role;
use crate::visit::Visit;

/// An account that an operator makes.
#[derive(Debug)]
pub struct NewByOperator {
    /// How people call them.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their password; one is made up when there is none.
    pub password: Option<SecretText>,
    /// Whether they may make workspaces, and own all that there are.
    pub administrator: bool,
    /// What they are in which workspaces.
    pub roles: Vec<(Name, Role)>,
}

/// What came of it.
#[derive(Debug)]
pub struct Added {
    /// The account.
    pub account: AccountSummary,
    /// The password that was made up, if one was. It is shown once.
    pub password: Option<SecretText>,
}

impl Accounts {
    /// Makes an account. With the first one the setup token is gone.
    ///
    /// # Errors
    /// [`AccountsError::Taken`], [`AccountsError::Invalid`], [`AccountsError::NotFound`] for a workspace.
    pub async fn add_account(&self, new: NewByOperator, at: Timestamp) -> Result<Added, AccountsError> {
        let made_up = if new.password.is_none() { Some(id::token()?) } else { None };
        let password = new.password.or_else(|| made_up.as_ref().map(SecretText::duplicate));
        let password = password.ok_or(AccountsError::Vault)?;
        let account = NewAccount { name: new.name, email: new.email, password };
        let account = self.make_account(account, at).await?;
        let account = again(async || {
            let mut account = account.clone();
            account.administrator = new.administrator;
            let mut writes = vec![self.end_setup()];
            if new.administrator {
                writes.extend(self.own_all_workspaces(&mut account, at).await?);
            }
            for (workspace, role) in &new.roles {
                if account.workspaces.contains(workspace) {
                    continue;
                }
                let mut roster = self.roster(workspace, at).await?;
                let member = RosterMember { account: account.id.clone(), role: *role, since: at };
                roster.value.members.push(member);
                writes.push(roster.write()?);
                account.workspaces.push(workspace.clone());
            }
            writes.push(account.write_new()?);
            let line =
                entry(None, HOST, "account.create", &audit::account(&account.id), &Visit::on_the_host(at));
            self.commit(writes, vec![line], at).await.map_err(email_taken)?;
            Ok(account)
        })
        .await?;
        Ok(Added { account: account.summary(), password: made_up })
    }

    /// All accounts, by e-mail address.
    ///
    /// # Errors
    /// [`AccountsError::Store`].
    pub async fn accounts(&self, at: Timestamp) -> Result<Vec<AccountSummary>, AccountsError> {
        let all: Vec<Stored<Account>> = self.list(None, "", at).await?;
        let mut all: Vec<_> = all.iter().map(|account| account.value.summary()).collect();
        all.sort_by(|one, two| one.email.cmp(&two.email));
        Ok(all)
    }

    /// Gives an account a new password, and ends its sessions. One is made up when there is none; then it is given back, to
    /// be shown once.
    ///
    /// # Errors
    /// [`AccountsError::NotFound`], [`AccountsError::Invalid`].
    pub async fn reset_password(
        &self,
        email: &str,
        new: Option<&SecretText>,
        at: Timestamp,
    ) -> Result<Option<SecretText>, AccountsError> {
        let made_up = if new.is_none() { Some(id::token()?) } else { None };
        let new = new.or(made_up.as_ref()).ok_or(AccountsError::Vault)?;
        let account = self.by_email(email, at).await?.value;
        let names = [account.name.as_str(), account.email.as_str()];
        if let Some(field) = password::complaint(new, false, &names, "/password") {
            return Err(AccountsError::Invalid { fields: vec![field] });
        }
        let hash = self.passwords.hash(new).await?;
        self.reset(email, "account.password", false, at, |account| {
            account.password.clone_from(&hash);
            account.short_password = false;
        })
        .await?;
        Ok(made_up)
    }

    /// Takes all second factors of an account away, and ends its sessions: for who has lost phone and recovery codes. The
    /// password becomes a new one when it was too short to stand alone; then it is given back, to be shown once.
    ///
    /// # Errors
    /// [`AccountsError::NotFound`].
    pub async fn reset_second_factor(
        &self,
        email: &str,
        at: Timestamp,
    ) -> Result<Option<SecretText>, AccountsError> {
        let short = self.by_email(email, at).await?.value.short_password;
        let password = if short { self.reset_password(email, None, at).await? } else { None };
        self.reset(email, "account.second_factor", true, at, |account| {
            account.totp = None;
            account.totp_offer = None;
            account.recovery_codes.clear();
        })
        .await?;
        Ok(password)
    }

    async fn reset(
        &self,
        email: &str,
        action: &str,
        with_passkeys: bool,
        at: Timestamp,
        change: impl Fn(&mut Account),
    ) -> Result<(), AccountsError> {
        again(async || {
            let mut account = self.by_email(email, at).await?;
            change(&mut account.value);
            let id = account.value.id.clone();
            let mut writes = self.end_all_sessions(&id, None, at).await?;
            if with_passkeys {
                writes.extend(self.passkeys_of(&id, at).await?.iter().map(Stored::remove_surely));
            }
            writes.push(account.write()?);
            let line = entry(None, HOST, action, &audit::account(&id), &Visit::on_the_host(at));
            self.commit(writes, vec![line], at).await
        })
        .await
    }

    pub(crate) async fn by_email(
        &self,
        email: &str,
        at: Timestamp,
    ) -> Result<Stored<Account>, AccountsError> {
        let there = self.load_by_alias(&plain_email(email), at).await?;
        there.ok_or(AccountsError::NotFound("account"))
    }
}
