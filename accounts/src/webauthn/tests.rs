use ciborium::Value as Cbor;
use data_encoding::BASE64URL_NOPAD;
use proptest::prelude::*;
use serde_json::json;

use super::device::{Device, GOOD, cbor};
use super::*;

const CHALLENGE: &str = "c29tZSBjaGFsbGVuZ2U";

fn expected() -> Expected<'static> {
    Expected { challenge: CHALLENGE, origin: "https://bots.example.com", relying_party: "bots.example.com" }
}

fn registered(device: &Device) -> Registered {
    register(&device.create_for(CHALLENGE), &expected()).unwrap()
}

fn refused(change: impl Fn(&mut Device)) -> (NotAccepted, NotAccepted) {
    let mut device = Device::es256();
    let kept = registered(&device);
    change(&mut device);
    let create = register(&device.create_for(CHALLENGE), &expected()).unwrap_err();
    let get = Claim::read(&device.get_for(CHALLENGE)).unwrap();
    (create, get.verify(&kept.public_key, 0, &expected()).unwrap_err())
}

#[test]
fn all_three_algorithms_work() {
    for device in [Device::es256(), Device::ed25519(), Device::rs256()] {
        let kept = registered(&device);
        assert_eq!(kept.credential_id, BASE64URL_NOPAD.encode(&device.id));
        let claim = Claim::read(&device.get_for(CHALLENGE)).unwrap();
        assert_eq!(claim.credential_id, kept.credential_id);
        assert_eq!(claim.verify(&kept.public_key, 0, &expected()), Ok(0));
    }
}

#[test]
fn what_was_made_for_another_page_is_refused() {
    use NotAccepted as No;
    let evil = |device: &mut Device| device.origin = "https://bots.example.com.evil.example".to_owned();
    assert_eq!(refused(evil), (No::Origin, No::Origin));
    let http = |device: &mut Device| device.origin = "http://bots.example.com".to_owned();
    assert_eq!(refused(http), (No::Origin, No::Origin));
    let framed = |device: &mut Device| device.cross_origin = true;
    assert_eq!(refused(framed), (No::Origin, No::Origin));
    let other = |device: &mut Device| device.relying_party = "example.com".to_owned();
    assert_eq!(refused(other), (No::RelyingParty, No::RelyingParty));
}

#[test]
fn the_user_must_be_there_and_verified() {
    use NotAccepted as No;
    assert_eq!(refused(|device| device.flags = 0b100), (No::NotPresent, No::NotPresent));
    assert_eq!(refused(|device| device.flags = 0b001), (No::NotVerified, No::NotVerified));
}

#[test]
fn another_challenge_is_refused() {
    let device = Device::es256();
    let kept = registered(&device);
    let other = "YW5vdGhlcg";
    assert_eq!(register(&device.create_for(other), &expected()), Err(NotAccepted::Challenge));
    let claim = Claim::read(&device.get_for(other)).unwrap();
    assert_eq!(claim.verify(&kept.public_key, 0, &expected()), Err(NotAccepted::Challenge));
}

#[test]
fn one_ceremony_is_not_the_other() {
    let device = Device::es256();
    let kept = registered(&device);
    let mut answer = device.get_for(CHALLENGE);
    answer["response"]["clientDataJSON"] = device.create_for(CHALLENGE)["response"]["clientDataJSON"].clone();
    let claim = Claim::read(&answer).unwrap();
    assert_eq!(claim.verify(&kept.public_key, 0, &expected()), Err(NotAccepted::Ceremony));
}

#[test]
fn the_signature_covers_everything() {
    let device = Device::es256();
    let kept = registered(&device);
    let claim = || Claim::read(&device.get_for(CHALLENGE)).unwrap();
    // Whitespace is none of what was signed.
    let mut padded = claim();
    padded.client_data.push(b' ');
    assert_eq!(padded.verify(&kept.public_key, 0, &expected()), Err(NotAccepted::Signature));
    let mut counted = claim();
    counted.auth_data[36] = 9;
    assert_eq!(counted.verify(&kept.public_key, 0, &expected()), Err(NotAccepted::Signature));
    let mut cut = claim();
    cut.signature.pop();
    assert_eq!(cut.verify(&kept.public_key, 0, &expected()), Err(NotAccepted::Signature));
    let other = registered(&Device::es256());
    assert_eq!(claim().verify(&other.public_key, 0, &expected()), Err(NotAccepted::Signature));
    let of_another_kind = registered(&Device::ed25519());
    assert_eq!(claim().verify(&of_another_kind.public_key, 0, &expected()), Err(NotAccepted::Signature));
}

