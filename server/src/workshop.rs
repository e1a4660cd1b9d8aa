//! What an operator does with the database of a server, beside the server or without it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countersign_model::{Name, Timestamp};
use countersign_runner::{Resealed, Store};
use countersign_store::failpoint::Failpoint;
use countersign_store::{Backlog, DeadLetter, Revocation, StoreError, TokenInfo};
use countersign_store_sql::OpenError;
use countersign_vault::{
    KeyFile, KeyFileError, KeyId, KeyRing, KeyRingError, MasterKeys, RetireError, SealError,
};

use crate::config::{Config, KeySource};
use crate::keys;
use crate::start_error::StartError;
use crate::store;

/// A database that an operator works on. The server notices within seconds.
pub struct Workshop {
    store: Arc<dyn Store>,
    workspace: Name,
    keys: KeySource,
}

/// Which tokens are meant. All that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Which {
    /// Of this channel.
    pub channel: Option<Name>,
    /// Of the contact with this address.
    pub contact: Option<String>,
    /// Of this Authorization Token.
    pub component: Option<Name>,
}

/// What is to be sent.
#[derive(Debug)]
pub struct Outbox {
    /// How much waits.
    pub backlog: Backlog,
    /// What could not be delivered.
    pub dead: Vec<DeadLetter>,
}

/// What is to be rotated.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rotation {
    /// Seal new values by a new data key as well.
    pub data_key: bool,
    /// Take the old master keys out of the key file.
    pub retire: bool,
    /// How long a running server is given to take over a new data key, before that is wrapped by the new master key.
    pub pause: Duration,
}

/// What was rotated.
#[derive(Debug)]
pub struct Rotated {
    /// The new master key.
    pub active: KeyId,
    /// How many data keys it wraps now.
    pub rewrapped: usize,
    /// The version of the new data key of the configured workspace, when new ones were made: one for each workspace.
    pub data_key: Option<u32>,
    /// What came of the data keys before it.
    pub data_keys: Retired,
    /// Master keys that are no longer in the file.
    pub retired: Vec<KeyId>,
    /// The key file; none when the keys come from elsewhere and no new one was made.
    pub file: Option<PathBuf>,
}

/// What came of taking older data keys out of use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retired {
    /// How many tokens were sealed by the newest one.
    pub tokens: Resealed,
    /// How many secrets of the console, and channels with secrets, were sealed by the newest one.
    pub records: usize,
    /// Versions that were removed, with their workspaces: nothing is sealed by them.
    pub gone: Vec<(Name, u32)>,
    /// Versions that stay, and how much they have sealed: answers of logins under way, messages that wait. That ends by
    /// itself, within the hour as a rule.
    pub needed: Vec<(Name, u32, usize)>,
}

