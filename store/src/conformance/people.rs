use std::sync::Arc;
use std::time::Duration;

use countersign_model::{CallId, MessageRef, Name, OutMessage, Timestamp};

use super::fixture::{
    SESSION, at, calling, claim, claim_call, delivery, key, name, payload, reply, say, token, turn, under_way,
};
use crate::error::CommitError;
use crate::people::{
    ConversationNumber, ConversationPage, ConversationQuery, ConversationRow, Erased, TokenId,
};
use crate::record::{
    Ahead, AnswerRow, Arrival, BotVersion, CallCompletion, Claimed, ConversationKey, CounterChange,
    CounterKey, InboundKind, InboxRow, Kept, Lead, Line, NewInbound, Pending, PublishedBot, Receipt,
    ReceiptState, Retention, SecretChange, TimerChange, WorkerId,
};
use crate::traits::Store;

const HOUR: i64 = 3600;

fn ours() -> ConversationQuery {
    ConversationQuery::of(name("acme"), 100)
}

fn searching(text: &str) -> ConversationQuery {
    ConversationQuery { text: Some(text.into()), ..ours() }
}

fn of(workspace: &str, channel: &str, address: &str) -> ConversationKey {
    ConversationKey { workspace: name(workspace), channel: name(channel), address: address.into() }
}

/// Something was said in a conversation at that second.
async fn talk(store: &impl Store, key: &ConversationKey, secs: i64, lines: Vec<Line>) {
    let row = NewInbound { conversation: key.clone(), ..reply("", &format!("talk-{secs}")) };
    store.accept(vec![row]).await.unwrap();
    let claimed = claim(store, secs).await.unwrap();
    assert_eq!(claimed.lease.conversation, *key);
    let mut next = turn(&claimed, secs);
    next.transcript = lines;
    store.commit_turn(next).await.unwrap();
}

async fn says(store: &impl Store, address: &str, secs: i64, text: &str) {
    talk(store, &key(address), secs, vec![Line::User(text.into())]).await;
}

/// All pages.
async fn listed(store: &impl Store, mut query: ConversationQuery) -> Vec<ConversationRow> {
    let mut rows = Vec::new();
    for _ in 0..1000 {
        let ConversationPage { rows: page, next } = store.conversations(query.clone()).await.unwrap();
        assert!(page.len() <= query.limit);
        rows.extend(page);
        match next {
            Some(next) => query.after = Some(next),
            None => return rows,
        }
    }
    panic!("there is no last page");
}

async fn addresses(store: &impl Store, query: ConversationQuery) -> Vec<String> {
    listed(store, query).await.into_iter().map(|row| row.key.address).collect()
}

/// Keeps a token the way it comes, and gives the number of the conversation.
async fn log_in(store: &impl Store, address: &str, component: &str, secs: i64) -> ConversationNumber {
    under_way(store, address, secs, u32::try_from(secs).unwrap()).await;
    let lease = claim_call(store, secs).await.unwrap().lease;
    let row = crate::record::TokenRow { logged_in_at: at(secs), ..token(component, "sealed", 10_000) };
    let id = format!("outcome-{secs}");
    let (now, payload, token) = (at(secs), payload("outcome"), Some(row));
    let counters = Vec::new();
    store.complete_call(CallCompletion { lease, now, id, payload, token, counters }).await.unwrap();
    let claimed = claim(store, secs).await.unwrap();
    store.commit_turn(turn(&claimed, secs)).await.unwrap();
    store.conversation_number(&key(address)).await.unwrap().unwrap()
}

pub async fn conversations_are_listed_the_newest_line_first(store: &impl Store) {
    assert_eq!(store.conversations(ours()).await.unwrap(), ConversationPage::default());
    says(store, "ada", 0, "one").await;
    says(store, "bob", 10, "two").await;
    says(store, "zoe", 20, "three").await;
    assert_eq!(addresses(store, ours()).await, ["zoe", "bob", "ada"]);
    // Who comes back after a rest is first again.
    says(store, "ada", 5 * HOUR, "four").await;
    assert_eq!(addresses(store, ours()).await, ["ada", "zoe", "bob"]);
    for limit in 1..4 {
        let query = ConversationQuery { limit, ..ours() };
        assert_eq!(addresses(store, query).await, ["ada", "zoe", "bob"], "{limit} on a page");
    }
    store.accept(vec![reply("mute", "m")]).await.unwrap();
    assert_eq!(addresses(store, ours()).await.len(), 3, "nothing was said there");

    let row = listed(store, ours()).await.remove(0);
    assert_eq!((row.lines, row.calling, row.handed_over_at, row.bot), (2, None, None, None));
    let last = row.last.unwrap();
    assert_eq!((last.line, last.at), (Line::User("four".into()), at(5 * HOUR)));
    assert_eq!(row.session.unwrap().bytes, b"session");
}

