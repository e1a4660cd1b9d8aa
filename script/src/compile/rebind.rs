//! URLs once more, with the constants in them.

use super::url::{Purpose, Writer, Zone, why_broken};
use crate::diagnostics::bad_url::Why;
use crate::template::{Piece, Template};

/// Reads a URL whose constants are put in. What was sound with placeholders may not be so with their values: a constant
/// may end before its host, so that what follows would become the host.
pub(crate) fn reread(url: &Template, purpose: Purpose) -> Result<(Template, Template), Why> {
    if let (Purpose::Shown, Some(Piece::Text(first))) = (purpose, url.pieces.first())
        && (first.starts_with("mailto:") || first.starts_with("tel:"))
    {
        return Ok((url.clone(), Template::default()));
    }
    let mut writer = Writer::new(purpose);
    for piece in &url.pieces {
        let wrong = match piece {
            Piece::Text(text) => writer.text(text),
            Piece::Slot { slot, .. } => writer.slot(slot),
        };
        if let Some(why) = wrong {
            return Err(why);
        }
    }
    if writer.zone == Zone::Start {
        return Err(Why::Empty);
    }
    let (url, origin) = writer.finish(&[])?;
    let mut sample = String::new();
    for piece in &url.pieces {
        match piece {
            Piece::Text(text) => sample.push_str(text),
            Piece::Slot { .. } => sample.push('1'),
        }
    }
    match why_broken(&sample) {
        Some(why) => Err(why),
        None => Ok((url, origin)),
    }
}