/// Why keys were not changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The keys come from a variable or a command, and cannot be taken out there.
    #[error(
        "the keys do not come from a file, so the old ones cannot be taken out here; take their lines out where the keys \
         are kept, when `countersign keys rotate` has said that all data keys are wrapped by the new one"
    )]
    NotHere,
    /// The keys are not in a file that can be changed.
    #[error(
        "the keys come from a credential of systemd, which cannot be written; name the file behind it with `--key-file`"
    )]
    Credential,
    /// The key file cannot be used.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The keys cannot be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A data key does not open.
    #[error(transparent)]
    Ring(#[from] KeyRingError),
    /// No key could be made.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// An old master key is still needed.
    #[error(transparent)]
    Retire(#[from] RetireError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Workshop {
    /// Opens the database that a configuration names.
    ///
    /// # Errors
    /// [`OpenError`] when there is none, or it cannot be used.
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        let store = store::beside(&config.store)?;
        Ok(Self { store, workspace: config.workspace.clone(), keys: config.keys.clone() })
    }

    /// Takes the keys from another file.
    #[must_use]
    pub fn with_key_file(mut self, path: PathBuf) -> Self {
        self.keys = KeySource::File { path, create: false };
        self
    }

    /// Who is logged in at `now`, without the tokens.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tokens(&self, which: &Which, now: Timestamp) -> Result<Vec<TokenInfo>, StoreError> {
        let mut tokens = self.store.tokens(&self.workspace, now).await?;
        tokens.retain(|token| which.means(token));
        Ok(tokens)
    }

    /// Removes tokens, with their refresh tokens. Gives how many.
    ///
    /// # Errors
    /// [`StoreError`]; then none was removed.
    pub async fn revoke(&self, which: &Which) -> Result<usize, StoreError> {
        let which = Revocation {
            workspace: self.workspace.clone(),
            channel: which.channel.clone(),
            address: which.contact.clone(),
            component: which.component.clone(),
        };
        self.store.revoke(&which).await
    }

    /// What is to be sent, and what could not be.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox(&self) -> Result<Outbox, StoreError> {
        let backlog = self.store.backlog().await?;
        Ok(Outbox { backlog, dead: self.store.dead_letters(&self.workspace).await? })
    }

    /// Lets the outbox go on. Gives whether it was held.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release(&self) -> Result<bool, StoreError> {
        let held = self.store.outbox_held().await?;
        if held {
            self.store.hold_outbox(false).await?;
        }
        Ok(held)
    }

    /// Holds the outbox: nothing is sent until it is released.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold(&self) -> Result<(), StoreError> {
        self.store.hold_outbox(true).await
    }

    /// Drops all that has not been sent, and gives how much it was. The outbox stays held when it is.
    ///
    /// # Errors
    /// [`StoreError`]; then all of it is still there.
    pub async fn discard(&self) -> Result<usize, StoreError> {
        self.store.discard_outbox().await
    }

    /// Makes a new master key and wraps all data keys by it. Where the keys come from a variable or a command, the first
    /// of them is the new one. It can be broken off at any place and begun again: a data
    /// key is always wrapped by a key that is in the file.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn rotate(&self, rotation: Rotation) -> Result<Rotated, KeyError> {
        let file = match &self.keys {
            KeySource::File { path, .. } => Some(KeyFile::at(path)),
            KeySource::Credential { .. } => return Err(KeyError::Credential),
            KeySource::Variable { .. } | KeySource::Command { .. } if rotation.retire => {
                return Err(KeyError::NotHere);
            }
            KeySource::Variable { .. } | KeySource::Command { .. } => None,
        };
        let masters = keys::masters(&self.keys, true)?;
        let mut ring = self.ring(masters).await?;
        // By the old master key, which the server knows: it can use the new data key from the first moment.
        let mut data_key = None;
        if rotation.data_key {
            for workspace in self.workspaces().await? {
                let version = self.new_data_key(&mut ring, &workspace).await?;
                data_key = data_key.or((workspace == self.workspace).then_some(version));
            }
            tokio::time::sleep(rotation.pause).await;
        }
        if let Some(file) = &file {
            ring = self.ring(file.add_key()?).await?;
        }
        let mut rewrapped = 0;
        for (workspace, version) in ring.outdated() {
            let Some(wrapped) = ring.rewrap(&workspace, version)? else { continue };
            Failpoint::KeyRewrapped.pass();
            rewrapped += usize::from(self.store.replace_data_key(wrapped).await?);
        }
        let data_keys = match rotation.data_key {
            true => self.retire().await?,
            false => Retired::default(),
        };
        let masters = keys::masters(&self.keys, true)?;
        let active = masters.active().id();
        let mut retired = Vec::new();
        if let (Some(file), true) = (&file, rotation.retire) {
            let stored = self.store.data_keys().await?;
            for old in masters.ids().filter(|id| *id != active) {
                ring.retire(old, &stored)?;
                file.remove_key(old)?;
                retired.push(old);
            }
        }
        let file = file.map(|file| file.path().to_owned());
        Ok(Rotated { active, rewrapped, data_key, data_keys, retired, file })
    }

    /// Seals tokens and secrets of the console by the newest data key, and removes the older ones that nothing is sealed by. A running server is
    /// given `pause` to take over the newest. It can be broken off at any place and begun again.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn retire_data_keys(&self, pause: Duration) -> Result<Retired, KeyError> {
        tokio::time::sleep(pause).await;
        self.retire().await
    }

    async fn retire(&self) -> Result<Retired, KeyError> {
        let ring = self.ring(keys::masters(&self.keys, true)?).await?;
        let (store, mut retired) = (self.store.as_ref(), Retired::default());
        for workspace in self.workspaces().await? {
            let older = ring.older(&workspace);
            if older.is_empty() {
                continue;
            }
            let tokens = countersign_runner::reseal_tokens(store, &ring, &workspace).await?;
            retired.tokens.tokens += tokens.tokens;
            retired.tokens.unopened += tokens.unopened;
            retired.records += countersign_api::reseal(store, &ring, &workspace).await?;
            for version in older {
                match store.retire_data_key(&workspace, version).await? {
                    0 => retired.gone.push((workspace.clone(), version)),
                    sealed => retired.needed.push((workspace.clone(), version, sealed)),
                }
            }
        }
        Ok(retired)
    }

    /// The workspaces that have a data key, the configured one first. The accounts of the console have one of their own,
    /// which is not renewed here.
    async fn workspaces(&self) -> Result<Vec<Name>, StoreError> {
        let stored = self.store.data_keys().await?;
        let others: BTreeSet<_> = stored.into_iter().map(|key| key.workspace).collect();
        let others = others
            .into_iter()
            .filter(|name| *name != self.workspace && name.as_str() != countersign_accounts::VAULT_WORKSPACE);
        Ok(std::iter::once(self.workspace.clone()).chain(others).collect())
    }

    /// Data keys that do not open with the master keys there are, and why.
    ///
    /// # Errors
    /// [`KeyError`] when the master keys or the store cannot be read.
    pub async fn lost_keys(&self) -> Result<Vec<KeyRingError>, KeyError> {
        let masters = keys::masters(&self.keys, false)?;
        Ok(KeyRing::unlock_some(masters, self.store.data_keys().await?).1)
    }

    /// Removes the data keys that do not open, and all tokens of the workspace, which they have sealed. Users log in
    /// again. Gives how many keys it removed.
    ///
    /// # Errors
    /// [`KeyError`].
    pub async fn forget_lost_keys(&self) -> Result<usize, KeyError> {
        let lost = self.lost_keys().await?;
        if lost.is_empty() {
            return Ok(0);
        }
        self.revoke(&Which::default()).await?;
        for error in &lost {
            let (KeyRingError::UnknownMaster { workspace, version, .. }
            | KeyRingError::Damaged { workspace, version }
            | KeyRingError::Duplicate { workspace, version }) = error;
            self.store.remove_data_key(workspace, *version).await?;
        }
        Ok(lost.len())
    }

    async fn ring(&self, masters: MasterKeys) -> Result<KeyRing, KeyError> {
        Ok(KeyRing::unlock(masters, self.store.data_keys().await?)?)
    }

    async fn new_data_key(&self, ring: &mut KeyRing, workspace: &Name) -> Result<u32, KeyError> {
        loop {
            let wrapped = ring.new_data_key(workspace)?;
            let version = wrapped.version;
            if self.store.add_data_key(wrapped).await? {
                return Ok(version);
            }
            // Another process was faster: that version is taken.
            ring.forget(workspace, version);
            let stored = self.store.data_keys().await?;
            let theirs = stored.iter().filter(|key| key.workspace == *workspace && key.version == version);
            theirs.into_iter().try_for_each(|key| ring.add(key))?;
        }
    }
}

