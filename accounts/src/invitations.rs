//! Links that bring somebody into a workspace.

use std::time::Duration;

use countersign_model::{Name, SecretText, Timestamp};
use countersign_store::{AuditEntry, RecordWrite};
use serde::{Deserialize, Serialize};

use crate::Accounts;
use crate::account::{Account, NewAccount, check_email, email_taken};
use crate::actor::Actor;
use crate::audit::{self, entry, with};
use crate::documents::{Document, Fresh, Stored, again};
use crate::error::AccountsError;
use crate::id::{self, Id};
use crate::members::{Roster, RosterMember};
use crate::permission::{Permission, Role};
use crate::session::{Session, SignedIn};
use crate::visit::Visit;
use crate::workspaces::KeptWorkspace;

/// A link is good for so long.
const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

/// An invitation in the list of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: Id,
    /// For whom.
    pub email: String,
    /// What they will be.
    pub role: Role,
    /// Who invited them.
    pub invited_by: String,
    /// The link is good until then.
    pub expires_at: Timestamp,
}

/// An invitation that was just made.
#[derive(Debug)]
pub struct NewInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// The token of the link. It is shown once.
    pub token: SecretText,
    /// The whole link. The token stands behind `#`, so it is in no log of a server.
    pub link: SecretText,
}

/// What somebody sees who opens the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationView {
    /// Of which workspace.
    pub workspace: Name,
    /// How people call it.
    pub workspace_name: String,
    /// For whom.
    pub email: String,
    /// What they will be.
    pub role: Role,
    /// Whether there is an account with that address: then they sign in first.
    pub has_account: bool,
}

