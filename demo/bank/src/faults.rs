use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;

use crate::bank::locked;

/// The switchboard of the faults. Copies share everything.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Fault>>>);

/// One misbehaviour at one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The method that it is for; every method when `None`.
    pub method: Option<String>,
    /// The path that it is for, without the query; `*` at the end stands for anything.
    pub path: String,
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many requests it strikes; all when `None`.
    pub times: Option<u32>,
}

/// What can go wrong.
///
/// Where nothing else is said the request is not carried out, so nobody logged in and no money moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The right answer, late.
    Slow(Duration),
    /// This status and an error page, which is HTML as proxies write it.
    Status(u16),
    /// The request is carried out, and then the answer is this status.
    StatusAfter(u16),
    /// No answer at all; the connection stays open until the bank closes.
    Hang,
    /// The connection is reset before an answer.
    Reset,
    /// The request is carried out, and then the connection is reset.
    ResetAfter,
    /// The right answer breaks off in the middle.
    Truncated,
    /// The right answer one byte at a time, with this pause before each.
    Drip(Duration),
    /// 302 to this address.
    Redirect(String),
    /// The token is dead: 401 with `{"error":"invalid_token"}`.
    DeadToken401,
    /// The token is dead: 403 with `{"error":"token_expired"}`.
    DeadToken403,
    /// The token is dead: 200 with `{"status":"TOKEN_EXPIRED"}`.
    DeadTokenBody,
    /// 200 and JSON by the header, but bytes that are neither JSON nor text.
    Garbage,
    /// 200 and JSON by the header, but a web page that asks to log in.
    Html,
    /// 200 and nothing.
    EmptyBody,
    /// 200 and a JSON text that never ends.
    EndlessBody,
    /// The right answer as `text/html`.
    WrongContentType,
    /// The right answer behind a byte order mark.
    Bom,
    /// The right answer, and then a line of something else.
    TrailingGarbage,
    /// The token stands at `result.session.id_token` instead.
    TokenElsewhere,
    /// Two more tokens beside the right one, in `sessions[*]`.
    TokenTwice,
    /// The key of the token stands twice in the same object, with different tokens.
    TokenDuplicateKey,
    /// The token is a JSON number of 25 digits, which the API accepts.
    TokenNumber,
    /// `null` where the token should be.
    TokenNull,
    /// An empty text where the token should be.
    TokenEmpty,
    /// A list with the token in it where the token should be.
    TokenList,
    /// The token with a line break and a header in it.
    TokenWithNewline,
}

/// A wish over HTTP that names no fault.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownFault {
    /// There is no fault of this name.
    #[error("there is no fault of this kind; GET / lists them")]
    Kind,
    /// The kind needs one more field.
    #[error("this kind of fault needs the field `{0}`")]
    Needs(&'static str),
    /// The status is not one that can be answered.
    #[error("`status` must be from 200 to 599")]
    Status,
}

/// The body of `POST /faults`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    method: Option<String>,
    path: String,
    kind: String,
    times: Option<u32>,
    ms: Option<u64>,
    status: Option<u16>,
    location: Option<String>,
}

impl Faults {
    /// Adds a fault. The oldest one that fits a request strikes it.
    pub fn add(&self, fault: Fault) {
        locked(&self.0).push(fault);
    }

    /// The next request for `path` goes wrong.
    pub fn once(&self, path: &str, kind: FaultKind) {
        self.add(Fault { method: None, path: path.to_owned(), kind, times: Some(1) });
    }

    /// Every request for `path` goes wrong until [`Faults::clear`].
    pub fn always(&self, path: &str, kind: FaultKind) {
        self.add(Fault { method: None, path: path.to_owned(), kind, times: None });
    }

    /// Ends all faults.
    pub fn clear(&self) {
        locked(&self.0).clear();
    }

    /// The faults that still wait for a request.
    pub fn waiting(&self) -> Vec<Fault> {
        locked(&self.0).clone()
    }

    /// What strikes this request; used up by asking.
    pub(crate) fn take(&self, method: &str, path: &str) -> Option<FaultKind> {
        let mut faults = locked(&self.0);
        let at = faults.iter().position(|fault| fault.fits(method, path))?;
        let kind = faults[at].kind.clone();
        if let Some(times) = &mut faults[at].times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                faults.remove(at);
            }
        }
        Some(kind)
    }
}

impl Fault {
    fn fits(&self, method: &str, path: &str) -> bool {
        let path_fits = match self.path.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == self.path,
        };
        path_fits
            && self.times != Some(0)
            && self.method.as_ref().is_none_or(|own| own.eq_ignore_ascii_case(method))
    }
}

