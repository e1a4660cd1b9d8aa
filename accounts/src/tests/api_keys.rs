use super::*;

fn wanted(scopes: &[&str]) -> NewApiKey {
    NewApiKey {
        name: "Deploy".to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..NewApiKey::default()
    }
}

async fn use_key(world: &World, key: &SecretText) -> Result<Actor, AccountsError> {
    world.accounts.key_actor(key, &acme(), &world.visit()).await
}

#[tokio::test]
async fn a_key_may_what_it_was_given_and_where() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let owner = world.actor(&ada).await;
    let made =
        world.accounts.create_api_key(&owner, &wanted(&["bot.read", "bot.publish"]), &visit).await.unwrap();
    let text = made.key.expose();
    assert_eq!(text.len(), "sck_live_".len() + 26 + 1 + 52);
    assert!(text.starts_with(&format!("sck_live_{}_", made.summary.id)));
    let actor = use_key(&world, &made.key).await.unwrap();
    assert!(actor.may(Permission::BotPublish) && !actor.may(Permission::BotEdit));
    assert!(actor.stepped_up(world.now));
    assert_eq!(actor.name(), format!("key/{}", made.summary.id));
    world.accounts.create_workspace(&ada, "other", "Other", &visit).await.unwrap();
    let elsewhere = world.accounts.key_actor(&made.key, &"other".parse().unwrap(), &visit).await;
    assert_eq!(code_of(elsewhere), "not_found");
    let kept = world.store.records(Some(&acme()), "api_key", "", None, 10, world.now).await.unwrap();
    let secret = text.rsplit_once('_').unwrap().1;
    assert!(!format!("{:?} {}", kept[0].alias, String::from_utf8_lossy(&kept[0].body)).contains(secret));
    assert!(!format!("{made:?}").contains(secret));
}

#[tokio::test]
async fn what_is_no_key_opens_nothing() {
    let (world, ada) = World::with_ada().await;
    let made =
        world.accounts.create_api_key(&world.actor(&ada).await, &wanted(&["bot.read"]), &world.visit()).await;
    let key = made.unwrap().key;
    let other = format!("{}a", &key.expose()[..key.len() - 1]);
    let other = if other == key.expose() { format!("{}b", &key.expose()[..key.len() - 1]) } else { other };
    for wrong in [
        "",
        "sck_live_",
        &other,
        &key.expose()[9..],
        &key.expose().to_uppercase(),
        &format!("{} ", key.expose()),
    ] {
        assert_eq!(code_of(use_key(&world, &wrong.into()).await), "signed_out");
    }
}

