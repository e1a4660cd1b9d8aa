use countersign_store::{Hour, StatQuery};

use super::rig::{Folder, message};
use crate::store;

#[tokio::test]
async fn what_went_on_is_in_the_store_after_a_stop() {
    let folder = Folder::new("");
    let rig = folder.start().await.unwrap();
    for id in ["1", "2", "2"] {
        rig.whatsapp(&message(id, "hello")).await;
    }
    rig.world.until_said(2).await;
    rig.rest().await;
    rig.stop().await;
    let config = folder.config();
    let query = StatQuery {
        workspace: config.workspace.clone(),
        from: Hour(0),
        until: Hour(u32::MAX),
        bot: Some("demo".parse().unwrap()),
        channel: Some("wa".parse().unwrap()),
        what: Vec::new(),
    };
    let store = store::open(&config.store).unwrap();
    let mut kept: Vec<_> = store
        .stats(&query)
        .await
        .unwrap()
        .into_iter()
        .map(|stat| (stat.what, stat.label, stat.count))
        .collect();
    kept.sort();
    let wanted = [
        ("conversation", "", 2),
        ("message_in", "", 2),
        ("message_out", "", 2),
        ("step_reached", "scripts.hello.steps[0]", 2),
    ];
    assert_eq!(kept, wanted.map(|(what, label, count)| (what.to_owned(), label.to_owned(), count)));
}
