use countersign_store_sql::{Options, SqliteStore};

use super::*;

async fn on(folder: &std::path::Path, line: &SecretText, role: countersign_store_sql::Role) -> Accounts {
    let store = Arc::new(SqliteStore::open(folder.join("store.db"), Options::new(role)).unwrap());
    let masters = MasterKeys::parse(line.expose()).unwrap();
    let stored = countersign_store::Keys::data_keys(store.as_ref()).await.unwrap();
    let parts = Parts {
        store,
        keys: Arc::new(RwLock::new(KeyRing::unlock(masters, stored).unwrap())),
        origin: "http://localhost:8080".parse().unwrap(),
        password_memory_kib: 64,
    };
    Accounts::open(parts, START).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_disk_everything_is_there_after_a_restart() {
    use countersign_store_sql::Role as Opened;
    let folder = tempfile::tempdir().unwrap();
    let line = MasterKey::generate().unwrap().to_line();
    let visit = Visit { at: START, ip: Some("192.0.2.1".parse().unwrap()), agent: String::new() };
    let (token, secret) = {
        let accounts = on(folder.path(), &line, Opened::Server).await;
        accounts.ensure_workspace(&acme(), "Acme", START).await.unwrap();
        let setup = accounts.setup_token(START).await.unwrap().unwrap();
        let signed = accounts.set_up(&setup, new("Ada"), &visit).await.unwrap();
        let offer = accounts.offer_totp(&signed.session, &visit).await.unwrap();
        let code = crate::totp::code_at(&offer.secret, START);
        accounts.confirm_totp(&signed.session, &code, &visit).await.unwrap();
        for _ in 0..5 {
            let refused = accounts.sign_in("ada@example.com", &"wrong".into(), &visit).await;
            assert_eq!(code_of(refused), "refused");
        }
        (signed.token, offer.secret)
    };
    let accounts = on(folder.path(), &line, Opened::Server).await;
    let limited = accounts.sign_in("ada@example.com", &PASSWORD.into(), &visit).await;
    assert_eq!(code_of(limited), "limited");
    let session = accounts.session(&token, &visit).await.unwrap();
    let later = Visit { at: START.plus(Duration::from_secs(30)), ..visit };
    assert_eq!(accounts.actor(&session, &acme(), &later).await.unwrap().role(), Some(Role::Owner));
    let signed_in = accounts.sign_in("ada@example.com", &PASSWORD.into(), &later).await.unwrap();
    let SignIn::SecondFactor { pending, .. } = signed_in else { panic!("the second factor is gone") };
    let code = crate::totp::code_at(&secret, later.at);
    // The same code in several requests at once, on several threads.
    let accounts = Arc::new(accounts);
    let tries: Vec<_> = (0..4)
        .map(|_| {
            let (accounts, pending, code) = (Arc::clone(&accounts), pending.duplicate(), code.duplicate());
            let later = later.clone();
            tokio::spawn(async move { accounts.second_factor(&pending, &code, &later).await.is_ok() })
        })
        .collect();
    let mut let_in = 0;
    for each in tries {
        let_in += usize::from(each.await.unwrap());
    }
    assert_eq!(let_in, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_works_beside_the_running_server() {
    use countersign_store_sql::Role as Opened;
    let folder = tempfile::tempdir().unwrap();
    let line = MasterKey::generate().unwrap().to_line();
    let server = on(folder.path(), &line, Opened::Server).await;
    let setup = server.setup_token(START).await.unwrap().unwrap();
    let visit = Visit { at: START, ip: None, agent: String::new() };
    let ada = server.set_up(&setup, new("Ada"), &visit).await.unwrap();
    let beside = on(folder.path(), &line, Opened::Beside).await;
    let password = beside.reset_password("ada@example.com", None, START).await.unwrap().unwrap();
    assert_eq!(code_of(server.session(&ada.token, &visit).await), "signed_out");
    assert!(server.sign_in("ada@example.com", &password, &visit).await.is_ok());
}
