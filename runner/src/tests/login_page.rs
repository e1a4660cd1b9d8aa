//! A login on a page, as a user, a browser, and people who want to be somebody else see it.

use std::time::Duration;

use countersign_model::{OutMessage, SecretText};
use countersign_store::{Calls as _, Line, WorkerId};

use super::rig::{BOT, Make, PASSWORD, Rig, answer, bank};
use crate::{LoginPage, PagePost, PageShows};

const BASE: &str = "https://bot.example/base/";
const LINK: &str = "https://bot.example/base/login/";
const PATIENCE: Duration = Duration::from_secs(12);
const ADA: u128 = 0xada << 100;
const EVE: u128 = 0xe7e << 100;

async fn rig() -> Rig {
    let bot = BOT.replace("    ttl: 900", "    ask: secure_page\n    ttl: 900");
    let rig = Rig::of(Make { bot: bot.leak(), timed: true, ..Make::default() }).await;
    rig.runner.registry().serve_login_pages(BASE);
    rig
}

/// Begins a login and gives the ticket of the link.
async fn begin(rig: &Rig, address: &str) -> String {
    rig.text_in(address, "balance").await;
    rig.runner.run_until_idle().await.unwrap();
    link(rig, address)
}

fn link(rig: &Rig, address: &str) -> String {
    let links = rig.links(address);
    let [OutMessage::Link { text, label, url }] = &links[..] else { panic!("{links:?}") };
    assert_eq!((text.is_empty(), label.as_str()), (false, "Log in"));
    let ticket = url.strip_prefix(LINK).unwrap();
    assert_eq!(ticket.len(), 43);
    ticket.to_owned()
}

fn answers(password: &str) -> Vec<SecretText> {
    vec!["ada".into(), password.into()]
}

/// Posts, and lets everything happen meanwhile.
async fn post(rig: &Rig, ticket: &str, browser: u128, form: &str, password: &str) -> Option<LoginPage> {
    let posted = PagePost { form: form.into(), browser, answers: answers(password) };
    let posting = rig.runner.post_login_page(ticket, posted, PATIENCE);
    let working = async {
        // The post is kept before anything can come of it.
        tokio::task::yield_now().await;
        rig.runner.run_until_idle().await.unwrap();
    };
    tokio::join!(posting, working).0.unwrap()
}

async fn look(rig: &Rig, ticket: &str, browser: u128) -> Option<PageShows> {
    rig.runner.login_page(ticket, Some(browser)).await.unwrap().map(|page| page.shows)
}

fn digits(page: Option<LoginPage>) -> String {
    match page.map(|page| page.shows) {
        Some(PageShows::Digits(digits)) => digits,
        other => panic!("{other:?}"),
    }
}

fn asks(shows: &Option<PageShows>) -> bool {
    matches!(shows, Some(PageShows::Questions { .. }))
}

