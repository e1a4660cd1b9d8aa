//! URLs with placeholders.

use super::Compiler;
use super::builder::Builder;
use super::scope::{Answers, Resolved, Scope};
use crate::diagnostics::{Span, bad_url, plain_http, secret_in_url};
use crate::template::{Piece, Place, Slot, Template};
use crate::wire::Spanned;
use crate::wire::decode::At;

/// A URL, and the origin that it leads to.
pub(crate) struct Url {
    pub(crate) url: Template,
    /// The part before the path: constants alone.
    pub(crate) origin: Template,
}

/// Where in a URL something stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    Start,
    /// After a constant that the URL begins with: it may hold the host alone, or a part of the path too.
    Base,
    Authority,
    Path,
    Query,
    Fragment,
}

/// What a URL is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Countersign sends a request to it.
    Request,
    /// The user sees it.
    Shown,
}

impl Compiler<'_> {
    /// Reads a URL and adds query parameters to it.
    pub(crate) fn url(
        &mut self,
        text: &Spanned<String>,
        at: &At<'_>,
        scope: Scope<'_>,
        purpose: Purpose,
        query: &[(String, Vec<Resolved>)],
    ) -> Url {
        let parts = self.resolve(text, at, scope);
        if purpose == Purpose::Shown
            && let Some(Resolved::Text(first)) = parts.first()
            && (first.starts_with("mailto:") || first.starts_with("tel:"))
        {
            return self.address(&parts);
        }
        let mut writer = Writer::new(purpose);
        for (index, part) in parts.iter().enumerate() {
            let wrong = match part {
                Resolved::Text(literal) => writer.text(literal).map(|why| (text.span, why)),
                Resolved::Slot(slot, span) => writer.slot(slot).map(|why| (*span, why)),
            };
            if let Some((span, why)) = wrong {
                let before = index.checked_sub(1).and_then(|before| parts.get(before));
                let behind = span != text.span && matches!(before, Some(Resolved::Slot(Slot::Config(_), _)));
                if !parts.is_empty() {
                    self.report.add(bad_url::bad_url(&at.to_string(), span, why, &text.value, behind));
                }
                return Url { url: Template::default(), origin: Template::default() };
            }
        }
        for part in parts.iter().chain(query.iter().flat_map(|(_, value)| value)) {
            if let Resolved::Slot(slot, span) = part {
                self.warn_of_secret(slot, *span, at, scope);
            }
        }
        let (url, origin) = match writer.finish(query) {
            Ok(finished) => finished,
            Err(why) => {
                self.report.add(bad_url::bad_url(&at.to_string(), text.span, why, &text.value, false));
                return Url { url: Template::default(), origin: Template::default() };
            }
        };
        let url = Url { url, origin };
        if parts.is_empty() {
            if text.value.trim().is_empty() {
                self.report.add(bad_url::bad_url(&at.to_string(), text.span, bad_url::Why::Empty, "", false));
            }
        } else if let Some(why) = broken(&url.url) {
            self.report.add(bad_url::bad_url(&at.to_string(), text.span, why, &text.value, false));
        } else if purpose == Purpose::Request && is_plain_http(&text.value) {
            self.report.add(plain_http::plain_http(&at.to_string(), text.span));
        }
        url
    }

    /// `mailto:` and `tel:`.
    fn address(&mut self, parts: &[Resolved]) -> Url {
        let mut url = Builder::default();
        for part in parts {
            match part {
                Resolved::Text(text) => text.chars().for_each(|c| literal(c, &mut url)),
                Resolved::Slot(slot, _) => url.slot(slot.clone(), Place::Query),
            }
        }
        Url { url: url.finish(), origin: Template::default() }
    }

    fn warn_of_secret(&mut self, slot: &Slot, span: Span, at: &At<'_>, scope: Scope<'_>) {
        if scope.public.is_some() {
            return;
        }
        match slot {
            Slot::LatestToken | Slot::Token(_) => {
                self.report.add(secret_in_url::token(&at.to_string(), span))
            }
            // That a login by GET has its answers in the URL is told once, not for every answer.
            Slot::Answer { .. } if matches!(scope.answers, Answers::Token(..)) => {}
            Slot::Secret(_) | Slot::Answer { .. } | Slot::RefreshToken(_) => {
                self.report.add(secret_in_url::secret(&at.to_string(), span));
            }
            _ => {}
        }
    }
}

/// Writes a URL and knows where in it it is.
pub(crate) struct Writer {
    pub(crate) zone: Zone,
    url: Builder,
    origin: Option<Builder>,
    purpose: Purpose,
    /// Whether something stands in the host's place.
    has_host: bool,
}

impl Writer {
    pub(crate) fn new(purpose: Purpose) -> Self {
        Self { zone: Zone::Start, url: Builder::default(), origin: None, purpose, has_host: false }
    }

    /// The URL with these query parameters, and its origin.
    pub(crate) fn finish(
        mut self,
        query: &[(String, Vec<Resolved>)],
    ) -> Result<(Template, Template), bad_url::Why> {
        if self.zone == Zone::Authority && !self.has_host {
            return Err(bad_url::Why::NoHost);
        }
        self.end_origin();
        for (key, value) in query {
            self.parameter(key, value);
        }
        Ok((self.url.finish(), self.origin.map(Builder::finish).unwrap_or_default()))
    }

