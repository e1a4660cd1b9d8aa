use super::*;
use crate::totp::code_at;

/// Ada with an authenticator app: its secret, and her recovery codes.
async fn with_totp() -> (World, Session, SecretText, Vec<SecretText>) {
    let (mut world, ada) = World::with_ada().await;
    let offer = world.accounts.offer_totp(&ada, &world.visit()).await.unwrap();
    let code = code_at(&offer.secret, world.now);
    let codes = world.accounts.confirm_totp(&ada, &code, &world.visit()).await.unwrap();
    world.pass(30);
    (world, ada, offer.secret, codes)
}

async fn pending(world: &World) -> SecretText {
    match world.sign_in("ada@example.com", PASSWORD).await.unwrap() {
        SignIn::SecondFactor { pending, .. } => pending,
        SignIn::Done(_) => panic!("no second factor was asked for"),
    }
}

#[tokio::test]
async fn an_offered_app_counts_when_it_gave_a_code() {
    let (mut world, ada) = World::with_ada().await;
    let offer = world.accounts.offer_totp(&ada, &world.visit()).await.unwrap();
    assert!(
        offer
            .uri
            .expose()
            .starts_with("otpauth://totp/Countersign%20bots.example.com:ada@example.com?secret=")
    );
    assert!(offer.qr_svg.expose().starts_with("<svg"));
    assert!(matches!(world.sign_in("ada@example.com", PASSWORD).await.unwrap(), SignIn::Done(_)));
    let wrong = world.accounts.confirm_totp(&ada, &"000000".into(), &world.visit()).await;
    assert_eq!(code_of(wrong), "wrong_code");
    let code = code_at(&offer.secret, world.now);
    let codes = world.accounts.confirm_totp(&ada, &code, &world.visit()).await.unwrap();
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| code.len() == 19));
    let view = world.accounts.view(&ada, &world.visit()).await.unwrap();
    assert_eq!((view.totp, view.recovery_codes_left), (true, 10));
    let kept = world.kept("account").await;
    assert!(!kept.contains(offer.secret.expose()) && !kept.contains(codes[0].expose()));
    // What was offered is used up, and an old offer is over.
    world.pass(30);
    let again = world.accounts.confirm_totp(&ada, &code_at(&offer.secret, world.now), &world.visit()).await;
    assert_eq!(code_of(again), "over");
}

#[tokio::test]
async fn the_password_alone_is_not_enough_then() {
    let (world, _, secret, _) = with_totp().await;
    let SignIn::SecondFactor { factors, pending } = world.sign_in("ada@example.com", PASSWORD).await.unwrap()
    else {
        panic!("no second factor was asked for")
    };
    assert_eq!(factors, [Factor::Totp, Factor::Recovery]);
    assert_eq!(code_of(world.accounts.session(&pending, &world.visit()).await), "signed_out");
    let code = code_at(&secret, world.now);
    let signed = world.accounts.second_factor(&pending, &code, &world.visit()).await.unwrap();
    assert!(world.accounts.session(&signed.token, &world.visit()).await.is_ok());
    assert_eq!(code_of(world.sign_in("ada@example.com", "wrong").await), "refused");
}

#[tokio::test]
async fn a_code_counts_once() {
    let (mut world, _, secret, _) = with_totp().await;
    let code = code_at(&secret, world.now);
    world.accounts.second_factor(&pending(&world).await, &code, &world.visit()).await.unwrap();
    let replayed = world.accounts.second_factor(&pending(&world).await, &code, &world.visit()).await;
    assert_eq!(code_of(replayed), "wrong_code");
    // The one before it is over too, though its time would not be.
    let before = code_at(&secret, world.now.minus(Duration::from_secs(30)));
    let replayed = world.accounts.second_factor(&pending(&world).await, &before, &world.visit()).await;
    assert_eq!(code_of(replayed), "wrong_code");
    world.pass(30);
    let next = code_at(&secret, world.now);
    let spaced = SecretText::new(format!("{} {}", &next.expose()[..3], &next.expose()[3..]));
    assert!(world.accounts.second_factor(&pending(&world).await, &spaced, &world.visit()).await.is_ok());
    assert!(world.log(None).await.contains(&"session.begin account no".to_owned()));
}

#[tokio::test]
async fn of_two_who_send_one_code_at_once_one_gets_in() {
    let (world, _, secret, _) = with_totp().await;
    let (visit, code) = (world.visit(), code_at(&secret, world.now));
    let (one, two) = (pending(&world).await, pending(&world).await);
    let (first, second) = tokio::join!(
        world.accounts.second_factor(&one, &code, &visit),
        world.accounts.second_factor(&two, &code, &visit)
    );
    assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|ok| **ok).count(), 1);
}

