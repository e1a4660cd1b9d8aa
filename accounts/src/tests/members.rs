use super::*;

#[tokio::test]
async fn strangers_learn_nothing_of_a_workspace() {
    let (world, ada) = World::with_ada().await;
    world.accounts.create_workspace(&ada, "other", "Other", &world.visit()).await.unwrap();
    let bob = world.member(&ada, "Bob", Role::Owner).await;
    let foreign = world.accounts.actor(&bob, &"other".parse().unwrap(), &world.visit()).await.unwrap_err();
    let absent = world.accounts.actor(&bob, &"absent".parse().unwrap(), &world.visit()).await.unwrap_err();
    assert_eq!((foreign.code(), foreign.to_string()), (absent.code(), absent.to_string()));
    assert_eq!(foreign.status(), 404);
}

#[tokio::test]
async fn a_refusal_is_written_down() {
    let (world, ada) = World::with_ada().await;
    let viewer = world.member(&ada, "Vi", Role::Viewer).await;
    let actor = world.actor(&viewer).await;
    assert!(world.accounts.demand(&actor, Permission::BotRead, "bot/a", &world.visit()).await.is_ok());
    let refused =
        world.accounts.demand(&actor, Permission::BotEdit, "bot/a", &world.visit()).await.unwrap_err();
    assert_eq!((refused.code(), refused.status()), ("forbidden", 403));
    let line = &world.lines(Some(&acme())).await[0].entry;
    assert_eq!((line.action.as_str(), line.object.as_str(), line.allowed), ("bot.edit", "bot/a", false));
    assert_eq!(line.actor, format!("account/{}", viewer.account));
}

#[tokio::test]
async fn nobody_gives_or_takes_more_than_they_have() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let admin = world.member(&ada, "Bob", Role::Admin).await;
    let keeper = world.member(&ada, "Cyd", Role::CredentialManager).await;
    let viewer = world.member(&ada, "Vi", Role::Viewer).await;
    let bob = world.actor(&admin).await;
    let change =
        async |whose: &Session, role| world.accounts.change_role(&bob, &whose.account, role, &visit).await;
    change(&viewer, Role::Editor).await.unwrap();
    for (whose, role) in [
        (&viewer, Role::Owner),
        (&viewer, Role::CredentialManager),
        (&admin, Role::Owner),
        (&ada, Role::Viewer),
        (&keeper, Role::Viewer),
    ] {
        assert_eq!(code_of(change(whose, role).await), "forbidden", "{role}");
    }
    assert_eq!(code_of(world.accounts.remove_member(&bob, &ada.account, &visit).await), "forbidden");
    assert_eq!(code_of(world.accounts.invite(&bob, "x@example.com", Role::Owner, &visit).await), "forbidden");
    assert_eq!(world.log(Some(&acme())).await[0], "invitation.create invitations no");
    let roles: Vec<_> =
        world.accounts.members(&bob, &visit).await.unwrap().into_iter().map(|member| member.role).collect();
    assert_eq!(roles, [Role::Owner, Role::Admin, Role::CredentialManager, Role::Editor]);
}

#[tokio::test]
async fn who_may_not_edit_members_does_not() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    for role in Role::ALL.into_iter().filter(|role| !role.permissions().contains(Permission::MemberEdit)) {
        let session = world.member(&ada, role.as_str(), role).await;
        let actor = world.actor(&session).await;
        let own = world.accounts.change_role(&actor, &session.account, Role::Owner, &visit).await;
        assert_eq!(code_of(own), "forbidden", "{role}");
        assert_eq!(code_of(world.accounts.remove_member(&actor, &ada.account, &visit).await), "forbidden");
        assert_eq!(
            code_of(world.accounts.invite(&actor, "x@example.com", Role::Viewer, &visit).await),
            "forbidden"
        );
        assert_eq!(code_of(world.accounts.api_keys(&actor, &visit).await), "forbidden");
        let may_look = role == Role::Auditor;
        assert_eq!(world.accounts.members(&actor, &visit).await.is_ok(), may_look, "{role}");
        assert_eq!(world.accounts.invitations(&actor, &visit).await.is_ok(), may_look, "{role}");
    }
}

#[tokio::test]
async fn the_last_owner_stays() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let actor = world.actor(&ada).await;
    assert_eq!(
        code_of(world.accounts.change_role(&actor, &ada.account, Role::Admin, &visit).await),
        "last_owner"
    );
    assert_eq!(code_of(world.accounts.remove_member(&actor, &ada.account, &visit).await), "last_owner");
    let bob = world.member(&ada, "Bob", Role::Owner).await;
    let bobs = world.actor(&bob).await;
    // Two owners who demote each other at the same moment.
    let (one, two) = tokio::join!(
        world.accounts.change_role(&actor, &bob.account, Role::Viewer, &visit),
        world.accounts.change_role(&bobs, &ada.account, Role::Viewer, &visit)
    );
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
}

