//! What the console has sealed into records, under a newer data key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_model::{Name, Timestamp};
use countersign_store::{ChangeError, Store, StoreError};
use countersign_vault::{KeyRing, Scope, Sealed};

use crate::channels::{self, KeptChannel};
use crate::records::{self, Change, Document, Kept};
use crate::secrets::{self, KeptSecret};

/// What the console has sealed has no end.
const ALWAYS: Timestamp = Timestamp::from_micros(0);

/// Seals the secrets of a workspace and of its channels that older data keys have sealed by the newest of the ring. A
/// running server notices nothing, as long as it has that key. It can be broken off at any place and begun again. Gives
/// how many records were written; one with a value that does not open stays as it is.
///
/// # Errors
/// [`StoreError`]; what was done stays done.
pub async fn reseal(store: &dyn Store, ring: &KeyRing, workspace: &Name) -> Result<usize, StoreError> {
    let mut done = 0;
    for kept in records::all::<KeptSecret>(store, workspace, "", ALWAYS).await? {
        let again = |kept: &mut Kept<KeptSecret>| {
            let scope = secrets::scope(workspace, &kept.id);
            value(ring, &scope, &mut kept.value.sealed)
        };
        done += usize::from(record(store, workspace, kept, again).await?);
    }
    for kept in records::all::<KeptChannel>(store, workspace, "", ALWAYS).await? {
        let again = |kept: &mut Kept<KeptChannel>| {
            let id = kept.id.clone();
            kept.value.secrets.iter_mut().fold(false, |changed, (name, sealed)| {
                let scope = channels::scope(workspace, &id, name);
                value(ring, &scope, sealed) || changed
            })
        };
        done += usize::from(record(store, workspace, kept, again).await?);
    }
    Ok(done)
}

/// Writes a record anew until nobody was faster. Whether there was something to write.
async fn record<T: Document>(
    store: &dyn Store,
    workspace: &Name,
    mut kept: Kept<T>,
    again: impl Fn(&mut Kept<T>) -> bool,
) -> Result<bool, StoreError> {
    loop {
        if !again(&mut kept) {
            return Ok(false);
        }
        // People see when they have set it.
        let change =
            Change::new(store, kept.changed_at).put(workspace, &kept.id, kept.expected(), &kept.value);
        match change.commit().await {
            Ok(_) => return Ok(true),
            Err(ChangeError::Store(error)) => return Err(error),
            Err(ChangeError::Stale(_) | ChangeError::Taken(_)) => {}
        }
        match records::load::<T>(store, workspace, &kept.id, ALWAYS).await? {
            Some(newer) => kept = newer,
            None => return Ok(false),
        }
    }
}

/// Whether the value was sealed anew.
fn value(ring: &KeyRing, scope: &Scope, sealed: &mut String) -> bool {
    let Ok(bytes) = STANDARD.decode(&*sealed) else { return false };
    match ring.reseal(scope, &Sealed::from_bytes(bytes), ALWAYS) {
        Ok(Some(newer)) => {
            *sealed = STANDARD.encode(newer.as_bytes());
            true
        }
        _ => false,
    }
}
