//! Which crate may use which: the floors of ARCHITECTURE.md, and the pure crates.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use super::tree::{expect_none, files, root};

/// The floor of each crate. A crate uses only crates of floors below its own.
const FLOORS: &[(&str, u8)] = &[
    ("countersign-model", 0),
    ("countersign-script", 1),
    ("countersign-vault", 1),
    ("countersign-channels", 1),
    ("countersign-egress", 1),
    ("countersign-engine", 2),
    ("countersign-store", 2),
    ("countersign-accounts", 3),
    ("countersign-runner", 3),
    ("countersign-store-sql", 3),
    ("countersign-simulator", 4),
    ("countersign-api", 5),
    ("countersign-server", 6),
    ("countersign-voice", 6),
    // `countersign demo` brings a company and its providers along.
    ("countersign-bank", 6),
    ("countersign-providers", 6),
    ("countersign", 7),
    ("countersign-bench", BESIDE),
    ("countersign-load", BESIDE),
    ("countersign-it", BESIDE),
];

/// Crates that stand beside the building: they may use all of it, and it uses none of them, but in tests.
const BESIDE: u8 = u8::MAX;

/// Crates without IO, clock and async.
const PURE: &[&str] = &[
    "countersign-model",
    "countersign-script",
    "countersign-engine",
    "countersign-vault",
    "countersign-channels",
];

/// What a pure crate does not have among its dependencies, however far down.
const IMPURE: &[&str] = &[
    "async-std",
    "axum",
    "hyper",
    "mio",
    "reqwest",
    "rusqlite",
    "smol",
    "socket2",
    "tokio",
    "tokio-postgres",
    "ureq",
];

/// A crate of the workspace uses another one.
struct Use {
    from: String,
    to: String,
}

#[test]
fn nothing_points_upwards() {
    expect_none(floor_complaints(&uses_of(&metadata())));
}

#[test]
fn every_crate_has_its_floor() {
    let metadata = metadata();
    let names = packages(&metadata).iter().filter_map(|package| package["name"].as_str());
    expect_none(names.filter_map(without_floor).collect());
}

#[test]
fn pure_crates_see_no_runtime() {
    let metadata = metadata();
    let present: BTreeSet<_> =
        packages(&metadata).iter().filter_map(|package| package["name"].as_str()).collect();
    let pure = PURE.iter().filter(|name| present.contains(**name));
    expect_none(pure.flat_map(|name| impure_in(name, &dependencies_of(name))).collect());
}

#[test]
fn cryptography_has_one_source() {
    expect_none(second_cryptography(&dependencies_of("countersign")).into_iter().collect());
}

#[test]
fn every_crate_obeys_the_lints() {
    let manifests: Vec<_> = files().into_iter().filter(|file| file.path.ends_with("/Cargo.toml")).collect();
    assert!(manifests.len() > 8, "only {} manifests were found", manifests.len());
    expect_none(manifests.iter().filter_map(|file| without_lints(&file.path, &file.text)).collect());
}

#[test]
fn unsafe_code_is_forbidden() {
    let manifest = super::tree::read("Cargo.toml").unwrap();
    assert!(
        manifest.lines().any(|line| line.replace(' ', "") == "unsafe_code=\"forbid\""),
        "Cargo.toml: write `unsafe_code = \"forbid\"` under [workspace.lints.rust]"
    );
}

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}

fn floor_complaints(uses: &[Use]) -> Vec<String> {
    let complaint = |Use { from, to }: &Use| {
        let (above, below) = (floor(from)?, floor(to)?);
        let advice = match (above, below) {
            (BESIDE, _) => return None,
            (_, BESIDE) => {
                "it stands beside the product; move what both need into a crate below, or use it in tests only"
            }
            _ if above > below => return None,
            _ => {
                "a crate uses only floors below its own; move what both need further down, or pass it in as a value or trait"
            }
        };
        Some(format!("`{from}` (floor {above}) depends on `{to}`: {advice}"))
    };
    uses.iter().filter_map(complaint).collect()
}

fn without_floor(name: &str) -> Option<String> {
    floor(name).is_none().then(|| {
        format!("`{name}` has no floor: add it to FLOORS in tests/it/src/tidy/crates.rs and to the map in ARCHITECTURE.md")
    })
}

fn impure_in(name: &str, dependencies: &BTreeSet<String>) -> Vec<String> {
    let found = IMPURE.iter().filter(|impure| dependencies.contains(**impure));
    found
        .map(|impure| {
            format!(
                "`{name}` is a pure crate and gets `{impure}`: take it out, or `default-features = false` on what \
                 brings it; `cargo tree -p {name} -e normal -i {impure}` shows the way"
            )
        })
        .collect()
}

