//! Finds the stub that answers a request, and counts.
//!
//! A request holds passwords and tokens in the clear, so nothing of it is told but its method, its path, and names
//! of fields.

use std::fmt;

use super::stub_format::{Pattern, Stub, With, path_of};

/// The stubs of one test with their counts, and what was asked of them.
#[derive(Debug)]
pub(crate) struct Stubs {
    stubs: Vec<Counted>,
    seen: Vec<(String, String)>,
    unanswered: Vec<Unanswered>,
}

#[derive(Debug)]
struct Counted {
    stub: Stub,
    line: u64,
    uses: u32,
}

/// A request as it goes out, secrets in the clear.
#[derive(Clone, Copy)]
pub(crate) struct Request<'r> {
    pub(crate) method: &'r str,
    pub(crate) url: &'r str,
    pub(crate) headers: &'r [(&'r str, &'r str)],
    pub(crate) body: &'r [u8],
}

/// A request that no stub answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unanswered {
    request: String,
    nearest: Option<(String, Difference)>,
}

/// Why a stub does not answer a request; names only, no values of the request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Difference {
    /// It has answered as often as it may.
    #[error("it has answered {0} times already")]
    UsedUp(u32),
    /// A parameter of the query differs.
    #[error("the query differs at `{0}`")]
    Query(String),
    /// A header differs.
    #[error("the header `{0}` differs")]
    Header(String),
    /// The body is not JSON.
    #[error("the body is not JSON")]
    NotJson,
    /// A field of the JSON body differs.
    #[error("the JSON body differs at `{0}`")]
    Json(String),
    /// A field of the form differs.
    #[error("the form differs at `{0}`")]
    Form(String),
    /// The body differs.
    #[error("the body differs")]
    Text,
}

impl Stubs {
    /// Stubs in the order in which they are tried, with the lines where they stand.
    pub(crate) fn new(stubs: impl IntoIterator<Item = (Stub, u64)>) -> Self {
        let stubs = stubs.into_iter().map(|(stub, line)| Counted { stub, line, uses: 0 }).collect();
        Self { stubs, seen: Vec::new(), unanswered: Vec::new() }
    }

    /// The stub that answers a request.
    pub(crate) fn answer(&mut self, request: &Request<'_>) -> Option<Stub> {
        self.note(request.method, request.url);
        let mut nearest = None;
        for counted in &mut self.stubs {
            let stub = &counted.stub;
            if !stub.on.fits(request.method, request.url) {
                continue;
            }
            let used_up = stub.times.filter(|times| counted.uses >= *times).map(Difference::UsedUp);
            match used_up.or_else(|| difference(&stub.with, request)) {
                None => {
                    counted.uses += 1;
                    return Some(stub.clone());
                }
                Some(difference) => {
                    nearest = Some((format!("{} (line {})", stub.on, counted.line), difference))
                }
            }
        }
        let request = format!("{} {}", request.method, without_query(request.url));
        self.unanswered.push(Unanswered { request, nearest });
        None
    }

    /// Counts a request that is answered elsewhere.
    pub(crate) fn note(&mut self, method: &str, url: &str) {
        self.seen.push((method.to_owned(), without_query(url).to_owned()));
    }

    /// How many requests fitted a pattern so far.
    pub(crate) fn count(&self, pattern: &Pattern) -> u32 {
        let fitting = self.seen.iter().filter(|(method, url)| pattern.fits(method, url));
        u32::try_from(fitting.count()).unwrap_or(u32::MAX)
    }

    /// What no stub answered.
    pub(crate) fn unanswered(&self) -> &[Unanswered] {
        &self.unanswered
    }

