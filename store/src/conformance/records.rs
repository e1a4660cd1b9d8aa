use countersign_model::Name;

use super::fixture::{at, name};
use crate::audit::check_audit;
use crate::console::{
    AuditEntry, ChangeError, Expected, Record, RecordKey, RecordValue, RecordWrite, Revision,
};
use crate::record::Retention;
use crate::traits::Store;

fn draft(id: &str) -> RecordKey {
    RecordKey { workspace: Some(name("acme")), kind: "draft", id: id.into() }
}

fn value(body: &str) -> RecordValue {
    RecordValue { body: body.into(), alias: None, expires_at: None }
}

fn write(key: &RecordKey, expected: Expected, value: Option<RecordValue>) -> RecordWrite {
    RecordWrite { key: key.clone(), expected, value }
}

fn entry(workspace: Option<Name>, action: &str) -> AuditEntry {
    AuditEntry {
        workspace,
        at: at(0),
        actor: "ada".into(),
        ip: Some("::1".into()),
        action: action.into(),
        object: "draft/a".into(),
        allowed: true,
        detail: "{}".into(),
    }
}

/// Makes one change at that second; gives the revision.
async fn one(store: &impl Store, write: RecordWrite, secs: i64) -> Result<u64, ChangeError> {
    let revisions = store.change(vec![write], Vec::new(), at(secs)).await?;
    assert_eq!(revisions.len(), 1);
    Ok(revisions[0].0)
}

async fn body(store: &impl Store, key: &RecordKey, secs: i64) -> Option<String> {
    let record = store.record(key, at(secs)).await.unwrap();
    record.map(|record| String::from_utf8(record.body).unwrap())
}

async fn ids(store: &impl Store, prefix: &str, after: Option<&str>, limit: usize) -> Vec<String> {
    let acme = name("acme");
    let records = store.records(Some(&acme), "draft", prefix, after, limit, at(0)).await.unwrap();
    records.into_iter().map(|record| record.key.id).collect()
}

pub async fn a_record_is_written_changed_and_removed(store: &impl Store) {
    let key = draft("a");
    assert_eq!(store.record(&key, at(0)).await.unwrap(), None);
    assert_eq!(one(store, write(&key, Expected::Absent, Some(value("one"))), 1).await.unwrap(), 1);
    let second = RecordValue { alias: Some("A".into()), expires_at: Some(at(99)), ..value("two") };
    let expected = Expected::Revision(Revision(1));
    assert_eq!(one(store, write(&key, expected, Some(second)), 2).await.unwrap(), 2);
    let record = store.record(&key, at(3)).await.unwrap().unwrap();
    let whole = Record {
        key: key.clone(),
        revision: Revision(2),
        changed_at: at(2),
        expires_at: Some(at(99)),
        alias: Some("A".into()),
        body: b"two".to_vec(),
    };
    assert_eq!(record, whole);
    assert_eq!(one(store, write(&key, Expected::Anything, Some(value("three"))), 3).await.unwrap(), 3);
    assert_eq!(store.record(&key, at(500)).await.unwrap().unwrap().expires_at, None);
    assert_eq!(store.record_by_alias("draft", "A", at(3)).await.unwrap(), None, "it was taken away");
    assert_eq!(one(store, write(&key, Expected::Revision(Revision(3)), None), 4).await.unwrap(), 3);
    assert_eq!(body(store, &key, 4).await, None);
    assert_eq!(one(store, write(&key, Expected::Anything, None), 5).await.unwrap(), 0, "there was nothing");
    assert_eq!(one(store, write(&key, Expected::Absent, Some(value("again"))), 6).await.unwrap(), 1);
}

