//! What may not stand in a file, and how long a file may be.

use super::tree::{File, expect_none, files};

/// A file with so many lines is no longer one thing.
const LONGEST: usize = 799;

/// Written by a program, and looked at by nobody.
const GENERATED: &[&str] = &["console/src/api/schema.ts"];

/// Something that may not stand in a line.
struct Banned {
    /// What is looked for. Written in two parts, so that this file does not break its own rules.
    found: (&'static str, &'static str),
    /// Where it may stand all the same: the beginnings of paths.
    allowed: &'static [&'static str],
    /// Whether it may stand in tests.
    in_tests: bool,
    /// Whether only code is looked at, not texts and settings.
    code_only: bool,
    /// What to do.
    advice: &'static str,
}

/// A build script speaks with cargo by printing.
const PRINTING: &[&str] = &["cli/", "demo/bank/", "bench/", "api/build.rs"];
const CLOCKS: &[&str] = &["cli/", "server/", "demo/bank/", "bench/"];
/// An answer that waits ends at a time of the runtime's own clock.
const DEADLINES: &[&str] =
    &["cli/", "server/", "demo/bank/", "bench/", "api/src/live.rs", "api/src/conversations/reply.rs"];
const CLOCK_ADVICE: &str =
    "only the command line and the server read the clock; take `now: Timestamp` as an argument";
const PRINT_ADVICE: &str = "only the command line prints; return the text, or use `tracing`";
const UNSAFE_ADVICE: &str = "no code here is unsafe; use a crate that has what you need";
const PATH_ADVICE: &str =
    "this path is that of one machine; use a path from the root of the project, or `tempfile`";

const BANNED: &[Banned] = &[
    code("to", "do!", "finish it, or leave it out"),
    code("unimple", "mented!", "finish it, or leave it out"),
    code("db", "g!(", "take the debug output out"),
    code("#[ig", "nore", "mend the test, or take it out; a test that does not run is none"),
    everywhere("FIX", "ME", "mend it now, or open an issue"),
    Banned { allowed: PRINTING, ..code("print", "ln!", PRINT_ADVICE) },
    Banned { allowed: CLOCKS, in_tests: true, ..code("Timestamp::", "now(", CLOCK_ADVICE) },
    Banned { allowed: CLOCKS, in_tests: true, ..code("Zoned::", "now(", CLOCK_ADVICE) },
    Banned { allowed: DEADLINES, in_tests: true, ..code("Instant::", "now(", CLOCK_ADVICE) },
    code("unsafe ", "{", UNSAFE_ADVICE),
    code("unsafe ", "fn", UNSAFE_ADVICE),
    code("unsafe ", "impl", UNSAFE_ADVICE),
    code(
        "thread::",
        "sleep(",
        "nothing here waits for real time; take `now: Timestamp`, or wait for an event",
    ),
    Banned { in_tests: true, ..everywhere("/wo", "rk/", PATH_ADVICE) },
    Banned { in_tests: true, ..everywhere("/tm", "p/", PATH_ADVICE) },
    Banned { in_tests: true, ..everywhere("/ho", "me/", PATH_ADVICE) },
    Banned { in_tests: true, ..everywhere("/ro", "ot/", PATH_ADVICE) },
];

const fn code(front: &'static str, back: &'static str, advice: &'static str) -> Banned {
    Banned { found: (front, back), allowed: &[], in_tests: false, code_only: true, advice }
}

const fn everywhere(front: &'static str, back: &'static str, advice: &'static str) -> Banned {
    Banned { code_only: false, ..code(front, back, advice) }
}

#[test]
fn nothing_banned_stands_in_a_file() {
    expect_none(files().iter().flat_map(banned_in).collect());
}

#[test]
fn files_are_short() {
    expect_none(files().iter().filter_map(too_long).collect());
}

#[test]
fn secrets_are_joined_with_requests_in_one_place() {
    expect_none(files().iter().flat_map(reveals).collect());
}

/// Invariant I2: one module of the runner turns a rendered template with secrets into text.
fn reveals(file: &File) -> Vec<String> {
    let word = format!(".{}(", "reveal");
    if !file.is_code() || file.path == "runner/src/secrets.rs" {
        return Vec::new();
    }
    let lines = file.lines_before_tests().filter(|(_, line)| line.contains(&word));
    let advice = "only `runner/src/secrets.rs` opens the secrets of a request; hand it the rendered template";
    lines.map(|(number, _)| format!("{}:{number}: `{word}` stands here; {advice}", file.path)).collect()
}

