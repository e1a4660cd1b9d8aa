use std::time::Duration;

use countersign_store::latency;

use super::*;

fn which(from: &str, to: &str, bucket: Bucket) -> Which {
    Which { from: from.to_owned(), to: to.to_owned(), bucket, bot: None, channel: None }
}

fn stat(hour: u32, what: &str, label: &str, count: u64) -> Stat {
    Stat {
        workspace: "main".parse().unwrap(),
        hour: Hour(hour),
        bot: None,
        channel: Some("wa".parse().unwrap()),
        what: what.to_owned(),
        label: label.to_owned(),
        count,
    }
}

#[test]
fn buckets_are_those_of_utc() {
    let span = Span::of(&which("2027-01-01T10:30:00+02:00", "2027-01-03T00:00:00Z", Bucket::Day)).unwrap();
    let sum = summed(&span, &[]);
    assert_eq!(sum.buckets, ["2027-01-01T00:00:00Z", "2027-01-02T00:00:00Z"]);
    let span = Span::of(&which("2027-01-01T10:30:00+02:00", "2027-01-01T10:00:01Z", Bucket::Hour)).unwrap();
    assert_eq!(
        summed(&span, &[]).buckets,
        ["2027-01-01T08:00:00Z", "2027-01-01T09:00:00Z", "2027-01-01T10:00:00Z"]
    );
    for (from, to, bucket) in [
        ("2027-01-02T00:00:00Z", "2027-01-01T00:00:00Z", Bucket::Day),
        ("2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z", Bucket::Hour),
        ("2027-01-01T00:00:00Z", "2027-03-01T00:00:00Z", Bucket::Hour),
        ("2027-01-01T00:00:00Z", "9999-01-01T00:00:00Z", Bucket::Day),
        ("yesterday", "2027-01-01T00:00:00Z", Bucket::Day),
    ] {
        assert_eq!(Span::of(&which(from, to, bucket)).unwrap_err().code(), "invalid", "{from} {to}");
    }
}

#[test]
fn numbers_are_added_up() {
    let component = "login".parse().unwrap();
    let fast = latency::label(&component, Duration::from_millis(80));
    let slow = latency::label(&component, Duration::from_millis(1500));
    let stats = [
        stat(48, counted::MESSAGE_IN, "", 3),
        stat(71, counted::MESSAGE_IN, "", 4),
        stat(72, counted::MESSAGE_IN, "", 1),
        stat(72, counted::MESSAGE_OUT, "", 5),
        stat(72, counted::OUT_FAILED, "", 2),
        stat(72, counted::CONVERSATION, "", 6),
        stat(72, counted::LOGIN, counted::OK, 7),
        stat(72, counted::LOGIN, counted::LAPSED, 1),
        stat(72, counted::CALL, &fast, 9),
        stat(72, counted::CALL, &slow, 1),
        stat(72, counted::CALL_FAILED, "login", 2),
        stat(72, counted::STEP_REACHED, "scripts.balance.steps[0]", 9),
        stat(72, counted::STEP_LEFT, "scripts.balance.steps[0]", 2),
        stat(72, "something_new", "", 1),
    ];
    let sum = summed(&Span { first: 48, hours: 24, buckets: 2 }, &stats);
    assert_eq!((sum.messages.inward, sum.messages.out), (vec![7, 1], vec![0, 5]));
    assert_eq!((sum.conversations, sum.logins.ok, sum.logins.lapsed), (vec![0, 6], vec![0, 7], vec![0, 1]));
    let call = &sum.calls[0];
    assert_eq!((call.count, call.failed, call.p50_ms, call.p95_ms), (10, 2, 100, 2000));
    let step = &sum.steps[0];
    assert_eq!((step.script.as_str(), step.reached, step.left), ("balance", 9, 2));
    let channel = &sum.channels[0];
    assert_eq!((channel.id.as_str(), channel.inward, channel.out, channel.failed), ("wa", 8, 5, 2));
}
