use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use countersign_model::{ChannelKind, Name, Timestamp};
use countersign_store::failpoint::Failpoint;
use countersign_store::{Keys, ResealedToken, SealedToken, StoreError};
use countersign_vault::{KeyRing, KeyRingError, MasterKeys, Scope, Sealed};

use crate::error::KeysError;
use crate::parts::Inner;
use crate::sealing::Owner;

/// Opens the data keys of a store, and makes one for each of these workspaces that has none.
///
/// # Errors
/// [`KeysError`] when the store fails or a data key does not open with these master keys.
pub async fn open_keys<'a, S: Keys + ?Sized>(
    store: &S,
    masters: MasterKeys,
    workspaces: impl IntoIterator<Item = &'a Name>,
) -> Result<Arc<RwLock<KeyRing>>, KeysError> {
    let mut ring = KeyRing::unlock(masters, store.data_keys().await?)?;
    for workspace in workspaces {
        while !ring.has_data_key(workspace) {
            let wrapped = ring.new_data_key(workspace)?;
            let version = wrapped.version;
            if store.add_data_key(wrapped).await? {
                break;
            }
            // Another process was faster: its key is the one.
            ring.forget(workspace, version);
            let theirs = store.data_keys().await?;
            theirs.iter().filter(|key| key.workspace == *workspace).try_for_each(|key| ring.add(key))?;
        }
    }
    Ok(Arc::new(RwLock::new(ring)))
}

/// What came of sealing tokens by the newest data key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Tokens that were sealed anew, with their refresh tokens.
    pub tokens: usize,
    /// Tokens that do not open any more: changed in the store, or copied there from elsewhere.
    pub unopened: usize,
}

/// So many tokens are written at once.
const BATCH: usize = 500;

/// Seals the tokens of a workspace that older data keys have sealed by the newest of the ring. Users and a running server
/// notice nothing, as long as the server has that key. It can be broken off at any place and begun again: each token is
/// sealed by the one key or by the other.
///
/// # Errors
/// [`StoreError`]; what was done stays done.
pub async fn reseal_tokens<S: Keys + ?Sized>(
    store: &S,
    ring: &KeyRing,
    workspace: &Name,
) -> Result<Resealed, StoreError> {
    let mut all = Resealed::default();
    let Some(newest) = ring.newest(workspace) else { return Ok(all) };
    // A token that was renewed meanwhile is looked at once more.
    loop {
        let mut pass = Resealed::default();
        let mut after = 0;
        loop {
            let tokens = store.tokens_sealed_before(workspace, newest, after, BATCH).await?;
            let Some(last) = tokens.last() else { break };
            after = last.position;
            let found = tokens.len();
            let resealed: Vec<_> = tokens.into_iter().filter_map(|token| reseal(ring, token)).collect();
            pass.unopened += found - resealed.len();
            if !resealed.is_empty() {
                pass.tokens += store.reseal_tokens(resealed).await?;
                Failpoint::TokensResealed.pass();
            }
        }
        all.tokens += pass.tokens;
        all.unopened = pass.unopened;
        if pass.tokens == 0 {
            return Ok(all);
        }
    }
}

/// A token sealed by the newest data key; none when it does not open.
fn reseal(ring: &KeyRing, before: SealedToken) -> Option<ResealedToken> {
    // Also one whose time is over stays what it is, until it is swept: its refresh token may live.
    const ALWAYS: Timestamp = Timestamp::from_micros(i64::MIN);
    let row = &before.row;
    // What is spoken belongs to one call. The channel may be gone from the configuration, and with it what it was.
    [ChannelKind::Whatsapp, ChannelKind::Phone]
        .into_iter()
        .find_map(|kind| {
            let owner = Owner { conversation: &before.conversation, kind };
            let again = |scope: Scope, sealed: &Sealed| {
                ring.reseal(&scope, sealed, ALWAYS)
                    .ok()
                    .map(|resealed| resealed.unwrap_or_else(|| sealed.clone()))
            };
            let sealed = again(owner.token(&row.bot, &row.component, row.expires_at), &row.sealed)?;
            let refresh = match &row.refresh {
                Some(refresh) => {
                    let scope = owner.refresh(&row.bot, &row.component, refresh.expires_at);
                    Some(again(scope, &refresh.sealed)?)
                }
                None => None,
            };
            Some((sealed, refresh))
        })
        .map(|(sealed, refresh)| ResealedToken { before: before.clone(), sealed, refresh })
}

