//! A new data key: what the console has sealed goes over to it, and the old one may go.

use countersign_accounts::Role;
use countersign_model::Name;
use serde_json::json;

use super::rig::Rig;

#[tokio::test]
async fn secrets_of_the_console_outlive_their_data_key() {
    let rig = Rig::new().await;
    let owner = rig.person("owner", &[("main", Role::Owner)]).await;
    let main: Name = "main".parse().unwrap();
    let value = Some(json!({ "value": "canary-1" }));
    rig.as_person(&owner, "PUT", "/workspaces/main/secrets/api", value).await.ok();
    let body = json!({
        "kind": "telegram", "provider": "telegram", "name": "Bot",
        "secrets": { "bot_token": "1:canary-2", "secret_token": "0123456789abcdef0123456789abcdef" },
    });
    rig.as_person(&owner, "POST", "/workspaces/main/channels", Some(body)).await.ok();
    let before = rig.as_person(&owner, "GET", "/workspaces/main/secrets", None).await.ok();
    rig.pass(std::time::Duration::from_secs(60));

    let store = rig.api.store.as_ref();
    let wrapped = rig.api.keys.write().unwrap().new_data_key(&main).unwrap();
    assert!(store.add_data_key(wrapped).await.unwrap());
    assert_eq!(store.retire_data_key(&main, 1).await.unwrap(), 3, "the old key is still needed");
    let ring = rig.ring_again().await;
    assert_eq!(crate::reseal(store, &ring, &main).await.unwrap(), 2);
    assert_eq!(crate::reseal(store, &ring, &main).await.unwrap(), 0);
    assert_eq!(store.retire_data_key(&main, 1).await.unwrap(), 0);
    rig.api.keys.write().unwrap().forget(&main, 1);

    rig.api.registry().remove_secret(&main, "api");
    crate::open_secrets(&rig.api, &main).await.unwrap();
    assert_eq!(rig.api.registry().secrets(&main)["api"].expose(), "canary-1");
    let opened = crate::channels::secrets_of(&rig.api, &main).await;
    assert_eq!(opened["bot_token"].expose(), "1:canary-2");
    assert_eq!(opened.len(), 2);
    // Nobody has set it anew.
    assert_eq!(rig.as_person(&owner, "GET", "/workspaces/main/secrets", None).await.ok(), before);
}
