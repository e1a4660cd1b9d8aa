//! Keys of programs: `sck_live_<id>_<256 bits>`.
//!
//! A key may what it was given, as far as the person who made it may it still: who loses a role does not keep it in a key.

use std::net::IpAddr;

use countersign_model::{Name, SecretText, Timestamp};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::Accounts;
use crate::account::check_name;
use crate::actor::{Actor, Who};
use crate::audit::{entry, refused, with};
use crate::documents::{Document, Fresh, Stored};
use crate::error::{AccountsError, FieldError};
use crate::id::{self, Id};
use crate::members::Roster;
use crate::permission::{Permission, Permissions};
use crate::session::NOTE_EVERY;
use crate::visit::Visit;

const PREFIX: &str = "sck_live_";

/// A key that is to be made.
#[derive(Clone, Debug, Default)]
pub struct NewApiKey {
    /// What it is for.
    pub name: String,
    /// What it may do, as the API writes it.
    pub scopes: Vec<String>,
    /// When it is over, if ever.
    pub expires_at: Option<Timestamp>,
    /// Addresses or networks it may come from; from everywhere when there are none.
    pub ips: Vec<String>,
}

/// A key that was just made.
#[derive(Debug)]
pub struct ApiKey {
    /// What is known of it.
    pub summary: ApiKeySummary,
    /// The key itself. It is shown once.
    pub key: SecretText,
}

/// A key in the list of a workspace.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiKeySummary {
    /// Its id, which stands in the key too.
    pub id: Id,
    /// What it is for.
    pub name: String,
    /// What it was given.
    pub scopes: Permissions,
    /// What of that it may do now: as much as the person who made it may.
    pub effective: Permissions,
    /// When it is over, if ever.
    pub expires_at: Option<Timestamp>,
    /// Where it may come from; from everywhere when there are none.
    pub ips: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it, as the audit log names them.
    pub created_by: String,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A key as it is kept. Its second name is the hash of the whole key. The record stays when the key is over, so that it
/// shows in the list that it is.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KeptKey {
    id: Id,
    workspace: Name,
    name: String,
    scopes: Vec<String>,
    expires_at: Option<Timestamp>,
    ips: Vec<IpNet>,
    created_at: Timestamp,
    /// As the audit log names them.
    pub(crate) created_by: String,
    last_used_at: Option<Timestamp>,
    #[serde(default)]
    last_refused_at: Option<Timestamp>,
}

impl Document for KeptKey {
    const KIND: &'static str = "api_key";
}

impl KeptKey {
    fn permissions(&self) -> Permissions {
        self.scopes
            .iter()
            .filter_map(|scope| scope.parse().ok())
            .filter(|scope: &Permission| scope.for_keys())
            .collect()
    }

    /// What it may do while its workspace has these members.
    fn effective(&self, roster: Option<&Roster>) -> Permissions {
        let maker = self.created_by.strip_prefix("account/").and_then(|id| id.parse::<Id>().ok());
        let member = maker.and_then(|maker| roster?.member(&maker));
        member.map_or_else(Permissions::default, |member| self.permissions().and(member.role.permissions()))
    }

    fn summary(&self, roster: Option<&Roster>) -> ApiKeySummary {
        ApiKeySummary {
            effective: self.effective(roster),
            id: self.id.clone(),
            name: self.name.clone(),
            scopes: self.permissions(),
            expires_at: self.expires_at,
            ips: self.ips.iter().map(ToString::to_string).collect(),
            created_at: self.created_at,
            created_by: self.created_by.clone(),
            last_used_at: self.last_used_at,
        }
    }

    /// Why it does not count now, if it does not.
    fn refusal(&self, visit: &Visit) -> Option<&'static str> {
        if self.expires_at.is_some_and(|end| visit.at >= end) {
            return Some("expired");
        }
        let from: Option<IpAddr> = visit.ip.map(|ip| ip.to_canonical());
        let allowed =
            self.ips.is_empty() || from.is_some_and(|ip| self.ips.iter().any(|net| net.contains(&ip)));
        (!allowed).then_some("address")
    }
}

