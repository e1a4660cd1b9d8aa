use std::fmt;

/// What the author of a bot should know of an auth service's answer. It names keys, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenDiagnosis {
    /// A status that tells of a mistake in the component.
    #[error("the auth service answered {status}; {}", hint(*.status))]
    Status {
        /// The status.
        status: u16,
    },
    /// There is nothing in it.
    #[error("the answer is empty, so there is no token in it; check `url` and `method`")]
    Empty,
    /// It is no text.
    #[error("the answer is not text in UTF-8, so no token can be read from it")]
    NotUtf8,
    /// It is a page for people.
    #[error(
        "the answer is a web page, not a token; `url` seems to lead to a page for people instead of the service behind it"
    )]
    Html,
    /// It is no JSON.
    #[error("the answer is not JSON{}; if the whole body is the token, set `is_json: false`", said(.content_type))]
    NotJson {
        /// What it is said to be, when that is a plain media type.
        content_type: Option<String>,
    },
    /// It is JSON that ends in the middle.
    #[error("the answer begins as JSON but ends in the middle of it")]
    CutShort,
    /// Something follows the JSON value.
    #[error("the answer is JSON with something else after it, so it is not known which part counts")]
    Trailing,
    /// The whole body should be the token, but it is JSON.
    #[error(
        "the answer is JSON ({keys}), but the whole body is taken as the token; set `is_json: true` and `token_path`"
    )]
    BodyIsJson {
        /// What is in it.
        keys: Inside,
    },
    /// The path leads nowhere.
    #[error("`{path}` not found; {}{inside}{}", place(.at), did_you_mean(.suggestion))]
    Missing {
        /// The path.
        path: String,
        /// The part of the path that was there, when it is not the answer itself that ends there.
        at: Option<String>,
        /// What is there.
        inside: Inside,
        /// A path that leads to something of the kind.
        suggestion: Option<String>,
    },
    /// The path leads to several values.
    #[error("`{path}` leads to {count} values; it must lead to one")]
    Several {
        /// The path.
        path: String,
        /// How many.
        count: usize,
    },
    /// A key of the path stands twice in one object.
    #[error("`{path}`: the key `{key}` stands twice in the answer, so it is not known which one counts")]
    Twice {
        /// The path.
        path: String,
        /// The key, which the author has written in the path.
        key: String,
    },
    /// The path leads to something that is no token.
    #[error("`{path}` leads to {kind}; a token is a text or a number{}", did_you_mean(.suggestion))]
    Kind {
        /// The path.
        path: String,
        /// What is there.
        kind: Kind,
        /// A path that leads to something of the kind.
        suggestion: Option<String>,
    },
    /// The token is an empty text.
    #[error("there is an empty text where the token should be")]
    Blank,
    /// The token has something in it that no token has.
    #[error("there is {what} in the token, so it is not one; check `token_path` and `is_json`")]
    Character {
        /// What.
        what: &'static str,
    },
    /// The token is too long.
    #[error("the token has {len} bytes; at most 8,192 are kept")]
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// The token has ended before it was used.
    #[error("the token is over already: {why}")]
    OverAlready {
        /// Who says so.
        why: Over,
    },
    /// The answer says something else than it is. The token was taken nevertheless.
    #[error("the answer is JSON but says that it is `{content_type}`; it was read as JSON")]
    ContentType {
        /// What it says.
        content_type: String,
    },
    /// The whole body is the token, but it has quotes around it. The token was taken with them.
    #[error(
        "the token has quotes around it, and they are taken as a part of it; if they are not, set `is_json: true` and `token_path: $`"
    )]
    Quoted,
    /// The path of the life time leads to no number. The token was taken, and lives for `ttl`.
    #[error("`expires_in_path`: {why}; the token lives for `ttl`")]
    NoLife {
        /// What is there instead.
        why: Box<TokenDiagnosis>,
    },
    /// The path of the life time leads to something that is no number of seconds.
    #[error("`{path}` is no number of seconds")]
    NotSeconds {
        /// The path.
        path: String,
    },
    /// There is no refresh token. The token was taken, and is not renewed.
    #[error("`refresh.token_path`: {why}; the token will not be renewed")]
    NoRefresh {
        /// What is there instead.
        why: Box<TokenDiagnosis>,
    },
}

/// Who says that a token is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The answer, at `expires_in_path`.
    ExpiresIn,
    /// The token itself.
    Jwt,
}

/// Kinds of JSON values that are no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`.
    Null,
    /// A truth value.
    Bool,
    /// A list of so many.
    List(usize),
    /// An object.
    Object(Inside),
}

/// What there is, without values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inside {
    /// An object with these keys, and so many more that are not shown.
    Keys(Vec<String>, usize),
    /// A list of so many.
    List(usize),
    /// A single value.
    Value,
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ExpiresIn => "the answer says so at `expires_in_path`",
            Self::Jwt => {
                "it is a JWT, and its `exp` lies in the past or in the next 30 seconds; compare the clocks"
            }
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool => f.write_str("true or false"),
            Self::List(count) => write!(f, "a list of {count}"),
            Self::Object(Inside::Keys(keys, more)) if keys.is_empty() && *more == 0 => {
                f.write_str("an empty object")
            }
            Self::Object(inside) => write!(f, "an object with {inside}"),
        }
    }
}

impl fmt::Display for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(keys, 0) if keys.is_empty() => f.write_str("no keys"),
            Self::Keys(keys, more) => {
                f.write_str(if keys.len() + more == 1 { "the key " } else { "the keys " })?;
                for (n, key) in keys.iter().enumerate() {
                    write!(f, "{}`{key}`", if n > 0 { ", " } else { "" })?;
                }
                match (keys.len(), more) {
                    (_, 0) => Ok(()),
                    (0, more) => write!(f, "({more} that cannot be shown)"),
                    (_, more) => write!(f, " and {more} more"),
                }
            }
            Self::List(count) => write!(f, "a list of {count}"),
            Self::Value => f.write_str("a single value"),
        }
    }
}

fn hint(status: u16) -> &'static str {
    match status {
        300..=399 => {
            "that sends the login elsewhere, which is not followed; write the final address as `url`"
        }
        404 | 410 => "there is nothing at `url`",
        405 => "it does not take this `method`",
        406 | 415 => "it does not take this kind of body; try `encoding: form`, or `encoding: json`",
        _ => "that is neither a token nor a refusal; check the component",
    }
}

fn said(content_type: &Option<String>) -> String {
    content_type.as_ref().map_or(String::new(), |said| format!(" (it says that it is `{said}`)"))
}

fn place(at: &Option<String>) -> String {
    match at {
        Some(at) => format!("`{at}` has "),
        None => "the answer has ".to_owned(),
    }
}

fn did_you_mean(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map_or(String::new(), |path| format!("; did you mean `{path}`?"))
}
