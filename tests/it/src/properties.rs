//! The bodies of the fuzz targets, with bytes from proptest: quick enough to run each time.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::fuzz_bodies::{conversation, texts};

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