/// How somebody accepts.
#[derive(Debug)]
pub enum Acceptance<'a> {
    /// With a new account.
    New {
        /// How people call them.
        name: String,
        /// Their password.
        password: SecretText,
    },
    /// With the account they are signed in with; its address must be that of the invitation.
    SignedIn(&'a Session),
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KeptInvitation {
    id: Id,
    workspace: Name,
    email: String,
    role: Role,
    /// As the audit log names them.
    pub(crate) invited_by: String,
    expires_at: Timestamp,
}

impl Document for KeptInvitation {
    const KIND: &'static str = "invitation";
}

impl KeptInvitation {
    /// Whether who made it may still bring somebody in with that role: who is about to lose a role must not keep it in a link.
    fn may_still(&self, roster: &Roster) -> bool {
        let maker = self.invited_by.strip_prefix("account/").and_then(|id| id.parse().ok());
        let member = maker.and_then(|maker: Id| roster.member(&maker));
        member.map(|member| member.role.permissions()).is_some_and(|permissions| {
            permissions.contains(Permission::MemberEdit) && permissions.covers(self.role.permissions())
        })
    }

    fn shown(&self) -> Invitation {
        Invitation {
            id: self.id.clone(),
            email: self.email.clone(),
            role: self.role,
            invited_by: self.invited_by.clone(),
            expires_at: self.expires_at,
        }
    }
}

impl Accounts {
    /// Invites somebody into the actor's workspace.
    ///
    /// # Errors
    /// [`AccountsError::Forbidden`] without `member.edit`, [`AccountsError::StepUp`], [`AccountsError::BeyondOwn`],
    /// [`AccountsError::Invalid`], [`AccountsError::Taken`] when they are a member.
    pub async fn invite(
        &self,
        actor: &Actor,
        email: &str,
        role: Role,
        visit: &Visit,
    ) -> Result<NewInvitation, AccountsError> {
        self.demand_fresh(actor, Permission::MemberEdit, "invitations", visit).await?;
        self.within_own(actor, &[role], "invitation.create", "invitations", visit).await?;
        let email = check_email(email).map_err(|field| AccountsError::Invalid { fields: vec![field] })?;
        let roster = self.roster(&actor.workspace, visit.at).await?;
        let account: Option<Stored<Account>> = self.load_by_alias(&email, visit.at).await?;
        if account.is_some_and(|account| roster.value.member(&account.value.id).is_some()) {
            return Err(AccountsError::Taken { pointer: "/email", message: "they are a member already" });
        }
        let kept = KeptInvitation {
            id: Id::random()?,
            workspace: actor.workspace.clone(),
            email,
            role,
            invited_by: actor.name(),
            expires_at: visit.at.plus(LIFE),
        };
        let token = id::token()?;
        let write = Fresh {
            workspace: Some(&actor.workspace),
            id: kept.id.to_string(),
            alias: Some(self.invitation_hash(&token)),
            expires_at: Some(kept.expires_at),
            value: &kept,
        }
        .write()?;
        let line = actor.entry("invitation.create", &object(&kept.id), visit);
        self.commit(vec![write], vec![with(line, &[("role", role.as_str())])], visit.at).await?;
        let link = SecretText::new(format!("{}/console/invitation#{}", self.origin, token.expose()));
        Ok(NewInvitation { invitation: kept.shown(), token, link })
    }

    /// Invitations of the actor's workspace that nobody has accepted.
    ///
    /// # Errors
    /// [`AccountsError::Forbidden`] without `member.read`.
    pub async fn invitations(&self, actor: &Actor, visit: &Visit) -> Result<Vec<Invitation>, AccountsError> {
        self.demand(actor, Permission::MemberRead, "invitations", visit).await?;
        let all: Vec<Stored<KeptInvitation>> = self.list(Some(&actor.workspace), "", visit.at).await?;
        Ok(all.iter().map(|there| there.value.shown()).collect())
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// [`AccountsError::Forbidden`] without `member.edit`, [`AccountsError::StepUp`], [`AccountsError::NotFound`].
    pub async fn withdraw_invitation(
        &self,
        actor: &Actor,
        id: &Id,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        self.demand_fresh(actor, Permission::MemberEdit, &object(id), visit).await?;
        let there: Option<Stored<KeptInvitation>> =
            self.load(Some(&actor.workspace), id.as_str(), visit.at).await?;
        let there = there.ok_or(AccountsError::NotFound("invitation"))?;
        let line = actor.entry("invitation.withdraw", &object(id), visit);
        self.commit(vec![there.remove()], vec![line], visit.at).await
    }

    /// What the link is for.
    ///
    /// # Errors
    /// [`AccountsError::Over`] when the token is not one, or no longer.
    pub async fn invitation(
        &self,
        token: &SecretText,
        visit: &Visit,
    ) -> Result<InvitationView, AccountsError> {
        let kept = self.open_invitation(token, visit.at).await?.value;
        let workspace: Option<Stored<KeptWorkspace>> =
            self.load(None, kept.workspace.as_str(), visit.at).await?;
        let account: Option<Stored<Account>> = self.load_by_alias(&kept.email, visit.at).await?;
        Ok(InvitationView {
            workspace_name: workspace.ok_or(AccountsError::Over("invitation"))?.value.name,
            workspace: kept.workspace,
            email: kept.email,
            role: kept.role,
            has_account: account.is_some(),
        })
    }

    /// Brings them in; the link is over then. Who comes with a new account is signed in, who was signed in gets nothing new.
    ///
    /// # Errors
    /// [`AccountsError::Over`]; [`AccountsError::Taken`] when there is an account with the address and they are not signed
    /// in with it; [`AccountsError::NotFound`] when the link is for another address; [`AccountsError::Invalid`].
    pub async fn accept_invitation(
        &self,
        token: &SecretText,
        acceptance: Acceptance<'_>,
        visit: &Visit,
    ) -> Result<Option<SignedIn>, AccountsError> {
        let kept = self.open_invitation(token, visit.at).await?.value;
        let new = match acceptance {
            Acceptance::SignedIn(session) => {
                if session.email != kept.email {
                    return Err(AccountsError::NotFound("invitation for your address"));
                }
                again(async || {
                    let mut account = self.account(&session.account, visit.at).await?;
                    let (mut writes, lines) = self.bring_in(token, &mut account.value, visit).await?;
                    writes.push(account.write()?);
                    self.commit(writes, lines, visit.at).await
                })
                .await?;
                return Ok(None);
            }
            Acceptance::New { name, password } => NewAccount { name, email: kept.email.clone(), password },
        };
        if self.load_by_alias::<Account>(&kept.email, visit.at).await?.is_some() {
            return Err(email_taken(AccountsError::Taken { pointer: "", message: "" }));
        }
        let mut account = self.make_account(new, visit.at).await?;
        account.seen(self.network_hash(visit), visit.at);
        let signed = again(async || {
            let mut account = account.clone();
            let (mut writes, mut lines) = self.bring_in(token, &mut account, visit).await?;
            let (signed, session) = self.new_session(&account, visit)?;
            writes.extend([account.write_new()?, session]);
            let who = audit::account(&account.id);
            lines.push(entry(None, &who, "account.create", &who, visit));
            self.commit(writes, lines, visit.at).await.map_err(email_taken)?;
            Ok(signed)
        })
        .await?;
        Ok(Some(signed))
    }

    /// What makes the account a member: the invitation goes, the roster grows.
    async fn bring_in(
        &self,
        token: &SecretText,
        account: &mut Account,
        visit: &Visit,
    ) -> Result<(Vec<RecordWrite>, Vec<AuditEntry>), AccountsError> {
        let there = self.open_invitation(token, visit.at).await?;
        let kept = &there.value;
        let mut roster = self.roster(&kept.workspace, visit.at).await?;
        let mut writes = vec![there.remove()];
        if roster.value.member(&account.id).is_none() {
            let member = RosterMember { account: account.id.clone(), role: kept.role, since: visit.at };
            roster.value.members.push(member);
            account.workspaces.push(kept.workspace.clone());
            writes.push(roster.write()?);
        }
        let who = audit::account(&account.id);
        let line = entry(Some(&kept.workspace), &who, "invitation.accept", &object(&kept.id), visit);
        let line = with(line, &[("role", kept.role.as_str()), ("invited_by", &kept.invited_by)]);
        Ok((writes, vec![line]))
    }

    async fn open_invitation(
        &self,
        token: &SecretText,
        at: Timestamp,
    ) -> Result<Stored<KeptInvitation>, AccountsError> {
        let there: Option<Stored<KeptInvitation>> =
            self.load_by_alias(&self.invitation_hash(token), at).await?;
        let there = there.ok_or(AccountsError::Over("invitation"))?;
        let roster: Option<Stored<Roster>> = self.load(Some(&there.value.workspace), Roster::ID, at).await?;
        if roster.is_some_and(|roster| there.value.may_still(&roster.value)) {
            return Ok(there);
        }
        Err(AccountsError::Over("invitation"))
    }

    fn invitation_hash(&self, token: &SecretText) -> String {
        self.keep.hash("invitation", &[token.expose()])
    }
}

fn object(id: &Id) -> String {
    format!("invitation/{id}")
}
