//! Engine turns for the conversation hi, user name, password, balance, balance, bye; the services are a stub.

use countersign_bench::{CONVERSATION, bot, session, turn};
use countersign_engine::Session;
use countersign_model::Timestamp;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn conversation(criterion: &mut Criterion) {
    let bot = bot();
    let now = Timestamp::from_secs(1_795_354_800);
    let fresh = session(&bot);
    let through_bytes = |session: Session| match Session::from_bytes(&session.to_bytes()) {
        Ok(session) => session,
        Err(error) => panic!("{error}"),
    };
    let mut group = criterion.benchmark_group("turn");
    // One element is one turn, so criterion's rate is turns a second.
    group.throughput(Throughput::Elements(CONVERSATION.len() as u64));
    group.bench_function("in memory", |bencher| {
        bencher.iter(|| {
            CONVERSATION.iter().fold(fresh.clone(), |state, says| turn(&bot, state, says, now, |s| s).0)
        });
    });
    group.bench_function("session in bytes after every turn", |bencher| {
        bencher.iter(|| {
            CONVERSATION
                .iter()
                .fold(fresh.clone(), |state, says| through_bytes(turn(&bot, state, says, now, |s| s).0))
        });
    });
    group.bench_function("session in bytes after every commit", |bencher| {
        bencher.iter(|| {
            CONVERSATION
                .iter()
                .fold(fresh.clone(), |state, says| turn(&bot, state, says, now, through_bytes).0)
        });
    });
    group.finish();

    let mut largest = 0;
    CONVERSATION.iter().fold(fresh, |state, says| {
        turn(&bot, state, says, now, |session| {
            largest = largest.max(session.to_bytes().len());
            session
        })
        .0
    });
    println!("session of this conversation, at its largest: {largest} bytes");
}

criterion_group!(benches, conversation);
criterion_main!(benches);
