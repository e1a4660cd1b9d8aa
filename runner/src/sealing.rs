//! Which scope every value is sealed for. Opening stands in [`crate::secrets`] and [`crate::turn`].

use std::sync::{Arc, PoisonError, RwLock};

use countersign_model::{ChannelKind, Name, SecretText, Timestamp};
use countersign_store::{ConversationKey, SealedPayload};
use countersign_vault::{ContactKey, KeyRing, OpenError, Pseudonymizer, Purpose, Scope, SealError, Sealed};

pub(crate) struct Vault(Arc<RwLock<KeyRing>>);

/// To whom a value belongs.
#[derive(Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub(crate) conversation: &'a ConversationKey,
    pub(crate) kind: ChannelKind,
}

impl Vault {
    pub(crate) fn new(keys: Arc<RwLock<KeyRing>>) -> Self {
        Self(keys)
    }

    pub(crate) fn seal(&self, scope: &Scope, secret: &SecretText) -> Result<Sealed, SealError> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).seal(scope, secret)
    }

    pub(crate) fn open(
        &self,
        scope: &Scope,
        sealed: &Sealed,
        now: Timestamp,
    ) -> Result<SecretText, OpenError> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).open(scope, sealed, now)
    }

    /// What makes keys of counters: the one of now first.
    pub(crate) fn names(&self) -> Result<Vec<Pseudonymizer>, SealError> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).pseudonymizers()
    }

    /// The keys, to add those that another program has made.
    pub(crate) fn ring(&self) -> &RwLock<KeyRing> {
        &self.0
    }

    pub(crate) fn seal_inbound(
        &self,
        conversation: &ConversationKey,
        kind: ChannelKind,
        plain: &SecretText,
        until: Timestamp,
    ) -> Result<SealedPayload, SealError> {
        let scope = Owner { conversation, kind }.inbound(until);
        Ok(SealedPayload { sealed: self.seal(&scope, plain)?, expires_at: until })
    }
}

impl Owner<'_> {
    pub(crate) fn inbound(self, until: Timestamp) -> Scope {
        self.scope(None, None, Purpose::Inbound, until)
    }

    pub(crate) fn token(self, bot: &Name, component: &Name, until: Timestamp) -> Scope {
        self.scope(Some(bot), Some(component), Purpose::Token, until)
    }

    pub(crate) fn refresh(self, bot: &Name, component: &Name, until: Timestamp) -> Scope {
        self.scope(Some(bot), Some(component), Purpose::RefreshToken, until)
    }

    pub(crate) fn answer(self, bot: &Name, component: &Name, index: u8, until: Timestamp) -> Scope {
        self.scope(Some(bot), Some(component), Purpose::Answer { field: u16::from(index) }, until)
    }

    fn scope(
        self,
        bot: Option<&Name>,
        component: Option<&Name>,
        purpose: Purpose,
        expires_at: Timestamp,
    ) -> Scope {
        let ConversationKey { workspace, channel, address } = self.conversation;
        Scope {
            workspace: workspace.clone(),
            bot: bot.cloned(),
            component: component.cloned(),
            contact: Some(ContactKey { channel: channel.clone(), address: address.clone() }),
            // A spoken channel's conversation is one phone call, named by its address.
            call: self.kind.capabilities().spoken.then(|| address.clone()),
            purpose,
            expires_at,
        }
    }
}