fn second_cryptography(dependencies: &BTreeSet<String>) -> Option<String> {
    dependencies.contains("ring").then(|| {
        "`ring` is built in beside aws-lc-rs: look for a feature such as `aws_lc_rs` of the crate that brings it; \
         `cargo tree -p countersign -e normal -i ring` shows the way"
            .to_owned()
    })
}

fn without_lints(path: &str, text: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim).skip_while(|line| *line != "[lints]").skip(1);
    // A crate outside of the workspace cannot inherit, so it says the same.
    let own = path.starts_with("fuzz/") && text.contains("unsafe_code = \"forbid\"");
    (!own && lines.next() != Some("workspace = true"))
        .then(|| format!("{path}: add the lines `[lints]` and `workspace = true`"))
}

/// What the crates of the workspace use of each other, tests left out.
fn uses_of(metadata: &Value) -> Vec<Use> {
    let mut uses = Vec::new();
    for package in packages(metadata) {
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let in_tests = dependency["kind"] == "dev";
            if let (false, Some(from), Some(to)) =
                (in_tests, package["name"].as_str(), dependency["name"].as_str())
            {
                uses.push(Use { from: from.to_owned(), to: to.to_owned() });
            }
        }
    }
    uses
}

fn packages(metadata: &Value) -> &[Value] {
    metadata["packages"].as_array().map_or(&[], Vec::as_slice)
}

fn metadata() -> Value {
    let text = cargo(&["metadata", "--format-version", "1", "--no-deps", "--offline"]);
    serde_json::from_str(&text).unwrap()
}

/// Everything that a crate is built with, by name, with the features that it asks for itself.
fn dependencies_of(name: &str) -> BTreeSet<String> {
    let text = cargo(&["tree", "--offline", "-p", name, "-e", "normal", "--prefix", "none"]);
    let names: BTreeSet<_> =
        text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    assert!(names.contains(name), "`cargo tree -p {name}` does not name it");
    names
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`cargo {}` failed:\n{errors}", arguments.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

mod samples {
    use super::*;

    fn complaints(from: &str, to: &str) -> Vec<String> {
        floor_complaints(&[Use { from: from.to_owned(), to: to.to_owned() }])
    }

    #[test]
    fn upwards_and_sideways_are_found() {
        assert_eq!(complaints("countersign-engine", "countersign-script").len(), 0);
        assert!(complaints("countersign-script", "countersign-engine")[0].contains("further down"));
        assert_eq!(complaints("countersign-engine", "countersign-store").len(), 1);
        assert!(complaints("countersign", "countersign-bench")[0].contains("beside the product"));
        assert_eq!(complaints("countersign-bench", "countersign-model").len(), 0);
        assert_eq!(complaints("countersign-engine", "serde").len(), 0);
    }

    #[test]
    fn dependencies_of_tests_do_not_count() {
        let metadata = serde_json::json!({ "packages": [{
            "name": "countersign-model",
            "dependencies": [
                { "name": "countersign-bank", "kind": "dev" },
                { "name": "countersign-engine", "kind": null },
            ],
        }] });
        let found = floor_complaints(&uses_of(&metadata));
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("`countersign-model` (floor 0) depends on `countersign-engine`"),
            "{found:?}"
        );
    }

    #[test]
    fn a_crate_without_floor_is_found() {
        assert!(without_floor("countersign-new").unwrap().contains("add it to FLOORS"));
        assert_eq!(without_floor("countersign-model"), None);
    }

    #[test]
    fn a_runtime_in_a_pure_crate_is_found() {
        let found = impure_in("countersign-engine", &["serde", "tokio"].map(str::to_owned).into());
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("gets `tokio`"), "{found:?}");
        let of_the_runner = dependencies_of("countersign-bank");
        assert!(
            !impure_in("countersign-bank", &of_the_runner).is_empty(),
            "the tree of the bank has no tokio"
        );
    }

    #[test]
    fn a_second_cryptography_is_found() {
        assert!(second_cryptography(&["ring".to_owned()].into()).unwrap().contains("aws-lc-rs"));
        assert_eq!(second_cryptography(&["aws-lc-rs".to_owned()].into()), None);
    }

    #[test]
    fn a_crate_without_lints_is_found() {
        assert_eq!(without_lints("a/Cargo.toml", "[package]\n[lints]\nworkspace = true\n"), None);
        assert!(without_lints("a/Cargo.toml", "[package]\n[dependencies]\nworkspace = true\n").is_some());
        assert!(without_lints("fuzz/Cargo.toml", "[package]\n").is_some());
        assert_eq!(without_lints("fuzz/Cargo.toml", "[lints.rust]\nunsafe_code = \"forbid\"\n"), None);
    }
}
