use std::time::Duration;

use super::fixture::{at, name};
use crate::record::Retention;
use crate::statistics::{Hour, Stat, StatQuery};
use crate::traits::Store;

fn stat(hour: u32, what: &str, label: &str, count: u64) -> Stat {
    Stat {
        workspace: name("acme"),
        hour: Hour(hour),
        bot: Some(name("bank")),
        channel: Some(name("wa")),
        what: what.into(),
        label: label.into(),
        count,
    }
}

fn all() -> StatQuery {
    let (from, until) = (Hour(0), Hour(u32::MAX));
    StatQuery { workspace: name("acme"), from, until, bot: None, channel: None, what: Vec::new() }
}

pub async fn numbers_are_added_up_by_hour(store: &impl Store) {
    store.add_stats(Vec::new()).await.unwrap();
    assert!(store.stats(&all()).await.unwrap().is_empty());
    let first =
        vec![stat(7, "in", "", 2), stat(7, "in", "", 3), stat(8, "in", "", 1), stat(7, "call", "a.1", 1)];
    store.add_stats(first).await.unwrap();
    store.add_stats(vec![stat(7, "in", "", 10), stat(8, "call", "a.2", 1)]).await.unwrap();
    let expected =
        [stat(7, "call", "a.1", 1), stat(7, "in", "", 15), stat(8, "call", "a.2", 1), stat(8, "in", "", 1)];
    assert_eq!(store.stats(&all()).await.unwrap(), expected);
    let of = |from, until, what: &[&str]| StatQuery {
        from: Hour(from),
        until: Hour(until),
        what: what.iter().map(|&what| what.to_owned()).collect(),
        ..all()
    };
    assert_eq!(store.stats(&of(7, 8, &[])).await.unwrap(), expected[..2]);
    assert_eq!(store.stats(&of(0, 9, &["call"])).await.unwrap(), [expected[0].clone(), expected[2].clone()]);
    assert_eq!(store.stats(&of(0, 9, &["call", "in"])).await.unwrap(), expected);
    assert!(store.stats(&of(8, 8, &[])).await.unwrap().is_empty());
    assert!(store.stats(&of(9, 7, &[])).await.unwrap().is_empty());
}

pub async fn numbers_are_apart_by_workspace_bot_and_channel(store: &impl Store) {
    let ours = stat(7, "in", "", 1);
    let theirs = Stat { workspace: name("other"), count: 2, ..ours.clone() };
    let shop = Stat { bot: Some(name("shop")), count: 3, ..ours.clone() };
    let sms = Stat { channel: Some(name("sms")), count: 4, ..ours.clone() };
    let none = Stat { bot: None, channel: None, count: 5, ..ours.clone() };
    store
        .add_stats(vec![ours.clone(), theirs.clone(), shop.clone(), sms.clone(), none.clone()])
        .await
        .unwrap();
    let of = async |query: StatQuery| store.stats(&query).await.unwrap();
    assert_eq!(of(all()).await, [none, sms.clone(), ours.clone(), shop.clone()]);
    assert_eq!(of(StatQuery { workspace: name("other"), ..all() }).await, [theirs]);
    assert_eq!(of(StatQuery { bot: Some(name("bank")), ..all() }).await, [sms.clone(), ours.clone()]);
    assert_eq!(of(StatQuery { channel: Some(name("wa")), ..all() }).await, [ours, shop]);
    let both = StatQuery { bot: Some(name("bank")), channel: Some(name("sms")), ..all() };
    assert_eq!(of(both).await, [sms]);
}

pub async fn old_numbers_are_swept(store: &impl Store) {
    let hour = Hour::of(at(0)).0;
    store
        .add_stats(vec![stat(hour - 2, "in", "", 1), stat(hour - 1, "in", "", 1), stat(hour, "in", "", 1)])
        .await
        .unwrap();
    let retention = Retention { statistics: Duration::from_secs(3600), ..Retention::default() };
    store.sweep(at(0), &retention).await.unwrap();
    let left: Vec<_> = store.stats(&all()).await.unwrap().into_iter().map(|stat| stat.hour.0).collect();
    assert_eq!(left, [hour - 1, hour]);
}
