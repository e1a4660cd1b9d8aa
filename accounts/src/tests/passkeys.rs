use super::*;
use crate::webauthn::device::Device;

async fn with_passkey() -> (World, Session, Device) {
    let (world, ada) = World::with_ada().await;
    let mut device = Device::es256();
    register(&world, &ada, &mut device).await.unwrap();
    (world, ada, device)
}

async fn register(
    world: &World,
    session: &Session,
    device: &mut Device,
) -> Result<NewPasskey, AccountsError> {
    let visit = world.visit();
    let challenge = world.accounts.begin_passkey_registration(session, "Phone", &visit).await?;
    let answer = device.create(&challenge.options);
    world.accounts.finish_passkey_registration(session, &challenge.id, &answer, &visit).await
}

async fn sign_in(world: &World, device: &mut Device) -> Result<SignedIn, AccountsError> {
    let challenge = world.accounts.begin_passkey(PasskeyFor::SignIn, &world.visit()).await.unwrap();
    let answer = device.get(&challenge.options);
    world.accounts.finish_passkey(&challenge.id, &answer, None, &world.visit()).await
}

#[tokio::test]
async fn a_passkey_alone_signs_in() {
    let (world, ada) = World::with_ada().await;
    let mut device = Device::ed25519();
    let made = register(&world, &ada, &mut device).await.unwrap();
    assert_eq!((made.passkey.name.as_str(), made.recovery_codes.len()), ("Phone", 10));
    let challenge = world.accounts.begin_passkey(PasskeyFor::SignIn, &world.visit()).await.unwrap();
    assert_eq!(challenge.options["allowCredentials"], serde_json::json!([]));
    assert_eq!(challenge.options["rpId"], "bots.example.com");
    assert_eq!(challenge.options["userVerification"], "required");
    let answer = device.get(&challenge.options);
    let signed = world.accounts.finish_passkey(&challenge.id, &answer, None, &world.visit()).await.unwrap();
    assert_eq!(signed.session.account, ada.account);
    let passkeys = world.accounts.passkeys(&signed.session, &world.visit()).await.unwrap();
    assert_eq!(passkeys[0].last_used_at, Some(world.now));
}

#[tokio::test]
async fn a_challenge_counts_once_and_for_five_minutes() {
    let (mut world, _, mut device) = with_passkey().await;
    let challenge = world.accounts.begin_passkey(PasskeyFor::SignIn, &world.visit()).await.unwrap();
    let answer = device.get(&challenge.options);
    world.accounts.finish_passkey(&challenge.id, &answer, None, &world.visit()).await.unwrap();
    let replayed = world.accounts.finish_passkey(&challenge.id, &answer, None, &world.visit()).await;
    assert_eq!(code_of(replayed), "over");
    // The same answer under a new challenge.
    let other = world.accounts.begin_passkey(PasskeyFor::SignIn, &world.visit()).await.unwrap();
    let replayed = world.accounts.finish_passkey(&other.id, &answer, None, &world.visit()).await;
    assert_eq!(code_of(replayed), "wrong_code");
    // A wrong answer has spent it.
    let right = device.get(&other.options);
    assert_eq!(code_of(world.accounts.finish_passkey(&other.id, &right, None, &world.visit()).await), "over");
    let late = world.accounts.begin_passkey(PasskeyFor::SignIn, &world.visit()).await.unwrap();
    let answer = device.get(&late.options);
    world.pass(300);
    assert_eq!(code_of(world.accounts.finish_passkey(&late.id, &answer, None, &world.visit()).await), "over");
}

#[tokio::test]
async fn of_two_who_answer_one_challenge_at_once_one_gets_in() {
    let (world, _, mut device) = with_passkey().await;
    let visit = world.visit();
    let challenge = world.accounts.begin_passkey(PasskeyFor::SignIn, &visit).await.unwrap();
    let answer = device.get(&challenge.options);
    let (one, two) = tokio::join!(
        world.accounts.finish_passkey(&challenge.id, &answer, None, &visit),
        world.accounts.finish_passkey(&challenge.id, &answer, None, &visit)
    );
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
}

