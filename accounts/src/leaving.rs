//! An account that goes: with it go its sessions, its passkeys, its memberships, and the keys and invitations that it made.

use countersign_model::{Name, Timestamp};
use countersign_store::{AuditEntry, RecordWrite};

use crate::Accounts;
use crate::account::{Account, check_email, email_taken};
use crate::api_keys::KeptKey;
use crate::audit::{self, HOST, entry};
use crate::documents::{Stored, again};
use crate::error::AccountsError;
use crate::id::Id;
use crate::invitations::KeptInvitation;
use crate::members::Roster;
use crate::session::Session;
use crate::visit::Visit;
use crate::workspaces::KeptWorkspace;

impl Accounts {
    /// Deletes one's own account.
    ///
    /// # Errors
    /// [`AccountsError::StepUp`]; [`AccountsError::OnlyOwner`] while a workspace would be left without an owner.
    pub async fn delete_account(&self, session: &Session, visit: &Visit) -> Result<(), AccountsError> {
        self.demand_proof(session, "account.delete", visit).await?;
        self.delete(&session.account, &audit::account(&session.account), visit).await
    }

    /// Deletes an account: what an operator on the host can do.
    ///
    /// # Errors
    /// [`AccountsError::NotFound`], [`AccountsError::OnlyOwner`].
    pub async fn remove_account(&self, email: &str, at: Timestamp) -> Result<(), AccountsError> {
        let account = self.by_email(email, at).await?.value.id;
        self.delete(&account, HOST, &Visit::on_the_host(at)).await
    }

    async fn delete(&self, id: &Id, who: &str, visit: &Visit) -> Result<(), AccountsError> {
        let object = audit::account(id);
        again(async || {
            let account = self.account(id, visit.at).await?;
            let mut writes = self.end_all_sessions(id, None, visit.at).await?;
            writes.extend(self.passkeys_of(id, visit.at).await?.iter().map(Stored::remove_surely));
            let mut lines = vec![entry(None, who, "account.delete", &object, visit)];
            let mut alone = Vec::new();
            for workspace in &account.value.workspaces {
                let roster: Option<Stored<Roster>> = self.load(Some(workspace), Roster::ID, visit.at).await?;
                let Some(mut roster) = roster else { continue };
                roster.value.members.retain(|member| member.account != *id);
                if !roster.value.has_owner() {
                    alone.push(self.name_of(workspace, visit.at).await?);
                }
                writes.push(roster.write()?);
                writes.extend(self.made_by(workspace, &object, visit.at).await?);
                lines.push(entry(Some(workspace), who, "account.delete", &object, visit));
            }
            if !alone.is_empty() {
                return Err(AccountsError::OnlyOwner { workspaces: alone.join(", ") });
            }
            writes.push(account.remove());
            self.commit(writes, lines, visit.at).await
        })
        .await
    }

    /// Changes the e-mail address of one's own account. All other sessions end.
    ///
    /// # Errors
    /// [`AccountsError::StepUp`], [`AccountsError::Invalid`], [`AccountsError::Taken`].
    pub async fn change_email(
        &self,
        session: &Session,
        email: &str,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        self.demand_proof(session, "account.email", visit).await?;
        let email = check_email(email).map_err(|field| AccountsError::Invalid { fields: vec![field] })?;
        let who = audit::account(&session.account);
        again(async || {
            let mut account = self.account(&session.account, visit.at).await?;
            if account.value.email == email {
                return Ok(());
            }
            let Account { workspaces, .. } = &account.value;
            let line = |workspace: Option<&Name>| entry(workspace, &who, "account.email", &who, visit);
            let lines = std::iter::once(line(None)).chain(workspaces.iter().map(|id| line(Some(id))));
            let lines: Vec<AuditEntry> = lines.collect();
            account.value.email.clone_from(&email);
            account.alias = Some(email.clone());
            let mut writes = self.end_all_sessions(&session.account, Some(&session.id), visit.at).await?;
            writes.push(account.write()?);
            self.commit(writes, lines, visit.at).await.map_err(email_taken)
        })
        .await
    }

    /// What somebody leaves behind in a workspace that would let programs or people in: their API keys, and invitations that
    /// nobody has accepted yet.
    pub(crate) async fn made_by(
        &self,
        workspace: &Name,
        maker: &str,
        at: Timestamp,
    ) -> Result<Vec<RecordWrite>, AccountsError> {
        let keys: Vec<Stored<KeptKey>> = self.list(Some(workspace), "", at).await?;
        let invitations: Vec<Stored<KeptInvitation>> = self.list(Some(workspace), "", at).await?;
        let keys = keys.iter().filter(|key| key.value.created_by == maker).map(Stored::remove_surely);
        let invitations = invitations.iter().filter(|invitation| invitation.value.invited_by == maker);
        Ok(keys.chain(invitations.map(Stored::remove_surely)).collect())
    }

    async fn name_of(&self, workspace: &Name, at: Timestamp) -> Result<String, AccountsError> {
        let there: Option<Stored<KeptWorkspace>> = self.load(None, workspace.as_str(), at).await?;
        Ok(there.map_or_else(|| workspace.to_string(), |there| there.value.name))
    }
}
