use super::*;

#[tokio::test]
async fn a_session_is_found_by_its_token_alone() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let signed = world.signed_in("ada@example.com").await;
    assert_eq!(world.accounts.session(&signed.token, &visit).await.unwrap().id, signed.session.id);
    let hash = signed.session.hash.as_str();
    for wrong in ["", "x", hash, signed.session.id.as_str(), signed.session.csrf.expose(), ada.id.as_str()] {
        assert_eq!(code_of(world.accounts.session(&wrong.into(), &visit).await), "signed_out");
    }
    let kept = world.kept("session").await;
    assert!(kept.contains(hash) && !kept.contains(signed.token.expose()));
    assert!(!kept.contains(signed.session.csrf.expose()));
    assert!(!format!("{signed:?}").contains(signed.token.expose()));
}

#[tokio::test]
async fn each_sign_in_is_a_new_session() {
    let (world, _) = World::with_ada().await;
    let (one, two) = (world.signed_in("ada@example.com").await, world.signed_in("ada@example.com").await);
    assert_ne!(one.token, two.token);
    assert_ne!(one.session.id, two.session.id);
    assert_ne!(one.session.csrf, two.session.csrf);
}

#[tokio::test]
async fn a_session_that_is_not_used_ends_after_half_an_hour() {
    let (mut world, _) = World::with_ada().await;
    let signed = world.signed_in("ada@example.com").await;
    for _ in 0..3 {
        world.pass(29 * 60);
        world.accounts.session(&signed.token, &world.visit()).await.unwrap();
    }
    world.pass(30 * 60);
    assert_eq!(code_of(world.accounts.session(&signed.token, &world.visit()).await), "signed_out");
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_in_any_case() {
    let (mut world, _) = World::with_ada().await;
    let mut signed = world.signed_in("ada@example.com").await;
    for minute in 1..=11 * 60 + 59 {
        world.pass(60);
        if minute % 20 == 0 {
            world.accounts.session(&signed.token, &world.visit()).await.unwrap();
        }
        // A fresh proof makes it no longer.
        if minute == 700 {
            let proof = StepUp { password: Some(PASSWORD.into()), code: None };
            signed = world.accounts.step_up(&signed.session, &proof, &world.visit()).await.unwrap();
        }
    }
    world.accounts.session(&signed.token, &world.visit()).await.unwrap();
    world.pass(60);
    assert_eq!(code_of(world.accounts.session(&signed.token, &world.visit()).await), "signed_out");
}

#[tokio::test]
async fn use_is_written_down_once_a_minute() {
    let (mut world, _) = World::with_ada().await;
    let signed = world.signed_in("ada@example.com").await;
    let at = |world: &World| world.now;
    let start = at(&world);
    let last = async |world: &World| {
        let sessions = world.accounts.sessions(&signed.session, &world.visit()).await.unwrap();
        sessions.iter().find(|session| session.current).unwrap().last_used_at
    };
    world.pass(59);
    world.accounts.session(&signed.token, &world.visit()).await.unwrap();
    assert_eq!(last(&world).await, start);
    world.pass(1);
    world.accounts.session(&signed.token, &world.visit()).await.unwrap();
    assert_eq!(last(&world).await, world.now);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner_only() {
    let (mut world, _) = World::with_ada().await;
    let first = world.signed_in("ada@example.com").await;
    world.pass(60);
    let second = world.signed_in("ada@example.com").await;
    let visit = world.visit();
    let list = world.accounts.sessions(&second.session, &visit).await.unwrap();
    assert_eq!(list[0].id, second.session.id);
    assert!(list[0].current && !list[1].current);
    assert_eq!((list[0].ip.as_deref(), list[0].user_agent.as_str()), (Some("192.0.2.1"), "Firefox"));
    let eve = world.member(&second.session, "Eve", Role::Admin).await;
    let ended = world.accounts.end_session(&eve, &first.session.id, &visit).await;
    assert_eq!(code_of(ended), "not_found");
    world.accounts.session(&first.token, &visit).await.unwrap();
    world.accounts.end_session(&second.session, &first.session.id, &visit).await.unwrap();
    assert_eq!(code_of(world.accounts.session(&first.token, &visit).await), "signed_out");
    world.accounts.sign_out(&second.session, &visit).await.unwrap();
    world.accounts.sign_out(&second.session, &visit).await.unwrap();
    assert_eq!(code_of(world.accounts.session(&second.token, &visit).await), "signed_out");
}

#[tokio::test]
async fn forms_belong_to_one_session() {
    let (world, ada) = World::with_ada().await;
    let other = world.signed_in("ada@example.com").await.session;
    assert!(world.accounts.check_csrf(&ada, ada.csrf.expose()).is_ok());
    for wrong in ["", other.csrf.expose(), &ada.csrf.expose()[1..]] {
        assert_eq!(code_of(world.accounts.check_csrf(&ada, wrong)), "csrf");
    }
}

#[tokio::test]
async fn a_proof_counts_for_ten_minutes_and_changes_the_token() {
    let (mut world, _) = World::with_ada().await;
    let signed = world.signed_in("ada@example.com").await;
    assert!(world.actor(&signed.session).await.stepped_up(world.now));
    world.pass(600);
    let stale = world.accounts.session(&signed.token, &world.visit()).await.unwrap();
    let actor = world.actor(&stale).await;
    assert!(!actor.stepped_up(world.now));
    let refused = world.accounts.demand_fresh(&actor, Permission::KeyEdit, "api-keys", &world.visit()).await;
    assert_eq!(code_of(refused), "step_up");
    assert_eq!(world.log(Some(&acme())).await[0], "key.edit api-keys no");

    let step = async |password: Option<&str>| {
        let proof = StepUp { password: password.map(Into::into), code: None };
        world.accounts.step_up(&stale, &proof, &world.visit()).await
    };
    assert_eq!(code_of(step(None).await), "invalid");
    assert_eq!(code_of(step(Some("wrong")).await), "refused");
    let fresh = step(Some(PASSWORD)).await.unwrap();
    assert!(world.actor(&fresh.session).await.stepped_up(world.now));
    assert_ne!(fresh.session.csrf, stale.csrf);
    assert_eq!(code_of(world.accounts.session(&signed.token, &world.visit()).await), "signed_out");
    // Who still holds the session as it was cannot renew it a second time.
    assert_eq!(code_of(step(Some(PASSWORD)).await), "signed_out");
}

#[tokio::test]
async fn sessions_survive_a_restart_and_a_new_master_key() {
    let (world, _) = World::with_ada().await;
    let signed = world.signed_in("ada@example.com").await;
    {
        let mut ring = world.keys.write().unwrap();
        ring.add_master(MasterKey::generate().unwrap());
        for (workspace, version) in ring.outdated() {
            ring.rewrap(&workspace, version).unwrap();
        }
    }
    let world = world.restarted().await;
    assert!(world.accounts.session(&signed.token, &world.visit()).await.is_ok());
}

#[tokio::test]
async fn with_a_lost_key_everybody_signs_in_again() {
    let (world, _) = World::with_ada().await;
    let signed = world.signed_in("ada@example.com").await;
    let server: Name = "_server".parse().unwrap();
    world.keys.write().unwrap().forget_workspace(&server);
    countersign_store::Keys::remove_data_key(world.store.as_ref(), &server, 1).await.unwrap();
    let world = world.restarted().await;
    assert_eq!(code_of(world.accounts.session(&signed.token, &world.visit()).await), "signed_out");
    assert!(world.sign_in("ada@example.com", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn one_changes_ones_own_name_language_and_colours() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let change = ProfileChange { name: Some(" Ada L. ".into()), language: Some(Language::Es), theme: None };
    world.accounts.change_profile(&ada, &change, &visit).await.unwrap();
    let dark = ProfileChange { theme: Some(Theme::Dark), ..ProfileChange::default() };
    world.accounts.change_profile(&ada, &dark, &visit).await.unwrap();
    let view = world.accounts.view(&ada, &visit).await.unwrap();
    assert_eq!((view.name.as_str(), view.language, view.theme), ("Ada L.", Language::Es, Theme::Dark));
    let bad = ProfileChange { name: Some("a\nb".into()), ..ProfileChange::default() };
    assert_eq!(code_of(world.accounts.change_profile(&ada, &bad, &visit).await), "invalid");
}
