//! The account with which the console of the demo is opened.

use countersign_accounts::{AccountsError, NewByOperator};
use countersign_model::{SecretText, Timestamp};
use countersign_server::Config;

use super::problem::DemoError;

/// An e-mail address that nobody has (RFC 2606).
const EMAIL: &str = "you@demo.example";

/// An account with the password of this start.
pub(super) struct Login {
    pub(super) email: &'static str,
    pub(super) password: SecretText,
}

/// Makes the account, or gives the one of an earlier start a new password.
pub(super) async fn make(config: &Config, at: Timestamp) -> Result<Login, DemoError> {
    let accounts = countersign_server::accounts(config, at).await?;
    let new = NewByOperator {
        name: "You".to_owned(),
        email: EMAIL.to_owned(),
        password: None,
        administrator: true,
        roles: Vec::new(),
    };
    let made_up = match accounts.add_account(new, at).await {
        Ok(added) => added.password,
        Err(AccountsError::Taken { .. }) => accounts.reset_password(EMAIL, None, at).await?,
        Err(error) => return Err(error.into()),
    };
    let made_up = made_up.ok_or(AccountsError::Vault)?;
    // A part of it, without characters that a double click stops at, is enough here: 24 of them are 120 bits and more.
    let short: String = made_up.expose().chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    let short = SecretText::new(short);
    accounts.reset_password(EMAIL, Some(&short), at).await?;
    Ok(Login { email: EMAIL, password: short })
}