pub async fn who_has_not_seen_the_last_change_changes_nothing(store: &impl Store) {
    let key = draft("a");
    one(store, write(&key, Expected::Absent, Some(value("one"))), 0).await.unwrap();
    one(store, write(&key, Expected::Revision(Revision(1)), Some(value("two"))), 0).await.unwrap();
    for expected in [Expected::Absent, Expected::Revision(Revision(1)), Expected::Revision(Revision(3))] {
        for new in [Some(value("lost")), None] {
            let refused = one(store, write(&key, expected, new), 0).await;
            assert!(matches!(refused, Err(ChangeError::Stale(ref stale)) if *stale == key), "{refused:?}");
        }
    }
    let other = write(&draft("b"), Expected::Revision(Revision(1)), Some(value("lost")));
    assert!(matches!(one(store, other, 0).await, Err(ChangeError::Stale(_))), "nothing is there");
    assert_eq!(body(store, &key, 0).await.as_deref(), Some("two"));
    assert_eq!(body(store, &draft("b"), 0).await, None);
}

pub async fn a_second_name_belongs_to_one_record_of_a_kind(store: &impl Store) {
    let of = |workspace: Option<&str>, kind, id: &str| RecordKey {
        workspace: workspace.map(name),
        kind,
        id: id.into(),
    };
    let named = |alias: &str| Some(RecordValue { alias: Some(alias.into()), ..value("x") });
    let ada = of(None, "account", "1");
    one(store, write(&ada, Expected::Absent, named("ada@acme.test")), 0).await.unwrap();
    let found = store.record_by_alias("account", "ada@acme.test", at(0)).await.unwrap().unwrap();
    assert_eq!(found.key, ada);
    assert_eq!(store.record_by_alias("key", "ada@acme.test", at(0)).await.unwrap(), None);
    assert_eq!(store.record_by_alias("account", "Ada@acme.test", at(0)).await.unwrap(), None);

    for taken in [of(None, "account", "2"), of(Some("acme"), "account", "1")] {
        let refused = one(store, write(&taken, Expected::Absent, named("ada@acme.test")), 0).await;
        assert!(matches!(refused, Err(ChangeError::Taken(ref key)) if *key == taken), "{refused:?}");
        assert_eq!(body(store, &taken, 0).await, None);
    }
    one(store, write(&of(None, "key", "1"), Expected::Absent, named("ada@acme.test")), 0).await.unwrap();
    let again = write(&ada, Expected::Revision(Revision(1)), named("ada@acme.test"));
    one(store, again, 0).await.unwrap();
    // One gives it away and another takes it, in one change.
    let bob = of(None, "account", "2");
    let writes = vec![
        write(&ada, Expected::Anything, named("ada@other.test")),
        write(&bob, Expected::Absent, named("ada@acme.test")),
    ];
    store.change(writes, Vec::new(), at(0)).await.unwrap();
    let found = store.record_by_alias("account", "ada@acme.test", at(0)).await.unwrap().unwrap();
    assert_eq!(found.key, bob);
}

pub async fn several_changes_are_made_together_or_not_at_all(store: &impl Store) {
    let (a, b, c) = (draft("a"), draft("b"), draft("c"));
    one(store, write(&c, Expected::Absent, Some(value("c"))), 0).await.unwrap();
    let acme = Some(name("acme"));
    let writes = vec![
        write(&a, Expected::Absent, Some(value("a"))),
        write(&c, Expected::Anything, None),
        write(&b, Expected::Revision(Revision(7)), Some(value("b"))),
    ];
    let refused = store.change(writes, vec![entry(acme.clone(), "lost")], at(0)).await;
    assert!(matches!(refused, Err(ChangeError::Stale(ref key)) if *key == b), "{refused:?}");
    assert_eq!(body(store, &a, 0).await, None);
    assert_eq!(body(store, &c, 0).await.as_deref(), Some("c"));
    assert!(store.audit(acme.as_ref(), None, 9).await.unwrap().is_empty());

    let writes = vec![
        write(&a, Expected::Absent, Some(value("a"))),
        write(&a, Expected::Revision(Revision(1)), Some(value("aa"))),
        write(&c, Expected::Anything, None),
        write(&b, Expected::Absent, Some(value("b"))),
    ];
    let revisions = store.change(writes, vec![entry(acme.clone(), "done")], at(0)).await.unwrap();
    assert_eq!(revisions, [1, 2, 1, 1].map(Revision));
    assert_eq!(ids(store, "", None, 9).await, ["a", "b"]);
    assert_eq!(store.audit(acme.as_ref(), None, 9).await.unwrap().len(), 1);
}