    /// Stubs that answered less often than they should have, as sentences with the lines where they stand.
    pub(crate) fn unused(&self) -> Vec<(String, u64)> {
        let required = self.stubs.iter().filter(|counted| !counted.stub.optional);
        let missing = required.filter_map(|Counted { stub, line, uses }| {
            let sentence = match stub.times {
                Some(times) if *uses < times => {
                    format!("the stub `{}` answered {uses} times, not {times}", stub.on)
                }
                None if *uses == 0 => {
                    format!("the stub `{}` was never used; remove it or mark it `optional: true`", stub.on)
                }
                _ => return None,
            };
            Some((sentence, *line))
        });
        missing.collect()
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no stub answers {}", self.request)?;
        match &self.nearest {
            Some((stub, difference)) => write!(f, "; the nearest is `{stub}`, but {difference}"),
            None => write!(f, "; add one under `services`"),
        }
    }
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// What keeps a request from being what a stub wants; `None` when nothing does.
fn difference(with: &With, request: &Request<'_>) -> Option<Difference> {
    let query = || url::form_urlencoded::parse(query_of(request.url).as_bytes());
    if let Some((name, _)) = with.query.iter().find(|(name, value)| !holds(query(), name, value)) {
        return Some(Difference::Query(name.clone()));
    }
    let header = |name: &str, value: &str| {
        request.headers.iter().any(|(known, it)| known.eq_ignore_ascii_case(name) && *it == value)
    };
    if let Some((name, _)) = with.headers.iter().find(|(name, value)| !header(name, value)) {
        return Some(Difference::Header(name.clone()));
    }
    if let Some(expected) = &with.json {
        let Ok(body) = serde_json::from_slice(request.body) else { return Some(Difference::NotJson) };
        if let Some(path) = json_difference(expected, &body, "") {
            return Some(Difference::Json(if path.is_empty() { "$".to_owned() } else { path }));
        }
    }
    let form = || url::form_urlencoded::parse(request.body);
    if let Some((name, _)) = with.form.iter().find(|(name, value)| !holds(form(), name, value)) {
        return Some(Difference::Form(name.clone()));
    }
    with.text.as_ref().filter(|text| text.as_bytes() != request.body).map(|_| Difference::Text)
}

fn query_of(url: &str) -> &str {
    let path = path_of(url);
    let path = path.split('#').next().unwrap_or(path);
    path.split_once('?').map_or("", |(_, query)| query)
}

fn holds(mut fields: url::form_urlencoded::Parse<'_>, name: &str, value: &str) -> bool {
    fields.any(|(known, it)| known == name && it == value)
}

/// The path of the first field that is wanted and differs. Fields of objects may be more than wanted.
fn json_difference(expected: &serde_json::Value, actual: &serde_json::Value, path: &str) -> Option<String> {
    use serde_json::Value;
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => expected.iter().find_map(|(key, value)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            match actual.get(key) {
                Some(it) => json_difference(value, it, &path),
                None => Some(path),
            }
        }),
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            let pairs = expected.iter().zip(actual).enumerate();
            pairs
                .into_iter()
                .find_map(|(at, (value, it))| json_difference(value, it, &format!("{path}[{at}]")))
        }
        // `12.5` of the file and `12.50` of the request are the same number.
        (Value::Number(a), Value::Number(b)) if a.as_f64().is_some() && a.as_f64() == b.as_f64() => None,
        // `alice` and `42` may be written without quotes in the file and be text in the request.
        (Value::Number(number), Value::String(text)) if number.to_string() == *text => None,
        _ => (expected != actual).then(|| path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stubs(yaml: &str) -> Stubs {
        let list: Vec<serde_saphyr::Spanned<Stub>> = serde_saphyr::from_str(yaml).unwrap();
        Stubs::new(list.into_iter().map(|stub| (stub.value, stub.referenced.line())))
    }

    fn post<'r>(url: &'r str, body: &'r str) -> Request<'r> {
        Request { method: "POST", url, headers: &[], body: body.as_bytes() }
    }

    #[test]
    fn the_first_that_fits_answers() {
        let mut stubs = stubs(
            "- on: POST /login\n  with: { json: { user: { name: alice, more: 1.5 }, pin: 42 } }\n  answer: { status: 201 }\n- on: POST /login\n  answer: { status: 401 }\n",
        );
        let status = |stub: Option<Stub>| stub.unwrap().answer.unwrap().status;
        let right = r#"{"user":{"name":"alice","more":1.50},"pin":"42"}"#;
        assert_eq!(status(stubs.answer(&post("https://a.example/login", right))), Some(201));
        assert_eq!(status(stubs.answer(&post("https://a.example/login", "{}"))), Some(401));
        assert_eq!(stubs.count(&"POST /login".parse().unwrap()), 2);
        assert!(stubs.unused().is_empty());
    }

    #[test]
    fn says_what_differs_without_the_values() {
        let mut stubs = stubs("- on: POST /login\n  with: { json: { user: { password: right } } }\n");
        assert!(
            stubs
                .answer(&post("https://a.example/login?k=hunter2", r#"{"user":{"password":"hunter2"}}"#))
                .is_none()
        );
        let told = stubs.unanswered()[0].to_string();
        assert_eq!(
            told,
            "no stub answers POST https://a.example/login; the nearest is `POST /login (line 1)`, but the JSON body differs at `user.password`"
        );
        assert!(!format!("{stubs:?}").contains("hunter2"));
    }

    #[test]
    fn counts_its_uses() {
        let mut stubs = stubs("- on: POST /a\n  times: 1\n- on: POST /b\n- on: POST /c\n  optional: true\n");
        assert_eq!(stubs.unused().len(), 2);
        assert!(stubs.answer(&post("https://x.example/a", "")).is_some());
        assert!(stubs.answer(&post("https://x.example/a", "")).is_none());
        assert!(stubs.unanswered()[0].to_string().contains("it has answered 1 times already"));
        assert_eq!(
            stubs.unused(),
            [("the stub `POST /b` was never used; remove it or mark it `optional: true`".to_owned(), 3)]
        );
    }

    #[test]
    fn headers_query_and_forms_are_compared() {
        let mut stubs = stubs(
            "- on: POST /a\n  with: { headers: { Authorization: Bearer T1 }, query: { q: a b }, form: { user: ä } }\n",
        );
        let headers = [("authorization", "Bearer T1")];
        let mut request = Request { headers: &headers, ..post("https://x.example/a?q=a%20b", "user=%C3%A4") };
        assert!(stubs.answer(&request).is_some());
        request.body = b"user=b";
        assert!(stubs.answer(&request).is_none());
        request.headers = &[];
        assert!(stubs.answer(&request).is_none());
        let told: Vec<_> = stubs.unanswered().iter().map(ToString::to_string).collect();
        assert!(told[0].ends_with("but the form differs at `user`"), "{told:?}");
        assert!(told[1].ends_with("but the header `Authorization` differs"), "{told:?}");
    }
}
