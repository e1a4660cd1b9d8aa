//! Headers, and what a request needs beside its URL and body.

use std::sync::Arc;

use super::Compiler;
use super::builder::Builder;
use super::scope::{Resolved, Scope};
use crate::diagnostics::bad_header;
use crate::template::{Piece, Place, Slot, Template};
use crate::wire::decode::At;
use crate::wire::{Entries, Spanned};

/// Headers that the connection itself decides.
const OWN: [&str; 9] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "expect",
];

/// Headers in order; names as the author wrote them.
pub(crate) type Headers = Vec<(Arc<str>, Template)>;

impl Compiler<'_> {
    pub(crate) fn headers(
        &mut self,
        headers: Option<&Spanned<Entries<Spanned<String>>>>,
        at: &At<'_>,
        scope: Scope<'_>,
    ) -> Headers {
        let at = at.key("headers");
        let mut all: Headers = Vec::new();
        for (name, value) in headers.iter().flat_map(|headers| &headers.value.0) {
            let at = at.key(&name.value);
            self.header_name(name, &at);
            if all.iter().any(|(other, _)| other.eq_ignore_ascii_case(&name.value)) {
                let same = headers.iter().flat_map(|headers| &headers.value.0).any(|(other, given)| {
                    other.span != name.span
                        && other.value.eq_ignore_ascii_case(&name.value)
                        && given.value == value.value
                });
                self.report.add(bad_header::twice(&at.to_string(), name.span, &name.value, same));
            }
            let template = self.header_value(value, &at, scope);
            all.push((name.value.as_str().into(), template));
        }
        all
    }

    fn header_name(&mut self, name: &Spanned<String>, at: &At<'_>) {
        if !is_token(&name.value) {
            self.report.add(bad_header::name(&at.to_string(), name.span, &name.value));
        } else if OWN.iter().any(|own| own.eq_ignore_ascii_case(&name.value)) {
            self.report.add(bad_header::own(&at.to_string(), name.span, &name.value));
        }
    }

    /// A text that is the value of a header.
    pub(crate) fn header_value(
        &mut self,
        value: &Spanned<String>,
        at: &At<'_>,
        scope: Scope<'_>,
    ) -> Template {
        let parts = self.resolve(value, at, scope);
        let mut out = Builder::default();
        for part in &parts {
            match part {
                Resolved::Text(text) if text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) => {
                    out.raw(text)
                }
                Resolved::Text(_) => {
                    self.report.add(bad_header::value(&at.to_string(), value.span, &value.value))
                }
                Resolved::Slot(slot, _) => out.slot(slot.clone(), Place::Header),
            }
        }
        out.finish()
    }

    /// The name of a header, such as the one of an idempotency key.
    pub(crate) fn header_named(&mut self, name: &Spanned<String>, at: &At<'_>) -> Arc<str> {
        self.header_name(name, at);
        name.value.as_str().into()
    }
}

/// Takes `Content-Type` out of the headers: the author's word goes before ours.
pub(crate) fn content_type(headers: &mut Headers, ours: &str) -> Arc<str> {
    let Some(index) = headers.iter().position(|(name, _)| name.eq_ignore_ascii_case("content-type")) else {
        return ours.into();
    };
    match &*headers[index].1.pieces {
        [Piece::Text(text)] => {
            let text = Arc::from(&**text);
            headers.remove(index);
            text
        }
        _ => ours.into(),
    }
}

/// The slots of a request's parts.
pub(crate) fn slots<'t>(templates: impl IntoIterator<Item = &'t Template>) -> impl Iterator<Item = &'t Slot> {
    templates.into_iter().flat_map(|template| &template.pieces).filter_map(|piece| match piece {
        Piece::Slot { slot, .. } => Some(slot),
        Piece::Text(_) => None,
    })
}

/// A token as RFC 9110 §5.6.2 has it.
fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