#[test]
fn a_counter_that_does_not_grow_shows_a_copy() {
    let mut device = Device::es256();
    device.counter = 5;
    let kept = registered(&device);
    assert_eq!(kept.counter, 5);
    let verify = |device: &Device, counter| {
        Claim::read(&device.get_for(CHALLENGE)).unwrap().verify(&kept.public_key, counter, &expected())
    };
    assert_eq!(verify(&device, 5), Err(NotAccepted::Counter));
    assert_eq!(verify(&device, 6), Err(NotAccepted::Counter));
    assert_eq!(verify(&device, 4), Ok(5));
    device.counter = 0;
    assert_eq!(verify(&device, 5), Err(NotAccepted::Counter));
    assert_eq!(verify(&device, 0), Ok(0));
}

#[test]
fn nothing_may_stand_behind_the_data() {
    assert_eq!(refused(|device| device.surplus = vec![0xa0]), (NotAccepted::Form, NotAccepted::Form));
}

#[test]
fn extensions_are_passed_over() {
    let mut device = Device::es256();
    device.flags = GOOD | 1 << 7;
    device.surplus = cbor(&Cbor::Map(vec![("credProtect".into(), 2.into())]));
    let kept = registered(&device);
    let claim = Claim::read(&device.get_for(CHALLENGE)).unwrap();
    assert_eq!(claim.verify(&kept.public_key, 0, &expected()), Ok(0));
}

#[test]
fn other_algorithms_and_broken_keys_are_refused() {
    let key = |pairs: &[(i64, Cbor)]| {
        let pairs = pairs.iter().map(|(label, value)| (Cbor::from(*label), value.clone())).collect();
        cose::PublicKey::parse(&cbor(&Cbor::Map(pairs))).unwrap_err()
    };
    let bytes = |len| Cbor::Bytes(vec![1; len]);
    // ES384; P-384 under the name of ES256; x too short; no y; nothing.
    assert_eq!(key(&[(1, 2.into()), (3, (-35).into())]), NotAccepted::Algorithm);
    assert_eq!(key(&[(1, 2.into()), (3, (-7).into()), (-1, 2.into())]), NotAccepted::Algorithm);
    let short = [(1, 2.into()), (3, (-7).into()), (-1, 1.into()), (-2, bytes(31)), (-3, bytes(32))];
    assert_eq!(key(&short), NotAccepted::Key);
    assert_eq!(key(&short[..4]), NotAccepted::Key);
    assert_eq!(key(&[]), NotAccepted::Key);
    // A point that is not on the curve, and an RSA key that is too small, verify nothing.
    let on_no_curve = cose::PublicKey::Es256([4; 65]);
    assert_eq!(on_no_curve.verify(b"", &[0; 70]), Err(NotAccepted::Signature));
    let small = cose::PublicKey::Rs256 { modulus: vec![0xff; 128], exponent: vec![1, 0, 1] };
    assert_eq!(small.verify(b"", &[0; 128]), Err(NotAccepted::Signature));
}

#[test]
fn deep_and_long_answers_are_refused() {
    let deep = [0x81; 4_000];
    assert!(matches!(cose::read_all(&deep), Err(NotAccepted::Form)));
    // A text that says it is longer than all memory.
    assert!(matches!(
        cose::read_all(&[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        Err(NotAccepted::Form)
    ));
    let mut answer = Device::es256().get_for(CHALLENGE);
    answer["response"]["signature"] = json!("A".repeat(LONGEST + 4));
    assert!(matches!(Claim::read(&answer), Err(NotAccepted::Form)));
    answer["response"]["signature"] = json!("not base64url");
    assert!(matches!(Claim::read(&answer), Err(NotAccepted::Form)));
    assert!(matches!(Claim::read(&json!({ "id": "AAAA", "type": "password" })), Err(NotAccepted::Form)));
}

proptest! {
    #[test]
    fn whatever_comes_is_refused_and_no_more(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = AuthData::parse(&bytes);
        let _ = cose::PublicKey::parse(&bytes);
        let _ = attested(&bytes);
        prop_assert!(client_data::verify(&bytes, Ceremony::Get, &expected()).is_err());
    }
}
