//! Who may sign in to the console, and what they may do there: accounts, sessions, second factors, workspaces with roles,
//! invitations and API keys, with a line in the audit log for each thing that is done or refused.
//!
//! [`Accounts`] keeps everything in the records of a store. Where to begin: [`Accounts::sign_in`] gives a session,
//! [`Accounts::session`] finds it again by its token, [`Accounts::actor`] says what the session may do in a workspace, and
//! [`Accounts::demand`] refuses and writes down what it may not.
//!
//! Nothing here knows HTTP. Time comes with each [`Visit`]. What is random is 256 bits from aws-lc-rs; what must be
//! recognised again is kept as a keyed hash, and what must be read again is sealed by the vault.

mod account;
mod actor;
mod api_keys;
mod attempts;
mod audit;
mod documents;
mod error;
mod factors;
mod id;
mod invitations;
mod keep;
mod leaving;
mod members;
mod operator;
mod passkeys;
mod password;
mod permission;
mod profile;
mod recovery;
mod session;
mod setup;
mod sign_in;
mod totp;
mod visit;
mod webauthn;
mod workspaces;

#[cfg(test)]
mod tests;

use std::sync::{Arc, RwLock};

use countersign_model::Timestamp;
use countersign_store::{Keys, Records, Store};
use countersign_vault::KeyRing;

pub use account::{AccountSummary, Language, NewAccount, Theme};
pub use actor::{Actor, Who};
pub use api_keys::{ApiKey, ApiKeySummary, NewApiKey};
pub use error::{AccountsError, FieldError};
pub use factors::{Factor, TotpOffer};
pub use id::{Id, NotAnId};
pub use invitations::{Acceptance, Invitation, InvitationView, NewInvitation};
pub use keep::VAULT_WORKSPACE;
pub use members::Member;
pub use operator::{Added, NewByOperator};
pub use passkeys::{Challenge, NewPasskey, Passkey, PasskeyFor};
pub use password::{LONGEST, MEMORY_KIB, SHORTEST, SHORTEST_WITH_SECOND_FACTOR};
pub use permission::{Permission, Permissions, Role, UnknownName};
pub use profile::ProfileChange;
pub use session::{Session, SessionSummary, SessionView, SignedIn, WorkspaceView};
pub use sign_in::{SignIn, StepUp};
pub use visit::{OriginError, PublicOrigin, Visit};
pub use workspaces::Workspace;

use keep::Keep;
use password::Passwords;

/// What [`Accounts`] is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Seals and opens.
    pub keys: Arc<RwLock<KeyRing>>,
    /// Where people reach the console: passkeys are bound to it, and links of invitations lead to it.
    pub origin: PublicOrigin,
    /// What argon2id needs for one password, in KiB: [`MEMORY_KIB`].
    pub password_memory_kib: u32,
}

/// Accounts and what they may do. Methods are atomic: when one fails, nothing was changed but the audit log and the count
/// of attempts.
pub struct Accounts {
    store: Arc<dyn Records>,
    data_keys: Arc<dyn Keys>,
    keep: Keep,
    passwords: Passwords,
    origin: PublicOrigin,
}

impl Accounts {
    /// The accounts of a store. Makes the key of their hashes when the store is new.
    ///
    /// # Errors
    /// [`AccountsError::Vault`] when the key ring does not open what belongs to the accounts, [`AccountsError::Store`].
    pub async fn open(parts: Parts, at: Timestamp) -> Result<Self, AccountsError> {
        let Parts { store, keys, origin, password_memory_kib } = parts;
        let passwords = Passwords::new(password_memory_kib);
        Self::of(Arc::clone(&store) as _, store, keys, passwords, origin, at).await
    }

    async fn of(
        store: Arc<dyn Records>,
        data_keys: Arc<dyn Keys>,
        ring: Arc<RwLock<KeyRing>>,
        passwords: Passwords,
        origin: PublicOrigin,
        at: Timestamp,
    ) -> Result<Self, AccountsError> {
        let keep = Keep::open(store.as_ref(), data_keys.as_ref(), ring, at).await?;
        Ok(Self { store, data_keys, keep, passwords, origin })
    }

    /// Where people reach the console.
    pub fn origin(&self) -> &PublicOrigin {
        &self.origin
    }
}