#[tokio::test(start_paused = true)]
async fn a_user_logs_in_on_a_page_and_types_its_digits() {
    let rig = rig().await;
    let ticket = begin(&rig, "ada").await;
    for _ in 0..50 {
        let page = rig.runner.login_page(&ticket, None).await.unwrap().unwrap();
        assert_eq!((page.bot.as_str(), page.address.as_str(), page.language.as_str()), ("Bank", "ada", "en"));
        let PageShows::Questions { questions, refused: false } = page.shows else { panic!() };
        let shown: Vec<_> = questions.iter().map(|field| (field.text.as_str(), field.secret)).collect();
        assert_eq!(shown, [("User?", false), ("Password?", true)]);
        assert!(questions.iter().all(|field| field.problem.is_none()));
    }
    assert!(rig.sent().is_empty());
    let digits = digits(post(&rig, &ticket, ADA, "f1", PASSWORD).await);
    assert!(digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{digits}");
    assert_eq!(rig.paths(), ["login"], "nothing uses the token yet");
    assert_eq!(rig.heard("ada").len(), 1);
    let spaced = format!(" {} {} ", &digits[..3], &digits[3..]);
    assert_eq!(rig.say("ada", &spaced).await, ["You have 12.50."]);
    assert_eq!(rig.paths(), ["accounts/ada/balance"]);
    assert!(look(&rig, &ticket, ADA).await.is_none(), "the page is over");
    assert!(post(&rig, &ticket, ADA, "f2", PASSWORD).await.is_none());
    assert!(rig.sent().is_empty());
    let transcript = rig.transcript("ada").await;
    assert!(transcript.contains(&Line::Secret), "the digits are not written down: {transcript:?}");
}

#[tokio::test(start_paused = true)]
async fn only_the_browser_that_logged_in_sees_the_digits_and_only_this_chat_takes_them() {
    let rig = rig().await;
    // Eve begins in her own chat, and gets Ada to open the link.
    let ticket = begin(&rig, "eve").await;
    let digits = digits(post(&rig, &ticket, ADA, "f1", PASSWORD).await);
    assert!(look(&rig, &ticket, EVE).await.is_none());
    assert!(rig.runner.login_page(&ticket, None).await.unwrap().is_none());
    assert!(post(&rig, &ticket, EVE, "f2", PASSWORD).await.is_none());
    // Her guesses are three.
    rig.heard("eve");
    let wrong = |at: u32| format!("{:06}", (digits.parse::<u32>().unwrap() + at) % 1_000_000);
    for at in 1..=3 {
        rig.say("eve", &wrong(at)).await;
    }
    assert!(rig.held("eve").await.is_none());
    assert!(rig.say("eve", &digits).await != ["You have 12.50."]);
    assert_eq!(rig.paths(), ["login"]);
    // And nobody else's digits are of use to her.
    let (mine, hers) = (begin(&rig, "ada").await, begin(&rig, "eve2").await);
    let mine = self::digits(post(&rig, &mine, ADA, "f3", PASSWORD).await);
    let theirs = self::digits(post(&rig, &hers, EVE, "f4", PASSWORD).await);
    assert_ne!(mine, theirs);
    rig.heard("eve2");
    assert!(!rig.say("eve2", &mine).await.contains(&"You have 12.50.".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn two_posts_at_once_send_one_login() {
    for forms in [["f1", "f1"], ["f1", "f2"]] {
        let rig = rig().await;
        let ticket = begin(&rig, "ada").await;
        let posted = |form: &str| PagePost { form: form.into(), browser: ADA, answers: answers(PASSWORD) };
        let one = rig.runner.post_login_page(&ticket, posted(forms[0]), PATIENCE);
        let two = rig.runner.post_login_page(&ticket, posted(forms[1]), PATIENCE);
        let working = async {
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            rig.runner.run_until_idle().await.unwrap();
        };
        let (one, two, ()) = tokio::join!(one, two, working);
        assert_eq!(digits(one.unwrap()), digits(two.unwrap()));
        assert_eq!(rig.paths(), ["login"], "{forms:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_told_to_the_browser_that_posted_and_the_third_failure_ends_it() {
    let rig = rig().await;
    let ticket = begin(&rig, "ada").await;
    let page = post(&rig, &ticket, ADA, "f0", "").await.unwrap();
    let PageShows::Questions { questions, refused: false } = page.shows else { panic!() };
    let problems: Vec<_> = questions.iter().map(|field| field.problem.is_some()).collect();
    assert_eq!(problems, [false, true]);
    assert!(rig.sent().is_empty());
    let Some(PageShows::Questions { questions, .. }) = look(&rig, &ticket, EVE).await else { panic!() };
    assert!(questions.iter().all(|field| field.problem.is_none()));
    for form in ["f1", "f2"] {
        let page = post(&rig, &ticket, ADA, form, "wrong").await.unwrap();
        assert!(matches!(page.shows, PageShows::Questions { refused: true, .. }));
        let other = look(&rig, &ticket, EVE).await;
        assert!(matches!(other, Some(PageShows::Questions { refused: false, .. })));
    }
    assert!(rig.heard("ada").is_empty(), "the chat says nothing of it");
    assert!(post(&rig, &ticket, ADA, "f3", "wrong").await.is_none());
    assert_eq!(rig.heard("ada"), ["The login failed."]);
    assert!(post(&rig, &ticket, ADA, "f4", PASSWORD).await.is_none());
    assert_eq!(rig.paths(), ["login", "login", "login"]);
}

#[tokio::test(start_paused = true)]
async fn links_that_lead_nowhere_are_all_the_same() {
    let rig = rig().await;
    let ticket = begin(&rig, "ada").await;
    let mut other = ticket.clone().into_bytes();
    other[5] = if other[5] == b'A' { b'B' } else { b'A' };
    let other = String::from_utf8(other).unwrap();
    for wrong in ["", "x", "../../etc/passwd", &other, &ticket[..42], &format!("{ticket}A")] {
        assert!(rig.runner.login_page(wrong, Some(ADA)).await.unwrap().is_none(), "{wrong}");
        assert!(post(&rig, wrong, ADA, "f", PASSWORD).await.is_none(), "{wrong}");
    }
    rig.pass(599);
    assert!(asks(&look(&rig, &ticket, ADA).await));
    rig.pass(1);
    assert!(look(&rig, &ticket, ADA).await.is_none());
    assert!(post(&rig, &ticket, ADA, "f", PASSWORD).await.is_none());
    assert!(rig.sent().is_empty());
    // A new login has a new link, and the old one stays dead.
    rig.say("ada", "hello").await;
    let again = begin(&rig, "ada").await;
    assert_ne!(again, ticket);
    assert!(look(&rig, &ticket, ADA).await.is_none() && asks(&look(&rig, &again, ADA).await));
}

#[tokio::test(start_paused = true)]
async fn whoever_writes_in_the_chat_gets_the_same_link_again() {
    let rig = rig().await;
    let ticket = begin(&rig, "ada").await;
    rig.text_in("ada", PASSWORD).await;
    rig.runner.run_until_idle().await.unwrap();
    assert_eq!(link(&rig, "ada"), ticket);
    assert!(rig.transcript("ada").await.contains(&Line::Secret));
    assert!(asks(&look(&rig, &ticket, ADA).await));
}

#[tokio::test(start_paused = true)]
async fn neither_the_link_nor_what_is_typed_is_ever_in_the_store() {
    let rig = rig().await;
    rig.bank(|sent| match sent.path() {
        "login" => answer(200, r#"{"token":"CANARY-token"}"#),
        _ => bank(sent),
    });
    let ticket = begin(&rig, "ada").await;
    let mut digits = String::new();
    let look = |rig: &Rig, digits: &str| {
        let bytes = rig.store.to_bytes();
        for secret in ["CANARY", "hunter2", PASSWORD, &ticket, digits] {
            let found =
                !secret.is_empty() && bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret}");
        }
    };
    look(&rig, &digits);
    let posted = PagePost { form: "f1".into(), browser: ADA, answers: answers(PASSWORD) };
    let posting = rig.runner.post_login_page(&ticket, posted, PATIENCE);
    let working = async {
        tokio::task::yield_now().await;
        look(&rig, "");
        while rig.runner.tick().await.unwrap() {
            look(&rig, "");
        }
    };
    let (page, ()) = tokio::join!(posting, working);
    digits.push_str(&self::digits(page.unwrap()));
    look(&rig, &digits);
    rig.say("ada", &digits).await;
    look(&rig, &digits);
    let seen = format!("{:?}{:?}", rig.notices(), rig.transcript("ada").await);
    for secret in ["CANARY", "hunter2", &ticket, &digits] {
        assert!(!seen.contains(secret), "{secret}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_program_is_stopped_at_any_moment_and_nothing_is_done_twice() {
    let mut rig = rig().await;
    let ticket = begin(&rig, "ada").await;
    // After the link was sent.
    rig.restart();
    assert!(asks(&look(&rig, &ticket, ADA).await));
    // After the post was kept: the browser waits for nobody.
    let posted = PagePost { form: "f1".into(), browser: ADA, answers: answers(PASSWORD) };
    let page = rig.runner.post_login_page(&ticket, posted, Duration::ZERO).await.unwrap();
    assert!(asks(&page.map(|page| page.shows)));
    rig.restart();
    // After the turn, before the login is sent; then the browser that has posted is shown that it is under way.
    assert!(rig.runner.turn().await.unwrap());
    rig.restart();
    assert!(matches!(look(&rig, &ticket, ADA).await, Some(PageShows::Working)));
    assert!(look(&rig, &ticket, EVE).await.is_none());
    rig.runner.run_until_idle().await.unwrap();
    assert_eq!(rig.paths(), ["login"]);
    rig.restart();
    let Some(PageShows::Digits(digits)) = look(&rig, &ticket, ADA).await else { panic!() };
    rig.heard("ada");
    assert_eq!(rig.say("ada", &digits).await, ["You have 12.50."]);
}

#[tokio::test(start_paused = true)]
async fn a_login_that_was_sent_and_lost_is_not_sent_again() {
    let rig = rig().await;
    let ticket = begin(&rig, "ada").await;
    let posted = PagePost { form: "f1".into(), browser: ADA, answers: answers(PASSWORD) };
    rig.runner.post_login_page(&ticket, posted, Duration::ZERO).await.unwrap();
    assert!(rig.runner.turn().await.unwrap());
    let now = rig.now();
    let until = now.plus(Duration::from_secs(30));
    let call = rig.store.claim_call(WorkerId(999), now, until).await.unwrap().unwrap();
    rig.store.mark_sent(&call.lease, 1, now, until, &[]).await.unwrap();
    rig.pass(30);
    assert_eq!(rig.idle("ada").await.len(), 1, "the user is told");
    assert!(rig.paths().is_empty() && rig.held("ada").await.is_none());
    assert!(look(&rig, &ticket, ADA).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_token_that_nobody_confirms_is_gone() {
    let rig = rig().await;
    let ticket = begin(&rig, "ada").await;
    digits(post(&rig, &ticket, ADA, "f1", PASSWORD).await);
    assert!(rig.held("ada").await.is_some());
    rig.pass(301);
    rig.runner.run_until_idle().await.unwrap();
    assert!(rig.held("ada").await.is_none());
    assert_eq!(rig.paths(), ["login"]);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_sent_twice_is_the_same() {
    let rig = rig().await;
    let later = crate::SendError::Later { after: None, done: 0, code: None };
    rig.mailbox.refusals.lock().unwrap().push(later);
    rig.text_in("ada", "balance").await;
    rig.runner.run_until_idle().await.unwrap();
    assert!(rig.links("ada").is_empty());
    rig.pass(60);
    rig.runner.run_until_idle().await.unwrap();
    let ticket = link(&rig, "ada");
    assert!(asks(&look(&rig, &ticket, ADA).await));
    rig.text_in("ada", "again").await;
    rig.runner.run_until_idle().await.unwrap();
    assert_eq!(link(&rig, "ada"), ticket);
    let pages = rig.transcript("ada").await.into_iter().filter(|line| matches!(line, Line::Page { .. }));
    assert_eq!(pages.count(), 2, "and the transcript tells of it without the link");
}