pub async fn a_long_list_has_everything_once(store: &impl Store) {
    // Each comes back at another time, so that both ways of listing have some.
    for n in 0..40 {
        says(store, &format!("c{n}"), n, "hello").await;
    }
    for n in (0..40).step_by(3) {
        says(store, &format!("c{n}"), 10 * HOUR * (n + 1), "again").await;
    }
    for limit in [1, 7, 40, 41] {
        let rows = listed(store, ConversationQuery { limit, ..ours() }).await;
        let times: Vec<_> = rows.iter().map(|row| row.last.as_ref().unwrap().at).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
        let mut numbers: Vec<_> = rows.iter().map(|row| row.number).collect();
        numbers.sort();
        numbers.dedup();
        assert_eq!((rows.len(), numbers.len()), (40, 40), "{limit} on a page");
    }
}

pub async fn conversations_are_found_by_what_they_are(store: &impl Store) {
    for (n, of) in
        [of("acme", "wa", "ada"), of("acme", "sms", "bob"), of("other", "wa", "ada")].iter().enumerate()
    {
        talk(store, of, i64::try_from(n).unwrap(), vec![Line::Secret]).await;
    }
    let bot = PublishedBot {
        workspace: name("acme"),
        bot: name("bank"),
        version: BotVersion(5),
        file: String::new(),
        constants: Vec::new(),
        published_at: at(0),
    };
    let channel = |channel: &str| ConversationQuery { channel: Some(name(channel)), ..ours() };
    let on = |bot: &str| ConversationQuery { bot: Some(name(bot)), ..ours() };
    assert!(addresses(store, on("bank")).await.is_empty(), "no version was published");
    store.put_bot(bot).await.unwrap();
    assert_eq!(addresses(store, ours()).await, ["bob", "ada"]);
    assert_eq!(addresses(store, channel("sms")).await, ["bob"]);
    assert!(addresses(store, channel("fax")).await.is_empty());
    assert_eq!(addresses(store, on("bank")).await, ["bob", "ada"]);
    assert!(addresses(store, on("shop")).await.is_empty());
    assert_eq!(listed(store, ours()).await[0].bot, Some(name("bank")));
    let theirs = ConversationQuery::of(name("other"), 9);
    let rows = listed(store, theirs).await;
    assert_eq!((rows.len(), &rows[0].bot), (1, &None), "the version is of another workspace");
    let picky = |row: &ConversationRow| row.key.address.starts_with('a');
    let wanted = ConversationQuery { wanted: Some(Arc::new(picky)), ..ours() };
    assert_eq!(addresses(store, wanted).await, ["ada"]);
}

pub async fn a_conversation_is_found_by_its_number_in_its_workspace(store: &impl Store) {
    says(store, "ada", 0, "one").await;
    says(store, "bob", 1, "two").await;
    let number = store.conversation_number(&key("ada")).await.unwrap().unwrap();
    let row = store.conversation_row(&name("acme"), number).await.unwrap().unwrap();
    assert_eq!((&row.key, row.number), (&key("ada"), number));
    assert_eq!(Some(row), listed(store, ours()).await.pop());
    assert_eq!(store.conversation_row(&name("other"), number).await.unwrap(), None);
    for unknown in [0, 999_999, u64::MAX] {
        let row = store.conversation_row(&name("acme"), ConversationNumber(unknown)).await.unwrap();
        assert_eq!(row, None);
    }
    assert_eq!(store.conversation_number(&key("zoe")).await.unwrap(), None);
}

