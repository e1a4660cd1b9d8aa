use countersign_model::{Name, Timestamp};

use crate::Accounts;
use crate::error::AccountsError;
use crate::id::Id;
use crate::members::Roster;
use crate::permission::{Permission, Permissions, Role};
use crate::session::Session;
use crate::visit::Visit;

/// Somebody in a workspace, with what they may do there at this moment. Made for one request, and not kept.
#[derive(Clone, Debug)]
pub struct Actor {
    pub(crate) who: Who,
    pub(crate) workspace: Name,
    pub(crate) role: Option<Role>,
    pub(crate) permissions: Permissions,
    pub(crate) stepped_up_until: Option<Timestamp>,
}

/// An account or a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A person with a session.
    Account {
        /// Their account.
        id: Id,
        /// Their name.
        name: String,
    },
    /// A program with an API key.
    Key {
        /// The key.
        id: Id,
        /// Its name.
        name: String,
    },
}

impl Actor {
    /// Who it is.
    pub fn who(&self) -> &Who {
        &self.who
    }

    /// In which workspace.
    pub fn workspace(&self) -> &Name {
        &self.workspace
    }

    /// The role; a key has none.
    pub fn role(&self) -> Option<Role> {
        self.role
    }

    /// All that it may do here.
    pub fn permissions(&self) -> Permissions {
        self.permissions
    }

    /// Whether it may do this here.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(permission)
    }

    /// Whether a person has proved within ten minutes who they are. A key was made with such a proof and holds what it was
    /// given, so it counts as one.
    pub fn stepped_up(&self, now: Timestamp) -> bool {
        match self.who {
            Who::Account { .. } => self.stepped_up_until.is_some_and(|until| now < until),
            Who::Key { .. } => true,
        }
    }

    /// As the audit log names it: `account/…`, `key/…`.
    pub fn name(&self) -> String {
        match &self.who {
            Who::Account { id, .. } => crate::audit::account(id),
            Who::Key { id, .. } => format!("key/{id}"),
        }
    }
}

impl Accounts {
    /// What the session may do in a workspace, by the role that the account has there now.
    ///
    /// # Errors
    /// [`AccountsError::NotFound`] when there is no such workspace or the account is not in it: nobody learns which.
    pub async fn actor(
        &self,
        session: &Session,
        workspace: &Name,
        visit: &Visit,
    ) -> Result<Actor, AccountsError> {
        let roster = self.load::<Roster>(Some(workspace), Roster::ID, visit.at).await?;
        let member = roster.as_ref().and_then(|roster| roster.value.member(&session.account));
        let member = member.ok_or(AccountsError::NotFound("workspace"))?;
        Ok(Actor {
            who: Who::Account { id: session.account.clone(), name: session.name.clone() },
            workspace: workspace.clone(),
            role: Some(member.role),
            permissions: member.role.permissions(),
            stepped_up_until: session.stepped_up_until,
        })
    }
}
