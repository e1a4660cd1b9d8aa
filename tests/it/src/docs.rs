//! The guides say what the program does: their bots pass the check, their links lead somewhere, and nothing is missing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use countersign_script::diagnostics::{codes, explain};
use countersign_script::{CheckOptions, check, render};
use serde_json::Value;

use crate::tidy::tree::{File, expect_none, files, read, root};

/// Everything below this line of docs/check.md is made from the code.
const MADE: &str = "<!-- codes -->\n";

#[test]
fn every_bot_of_the_guides_passes_the_check() {
    let guides = guides();
    let bots: Vec<_> = guides.iter().flat_map(bots_of).collect();
    assert!(bots.len() > 3, "only {} bots were found", bots.len());
    expect_none(bots.iter().filter_map(|(place, text)| findings(place, text)).collect());
}

#[test]
fn every_link_of_the_guides_leads_somewhere() {
    let guides = guides();
    assert!(guides.iter().map(|guide| links_of(&guide.text).len()).sum::<usize>() > 10);
    expect_none(guides.iter().flat_map(|guide| dead_links(guide, &root())).collect());
}

#[test]
fn every_key_of_the_bot_file_is_explained() {
    let guide = read("docs/bot-file.md").unwrap();
    let keys = keys_of(&countersign_script::schema());
    assert!(keys.len() > 80, "only {} keys were found in the schema", keys.len());
    expect_none(unexplained(&keys, &guide, "docs/bot-file.md"));
}

/// `UPDATE=1` writes the page.
#[test]
#[expect(clippy::disallowed_methods, reason = "the one that runs the tests asks for it")]
fn every_finding_is_explained() {
    let page = read("docs/check.md").unwrap();
    let (own, made) = page.split_once(MADE).expect("docs/check.md has no line `<!-- codes -->`");
    let wanted = manual();
    if made != wanted && std::env::var_os("UPDATE").is_some() {
        fs::write(root().join("docs/check.md"), format!("{own}{MADE}{wanted}")).unwrap();
        return;
    }
    assert!(
        made == wanted,
        "docs/check.md is not as the code is: run `UPDATE=1 cargo test -p countersign-it docs::`"
    );
}

fn guides() -> Vec<File> {
    files().into_iter().filter(|file| file.path.ends_with(".md") && !file.path.starts_with("fuzz/")).collect()
}

/// The blocks of a guide that are whole bots, each with its place.
fn bots_of(guide: &File) -> Vec<(String, String)> {
    let mut bots = Vec::new();
    let mut lines = guide.lines();
    while let Some((number, line)) = lines.next() {
        if line.trim() == "```yaml bot" {
            let text: Vec<_> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| line.trim() != "```").collect();
            bots.push((format!("{}:{number}", guide.path), text.join("\n") + "\n"));
        }
    }
    bots
}

/// What the check says of a bot; nothing when it is content.
fn findings(place: &str, text: &str) -> Option<String> {
    let checkup = check(place, text, &CheckOptions::default());
    (!checkup.diagnostics.is_empty())
        .then(|| render::human(place, text, &checkup.diagnostics, render::Style::Plain, render::WIDTH))
}

/// Where the links of a text lead, those into the web left out.
fn links_of(text: &str) -> Vec<&str> {
    let links =
        text.match_indices("](").filter_map(|(at, _)| text[at + 2..].split_once(')').map(|(to, _)| to));
    links.filter(|to| !to.contains("://") && !to.contains(char::is_whitespace)).collect()
}

fn dead_links(guide: &File, root: &Path) -> Vec<String> {
    let own = Path::new(&guide.path);
    let dead = |link: &&str| {
        let (file, heading) = link.split_once('#').unwrap_or((link, ""));
        let text = if file.is_empty() {
            guide.text.clone()
        } else {
            let target = root.join(own.parent().unwrap_or(own)).join(file);
            if target.is_dir() {
                return false;
            }
            let Ok(text) = fs::read_to_string(target) else { return true };
            text
        };
        !heading.is_empty() && !headings_of(&text).contains(heading)
    };
    let links = links_of(&guide.text).into_iter().filter(dead);
    links.map(|link| format!("{}: the link `{link}` leads nowhere", guide.path)).collect()
}

/// Headings as links name them.
fn headings_of(text: &str) -> BTreeSet<String> {
    let titles = text
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|line| line.trim_start_matches('#').trim());
    let kept = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
    titles
        .map(|title| title.to_lowercase().chars().filter(|c| kept(*c)).collect::<String>().replace(' ', "-"))
        .collect()
}

/// All keys that a schema knows.
fn keys_of(schema: &Value) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    match schema {
        Value::Object(fields) => {
            if let Some(Value::Object(properties)) = fields.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            keys.extend(fields.values().flat_map(keys_of));
        }
        Value::Array(items) => keys.extend(items.iter().flat_map(keys_of)),
        _ => {}
    }
    keys
}

fn unexplained(keys: &BTreeSet<String>, guide: &str, path: &str) -> Vec<String> {
    let missing = keys
        .iter()
        .filter(|key| !guide.contains(&format!("`{key}`")) && !guide.contains(&format!("`{{ {key}:")));
    missing.map(|key| format!("{path}: the key `{key}` is not explained")).collect()
}

/// A table of all codes, and their manual pages.
fn manual() -> String {
    let mut page = "\n| code | what it means |\n|---|---|\n".to_owned();
    let all = codes();
    for code in &all {
        let anchor = code.code.to_lowercase();
        page.push_str(&format!("| [{}](#{anchor}) | {} |\n", code.code, code.title));
    }
    for code in &all {
        let explained = explain(code.code).unwrap_or_default();
        let body = explained.split_once('\n').map_or("", |(_, body)| body).trim();
        page.push_str(&format!("\n## {}\n\n**{}.**\n\n{body}\n", code.code, first_upper(code.title)));
    }
    page
}

fn first_upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

mod samples {
    use super::*;

    #[test]
    fn a_wrong_bot_is_found() {
        let guide =
            File::new("a.md", "text\n```yaml bot\ncountersign: 1\nbot: x\n```\n```yaml\nno bot\n```\n");
        let bots = bots_of(&guide);
        assert_eq!(bots, [("a.md:2".to_owned(), "countersign: 1\nbot: x\n".to_owned())]);
        assert!(findings(&bots[0].0, &bots[0].1).unwrap().contains("error[E"));
    }

    #[test]
    fn a_dead_link_is_found() {
        let text = "# One two\n[a](#one-two) [b](#three) [c](https://a.example/x) [d](README.md) [e](nothing.md) [f](README.md#no-such-thing)";
        let found = dead_links(&File::new("a.md", text), &root());
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(
            found[0].contains("`#three`")
                && found[1].contains("`nothing.md`")
                && found[2].contains("#no-such-thing")
        );
    }

    #[test]
    fn a_missing_key_is_found() {
        let schema =
            serde_json::json!({ "$defs": { "A": { "properties": { "b": { "properties": { "c": {} } } } } } });
        let keys = keys_of(&schema);
        assert_eq!(keys, ["b", "c"].map(str::to_owned).into());
        assert_eq!(unexplained(&keys, "| `b` |", "a.md"), ["a.md: the key `c` is not explained"]);
    }
}
