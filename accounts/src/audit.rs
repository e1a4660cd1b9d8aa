//! Lines of the audit log (SECURITY §3.10).

use countersign_model::Name;
use countersign_store::AuditEntry;

use crate::Accounts;
use crate::actor::Actor;
use crate::error::AccountsError;
use crate::id::Id;
use crate::permission::Permission;
use crate::visit::Visit;

/// Who does it, when it is neither an account nor a key.
pub(crate) const STRANGER: &str = "stranger";
pub(crate) const HOST: &str = "host";

impl Actor {
    /// A line of the audit log of the workspace: this one did `action` to `object`. Put it into the same change as what it
    /// tells of.
    pub fn entry(&self, action: &str, object: &str, visit: &Visit) -> AuditEntry {
        entry(Some(&self.workspace), &self.name(), action, object, visit)
    }
}

impl Accounts {
    /// Refuses what the actor may not do, and writes the refusal down.
    ///
    /// # Errors
    /// [`AccountsError::Forbidden`], [`AccountsError::Store`].
    pub async fn demand(
        &self,
        actor: &Actor,
        permission: Permission,
        object: &str,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        if actor.may(permission) {
            return Ok(());
        }
        let line = refused(actor.entry(permission.as_str(), object, visit), "permission");
        self.commit(Vec::new(), vec![line], visit.at).await?;
        Err(AccountsError::Forbidden(permission))
    }

    /// The same, for what needs a fresh proof of who it is too.
    ///
    /// # Errors
    /// [`AccountsError::Forbidden`], [`AccountsError::StepUp`], [`AccountsError::Store`].
    pub async fn demand_fresh(
        &self,
        actor: &Actor,
        permission: Permission,
        object: &str,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        self.demand(actor, permission, object, visit).await?;
        if actor.stepped_up(visit.at) {
            return Ok(());
        }
        let line = refused(actor.entry(permission.as_str(), object, visit), "step_up");
        self.commit(Vec::new(), vec![line], visit.at).await?;
        Err(AccountsError::StepUp)
    }

    /// Writes lines of the audit log for something that changes no record.
    ///
    /// # Errors
    /// [`AccountsError::Store`].
    pub async fn write_down(&self, lines: Vec<AuditEntry>, visit: &Visit) -> Result<(), AccountsError> {
        self.commit(Vec::new(), lines, visit.at).await
    }
}

pub(crate) fn entry(
    workspace: Option<&Name>,
    actor: &str,
    action: &str,
    object: &str,
    visit: &Visit,
) -> AuditEntry {
    AuditEntry {
        workspace: workspace.cloned(),
        at: visit.at,
        actor: actor.to_owned(),
        ip: visit.ip.map(|ip| ip.to_canonical().to_string()),
        action: action.to_owned(),
        object: object.to_owned(),
        allowed: true,
        detail: "{}".to_owned(),
    }
}

/// The line says that it was refused, and in a word why.
pub(crate) fn refused(entry: AuditEntry, why: &str) -> AuditEntry {
    AuditEntry { allowed: false, ..with(entry, &[("why", why)]) }
}

/// The line with more, as an object of texts.
pub(crate) fn with(entry: AuditEntry, more: &[(&str, &str)]) -> AuditEntry {
    let object: serde_json::Map<_, _> =
        more.iter().map(|(key, value)| ((*key).to_owned(), serde_json::Value::from(*value))).collect();
    AuditEntry { detail: serde_json::Value::Object(object).to_string(), ..entry }
}

pub(crate) fn account(id: &Id) -> String {
    format!("account/{id}")
}
