//! What is built in: nothing banned, and everything from where everybody gets it.

use super::tree::{expect_none, files, read};

/// Crates that are not to be named in the lock file, and what is used in their place. `ring` is named there by crates
/// that could use it and do not, so `crates.rs` and deny.toml look after that one.
const BANNED: &[(&str, &str)] = &[
    ("openssl", "rustls with aws-lc-rs"),
    ("openssl-sys", "rustls with aws-lc-rs"),
    ("native-tls", "rustls with aws-lc-rs"),
    ("evalexpr", "cel: this one is AGPL"),
    ("serde_yaml", "serde-saphyr: this one is no longer looked after"),
];

/// How the source of a crate begins that comes from where everybody gets crates.
const PUBLIC: &str = "registry+https://github.com/rust-lang/";

#[test]
fn nothing_banned_is_built_in() {
    let lock =
        read("Cargo.lock").expect("Cargo.lock belongs to the project: run `cargo build` and commit it");
    expect_none(banned_in(&lock));
}

#[test]
fn everything_comes_from_the_public_registries() {
    let locks = files().into_iter().filter(|file| is_lock(&file.path));
    expect_none(locks.flat_map(|file| strange_sources(&file.path, &file.text)).collect());
}

#[test]
fn the_licence_is_there() {
    let licence =
        read("LICENSE").expect("LICENSE belongs to the project: the text of the Apache License, Version 2.0");
    assert!(licence.contains("Apache License") && licence.contains("Version 2.0, January 2004"));
}

fn is_lock(path: &str) -> bool {
    ["Cargo.lock", "package-lock.json"].contains(&path.rsplit('/').next().unwrap_or(path))
}

fn banned_in(lock: &str) -> Vec<String> {
    let names = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    let found = names.filter_map(|name| BANNED.iter().find(|(banned, _)| *banned == name));
    found
        .map(|(name, instead)| {
            format!("Cargo.lock: `{name}` is built in; use {instead}. `cargo tree --target all -i {name}` shows who brings it")
        })
        .collect()
}

fn strange_sources(path: &str, text: &str) -> Vec<String> {
    let strange = |line: &str| {
        let line = line.trim();
        if let Some(source) = line.strip_prefix("source = ") {
            return !source.trim_matches('"').starts_with(PUBLIC);
        }
        // Addresses of downloads are those of one machine's settings; the hashes beside them are enough.
        line.starts_with("\"resolved\":")
    };
    let lines = text.lines().enumerate().filter(|(_, line)| strange(line));
    lines
        .map(|(at, line)| {
            format!(
                "{path}:{}: `{}` is not for others; make the lock file with the ordinary settings of the tool, and with \
                 `omit-lockfile-registry-resolved=true` in .npmrc",
                at + 1,
                line.trim()
            )
        })
        .collect()
}

mod samples {
    use super::*;

    #[test]
    fn a_banned_crate_is_found() {
        let lock =
            "[[package]]\nname = \"openssl\"\nversion = \"1\"\n\n[[package]]\nname = \"openssl-probe\"\n";
        let found = banned_in(lock);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("use rustls with aws-lc-rs"), "{found:?}");
    }

    #[test]
    fn a_strange_source_is_found() {
        let lock = format!("name = \"a\"\nsource = \"{PUBLIC}index\"\n");
        assert_eq!(strange_sources("Cargo.lock", &lock), [""; 0]);
        let other = "name = \"a\"\nsource = \"registry+https://crates.example/index\"\n";
        assert!(strange_sources("Cargo.lock", other)[0].starts_with("Cargo.lock:2: "));
        assert_eq!(strange_sources("Cargo.lock", "source = \"git+https://github.com/a/b#1\"\n").len(), 1);
        let npm = "  \"resolved\": \"https://packages.example/a-1.tgz\",\n  \"integrity\": \"sha512-x\",\n";
        assert_eq!(strange_sources("package-lock.json", npm).len(), 1);
        assert_eq!(strange_sources("package-lock.json", "  \"integrity\": \"sha512-x\",\n"), [""; 0]);
    }

    #[test]
    fn locks_of_all_kinds_are_looked_at() {
        assert!(is_lock("Cargo.lock") && is_lock("console/package-lock.json") && !is_lock("a/Cargo.toml"));
    }
}
