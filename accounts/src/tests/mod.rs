//! What must hold, among it what people with bad intent try.

mod api_keys;
mod factors;
mod invitations;
mod leaving;
mod members;
mod operator;
mod passkeys;
mod passwords;
mod sessions;
mod setup;
mod sqlite;
mod yielding;

use std::sync::{Arc, RwLock};
use std::time::Duration;

use countersign_model::{Name, SecretText, Timestamp};
use countersign_store::{AuditLine, MemoryStore, Records};
use countersign_vault::{KeyRing, MasterKey, MasterKeys};

use crate::session::SignedIn;
use crate::*;

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const START: Timestamp = Timestamp::from_secs(1_800_000_000);

/// A console with a store in memory, and a clock that tests turn.
pub(crate) struct World {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) keys: Arc<RwLock<KeyRing>>,
    pub(crate) accounts: Accounts,
    pub(crate) now: Timestamp,
}

impl World {
    pub(crate) async fn empty() -> Self {
        let masters = MasterKeys::one(MasterKey::generate().unwrap());
        let store = Arc::new(MemoryStore::new());
        let keys = Arc::new(RwLock::new(KeyRing::unlock(masters, []).unwrap()));
        let accounts = open(&store, &keys, "https://bots.example.com").await;
        Self { store, keys, accounts, now: START }
    }

    /// With Ada, who is administrator and owner of `acme`.
    pub(crate) async fn with_ada() -> (Self, Session) {
        let world = Self::empty().await;
        world.accounts.ensure_workspace(&acme(), "Acme", world.now).await.unwrap();
        let token = world.accounts.setup_token(world.now).await.unwrap().unwrap();
        let ada = world.accounts.set_up(&token, new("Ada"), &world.visit()).await.unwrap();
        (world, ada.session)
    }

    /// The same store, opened again.
    pub(crate) async fn restarted(self) -> Self {
        let accounts = open(&self.store, &self.keys, "https://bots.example.com").await;
        Self { accounts, ..self }
    }

    pub(crate) fn pass(&mut self, secs: u64) {
        self.now = self.now.plus(Duration::from_secs(secs));
    }

    pub(crate) fn visit(&self) -> Visit {
        self.visit_from("192.0.2.1")
    }

    pub(crate) fn visit_from(&self, ip: &str) -> Visit {
        Visit { at: self.now, ip: Some(ip.parse().unwrap()), agent: "Firefox".to_owned() }
    }

    pub(crate) async fn actor(&self, session: &Session) -> Actor {
        self.accounts.actor(session, &acme(), &self.visit()).await.unwrap()
    }

    /// A new member of `acme`, signed in.
    pub(crate) async fn member(&self, owner: &Session, name: &str, role: Role) -> Session {
        let actor = self.actor(owner).await;
        let email = format!("{}@example.com", name.to_lowercase());
        let invited = self.accounts.invite(&actor, &email, role, &self.visit()).await.unwrap();
        let acceptance = Acceptance::New { name: name.to_owned(), password: PASSWORD.into() };
        let signed = self.accounts.accept_invitation(&invited.token, acceptance, &self.visit()).await;
        signed.unwrap().unwrap().session
    }

    /// Somebody else, who is signed in and in no workspace.
    pub(crate) async fn member_session(&self, name: &str) -> Session {
        let new = NewByOperator {
            name: name.to_owned(),
            email: format!("{}@example.com", name.to_lowercase()),
            password: Some(PASSWORD.into()),
            administrator: false,
            roles: Vec::new(),
        };
        self.accounts.add_account(new, self.now).await.unwrap();
        self.signed_in(&format!("{}@example.com", name.to_lowercase())).await.session
    }

    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Result<SignIn, AccountsError> {
        self.accounts.sign_in(email, &password.into(), &self.visit()).await
    }

    pub(crate) async fn signed_in(&self, email: &str) -> SignedIn {
        match self.sign_in(email, PASSWORD).await.unwrap() {
            SignIn::Done(signed) => signed,
            SignIn::SecondFactor { .. } => panic!("{email} has a second factor"),
        }
    }

    /// The audit log of a workspace or the server, newest first, as `action object allowed`.
    pub(crate) async fn log(&self, workspace: Option<&Name>) -> Vec<String> {
        let lines = self.lines(workspace).await;
        let short = |line: AuditLine| {
            let (object, _) = line.entry.object.split_once('/').unwrap_or((&line.entry.object, ""));
            format!("{} {object} {}", line.entry.action, if line.entry.allowed { "yes" } else { "no" })
        };
        lines.into_iter().map(short).collect()
    }

    pub(crate) async fn lines(&self, workspace: Option<&Name>) -> Vec<AuditLine> {
        self.store.audit(workspace, None, 1_000).await.unwrap()
    }

    /// Everything that the store keeps of a kind, as text.
    pub(crate) async fn kept(&self, kind: &'static str) -> String {
        let all = self.store.records(None, kind, "", None, 1_000, self.now).await.unwrap();
        all.iter()
            .map(|record| format!("{:?} {}\n", record.alias, String::from_utf8_lossy(&record.body)))
            .collect()
    }
}

pub(crate) async fn open(store: &Arc<MemoryStore>, keys: &Arc<RwLock<KeyRing>>, origin: &str) -> Accounts {
    let records = Arc::new(yielding::Yielding(Arc::clone(store)));
    let passwords = Passwords::new(64);
    let keys = Arc::clone(keys);
    Accounts::of(records, Arc::clone(store) as _, keys, passwords, origin.parse().unwrap(), START)
        .await
        .unwrap()
}

pub(crate) fn acme() -> Name {
    "acme".parse().unwrap()
}

pub(crate) fn new(name: &str) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        email: format!("{}@example.com", name.to_lowercase()),
        password: PASSWORD.into(),
    }
}

pub(crate) fn code_of<T: std::fmt::Debug>(result: Result<T, AccountsError>) -> &'static str {
    result.unwrap_err().code()
}

/// What the server awaits may move between threads.
#[test]
fn futures_can_be_sent() {
    fn sent<T: Send>(
        _: impl Fn(&'static Accounts, &'static Visit, &'static Session, &'static SecretText) -> T,
    ) {
    }
    sent(|accounts, visit, _, text| accounts.sign_in("", text, visit));
    sent(|accounts, visit, _, text| accounts.second_factor(text, text, visit));
    sent(|accounts, visit, session, text| accounts.change_password(session, text, text, visit));
    sent(|accounts, visit, session, _| accounts.step_up(session, Box::leak(Box::default()), visit));
    sent(|accounts, visit, session, _| accounts.end_session(session, &session.id, visit));
    sent(|accounts, visit, session, text| {
        accounts.accept_invitation(text, Acceptance::SignedIn(session), visit)
    });
    sent(|accounts, visit, session, _| {
        accounts.finish_passkey(&session.id, &serde_json::Value::Null, None, visit)
    });
    sent(|accounts, visit, session, _| accounts.remove_passkey(session, &session.id, visit));
    sent(|accounts, visit, session, text| accounts.confirm_totp(session, text, visit));
    sent(|accounts, visit, session, _| accounts.create_workspace(session, "", "", visit));
    sent(|accounts, _, _, _| accounts.reset_second_factor("", START));
    sent(|accounts, visit, session, _| accounts.delete_account(session, visit));
    sent(|accounts, visit, session, _| accounts.change_email(session, "", visit));
}