impl Which {
    fn means(&self, token: &TokenInfo) -> bool {
        let key = &token.conversation;
        self.channel.as_ref().is_none_or(|channel| *channel == key.channel)
            && self.contact.as_ref().is_none_or(|contact| *contact == key.address)
            && self.component.as_ref().is_none_or(|component| *component == token.component)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use countersign_model::SecretText;
    use countersign_store::{Expected, RecordKey, RecordValue, RecordWrite};
    use countersign_vault::{MasterKey, Scope, Sealed};

    use super::*;

    struct World {
        folder: tempfile::TempDir,
    }

    impl World {
        /// A database with one data key, as a server leaves it.
        async fn new() -> Self {
            let world = Self { folder: tempfile::tempdir().unwrap() };
            let config = world.config();
            let store = store::open(&config.store).unwrap();
            let masters = keys::masters(&config.keys, false).unwrap();
            countersign_runner::open_keys(store.as_ref(), masters, [&config.workspace]).await.unwrap();
            world
        }

        fn config(&self) -> Config {
            Config::from_text("bots = [\"a.yaml\"]", &self.folder.path().join("c.toml"), &[]).unwrap()
        }

        fn file(&self) -> KeyFile {
            KeyFile::at(self.folder.path().join("countersign.keys"))
        }

        fn workshop(&self) -> Workshop {
            Workshop::open(&self.config()).unwrap()
        }
    }

    fn scope() -> Scope {
        Scope::for_workspace("main".parse().unwrap(), "api".into())
    }

    #[tokio::test]
    async fn a_rotation_leaves_everything_open() {
        let world = World::new().await;
        let workshop = world.workshop();
        let old = world.file().load().unwrap().active().id();
        let ring = workshop.ring(world.file().load().unwrap()).await.unwrap();
        let sealed = ring.seal(&scope(), &SecretText::from("canary")).unwrap();
        let rotated = workshop.rotate(Rotation { data_key: true, ..Rotation::default() }).await.unwrap();
        assert_eq!((rotated.rewrapped, rotated.data_key, rotated.retired.len()), (2, Some(2), 0));
        assert_eq!(
            rotated.data_keys.gone,
            [("main".parse().unwrap(), 1)],
            "nothing in the store is sealed by it"
        );
        assert_ne!(rotated.active, old);
        let ring = workshop.ring(world.file().load().unwrap()).await.unwrap();
        assert!(ring.open(&scope(), &sealed, Timestamp::from_secs(0)).is_err());
        let sealed = ring.seal(&scope(), &SecretText::from("canary")).unwrap();
        let again = workshop.rotate(Rotation { retire: true, ..Rotation::default() }).await.unwrap();
        assert_eq!((again.rewrapped, again.retired.len()), (1, 2));
        let ring = workshop.ring(world.file().load().unwrap()).await.unwrap();
        assert_eq!(ring.open(&scope(), &sealed, Timestamp::from_secs(0)).unwrap().expose(), "canary");
        let left: Vec<_> = world.file().load().unwrap().ids().collect();
        assert_eq!(left, [again.active]);
        assert!(workshop.lost_keys().await.unwrap().is_empty());
    }

    /// A secret that was set in the console.
    #[tokio::test]
    async fn a_secret_of_the_console_outlives_its_data_key() {
        let world = World::new().await;
        let workshop = world.workshop();
        let main: Name = "main".parse().unwrap();
        let scope = Scope::for_workspace(main.clone(), "secret/api".into());
        let ring = workshop.ring(world.file().load().unwrap()).await.unwrap();
        let sealed = ring.seal(&scope, &SecretText::from("canary")).unwrap();
        let body = serde_json::json!({ "sealed": STANDARD.encode(sealed.as_bytes()), "set_by": "Ada" });
        let key = RecordKey { workspace: Some(main), kind: "secret", id: "api".to_owned() };
        let value = RecordValue { body: body.to_string().into_bytes(), alias: None, expires_at: None };
        let write = RecordWrite { key: key.clone(), expected: Expected::Absent, value: Some(value) };
        workshop.store.change(vec![write], Vec::new(), Timestamp::from_secs(1)).await.unwrap();

        let rotated = workshop.rotate(Rotation { data_key: true, ..Rotation::default() }).await.unwrap();
        assert_eq!(
            (rotated.data_keys.records, rotated.data_keys.gone),
            (1, vec![("main".parse().unwrap(), 1)])
        );
        let record = workshop.store.record(&key, Timestamp::from_secs(2)).await.unwrap().unwrap();
        assert_eq!(record.changed_at, Timestamp::from_secs(1), "nobody has set it anew");
        let body: serde_json::Value = serde_json::from_slice(&record.body).unwrap();
        let sealed = Sealed::from_bytes(STANDARD.decode(body["sealed"].as_str().unwrap()).unwrap());
        let ring = workshop.ring(world.file().load().unwrap()).await.unwrap();
        assert_eq!(ring.open(&scope, &sealed, Timestamp::from_secs(2)).unwrap().expose(), "canary");
    }

    /// A workspace that was made in the console has a data key of its own.
    #[tokio::test]
    async fn every_workspace_gets_a_new_data_key_and_the_accounts_keep_theirs() {
        let world = World::new().await;
        let workshop = world.workshop();
        let of = |text: &str| text.parse::<Name>().unwrap();
        let accounts = of(countersign_accounts::VAULT_WORKSPACE);
        let masters = world.file().load().unwrap();
        countersign_runner::open_keys(workshop.store.as_ref(), masters, [&of("second"), &accounts])
            .await
            .unwrap();
        let scope = Scope::for_workspace(of("second"), "secret/api".into());
        let ring = workshop.ring(world.file().load().unwrap()).await.unwrap();
        let sealed = ring.seal(&scope, &SecretText::from("canary")).unwrap();
        let body = serde_json::json!({ "sealed": STANDARD.encode(sealed.as_bytes()), "set_by": "Ada" });
        let key = RecordKey { workspace: Some(of("second")), kind: "secret", id: "api".to_owned() };
        let value = RecordValue { body: body.to_string().into_bytes(), alias: None, expires_at: None };
        let write = RecordWrite { key: key.clone(), expected: Expected::Absent, value: Some(value) };
        workshop.store.change(vec![write], Vec::new(), Timestamp::from_secs(1)).await.unwrap();

        let rotated = workshop.rotate(Rotation { data_key: true, ..Rotation::default() }).await.unwrap();
        assert_eq!(rotated.data_key, Some(2));
        assert_eq!(rotated.data_keys.records, 1);
        assert_eq!(rotated.data_keys.gone, [(of("main"), 1), (of("second"), 1)]);
        let record = workshop.store.record(&key, Timestamp::from_secs(2)).await.unwrap().unwrap();
        let body: serde_json::Value = serde_json::from_slice(&record.body).unwrap();
        let sealed = Sealed::from_bytes(STANDARD.decode(body["sealed"].as_str().unwrap()).unwrap());
        let ring = workshop.ring(world.file().load().unwrap()).await.unwrap();
        assert_eq!(ring.open(&scope, &sealed, Timestamp::from_secs(2)).unwrap().expose(), "canary");
        let left = workshop.store.data_keys().await.unwrap();
        let of_accounts = left.iter().find(|key| key.workspace == accounts).unwrap();
        assert_eq!(of_accounts.version, 1);
    }

    #[tokio::test]
    async fn keys_of_systemd_cannot_be_written() {
        let world = World::new().await;
        let source = KeySource::Credential { name: "a".to_owned(), folder: None };
        let workshop = Workshop { keys: source, ..world.workshop() };
        let error = workshop.rotate(Rotation::default()).await.unwrap_err();
        assert!(error.to_string().contains("`--key-file`"), "{error}");
        let workshop = workshop.with_key_file(world.file().path().to_owned());
        assert_eq!(workshop.rotate(Rotation::default()).await.unwrap().rewrapped, 1);
    }

    #[tokio::test]
    async fn keys_from_elsewhere_are_rotated_where_they_are_kept() {
        let world = World::new().await;
        let lines = || std::fs::read_to_string(world.file().path()).unwrap();
        let from = |text: String| KeySource::Variable {
            name: "KEYS".to_owned(),
            keys: Some(Arc::new(SecretText::new(text))),
        };
        let new = MasterKey::generate().unwrap();
        let both = from(format!("{}\n{}", new.to_line().expose(), lines()));
        let workshop = Workshop { keys: both.clone(), ..world.workshop() };
        let error = workshop.rotate(Rotation { retire: true, ..Rotation::default() }).await.unwrap_err();
        assert!(error.to_string().contains("take their lines out where the keys are kept"), "{error}");
        let rotated = workshop.rotate(Rotation::default()).await.unwrap();
        assert_eq!((rotated.active, rotated.rewrapped, rotated.file), (new.id(), 1, None));
        let workshop = Workshop { keys: from(new.to_line().into_public()), ..world.workshop() };
        assert!(workshop.lost_keys().await.unwrap().is_empty(), "the old key is of no use any more");
        assert_eq!(workshop.rotate(Rotation::default()).await.unwrap().rewrapped, 0);
        let none = Workshop { keys: from(String::new()), ..world.workshop() };
        assert!(matches!(none.rotate(Rotation::default()).await, Err(KeyError::Start(_))));
    }

    #[tokio::test]
    async fn what_a_lost_key_has_sealed_can_be_given_up() {
        let world = World::new().await;
        std::fs::remove_file(world.file().path()).unwrap();
        let gone = keys::masters(&world.config().keys, true).unwrap_err();
        assert!(gone.to_string().contains("countersign keys forget"), "{gone}");
        let workshop = world.workshop();
        assert_eq!(workshop.lost_keys().await.unwrap().len(), 1);
        assert_eq!(workshop.forget_lost_keys().await.unwrap(), 1);
        assert_eq!(workshop.forget_lost_keys().await.unwrap(), 0);
    }

    #[tokio::test]
    async fn the_outbox_is_held_and_released() {
        let world = World::new().await;
        let workshop = world.workshop();
        assert!(!workshop.release().await.unwrap());
        workshop.hold().await.unwrap();
        assert!(workshop.outbox().await.unwrap().backlog.held);
        assert_eq!(workshop.discard().await.unwrap(), 0);
        assert!(workshop.release().await.unwrap());
        assert!(!workshop.outbox().await.unwrap().backlog.held);
    }

    #[test]
    fn a_database_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        let config = Config::from_text("bots = [\"a.yaml\"]", &path, &[]).unwrap();
        assert!(matches!(Workshop::open(&config), Err(OpenError::Missing { .. })));
        assert!(!Path::new(&config.store).exists());
    }

    #[test]
    fn all_that_is_given_must_hold() {
        let name = |text: &str| text.parse::<Name>().unwrap();
        let token = TokenInfo {
            conversation: countersign_runner::ConversationKey {
                workspace: name("main"),
                channel: name("wa"),
                address: "49".into(),
            },
            bot: name("demo"),
            component: name("login"),
            expires_at: Timestamp::from_secs(1),
            logged_in_at: Timestamp::from_secs(0),
            refresh_until: None,
        };
        assert!(Which::default().means(&token));
        let which =
            Which { channel: Some(name("wa")), contact: Some("49".into()), component: Some(name("login")) };
        assert!(which.means(&token));
        assert!(!Which { contact: Some("50".into()), ..which.clone() }.means(&token));
        assert!(!Which { channel: Some(name("tg")), ..which.clone() }.means(&token));
        assert!(!Which { component: Some(name("other")), ..which }.means(&token));
    }
}
