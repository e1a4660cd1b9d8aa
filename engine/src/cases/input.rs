//! The words of a case to inputs.

use std::time::Duration;

use countersign_model::{CallId, Content, Media, MediaKind, MessageRef, Reply};

use super::Play;
use crate::{Cause, Held, Input, Outcome, Refusal, Response};

impl Play<'_> {
    /// The input, twice; `None` when it answers a call or a timer that is not there.
    pub(super) fn inputs(&mut self, words: &str) -> Option<(Input, Input)> {
        let call = match words.split(' ').next() {
            Some("acquired" | "rejected" | "responded" | "expired" | "unreachable") => {
                Some(self.calls.pop()?)
            }
            _ => None,
        };
        if words == "elapsed" {
            let (_, when) = *self.timers.last()?;
            self.now = self.now.max(when);
        }
        Some((self.input(words, call)?, self.input(words, call)?))
    }

    fn input(&self, words: &str, call: Option<CallId>) -> Option<Input> {
        if let Some(call) = call {
            return Some(Input::Completed { call, outcome: self.outcome(words) });
        }
        Some(match words {
            "begin" => Input::Begin,
            "hangup" => Input::HungUp,
            "taken_over" => Input::TakenOver,
            "handed_back" => Input::HandedBack,
            "silence" => Input::Reply(Reply { content: Content::Silence, reference: None }),
            "unsupported" => Input::Reply(Reply { content: Content::Unsupported, reference: None }),
            "elapsed" => Input::Elapsed(self.timers.last()?.0),
            // A timer that was set earlier.
            "elapsed first" => Input::Elapsed(self.timers.first()?.0),
            _ if words.starts_with("page ") => page(words),
            _ => {
                let (kind, rest) = words.split_once(": ").unwrap_or((words, ""));
                match kind {
                    "start" => Input::Start(rest.parse().unwrap()),
                    "right digits" => Input::Digits {
                        reply: Reply { content: Content::Text(rest.into()), reference: None },
                        right: true,
                    },
                    "tokens" => Input::Tokens(self.tokens(rest)),
                    _ => Input::Reply(reply(kind, rest)),
                }
            }
        })
    }

    fn outcome(&self, words: &str) -> Outcome {
        let (word, rest) = words.split_once(' ').unwrap_or((words, ""));
        match word {
            "acquired" => {
                let (seconds, refreshable) = match rest.strip_suffix(" refreshable") {
                    Some(seconds) => (seconds, true),
                    None => (rest, false),
                };
                Outcome::Acquired { expires_at: self.now.plus(duration(seconds)), refreshable }
            }
            "rejected" => Outcome::Rejected(match rest {
                "wrong" => Refusal::WrongCredentials,
                "paused" => Refusal::Paused,
                "over" => Refusal::RefreshOver,
                other => panic!("no refusal is `{other}`"),
            }),
            "responded" => Outcome::Responded(response(rest)),
            "expired" => Outcome::Expired,
            _ => Outcome::Unreachable(match rest {
                "timed_out" => Cause::TimedOut,
                "no_connection" => Cause::NoConnection,
                "server_error" => Cause::ServerError,
                "refused" => Cause::Refused,
                "unusable" => Cause::Unusable,
                "unknown" => Cause::Unknown,
                other => panic!("no cause is `{other}`"),
            }),
        }
    }

    /// `bank +900 refreshable, shop -60 +30`: the login was so many seconds ago, the end is so many ahead.
    fn tokens(&self, text: &str) -> Vec<Held> {
        let held = |part: &str| {
            let mut words = part.split_whitespace();
            let token = words.next().unwrap().parse().unwrap();
            let mut held = Held { token, logged_in_at: self.now, expires_at: self.now, refreshable: false };
            for word in words {
                match word.split_at(1) {
                    ("+", seconds) => held.expires_at = self.now.plus(duration(seconds)),
                    ("-", seconds) => held.logged_in_at = self.now.minus(duration(seconds)),
                    _ => held.refreshable = word == "refreshable",
                }
            }
            held
        };
        text.split(", ").filter(|part| !part.is_empty()).map(held).collect()
    }
}

/// `900`, `+900` or `900 s`.
pub(super) fn duration(text: &str) -> Duration {
    let seconds = text.trim_start_matches('+').trim_end_matches(" s");
    Duration::from_secs(seconds.parse().unwrap_or_else(|_| panic!("`{text}` is no number of seconds")))
}

/// `page 2 by 7: ada | hunter2`: the second page, posted by browser 7.
fn page(words: &str) -> Input {
    let (head, answers) = words.split_once(": ").unwrap_or((words, ""));
    let numbers: Vec<&str> = head.split(' ').collect();
    let answers = answers.split(" | ").map(Into::into).collect();
    Input::Page { attempt: numbers[1].parse().unwrap(), answers, browser: numbers[3].parse().unwrap() }
}

/// `text`, or `text#m1` with the provider's id of the message.
fn reply(kind: &str, rest: &str) -> Reply {
    let (kind, reference) = match kind.split_once('#') {
        Some((kind, reference)) => (kind, Some(MessageRef(reference.into()))),
        None => (kind, None),
    };
    let content = match kind {
        "text" => Content::Text(rest.into()),
        "digits" => Content::Digits(rest.into()),
        "choice" => {
            let (payload, label) = rest.split_once(" | ").unwrap_or((rest, rest));
            Content::Choice { payload: payload.into(), label: label.into() }
        }
        "media" => Content::Media(Media { kind: MediaKind::Image, url: rest.into(), caption: None }),
        "location" => {
            let (latitude, longitude) = rest.split_once(' ').unwrap();
            Content::Location { latitude: latitude.into(), longitude: longitude.into() }
        }
        other => panic!("no input is `{other}`"),
    };
    Reply { content, reference }
}

/// `200 [x-total: 3; etag: a] BODY`.
fn response(text: &str) -> Response {
    let (status, rest) = text.split_once(' ').unwrap_or((text, ""));
    let (headers, body) = match rest.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        Some((headers, body)) if headers.contains(": ") && !headers.contains('{') => (headers, body),
        _ => ("", rest),
    };
    let headers = headers.split("; ").filter_map(|header| header.split_once(": "));
    Response {
        status: status.parse().unwrap(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: body.as_bytes().to_vec(),
    }
}
