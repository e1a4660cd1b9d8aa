use std::time::Duration;

use countersign_api::ChannelHealth;
use countersign_api::analytics::counted;
use countersign_runner::{MemoryStore, SendError};
use countersign_store::{StatQuery, Statistics as _};

use super::*;
use crate::telemetry::WebhookResult;

const NOW: Timestamp = Timestamp::from_secs(7200);

fn key(address: &str) -> ConversationKey {
    let name = |text: &str| text.parse().unwrap();
    ConversationKey { workspace: name("main"), channel: name("wa"), address: address.to_owned() }
}

async fn kept(store: &MemoryStore) -> Vec<(u32, String, String, u64)> {
    let query = StatQuery {
        workspace: "main".parse().unwrap(),
        from: Hour(0),
        until: Hour(100),
        bot: None,
        channel: None,
        what: Vec::new(),
    };
    let stats = store.stats(&query).await.unwrap();
    stats.into_iter().map(|stat| (stat.hour.0, stat.what, stat.label, stat.count)).collect()
}

#[tokio::test]
async fn counts_are_added_to_what_is_there() {
    let (statistics, store) = (Statistics::default(), MemoryStore::new());
    let bot: Name = "bank".parse().unwrap();
    for _ in 0..2 {
        for _ in 0..3 {
            statistics.count(&key("1"), Some(&bot), counted::MESSAGE_IN, String::new(), NOW);
        }
        statistics.write(&store, NOW).await;
        statistics.write(&store, NOW).await;
    }
    assert_eq!(kept(&store).await, [(2, "message_in".to_owned(), String::new(), 6)]);
}

#[tokio::test]
async fn a_user_who_goes_silent_has_left_at_the_question() {
    let (statistics, store) = (Statistics::default(), MemoryStore::new());
    let bot: Name = "bank".parse().unwrap();
    let minutes = |minutes: u64| NOW.plus(Duration::from_secs(minutes * 60));
    for address in ["stays", "leaves", "ends"] {
        statistics.silences().came(&key(address), &bot, Some("scripts.a.steps[0]"), NOW);
    }
    statistics.silences().came(&key("said"), &bot, None, NOW);
    statistics.silences().heard(&key("stays"), minutes(20));
    assert!(statistics.silences().ended(&key("ends")).is_some());
    statistics.write(&store, minutes(29)).await;
    assert!(kept(&store).await.is_empty());
    statistics.write(&store, minutes(31)).await;
    statistics.write(&store, minutes(32)).await;
    assert_eq!(kept(&store).await, [(2, "step_left".to_owned(), "scripts.a.steps[0]".to_owned(), 1)]);
}

#[test]
fn what_is_kept_in_memory_is_bounded() {
    let statistics = Statistics::default();
    for number in 0..MOST + 10 {
        statistics.count(&key("1"), None, counted::STEP_REACHED, number.to_string(), NOW);
    }
    statistics.count(&key("1"), None, counted::STEP_REACHED, "0".to_owned(), NOW);
    let counts = statistics.counts();
    assert_eq!((counts.len(), counts.values().sum::<u64>()), (MOST, MOST as u64 + 1));
}

#[test]
fn it_shows_how_a_channel_does() {
    let healths = Healths::default();
    let key = key("34600111222");
    let (workspace, channel) = (&key.workspace, &key.channel);
    let at = |second| Timestamp::from_secs(second);
    assert_eq!(healths.of(workspace, channel), ChannelHealth::default());
    // The first that is refused is told, the ones after it are not.
    assert!(!healths.webhook(workspace, channel, WebhookResult::Accepted, at(1)));
    assert!(healths.webhook(workspace, channel, WebhookResult::Unsigned, at(2)));
    assert!(!healths.webhook(workspace, channel, WebhookResult::Unsigned, at(3)));
    assert!(healths.webhook(workspace, channel, WebhookResult::Accepted, at(4)));
    let later = SendError::Later { after: None, done: 0, code: Some("130429".to_owned()) };
    assert!(!healths.delivered(&key, at(5)));
    assert!(healths.failed(&key, &later, true, at(6)));
    assert!(!healths.failed(&key, &later, true, at(7)));
    let health = healths.of(workspace, channel);
    assert_eq!(
        (health.last_webhook_at, health.last_refused.map(|(at, _)| at), health.waiting),
        (Some(at(4)), Some(at(3)), 1)
    );
    let failure = health.last_failure.unwrap();
    assert_eq!((failure.at, failure.code.as_deref()), (at(7), Some("130429")));
    assert!(!failure.message.contains(&key.address));
    assert!(healths.delivered(&key, at(8)));
    assert_eq!(healths.of(workspace, channel).waiting, 0);
    assert!(healths.not_arrived(&key, Some("131026"), at(9)));
    let other = "other".parse().unwrap();
    assert_eq!(healths.of(&other, channel), ChannelHealth::default());
}
