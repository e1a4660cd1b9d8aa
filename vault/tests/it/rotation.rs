//! Master keys and data keys change without a loss; a key that is gone takes along what it sealed and nothing else.

use countersign_model::{Name, Timestamp};
use countersign_vault::{
    KeyRing, KeyRingError, MasterKey, MasterKeys, OpenError, RetireError, Scope, WrappedKey,
};

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn scope(workspace: &str) -> Scope {
    Scope::for_workspace(name(workspace), "api-key".into())
}

fn now() -> Timestamp {
    Timestamp::from_secs(1)
}

/// Keys as text, since a key has no copy.
fn keys(lines: &[&str]) -> MasterKeys {
    MasterKeys::parse(&lines.join("\n")).unwrap()
}

fn line() -> String {
    MasterKey::generate().unwrap().to_line().into_public()
}

#[test]
fn a_ring_is_built_again_from_what_the_store_holds() {
    let master = line();
    let mut ring = KeyRing::unlock(keys(&[&master]), []).unwrap();
    assert!(!ring.has_data_key(&name("acme")));
    let stored = [ring.new_data_key(&name("acme")).unwrap(), ring.new_data_key(&name("other")).unwrap()];
    let sealed = ring.seal(&scope("acme"), &"secret".into()).unwrap();

    let ring = KeyRing::unlock(keys(&[&master]), stored.clone()).unwrap();
    assert!(ring.has_data_key(&name("acme")));
    assert_eq!(ring.open(&scope("acme"), &sealed, now()).unwrap().expose(), "secret");

    let twice = [stored[0].clone(), stored[0].clone()];
    assert_eq!(
        KeyRing::unlock(keys(&[&master]), twice).unwrap_err(),
        KeyRingError::Duplicate { workspace: name("acme"), version: 1 }
    );
}

#[test]
fn the_master_key_changes_and_no_sealed_value_does() {
    let (old, new) = (line(), line());
    let mut ring = KeyRing::unlock(keys(&[&old]), []).unwrap();
    let mut store =
        vec![ring.new_data_key(&name("acme")).unwrap(), ring.new_data_key(&name("other")).unwrap()];
    let sealed = ring.seal(&scope("acme"), &"secret".into()).unwrap();
    let old_id = keys(&[&old]).active().id();
    let new_id = keys(&[&new]).active().id();

    let mut ring = KeyRing::unlock(keys(&[&new, &old]), store.clone()).unwrap();
    assert_eq!(ring.outdated(), [(name("acme"), 1), (name("other"), 1)]);
    assert_eq!(ring.retire(old_id, &store), Err(RetireError::InUse { id: old_id, count: 2 }));
    assert_eq!(ring.retire(new_id, &store), Err(RetireError::Active(new_id)));

    store[0] = ring.rewrap(&name("acme"), 1).unwrap().unwrap();
    assert_eq!(store[0].master, new_id);
    assert_eq!(ring.outdated(), [(name("other"), 1)]);
    // Stopped here, both keys are still needed, and both are still there.
    let error = KeyRing::unlock(keys(&[&new]), store.clone()).unwrap_err();
    assert_eq!(error, KeyRingError::UnknownMaster { workspace: name("other"), version: 1, master: old_id });
    assert!(KeyRing::unlock(keys(&[&new, &old]), store.clone()).is_ok());

    let rewrapped = ring.rewrap(&name("other"), 1).unwrap().unwrap();
    // The ring has wrapped all, the store has not stored the last one: it decides.
    assert_eq!(ring.outdated(), []);
    assert_eq!(ring.retire(old_id, &store), Err(RetireError::InUse { id: old_id, count: 1 }));
    store[1] = rewrapped;
    assert_eq!(ring.retire(old_id, &store), Ok(()));
    assert_eq!(ring.retire(old_id, &store), Err(RetireError::Unknown(old_id)));

    let ring = KeyRing::unlock(keys(&[&new]), store).unwrap();
    assert_eq!(ring.open(&scope("acme"), &sealed, now()).unwrap().expose(), "secret");
}

#[test]
fn a_master_key_added_at_run_time_wraps_what_comes_next() {
    let (old, new) = (line(), MasterKey::generate().unwrap());
    let mut ring = KeyRing::unlock(keys(&[&old]), []).unwrap();
    let first = ring.new_data_key(&name("acme")).unwrap();
    let id = new.id();
    ring.add_master(new);
    assert_eq!(ring.new_data_key(&name("acme")).unwrap().master, id);
    assert_ne!(first.master, id);
    assert_eq!(ring.rewrap(&name("nobody"), 1).unwrap(), None);
}

