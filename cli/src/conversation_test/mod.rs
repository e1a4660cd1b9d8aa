//! Conversation tests: what the user says, what the bot must answer, and what services answer in between.

mod compare;
mod format;
mod junit;
mod record;
mod run;
mod step_format;
mod stub_format;
mod stubs;
mod transport;

use std::path::{Path, PathBuf};

pub(crate) use format::{FormatError, TestFile};
pub(crate) use junit::{Outcome, document};
pub(crate) use record::Recording;
pub(crate) use run::{Runner, TestOptions};

/// Where the tests of a bot stand: `demo.test.yaml` beside `demo.yaml`.
pub(crate) fn beside(bot: &Path) -> PathBuf {
    let stem = bot.file_stem().unwrap_or_default().to_string_lossy();
    bot.with_file_name(format!("{stem}.test.yaml"))
}

/// Whether a path names a file of tests.
pub(crate) fn is_tests(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    [".test.yaml", ".test.yml", ".test.json"].iter().any(|end| name.ends_with(end))
}

/// The bot that a file of tests is about when it does not say so: the first that is there of `demo.yaml`, `demo.yml`
/// and `demo.json` beside `demo.test.yaml`.
pub(crate) fn bot_of(tests: &Path) -> PathBuf {
    let name = tests.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split(".test.").next().unwrap_or(&name);
    let candidates = ["yaml", "yml", "json"].map(|end| tests.with_file_name(format!("{stem}.{end}")));
    candidates.iter().find(|path| path.exists()).unwrap_or(&candidates[0]).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_stand_beside_their_bot() {
        assert_eq!(beside(Path::new("bots/demo.yaml")), Path::new("bots/demo.test.yaml"));
        assert_eq!(beside(Path::new("demo.v2.json")), Path::new("demo.v2.test.yaml"));
        assert_eq!(bot_of(Path::new("bots/demo.test.yaml")), Path::new("bots/demo.yaml"));
        assert!(is_tests(Path::new("a/demo.test.yaml")) && !is_tests(Path::new("a/demo.yaml")));
    }
}
