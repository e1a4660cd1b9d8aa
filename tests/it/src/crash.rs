//! The server is stopped at any moment, again and again, while users log in; then a checker looks at all that the
//! provider, the company and the users saw. What is promised (SPEC §7): a message that was acknowledged is processed
//! once and in order, a login is sent at most once, every reply is sent, and twice only when the server was stopped
//! before it had written down the provider's answer.

mod checker;

use std::cell::Cell;
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use countersign_store::failpoint::Failpoint;
use tokio::task::{JoinHandle, spawn_local};

use crate::live::{Server, World, run};
pub(crate) use checker::faults;

/// The longest that the world may be silent while there is something to do.
pub(crate) const SILENCE: Duration = Duration::from_secs(60);

/// A server with the bot of these tests. A login that was under way at a stop counts as a failed one, and two hundred
/// stops are more than a user may have.
pub(crate) fn server(provider: &str, company: &str) -> Server {
    let tables = format!(
        "[egress]\nallow = [\"{}\"]\n[config]\ncompany_url = \"{company}\"\n[limits]\nflood_messages = 100000\nconnections_per_peer = 1000\n[logins]\nfailures = 0\naccount_failures = 0\n",
        company.trim_start_matches("http://")
    );
    Server::new(provider, include_str!("crash/bot.yaml"), "", &tables)
}

/// Users who talk until they are told to stop.
pub(crate) struct Crowd {
    stop: Rc<Cell<bool>>,
    users: Vec<JoinHandle<()>>,
}

impl Crowd {
    pub(crate) fn new(world: &Rc<World>, counting: u64, logging_in: u64, sleeping: u64) -> Self {
        let stop = Rc::new(Cell::new(false));
        let mut users = Vec::new();
        for n in 0..counting {
            users.push(spawn_local(count(world.clone(), format!("4911100{n}"), stop.clone())));
        }
        for n in 0..logging_in {
            users.push(spawn_local(log_in(world.clone(), format!("4922200{n}"), stop.clone())));
        }
        for n in 0..sleeping {
            users.push(spawn_local(sleep(world.clone(), format!("4933300{n}"), stop.clone())));
        }
        Self { stop, users }
    }

    /// Everybody finishes what they are at.
    pub(crate) async fn finish(self, world: &World, server: &Server) {
        self.stop.set(true);
        for user in self.users {
            let ended = tokio::time::timeout(SILENCE, user).await;
            let life = world.life.get();
            assert!(ended.is_ok(), "a user waits in vain, in life {life} of the server:\n{}", server.log());
            ended.unwrap().unwrap();
        }
    }
}

/// Writes three messages at a time without waiting for answers, and then waits for all three.
async fn count(world: Rc<World>, number: String, stop: Rc<Cell<bool>>) {
    let mut heard = world.join(&number);
    world.say(&number, "count", "count").await;
    let mut expected = "Got  as 0.".to_owned();
    let mut n = 0;
    loop {
        while heard.recv().await.is_some_and(|text| text != expected) {}
        if stop.get() {
            return;
        }
        for _ in 0..3 {
            n += 1;
            world.say(&number, &format!("m{n}"), &format!("m{n}")).await;
        }
        expected = format!("Got m{n} as {n}.");
    }
}

/// Logs in again and again, each time with a password that was never sent before.
async fn log_in(world: Rc<World>, number: String, stop: Rc<Cell<bool>>) {
    let mut heard = world.join(&number);
    let mut n = 0;
    let mut words = "login".to_owned();
    let mut seen = HashSet::new();
    loop {
        n += 1;
        world.say(&number, &format!("l{n}"), &words).await;
        // What came in an earlier life of the server may come again; it was answered then.
        let text = loop {
            let text = heard.recv().await.unwrap();
            if seen.insert(text.clone()) {
                break text;
            }
        };
        words = match text.split(' ').next().unwrap() {
            // Another name every time: a login that was cut off holds up the next one of its account.
            "User" => format!("{number}x{n}"),
            "Password" => format!("p-{number}-{n}"),
            _ if stop.get() => return,
            _ => "on".to_owned(),
        };
    }
}

