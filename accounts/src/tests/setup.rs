use super::*;

#[tokio::test]
async fn the_first_administrator_needs_the_token_and_it_counts_once() {
    let world = World::empty().await;
    let visit = world.visit();
    assert!(world.accounts.setup_needed(world.now).await.unwrap());
    let old = world.accounts.setup_token(world.now).await.unwrap().unwrap();
    let token = world.accounts.setup_token(world.now).await.unwrap().unwrap();
    for wrong in [&SecretText::from(""), &"x".into(), &old] {
        assert_eq!(code_of(world.accounts.set_up(wrong, new("Eve"), &visit).await), "over");
    }
    let signed = world.accounts.set_up(&token, new("Ada"), &visit).await.unwrap();
    assert_eq!(world.accounts.session(&signed.token, &visit).await.unwrap().name, "Ada");
    assert!(world.accounts.view(&signed.session, &visit).await.unwrap().administrator);
    assert_eq!(code_of(world.accounts.set_up(&token, new("Eve"), &visit).await), "over");
    assert!(!world.accounts.setup_needed(world.now).await.unwrap());
    assert!(world.accounts.setup_token(world.now).await.unwrap().is_none());
    assert_eq!(
        world.log(None).await,
        ["setup.done account yes", "setup.token setup yes", "setup.token setup yes"]
    );
}

#[tokio::test]
async fn of_two_at_once_one_is_first() {
    let world = World::empty().await;
    let visit = world.visit();
    let token = world.accounts.setup_token(world.now).await.unwrap().unwrap();
    let (one, two) = tokio::join!(
        world.accounts.set_up(&token, new("Ada"), &visit),
        world.accounts.set_up(&token, new("Eve"), &visit)
    );
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
    assert_eq!(world.accounts.accounts(world.now).await.unwrap().len(), 1);
}

#[tokio::test]
async fn all_that_is_wrong_shows_at_once_and_the_token_stays() {
    let world = World::empty().await;
    let token = world.accounts.setup_token(world.now).await.unwrap().unwrap();
    let bad = NewAccount { name: " ".into(), email: "ada".into(), password: "short".into() };
    let error = world.accounts.set_up(&token, bad, &world.visit()).await.unwrap_err();
    let fields: Vec<_> = error.fields().iter().map(|field| (field.pointer, field.code)).collect();
    assert_eq!(fields, [("/name", "required"), ("/email", "email"), ("/password", "too_short")]);
    assert!(world.accounts.set_up(&token, new("Ada"), &world.visit()).await.is_ok());
}

#[tokio::test]
async fn the_token_outlives_nothing_and_is_kept_as_a_hash() {
    let world = World::empty().await;
    let token = world.accounts.setup_token(world.now).await.unwrap().unwrap();
    assert!(!world.kept("setup").await.contains(token.expose()));
    // An account made on the host ends the setup.
    let by_hand = NewByOperator {
        name: "Ada".into(),
        email: "ada@example.com".into(),
        password: None,
        administrator: true,
        roles: Vec::new(),
    };
    world.accounts.add_account(by_hand, world.now).await.unwrap();
    assert_eq!(code_of(world.accounts.set_up(&token, new("Eve"), &world.visit()).await), "over");
}

#[tokio::test]
async fn configured_workspaces_belong_to_the_administrators() {
    let (world, ada) = World::with_ada().await;
    let beta: Name = "beta".parse().unwrap();
    world.accounts.ensure_workspace(&beta, "Beta", world.now).await.unwrap();
    world.accounts.ensure_workspace(&beta, "Other name", world.now).await.unwrap();
    let view = world.accounts.view(&ada, &world.visit()).await.unwrap();
    let shown: Vec<_> =
        view.workspaces.iter().map(|each| (each.id.as_str(), each.name.as_str(), each.role)).collect();
    assert_eq!(shown, [("acme", "Acme", Role::Owner), ("beta", "Beta", Role::Owner)]);
    assert!(world.keys.read().unwrap().has_data_key(&beta));
}

#[tokio::test]
async fn workspaces_are_made_by_administrators_with_an_id_that_is_free() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let make =
        async |session: &Session, id: &str| world.accounts.create_workspace(session, id, "New", &visit).await;
    assert_eq!(make(&ada, "new-one").await.unwrap().id.as_str(), "new-one");
    assert!(world.accounts.actor(&ada, &"new-one".parse().unwrap(), &visit).await.is_ok());
    assert_eq!(code_of(make(&ada, "new-one").await), "taken");
    assert_eq!(code_of(make(&ada, "acme").await), "taken");
    for bad in ["", "_server", "A", "a/b", "-a", "1a", "ä", &"a".repeat(65)] {
        assert_eq!(code_of(make(&ada, bad).await), "invalid", "{bad}");
    }
    let bob = world.member(&ada, "Bob", Role::Admin).await;
    assert_eq!(code_of(make(&bob, "bobs").await), "forbidden");
    assert_eq!(world.log(None).await[0], "workspace.create workspace no");
}
