//! The bot file as a whole: from text to program and back.

use countersign_script::template::{Piece, Place, Slot, Template};
use countersign_script::{CheckOptions, check};

const DEMO: &str = include_str!("demo-bank.yaml");

/// A template as a person would write it, with the places.
fn shown(template: &Template) -> String {
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Slot { slot, place } => {
            let slot = match slot {
                Slot::Config(name) => format!("config.{name}"),
                Slot::Secret(name) => format!("secret.{name}"),
                Slot::Answer { component, index } => format!("{component}#{index}"),
                Slot::Val(index) => format!("val#{index}"),
                other => format!("{other:?}"),
            };
            format!("{{{slot} {place:?}}}")
        }
    });
    pieces.collect()
}

#[test]
fn the_example_of_the_manual() {
    let checkup = check("demo-bank.yaml", DEMO, &CheckOptions::default());
    let messages: Vec<_> = checkup.diagnostics.iter().map(|found| (found.code, &*found.message)).collect();
    assert_eq!(messages, [("W0304", "a token in a URL is kept by logs")]);
    let checked = checkup.checked.unwrap();
    let program = checked.program();
    assert_eq!(shown(&program.tokens[0].request.url), "{config.bank_url Raw}/login");
    let (content_type, body) = program.tokens[0].request.body.as_ref().unwrap();
    assert_eq!(&**content_type, "application/json");
    assert_eq!(shown(body), r#"{"username":{bank-login#0 JsonValue},"password":{bank-login#1 JsonValue}}"#);
    assert_eq!(
        shown(&program.services[0].request.url),
        "{config.bank_url Raw}/accounts/{val#0 Path}/balance?token={LatestToken Query}"
    );
    assert_eq!(program.steps.len(), 3);
    assert!(matches!(program.steps[0].next, Some(_)));
    let _ = Place::Raw;
}