#[tokio::test]
async fn a_removed_member_can_do_nothing_from_the_next_request_on() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    world.member(&ada, "Bob", Role::Admin).await;
    let bob = world.signed_in("bob@example.com").await;
    let actor = world.accounts.actor(&bob.session, &acme(), &visit).await.unwrap();
    let scopes = NewApiKey { name: "k".into(), scopes: vec!["bot.read".into()], ..NewApiKey::default() };
    let key = world.accounts.create_api_key(&actor, &scopes, &visit).await.unwrap().key;
    let link = world.accounts.invite(&actor, "eve@example.com", Role::Admin, &visit).await.unwrap().token;
    let adas = world.actor(&ada).await;
    let hers = world.accounts.create_api_key(&adas, &scopes, &visit).await.unwrap().key;
    world.accounts.remove_member(&adas, &bob.session.account, &visit).await.unwrap();
    assert_eq!(code_of(world.accounts.session(&bob.token, &visit).await), "signed_out");
    assert_eq!(code_of(world.accounts.actor(&bob.session, &acme(), &visit).await), "not_found");
    assert_eq!(world.log(Some(&acme())).await[0], "member.remove account yes");
    // What Bob made to get in, or to let others in, ends too; what others made stays.
    assert_eq!(code_of(world.accounts.key_actor(&key, &acme(), &visit).await), "signed_out");
    assert_eq!(code_of(world.accounts.invitation(&link, &visit).await), "over");
    assert!(world.accounts.key_actor(&hers, &acme(), &visit).await.is_ok());
    assert_eq!(world.accounts.api_keys(&adas, &visit).await.unwrap().len(), 1);
    // Who comes back does not get the old keys back.
    let again = world.signed_in("bob@example.com").await;
    assert!(world.accounts.view(&again.session, &visit).await.unwrap().workspaces.is_empty());
}

#[tokio::test]
async fn who_leaves_stays_signed_in() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    world.member(&ada, "Bob", Role::Admin).await;
    let bob = world.signed_in("bob@example.com").await;
    let actor = world.accounts.actor(&bob.session, &acme(), &visit).await.unwrap();
    world.accounts.remove_member(&actor, &bob.session.account, &visit).await.unwrap();
    assert!(world.accounts.session(&bob.token, &visit).await.is_ok());
}

#[tokio::test]
async fn a_new_role_counts_from_the_next_request_on() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let bob = world.member(&ada, "Bob", Role::Admin).await;
    let owner = world.actor(&ada).await;
    world.accounts.change_role(&owner, &bob.account, Role::Viewer, &visit).await.unwrap();
    let actor = world.actor(&bob).await;
    assert_eq!((actor.role(), actor.may(Permission::MemberEdit)), (Some(Role::Viewer), false));
    let line = &world.lines(Some(&acme())).await[0].entry;
    assert_eq!(
        (line.action.as_str(), line.detail.as_str()),
        ("member.role", r#"{"from":"admin","to":"viewer"}"#)
    );
    let nobody = world.accounts.change_role(&owner, &bob.id, Role::Viewer, &visit).await;
    assert_eq!(code_of(nobody), "not_found");
}

#[tokio::test]
async fn anybody_may_leave() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let vi = world.member(&ada, "Vi", Role::Viewer).await;
    let actor = world.actor(&vi).await;
    world.accounts.remove_member(&actor, &vi.account, &visit).await.unwrap();
    assert_eq!(code_of(world.accounts.actor(&vi, &acme(), &visit).await), "not_found");
}

#[tokio::test]
async fn members_change_only_with_a_fresh_proof() {
    let (mut world, ada) = World::with_ada().await;
    let bob = world.member(&ada, "Bob", Role::Viewer).await;
    world.pass(600);
    let visit = world.visit();
    let actor = world.actor(&ada).await;
    let role = world.accounts.change_role(&actor, &bob.account, Role::Editor, &visit).await;
    assert_eq!(code_of(role), "step_up");
    assert_eq!(code_of(world.accounts.remove_member(&actor, &bob.account, &visit).await), "step_up");
    assert_eq!(
        code_of(world.accounts.invite(&actor, "x@example.com", Role::Viewer, &visit).await),
        "step_up"
    );
    let key = world.accounts.create_api_key(&actor, &NewApiKey::default(), &visit).await;
    assert_eq!(code_of(key), "step_up");
}
