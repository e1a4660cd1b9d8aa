//! Many people at once: nobody ever sees what is another's.

use std::time::Duration;

use super::world::World;

/// Everybody's password and checking account at the demo bank.
const PEOPLE: [(&str, &str, &str); 4] = [
    ("alice", "wonderland", "1234.50"),
    ("bob", "builder", "-12.05"),
    ("carol", "p&ss={authtoken}\"\u{e9} %41", "999999.99"),
    ("erin", " two blanks ", "0.00"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_conversations_do_not_mix() {
    let world = World::open("dead-token").await;
    let conversations = (0..200).map(|number| {
        let (name, password, balance) = PEOPLE[number % PEOPLE.len()];
        let person = world.whatsapp(&format!("+1555{number:04}"));
        async move {
            assert_eq!(person.says("balance").await, ["What is your username?"]);
            assert_eq!(person.says(name).await, ["What is your password?"]);
            assert_eq!(
                person.says(password).await,
                ["Which account, checking or savings? [1] checking [2] savings"]
            );
            for _ in 0..2 {
                assert_eq!(
                    person.says("checking").await,
                    [format!("Your checking account has {balance} EUR.")]
                );
                person.says("balance").await;
            }
        }
    });
    futures_util::future::join_all(conversations).await;
    let stats = world.bank.stats();
    assert_eq!((stats.logins_ok, stats.logins()), (200, 200));
    assert_eq!((stats.api_calls, stats.api_refused), (400, 0));
    let tokens: std::collections::HashSet<_> = world
        .wire
        .sent("GET", "/accounts/checking/balance")
        .iter()
        .map(|sent| sent.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(tokens.len(), 200, "each conversation uses its own token");
}

#[tokio::test]
async fn one_address_on_two_channels_is_two_contacts() {
    use countersign_model::ChannelKind;
    let world = World::open("dead-token").await;
    let (whatsapp, sms) = (world.whatsapp("+15550100"), world.on(ChannelKind::Sms, "+15550100"));
    whatsapp.logs_in("balance", "alice", "wonderland").await;
    assert_eq!(sms.says("balance").await, ["What is your username?"]);
    sms.says("bob").await;
    sms.says("builder").await;
    assert_eq!(sms.says("checking").await, ["Your checking account has -12.05 EUR."]);
    assert_eq!(whatsapp.says("checking").await, ["Your checking account has 1234.50 EUR."]);
}

#[tokio::test]
async fn a_slow_service_harms_only_those_who_need_it() {
    use countersign_bank::FaultKind;
    let world = World::open("password-json").await;
    let (alice, bob) = (world.whatsapp("+15550100"), world.whatsapp("+15550101"));
    alice.says("balance").await;
    alice.says("alice").await;
    world.bank.bank().faults().once("/login", FaultKind::Hang);
    let stuck = async {
        alice.says("wonderland").await;
        false
    };
    let lively = async {
        bob.says("balance").await;
        bob.says("bob").await == ["What is your password?"]
    };
    tokio::pin!(stuck, lively);
    let first =
        tokio::time::timeout(Duration::from_secs(5), futures_util::future::select(stuck, lively)).await;
    match first.expect("bob is answered") {
        futures_util::future::Either::Right((answered, _)) => assert!(answered),
        futures_util::future::Either::Left(_) => panic!("alice's login cannot have ended"),
    }
}
