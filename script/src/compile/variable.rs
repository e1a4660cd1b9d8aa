//! Names of variables.

use crate::diagnostics::bad_variable::Refusal;
use crate::placeholder::is_variable;

/// Names that stand for something else.
const RESERVED: [&str; 12] = [
    "authtoken",
    "secret",
    "config",
    "contact",
    "channel",
    "now",
    "language",
    "item",
    "refresh_token",
    "all",
    "any",
    "not",
];

/// Why a variable cannot have this name.
pub(crate) fn refusal(name: &str) -> Option<Refusal> {
    if !is_variable(name) {
        return Some(Refusal::Characters);
    }
    let answer = name
        .strip_prefix("val")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    (RESERVED.contains(&name) || answer).then_some(Refusal::Reserved)
}
