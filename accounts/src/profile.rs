use countersign_model::SecretText;

use crate::Accounts;
use crate::account::{Language, Theme, check_name};
use crate::audit::{self, entry};
use crate::documents::again;
use crate::error::AccountsError;
use crate::password;
use crate::session::{Session, SignedIn};
use crate::sign_in::same_password;
use crate::visit::Visit;

/// What somebody changes of their own account; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// How people call them.
    pub name: Option<String>,
    /// The language of the console.
    pub language: Option<Language>,
    /// The colours of the console.
    pub theme: Option<Theme>,
}

impl Accounts {
    /// Changes name, language or colours of one's own account.
    ///
    /// # Errors
    /// [`AccountsError::Invalid`].
    pub async fn change_profile(
        &self,
        session: &Session,
        change: &ProfileChange,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        let name = change.name.as_deref().map(check_name).transpose();
        let name = name.map_err(|field| AccountsError::Invalid { fields: vec![field] })?;
        again(async || {
            let mut account = self.account(&session.account, visit.at).await?;
            if let Some(name) = &name {
                account.value.name.clone_from(name);
            }
            account.value.language = change.language.unwrap_or(account.value.language);
            account.value.theme = change.theme.unwrap_or(account.value.theme);
            let who = audit::account(&session.account);
            let line = entry(None, &who, "account.edit", &who, visit);
            self.commit(vec![account.write()?], vec![line], visit.at).await
        })
        .await
    }

    /// Changes one's own password. All other sessions of the account end, and this one gets a new token.
    ///
    /// # Errors
    /// [`AccountsError::Refused`] when the current password is not right, [`AccountsError::Invalid`] for the new one,
    /// [`AccountsError::Limited`].
    pub async fn change_password(
        &self,
        session: &Session,
        current: &SecretText,
        new: &SecretText,
        visit: &Visit,
    ) -> Result<SignedIn, AccountsError> {
        let account = self.account(&session.account, visit.at).await?.value;
        self.prove_password(&account, current, "account.password", visit).await?;
        let second_factor = !self.factors_of(&account, visit.at).await?.is_empty();
        let names = [account.name.as_str(), account.email.as_str()];
        if let Some(field) = password::complaint(new, second_factor, &names, "/new") {
            return Err(AccountsError::Invalid { fields: vec![field] });
        }
        let hash = self.passwords.hash(new).await?;
        again(async || {
            let mut there = self.account(&session.account, visit.at).await?;
            same_password(&there.value, &account.password)?;
            there.value.password.clone_from(&hash);
            there.value.short_password = password::is_short(new);
            if there.value.short_password && self.factors_of(&there.value, visit.at).await?.is_empty() {
                return Err(AccountsError::NeedsSecondFactor);
            }
            let mut writes = self.end_all_sessions(&session.account, Some(&session.id), visit.at).await?;
            let (signed, write) = self.renewed_session(session, &there.value, visit).await?;
            writes.extend([there.write()?, write]);
            let who = audit::account(&session.account);
            let line = entry(None, &who, "account.password", &who, visit);
            self.commit(writes, vec![line], visit.at).await?;
            Ok(signed)
        })
        .await
    }
}
