//! E0006: the format has another version.
//!
//! `countersign: 1` names the version of the format. A file of a later version needs a later Countersign.

use super::{Diagnostic, Span};
use crate::fix::Fix;
use crate::wire::VERSION;

pub(crate) fn wrong_version(span: Span, version: u64) -> Diagnostic {
    Diagnostic::error(
        "E0006",
        format!("this is version {version} of the format, and only version {VERSION} is known"),
    )
    .at_span("countersign", Some(span))
    .help(if version > VERSION { "use a later version of Countersign" } else { "write `countersign: 1`" })
    .fix((version < VERSION).then(|| Fix::Write(span, VERSION.into())))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    /// Keys of a later version are not called unknown.
    #[test]
    fn a_later_version() {
        check_script(
            "
countersign: 2
#            ^ error E0006: this is version 2 of the format, and only version 1 is known
bot: demo
robots: []
",
        );
    }
}