#[test]
fn the_data_key_changes_and_values_move_over() {
    let mut ring = KeyRing::unlock(keys(&[&line()]), []).unwrap();
    let first = ring.new_data_key(&name("acme")).unwrap();
    let sealed = ring.seal(&scope("acme"), &"secret".into()).unwrap();
    assert_eq!(ring.reseal(&scope("acme"), &sealed, now()), Ok(None));

    let second = ring.new_data_key(&name("acme")).unwrap();
    assert_eq!((first.version, second.version), (1, 2));
    assert_ne!(first.bytes, second.bytes);
    assert_eq!(ring.open(&scope("acme"), &sealed, now()).unwrap().expose(), "secret");
    let moved = ring.reseal(&scope("acme"), &sealed, now()).unwrap().unwrap();
    assert_eq!(ring.reseal(&scope("acme"), &moved, now()), Ok(None));
    assert_eq!(
        ring.reseal(&scope("other"), &sealed, now()).unwrap_err(),
        OpenError::UnknownKey { workspace: name("other"), version: 1 }
    );

    ring.forget(&name("acme"), 1);
    let gone = OpenError::UnknownKey { workspace: name("acme"), version: 1 };
    assert_eq!(ring.open(&scope("acme"), &sealed, now()), Err(gone.clone()));
    assert_eq!(ring.reseal(&scope("acme"), &sealed, now()), Err(gone.clone()));
    assert_eq!(
        gone.to_string(),
        "the data key 1 of the workspace `acme` is not there; the value cannot be opened any more"
    );
    assert_eq!(ring.open(&scope("acme"), &moved, now()).unwrap().expose(), "secret");
}

#[test]
fn an_erased_workspace_stays_erased() {
    let mut ring = KeyRing::unlock(keys(&[&line()]), []).unwrap();
    ring.new_data_key(&name("acme")).unwrap();
    let sealed = ring.seal(&scope("acme"), &"secret".into()).unwrap();
    ring.forget_workspace(&name("acme"));
    assert!(!ring.has_data_key(&name("acme")));
    assert!(ring.open(&scope("acme"), &sealed, now()).is_err());
    // A workspace with the same name has another key, even when its version is the same.
    ring.new_data_key(&name("acme")).unwrap();
    assert_eq!(ring.open(&scope("acme"), &sealed, now()), Err(OpenError::Refused));
}

#[test]
fn a_lost_master_key_takes_its_workspaces_along_and_no_others() {
    let (lost, kept) = (line(), line());
    let mut ring = KeyRing::unlock(keys(&[&lost]), []).unwrap();
    let of_lost = ring.new_data_key(&name("acme")).unwrap();
    let mut ring = KeyRing::unlock(keys(&[&kept]), []).unwrap();
    let of_kept = ring.new_data_key(&name("other")).unwrap();
    let sealed = ring.seal(&scope("other"), &"secret".into()).unwrap();
    let id = of_lost.master;

    let store = [of_lost, of_kept];
    let error = KeyRing::unlock(keys(&[&kept]), store.clone()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the data key 1 of the workspace `acme` needs the master key {id}, which is not in the key file; put back \
             the line of that key. When it is lost, `countersign keys forget` starts anew, and users log in again"
        )
    );
    let (ring, missing) = KeyRing::unlock_some(keys(&[&kept]), store);
    assert_eq!(missing, [error]);
    assert_eq!(ring.open(&scope("other"), &sealed, now()).unwrap().expose(), "secret");
}

#[test]
fn a_wrapped_key_opens_only_as_what_it_is() {
    let (one, two) = (line(), line());
    let mut ring = KeyRing::unlock(keys(&[&one, &two]), []).unwrap();
    let good = ring.new_data_key(&name("acme")).unwrap();
    let damaged = |workspace: &str, version| KeyRingError::Damaged { workspace: name(workspace), version };
    let try_to = |key: WrappedKey| KeyRing::unlock(keys(&[&one, &two]), [key]).unwrap_err();
    assert_eq!(try_to(WrappedKey { workspace: name("other"), ..good.clone() }), damaged("other", 1));
    assert_eq!(try_to(WrappedKey { version: 2, ..good.clone() }), damaged("acme", 2));
    let second = keys(&[&two]).active().id();
    assert_eq!(try_to(WrappedKey { master: second, ..good.clone() }), damaged("acme", 1));
    for len in [0, 5, 12, good.bytes.len() - 1] {
        assert_eq!(
            try_to(WrappedKey { bytes: good.bytes[..len].to_vec(), ..good.clone() }),
            damaged("acme", 1)
        );
    }
    for place in 0..good.bytes.len() {
        let mut key = good.clone();
        key.bytes[place] ^= 0x10;
        assert_eq!(try_to(key), damaged("acme", 1));
    }
    assert_eq!(format!("{good:?}"), format!("WrappedKey(acme 1 by {})", good.master));
}

#[test]
fn pseudonyms_survive_a_rotation_under_the_old_key() {
    let (old, new) = (line(), line());
    let before = KeyRing::unlock(keys(&[&old]), []).unwrap();
    let after = KeyRing::unlock(keys(&[&new, &old]), []).unwrap();
    let one = before.pseudonymizer().unwrap().pseudonym(&name("acme"), "account", &["ada"]);
    let all: Vec<_> = after
        .pseudonymizers()
        .unwrap()
        .iter()
        .map(|make| make.pseudonym(&name("acme"), "account", &["ada"]))
        .collect();
    assert_eq!(all[1], one);
    assert_ne!(all[0], one);
    assert_eq!(after.pseudonymizer().unwrap().pseudonym(&name("acme"), "account", &["ada"]), all[0]);
}