pub async fn of_two_who_change_at_once_one_is_told(store: &impl Store) {
    let key = draft("a");
    one(store, write(&key, Expected::Absent, Some(value("old"))), 0).await.unwrap();
    let change = |text| one(store, write(&key, Expected::Revision(Revision(1)), Some(value(text))), 0);
    let mut results = [change("ada").await, change("bob").await];
    results.sort_by_key(Result::is_err);
    assert_eq!(*results[0].as_ref().unwrap(), 2);
    assert!(matches!(results[1], Err(ChangeError::Stale(_))));
    assert_eq!(body(store, &key, 0).await.as_deref(), Some("ada"));
}

pub async fn records_are_listed_by_the_beginning_of_their_id(store: &impl Store) {
    let odd = [
        "%",
        "_",
        "a",
        "a%",
        "a%/1",
        "a/",
        "a/%",
        "a/1",
        "a/10",
        "a/2",
        "a/_",
        "a/z",
        "a0",
        "b/1",
        "A/1",
        "a\u{d7ff}",
        "a\u{d7ff}x",
        "a\u{e000}",
        "a\u{10ffff}",
        "a\u{10ffff}x",
        "\u{10ffff}",
        "é",
        "e\u{301}",
        "",
        "a'b",
        "a\"b",
        "a*b",
    ];
    for id in odd {
        one(store, write(&draft(id), Expected::Absent, Some(value(id))), 0).await.unwrap();
    }
    one(store, write(&RecordKey { kind: "other", ..draft("a/3") }, Expected::Absent, Some(value("x"))), 0)
        .await
        .unwrap();
    let prefixes = [
        "",
        "a",
        "a/",
        "a/1",
        "a%",
        "%",
        "_",
        "A",
        "é",
        "e",
        "a\u{d7ff}",
        "a\u{10ffff}",
        "\u{10ffff}",
        "a'",
        "zz",
    ];
    for prefix in prefixes {
        let mut expected: Vec<_> = odd.iter().filter(|id| id.starts_with(prefix)).copied().collect();
        expected.sort_unstable();
        assert_eq!(ids(store, prefix, None, usize::MAX).await, expected, "{prefix:?}");
        let mut paged: Vec<String> = Vec::new();
        loop {
            let page = ids(store, prefix, paged.last().map(String::as_str), 2).await;
            if page.is_empty() {
                break;
            }
            paged.extend(page);
            assert!(paged.len() <= odd.len());
        }
        assert_eq!(paged, expected, "{prefix:?} in pages");
    }
    assert!(ids(store, "a", None, 0).await.is_empty());
    assert_eq!(ids(store, "a/", Some("A"), 1).await, ["a/"], "what stands before the prefix is no bound");
    assert!(ids(store, "a/", Some("b"), 9).await.is_empty());
}

pub async fn records_of_workspaces_are_apart(store: &impl Store) {
    let ours = draft("a");
    let theirs = RecordKey { workspace: Some(name("other")), ..ours.clone() };
    let server = RecordKey { workspace: None, ..ours.clone() };
    for (key, text) in [(&ours, "ours"), (&theirs, "theirs"), (&server, "server's")] {
        one(store, write(key, Expected::Absent, Some(value(text))), 0).await.unwrap();
    }
    for (key, text) in [(&ours, "ours"), (&theirs, "theirs"), (&server, "server's")] {
        assert_eq!(body(store, key, 0).await.as_deref(), Some(text));
        let listed = store.records(key.workspace.as_ref(), "draft", "", None, 9, at(0)).await.unwrap();
        assert_eq!((listed.len(), &listed[0].key), (1, key));
    }
    one(store, write(&ours, Expected::Anything, None), 0).await.unwrap();
    assert_eq!(body(store, &theirs, 0).await.as_deref(), Some("theirs"));
}

