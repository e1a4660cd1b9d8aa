//! E0203: not a URL that a request can go to.
//!
//! A URL begins with `https://` (or `http://` for hosts that the operator allows), or with a constant that does:
//! `{config.api_url}/accounts`. It has no user name, no password and no fragment (`#…`). What the user sees (`link`,
//! `media`) may also be a `mailto:` or `tel:` address and may have a fragment.

use super::{Diagnostic, Span, placeholder_in_host};
use crate::fix::{Fix, words};

/// What is wrong with a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    Empty,
    Scheme,
    UserInfo,
    Character(char),
    Fragment,
    /// A placeholder stands before the path.
    Host,
    Port,
    NoHost,
    HostName,
}

impl Why {
    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Empty => "it is empty",
            Self::Scheme => "it does not begin with `https://` or a constant that does",
            Self::UserInfo => "it has a user name or a password in it",
            Self::Character(_) => "its host has a character in it that no host has",
            Self::Fragment => "it has a fragment (`#…`), which is never sent",
            Self::Host => "a placeholder stands in its host",
            Self::Port => "its port is not a number up to 65535",
            Self::NoHost => "it has no host",
            Self::HostName => "its host is none",
        }
    }
}

/// `text` is the whole URL as it is written, and `behind` says whether a placeholder stands right behind a constant.
pub(crate) fn bad_url(path: &str, span: Span, why: Why, text: &str, behind: bool) -> Diagnostic {
    if why == Why::Host {
        return placeholder_in_host::placeholder_in_host(path, span, behind);
    }
    let finding =
        Diagnostic::error("E0203", format!("this is not a URL: {}", why.words())).at_span(path, Some(span));
    let better = match why {
        Why::Scheme | Why::NoHost | Why::Character(_) => words::url(text),
        Why::Fragment => words::without_fragment(text),
        _ => None,
    };
    let finding = finding.fix(better.map(|better| Fix::Write(span, better.into())));
    match why {
        Why::UserInfo => finding.help("send it as a header: `Authorization: \"Basic {secret.NAME}\"`"),
        Why::Scheme => finding.help("write the whole URL, such as `https://api.example.com/accounts`"),
        Why::Fragment => finding.help("take away the `#` and what follows, or write `%23`"),
        _ => finding,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn requests() {
        check_script("
countersign: 1
bot: demo
web_services:
  - { id: a, url: api.example/x }
#                 ^^^^^^^^^^^^^ error E0203: this is not a URL: it does not begin with `https://` or a constant that does
  - { id: b, url: \"https://me:pass@api.example/\" }
#                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error E0203: this is not a URL: it has a user name or a password in it
  - { id: c, url: \"https://api.example/#x\" }
#                 ^^^^^^^^^^^^^^^^^^^^^^^^ error E0203: this is not a URL: it has a fragment (`#…`), which is never sent
  - { id: d, url: \"https://api.example:99999/\" }
#                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error E0203: this is not a URL: its port is not a number up to 65535
  - { id: e, url: \"https:///x\" }
#                 ^^^^^^^^^^^^ error E0203: this is not a URL: …
  - { id: f, url: \"https://a b/\" }
#                 ^^^^^^^^^^^^^^ error E0203: this is not a URL: its host has a character in it that no host has
  - { id: g, url: \"\" }
#                 ^^ error E0203: this is not a URL: it is empty
  - { id: h, url: \"ftp://api.example/\" }
#                 ^^^^^^^^^^^^^^^^^^^^ error E0203: this is not a URL: …
  - { id: i, url: 'https://api.example\\@evil.example/' }
#                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error E0203: this is not a URL: …
  - { id: ok, url: \"{config.scheme}://{config.host}:{config.port}/é x?a={now}\" }
scripts:
  - id: a
    triggers: [a]
    steps: [{ run: b }, { web_service: a }, { web_service: b }, { web_service: c }, { web_service: d }, { web_service: e },
      { web_service: f }, { web_service: g }, { web_service: h }, { web_service: i }, { web_service: ok } ]
  - { id: b, steps: [end] }
");
    }

    #[test]
    fn what_the_user_sees() {
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
      - { link: \"mailto:help@bank.example?subject={channel}\" }
      - { link: \"tel:+15550100\" }
      - { link: \"https://bank.example/help#login\" }
      - { media: \"javascript:alert(1)\" }
#                ^^^^^^^^^^^^^^^^^^^^^ error E0203: this is not a URL: …
",
        );
    }
}
