//! The accounts of the console, for an operator on the host.

use countersign_accounts::{Accounts, AccountsError, MEMORY_KIB, Parts, PublicOrigin};
use countersign_model::Timestamp;
use countersign_runner::open_keys;
use url::Url;

use crate::config::Config;
use crate::keys;
use crate::start_error::StartError;
use crate::store;

/// Where nothing is bound to the address of the console: an operator makes accounts, and no passkeys and no links.
const HERE: &str = "http://localhost";

/// Opens the accounts that a configuration names, beside a running server or without one. The server knows at the next
/// request what was changed.
///
/// # Errors
/// [`StartError`] when there is no database, or its keys do not open.
pub async fn accounts(config: &Config, now: Timestamp) -> Result<Accounts, StartError> {
    let store = store::beside(&config.store)?;
    let is_needed = !store.data_keys().await?.is_empty();
    let masters = keys::masters(&config.keys, is_needed)?;
    let keys = open_keys(store.as_ref(), masters, [&config.workspace]).await?;
    let addresses = [config.public_url.as_ref().map_or(HERE, Url::as_str), HERE];
    let origin = addresses.into_iter().find_map(|text| text.parse::<PublicOrigin>().ok());
    let origin = origin.ok_or(AccountsError::NoPasskeysHere)?;
    let parts = Parts { store, keys, origin, password_memory_kib: MEMORY_KIB };
    let accounts = Accounts::open(parts, now).await?;
    accounts.ensure_workspace(&config.workspace, config.workspace.as_str(), now).await?;
    Ok(accounts)
}