pub async fn a_record_ends_with_its_time(store: &impl Store) {
    let key = draft("a");
    let until = |secs| RecordValue { alias: Some("hash".into()), expires_at: Some(at(secs)), ..value("x") };
    one(store, write(&key, Expected::Absent, Some(until(10))), 0).await.unwrap();
    one(store, write(&draft("b"), Expected::Absent, Some(value("stays"))), 0).await.unwrap();
    assert!(store.record(&key, at(9)).await.unwrap().is_some());
    assert!(store.record_by_alias("draft", "hash", at(9)).await.unwrap().is_some());
    assert_eq!(store.record(&key, at(10)).await.unwrap(), None);
    assert_eq!(store.record_by_alias("draft", "hash", at(10)).await.unwrap(), None);
    let acme = name("acme");
    let listed = store.records(Some(&acme), "draft", "", None, 9, at(10)).await.unwrap();
    assert_eq!(listed.len(), 1);
    // It is as absent for who writes, and so is its second name.
    let late = write(&key, Expected::Revision(Revision(1)), Some(until(99)));
    assert!(matches!(one(store, late, 10).await, Err(ChangeError::Stale(_))));
    one(store, write(&draft("c"), Expected::Absent, Some(until(20))), 10).await.unwrap();
    assert_eq!(one(store, write(&key, Expected::Absent, Some(value("new"))), 10).await.unwrap(), 1);
    assert_eq!(store.record_by_alias("draft", "hash", at(10)).await.unwrap().unwrap().key, draft("c"));

    let retention = Retention::default();
    assert_eq!(store.sweep(at(19), &retention).await.unwrap().records, 0);
    assert_eq!(store.sweep(at(20), &retention).await.unwrap().records, 1);
    assert_eq!(store.sweep(at(20), &retention).await.unwrap().records, 0);
    assert_eq!(ids(store, "", None, 9).await, ["a", "b"]);
}

pub async fn the_audit_log_is_a_chain(store: &impl Store) {
    let acme = Some(name("acme"));
    for n in 0..5 {
        let (ours, server) = (entry(acme.clone(), &format!("do {n}")), entry(None, "sign in"));
        let refused = AuditEntry { allowed: false, ip: None, ..ours.clone() };
        store.change(Vec::new(), vec![ours, server, refused], at(n)).await.unwrap();
    }
    let whole = store.audit(acme.as_ref(), None, 99).await.unwrap();
    assert_eq!(whole.iter().map(|line| line.number).collect::<Vec<_>>(), (1..=10).rev().collect::<Vec<_>>());
    assert_eq!(check_audit(&whole), Ok(10));
    assert_eq!((whole[9].entry.action.as_str(), whole[9].entry.allowed), ("do 0", true));
    assert_eq!((whole[8].entry.action.as_str(), whole[8].entry.allowed), ("do 0", false));
    assert_eq!(whole[1].entry, entry(acme.clone(), "do 4"));
    assert_eq!(check_audit(&store.audit(None, None, 99).await.unwrap()), Ok(5));
    assert!(store.audit(Some(&name("other")), None, 9).await.unwrap().is_empty());
    let page = store.audit(acme.as_ref(), Some(8), 3).await.unwrap();
    assert_eq!(page, whole[3..6]);
    assert!(store.audit(acme.as_ref(), Some(1), 3).await.unwrap().is_empty());
    assert_eq!(store.audit(acme.as_ref(), Some(u64::MAX), 1).await.unwrap(), whole[..1]);
    store.sweep(at(1_000_000_000), &Retention::default()).await.unwrap();
    assert_eq!(store.audit(acme.as_ref(), None, 99).await.unwrap(), whole, "it is kept for ever");
}