pub async fn conversations_are_searched(store: &impl Store) {
    says(store, "+49170", 0, "Straße 7, 100% sure").await;
    let bot = |text: &str| Line::Bot(OutMessage::Text(text.into()));
    talk(store, &key("ada"), 1, vec![Line::Secret, bot("Your balance is 12.")]).await;
    talk(store, &key("ada"), 5 * HOUR, vec![Line::Agent { by: "Zoe".into(), text: "Hello".into() }]).await;
    let long = "x".repeat(600);
    for n in 0..5 {
        says(store, "bob", 2 + n, &format!("{long} part {n}")).await;
    }
    for (text, found) in [
        ("STRASSE", vec![]),
        ("straße", vec!["+49170"]),
        ("100%", vec!["+49170"]),
        ("49170", vec!["+49170"]),
        (" Balance ", vec!["ada"]),
        ("hello", vec!["ada"]),
        ("part 0", vec!["bob"]),
        ("part 4", vec!["bob"]),
        ("nobody", vec![]),
        ("•", vec![]),
    ] {
        assert_eq!(addresses(store, searching(text)).await, found, "{text}");
    }
    let name_of: crate::people::NameOf = Arc::new(|session| {
        assert_eq!(session.id, SESSION);
        Some("Grace Hopper".into())
    });
    let by_name = ConversationQuery { name_of: Some(name_of), ..searching("hopper") };
    assert_eq!(addresses(store, by_name).await.len(), 3);
    let theirs = ConversationQuery { workspace: name("other"), ..searching("part") };
    assert!(addresses(store, theirs).await.is_empty());
}

pub async fn conversations_that_a_person_has_are_found(store: &impl Store) {
    let hand = async |address: &str, secs: i64, handed_over: bool| {
        store.accept(vec![reply(address, &format!("h{secs}"))]).await.unwrap();
        let claimed = claim(store, secs).await.unwrap();
        let mut next = turn(&claimed, secs);
        next.session.as_mut().unwrap().handed_over = handed_over;
        next.transcript = vec![Line::Secret];
        store.commit_turn(next).await.unwrap();
    };
    let query = || ConversationQuery { handed_over: true, ..ours() };
    says(store, "zoe", 0, "one").await;
    hand("ada", 1, true).await;
    hand("bob", 2, true).await;
    assert_eq!(addresses(store, query()).await, ["bob", "ada"]);
    hand("ada", 3, true).await;
    let rows = listed(store, ConversationQuery { limit: 1, ..query() }).await;
    let since: Vec<_> = rows.iter().map(|row| (row.key.address.as_str(), row.handed_over_at)).collect();
    assert_eq!(since, [("ada", Some(at(1))), ("bob", Some(at(2)))]);
    hand("ada", 4, false).await;
    assert_eq!(addresses(store, query()).await, ["bob"]);
    assert_eq!(addresses(store, ours()).await.len(), 3);
    hand("ada", 5, true).await;
    assert_eq!(listed(store, query()).await[0].handed_over_at, Some(at(5)));
}

