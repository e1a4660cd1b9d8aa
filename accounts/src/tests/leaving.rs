use super::*;

#[tokio::test]
async fn an_account_goes_with_all_that_it_can_get_in_with() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    world.member(&ada, "Bob", Role::Admin).await;
    let bob = world.signed_in("bob@example.com").await;
    let actor = world.actor(&bob.session).await;
    let new = NewApiKey { name: "k".into(), scopes: vec!["bot.read".into()], ..NewApiKey::default() };
    let key = world.accounts.create_api_key(&actor, &new, &visit).await.unwrap().key;
    world.accounts.delete_account(&bob.session, &visit).await.unwrap();
    assert_eq!(code_of(world.accounts.session(&bob.token, &visit).await), "signed_out");
    assert_eq!(code_of(world.accounts.key_actor(&key, &acme(), &visit).await), "signed_out");
    assert_eq!(code_of(world.sign_in("bob@example.com", PASSWORD).await), "refused");
    let members = world.accounts.members(&world.actor(&ada).await, &visit).await.unwrap();
    assert_eq!(members.len(), 1);
    assert!(!world.kept("account").await.contains("bob@"));
    assert_eq!(world.kept("session").await.lines().count(), 1);
    assert_eq!(world.log(Some(&acme())).await[0], "account.delete account yes");
    assert!(world.log(None).await.contains(&"account.delete account yes".to_owned()));
    // The address is free again.
    world.member(&ada, "Bob", Role::Viewer).await;
}

#[tokio::test]
async fn the_last_owner_stays_and_is_told_of_which_workspaces() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    world.accounts.create_workspace(&ada, "other", "Our other", &visit).await.unwrap();
    let error = world.accounts.delete_account(&ada, &visit).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "this is the last owner of Acme, Our other; make somebody else an owner there first"
    );
    assert_eq!((error.code(), error.status()), ("last_owner", 409));
    assert_eq!(code_of(world.accounts.remove_account("ada@example.com", world.now).await), "last_owner");
    assert!(world.accounts.view(&ada, &visit).await.is_ok());
    let bob = world.member(&ada, "Bob", Role::Owner).await;
    let error = world.accounts.delete_account(&ada, &visit).await.unwrap_err().to_string();
    assert!(error.contains("of Our other;"), "{error}");
    // Two owners who go at the same moment.
    let adas = world.actor(&ada).await;
    let (one, two) = tokio::join!(
        world.accounts.change_role(&adas, &ada.account, Role::Viewer, &visit),
        world.accounts.delete_account(&bob, &visit)
    );
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
}

#[tokio::test]
async fn it_takes_a_fresh_proof() {
    let (mut world, ada) = World::with_ada().await;
    world.member(&ada, "Bob", Role::Viewer).await;
    let bob = world.signed_in("bob@example.com").await.session;
    world.pass(11 * 60);
    let visit = world.visit();
    assert_eq!(code_of(world.accounts.delete_account(&bob, &visit).await), "step_up");
    assert_eq!(code_of(world.accounts.change_email(&bob, "b@example.com", &visit).await), "step_up");
}

#[tokio::test]
async fn an_operator_removes_an_account() {
    let (world, ada) = World::with_ada().await;
    world.member(&ada, "Bob", Role::Viewer).await;
    world.accounts.remove_account("BOB@example.com ", world.now).await.unwrap();
    assert_eq!(code_of(world.accounts.remove_account("bob@example.com", world.now).await), "not_found");
    assert_eq!(world.lines(None).await[0].entry.actor, "host");
}

#[tokio::test]
async fn an_address_is_changed_and_other_sessions_end() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    world.member(&ada, "Bob", Role::Viewer).await;
    let other = world.signed_in("bob@example.com").await;
    let bob = world.signed_in("bob@example.com").await;
    let change = async |email: &str| world.accounts.change_email(&bob.session, email, &visit).await;
    assert_eq!(code_of(change("nowhere").await), "invalid");
    let taken = change(" ADA@example.com").await.unwrap_err();
    assert_eq!((taken.code(), taken.status()), ("taken", 409));
    change(" Robert@Example.com").await.unwrap();
    assert_eq!(code_of(world.accounts.session(&other.token, &visit).await), "signed_out");
    let session = world.accounts.session(&bob.token, &visit).await.unwrap();
    assert_eq!(session.email, "robert@example.com");
    assert_eq!(code_of(world.sign_in("bob@example.com", PASSWORD).await), "refused");
    world.signed_in("robert@example.com").await;
    let line = &world.lines(Some(&acme())).await[0].entry;
    // The log stays when the account goes, so there is no address in it.
    assert_eq!((line.action.as_str(), line.detail.as_str()), ("account.email", "{}"));
    // The old address is free.
    world.member(&ada, "Bob", Role::Viewer).await;
}
