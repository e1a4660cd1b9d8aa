use std::fmt::Write as _;

use countersign_egress::{Origin, OriginError};
use countersign_script::program::{Program, RequestTemplate};
use countersign_script::template::{Piece, Slot, Template};

/// Where a request of a bot goes, whatever its placeholders become: none can stand before the path.
///
/// # Errors
/// [`OriginError`]: then it is never sent.
pub fn destination(program: &Program, request: &RequestTemplate) -> Result<Origin, OriginError> {
    url_pattern(program, &request.url).parse()
}

/// A URL as its author wrote it: constants filled in, placeholders as placeholders. This is what logs and people see:
/// what a user said may be personal even when it is no secret, so no value of it is shown.
pub(crate) fn url_pattern(program: &Program, url: &Template) -> String {
    let mut pattern = String::new();
    for piece in &url.pieces {
        match piece {
            Piece::Text(text) => pattern.push_str(text),
            Piece::Slot { slot, .. } => {
                // Writing to a String does not fail.
                let _ = write!(pattern, "{{{}}}", name(program, slot));
            }
        }
    }
    pattern
}

fn name(program: &Program, slot: &Slot) -> String {
    let token = |ix: &countersign_script::program::TokenIx| program.tokens[ix.at()].id.as_str().to_owned();
    match slot {
        Slot::Var(ix) => program.variables[ix.at()].to_string(),
        Slot::Val(index) | Slot::Answer { index, .. } => format!("val{}", u16::from(*index) + 1),
        Slot::LatestToken => "authtoken".to_owned(),
        Slot::Token(ix) => format!("authtoken:{}", token(ix)),
        Slot::RefreshToken(_) => "refresh_token".to_owned(),
        Slot::Secret(name) => format!("secret.{name}"),
        Slot::Config(name) => format!("config.{name}"),
        Slot::ContactName => "contact.name".to_owned(),
        Slot::ContactAddress => "contact.address".to_owned(),
        Slot::Channel => "channel".to_owned(),
        Slot::Now => "now".to_owned(),
        Slot::Item(path) => format!("item.{}", path.as_str()),
    }
}
