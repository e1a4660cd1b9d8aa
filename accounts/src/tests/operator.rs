use super::*;
use crate::totp::code_at;

fn bob() -> NewByOperator {
    NewByOperator {
        name: "Bob".into(),
        email: "bob@example.com".into(),
        password: None,
        administrator: false,
        roles: vec![(acme(), Role::Editor)],
    }
}

#[tokio::test]
async fn an_operator_adds_an_account() {
    let (world, _) = World::with_ada().await;
    let added = world.accounts.add_account(bob(), world.now).await.unwrap();
    let password = added.password.unwrap();
    let SignIn::Done(signed) = world.sign_in("bob@example.com", password.expose()).await.unwrap() else {
        panic!("there is no second factor")
    };
    assert_eq!(world.actor(&signed.session).await.role(), Some(Role::Editor));
    assert_eq!(code_of(world.accounts.add_account(bob(), world.now).await), "taken");
    let other = NewByOperator {
        email: "c@example.com".into(),
        roles: vec![("absent".parse().unwrap(), Role::Editor)],
        ..bob()
    };
    assert_eq!(code_of(world.accounts.add_account(other, world.now).await), "not_found");
    let weak = NewByOperator { email: "c@example.com".into(), password: Some("weak".into()), ..bob() };
    assert_eq!(code_of(world.accounts.add_account(weak, world.now).await), "invalid");
    let emails: Vec<_> =
        world.accounts.accounts(world.now).await.unwrap().into_iter().map(|account| account.email).collect();
    assert_eq!(emails, ["ada@example.com", "bob@example.com"]);
}

#[tokio::test]
async fn a_new_administrator_owns_what_there_is() {
    let (world, _) = World::with_ada().await;
    let added =
        world.accounts.add_account(NewByOperator { administrator: true, ..bob() }, world.now).await.unwrap();
    assert!(added.account.administrator);
    let SignIn::Done(signed) =
        world.sign_in("bob@example.com", added.password.unwrap().expose()).await.unwrap()
    else {
        panic!("there is no second factor")
    };
    assert_eq!(world.actor(&signed.session).await.role(), Some(Role::Owner));
}

#[tokio::test]
async fn an_operator_resets_a_password() {
    let (world, _) = World::with_ada().await;
    let signed = world.signed_in("ada@example.com").await;
    let made_up = world.accounts.reset_password("ADA@example.com", None, world.now).await.unwrap().unwrap();
    assert_eq!(code_of(world.accounts.session(&signed.token, &world.visit()).await), "signed_out");
    assert_eq!(code_of(world.sign_in("ada@example.com", PASSWORD).await), "refused");
    assert!(world.sign_in("ada@example.com", made_up.expose()).await.is_ok());
    let own = SecretText::from("chosen on the host");
    assert!(world.accounts.reset_password("ada@example.com", Some(&own), world.now).await.unwrap().is_none());
    assert!(world.sign_in("ada@example.com", own.expose()).await.is_ok());
    let weak = world.accounts.reset_password("ada@example.com", Some(&"weak".into()), world.now).await;
    assert_eq!(code_of(weak), "invalid");
    assert_eq!(code_of(world.accounts.reset_password("x@example.com", None, world.now).await), "not_found");
    let line = &world.lines(None).await;
    assert!(line.iter().any(|line| line.entry.actor == "host" && line.entry.action == "account.password"));
}

#[tokio::test]
async fn an_operator_resets_the_second_factor() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let offer = world.accounts.offer_totp(&ada, &visit).await.unwrap();
    world.accounts.confirm_totp(&ada, &code_at(&offer.secret, world.now), &visit).await.unwrap();
    let mut device = crate::webauthn::device::Device::es256();
    let challenge = world.accounts.begin_passkey_registration(&ada, "Phone", &visit).await.unwrap();
    let answer = device.create(&challenge.options);
    world.accounts.finish_passkey_registration(&ada, &challenge.id, &answer, &visit).await.unwrap();
    world.accounts.change_password(&ada, &PASSWORD.into(), &"ten chars.".into(), &visit).await.unwrap();
    // The password is too short to stand alone, so there is a new one.
    let password = world.accounts.reset_second_factor("ada@example.com", world.now).await.unwrap().unwrap();
    assert_eq!(code_of(world.sign_in("ada@example.com", "ten chars.").await), "refused");
    let SignIn::Done(signed) = world.sign_in("ada@example.com", password.expose()).await.unwrap() else {
        panic!("the second factor is still there")
    };
    let view = world.accounts.view(&signed.session, &visit).await.unwrap();
    assert_eq!((view.totp, view.passkeys, view.recovery_codes_left), (false, 0, 0));
}
