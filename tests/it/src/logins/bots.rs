//! The demo bots pass the check, and warn only of what they are there to show.

use countersign_script::CheckOptions;
use countersign_script::diagnostics::Severity;

/// Each bot, and the codes of its warnings.
const BOTS: [(&str, &[&str]); 12] = [
    ("bank", &[]),
    ("code", &[]),
    ("dead-token", &[]),
    ("front-desk", &[]),
    ("login-page", &[]),
    ("password-form", &[]),
    ("password-get", &["W0303"]),
    ("password-json", &["W0304"]),
    ("phone-pin", &[]),
    ("plain-token", &[]),
    ("post-token", &[]),
    ("refresh", &[]),
];

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/bots")
}

#[test]
fn every_bot_passes() {
    for (name, warnings) in BOTS {
        let text = std::fs::read_to_string(folder().join(format!("{name}.yaml"))).unwrap();
        let checkup = countersign_script::check(name, &text, &CheckOptions::default());
        let of = |severity| checkup.diagnostics.iter().filter(move |finding| finding.severity == severity);
        let errors: Vec<_> = of(Severity::Error).collect();
        assert!(checkup.checked.is_some() && errors.is_empty(), "{name}: {errors:#?}");
        let codes: Vec<_> = of(Severity::Warning).map(|finding| finding.code).collect();
        let all: Vec<_> = of(Severity::Warning).collect();
        assert_eq!(codes, warnings, "{name}: {all:#?}");
    }
}

#[test]
fn every_bot_is_listed_and_has_conversation_tests() {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".yaml"))
        .collect();
    files.sort();
    let mut wanted: Vec<String> =
        BOTS.iter().flat_map(|(name, _)| [format!("{name}.test.yaml"), format!("{name}.yaml")]).collect();
    wanted.sort();
    assert_eq!(files, wanted);
}
