//! The bodies of the fuzz targets, with bytes from proptest: quick enough to run each time.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::fuzz_bodies::{conversation, texts, webhooks};

/// Texts that look like what is wanted more often than random ones do.
fn like(pattern: &'static str) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 0..200), pattern.prop_map(String::into_bytes)]
}

/// The demo bot with a few bytes changed.
fn nearly_a_bot() -> impl Strategy<Value = Vec<u8>> {
    let bot = include_bytes!("../testdata/every-step.yaml");
    vec((0..bot.len(), any::<u8>(), 0..4_usize), 1..6).prop_map(|changes| {
        let mut text = bot.to_vec();
        for (at, byte, how) in changes {
            let at = at.min(text.len().saturating_sub(1));
            match how {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                2 => drop(text.remove(at)),
                _ => text.truncate(at.max(200)),
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_file_is_checked(data in prop_oneof![like("(?s)[a-z:{}\\[\\]\"&*! \n-]{0,200}"), nearly_a_bot()]) {
        texts::bot_file(&data);
    }
}

/// Pieces of what providers send, put together anyhow.
fn nearly_a_webhook() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec());
    let pieces = vec(prop_oneof![8 => pieces, 1 => vec(any::<u8>(), 0..8)], 0..40);
    (any::<[u8; 2]>(), pieces).prop_map(|(begin, pieces)| [&begin[..], &pieces.concat()].concat())
}

const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "&",
    "=",
    "%00",
    "\\ud800",
    "\\u0000",
    "null",
    "-1",
    "1e400",
    "1795354800",
    "\"object\":\"whatsapp_business_account\"",
    "\"object\":\"page\"",
    "\"entry\":[",
    "\"changes\":[{\"value\":{",
    "\"metadata\":{\"phone_number_id\":\"118273645500112\"}",
    "\"messages\":[{",
    "\"from\":\"15550100\"",
    "\"id\":\"wamid.1\"",
    "\"type\":\"text\"",
    "\"text\":{\"body\":\"hi\"}",
    "\"messaging\":[{",
    "\"sender\":{\"id\":\"1\"}",
    "\"recipient\":{\"id\":\"309812345670001\"}",
    "\"message\":{\"mid\":\"m1\",\"text\":\"hi\"}",
    "\"update_id\":1",
    "\"message\":{\"message_id\":1,\"chat\":{\"id\":1,\"type\":\"private\"},\"from\":{\"id\":1},\"text\":\"hi\"}",
    "MessageSid=SM1",
    "From=%2B15550100",
    "Body=hi",
    "CallSid=CA1",
    "Digits=12%23",
    "msisdn=15550100",
    "messageId=1",
    "text=hi",
    "concat-ref=1&concat-total=2&concat-part=1",
    "\"uuid\":\"u1\"",
    "\"conversation_uuid\":\"c1\"",
    "\"dtmf\":{\"digits\":\"1\"}",
    "from=15550100",
    "<message>",
    "</message>",
    "<from>1</from>",
    "&amp;",
    "<![CDATA[",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_webhook_is_read_or_refused(data in nearly_a_webhook()) {
        webhooks::webhook(&data);
    }
}

/// What the codecs are tested with, each with the bytes that choose its provider.
fn samples() -> Vec<(u8, u8, Vec<u8>)> {
    let folders = [
        "whatsapp",
        "messenger",
        "instagram",
        "telegram",
        "twilio-sms",
        "vonage-sms",
        "http-gateway",
        "twilio-voice",
        "vonage-voice",
    ];
    let mut samples = Vec::new();
    for (which, folder) in (0..).zip(folders) {
        let folder = format!("{}/../../channels/testdata/{folder}", env!("CARGO_MANIFEST_DIR"));
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_sent_by_us =
                name.starts_with("out_") || name.starts_with("ncco_") || name.starts_with("twiml_");
            if !is_sent_by_us && name != "index.json" {
                let sample = std::fs::read(&path).unwrap();
                // In the body and in the query; a gateway by HTTP in each of its forms.
                let hows = if which == 6 { 0..6 } else { 0..2 };
                samples.extend(hows.map(|how| (which, how, sample.clone())));
            }
        }
    }
    assert!(samples.len() > 200, "{} samples", samples.len());
    samples
}

/// Every sample of every provider, cut short and with bytes changed.
#[test]
fn samples_of_providers_are_read_or_refused_however_they_are_cut() {
    for (which, how, sample) in samples() {
        let begin = [which, how];
        webhooks::webhook(&[&begin[..], &sample].concat());
        for at in (0..sample.len()).step_by(7) {
            webhooks::webhook(&[&begin[..], &sample[..at]].concat());
            let mut changed = sample.clone();
            changed[at] = b"\"0{}]&=\xff\\ "[at % 10];
            webhooks::webhook(&[&begin[..], &changed].concat());
        }
    }
}

proptest! {
    #[test]
    fn any_template_is_read_or_refused(data in like("[{}a-z.:%\\\\\"<é\n ]{0,60}")) {
        texts::template(&data);
    }

    #[test]
    fn any_path_is_read_or_refused(data in like("[$@.*\\[\\]()?'a-d0-9]{0,20}(\n[\\[\\]{}\":,a-d0-9]{0,40})?")) {
        texts::path(&data);
    }

    #[test]
    fn any_conversation_goes_on(data in vec(any::<u8>(), 0..600)) {
        conversation::step(&data);
    }
}