impl Accounts {
    /// Makes a key for the actor's workspace.
    ///
    /// # Errors
    /// [`AccountsError::Forbidden`] without `key.edit`, [`AccountsError::StepUp`]; [`AccountsError::BeyondOwn`] for a scope
    /// that the actor has not; [`AccountsError::Invalid`].
    pub async fn create_api_key(
        &self,
        actor: &Actor,
        new: &NewApiKey,
        visit: &Visit,
    ) -> Result<ApiKey, AccountsError> {
        self.demand_fresh(actor, Permission::KeyEdit, "api-keys", visit).await?;
        let (name, scopes, ips) = check(new, visit)?;
        let wanted: Permissions = scopes.iter().copied().collect();
        if !actor.permissions.covers(wanted) {
            let line = refused(actor.entry("key.create", "api-keys", visit), "beyond own");
            self.commit(Vec::new(), vec![line], visit.at).await?;
            return Err(AccountsError::BeyondOwn);
        }
        let kept = KeptKey {
            id: Id::random()?,
            workspace: actor.workspace.clone(),
            name,
            scopes: wanted.iter().map(|scope| scope.as_str().to_owned()).collect(),
            expires_at: new.expires_at,
            ips,
            created_at: visit.at,
            created_by: actor.name(),
            last_used_at: None,
            last_refused_at: None,
        };
        let secret = id::token_for_people()?;
        let key = SecretText::new(format!("{PREFIX}{}_{}", kept.id, secret.expose()));
        let write = Fresh {
            workspace: Some(&actor.workspace),
            id: kept.id.to_string(),
            alias: Some(self.key_hash(&key)),
            expires_at: None,
            value: &kept,
        }
        .write()?;
        let roster = self.roster(&actor.workspace, visit.at).await?.value;
        let line = actor.entry("key.create", &object(&kept.id), visit);
        let line = with(line, &[("scopes", &kept.scopes.join(" "))]);
        self.commit(vec![write], vec![line], visit.at).await?;
        Ok(ApiKey { summary: kept.summary(Some(&roster)), key })
    }

    /// Keys of the actor's workspace.
    ///
    /// # Errors
    /// [`AccountsError::Forbidden`] without `key.edit`.
    pub async fn api_keys(&self, actor: &Actor, visit: &Visit) -> Result<Vec<ApiKeySummary>, AccountsError> {
        self.demand(actor, Permission::KeyEdit, "api-keys", visit).await?;
        let all: Vec<Stored<KeptKey>> = self.list(Some(&actor.workspace), "", visit.at).await?;
        let roster = self.roster(&actor.workspace, visit.at).await?.value;
        Ok(all.iter().map(|there| there.value.summary(Some(&roster))).collect())
    }

    /// Ends a key.
    ///
    /// # Errors
    /// [`AccountsError::Forbidden`] without `key.edit`, [`AccountsError::StepUp`], [`AccountsError::NotFound`].
    pub async fn remove_api_key(&self, actor: &Actor, id: &Id, visit: &Visit) -> Result<(), AccountsError> {
        self.demand_fresh(actor, Permission::KeyEdit, &object(id), visit).await?;
        crate::documents::again(async || {
            let there: Option<Stored<KeptKey>> =
                self.load(Some(&actor.workspace), id.as_str(), visit.at).await?;
            let there = there.ok_or(AccountsError::NotFound("API key"))?;
            let line = actor.entry("key.remove", &object(id), visit);
            self.commit(vec![there.remove()], vec![line], visit.at).await
        })
        .await
    }

