//! What is the same in the HTTP interfaces of providers.

use std::time::Duration;

use countersign_model::{MessageRef, Method, SecretText};
use serde_json::Value;
use url::Url;

use crate::adapter::{Progress, SendError, Sending};
use crate::registry::OpenError;
use crate::request::{Body, HttpRequest, HttpResponse};
use crate::settings::Settings;

/// Requests one after another; each answer is read before the next one is made.
pub(crate) struct Series<R> {
    requests: std::vec::IntoIter<HttpRequest>,
    references: Vec<MessageRef>,
    read: R,
}

impl<R> Series<R>
where
    R: Fn(&HttpResponse) -> Result<Vec<MessageRef>, SendError> + Send + 'static,
{
    /// Leaves out the first `done` requests. `read` says under which ids a request was accepted.
    pub(crate) fn begin(requests: Vec<HttpRequest>, done: u32, read: R) -> Box<dyn Sending> {
        let mut requests = requests.into_iter();
        for _ in 0..done {
            requests.next();
        }
        Box::new(Self { requests, references: Vec::new(), read })
    }
}

impl<R> Sending for Series<R>
where
    R: Fn(&HttpResponse) -> Result<Vec<MessageRef>, SendError> + Send,
{
    fn advance(&mut self, last: Option<&HttpResponse>) -> Result<Progress, SendError> {
        if let Some(response) = last {
            self.references.extend((self.read)(response)?);
        }
        Ok(match self.requests.next() {
            Some(request) => Progress::Send(request),
            None => Progress::Done(std::mem::take(&mut self.references)),
        })
    }
}

/// A request with a JSON body.
pub(crate) fn post_json(url: SecretText, body: &Value) -> HttpRequest {
    let body = Body { content_type: "application/json", text: SecretText::new(body.to_string()) };
    HttpRequest { method: Method::Post, url, headers: Vec::new(), body: Some(body) }
}

/// A request with the body of a form.
pub(crate) fn post_form(url: SecretText, pairs: &[(&str, &str)]) -> HttpRequest {
    let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let body = Body { content_type: "application/x-www-form-urlencoded", text: SecretText::new(text) };
    HttpRequest { method: Method::Post, url, headers: Vec::new(), body: Some(body) }
}

/// What an HTTP status asks for, when the provider's own code says nothing better.
pub(crate) fn by_status(response: &HttpResponse, code: Option<String>) -> SendError {
    let code = code.or_else(|| Some(response.status.to_string()));
    match response.status {
        429 => SendError::Throttled { after: retry_after(response), code },
        401 | 403 | 404 => SendError::Account { code },
        408 | 500.. => SendError::Unavailable { code },
        _ => SendError::Refused { code },
    }
}

/// The seconds of `Retry-After`.
pub(crate) fn retry_after(response: &HttpResponse) -> Option<Duration> {
    response.retry_after.as_deref()?.trim().parse().ok().map(Duration::from_secs)
}

/// The address of a provider's interface without a slash at its end.
pub(crate) fn api_url(settings: &Settings, default: &str) -> Result<String, OpenError> {
    let given = settings.text("api_url").unwrap_or(default).trim_end_matches('/');
    let is_web = Url::parse(given).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    let problem = "is no web address; it begins with https://";
    if is_web { Ok(given.to_owned()) } else { Err(OpenError::Invalid { name: "api_url", problem }) }
}

/// A secret that must be given.
pub(crate) fn required(settings: &Settings, name: &'static str) -> Result<SecretText, OpenError> {
    settings.secret(name).ok_or(OpenError::Missing(name))
}

/// A text that must be given.
pub(crate) fn required_text(settings: &Settings, name: &'static str) -> Result<String, OpenError> {
    settings.text(name).map(str::to_owned).ok_or(OpenError::Missing(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16) -> HttpResponse {
        HttpResponse { status, retry_after: Some(" 7".into()), body: b"{}".to_vec() }
    }

    #[test]
    fn requests_follow_each_other_and_the_accepted_ones_are_left_out() {
        let requests = ["a", "b", "c"].map(|url| post_form(SecretText::from(url), &[("k", "v 1&2")])).into();
        let mut series = Series::begin(requests, 1, |response| match response.status {
            200 => Ok(vec![MessageRef("id".into())]),
            _ => Err(by_status(response, None)),
        });
        let Ok(Progress::Send(second)) = series.advance(None) else { panic!("the second request") };
        assert_eq!(second.url.expose(), "b");
        assert_eq!(second.body.unwrap().text.expose(), "k=v+1%262");
        let Ok(Progress::Send(third)) = series.advance(Some(&response(200))) else { panic!("the third") };
        assert_eq!(third.url.expose(), "c");
        let Ok(Progress::Done(ids)) = series.advance(Some(&response(200))) else { panic!("the end") };
        assert_eq!(ids.len(), 2);
    }

    #[test]
    fn a_status_asks_for_patience_or_for_the_operator() {
        let code = |status: u16| Some(status.to_string());
        let after = Some(Duration::from_secs(7));
        assert_eq!(by_status(&response(429), None), SendError::Throttled { after, code: code(429) });
        assert_eq!(by_status(&response(401), None), SendError::Account { code: code(401) });
        assert_eq!(by_status(&response(503), None), SendError::Unavailable { code: code(503) });
        assert_eq!(by_status(&response(400), code(21211)), SendError::Refused { code: code(21211) });
        let dated =
            HttpResponse { retry_after: Some("Sun, 22 Nov 2026 10:00:00 GMT".into()), ..response(429) };
        assert_eq!(retry_after(&dated), None);
    }

    #[test]
    fn an_address_is_one_of_the_web() {
        let url = |given: &str| api_url(&Settings::new().with("api_url", given), "https://a.example");
        assert_eq!(url("").as_deref(), Ok("https://a.example"));
        assert_eq!(url("http://127.0.0.1:9/x/").as_deref(), Ok("http://127.0.0.1:9/x"));
        let complaint = url("ftp://a.example").unwrap_err().to_string();
        assert_eq!(complaint, "the setting `api_url` is no web address; it begins with https://");
        assert_eq!(
            required(&Settings::new(), "token").unwrap_err().to_string(),
            "the setting `token` is missing"
        );
    }
}