#[tokio::test]
async fn half_a_sign_in_counts_once_and_for_five_minutes() {
    let (mut world, _, secret, _) = with_totp().await;
    let half = pending(&world).await;
    world.accounts.second_factor(&half, &code_at(&secret, world.now), &world.visit()).await.unwrap();
    world.pass(30);
    let again = world.accounts.second_factor(&half, &code_at(&secret, world.now), &world.visit()).await;
    assert_eq!(code_of(again), "over");
    let half = pending(&world).await;
    world.pass(300);
    let late = world.accounts.second_factor(&half, &code_at(&secret, world.now), &world.visit()).await;
    assert_eq!(code_of(late), "over");
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    let (mut world, _, secret, _) = with_totp().await;
    let mut tried = 0;
    let end = world.now.plus(Duration::from_secs(24 * 3600));
    while world.now < end {
        let half = pending(&world).await;
        match world.accounts.second_factor(&half, &"aaaaaa".into(), &world.visit()).await.unwrap_err() {
            AccountsError::WrongCode => tried += 1,
            AccountsError::Limited { wait } => world.pass(wait.as_secs()),
            other => panic!("{other}"),
        }
    }
    assert!(tried < 120, "{tried} codes in a day");
    let half = pending(&world).await;
    world.pass(0);
    let right = world.accounts.second_factor(&half, &code_at(&secret, world.now), &world.visit()).await;
    assert!(right.is_ok() || code_of(right) == "limited");
}

#[tokio::test]
async fn recovery_codes_count_once_each() {
    let (world, _, _, codes) = with_totp().await;
    let written = SecretText::new(codes[3].expose().to_uppercase().replace('-', " "));
    let signed =
        world.accounts.second_factor(&pending(&world).await, &written, &world.visit()).await.unwrap();
    let view = world.accounts.view(&signed.session, &world.visit()).await.unwrap();
    assert_eq!(view.recovery_codes_left, 9);
    let again = world.accounts.second_factor(&pending(&world).await, &codes[3], &world.visit()).await;
    assert_eq!(code_of(again), "wrong_code");
    let fresh = world.accounts.renew_recovery_codes(&signed.session, &world.visit()).await.unwrap();
    let old = world.accounts.second_factor(&pending(&world).await, &codes[4], &world.visit()).await;
    assert_eq!(code_of(old), "wrong_code");
    assert!(world.accounts.second_factor(&pending(&world).await, &fresh[4], &world.visit()).await.is_ok());
}

#[tokio::test]
async fn a_proof_is_the_code_then_and_the_password_no_longer() {
    let (world, ada, secret, _) = with_totp().await;
    let step = async |password: Option<&str>, code: Option<&SecretText>| {
        let proof = StepUp { password: password.map(Into::into), code: code.map(SecretText::duplicate) };
        world.accounts.step_up(&ada, &proof, &world.visit()).await
    };
    let needs = step(Some(PASSWORD), None).await.unwrap_err();
    assert_eq!((needs.code(), needs.fields()[0].pointer), ("invalid", "/code"));
    let code = code_at(&secret, world.now);
    assert_eq!(code_of(step(Some("wrong"), Some(&code)).await), "refused");
    assert_eq!(code_of(step(None, Some(&"123456".into())).await), "wrong_code");
    let signed = step(None, Some(&code)).await.unwrap();
    let proof = StepUp { password: None, code: Some(code) };
    let replayed = world.accounts.step_up(&signed.session, &proof, &world.visit()).await;
    assert_eq!(code_of(replayed), "wrong_code");
}

#[tokio::test]
async fn factors_change_only_with_a_fresh_proof() {
    let (mut world, ada, _, _) = with_totp().await;
    world.pass(600);
    let visit = world.visit();
    assert_eq!(code_of(world.accounts.offer_totp(&ada, &visit).await), "step_up");
    assert_eq!(code_of(world.accounts.confirm_totp(&ada, &"1".into(), &visit).await), "step_up");
    assert_eq!(code_of(world.accounts.remove_totp(&ada, &visit).await), "step_up");
    assert_eq!(code_of(world.accounts.renew_recovery_codes(&ada, &visit).await), "step_up");
    assert_eq!(code_of(world.accounts.begin_passkey_registration(&ada, "Phone", &visit).await), "step_up");
    assert_eq!(code_of(world.accounts.remove_passkey(&ada, &ada.id, &visit).await), "step_up");
    assert_eq!(world.log(None).await[0], "account.passkey_remove account no");
}

#[tokio::test]
async fn a_short_password_needs_its_second_factor() {
    let (world, ada, _, _) = with_totp().await;
    let visit = world.visit();
    let change = async |session: &Session, current: &str, new: &str| {
        world.accounts.change_password(session, &current.into(), &new.into(), &visit).await
    };
    let ada = change(&ada, PASSWORD, "ten chars.").await.unwrap().session;
    let refused = world.accounts.remove_totp(&ada, &visit).await.unwrap_err();
    assert_eq!(refused.code(), "needs_second_factor");
    assert!(refused.to_string().contains("choose a longer password first"));
    let ada = change(&ada, "ten chars.", PASSWORD).await.unwrap().session;
    world.accounts.remove_totp(&ada, &visit).await.unwrap();
    assert_eq!(code_of(world.accounts.remove_totp(&ada, &visit).await), "not_found");
    let view = world.accounts.view(&ada, &visit).await.unwrap();
    assert_eq!((view.totp, view.recovery_codes_left), (false, 0));
    assert_eq!(code_of(change(&ada, PASSWORD, "ten chars.").await), "invalid");
}

#[tokio::test]
async fn a_new_password_ends_half_a_sign_in() {
    let (world, ada, secret, _) = with_totp().await;
    let half = pending(&world).await;
    let new = SecretText::from("another horse battery");
    world.accounts.change_password(&ada, &PASSWORD.into(), &new, &world.visit()).await.unwrap();
    let done = world.accounts.second_factor(&half, &code_at(&secret, world.now), &world.visit()).await;
    assert_eq!(code_of(done), "refused");
}
