use countersign_model::{Name, SecretText, Timestamp};
use countersign_store::RecordWrite;
use serde::{Deserialize, Serialize};

use crate::Accounts;
use crate::documents::{Document, Fresh, Stored};
use crate::error::{AccountsError, FieldError};
use crate::id::Id;
use crate::password;

/// The language of the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

/// The colours of the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the device.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// What a new account needs.
#[derive(Debug)]
pub struct NewAccount {
    /// How people call them.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Their password.
    pub password: SecretText,
}

/// An account, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSummary {
    /// Its id.
    pub id: Id,
    /// How people call them.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Whether they may make workspaces.
    pub administrator: bool,
    /// In which workspaces they are.
    pub workspaces: Vec<Name>,
    /// Whether they have an authenticator app.
    pub totp: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When they signed in last.
    pub last_seen: Option<Timestamp>,
}

/// An account as it is kept. Its second name is the e-mail address.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) email: String,
    #[serde(default)]
    pub(crate) language: Language,
    #[serde(default)]
    pub(crate) theme: Theme,
    /// PHC string.
    pub(crate) password: String,
    /// Whether the password is too short for an account without second factor.
    #[serde(default)]
    pub(crate) short_password: bool,
    #[serde(default)]
    pub(crate) administrator: bool,
    pub(crate) created_at: Timestamp,
    #[serde(default)]
    pub(crate) last_seen: Option<Timestamp>,
    /// Networks that they signed in from, hashed, the latest last.
    #[serde(default)]
    pub(crate) networks: Vec<String>,
    #[serde(default)]
    pub(crate) workspaces: Vec<Name>,
    #[serde(default)]
    pub(crate) totp: Option<Totp>,
    /// Shown and not confirmed yet.
    #[serde(default)]
    pub(crate) totp_offer: Option<TotpOffered>,
    /// Hashes of those that are left.
    #[serde(default)]
    pub(crate) recovery_codes: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Totp {
    /// Sealed by the vault.
    pub(crate) secret: String,
    /// The last step whose code was accepted: no step is accepted twice.
    pub(crate) last_step: u64,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct TotpOffered {
    pub(crate) secret: String,
    pub(crate) until: Timestamp,
}

impl Document for Account {
    const KIND: &'static str = "account";
}

/// How many networks of an account are remembered.
const NETWORKS: usize = 8;

impl Account {
    pub(crate) fn knows(&self, network: &str) -> bool {
        self.networks.iter().any(|known| known == network)
    }

    pub(crate) fn seen(&mut self, network: String, at: Timestamp) {
        self.networks.retain(|known| *known != network);
        self.networks.push(network);
        let surplus = self.networks.len().saturating_sub(NETWORKS);
        self.networks.drain(..surplus);
        self.last_seen = Some(at);
    }

    pub(crate) fn summary(&self) -> AccountSummary {
        AccountSummary {
            id: self.id.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
            administrator: self.administrator,
            workspaces: self.workspaces.clone(),
            totp: self.totp.is_some(),
            created_at: self.created_at,
            last_seen: self.last_seen,
        }
    }

    /// A new account, to be written together with whatever lets it in.
    pub(crate) fn write_new(&self) -> Result<RecordWrite, AccountsError> {
        Fresh {
            workspace: None,
            id: self.id.to_string(),
            alias: Some(self.email.clone()),
            expires_at: None,
            value: self,
        }
        .write()
    }
}

impl Accounts {
    pub(crate) async fn account(&self, id: &Id, at: Timestamp) -> Result<Stored<Account>, AccountsError> {
        self.load(None, id.as_str(), at).await?.ok_or(AccountsError::NotFound("account"))
    }

    /// Looks at everything that was typed at once, so that all that is wrong shows at once; then hashes the password.
    pub(crate) async fn make_account(
        &self,
        new: NewAccount,
        at: Timestamp,
    ) -> Result<Account, AccountsError> {
        let (name, email) = (check_name(&new.name), check_email(&new.email));
        let complaint = password::complaint(&new.password, false, &[&new.name, &new.email], "/password");
        let (name, email) = match (name, email, complaint) {
            (Ok(name), Ok(email), None) => (name, email),
            (name, email, complaint) => {
                let fields = name.err().into_iter().chain(email.err()).chain(complaint).collect();
                return Err(AccountsError::Invalid { fields });
            }
        };
        Ok(Account {
            id: Id::random()?,
            name,
            email,
            language: Language::default(),
            theme: Theme::default(),
            password: self.passwords.hash(&new.password).await?,
            short_password: false,
            administrator: false,
            created_at: at,
            last_seen: None,
            networks: Vec::new(),
            workspaces: Vec::new(),
            totp: None,
            totp_offer: None,
            recovery_codes: Vec::new(),
        })
    }
}

/// The name without blanks around it.
pub(crate) fn check_name(name: &str) -> Result<String, FieldError> {
    let name = name.trim();
    let wrong = |code, message: &str| FieldError { pointer: "/name", code, message: message.to_owned() };
    if name.is_empty() {
        return Err(wrong("required", "write a name"));
    }
    if name.chars().count() > 100 {
        return Err(wrong("too_long", "a name has at most 100 characters"));
    }
    if name.chars().any(char::is_control) {
        return Err(wrong("character", "a name is one line of text"));
    }
    Ok(name.to_owned())
}

/// The address as it is looked up: without blanks around it, in lower case.
pub(crate) fn check_email(email: &str) -> Result<String, FieldError> {
    let wrong = || FieldError {
        pointer: "/email",
        code: "email",
        message: "write an e-mail address, like `ada@example.com`".to_owned(),
    };
    let email = plain_email(email);
    let (local, domain) = email.rsplit_once('@').ok_or_else(wrong)?;
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"' | '@');
    if local.is_empty() || domain.is_empty() || email.len() > 254 || email.replacen('@', "", 1).contains(odd)
    {
        return Err(wrong());
    }
    Ok(email)
}

pub(crate) fn plain_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The address of an account that is there.
pub(crate) fn email_taken(error: AccountsError) -> AccountsError {
    match error {
        AccountsError::Taken { .. } => AccountsError::Taken {
            pointer: "/email",
            message: "there is an account with this e-mail address; sign in with it",
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_one_however_they_are_written() {
        assert_eq!(check_email(" Ada@Example.COM "), Ok("ada@example.com".to_owned()));
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a b@example.com",
            "a@b@c",
            "<a@b.c>",
            "a@b.c,d@e.f",
            "a\n@b.c",
        ] {
            assert_eq!(check_email(bad).unwrap_err().code, "email", "{bad:?}");
        }
        assert!(check_email(&format!("{}@example.com", "a".repeat(250))).is_err());
    }

    #[test]
    fn names_are_one_line() {
        assert_eq!(check_name(" Ada "), Ok("Ada".to_owned()));
        assert_eq!(check_name(" ").unwrap_err().code, "required");
        assert_eq!(check_name("a\nb").unwrap_err().code, "character");
        assert_eq!(check_name(&"a".repeat(101)).unwrap_err().code, "too_long");
    }
}