impl FaultKind {
    /// The names that `POST /faults` knows.
    pub const NAMES: [&str; 27] = [
        "slow",
        "status",
        "status_after",
        "hang",
        "reset",
        "reset_after",
        "truncated",
        "drip",
        "redirect",
        "dead_token_401",
        "dead_token_403",
        "dead_token_body",
        "garbage",
        "html",
        "empty_body",
        "endless_body",
        "wrong_content_type",
        "bom",
        "trailing_garbage",
        "token_elsewhere",
        "token_twice",
        "token_duplicate_key",
        "token_number",
        "token_null",
        "token_empty",
        "token_list",
        "token_with_newline",
    ];
}

impl TryFrom<Wish> for Fault {
    type Error = UnknownFault;

    fn try_from(wish: Wish) -> Result<Self, UnknownFault> {
        let pause = wish.ms.map(Duration::from_millis).ok_or(UnknownFault::Needs("ms"));
        let status = match wish.status {
            Some(status @ 200..=599) => Ok(status),
            Some(_) => Err(UnknownFault::Status),
            None => Err(UnknownFault::Needs("status")),
        };
        let kind = match wish.kind.as_str() {
            "slow" => FaultKind::Slow(pause?),
            "status" => FaultKind::Status(status?),
            "status_after" => FaultKind::StatusAfter(status?),
            "hang" => FaultKind::Hang,
            "reset" => FaultKind::Reset,
            "reset_after" => FaultKind::ResetAfter,
            "truncated" => FaultKind::Truncated,
            "drip" => FaultKind::Drip(pause?),
            "redirect" => FaultKind::Redirect(wish.location.ok_or(UnknownFault::Needs("location"))?),
            "dead_token_401" => FaultKind::DeadToken401,
            "dead_token_403" => FaultKind::DeadToken403,
            "dead_token_body" => FaultKind::DeadTokenBody,
            "garbage" => FaultKind::Garbage,
            "html" => FaultKind::Html,
            "empty_body" => FaultKind::EmptyBody,
            "endless_body" => FaultKind::EndlessBody,
            "wrong_content_type" => FaultKind::WrongContentType,
            "bom" => FaultKind::Bom,
            "trailing_garbage" => FaultKind::TrailingGarbage,
            "token_elsewhere" => FaultKind::TokenElsewhere,
            "token_twice" => FaultKind::TokenTwice,
            "token_duplicate_key" => FaultKind::TokenDuplicateKey,
            "token_number" => FaultKind::TokenNumber,
            "token_null" => FaultKind::TokenNull,
            "token_empty" => FaultKind::TokenEmpty,
            "token_list" => FaultKind::TokenList,
            "token_with_newline" => FaultKind::TokenWithNewline,
            _ => return Err(UnknownFault::Kind),
        };
        Ok(Self { method: wish.method, path: wish.path, kind, times: wish.times })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strikes_as_often_as_it_was_asked_to() {
        let faults = Faults::default();
        faults.once("/a", FaultKind::Hang);
        faults.always("/a", FaultKind::Reset);
        assert_eq!(faults.take("GET", "/b"), None);
        assert_eq!(faults.take("GET", "/a"), Some(FaultKind::Hang));
        assert_eq!(faults.take("GET", "/a"), Some(FaultKind::Reset));
        assert_eq!(faults.take("GET", "/a"), Some(FaultKind::Reset));
        faults.clear();
        assert_eq!(faults.take("GET", "/a"), None);
    }

    #[test]
    fn fits_method_and_path() {
        let fault = |method: Option<&str>, path: &str| Fault {
            method: method.map(str::to_owned),
            path: path.into(),
            kind: FaultKind::Bom,
            times: None,
        };
        assert!(fault(Some("post"), "/login").fits("POST", "/login"));
        assert!(!fault(Some("POST"), "/login").fits("GET", "/login"));
        assert!(!fault(None, "/login").fits("POST", "/login/pin"));
        assert!(fault(None, "/login*").fits("POST", "/login/pin"));
        assert!(fault(None, "*").fits("GET", "/"));
        assert!(!Fault { times: Some(0), ..fault(None, "*") }.fits("GET", "/"));
    }

    #[test]
    fn every_name_can_be_wished() {
        let wish = |kind: &str| Wish {
            method: None,
            path: "/".into(),
            kind: kind.into(),
            times: None,
            ms: Some(1),
            status: Some(500),
            location: Some("/x".into()),
        };
        let mut kinds: Vec<FaultKind> =
            FaultKind::NAMES.iter().map(|name| Fault::try_from(wish(name)).unwrap().kind).collect();
        kinds.dedup();
        assert_eq!(kinds.len(), FaultKind::NAMES.len());
        assert_eq!(Fault::try_from(wish("nonsense")), Err(UnknownFault::Kind));
        let without = Wish { ms: None, ..wish("slow") };
        assert_eq!(
            Fault::try_from(without).unwrap_err().to_string(),
            "this kind of fault needs the field `ms`"
        );
        let wild = Wish { status: Some(99), ..wish("status") };
        assert_eq!(Fault::try_from(wild).unwrap_err().to_string(), "`status` must be from 200 to 599");
    }
}
