use countersign_model::{Name, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Accounts;
use crate::account::Account;
use crate::actor::{Actor, Who};
use crate::audit::{self, refused, with};
use crate::documents::{Document, Stored, again};
use crate::error::AccountsError;
use crate::id::Id;
use crate::permission::{Permission, Role};
use crate::visit::Visit;

/// A member of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: Id,
    /// How people call them.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they are.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
    /// When they signed in last.
    pub last_seen: Option<Timestamp>,
}

/// Who is in a workspace. One record, so that two owners who demote each other at once cannot leave it without one.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Roster {
    pub(crate) members: Vec<RosterMember>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct RosterMember {
    pub(crate) account: Id,
    pub(crate) role: Role,
    pub(crate) since: Timestamp,
}

impl Document for Roster {
    const KIND: &'static str = "roster";
}

impl Roster {
    pub(crate) const ID: &'static str = "members";

    pub(crate) fn member(&self, account: &Id) -> Option<&RosterMember> {
        self.members.iter().find(|member| member.account == *account)
    }

    pub(crate) fn has_owner(&self) -> bool {
        self.members.iter().any(|member| member.role == Role::Owner)
    }
}

impl Accounts {
    /// Members of the actor's workspace, in the order they came.
    ///
    /// # Errors
    /// [`AccountsError::Forbidden`] without `member.read`.
    pub async fn members(&self, actor: &Actor, visit: &Visit) -> Result<Vec<Member>, AccountsError> {
        self.demand(actor, Permission::MemberRead, "members", visit).await?;
        let mut members = Vec::new();
        for member in self.roster(&actor.workspace, visit.at).await?.value.members {
            let account = match self.account(&member.account, visit.at).await {
                Err(AccountsError::NotFound(_)) => continue,
                account => account?.value,
            };
            members.push(Member {
                account: member.account,
                name: account.name,
                email: account.email,
                role: member.role,
                since: member.since,
                last_seen: account.last_seen,
            });
        }
        Ok(members)
    }

    /// Gives a member another role. It counts from their next request on.
    ///
    /// # Errors
    /// [`AccountsError::Forbidden`] without `member.edit`, [`AccountsError::StepUp`]; [`AccountsError::BeyondOwn`]
    /// when the old or the new role has more than the actor; [`AccountsError::LastOwner`];
    /// [`AccountsError::NotFound`].
    pub async fn change_role(
        &self,
        actor: &Actor,
        account: &Id,
        role: Role,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        let object = audit::account(account);
        self.demand_fresh(actor, Permission::MemberEdit, &object, visit).await?;
        again(async || {
            let mut roster = self.roster(&actor.workspace, visit.at).await?;
            let old = roster.value.member(account).ok_or(AccountsError::NotFound("member"))?.role;
            self.within_own(actor, &[old, role], "member.role", &object, visit).await?;
            for member in roster.value.members.iter_mut().filter(|member| member.account == *account) {
                member.role = role;
            }
            if !roster.value.has_owner() {
                return Err(AccountsError::LastOwner);
            }
            let line = actor.entry("member.role", &object, visit);
            let line = with(line, &[("from", old.as_str()), ("to", role.as_str())]);
            self.commit(vec![roster.write()?], vec![line], visit.at).await
        })
        .await
    }

    /// Removes a member; a person may remove themselves without any permission. Their API keys and the invitations that they
    /// made end with it, and all their sessions when somebody else removes them.
    ///
    /// # Errors
    /// As [`Accounts::change_role`].
    pub async fn remove_member(
        &self,
        actor: &Actor,
        account: &Id,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        let object = audit::account(account);
        let leaves = matches!(&actor.who, Who::Account { id, .. } if id == account);
        if !leaves {
            self.demand_fresh(actor, Permission::MemberEdit, &object, visit).await?;
        }
        again(async || {
            let mut roster = self.roster(&actor.workspace, visit.at).await?;
            let old = roster.value.member(account).ok_or(AccountsError::NotFound("member"))?.role;
            if !leaves {
                self.within_own(actor, &[old], "member.remove", &object, visit).await?;
            }
            roster.value.members.retain(|member| member.account != *account);
            if !roster.value.has_owner() {
                return Err(AccountsError::LastOwner);
            }
            let mut writes = vec![roster.write()?];
            writes.extend(self.made_by(&actor.workspace, &object, visit.at).await?);
            if !leaves {
                writes.extend(self.end_all_sessions(account, None, visit.at).await?);
            }
            let theirs: Option<Stored<Account>> = self.load(None, account.as_str(), visit.at).await?;
            if let Some(mut theirs) = theirs {
                theirs.value.workspaces.retain(|workspace| *workspace != actor.workspace);
                writes.push(theirs.write()?);
            }
            let line = with(actor.entry("member.remove", &object, visit), &[("role", old.as_str())]);
            self.commit(writes, vec![line], visit.at).await
        })
        .await
    }

    /// Nobody gives or takes away more than they may do themselves.
    pub(crate) async fn within_own(
        &self,
        actor: &Actor,
        roles: &[Role],
        action: &str,
        object: &str,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        if roles.iter().all(|role| actor.permissions.covers(role.permissions())) {
            return Ok(());
        }
        let line = refused(actor.entry(action, object, visit), "beyond own");
        self.commit(Vec::new(), vec![line], visit.at).await?;
        Err(AccountsError::BeyondOwn)
    }

    pub(crate) async fn roster(
        &self,
        workspace: &Name,
        at: Timestamp,
    ) -> Result<Stored<Roster>, AccountsError> {
        self.load(Some(workspace), Roster::ID, at).await?.ok_or(AccountsError::NotFound("workspace"))
    }
}
