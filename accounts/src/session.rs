use std::time::Duration;

use countersign_model::{Name, SecretText, Timestamp};
use countersign_store::RecordWrite;
use serde::{Deserialize, Serialize};

use crate::Accounts;
use crate::account::{Account, Language, Theme};
use crate::audit::{self, entry};
use crate::documents::{Document, Fresh, Stored};
use crate::error::AccountsError;
use crate::id::{self, Id};
use crate::keep::same;
use crate::members::Roster;
use crate::passkeys::KeptPasskey;
use crate::permission::{Permissions, Role};
use crate::visit::Visit;
use crate::workspaces::KeptWorkspace;

/// A session ends after so long without a request (NIST SP 800-63B-4, AAL2).
pub(crate) const IDLE: Duration = Duration::from_secs(30 * 60);
/// A session ends after so long in any case.
pub(crate) const LONGEST: Duration = Duration::from_secs(12 * 3600);
/// A proof of who somebody is counts for so long.
pub(crate) const FRESH: Duration = Duration::from_secs(10 * 60);
/// When a session was used is written down at most this often.
pub(crate) const NOTE_EVERY: Duration = Duration::from_secs(60);

/// Somebody who is signed in.
#[derive(Debug)]
pub struct Session {
    /// Its id, which is not its token.
    pub id: Id,
    /// Whose it is.
    pub account: Id,
    /// How people call them.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What a form sends along to show that it was made for this session.
    pub csrf: SecretText,
    /// It ends then, if nothing comes before.
    pub idle_ends_at: Timestamp,
    /// It ends then.
    pub ends_at: Timestamp,
    /// The last proof of who they are counts until then.
    pub stepped_up_until: Option<Timestamp>,
    /// Hash of its token.
    pub(crate) hash: String,
}

/// A new session, or an old one with a new token.
#[derive(Debug)]
pub struct SignedIn {
    /// Goes into the cookie, and nowhere else.
    pub token: SecretText,
    /// The session.
    pub session: Session,
}

/// What the console shows of who is signed in.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// Whose session it is.
    pub account: Id,
    /// How people call them.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// The language they chose.
    pub language: Language,
    /// The colours they chose.
    pub theme: Theme,
    /// Whether they may make workspaces.
    pub administrator: bool,
    /// Whether they have an authenticator app.
    pub totp: bool,
    /// How many passkeys they have.
    pub passkeys: usize,
    /// How many recovery codes are left.
    pub recovery_codes_left: usize,
    /// Where they are a member.
    pub workspaces: Vec<WorkspaceView>,
}

/// A workspace of somebody.
#[derive(Clone, Debug)]
pub struct WorkspaceView {
    /// Its id.
    pub id: Name,
    /// How people call it.
    pub name: String,
    /// What they are in it.
    pub role: Role,
    /// What they may do in it.
    pub permissions: Permissions,
}

/// A session in the list of all of an account.
#[derive(Clone, Debug)]
pub struct SessionSummary {
    /// Its id.
    pub id: Id,
    /// Whether it is the one that asks.
    pub current: bool,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When it was used last, to the minute.
    pub last_used_at: Timestamp,
    /// From where.
    pub ip: Option<String>,
    /// What the browser said it is.
    pub user_agent: String,
}

/// A session as it is kept, under `{account}/{session}`. Its second name is the hash of the token.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KeptSession {
    id: Id,
    account: Id,
    created_at: Timestamp,
    last_used_at: Timestamp,
    ends_at: Timestamp,
    stepped_up_until: Option<Timestamp>,
    ip: Option<String>,
    agent: String,
}

impl Document for KeptSession {
    const KIND: &'static str = "session";
}

impl KeptSession {
    fn idle_ends_at(&self) -> Timestamp {
        self.last_used_at.plus(IDLE).min(self.ends_at)
    }
}

