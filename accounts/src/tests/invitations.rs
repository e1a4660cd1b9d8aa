use super::*;

fn with(name: &str) -> Acceptance<'static> {
    Acceptance::New { name: name.to_owned(), password: PASSWORD.into() }
}

#[tokio::test]
async fn a_link_brings_one_person_in_once() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let actor = world.actor(&ada).await;
    let made = world.accounts.invite(&actor, " Bob@Example.com", Role::Editor, &visit).await.unwrap();
    let link = format!("https://bots.example.com/console/invitation#{}", made.token.expose());
    assert_eq!(made.link.expose(), link);
    let view = world.accounts.invitation(&made.token, &visit).await.unwrap();
    assert_eq!(
        (view.workspace_name.as_str(), view.email.as_str(), view.role),
        ("Acme", "bob@example.com", Role::Editor)
    );
    assert!(!view.has_account);
    let short = Acceptance::New { name: "Bob".into(), password: "short".into() };
    let error = world.accounts.accept_invitation(&made.token, short, &visit).await.unwrap_err();
    assert_eq!(error.fields()[0].pointer, "/password");
    let signed = world.accounts.accept_invitation(&made.token, with("Bob"), &visit).await.unwrap().unwrap();
    assert_eq!(world.actor(&signed.session).await.role(), Some(Role::Editor));
    assert_eq!(code_of(world.accounts.accept_invitation(&made.token, with("Eve"), &visit).await), "over");
    assert_eq!(code_of(world.accounts.invitation(&made.token, &visit).await), "over");
    assert!(world.accounts.invitations(&actor, &visit).await.unwrap().is_empty());
    let lines = world.lines(Some(&acme())).await;
    assert_eq!(lines[0].entry.action, "invitation.accept");
    assert!(!format!("{lines:?}").contains(made.token.expose()));
}

#[tokio::test]
async fn of_two_who_open_one_link_at_once_one_gets_in() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let made = world
        .accounts
        .invite(&world.actor(&ada).await, "bob@example.com", Role::Editor, &visit)
        .await
        .unwrap();
    let (one, two) = tokio::join!(
        world.accounts.accept_invitation(&made.token, with("Bob"), &visit),
        world.accounts.accept_invitation(&made.token, with("Eve"), &visit)
    );
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
    assert_eq!(world.accounts.members(&world.actor(&ada).await, &visit).await.unwrap().len(), 2);
}

#[tokio::test]
async fn links_end_after_a_week_or_when_they_are_taken_back() {
    let (mut world, ada) = World::with_ada().await;
    let actor = world.actor(&ada).await;
    let late = world.accounts.invite(&actor, "bob@example.com", Role::Editor, &world.visit()).await.unwrap();
    let back = world.accounts.invite(&actor, "cyd@example.com", Role::Editor, &world.visit()).await.unwrap();
    world.accounts.withdraw_invitation(&actor, &back.invitation.id, &world.visit()).await.unwrap();
    assert_eq!(
        code_of(world.accounts.accept_invitation(&back.token, with("Cyd"), &world.visit()).await),
        "over"
    );
    let again = world.accounts.withdraw_invitation(&actor, &back.invitation.id, &world.visit()).await;
    assert_eq!(code_of(again), "not_found");
    world.pass(7 * 24 * 3600 - 1);
    assert!(world.accounts.invitation(&late.token, &world.visit()).await.is_ok());
    world.pass(1);
    assert_eq!(
        code_of(world.accounts.accept_invitation(&late.token, with("Bob"), &world.visit()).await),
        "over"
    );
    for wrong in ["", "x", late.invitation.id.as_str()] {
        assert_eq!(code_of(world.accounts.invitation(&wrong.into(), &world.visit()).await), "over");
    }
}

#[tokio::test]
async fn who_has_an_account_accepts_with_it() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let bob = world.member(&ada, "Bob", Role::Viewer).await;
    let eve = world.member(&ada, "Eve", Role::Viewer).await;
    world.accounts.create_workspace(&ada, "other", "Other", &visit).await.unwrap();
    let other: Name = "other".parse().unwrap();
    let actor = world.accounts.actor(&ada, &other, &visit).await.unwrap();
    let made = world.accounts.invite(&actor, "bob@example.com", Role::Editor, &visit).await.unwrap();
    assert!(world.accounts.invitation(&made.token, &visit).await.unwrap().has_account);
    // Not with a new account of the same address, and not by somebody else.
    assert_eq!(code_of(world.accounts.accept_invitation(&made.token, with("Bob"), &visit).await), "taken");
    let by_eve = world.accounts.accept_invitation(&made.token, Acceptance::SignedIn(&eve), &visit).await;
    assert_eq!(code_of(by_eve), "not_found");
    let by_bob = world.accounts.accept_invitation(&made.token, Acceptance::SignedIn(&bob), &visit).await;
    assert!(by_bob.unwrap().is_none());
    assert_eq!(world.accounts.actor(&bob, &other, &visit).await.unwrap().role(), Some(Role::Editor));
    assert_eq!(world.accounts.view(&bob, &visit).await.unwrap().workspaces.len(), 2);
    assert_eq!(
        code_of(world.accounts.invite(&actor, "bob@example.com", Role::Viewer, &visit).await),
        "taken"
    );
}

#[tokio::test]
async fn an_invitation_of_another_workspace_is_none_of_ours() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    world.accounts.create_workspace(&ada, "other", "Other", &visit).await.unwrap();
    let others = world.accounts.actor(&ada, &"other".parse().unwrap(), &visit).await.unwrap();
    let made = world.accounts.invite(&others, "bob@example.com", Role::Viewer, &visit).await.unwrap();
    let actor = world.actor(&ada).await;
    assert!(world.accounts.invitations(&actor, &visit).await.unwrap().is_empty());
    let withdrawn = world.accounts.withdraw_invitation(&actor, &made.invitation.id, &visit).await;
    assert_eq!(code_of(withdrawn), "not_found");
    assert_eq!(code_of(world.accounts.invite(&actor, "no address", Role::Viewer, &visit).await), "invalid");
}

/// Who is about to lose a role does not keep it in a link.
#[tokio::test]
async fn a_link_brings_nobody_in_whom_its_maker_could_not_invite_any_more() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let owner = world.actor(&ada).await;
    let bob = world.member(&ada, "Bob", Role::Owner).await;
    let bobs = world.actor(&bob).await;
    let link = async |email: &str, role: Role| {
        world.accounts.invite(&bobs, email, role, &visit).await.unwrap().token
    };
    let (as_owner, as_viewer) =
        (link("eve@example.com", Role::Owner).await, link("max@example.com", Role::Viewer).await);
    world.accounts.change_role(&owner, &bob.account, Role::Admin, &visit).await.unwrap();
    let accept = async |token: &SecretText| {
        let acceptance = Acceptance::New { name: "Eve".to_owned(), password: PASSWORD.into() };
        world.accounts.accept_invitation(token, acceptance, &visit).await
    };
    assert_eq!(code_of(world.accounts.invitation(&as_owner, &visit).await), "over");
    assert_eq!(code_of(accept(&as_owner).await), "over");
    assert!(world.accounts.invitation(&as_viewer, &visit).await.is_ok());
    world.accounts.change_role(&owner, &bob.account, Role::Editor, &visit).await.unwrap();
    assert_eq!(code_of(accept(&as_viewer).await), "over");
    world.accounts.change_role(&owner, &bob.account, Role::Admin, &visit).await.unwrap();
    accept(&as_viewer).await.unwrap();
}
