//! Puts a template together.

use crate::template::{Piece, Place, Slot, Template, encode};

/// A template in the making. Texts that follow each other become one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Builder {
    pieces: Vec<Piece>,
    text: String,
}

impl Builder {
    /// Adds text as it is.
    pub(crate) fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a character as it is.
    pub(crate) fn char(&mut self, c: char) {
        self.text.push(c);
    }

    /// Adds text, encoded for its place; what cannot stand there is left out.
    pub(crate) fn encoded(&mut self, text: &str, place: Place) {
        // Only a header can refuse a text, and those of a bot file are looked at before.
        let _ = encode(text, place, &mut self.text);
    }

    /// Adds a placeholder.
    pub(crate) fn slot(&mut self, slot: Slot, place: Place) {
        self.flush();
        self.pieces.push(Piece::Slot { slot, place });
    }

    /// The template.
    pub(crate) fn finish(mut self) -> Template {
        self.flush();
        Template { pieces: self.pieces.into() }
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(&mut self.text).into()));
        }
    }
}