#[tokio::test]
async fn a_passkey_is_a_second_factor() {
    let (world, _, mut device) = with_passkey().await;
    let SignIn::SecondFactor { factors, pending } = world.sign_in("ada@example.com", PASSWORD).await.unwrap()
    else {
        panic!("no second factor was asked for")
    };
    assert_eq!(factors, [Factor::Passkey, Factor::Recovery]);
    let begin =
        async || world.accounts.begin_passkey(PasskeyFor::SecondFactor(&pending), &world.visit()).await;
    let challenge = begin().await.unwrap();
    assert_eq!(challenge.options["allowCredentials"].as_array().unwrap().len(), 1);
    let answer = device.get(&challenge.options);
    world.accounts.finish_passkey(&challenge.id, &answer, None, &world.visit()).await.unwrap();
    assert_eq!(code_of(begin().await), "over");
    let none = world.accounts.begin_passkey(PasskeyFor::SecondFactor(&"x".into()), &world.visit()).await;
    assert_eq!(code_of(none), "over");
}

#[tokio::test]
async fn somebody_elses_passkey_is_no_second_factor() {
    let (world, ada, _) = with_passkey().await;
    let eve = world.member(&ada, "Eve", Role::Viewer).await;
    let mut hers = Device::es256();
    register(&world, &eve, &mut hers).await.unwrap();
    let SignIn::SecondFactor { pending, .. } = world.sign_in("ada@example.com", PASSWORD).await.unwrap()
    else {
        panic!("no second factor was asked for")
    };
    let challenge =
        world.accounts.begin_passkey(PasskeyFor::SecondFactor(&pending), &world.visit()).await.unwrap();
    let answer = hers.get(&challenge.options);
    let refused = world.accounts.finish_passkey(&challenge.id, &answer, None, &world.visit()).await;
    assert_eq!(code_of(refused), "wrong_code");
    // Nor does she become Ada by saying that it is Ada's.
    hers.user_handle = Some(ada.account.as_str().as_bytes().to_vec());
    assert_eq!(code_of(sign_in(&world, &mut hers).await), "wrong_code");
    hers.user_handle = None;
    assert_eq!(code_of(sign_in(&world, &mut hers).await), "wrong_code");
    assert_eq!(world.log(None).await[0], "session.begin account no");
}

#[tokio::test]
async fn a_passkey_proves_again_who_one_is() {
    let (mut world, ada, mut device) = with_passkey().await;
    world.pass(600);
    let begin =
        async || world.accounts.begin_passkey(PasskeyFor::StepUp(&ada), &world.visit()).await.unwrap();
    let challenge = begin().await;
    let answer = device.get(&challenge.options);
    let other = world.member_session("Eve").await;
    let stolen = world.accounts.finish_passkey(&challenge.id, &answer, Some(&other), &world.visit()).await;
    assert_eq!(code_of(stolen), "signed_out");
    let challenge = begin().await;
    let answer = device.get(&challenge.options);
    assert_eq!(
        code_of(world.accounts.finish_passkey(&challenge.id, &answer, None, &world.visit()).await),
        "signed_out"
    );
    let challenge = begin().await;
    let answer = device.get(&challenge.options);
    let signed =
        world.accounts.finish_passkey(&challenge.id, &answer, Some(&ada), &world.visit()).await.unwrap();
    assert_eq!(signed.session.id, ada.id);
    assert!(world.actor(&signed.session).await.stepped_up(world.now));
}

#[tokio::test]
async fn a_copied_passkey_is_found_by_its_counter() {
    let (world, ada) = World::with_ada().await;
    let mut device = Device::es256();
    device.counter = 1;
    register(&world, &ada, &mut device).await.unwrap();
    sign_in(&world, &mut device).await.unwrap();
    device.counter = 1;
    assert_eq!(code_of(sign_in(&world, &mut device).await), "wrong_code");
    assert!(world.lines(None).await[0].entry.detail.contains("counter"));
}