    /// Adds literal text. Says what is wrong with it.
    pub(crate) fn text(&mut self, text: &str) -> Option<bad_url::Why> {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            match self.zone {
                Zone::Start => {
                    let scheme = ["https://", "http://"].into_iter().find(|scheme| {
                        rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
                    });
                    let Some(scheme) = scheme else { return Some(bad_url::Why::Scheme) };
                    self.url.raw(scheme);
                    self.zone = Zone::Authority;
                    rest = &rest[scheme.len()..];
                    continue;
                }
                Zone::Base if rest.starts_with("://") => {
                    self.url.raw("://");
                    self.zone = Zone::Authority;
                    rest = &rest[3..];
                    continue;
                }
                Zone::Base | Zone::Authority => match c {
                    // Lenient parsers take `https:///x` for the host `x`.
                    '/' | '?' | '#' if self.zone == Zone::Authority && !self.has_host => {
                        return Some(bad_url::Why::NoHost);
                    }
                    '/' | '?' | '#' => {
                        self.end_origin();
                        if let Some(why) = self.divide(c) {
                            return Some(why);
                        }
                    }
                    '@' => return Some(bad_url::Why::UserInfo),
                    '\\' => return Some(bad_url::Why::Character(c)),
                    c if c.is_whitespace() || c.is_control() => return Some(bad_url::Why::Character(c)),
                    c => {
                        self.has_host = true;
                        self.url.char(c);
                    }
                },
                Zone::Path | Zone::Query | Zone::Fragment => {
                    if let Some(why) = self.divide(c) {
                        return Some(why);
                    }
                }
            }
            rest = &rest[c.len_utf8()..];
        }
        None
    }

    /// A character behind the host.
    fn divide(&mut self, c: char) -> Option<bad_url::Why> {
        match (c, self.zone) {
            ('#', _) if self.purpose == Purpose::Request => return Some(bad_url::Why::Fragment),
            ('#', _) => self.zone = Zone::Fragment,
            ('?', Zone::Base | Zone::Authority | Zone::Path) => self.zone = Zone::Query,
            ('/', Zone::Base | Zone::Authority) => self.zone = Zone::Path,
            _ => {}
        }
        literal(c, &mut self.url);
        None
    }

    /// Adds a placeholder. Says when it cannot stand here.
    pub(crate) fn slot(&mut self, slot: &Slot) -> Option<bad_url::Why> {
        let constant = matches!(slot, Slot::Config(_));
        let place = match self.zone {
            Zone::Start | Zone::Base | Zone::Authority if !constant => return Some(bad_url::Why::Host),
            Zone::Start => {
                self.zone = Zone::Base;
                Place::Raw
            }
            Zone::Base | Zone::Authority => {
                self.has_host = true;
                Place::Raw
            }
            // An operator may write several segments into one constant.
            Zone::Path if constant => Place::Raw,
            Zone::Path => Place::Path,
            Zone::Query | Zone::Fragment => Place::Query,
        };
        self.url.slot(slot.clone(), place);
        None
    }

    fn end_origin(&mut self) {
        if self.origin.is_none() {
            self.origin = Some(self.url.clone());
        }
    }

    fn parameter(&mut self, key: &str, value: &[Resolved]) {
        self.url.char(if self.zone == Zone::Query { '&' } else { '?' });
        self.zone = Zone::Query;
        self.url.encoded(key, Place::Query);
        self.url.char('=');
        for part in value {
            match part {
                Resolved::Text(text) => self.url.encoded(text, Place::Query),
                Resolved::Slot(slot, _) => self.url.slot(slot.clone(), Place::Query),
            }
        }
    }
}

/// A character that the author wrote: as it is where a URL can have it, else percent-encoded.
fn literal(c: char, url: &mut Builder) {
    let allowed = c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}');
    if allowed {
        url.char(c);
    } else {
        url.encoded(c.encode_utf8(&mut [0; 4]), Place::Query);
    }
}

/// Why a URL is none, whatever its placeholders become; a constant at its start is taken to be sound.
fn broken(url: &Template) -> Option<bad_url::Why> {
    let mut text = String::new();
    let mut pieces = url.pieces.iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Text(literal) => text.push_str(literal),
            Piece::Slot { .. } if text.is_empty() => {
                let scheme_only = matches!(pieces.peek(), Some(Piece::Text(next)) if next.starts_with("://"));
                text.push_str(if scheme_only { "https" } else { "https://constant.example" });
            }
            // A digit, so that it can be a port.
            Piece::Slot { .. } => text.push('1'),
        }
    }
    why_broken(&text)
}

/// Why a text is not the URL of a request.
pub(crate) fn why_broken(text: &str) -> Option<bad_url::Why> {
    let url = match url::Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::InvalidPort) => return Some(bad_url::Why::Port),
        Err(url::ParseError::EmptyHost) => return Some(bad_url::Why::NoHost),
        Err(_) => return Some(bad_url::Why::HostName),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Some(bad_url::Why::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some(bad_url::Why::UserInfo);
    }
    url.host_str().is_none_or(str::is_empty).then_some(bad_url::Why::NoHost)
}

fn is_plain_http(text: &str) -> bool {
    let Some(rest) = text.get(..7).filter(|start| start.eq_ignore_ascii_case("http://")).map(|_| &text[7..])
    else {
        return false;
    };
    let host = rest.split(['/', '?', ':']).next().unwrap_or("");
    !(host == "localhost" || host.starts_with("127.") || host.starts_with('['))
}

/// An origin in its one spelling, when no constant stands in it: `https://bank.example`.
pub(crate) fn plain_origin(origin: &Template) -> Option<String> {
    match &*origin.pieces {
        [Piece::Text(text)] => url::Url::parse(text).ok().map(|url| url.origin().ascii_serialization()),
        _ => None,
    }
}