/// Lets timers go off.
async fn sleep(world: Rc<World>, number: String, stop: Rc<Cell<bool>>) {
    let mut heard = world.join(&number);
    let mut n = 0;
    loop {
        world.say(&number, &format!("s{n}"), if n == 0 { "sleep" } else { "on" }).await;
        n += 1;
        let expected = format!("Awake {n}.");
        while heard.recv().await.is_some_and(|text| text != expected) {}
        if stop.get() {
            return;
        }
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// Returns when so many things have happened.
pub(crate) async fn happened(world: &World, more: u64) {
    let until = world.events.get() + more;
    while world.events.get() < until {
        let notified = world.happened.notified();
        assert!(tokio::time::timeout(SILENCE, notified).await.is_ok(), "nothing happens any more");
    }
}

#[test]
fn stopped_two_hundred_times_it_loses_nothing_and_does_nothing_twice() {
    run(async {
        let (world, provider, company) = World::new().await;
        let mut server = server(&provider, &company);
        let crowd = Crowd::new(&world, 5, 30, 2);
        let mut dice = Dice(0x5eed);
        for _ in 0..200 {
            assert!(server.start(&world, None).await);
            happened(&world, 1 + dice.roll(120)).await;
            // Not only right after an event: at any moment between two.
            for _ in 0..dice.roll(50) {
                tokio::task::yield_now().await;
            }
            server.kill(&world);
        }
        assert!(server.start(&world, None).await);
        crowd.finish(&world, &server).await;
        let history = world.history.borrow();
        let acknowledged: usize = history.acknowledged.values().map(Vec::len).sum();
        assert_eq!(faults(&history), Vec::<String>::new());
        // The test is worth something only when much was under way.
        assert!(acknowledged > 2000, "{acknowledged} messages in 200 lives");
        assert!(history.submitted.len() > 100, "{} logins", history.submitted.len());
        assert!(history.repeated > 100, "{} webhooks had to be repeated", history.repeated);
    });
}

#[test]
fn a_thousand_users_at_once_each_have_their_own_token() {
    run(async {
        let (world, provider, company) = World::new().await;
        let mut server = server(&provider, &company);
        assert!(server.start(&world, None).await);
        let crowd = Crowd::new(&world, 0, 1000, 0);
        happened(&world, 20_000).await;
        crowd.finish(&world, &server).await;
        let history = world.history.borrow();
        assert_eq!(faults(&history), Vec::<String>::new());
        assert!(history.submitted.len() >= 1000, "{} logins", history.submitted.len());
    });
}

/// Messages of users whose number begins so.
fn heard(world: &World, users: &str, words: &str) -> usize {
    let history = world.history.borrow();
    let of_users = history.sent.iter().filter(|(number, _)| number.starts_with(users));
    of_users.map(|(_, sent)| sent.iter().filter(|sent| sent.text.starts_with(words)).count()).sum()
}

#[test]
fn a_company_that_hangs_harms_only_those_who_need_it_and_they_are_told() {
    run(async {
        let (world, provider, company) = World::new().await;
        let mut server = server(&provider, &company);
        assert!(server.start(&world, None).await);
        let crowd = Crowd::new(&world, 4, 40, 0);
        happened(&world, 400).await;
        world.hangs.set(true);
        let before = heard(&world, "49111", "Got");
        // Every one of those who log in waits for the company, until each is told.
        while heard(&world, "49222", "Not now") < 40 {
            happened(&world, 10).await;
        }
        let meanwhile = heard(&world, "49111", "Got") - before;
        assert!(meanwhile > 500, "{meanwhile} replies to those who need nothing of the company");
        world.hangs.set(false);
        crowd.finish(&world, &server).await;
        assert_eq!(faults(&world.history.borrow()), Vec::<String>::new());
    });
}

/// Passed by another command than the server: a test of its own has them.
const ELSEWHERE: [Failpoint; 2] = [Failpoint::KeyRewrapped, Failpoint::TokensResealed];

#[test]
fn stopped_at_every_failpoint_it_loses_nothing_and_does_nothing_twice() {
    run(async {
        let (world, provider, company) = World::new().await;
        let mut server = server(&provider, &company);
        let crowd = Crowd::new(&world, 4, 6, 2);
        for point in Failpoint::ALL.iter().filter(|point| !ELSEWHERE.contains(point)) {
            // The log is moved into the database every few thousand pages; once is enough.
            let times: &[u32] = if *point == Failpoint::StoreInCheckpoint { &[1] } else { &[1, 2, 7] };
            for times in times {
                let setting = format!("{}:{times}", point.name());
                if server.start(&world, Some(&setting)).await {
                    let gone = async {
                        while !server.has_ended() {
                            let _ =
                                tokio::time::timeout(Duration::from_millis(20), world.happened.notified())
                                    .await;
                        }
                    };
                    let fired = tokio::time::timeout(SILENCE, gone).await.is_ok();
                    assert!(fired, "{setting} was never passed:\n{}", server.log());
                }
                server.kill(&world);
            }
        }
        assert!(server.start(&world, None).await);
        crowd.finish(&world, &server).await;
        assert_eq!(faults(&world.history.borrow()), Vec::<String>::new());
    });
}

#[test]
fn keys_are_rotated_beside_a_server_also_when_that_is_broken_off() {
    run(async {
        let (world, provider, company) = World::new().await;
        let mut server = server(&provider, &company);
        assert!(server.start(&world, None).await);
        let crowd = Crowd::new(&world, 2, 6, 0);
        // The others log in again all the time; the tokens of these stay, and are there to be sealed anew.
        for n in 0..3 {
            log_in(world.clone(), format!("4944400{n}"), Rc::new(Cell::new(true))).await;
        }
        happened(&world, 100).await;
        let (ended, said) = server.command_with(&["keys", "rotate"], Some("key-rewrapped"));
        assert!(!ended, "it was to be stopped: {said}");
        happened(&world, 100).await;
        let (ended, said) = server.command(&["keys", "rotate"]);
        assert!(ended, "{said}");
        happened(&world, 100).await;
        // With a new data key, broken off when some tokens have it and others do not; then in the whole.
        let (ended, said) = server.command_with(&["keys", "rotate", "--data-key"], Some("tokens-resealed"));
        assert!(!ended, "it was to be stopped: {said}");
        happened(&world, 100).await;
        // A login that was under way keeps the old key until it is over.
        let mut is_gone = false;
        let mut tries = 0;
        while !is_gone && tries < 5 {
            tries += 1;
            let (ended, said) = server.command(&["keys", "retire"]);
            assert!(ended, "{said}");
            is_gone |= said.contains("data key 1 of the workspace main was removed");
            happened(&world, 100).await;
        }
        assert!(is_gone, "something is sealed by the old key for ever");
        // What was sealed before opens afterwards, in this life and in the next.
        server.kill(&world);
        assert!(server.start(&world, None).await);
        happened(&world, 100).await;
        crowd.finish(&world, &server).await;
        assert_eq!(faults(&world.history.borrow()), Vec::<String>::new());
        assert!(!server.log().contains("ERROR"), "{}", server.log());
        assert!(
            !server.log().contains("does not open"),
            "a rotation is no reason to worry: {}",
            server.log()
        );
    });
}
