//! Sealed values open under their own scope, in their own time, unchanged, and in no other way.

use countersign_model::{Name, SecretText, Timestamp};
use countersign_vault::{
    ContactKey, KeyRing, MasterKey, MasterKeys, OpenError, Purpose, Scope, SealError, Sealed,
};
use proptest::prelude::*;

const CANARY: &str = "CANARY-hunter2-ÄÖ";

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn ring() -> KeyRing {
    let mut ring = KeyRing::unlock(MasterKeys::one(MasterKey::generate().unwrap()), []).unwrap();
    ring.new_data_key(&name("acme")).unwrap();
    ring.new_data_key(&name("other")).unwrap();
    ring
}

fn contact(address: &str) -> ContactKey {
    ContactKey { channel: "whatsapp-1".parse().unwrap(), address: address.into() }
}

fn scope() -> Scope {
    Scope {
        call: Some("CA3".into()),
        ..Scope::for_contact(
            name("acme"),
            name("bank"),
            name("login"),
            contact("+4915100001"),
            Purpose::Answer { field: 1 },
            at(100),
        )
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_secs(seconds)
}

#[test]
fn what_was_sealed_opens() {
    let ring = ring();
    for text in ["", "a", CANARY, &"x".repeat(100_000)] {
        let sealed = ring.seal(&scope(), &text.into()).unwrap();
        assert_eq!(ring.open(&scope(), &sealed, at(99)).unwrap().expose(), text);
        assert_eq!(sealed.as_bytes().len(), text.len() + 53, "37 bytes before, 16 bytes of tag");
        let stored = Sealed::from_bytes(sealed.clone().into_bytes());
        assert_eq!(stored, sealed);
    }
    let secret = Scope::for_workspace(name("acme"), "api-key".into());
    let sealed = ring.seal(&secret, &CANARY.into()).unwrap();
    assert_eq!(ring.open(&secret, &sealed, at(4_000_000_000)).unwrap().expose(), CANARY);
}

#[test]
fn equal_secrets_do_not_look_equal() {
    let ring = ring();
    let a = ring.seal(&scope(), &CANARY.into()).unwrap();
    let b = ring.seal(&scope(), &CANARY.into()).unwrap();
    assert_ne!(a.as_bytes()[9..25], b.as_bytes()[9..25], "salt");
    assert_ne!(a.as_bytes()[25..37], b.as_bytes()[25..37], "nonce");
    assert_ne!(a.as_bytes()[37..], b.as_bytes()[37..], "ciphertext");
    assert!(!a.as_bytes().windows(6).any(|w| w == b"CANARY"));
}

#[test]
fn time_ends_it_before_anything_is_decrypted() {
    let ring = ring();
    let sealed = ring.seal(&scope(), &CANARY.into()).unwrap();
    let last = Timestamp::from_micros(at(100).as_micros() - 1);
    assert!(ring.open(&scope(), &sealed, last).is_ok());
    assert_eq!(ring.open(&scope(), &sealed, at(100)), Err(OpenError::Expired));
    assert_eq!(ring.open(&scope(), &sealed, at(101)), Err(OpenError::Expired));
    let garbage = Sealed::from_bytes(vec![9; 3]);
    assert_eq!(ring.open(&scope(), &garbage, at(100)), Err(OpenError::Expired));
    assert_eq!(ring.open(&scope(), &garbage, at(1)), Err(OpenError::UnknownFormat(9)));
}

#[test]
fn no_other_scope_opens_it() {
    let ring = ring();
    let sealed = ring.seal(&scope(), &CANARY.into()).unwrap();
    let mut others: Vec<(&str, Scope)> = Vec::new();
    let mut other = |what: &'static str, change: &dyn Fn(&mut Scope)| {
        let mut scope = scope();
        change(&mut scope);
        others.push((what, scope));
    };
    other("workspace", &|s| s.workspace = name("other"));
    other("bot", &|s| s.bot = Some(name("bank2")));
    other("no bot", &|s| s.bot = None);
    other("component", &|s| s.component = Some(name("Login")));
    other("no component", &|s| s.component = None);
    other("contact", &|s| s.contact = Some(contact("+4915100002")));
    other("channel", &|s| {
        s.contact =
            Some(ContactKey { channel: "whatsapp-2".parse().unwrap(), address: "+4915100001".into() });
    });
    other("no contact", &|s| s.contact = None);
    other("call", &|s| s.call = Some("CA4".into()));
    other("no call", &|s| s.call = None);
    other("field", &|s| s.purpose = Purpose::Answer { field: 0 });
    other("token", &|s| s.purpose = Purpose::Token);
    other("refresh token", &|s| s.purpose = Purpose::RefreshToken);
    other("workspace secret", &|s| s.purpose = Purpose::WorkspaceSecret { name: "x".into() });
    other("longer life", &|s| s.expires_at = at(101));
    other("endless life", &|s| s.expires_at = Timestamp::from_micros(i64::MAX));
    other("shorter life", &|s| s.expires_at = at(99));
    other("text moved from one field to the next", &|s| {
        s.bot = Some(name("bankl"));
        s.component = Some(name("ogin"));
    });
    for (what, other) in others {
        assert_eq!(ring.open(&other, &sealed, at(1)), Err(OpenError::Refused), "{what}");
    }
    assert!(ring.open(&scope(), &sealed, at(1)).is_ok());
}

