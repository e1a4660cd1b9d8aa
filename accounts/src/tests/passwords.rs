use super::*;

#[tokio::test]
async fn unknown_and_wrong_look_the_same() {
    let (world, _) = World::with_ada().await;
    let wrong = world.sign_in("ada@example.com", "correct horse batteries").await.unwrap_err();
    let unknown = world.sign_in("eve@example.com", PASSWORD).await.unwrap_err();
    assert_eq!(wrong.to_string(), unknown.to_string());
    assert_eq!((wrong.code(), wrong.status()), (unknown.code(), unknown.status()));
    let lines = world.lines(None).await;
    assert_eq!(lines[0].entry.object, "account/unknown");
    assert!(lines[1].entry.object.starts_with("account/") && !lines[1].entry.allowed);
    assert_eq!(lines[1].entry.ip.as_deref(), Some("192.0.2.1"));
    // Somebody may have typed the password where the address belongs.
    assert!(!format!("{lines:?}").contains("eve@"));
}

#[tokio::test]
async fn the_address_is_found_however_it_is_written_and_the_password_is_not() {
    let (world, _) = World::with_ada().await;
    assert!(world.sign_in(" ADA@example.com ", PASSWORD).await.is_ok());
    for wrong in ["Correct horse battery", " correct horse battery", "correct horse battery ", ""] {
        assert_eq!(code_of(world.sign_in("ada@example.com", wrong).await), "refused", "{wrong:?}");
    }
}

#[tokio::test]
async fn guessing_gets_slower_for_known_and_unknown_alike() {
    for email in ["ada@example.com", "eve@example.com"] {
        let (mut world, _) = World::with_ada().await;
        for _ in 0..5 {
            assert_eq!(code_of(world.sign_in(email, "wrong").await), "refused");
        }
        let mut waits = Vec::new();
        for _ in 0..12 {
            let AccountsError::Limited { wait } = world.sign_in(email, PASSWORD).await.unwrap_err() else {
                panic!("{email} is not held up")
            };
            waits.push(wait.as_secs());
            world.pass(wait.as_secs());
            assert_eq!(code_of(world.sign_in(email, "wrong").await), "refused");
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900], "{email}");
    }
}

#[tokio::test]
async fn waiting_attempts_do_not_make_it_longer_and_the_right_password_ends_it() {
    let (mut world, _) = World::with_ada().await;
    for _ in 0..5 {
        world.sign_in("ada@example.com", "wrong").await.unwrap_err();
    }
    for _ in 0..50 {
        assert_eq!(code_of(world.sign_in("ada@example.com", PASSWORD).await), "limited");
    }
    world.pass(1);
    assert!(world.sign_in("ada@example.com", PASSWORD).await.is_ok());
    for _ in 0..5 {
        assert_eq!(code_of(world.sign_in("ada@example.com", "wrong").await), "refused");
    }
}

#[tokio::test]
async fn pauses_survive_a_restart() {
    let (world, _) = World::with_ada().await;
    for _ in 0..5 {
        world.sign_in("ada@example.com", "wrong").await.unwrap_err();
    }
    let world = world.restarted().await;
    assert_eq!(code_of(world.sign_in("ada@example.com", PASSWORD).await), "limited");
}

#[tokio::test]
async fn strangers_cannot_lock_out_who_comes_from_where_they_always_come_from() {
    let (mut world, _) = World::with_ada().await;
    // Many networks, each with few attempts.
    for network in 0..100 {
        let visit = world.visit_from(&format!("198.51.100.{network}"));
        world.accounts.sign_in("ada@example.com", &"wrong".into(), &visit).await.unwrap_err();
        world.pass(1);
    }
    let elsewhere = world.visit_from("203.0.113.9");
    let refused = world.accounts.sign_in("ada@example.com", &PASSWORD.into(), &elsewhere).await;
    assert_eq!(code_of(refused), "limited");
    assert!(world.sign_in("ada@example.com", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn one_network_cannot_try_one_password_on_everybody() {
    let (world, _) = World::with_ada().await;
    for who in 0..30 {
        assert_eq!(
            code_of(world.sign_in(&format!("user{who}@example.com"), "Password1Password1").await),
            "refused"
        );
    }
    assert_eq!(code_of(world.sign_in("user30@example.com", "Password1Password1").await), "limited");
    let elsewhere = world.visit_from("203.0.113.9");
    let other = world.accounts.sign_in("user30@example.com", &"x".into(), &elsewhere).await;
    assert_eq!(code_of(other), "refused");
}

#[tokio::test]
async fn many_at_once_are_counted_each() {
    let (world, _) = World::with_ada().await;
    let visit = world.visit_from("203.0.113.9");
    let password = SecretText::from("wrong");
    let attempt = || world.accounts.sign_in("ada@example.com", &password, &visit);
    let (a, b, c, d, e, f, g, h) =
        tokio::join!(attempt(), attempt(), attempt(), attempt(), attempt(), attempt(), attempt(), attempt());
    let judged = [a, b, c, d, e, f, g, h].into_iter().map(code_of).filter(|code| *code == "refused").count();
    assert!(judged <= 5, "{judged} were judged");
}

#[tokio::test]
async fn what_is_kept_tells_no_address_and_no_password() {
    let (world, _) = World::with_ada().await;
    world.sign_in("ada@example.com", "wrong password that was typed").await.unwrap_err();
    let attempts = world.kept("attempts").await;
    assert!(!attempts.is_empty() && !attempts.contains("192.0.2") && !attempts.contains("ada"));
    let account = world.kept("account").await;
    assert!(account.contains("$argon2id$") && !account.contains(PASSWORD) && !account.contains("192.0.2"));
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions_and_the_old_token() {
    let (world, _) = World::with_ada().await;
    let visit = world.visit();
    let (here, there) = (world.signed_in("ada@example.com").await, world.signed_in("ada@example.com").await);
    let change = async |current: &str, new: &str| {
        world.accounts.change_password(&here.session, &current.into(), &new.into(), &visit).await
    };
    assert_eq!(code_of(change("wrong", "a new and longer one").await), "refused");
    let short = change(PASSWORD, "too short").await.unwrap_err();
    assert_eq!((short.code(), short.fields()[0].pointer), ("invalid", "/new"));
    let changed = change(PASSWORD, "a new and longer one").await.unwrap();
    for gone in [&here.token, &there.token] {
        assert_eq!(code_of(world.accounts.session(gone, &visit).await), "signed_out");
    }
    let session = world.accounts.session(&changed.token, &visit).await.unwrap();
    assert_eq!(session.id, here.session.id);
    assert_eq!(code_of(world.sign_in("ada@example.com", PASSWORD).await), "refused");
    assert!(world.sign_in("ada@example.com", "a new and longer one").await.is_ok());
}