impl Inner {
    /// Takes over data keys that another program has made, and forgets those that it has removed: what they sealed is
    /// lost for good, in this process too. One that does not open is told to the operator; nothing has been sealed by it
    /// here, and everything else goes on.
    pub(crate) async fn refresh_keys(&self) -> Result<(), StoreError> {
        let wrapped = self.store.data_keys().await?;
        let mut newest: BTreeMap<&Name, u32> = BTreeMap::new();
        let mut ring = self.vault.ring().write().unwrap_or_else(PoisonError::into_inner);
        for key in &wrapped {
            let version = newest.entry(&key.workspace).or_default();
            *version = key.version.max(*version);
            match ring.add(key) {
                Ok(()) | Err(KeyRingError::Duplicate { .. }) => {}
                // After every rotation. Whoever has the master keys looks again in a moment, and tells when it is lost.
                Err(error @ KeyRingError::UnknownMaster { .. }) => {
                    tracing::debug!(%error, "a data key of the store does not open yet");
                }
                Err(error) => tracing::warn!(%error, "a data key of the store does not open"),
            }
        }
        // A newer one than the newest of the store is one that is just being stored.
        let kept: BTreeSet<_> = wrapped.iter().map(|key| (&key.workspace, key.version)).collect();
        for (workspace, newest) in newest {
            let gone = (1..newest).filter(|version| !kept.contains(&(workspace, *version)));
            gone.for_each(|version| ring.forget(workspace, version));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use countersign_model::CallId;
    use countersign_store::{
        BotVersion, CallCompletion, Calls as _, Claimed, ConversationKey, Conversations as _, InboundKind,
        Inbox as _, MemoryStore, NewCall, NewInbound, RefreshToken, SealedPayload, Secrets as _,
        SessionCommit, SessionId, StoredSession, TimerChange, TokenRow, TurnCommit, WorkerId,
    };
    use countersign_vault::{MasterKey, Scope};

    use super::*;

    #[tokio::test]
    async fn keys_are_made_once_and_open_again() {
        let line = MasterKey::generate().unwrap().to_line();
        let masters = || MasterKeys::parse(line.expose()).unwrap();
        let store = MemoryStore::new();
        let acme: Name = "acme".parse().unwrap();
        let scope = Scope::for_workspace(acme.clone(), "api".into());
        let first = open_keys(&store, masters(), [&acme]).await.unwrap();
        let sealed = first.read().unwrap().seal(&scope, &"secret".into()).unwrap();
        let again = open_keys(&store, masters(), [&acme, &"other".parse().unwrap()]).await.unwrap();
        let opened = again.read().unwrap().open(&scope, &sealed, countersign_model::Timestamp::from_secs(0));
        assert_eq!(opened.unwrap().expose(), "secret");
        assert_eq!(store.data_keys().await.unwrap().len(), 2);
        let strange = MasterKeys::one(MasterKey::generate().unwrap());
        assert!(matches!(open_keys(&store, strange, [&acme]).await, Err(KeysError::Unlock(_))));
    }

    #[tokio::test]
    async fn tokens_are_sealed_by_the_newest_key_and_open_as_before() {
        let name = |text: &str| text.parse::<Name>().unwrap();
        let (acme, store) = (name("acme"), MemoryStore::new());
        let masters = MasterKeys::one(MasterKey::generate().unwrap());
        let ring = open_keys(&store, masters, [&acme]).await.unwrap();
        let mut ring = Arc::into_inner(ring).unwrap().into_inner().unwrap();
        let until = Timestamp::from_secs(2_000_000);
        let mut owners = Vec::new();
        for (address, kind) in [("ada", ChannelKind::Telegram), ("call-1", ChannelKind::Phone)] {
            let key =
                ConversationKey { workspace: acme.clone(), channel: name("ch"), address: address.into() };
            let owner = Owner { conversation: &key, kind };
            let refresh = RefreshToken {
                sealed: ring.seal(&owner.refresh(&name("bot"), &name("a"), until), &"renews".into()).unwrap(),
                expires_at: until,
            };
            for component in ["a", "b"] {
                let (bot, component) = (name("bot"), name(component));
                let row = TokenRow {
                    sealed: ring.seal(&owner.token(&bot, &component, until), &"token".into()).unwrap(),
                    refresh: (component.as_str() == "a").then(|| refresh.clone()),
                    bot,
                    component,
                    expires_at: until,
                    logged_in_at: Timestamp::from_secs(1),
                };
                put_token(&store, &key, row).await;
            }
            owners.push((key, kind));
        }
        // A row that was copied to somebody else is left alone.
        let stolen = store.token(&owners[0].0, &name("bot"), &name("b")).await.unwrap().unwrap();
        let thief = ConversationKey { address: "mallory".into(), ..owners[0].0.clone() };
        put_token(&store, &thief, stolen).await;

        store.add_data_key(ring.new_data_key(&acme).unwrap()).await.unwrap();
        let done = reseal_tokens(&store, &ring, &acme).await.unwrap();
        assert_eq!(done, Resealed { tokens: 4, unopened: 1 });
        let again = reseal_tokens(&store, &ring, &acme).await.unwrap();
        assert_eq!(again, Resealed { tokens: 0, unopened: 1 });
        ring.forget(&acme, 1);
        let now = Timestamp::from_secs(2);
        for (key, kind) in &owners {
            let owner = Owner { conversation: key, kind: *kind };
            for component in ["a", "b"] {
                let (bot, component) = (name("bot"), name(component));
                let row = store.token(key, &bot, &component).await.unwrap().unwrap();
                let opened = ring.open(&owner.token(&bot, &component, until), &row.sealed, now).unwrap();
                assert_eq!(opened.expose(), "token");
                let Some(refresh) = row.refresh else { continue };
                let opened =
                    ring.open(&owner.refresh(&bot, &component, until), &refresh.sealed, now).unwrap();
                assert_eq!(opened.expose(), "renews");
            }
        }
    }

    /// Keeps a token as the end of a call does.
    async fn put_token(store: &MemoryStore, key: &ConversationKey, row: TokenRow) {
        let (now, worker) = (Timestamp::from_secs(0), WorkerId(1));
        let until = Timestamp::from_secs(30);
        let id = format!("{}{}", key.address, row.component);
        let inbound = NewInbound {
            conversation: key.clone(),
            id: id.clone(),
            kind: InboundKind::Reply,
            payload: None,
            received_at: now,
        };
        store.accept(vec![inbound]).await.unwrap();
        let claimed = store.claim(worker, now, until).await.unwrap().unwrap();
        store.commit_turn(commit(claimed, now, Some(CallId(1)))).await.unwrap();
        let call = store.claim_call(worker, now, until).await.unwrap().unwrap();
        let payload = SealedPayload { sealed: row.sealed.clone(), expires_at: until };
        let completion = CallCompletion {
            lease: call.lease,
            now,
            id: format!("{id} done"),
            payload,
            token: Some(row),
            counters: Vec::new(),
        };
        store.complete_call(completion).await.unwrap();
        // What it brought is of no consequence here.
        let claimed = store.claim(worker, now, until).await.unwrap().unwrap();
        store.commit_turn(commit(claimed, now, None)).await.unwrap();
    }

    fn commit(claimed: Claimed, now: Timestamp, calling: Option<CallId>) -> TurnCommit {
        let session = SessionCommit {
            stored: StoredSession { id: SessionId(1), version: BotVersion(1), bytes: Vec::new() },
            calling,
            timer: TimerChange::Keep,
            tokens_seen: 0,
            handed_over: false,
        };
        let call = |call| NewCall { session: SessionId(1), call, request: Vec::new(), sent_when_kept: false };
        TurnCommit {
            lease: claimed.lease,
            now,
            consumed: claimed.inbound.seq,
            session: Some(session),
            transcript: Vec::new(),
            outbox: Vec::new(),
            calls: calling.map(call).into_iter().collect(),
            secrets: Vec::new(),
            leads: Vec::new(),
            counters: Vec::new(),
        }
    }
}
