use std::time::Duration;

use countersign_store::{ChangeError, StoreError};

use crate::permission::Permission;

/// Why something about accounts was not done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// There is no session or key, or it is over.
    #[error("you are signed out; sign in again")]
    SignedOut,
    /// E-mail or password: the same words whichever it is.
    #[error("e-mail and password do not belong together")]
    Refused,
    /// A one-time code, a recovery code or a passkey.
    #[error("that code or passkey is not right, or it was used before")]
    WrongCode,
    /// Too many attempts.
    #[error("too many attempts; try again in {} seconds", wait.as_secs().max(1))]
    Limited {
        /// How long to wait.
        wait: Duration,
    },
    /// The role or the key has not this permission.
    #[error("this needs the permission `{0}`, which you do not have here")]
    Forbidden(Permission),
    /// A role or a scope that has more than the one who gives it.
    #[error("nobody can give or take away more than they may do themselves")]
    BeyondOwn,
    /// Only administrators of the server may.
    #[error("only an administrator of the server can do this")]
    NotAdministrator,
    /// It is too long ago that the person proved who they are.
    #[error("this needs a fresh proof of who you are; give your password or second factor again")]
    StepUp,
    /// The token of the form does not belong to the session.
    #[error("the page is older than your session; load it again")]
    Csrf,
    /// It is not there, or it belongs to somebody else.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A link, a challenge or a half of a sign-in whose time is over, or that was used.
    #[error("this {0} is over or was used already")]
    Over(&'static str),
    /// Somebody else changed it at the same time.
    #[error("it was changed by somebody else at the same time; read it again")]
    Stale,
    /// That is there already.
    #[error("{message}")]
    Taken {
        /// The field, as a JSON pointer.
        pointer: &'static str,
        /// What is there, and what to do.
        message: &'static str,
    },
    /// Fields that cannot stand as they are.
    #[error("{}", fields.first().map_or("a field is wrong", |field| field.message.as_str()))]
    Invalid {
        /// Each that is wrong; at least one.
        fields: Vec<FieldError>,
    },
    /// A workspace has at least one owner.
    #[error("this is the last owner of the workspace; make somebody else an owner first")]
    LastOwner,
    /// The account is the only owner of workspaces.
    #[error("this is the last owner of {workspaces}; make somebody else an owner there first")]
    OnlyOwner {
        /// Their names.
        workspaces: String,
    },
    /// The account would be left without what its short password needs.
    #[error(
        "the password is shorter than 15 characters, so the account needs a second factor; choose a longer password first"
    )]
    NeedsSecondFactor,
    /// Browsers make no passkeys for a bare address.
    #[error(
        "passkeys need a name in the address of the console, not a bare IP address; open it by its name, or set the public URL"
    )]
    NoPasskeysHere,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault does not open what it should, or the system has no random bytes.
    #[error(
        "the vault does not open what belongs to the accounts; look whether the key file is the right one"
    )]
    Vault,
    /// A record cannot be understood.
    #[error("a record `{0}` in the store is damaged; restore it from a backup")]
    Damaged(&'static str),
}

/// A field that cannot stand as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Which, as a JSON pointer (RFC 6901): `/password`.
    pub pointer: &'static str,
    /// What is wrong, for programs: `too_short`.
    pub code: &'static str,
    /// What is wrong and what to do, for people. Never what was typed.
    pub message: String,
}

impl AccountsError {
    /// A stable word for programs, as in the problems of the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Refused => "refused",
            Self::WrongCode => "wrong_code",
            Self::Limited { .. } => "limited",
            Self::Forbidden(_) | Self::BeyondOwn | Self::NotAdministrator => "forbidden",
            Self::StepUp => "step_up",
            Self::Csrf => "csrf",
            Self::NotFound(_) => "not_found",
            Self::Over(_) => "over",
            Self::Stale => "stale",
            Self::Taken { .. } => "taken",
            Self::Invalid { .. } => "invalid",
            Self::LastOwner | Self::OnlyOwner { .. } => "last_owner",
            Self::NeedsSecondFactor => "needs_second_factor",
            Self::NoPasskeysHere => "no_passkeys",
            Self::Store(_) => "unavailable",
            Self::Vault | Self::Damaged(_) => "internal",
        }
    }

    /// The status of HTTP (RFC 9110) that fits.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignedOut | Self::Refused | Self::WrongCode => 401,
            Self::Limited { .. } => 429,
            Self::Forbidden(_) | Self::BeyondOwn | Self::NotAdministrator | Self::StepUp | Self::Csrf => 403,
            Self::NotFound(_) => 404,
            Self::Over(_) => 410,
            Self::Stale
            | Self::Taken { .. }
            | Self::LastOwner
            | Self::OnlyOwner { .. }
            | Self::NeedsSecondFactor => 409,
            Self::Invalid { .. } | Self::NoPasskeysHere => 422,
            Self::Store(_) => 503,
            Self::Vault | Self::Damaged(_) => 500,
        }
    }

    /// The fields that are wrong, if that is it.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid { fields } => fields,
            _ => &[],
        }
    }

    pub(crate) fn field(pointer: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { fields: vec![FieldError { pointer, code, message: message.into() }] }
    }
}

impl From<ChangeError> for AccountsError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Stale(_) => Self::Stale,
            ChangeError::Taken(_) => Self::Taken { pointer: "", message: "that name is taken" },
            ChangeError::Store(error) => Self::Store(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_people() {
        let limited = AccountsError::Limited { wait: Duration::from_millis(1) };
        assert_eq!(limited.to_string(), "too many attempts; try again in 1 seconds");
        let invalid = AccountsError::field("/password", "too_short", "at least 15 characters");
        assert_eq!(invalid.to_string(), "at least 15 characters");
        assert_eq!((invalid.code(), invalid.status(), invalid.fields().len()), ("invalid", 422, 1));
        assert_eq!(AccountsError::NotFound("session").to_string(), "there is no such session");
        assert_eq!(
            AccountsError::Forbidden(Permission::BotEdit).to_string(),
            "this needs the permission `bot.edit`, which you do not have here"
        );
    }
}
