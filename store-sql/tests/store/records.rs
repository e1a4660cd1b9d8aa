//! Records and the audit log, of two programs on one store.

use countersign_store::conformance::fixture::{at, name};
use countersign_store::{
    AuditEntry, ChangeError, Expected, RecordKey, RecordValue, RecordWrite, Records as _, Revision,
    check_audit,
};
use countersign_store_sql::SqliteStore;
use rusqlite::Connection;

use crate::support::Folder;

fn key() -> RecordKey {
    RecordKey { workspace: Some(name("acme")), kind: "draft", id: "a".into() }
}

fn entry(actor: &str) -> AuditEntry {
    AuditEntry {
        workspace: Some(name("acme")),
        at: at(0),
        actor: actor.into(),
        ip: None,
        action: "draft.edit".into(),
        object: "draft/a".into(),
        allowed: true,
        detail: "{}".into(),
    }
}

async fn edit(store: &SqliteStore, actor: &str, expected: Expected) -> Result<Vec<Revision>, ChangeError> {
    let value = RecordValue { body: actor.into(), alias: None, expires_at: None };
    let write = RecordWrite { key: key(), expected, value: Some(value) };
    store.change(vec![write], vec![entry(actor)], at(0)).await
}

#[tokio::test]
async fn two_programs_write_one_chain() {
    let folder = Folder::new();
    let (server, beside) = (folder.open(), folder.beside());
    for _ in 0..10 {
        let anything = Expected::Anything;
        let (one, two) = tokio::join!(edit(&server, "ada", anything), edit(&beside, "bob", anything));
        assert_ne!(one.unwrap(), two.unwrap());
    }
    let lines = beside.audit(Some(&name("acme")), None, 99).await.unwrap();
    assert_eq!(check_audit(&lines), Ok(20));
    assert_eq!(server.record(&key(), at(0)).await.unwrap().unwrap().revision, Revision(20));
}

#[tokio::test]
async fn a_change_that_is_refused_takes_nobody_with_it() {
    let folder = Folder::new();
    let store = folder.open();
    edit(&store, "ada", Expected::Absent).await.unwrap();
    let (stale, fine, other) = tokio::join!(
        edit(&store, "bob", Expected::Revision(Revision(9))),
        edit(&store, "ada", Expected::Revision(Revision(1))),
        store.change(Vec::new(), vec![entry("zoe")], at(0)),
    );
    assert!(matches!(stale, Err(ChangeError::Stale(_))));
    assert_eq!(fine.unwrap(), [Revision(2)]);
    other.unwrap();
    drop(store);
    let store = folder.open();
    let lines = store.audit(Some(&name("acme")), None, 99).await.unwrap();
    let actors: Vec<_> = lines.iter().map(|line| line.entry.actor.as_str()).collect();
    assert_eq!((actors, check_audit(&lines)), (vec!["zoe", "ada", "ada"], Ok(3)));
}

#[tokio::test]
async fn a_line_that_was_changed_in_the_file_is_found() {
    let folder = Folder::new();
    let store = folder.open();
    for actor in ["ada", "bob", "zoe"] {
        store.change(Vec::new(), vec![entry(actor)], at(0)).await.unwrap();
    }
    let check = async || check_audit(&store.audit(Some(&name("acme")), None, 99).await.unwrap());
    assert_eq!(check().await, Ok(3));
    let shell = Connection::open(folder.path()).unwrap();
    shell.execute("UPDATE audit SET actor = 'eve' WHERE number = 2", ()).unwrap();
    assert_eq!(check().await.unwrap_err().number, 2);
    shell.execute("UPDATE audit SET actor = 'bob' WHERE number = 2", ()).unwrap();
    assert_eq!(check().await, Ok(3));
    shell.execute("DELETE FROM audit WHERE number = 1", ()).unwrap();
    assert_eq!(check().await.unwrap_err().number, 2);
}

#[tokio::test]
async fn a_store_of_before_the_console_is_brought_up_to_date() {
    let folder = Folder::new();
    drop(folder.open());
    let shell = Connection::open(folder.path()).unwrap();
    let back = "DROP VIEW v_records; DROP VIEW v_audit; DROP TABLE records; DROP TABLE audit; \
                DROP VIEW v_stats; DROP TABLE stats; DROP INDEX conversations_handed_over; \
                ALTER TABLE conversations DROP COLUMN handed_over; DELETE FROM migrations WHERE number > 1";
    shell.execute_batch(back).unwrap();
    drop(shell);
    let store = folder.open();
    edit(&store, "ada", Expected::Absent).await.unwrap();
}