#[tokio::test]
async fn keys_end() {
    let (mut world, ada) = World::with_ada().await;
    let owner = world.actor(&ada).await;
    let expires_at = Some(world.now.plus(Duration::from_secs(60)));
    let new = NewApiKey { expires_at, ..wanted(&["bot.read"]) };
    let short = world.accounts.create_api_key(&owner, &new, &world.visit()).await.unwrap();
    let removed =
        world.accounts.create_api_key(&owner, &wanted(&["bot.read"]), &world.visit()).await.unwrap();
    world.accounts.remove_api_key(&owner, &removed.summary.id, &world.visit()).await.unwrap();
    assert_eq!(code_of(use_key(&world, &removed.key).await), "signed_out");
    world.pass(59);
    assert!(use_key(&world, &short.key).await.is_ok());
    world.pass(1);
    for _ in 0..5 {
        assert_eq!(code_of(use_key(&world, &short.key).await), "signed_out");
    }
    // It is told once a minute, not at each try.
    let told = world.log(Some(&acme())).await;
    assert_eq!(told.iter().filter(|line| *line == "key.use api-key no").count(), 1);
    assert_eq!(world.accounts.api_keys(&owner, &world.visit()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_comes_from_where_it_may() {
    let (world, ada) = World::with_ada().await;
    let owner = world.actor(&ada).await;
    let ips = vec!["198.51.100.7".to_owned(), "203.0.113.9/24".to_owned(), "2001:db8::/32".to_owned()];
    let new = NewApiKey { ips, ..wanted(&["bot.read"]) };
    let made = world.accounts.create_api_key(&owner, &new, &world.visit()).await.unwrap();
    assert_eq!(made.summary.ips, ["198.51.100.7/32", "203.0.113.0/24", "2001:db8::/32"]);
    for (ip, allowed) in [
        ("198.51.100.7", true),
        ("198.51.100.8", false),
        ("203.0.113.200", true),
        ("::ffff:203.0.113.200", true),
        ("2001:db8:1::1", true),
        ("2001:db9::1", false),
    ] {
        let used = world.accounts.key_actor(&made.key, &acme(), &world.visit_from(ip)).await;
        assert_eq!(used.is_ok(), allowed, "{ip}");
    }
    let nowhere = Visit { ip: None, ..world.visit() };
    assert_eq!(code_of(world.accounts.key_actor(&made.key, &acme(), &nowhere).await), "signed_out");
}

#[tokio::test]
async fn nobody_makes_a_key_that_may_more_than_they() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let admin = world.member(&ada, "Bob", Role::Admin).await;
    let bob = world.actor(&admin).await;
    let more = world.accounts.create_api_key(&bob, &wanted(&["bot.read", "credential.edit"]), &visit).await;
    assert_eq!(code_of(more), "forbidden");
    let owner = world.actor(&ada).await;
    assert!(world.accounts.create_api_key(&owner, &wanted(&["credential.edit"]), &visit).await.is_ok());
    // Who may sign in is decided by people.
    for scope in ["member.edit", "key.edit", "workspace.edit"] {
        assert_eq!(
            code_of(world.accounts.create_api_key(&owner, &wanted(&[scope]), &visit).await),
            "invalid"
        );
    }
    let key = world.accounts.create_api_key(&owner, &wanted(&["bot.read"]), &visit).await.unwrap().key;
    let program = use_key(&world, &key).await.unwrap();
    assert_eq!(
        code_of(world.accounts.create_api_key(&program, &wanted(&["bot.read"]), &visit).await),
        "forbidden"
    );
    assert_eq!(
        code_of(world.accounts.invite(&program, "x@example.com", Role::Viewer, &visit).await),
        "forbidden"
    );
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field() {
    let (world, ada) = World::with_ada().await;
    let new = NewApiKey {
        name: String::new(),
        scopes: vec!["root".to_owned()],
        expires_at: Some(world.now),
        ips: vec!["office".to_owned()],
    };
    let error =
        world.accounts.create_api_key(&world.actor(&ada).await, &new, &world.visit()).await.unwrap_err();
    let fields: Vec<_> = error.fields().iter().map(|field| (field.pointer, field.code)).collect();
    assert_eq!(
        fields,
        [("/scopes", "unknown"), ("/expires_at", "past"), ("/ips", "address"), ("/name", "required")]
    );
    assert!(error.fields()[2].message.contains("`192.0.2.0/24`"));
}

#[tokio::test]
async fn use_is_noted_once_a_minute() {
    let (mut world, ada) = World::with_ada().await;
    let owner = world.actor(&ada).await;
    let key =
        world.accounts.create_api_key(&owner, &wanted(&["bot.read"]), &world.visit()).await.unwrap().key;
    let last =
        async |world: &World| world.accounts.api_keys(&owner, &world.visit()).await.unwrap()[0].last_used_at;
    assert_eq!(last(&world).await, None);
    use_key(&world, &key).await.unwrap();
    let first = world.now;
    world.pass(59);
    use_key(&world, &key).await.unwrap();
    assert_eq!(last(&world).await, Some(first));
    world.pass(1);
    use_key(&world, &key).await.unwrap();
    assert_eq!(last(&world).await, Some(world.now));
}

/// Who is demoted does not keep in a key what the role does not give any more.
#[tokio::test]
async fn a_key_may_no_more_than_who_made_it() {
    let (world, ada) = World::with_ada().await;
    let visit = world.visit();
    let owner = world.actor(&ada).await;
    let bob = world.member(&ada, "Bob", Role::Owner).await;
    let bobs = world.actor(&bob).await;
    let scopes = ["bot.read", "bot.publish", "credential.edit", "secret.edit"];
    let key = world.accounts.create_api_key(&bobs, &wanted(&scopes), &visit).await.unwrap().key;
    let may = async || {
        let actor = use_key(&world, &key).await?;
        Ok::<_, AccountsError>(actor.permissions().iter().map(Permission::as_str).collect::<Vec<_>>())
    };
    assert_eq!(may().await.unwrap(), scopes);
    for (role, left) in [
        (Role::Admin, &["bot.read", "bot.publish", "secret.edit"][..]),
        (Role::Editor, &["bot.read", "bot.publish"]),
        (Role::Viewer, &["bot.read"]),
        (Role::CredentialManager, &scopes),
    ] {
        world.accounts.change_role(&owner, &bob.account, role, &visit).await.unwrap();
        assert_eq!(may().await.unwrap(), left, "{role}");
        let listed = &world.accounts.api_keys(&owner, &visit).await.unwrap()[0];
        assert_eq!(listed.effective.iter().map(Permission::as_str).collect::<Vec<_>>(), left);
        assert_eq!(listed.scopes.iter().count(), 4, "what it was given is still shown");
    }
    let only = world.accounts.create_api_key(&owner, &wanted(&["contact.erase"]), &visit).await.unwrap().key;
    let eve = world.member(&ada, "Eve", Role::Owner).await;
    let eves = world.actor(&eve).await;
    world.accounts.change_role(&eves, &ada.account, Role::Viewer, &visit).await.unwrap();
    assert_eq!(code_of(use_key(&world, &only).await), "signed_out");
    assert_eq!(world.log(Some(&acme())).await[0], "key.use api-key no");
}