impl Accounts {
    /// The session of a token, and notes that it was used.
    ///
    /// # Errors
    /// [`AccountsError::SignedOut`] when there is none, it is over, or it was ended.
    pub async fn session(&self, token: &SecretText, visit: &Visit) -> Result<Session, AccountsError> {
        let hash = self.session_hash(token);
        let there: Option<Stored<KeptSession>> = self.load_by_alias(&hash, visit.at).await?;
        let mut there = there.ok_or(AccountsError::SignedOut)?;
        if visit.at >= there.value.idle_ends_at() {
            return Err(AccountsError::SignedOut);
        }
        let account = match self.account(&there.value.account, visit.at).await {
            Err(AccountsError::NotFound(_)) => return Err(AccountsError::SignedOut),
            account => account?.value,
        };
        if visit.at.since(there.value.last_used_at) >= NOTE_EVERY {
            there.value.last_used_at = visit.at;
            there.value.ip = visit.ip.map(|ip| ip.to_canonical().to_string());
            there.expires_at = Some(there.value.idle_ends_at());
            match self.commit(vec![there.write()?], Vec::new(), visit.at).await {
                // Another request of the same session has noted it, or the session was just ended: the next one shows.
                Ok(()) | Err(AccountsError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.session_of(&there.value, &account, token))
    }

    /// Whether a form was made for this session.
    ///
    /// # Errors
    /// [`AccountsError::Csrf`].
    pub fn check_csrf(&self, session: &Session, sent: &str) -> Result<(), AccountsError> {
        if same(session.csrf.expose(), sent) { Ok(()) } else { Err(AccountsError::Csrf) }
    }

    /// Ends the session.
    ///
    /// # Errors
    /// [`AccountsError::Store`].
    pub async fn sign_out(&self, session: &Session, visit: &Visit) -> Result<(), AccountsError> {
        match self.end_session(session, &session.id, visit).await {
            Err(AccountsError::NotFound(_)) => Ok(()),
            other => other,
        }
    }

    /// Sessions of the account, the latest used first.
    ///
    /// # Errors
    /// [`AccountsError::Store`].
    pub async fn sessions(
        &self,
        session: &Session,
        visit: &Visit,
    ) -> Result<Vec<SessionSummary>, AccountsError> {
        let all = self.kept_sessions(&session.account, visit.at).await?;
        let mut all: Vec<_> = all
            .into_iter()
            .map(|there| there.value)
            .map(|kept| SessionSummary {
                current: kept.id == session.id,
                id: kept.id,
                created_at: kept.created_at,
                last_used_at: kept.last_used_at,
                ip: kept.ip,
                user_agent: kept.agent,
            })
            .collect();
        all.sort_by_key(|summary| std::cmp::Reverse(summary.last_used_at));
        Ok(all)
    }

    /// Ends one session of the account.
    ///
    /// # Errors
    /// [`AccountsError::NotFound`], also for a session of somebody else.
    pub async fn end_session(&self, session: &Session, id: &Id, visit: &Visit) -> Result<(), AccountsError> {
        let key = format!("{}/{id}", session.account);
        crate::documents::again(async || {
            let there: Option<Stored<KeptSession>> = self.load(None, &key, visit.at).await?;
            let there = there.ok_or(AccountsError::NotFound("session"))?;
            let who = audit::account(&session.account);
            let line = entry(None, &who, "session.end", &format!("session/{id}"), visit);
            self.commit(vec![there.remove()], vec![line], visit.at).await
        })
        .await
    }

    /// What the console shows of who is signed in.
    ///
    /// # Errors
    /// [`AccountsError::Store`].
    pub async fn view(&self, session: &Session, visit: &Visit) -> Result<SessionView, AccountsError> {
        let account = self.account(&session.account, visit.at).await?.value;
        let passkeys: Vec<Stored<KeptPasskey>> =
            self.list(None, &format!("{}/", account.id), visit.at).await?;
        let mut workspaces = Vec::new();
        for id in &account.workspaces {
            let workspace: Option<Stored<KeptWorkspace>> = self.load(None, id.as_str(), visit.at).await?;
            let roster: Option<Stored<Roster>> = self.load(Some(id), Roster::ID, visit.at).await?;
            let member = roster.as_ref().and_then(|roster| roster.value.member(&account.id));
            if let (Some(workspace), Some(member)) = (workspace, member) {
                workspaces.push(WorkspaceView {
                    id: id.clone(),
                    name: workspace.value.name,
                    role: member.role,
                    permissions: member.role.permissions(),
                });
            }
        }
        Ok(SessionView {
            account: account.id,
            name: account.name,
            email: account.email,
            language: account.language,
            theme: account.theme,
            administrator: account.administrator,
            totp: account.totp.is_some(),
            passkeys: passkeys.len(),
            recovery_codes_left: account.recovery_codes.len(),
            workspaces,
        })
    }

    /// A new session, to be written together with what let the person in. Who has just signed in has proved who they are.
    pub(crate) fn new_session(
        &self,
        account: &Account,
        visit: &Visit,
    ) -> Result<(SignedIn, RecordWrite), AccountsError> {
        let kept = KeptSession {
            id: Id::random()?,
            account: account.id.clone(),
            created_at: visit.at,
            last_used_at: visit.at,
            ends_at: visit.at.plus(LONGEST),
            stepped_up_until: Some(visit.at.plus(FRESH)),
            ip: visit.ip.map(|ip| ip.to_canonical().to_string()),
            agent: visit.short_agent(),
        };
        let token = id::token()?;
        let write = Fresh {
            workspace: None,
            id: format!("{}/{}", account.id, kept.id),
            alias: Some(self.session_hash(&token)),
            expires_at: Some(kept.idle_ends_at()),
            value: &kept,
        }
        .write()?;
        let session = self.session_of(&kept, account, &token);
        Ok((SignedIn { token, session }, write))
    }

    /// The same session with a new token and a fresh proof: who holds the old token is signed out. It ends when the old
    /// one would have.
    pub(crate) async fn renewed_session(
        &self,
        session: &Session,
        account: &Account,
        visit: &Visit,
    ) -> Result<(SignedIn, RecordWrite), AccountsError> {
        let there: Option<Stored<KeptSession>> = self.load_by_alias(&session.hash, visit.at).await?;
        let mut there = there.ok_or(AccountsError::SignedOut)?;
        there.value.stepped_up_until = Some(visit.at.plus(FRESH));
        there.value.last_used_at = visit.at;
        there.expires_at = Some(there.value.idle_ends_at());
        let token = id::token()?;
        there.alias = Some(self.session_hash(&token));
        let session = self.session_of(&there.value, account, &token);
        Ok((SignedIn { token, session }, there.write()?))
    }

    /// Removes the sessions of an account, but one.
    pub(crate) async fn end_all_sessions(
        &self,
        account: &Id,
        but: Option<&Id>,
        at: Timestamp,
    ) -> Result<Vec<RecordWrite>, AccountsError> {
        let all = self.kept_sessions(account, at).await?;
        Ok(all.iter().filter(|there| Some(&there.value.id) != but).map(Stored::remove_surely).collect())
    }

    async fn kept_sessions(
        &self,
        account: &Id,
        at: Timestamp,
    ) -> Result<Vec<Stored<KeptSession>>, AccountsError> {
        self.list(None, &format!("{account}/"), at).await
    }

    fn session_of(&self, kept: &KeptSession, account: &Account, token: &SecretText) -> Session {
        Session {
            id: kept.id.clone(),
            account: account.id.clone(),
            name: account.name.clone(),
            email: account.email.clone(),
            csrf: SecretText::new(self.keep.hash("csrf", &[token.expose()])),
            idle_ends_at: kept.idle_ends_at(),
            ends_at: kept.ends_at,
            stepped_up_until: kept.stepped_up_until,
            hash: self.session_hash(token),
        }
    }

    fn session_hash(&self, token: &SecretText) -> String {
        self.keep.hash("session", &[token.expose()])
    }
}