/// A conversation in which there is something of every kind.
async fn full(store: &impl Store, address: &str, counter: CounterKey) {
    store.accept(vec![reply(address, "old")]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    let mut next = calling(&claimed, 0, 1);
    next.transcript = vec![Line::User("CANARY said".into()), Line::Bot(OutMessage::Text("hi".into()))];
    next.outbox = vec![delivery("CANARY dead"), delivery("CANARY waits")];
    let value = payload("CANARY sealed");
    next.secrets = vec![SecretChange::PutAnswer(AnswerRow { component: name("login"), index: 0, value })];
    let answers = vec![("a".into(), "CANARY lead".into())];
    next.leads = vec![Lead { form: name("form"), answers, at: at(0) }];
    next.session.as_mut().unwrap().timer = TimerChange::Set(countersign_model::TimerId(1), at(900));
    store.commit_turn(next).await.unwrap();
    let call = claim_call(store, 0).await.unwrap();
    let add = CounterChange::Add { key: counter, expires_at: at(9000) };
    store.mark_sent(&call.lease, 1, at(0), at(30), &[add]).await.unwrap();
    let (lease, token) = (call.lease, Some(token("login", "CANARY token", 9000)));
    let (now, id, payload, counters) = (at(0), "outcome".into(), payload("CANARY out"), Vec::new());
    store.complete_call(CallCompletion { lease, now, id, payload, token, counters }).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    store.commit_turn(turn(&claimed, 0)).await.unwrap();
    let mut sent = store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap();
    while sent.lease.conversation != key(address) {
        sent = store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap();
    }
    store.give_up(&sent.lease, at(0), None).await.unwrap();
    let (message, state) = (MessageRef("CANARY".into()), ReceiptState::Sent);
    store
        .receive(vec![Receipt { conversation: key(address), message, state, code: None, at: at(0) }])
        .await
        .unwrap();
}

pub async fn a_contact_is_erased(store: &impl Store) {
    let (ada, bob) = (CounterKey([1; 16]), CounterKey([2; 16]));
    full(store, "ada", ada).await;
    full(store, "bob", bob).await;
    store.accept(vec![reply("ada", "waits")]).await.unwrap();
    assert_eq!(store.erase(&key("zoe"), &[]).await.unwrap(), None);
    let erased = store.erase(&key("ada"), &[ada]).await.unwrap();
    assert_eq!(erased, Some(Erased { lines: 2, tokens: 1, leads: 1 }));
    assert_eq!(store.erase(&key("ada"), &[]).await.unwrap(), None);

    let acme = name("acme");
    assert!(store.conversation(&key("ada")).await.unwrap().is_none());
    assert_eq!(store.conversation_number(&key("ada")).await.unwrap(), None);
    assert!(store.transcript(&key("ada"), 0, 9).await.unwrap().is_empty());
    assert!(store.leads(&key("ada")).await.unwrap().is_empty());
    assert!(store.answers(&key("ada"), &name("login")).await.unwrap().is_empty());
    assert!(store.token(&key("ada"), &name("bot"), &name("login")).await.unwrap().is_none());
    assert_eq!(store.pending(&key("ada")).await.unwrap(), Pending::default());
    assert!(store.receipt(&key("ada"), &MessageRef("CANARY".into())).await.unwrap().is_none());
    let counters = store.counters(&[ada, bob], at(1)).await.unwrap();
    assert!(counters[0].is_none() && counters[1].is_some());
    // Whoever else there is has lost nothing.
    assert_eq!(addresses(store, ours()).await, ["bob"]);
    assert_eq!(store.transcript(&key("bob"), 0, 9).await.unwrap().len(), 2);
    assert_eq!(store.dead_letters(&acme).await.unwrap().len(), 1);
    assert_eq!(store.tokens(&acme, at(0)).await.unwrap().len(), 1);
    let backlog = store.backlog().await.unwrap();
    assert_eq!((backlog.inbox, backlog.outbox, backlog.calls, backlog.dead), (0, 1, 0, 1));
    let next = store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap();
    assert_eq!(next.lease.conversation, key("bob"));
    assert!(claim(store, 0).await.is_none());
    assert_eq!(store.fire_timers(at(900), 9).await.unwrap(), 1, "bob's");
}

pub async fn what_was_accepted_before_the_erasure_is_not_accepted_again(store: &impl Store) {
    let rows = || (0..100).map(|n| reply("ada", &format!("m{n}"))).collect::<Vec<_>>();
    store.accept(rows()).await.unwrap();
    for _ in 0..90 {
        let claimed = claim(store, 0).await.unwrap();
        store.commit_turn(turn(&claimed, 0)).await.unwrap();
    }
    store.erase(&key("ada"), &[]).await.unwrap().unwrap();
    assert!(store.accept(rows()).await.unwrap().into_iter().all(|new| !new));
    assert!(claim(store, 0).await.is_none());
    if let Some(Ahead { lease, conversation, .. }) =
        store.hold(WorkerId(1), &key("ada"), InboundKind::Reply, at(0), at(30))
    {
        let inbound = InboxRow {
            seq: 0,
            id: String::new(),
            kind: InboundKind::Reply,
            payload: None,
            received_at: at(0),
        };
        let again = turn(&Claimed { lease: lease.clone(), conversation, inbound }, 0);
        let arrival = Arrival { id: "m7".into(), received_at: at(0) };
        let kept = store.accept_with_turn(arrival, again).await.unwrap();
        assert!(matches!(kept, Kept::Known | Kept::Neither), "{kept:?}");
        let _ = store.release(&lease).await;
    }
    let same_id = vec![reply("bob", "m1"), reply("ada", "new"), reply("ada", "m1"), reply("ada", "new")];
    assert_eq!(store.accept(same_id).await.unwrap(), [true, true, false, false]);
    says(store, "bob", 1, "").await;
    // A second time, after they have written again.
    store.erase(&key("ada"), &[]).await.unwrap().unwrap();
    assert_eq!(store.accept(vec![reply("ada", "new"), reply("ada", "m2")]).await.unwrap(), [false, false]);
    let month = at(30 * 24 * HOUR);
    let mut swept = 0;
    for _ in 0..5 {
        swept += store.sweep(month, &Retention::default()).await.unwrap().ids;
    }
    assert!(swept >= 101, "{swept}");
    assert_eq!(store.accept(vec![reply("ada", "m1")]).await.unwrap(), [true], "it was forgotten");
}

pub async fn a_turn_that_is_under_way_does_not_bring_back_who_was_erased(store: &impl Store) {
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    store.commit_turn(calling(&claimed, 0, 1)).await.unwrap();
    let call = claim_call(store, 0).await.unwrap();
    say(store, "bob", "b1", &["one"]).await;
    store.accept(vec![NewInbound { kind: crate::InboundKind::HungUp, ..reply("ada", "m2") }]).await.unwrap();
    let slow = claim(store, 0).await.unwrap();
    store.erase(&key("ada"), &[]).await.unwrap().unwrap();
    // The contact writes again before the turn is done.
    store.accept(vec![reply("ada", "m3")]).await.unwrap();
    let mut late = turn(&slow, 1);
    late.transcript = vec![Line::User("CANARY".into())];
    late.outbox = vec![delivery("CANARY")];
    assert!(matches!(store.commit_turn(late).await, Err(CommitError::LeaseLost)));
    assert!(matches!(store.release(&slow.lease).await, Err(CommitError::LeaseLost)));
    let marked = store.mark_sent(&call.lease, 1, at(1), at(30), &[]).await;
    assert!(matches!(marked, Err(CommitError::LeaseLost)));
    let (lease, token) = (call.lease, Some(token("login", "CANARY", 9000)));
    let (now, id, payload, counters) = (at(1), "outcome".into(), payload("x"), Vec::new());
    let completed = store.complete_call(CallCompletion { lease, now, id, payload, token, counters }).await;
    assert!(matches!(completed, Err(CommitError::LeaseLost)));
    assert!(store.transcript(&key("ada"), 0, 9).await.unwrap().is_empty());
    let claimed = claim(store, 1).await.unwrap();
    assert_eq!((claimed.inbound.id.as_str(), claimed.conversation.session.is_none()), ("m3", true));
    store.commit_turn(calling(&claimed, 1, 2)).await.unwrap();
    assert_eq!(claim_call(store, 1).await.unwrap().lease.call, CallId(2));
    assert!(store.token(&key("ada"), &name("bot"), &name("login")).await.unwrap().is_none());
}

pub async fn a_delivery_that_is_under_way_ends_with_its_contact(store: &impl Store) {
    say(store, "ada", "m1", &["one", "two"]).await;
    let lease = store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap().lease;
    store.erase(&key("ada"), &[]).await.unwrap().unwrap();
    assert!(matches!(store.delivered(&lease).await, Err(CommitError::LeaseLost)));
    assert!(matches!(store.retry_delivery(&lease, at(9), 0).await, Err(CommitError::LeaseLost)));
    assert!(matches!(store.give_up(&lease, at(9), None).await, Err(CommitError::LeaseLost)));
    assert!(store.claim_delivery(WorkerId(1), at(99), at(130)).await.unwrap().is_none());
    assert!(store.dead_letters(&name("acme")).await.unwrap().is_empty());
    say(store, "ada", "m2", &["three"]).await;
    let next = store.claim_delivery(WorkerId(1), at(99), at(130)).await.unwrap().unwrap();
    assert_eq!(next.delivery, delivery("three"));
}

pub async fn leads_are_listed_newest_first(store: &impl Store) {
    for (n, address) in ["ada", "bob", "ada", "zoe"].into_iter().enumerate() {
        store.accept(vec![reply(address, &format!("m{n}"))]).await.unwrap();
        let claimed = claim(store, 0).await.unwrap();
        let mut next = turn(&claimed, 0);
        let lead =
            |form: &str| Lead { form: name(form), answers: vec![("n".into(), n.to_string())], at: at(0) };
        next.leads = vec![lead("contact"), lead("other")];
        store.commit_turn(next).await.unwrap();
    }
    let list = async |form: Option<&Name>, before, limit| {
        store.all_leads(&name("acme"), form, before, limit).await.unwrap()
    };
    let contact = name("contact");
    let leads = list(Some(&contact), None, 9).await;
    let of: Vec<_> = leads.iter().map(|lead| lead.key.address.as_str()).collect();
    assert_eq!(of, ["zoe", "ada", "bob", "ada"]);
    assert_eq!(leads[2].lead.answers, [("n".to_owned(), "1".to_owned())]);
    assert_eq!(Some(leads[2].conversation), store.conversation_number(&key("bob")).await.unwrap());
    assert_eq!(list(Some(&contact), Some(leads[1].number), 1).await, leads[2..3]);
    assert_eq!(list(None, None, 99).await.len(), 8);
    assert!(list(None, Some(0), 99).await.is_empty());
    assert!(store.all_leads(&name("other"), None, None, 9).await.unwrap().is_empty());
}

pub async fn tokens_are_listed_in_pages(store: &impl Store) {
    for (n, (address, component)) in
        [("ada", "b"), ("ada", "a"), ("bob", "a"), ("zoe", "c")].into_iter().enumerate()
    {
        log_in(store, address, component, 1 + i64::try_from(n).unwrap()).await;
    }
    let list = async |component: Option<&Name>, after: Option<&TokenId>, limit, secs| {
        store.all_tokens(&name("acme"), component, after, limit, at(secs)).await.unwrap()
    };
    let all = list(None, None, 99, 0).await;
    let of: Vec<_> = all
        .iter()
        .map(|token| (token.info.conversation.address.as_str(), token.info.component.as_str()))
        .collect();
    assert_eq!(of, [("ada", "a"), ("ada", "b"), ("bob", "a"), ("zoe", "c")]);
    assert_eq!((all[0].id.logged_in_at, &all[0].id.bot), (at(2), &name("bot")));
    for limit in 1..5 {
        let mut paged: Vec<crate::ListedToken> = Vec::new();
        loop {
            let page = list(None, paged.last().map(|token| &token.id), limit, 0).await;
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, all, "{limit} on a page");
    }
    let a = name("a");
    assert_eq!(list(Some(&a), None, 99, 0).await.len(), 2);
    assert!(list(None, None, 99, 10_000).await.is_empty(), "their time is over");
    assert!(store.all_tokens(&name("other"), None, None, 9, at(0)).await.unwrap().is_empty());
}

pub async fn one_token_is_revoked(store: &impl Store) {
    let ada = log_in(store, "ada", "a", 1).await;
    log_in(store, "ada", "b", 2).await;
    log_in(store, "bob", "a", 3).await;
    let acme = name("acme");
    let id = TokenId { conversation: ada, bot: name("bot"), component: name("a"), logged_in_at: at(1) };
    let epoch = async || store.conversation(&key("ada")).await.unwrap().unwrap().tokens_epoch;
    let before = epoch().await;
    assert!(!store.revoke_token(&name("other"), &id).await.unwrap());
    for wrong in [
        TokenId { logged_in_at: at(2), ..id.clone() },
        TokenId { component: name("c"), ..id.clone() },
        TokenId { bot: name("c"), ..id.clone() },
        TokenId { conversation: ConversationNumber(u64::MAX), ..id.clone() },
        TokenId { conversation: ConversationNumber(i64::MAX as u64), ..id.clone() },
    ] {
        assert!(!store.revoke_token(&acme, &wrong).await.unwrap(), "{wrong}");
    }
    assert_eq!(epoch().await, before);
    assert!(store.revoke_token(&acme, &id).await.unwrap());
    assert!(!store.revoke_token(&acme, &id).await.unwrap());
    assert!(epoch().await > before, "the conversation is told");
    assert!(store.token(&key("ada"), &name("bot"), &name("a")).await.unwrap().is_none());
    assert_eq!(store.tokens(&acme, at(0)).await.unwrap().len(), 2);
    // Who logs in again has another token.
    log_in(store, "ada", "a", 4).await;
    assert!(!store.revoke_token(&acme, &id).await.unwrap());
    assert!(store.token(&key("ada"), &name("bot"), &name("a")).await.unwrap().is_some());
}

pub async fn dead_letters_are_delivered_again_or_dropped(store: &impl Store) {
    let next = async |secs: i64| {
        let now: Timestamp = at(secs);
        store.claim_delivery(WorkerId(1), now, now.plus(Duration::from_secs(30))).await.unwrap()
    };
    say(store, "ada", "m1", &["one", "two", "three", "four"]).await;
    for _ in 0..3 {
        let claimed = next(0).await.unwrap();
        store.give_up(&claimed.lease, at(0), Some("131047")).await.unwrap();
    }
    let acme = name("acme");
    let list = async || store.list_dead_letters(&acme, None, 9).await.unwrap();
    let dead = list().await;
    let texts: Vec<_> = dead.iter().map(|dead| dead.letter.delivery.clone()).collect();
    assert_eq!(texts, ["three", "two", "one"].map(delivery));
    assert_eq!(Some(dead[0].conversation), store.conversation_number(&key("ada")).await.unwrap());
    let page = store.list_dead_letters(&acme, Some(dead[0].number), 1).await.unwrap();
    assert_eq!((page.len(), page[0].number), (1, dead[1].number));
    let other = name("other");
    assert!(store.list_dead_letters(&other, None, 9).await.unwrap().is_empty());
    assert!(!store.deliver_again(&other, dead[0].number, at(9)).await.unwrap());
    assert!(!store.drop_dead_letter(&other, dead[0].number).await.unwrap());
    assert!(!store.deliver_again(&acme, u64::MAX, at(9)).await.unwrap());

    assert!(store.deliver_again(&acme, dead[1].number, at(9)).await.unwrap());
    assert!(!store.deliver_again(&acme, dead[1].number, at(9)).await.unwrap());
    assert!(store.drop_dead_letter(&acme, dead[0].number).await.unwrap());
    assert!(!store.drop_dead_letter(&acme, dead[0].number).await.unwrap());
    assert_eq!(list().await.len(), 1);
    assert_eq!(store.backlog().await.unwrap().dead, 1);
    let first = next(9).await.unwrap();
    assert_eq!(first.delivery, delivery("four"), "it goes to the end");
    store.delivered(&first.lease).await.unwrap();
    let again = next(9).await.unwrap();
    assert_eq!((&again.delivery, again.attempts, again.done), (&delivery("two"), 0, 0));
    assert_eq!(again.created_at, at(9));
    store.delivered(&again.lease).await.unwrap();
    assert!(next(9).await.is_none());
}

pub async fn a_workspace_empties_its_own_outbox(store: &impl Store) {
    let other = name("other");
    say(store, "ada", "m1", &["one", "two"]).await;
    // The same channel, contact and message, and another workspace.
    let theirs = ConversationKey { workspace: other.clone(), ..key("ada") };
    store.accept(vec![NewInbound { conversation: theirs, ..reply("ada", "m1") }]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    let mut turn = turn(&claimed, 0);
    turn.outbox = vec![delivery("three")];
    store.commit_turn(turn).await.unwrap();

    let acme = name("acme");
    let waiting = async || {
        let of = async |workspace: &Name| store.waiting_deliveries(workspace).await.unwrap();
        (of(&acme).await, of(&other).await, of(&name("nobody")).await)
    };
    assert_eq!(waiting().await, (2, 1, 0));
    assert_eq!(store.discard_deliveries(&name("nobody")).await.unwrap(), 0);
    assert_eq!(store.discard_deliveries(&acme).await.unwrap(), 2);
    assert_eq!(waiting().await, (0, 1, 0));
    let next = async || store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap();
    let left = next().await.unwrap();
    assert_eq!((&left.lease.conversation.workspace, left.delivery.clone()), (&other, delivery("three")));
    store.delivered(&left.lease).await.unwrap();
    assert!(next().await.is_none());
    assert_eq!(waiting().await, (0, 0, 0));
    say(store, "ada", "m2", &["four"]).await;
    assert_eq!(next().await.unwrap().delivery, delivery("four"));
}
