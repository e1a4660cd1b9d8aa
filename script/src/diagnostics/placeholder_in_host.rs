//! E0211: a placeholder in the scheme, host or port of a URL.
//!
//! Who chooses the host chooses who gets the token. So only constants of the workspace (`{config.NAME}`), which an
//! operator writes, can stand before the path. After a constant at the start of a URL a `/` must come first:
//! `{config.api_url}/{account}`.

use super::{Diagnostic, Span};
use crate::fix::Fix;

/// `behind` says whether it stands right behind a constant.
pub(crate) fn placeholder_in_host(path: &str, span: Span, behind: bool) -> Diagnostic {
    Diagnostic::error("E0211", "this placeholder could change the host that the request goes to")
        .at_span(path, Some(span))
        .label("only `{config.NAME}` can stand before the path")
        .help("write the host itself or a constant, and put the placeholder behind a `/`")
        .fix(behind.then(|| Fix::Text(Span { start: span.start, end: span.start }, "/".to_owned())))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn all_that_could_be_part_of_the_host() {
        check_script(
            "
countersign: 1
bot: demo
web_services:
  - id: a
    url: \"https://{bank}.example/\"
#                 ^^^^^^ error E0211: this placeholder could change the host that the request goes to
  - id: b
    url: \"{secret.url}/x\"
#         ^^^^^^^^^^^^ error E0211: …
  - id: c
    url: \"{config.url}{bank}/x\"
#                     ^^^^^^ error E0211: …
  - id: d
    url: \"{config.url}/{bank}/x?y={bank}\"
scripts:
  - id: a
    triggers: [a]
    steps:
      - { set: { bank: x } }
      - { web_service: a }
      - { web_service: b }
      - { web_service: c }
      - { web_service: d }
      - { link: \"https://{bank}/\" }
#                        ^^^^^^ error E0211: …
",
        );
    }
}