#[tokio::test]
async fn registration_is_bound_to_session_challenge_and_page() {
    let (world, ada, device) = with_passkey().await;
    let visit = world.visit();
    // A challenge of a sign-in makes no passkey, and one of a registration signs nobody in.
    let mut second = Device::es256();
    let sign = world.accounts.begin_passkey(PasskeyFor::SignIn, &visit).await.unwrap();
    let answer = second.create_for(sign.options["challenge"].as_str().unwrap());
    let made = world.accounts.finish_passkey_registration(&ada, &sign.id, &answer, &visit).await;
    assert_eq!(code_of(made), "over");
    let begun = world.accounts.begin_passkey_registration(&ada, "Laptop", &visit).await.unwrap();
    assert_eq!(begun.options["excludeCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(begun.options["attestation"], "none");
    let answer = device.get_for(begun.options["challenge"].as_str().unwrap());
    assert_eq!(code_of(world.accounts.finish_passkey(&begun.id, &answer, None, &visit).await), "wrong_code");
    // Another session of the same account.
    let other = world.accounts.begin_passkey_registration(&ada, "Laptop", &visit).await.unwrap();
    let eve = world.member_session("Eve").await;
    let answer = second.create(&other.options);
    let made = world.accounts.finish_passkey_registration(&eve, &other.id, &answer, &visit).await;
    assert_eq!(code_of(made), "over");
    // A page of somebody else.
    second.origin = "https://evil.example".to_owned();
    assert_eq!(code_of(register(&world, &ada, &mut second).await), "wrong_code");
    // The same passkey a second time.
    let mut same = device;
    assert_eq!(code_of(register(&world, &ada, &mut same).await), "taken");
}

#[tokio::test]
async fn removed_passkeys_are_worth_nothing() {
    let (world, ada, mut device) = with_passkey().await;
    let visit = world.visit();
    let id = world.accounts.passkeys(&ada, &visit).await.unwrap()[0].id.clone();
    let eve = world.member_session("Eve").await;
    assert_eq!(code_of(world.accounts.remove_passkey(&eve, &id, &visit).await), "not_found");
    world.accounts.remove_passkey(&ada, &id, &visit).await.unwrap();
    assert_eq!(code_of(sign_in(&world, &mut device).await), "wrong_code");
    assert!(matches!(world.sign_in("ada@example.com", PASSWORD).await.unwrap(), SignIn::Done(_)));
    assert_eq!(world.accounts.view(&ada, &visit).await.unwrap().recovery_codes_left, 0);
}

#[tokio::test]
async fn a_bare_address_has_no_passkeys() {
    let (world, ada) = World::with_ada().await;
    let bare = open(&world.store, &world.keys, "http://127.0.0.1:8080").await;
    let refused = bare.begin_passkey_registration(&ada, "Phone", &world.visit()).await.unwrap_err();
    assert_eq!(refused.code(), "no_passkeys");
    assert!(refused.to_string().contains("open it by its name"));
    assert_eq!(code_of(bare.begin_passkey(PasskeyFor::SignIn, &world.visit()).await), "no_passkeys");
}

#[tokio::test]
async fn one_network_cannot_send_wrong_answers_for_ever() {
    let (mut world, _, mut device) = with_passkey().await;
    let mut other = Device::es256();
    for _ in 0..30 {
        assert_eq!(code_of(sign_in(&world, &mut other).await), "wrong_code");
    }
    assert_eq!(code_of(sign_in(&world, &mut device).await), "limited");
    world.pass(1);
    assert!(sign_in(&world, &mut device).await.is_ok());
}

/// Anybody may ask for a challenge, and each is kept for some minutes.
#[tokio::test]
async fn a_network_that_only_asks_has_to_wait() {
    let (mut world, ada, mut device) = with_passkey().await;
    let begin = async |world: &World, ip: &str| {
        world.accounts.begin_passkey(PasskeyFor::SignIn, &world.visit_from(ip)).await
    };
    for _ in 0..59 {
        begin(&world, "2001:db8::1").await.unwrap();
    }
    // Who signs in begins anew, and so does everybody of that house.
    let visit = world.visit_from("2001:db8::2");
    let challenge = world.accounts.begin_passkey(PasskeyFor::SignIn, &visit).await.unwrap();
    let answer = device.get(&challenge.options);
    world.accounts.finish_passkey(&challenge.id, &answer, None, &visit).await.unwrap();
    for host in 0..60 {
        begin(&world, &format!("2001:db8::{host:x}")).await.unwrap();
    }
    assert_eq!(code_of(begin(&world, "2001:db8::ffff").await), "limited");
    // Others are not held up, nor who is half in.
    begin(&world, "192.0.2.9").await.unwrap();
    let step_up = PasskeyFor::StepUp(&ada);
    world.accounts.begin_passkey(step_up, &world.visit_from("2001:db8::1")).await.unwrap();
    world.pass(1);
    begin(&world, "2001:db8::1").await.unwrap();
    assert_eq!(code_of(begin(&world, "2001:db8::1").await), "limited");
}