#[test]
fn values_swapped_between_two_users_do_not_open() {
    let ring = ring();
    let (a, b) = (scope(), Scope { contact: Some(contact("+4915100002")), ..scope() });
    let (for_a, for_b) = (ring.seal(&a, &"a".into()).unwrap(), ring.seal(&b, &"b".into()).unwrap());
    assert_eq!(ring.open(&a, &for_b, at(1)), Err(OpenError::Refused));
    assert_eq!(ring.open(&b, &for_a, at(1)), Err(OpenError::Refused));
    let mut mixed = for_a.as_bytes()[..37].to_vec();
    mixed.extend_from_slice(&for_b.as_bytes()[37..]);
    assert_eq!(ring.open(&a, &Sealed::from_bytes(mixed.clone()), at(1)), Err(OpenError::Refused));
    assert_eq!(ring.open(&b, &Sealed::from_bytes(mixed), at(1)), Err(OpenError::Refused));
}

#[test]
fn two_installations_do_not_open_each_others_values() {
    let (one, two) = (ring(), ring());
    let sealed = one.seal(&scope(), &CANARY.into()).unwrap();
    assert_eq!(two.open(&scope(), &sealed, at(1)), Err(OpenError::Refused));
}

#[test]
fn every_single_bit_counts() {
    let ring = ring();
    let sealed = ring.seal(&scope(), &"hunter2".into()).unwrap();
    for bit in 0..sealed.as_bytes().len() * 8 {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let opened = ring.open(&scope(), &Sealed::from_bytes(bytes), at(1));
        match bit / 8 {
            0 => assert!(matches!(opened, Err(OpenError::UnknownFormat(_))), "bit {bit}"),
            5..=8 => assert!(matches!(opened, Err(OpenError::UnknownKey { .. })), "bit {bit}"),
            _ => assert_eq!(opened, Err(OpenError::Refused), "bit {bit}"),
        }
    }
}

#[test]
fn what_is_cut_short_does_not_open() {
    let ring = ring();
    let sealed = ring.seal(&scope(), &"hunter2".into()).unwrap();
    for len in 0..sealed.as_bytes().len() {
        let cut = Sealed::from_bytes(sealed.as_bytes()[..len].to_vec());
        let expected = if len < 53 { OpenError::Truncated } else { OpenError::Refused };
        assert_eq!(ring.open(&scope(), &cut, at(1)), Err(expected), "{len} bytes");
    }
    let mut longer = sealed.into_bytes();
    longer.push(0);
    assert_eq!(ring.open(&scope(), &Sealed::from_bytes(longer), at(1)), Err(OpenError::Refused));
}

#[test]
fn a_workspace_without_a_data_key_seals_nothing() {
    let scope = Scope { workspace: name("new"), ..scope() };
    let error = ring().seal(&scope, &CANARY.into()).unwrap_err();
    assert_eq!(error, SealError::NoDataKey { workspace: name("new") });
    assert_eq!(
        error.to_string(),
        "the workspace `new` has no data key; make one before anything is sealed for it"
    );
}

#[test]
fn nothing_of_a_secret_is_shown() {
    let ring = ring();
    let sealed = ring.seal(&scope(), &CANARY.into()).unwrap();
    let wrong = ring.open(&Scope { call: None, ..scope() }, &sealed, at(1)).unwrap_err();
    let opened = ring.open(&scope(), &sealed, at(1)).unwrap();
    let shown = format!("{ring:?} {sealed:?} {sealed:#?} {wrong:?} {wrong} {opened:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert_eq!(format!("{sealed:?}"), format!("Sealed({} bytes)", CANARY.len() + 53));
    assert_eq!(wrong.to_string(), "the sealed value belongs to another scope, or it has been changed");
    assert_eq!(OpenError::Expired.to_string(), "the time of the sealed value is over");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_opens_and_no_changed_value_does(
        text in ".{0,80}",
        change in proptest::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..4),
    ) {
        let ring = ring();
        let sealed = ring.seal(&scope(), &SecretText::new(text.clone())).unwrap();
        let opened = ring.open(&scope(), &sealed, at(1)).unwrap();
        prop_assert_eq!(opened.expose(), &text);
        let mut bytes = sealed.as_bytes().to_vec();
        for (place, flip) in change {
            let place = place.index(bytes.len());
            bytes[place] ^= flip;
        }
        prop_assume!(bytes != sealed.as_bytes());
        prop_assert!(ring.open(&scope(), &Sealed::from_bytes(bytes), at(1)).is_err());
    }

    #[test]
    fn any_other_scope_is_refused(
        bot in "[a-c]{1,2}", component in "[a-c]{1,2}", address in "[a-c]{0,2}",
        other_bot in "[a-c]{1,2}", other_component in "[a-c]{1,2}", other_address in "[a-c]{0,2}",
    ) {
        let make = |bot: &str, component: &str, address: &str| Scope {
            bot: Some(name(bot)),
            component: Some(name(component)),
            contact: Some(contact(address)),
            ..scope()
        };
        let one = make(&bot, &component, &address);
        let other = make(&other_bot, &other_component, &other_address);
        let ring = ring();
        let sealed = ring.seal(&one, &CANARY.into()).unwrap();
        prop_assert_eq!(ring.open(&other, &sealed, at(1)).is_ok(), one == other);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), first in any::<bool>()) {
        let mut bytes = bytes;
        if first && !bytes.is_empty() {
            bytes[0] = 1;
        }
        prop_assert!(ring().open(&scope(), &Sealed::from_bytes(bytes), at(1)).is_err());
    }
}
