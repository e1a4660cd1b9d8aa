use countersign_model::{Name, Timestamp};
use countersign_store::RecordWrite;
use serde::{Deserialize, Serialize};

use crate::Accounts;
use crate::account::{Account, check_name};
use crate::audit::{self, entry};
use crate::documents::{Document, Fresh, Stored, again};
use crate::error::{AccountsError, FieldError};
use crate::members::{Roster, RosterMember};
use crate::permission::Role;
use crate::session::Session;
use crate::visit::Visit;

/// A workspace: bots, channels and people that belong together, apart from all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub id: Name,
    /// How people call it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KeptWorkspace {
    pub(crate) name: String,
    pub(crate) created_at: Timestamp,
}

impl Document for KeptWorkspace {
    const KIND: &'static str = "workspace";
}

impl Accounts {
    /// Makes a workspace, whose owner is who makes it.
    ///
    /// # Errors
    /// [`AccountsError::NotAdministrator`], [`AccountsError::Taken`], [`AccountsError::Invalid`].
    pub async fn create_workspace(
        &self,
        session: &Session,
        id: &str,
        name: &str,
        visit: &Visit,
    ) -> Result<Workspace, AccountsError> {
        let (id, name) = match (check_id(id), check_name(name)) {
            (Ok(id), Ok(name)) => (id, name),
            (id, name) => {
                let fields = id.err().into_iter().chain(name.err()).collect();
                return Err(AccountsError::Invalid { fields });
            }
        };
        let who = audit::account(&session.account);
        if !self.account(&session.account, visit.at).await?.value.administrator {
            let line = entry(None, &who, "workspace.create", &format!("workspace/{id}"), visit);
            self.commit(Vec::new(), vec![audit::refused(line, "administrator")], visit.at).await?;
            return Err(AccountsError::NotAdministrator);
        }
        let taken = AccountsError::Taken {
            pointer: "/id",
            message: "there is a workspace with this id; choose another",
        };
        if self.load::<KeptWorkspace>(None, id.as_str(), visit.at).await?.is_some() {
            return Err(taken);
        }
        self.keep.ensure_data_key(self.data_keys.as_ref(), &id).await?;
        let done = again(async || {
            let mut account = self.account(&session.account, visit.at).await?;
            if self.load::<KeptWorkspace>(None, id.as_str(), visit.at).await?.is_some() {
                return Ok(false);
            }
            let mut writes = new_workspace(&id, &name, [&mut account.value], visit.at)?;
            writes.push(account.write()?);
            let object = format!("workspace/{id}");
            let lines = vec![
                entry(None, &who, "workspace.create", &object, visit),
                entry(Some(&id), &who, "workspace.create", &object, visit),
            ];
            self.commit(writes, lines, visit.at).await?;
            Ok(true)
        });
        if !done.await? {
            return Err(taken);
        }
        Ok(Workspace { id, name, created_at: visit.at })
    }

    /// Makes a workspace that stands in the configuration of the server, if it is not there. Its owners are the
    /// administrators; while there is none, the first one will be.
    ///
    /// # Errors
    /// [`AccountsError::Store`], [`AccountsError::Vault`].
    pub async fn ensure_workspace(&self, id: &Name, name: &str, at: Timestamp) -> Result<(), AccountsError> {
        self.keep.ensure_data_key(self.data_keys.as_ref(), id).await?;
        again(async || {
            if self.load::<KeptWorkspace>(None, id.as_str(), at).await?.is_some() {
                return Ok(());
            }
            let accounts: Vec<Stored<Account>> = self.list(None, "", at).await?;
            let mut owners: Vec<_> =
                accounts.into_iter().filter(|account| account.value.administrator).collect();
            let mut writes = new_workspace(id, name, owners.iter_mut().map(|owner| &mut owner.value), at)?;
            for owner in &owners {
                writes.push(owner.write()?);
            }
            let object = format!("workspace/{id}");
            let line = entry(Some(id), audit::HOST, "workspace.create", &object, &Visit::on_the_host(at));
            self.commit(writes, vec![line], at).await
        })
        .await
    }

    /// All workspaces of the server, by id.
    ///
    /// # Errors
    /// [`AccountsError::Store`], [`AccountsError::Damaged`].
    pub async fn workspaces(&self, at: Timestamp) -> Result<Vec<Workspace>, AccountsError> {
        let all: Vec<Stored<KeptWorkspace>> = self.list(None, "", at).await?;
        let workspace = |there: Stored<KeptWorkspace>| {
            let id = there.key.id.parse().map_err(|_| AccountsError::Damaged(KeptWorkspace::KIND))?;
            Ok(Workspace { id, name: there.value.name, created_at: there.value.created_at })
        };
        all.into_iter().map(workspace).collect()
    }

    /// Makes the account the owner of all workspaces that nobody owns: what is to be written for it.
    pub(crate) async fn own_all_workspaces(
        &self,
        account: &mut Account,
        at: Timestamp,
    ) -> Result<Vec<RecordWrite>, AccountsError> {
        let mut writes = Vec::new();
        for workspace in self.workspaces(at).await? {
            let roster: Option<Stored<Roster>> = self.load(Some(&workspace.id), Roster::ID, at).await?;
            let member = RosterMember { account: account.id.clone(), role: Role::Owner, since: at };
            writes.push(match roster {
                Some(mut roster) => {
                    roster.value.members.push(member);
                    roster.write()?
                }
                None => new_roster(&workspace.id, &Roster { members: vec![member] })?,
            });
            account.workspaces.push(workspace.id);
        }
        Ok(writes)
    }
}

/// The workspace and its roster. Puts it into the accounts of the owners too.
fn new_workspace<'a>(
    id: &Name,
    name: &str,
    owners: impl IntoIterator<Item = &'a mut Account>,
    at: Timestamp,
) -> Result<Vec<RecordWrite>, AccountsError> {
    let mut roster = Roster::default();
    for owner in owners {
        owner.workspaces.push(id.clone());
        roster.members.push(RosterMember { account: owner.id.clone(), role: Role::Owner, since: at });
    }
    let value = &KeptWorkspace { name: name.to_owned(), created_at: at };
    let workspace = Fresh { workspace: None, id: id.to_string(), alias: None, expires_at: None, value };
    Ok(vec![workspace.write()?, new_roster(id, &roster)?])
}

fn new_roster(id: &Name, roster: &Roster) -> Result<RecordWrite, AccountsError> {
    let fresh = Fresh {
        workspace: Some(id),
        id: Roster::ID.to_owned(),
        alias: None,
        expires_at: None,
        value: roster,
    };
    fresh.write()
}

fn check_id(id: &str) -> Result<Name, FieldError> {
    let wrong = || FieldError {
        pointer: "/id",
        code: "id",
        message: "an id has 1 to 64 of the characters a-z, 0-9 and `-`, and begins with a letter".to_owned(),
    };
    let fits = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !fits {
        return Err(wrong());
    }
    id.parse().map_err(|_| wrong())
}