fn banned_in(file: &File) -> Vec<String> {
    let mut complaints = Vec::new();
    for banned in BANNED {
        let word = format!("{}{}", banned.found.0, banned.found.1);
        let excepted = banned.allowed.iter().any(|allowed| file.path.starts_with(allowed));
        if excepted || (banned.code_only && !file.is_code()) {
            continue;
        }
        let lines: Box<dyn Iterator<Item = (usize, &str)>> =
            if banned.in_tests { Box::new(file.lines_before_tests()) } else { Box::new(file.lines()) };
        for (number, _) in lines.filter(|(_, line)| stands_in(line, &word)) {
            complaints.push(format!("{}:{number}: `{word}` stands here; {}", file.path, banned.advice));
        }
    }
    complaints
}

/// Whether the word stands there, and not as the end of a longer one. (`eprint` prints too.)
fn stands_in(line: &str, word: &str) -> bool {
    let longer = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].strip_suffix(if word.starts_with("print") { "e" } else { "" });
        !before.unwrap_or(&line[..at]).ends_with(longer)
    })
}

fn too_long(file: &File) -> Option<String> {
    let lines = file.text.lines().count();
    let is_ours = file.is_code() && !GENERATED.contains(&file.path.as_str());
    (is_ours && lines > LONGEST).then(|| {
        format!("{}: {lines} lines; split it, a file has at most {LONGEST} and is best below 400", file.path)
    })
}

mod samples {
    use super::*;

    fn complaints(path: &str, front: &str, back: &str) -> usize {
        banned_in(&File::new(path, &format!("fine\n  {front}{back}(x)\n"))).len()
    }

    #[test]
    fn each_banned_word_is_found() {
        for banned in BANNED {
            let (front, back) = banned.found;
            assert_eq!(complaints("engine/src/a.rs", front, back), 1, "{front}{back}");
            assert_eq!(complaints("docs/a.md", front, back), usize::from(!banned.code_only), "{front}{back}");
        }
    }

    #[test]
    fn a_secret_that_is_revealed_elsewhere_is_found() {
        let text = format!("let url = url.{}(open);\n", "reveal");
        assert_eq!(reveals(&File::new("runner/src/calls.rs", &text)).len(), 1);
        assert_eq!(reveals(&File::new("runner/src/secrets.rs", &text)).len(), 0);
    }

    #[test]
    fn the_place_is_named() {
        let text = format!("a\nb {}{}(c)\n", "db", "g!");
        let complaint = banned_in(&File::new("engine/src/a.rs", &text)).remove(0);
        assert!(complaint.starts_with("engine/src/a.rs:2: `db"), "{complaint}");
        assert!(complaint.ends_with("stands here; take the debug output out"), "{complaint}");
    }

    #[test]
    fn the_command_line_may_print() {
        assert_eq!(complaints("cli/src/a.rs", "print", "ln!"), 0);
        assert_eq!(complaints("cli/src/a.rs", "eprint", "ln!"), 0);
        assert_eq!(complaints("runner/src/a.rs", "eprint", "ln!"), 1);
    }

    #[test]
    fn paths_of_a_machine_may_stand_in_tests() {
        let path = format!("\"{}{}\"", "/tm", "p/x");
        let with_tests = format!("fn a() {{}}\n#[cfg(test)]\nmod tests {{ {path} }}\n");
        assert_eq!(banned_in(&File::new("cli/src/a.rs", &with_tests)).len(), 0);
        assert_eq!(banned_in(&File::new("cli/src/a.rs", &path)).len(), 1);
        assert_eq!(banned_in(&File::new("cli/tests/a.rs", &path)).len(), 0);
    }

    #[test]
    fn words_that_only_end_alike_are_fine() {
        assert_eq!(complaints("engine/src/a.rs", "my_to", "do!"), 0);
        assert_eq!(complaints("README.md", "example.com/wo", "rk"), 0);
    }

    #[test]
    fn a_long_file_is_found() {
        let text = "x\n".repeat(LONGEST);
        assert!(too_long(&File::new("a/b.rs", &text)).is_none());
        let longer = text + "x\n";
        assert!(too_long(&File::new("a/b.rs", &longer)).unwrap().contains("800 lines; split it"));
        assert!(too_long(&File::new("tools/b.sh", &longer)).is_some());
        assert!(too_long(&File::new("Cargo.lock", &longer)).is_none());
    }
}