    /// What the holder of a key may do in a workspace, and notes that it was used. Of what the key was given, that is what the
    /// person who made it may do now.
    ///
    /// # Errors
    /// [`AccountsError::SignedOut`] when it is no key, or over, or comes from an address that it may not come from, or
    /// nothing is left that it may do;
    /// [`AccountsError::NotFound`] for another workspace.
    pub async fn key_actor(
        &self,
        key: &SecretText,
        workspace: &Name,
        visit: &Visit,
    ) -> Result<Actor, AccountsError> {
        if !key.expose().starts_with(PREFIX) {
            return Err(AccountsError::SignedOut);
        }
        let there: Option<Stored<KeptKey>> = self.load_by_alias(&self.key_hash(key), visit.at).await?;
        let mut there = there.ok_or(AccountsError::SignedOut)?;
        let roster: Option<Stored<Roster>> =
            self.load(Some(&there.value.workspace), Roster::ID, visit.at).await?;
        let permissions = there.value.effective(roster.as_ref().map(|roster| &roster.value));
        let orphaned = (permissions == Permissions::default()).then_some("maker");
        if let Some(why) = there.value.refusal(visit).or(orphaned) {
            let told = there.value.last_refused_at.is_some_and(|last| visit.at.since(last) < NOTE_EVERY);
            if !told {
                there.value.last_refused_at = Some(visit.at);
                let name = object(&there.value.id);
                let line = entry(
                    Some(&there.value.workspace),
                    &name.replace("api-key", "key"),
                    "key.use",
                    &name,
                    visit,
                );
                self.note(&there, vec![refused(line, why)], visit).await?;
            }
            return Err(AccountsError::SignedOut);
        }
        if there.value.last_used_at.is_none_or(|last| visit.at.since(last) >= NOTE_EVERY) {
            there.value.last_used_at = Some(visit.at);
            self.note(&there, Vec::new(), visit).await?;
        }
        if there.value.workspace != *workspace {
            return Err(AccountsError::NotFound("workspace"));
        }
        Ok(Actor {
            permissions,
            who: Who::Key { id: there.value.id, name: there.value.name },
            workspace: there.value.workspace,
            role: None,
            stepped_up_until: None,
        })
    }

    /// Writes the key, unless somebody else does at the same moment.
    async fn note(
        &self,
        there: &Stored<KeptKey>,
        lines: Vec<countersign_store::AuditEntry>,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        match self.commit(vec![there.write()?], lines, visit.at).await {
            Err(AccountsError::Stale) => Ok(()),
            other => other,
        }
    }

    fn key_hash(&self, key: &SecretText) -> String {
        self.keep.hash("api key", &[key.expose()])
    }
}

/// Everything that was typed, or all that is wrong of it.
fn check(new: &NewApiKey, visit: &Visit) -> Result<(String, Vec<Permission>, Vec<IpNet>), AccountsError> {
    let mut fields = Vec::new();
    let mut wrong = |pointer, code, message: &str| {
        fields.push(FieldError { pointer, code, message: message.to_owned() });
    };
    let scopes: Vec<_> = new.scopes.iter().map(|scope| scope.parse::<Permission>()).collect();
    if scopes.is_empty() {
        wrong("/scopes", "required", "choose at least one thing that the key may do");
    } else if scopes.iter().any(Result::is_err) {
        wrong("/scopes", "unknown", "one of the scopes is none of those that there are");
    } else if scopes.iter().flatten().any(|scope| !scope.for_keys()) {
        wrong(
            "/scopes",
            "people_only",
            "a key cannot change members, keys or the workspace; only people can",
        );
    }
    if new.expires_at.is_some_and(|end| end <= visit.at) {
        wrong("/expires_at", "past", "choose a time in the future");
    }
    let ips: Vec<_> = new.ips.iter().map(|ip| network(ip)).collect();
    if ips.iter().any(Option::is_none) {
        wrong("/ips", "address", "write addresses like `192.0.2.7` or networks like `192.0.2.0/24`");
    }
    if ips.len() > 100 {
        wrong("/ips", "too_many", "at most 100 addresses; use networks");
    }
    let name = check_name(&new.name).map_err(|field| fields.push(field));
    match name {
        Ok(name) if fields.is_empty() => {
            Ok((name, scopes.into_iter().flatten().collect(), ips.into_iter().flatten().collect()))
        }
        _ => Err(AccountsError::Invalid { fields }),
    }
}

fn network(text: &str) -> Option<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)).map(|net| net.trunc())
}

fn object(id: &Id) -> String {
    format!("api-key/{id}")
}
