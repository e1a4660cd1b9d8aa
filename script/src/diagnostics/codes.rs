//! All codes, and their manual pages, which are the comments at the tops of the files beside this one.

/// A code of the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code: `E0101`.
    pub code: &'static str,
    /// What it means, in a few words.
    pub title: &'static str,
    /// The file that holds it and its manual page.
    source: &'static str,
}

macro_rules! files {
    ($($name:literal)*) => { [$(($name, include_str!(concat!($name, ".rs")))),*] };
}

/// One line for each file. A file whose manual begins with several codes holds all of them.
const FILES: &[(&str, &str)] = &files! {
    "answer_out_of_range"
    "bad_expression"
    "bad_header"
    "bad_id"
    "bad_login"
    "bad_path"
    "bad_pattern"
    "bad_template"
    "bad_url"
    "bad_variable"
    "before_service"
    "channel_without_login"
    "credentials_in_url"
    "degraded"
    "duplicate_id"
    "duplicate_key"
    "empty_file"
    "empty_script"
    "empty_text"
    "endless_loop"
    "field_conflict"
    "login_on_phone"
    "missing_key"
    "not_text"
    "not_yaml"
    "out_of_range"
    "placeholder_in_host"
    "placeholder_not_here"
    "plain_http"
    "pointless_retries"
    "secret_in_public"
    "secret_in_url"
    "secret_kept"
    "several_bodies"
    "several_documents"
    "several_kinds"
    "token_before_use"
    "token_elsewhere"
    "too_big"
    "trigger_conflict"
    "unfitting_setting"
    "unknown_id"
    "unknown_key"
    "unknown_language"
    "unknown_placeholder"
    "unknown_step"
    "unknown_word"
    "unreachable"
    "unused_component"
    "variable_without_value"
    "wrong_type"
    "wrong_version"
};

/// All codes in order.
pub fn codes() -> Vec<Code> {
    let mut all: Vec<_> = FILES.iter().flat_map(|(_, source)| codes_of(source)).collect();
    all.sort_by_key(|code| code.code);
    all
}

/// The manual page of a code; `None` when there is no such code.
pub fn explain(code: &str) -> Option<String> {
    let found = codes().into_iter().find(|known| known.code.eq_ignore_ascii_case(code))?;
    let mut page = format!("{}: {}\n", found.code, found.title);
    for line in manual(found.source).skip_while(|line| heading(line).is_some()) {
        page.push_str(line);
        page.push('\n');
    }
    Some(page)
}

fn codes_of(source: &'static str) -> impl Iterator<Item = Code> {
    manual(source).map_while(heading).map(move |(code, title)| Code { code, title, source })
}

fn manual(source: &'static str) -> impl Iterator<Item = &'static str> {
    source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
}

/// Reads `E0101: a token is used before it is acquired.`
fn heading(line: &'static str) -> Option<(&'static str, &'static str)> {
    let (code, title) = line.split_once(": ")?;
    let digits = code.strip_prefix(['E', 'W'])?;
    let is_code = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| (code, title.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files beside this one that hold no code.
    const HELPERS: [&str; 6] = ["mod", "codes", "context", "showcase", "tests_support", "uses"];

    #[test]
    fn every_file_has_a_code_a_manual_and_tests() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/diagnostics");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if path.extension().is_none_or(|extension| extension != "rs") || HELPERS.contains(&&*name) {
                continue;
            }
            let source = FILES.iter().find(|(file, _)| *file == name);
            let Some((_, source)) = source else { panic!("`{name}.rs` is not listed in `codes.rs`") };
            let codes: Vec<_> = codes_of(source).collect();
            assert!(!codes.is_empty(), "`{name}.rs` does not begin with `//! E0123: what it means.`");
            assert!(manual(source).count() > codes.len() + 1, "`{name}.rs` has no manual");
            assert!(source.contains("#[cfg(test)]"), "`{name}.rs` has no tests");
            for code in codes {
                assert!(
                    source.contains(&format!("\"{}\"", code.code)),
                    "`{name}.rs` never reports {}",
                    code.code
                );
            }
            seen += 1;
        }
        assert_eq!(seen, FILES.len());
    }

    #[test]
    fn no_code_is_used_twice() {
        let codes = codes();
        for pair in codes.windows(2) {
            assert_ne!(pair[0].code, pair[1].code);
        }
    }

    #[test]
    fn the_manual_of_a_code_is_the_comment_of_its_file() {
        let page = explain("e0101").unwrap();
        assert!(
            page.starts_with("E0101: a token is used before it is acquired\n\nA Web Service sends the token"),
            "{page}"
        );
        assert!(!page.contains("//!") && !page.contains("use super"), "{page}");
        assert_eq!(explain("E9999"), None);
    }

    #[test]
    fn codes_of_one_file_share_its_manual() {
        let of = |code: &str| explain(code).unwrap();
        assert!(
            of("E0103")
                .starts_with("E0103: a script that runs itself without end\n\nA conversation that goes")
        );
        assert_eq!(of("E0102").split_once('\n').unwrap().1, of("W0111").split_once('\n').unwrap().1);
    }
}
