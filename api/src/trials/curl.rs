//! A pasted curl command as a Web Service. Tokens and passwords in it are not kept: the bot has its own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use url::Url;

/// What was read.
#[derive(Debug)]
pub(super) struct Read {
    /// The Web Service, as it stands in a bot file.
    pub(super) definition: Value,
    /// What was left out or put in another way, for people.
    pub(super) notes: Vec<String>,
}

/// Why a text is no curl command. It is not quoted: there may be a password in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CurlError {
    /// It begins with something else.
    #[error("This is not a curl command: it begins with `curl`.")]
    NotCurl,
    /// A quote stands open.
    #[error("A quote in the command is not closed. Copy it again, as a command for a Unix shell (bash).")]
    Quotes,
    /// There is no address.
    #[error("There is no address in the command.")]
    NoUrl,
    /// The address is none.
    #[error("The address in the command is not one that begins with http:// or https://.")]
    BadUrl,
    /// There is an option that needs a value at the end.
    #[error("The command ends where the value of its last option should stand.")]
    CutShort,
}

/// Options with a value that changes nothing of the request itself.
const IGNORED_WITH_VALUE: &[&str] = &[
    "-o",
    "--output",
    "-m",
    "--max-time",
    "--connect-timeout",
    "--retry",
    "-w",
    "--write-out",
    "-e",
    "--referer",
    "-c",
    "--cookie-jar",
    "--cacert",
    "-x",
    "--proxy",
    "--resolve",
    "--interface",
];

/// Reads a command.
pub(super) fn read(command: &str) -> Result<Read, CurlError> {
    let words = shlex::split(command.trim().trim_start_matches('$')).ok_or(CurlError::Quotes)?;
    let mut words = words.into_iter();
    if words.next().as_deref().map(|word| word.trim_end_matches(".exe")) != Some("curl") {
        return Err(CurlError::NotCurl);
    }
    let mut call = Call::default();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(CurlError::CutShort);
        let (name, joined) = split(&word);
        let mut value = || joined.map_or_else(&mut value, |joined| Ok(joined.to_owned()));
        match name {
            "-X" | "--request" => call.method = Some(value()?.to_uppercase()),
            "-H" | "--header" => call.header(&value()?),
            "-d" | "--data" | "--data-raw" | "--data-ascii" | "--data-binary" | "--json"
            | "--data-urlencode" => {
                call.is_json |= name == "--json";
                call.data.push(value()?);
            }
            "-F" | "--form" => {
                value()?;
                call.notes
                    .push("Files and multipart forms cannot be sent; the form was left out.".to_owned());
            }
            "-u" | "--user" => {
                value()?;
                call.basic();
            }
            "-b" | "--cookie" => {
                value()?;
                call.notes.push("Cookies are not sent; they were left out.".to_owned());
            }
            "-A" | "--user-agent" => {
                value()?;
            }
            "-G" | "--get" => call.is_get = true,
            "-I" | "--head" => call.notes.push("The method HEAD cannot be used; GET is used.".to_owned()),
            "-k" | "--insecure" => {
                call.notes.push("Certificates are always checked; `--insecure` was left out.".to_owned());
            }
            "--url" => call.url = Some(value()?),
            name if IGNORED_WITH_VALUE.contains(&name) => {
                value()?;
            }
            name if name.starts_with('-') && name.len() > 1 => {}
            _ => call.url = call.url.or(Some(word)),
        }
    }
    call.into_service()
}

/// `--request=POST` and `-XPOST` as the option and its value.
fn split(word: &str) -> (&str, Option<&str>) {
    if let Some((name, value)) = word.strip_prefix("--").and_then(|_| word.split_once('=')) {
        return (name, Some(value));
    }
    let is_short = word.len() > 2 && word.starts_with('-') && !word.starts_with("--");
    if is_short && ["-X", "-H", "-d", "-u", "-F", "-b", "-A", "-o", "-m"].contains(&&word[..2]) {
        return (&word[..2], Some(&word[2..]));
    }
    (word, None)
}

#[derive(Default)]
struct Call {
    method: Option<String>,
    url: Option<String>,
    headers: Map<String, Value>,
    content_type: Option<String>,
    data: Vec<String>,
    is_json: bool,
    is_get: bool,
    notes: Vec<String>,
}

impl Call {
    fn header(&mut self, header: &str) {
        let Some((name, value)) = header.split_once(':') else { return };
        let (name, value) = (name.trim(), value.trim());
        match name.to_ascii_lowercase().as_str() {
            "content-type" => self.content_type = Some(value.to_ascii_lowercase()),
            "authorization" if value.to_ascii_lowercase().starts_with("bearer ") => {
                self.headers.insert(name.to_owned(), json!("Bearer {authtoken}"));
                self.notes.push(
                    "The token of the command was replaced by {authtoken}: each user's own is sent."
                        .to_owned(),
                );
            }
            "authorization" => self.basic(),
            "cookie" => self.notes.push("Cookies are not sent; they were left out.".to_owned()),
            lower if ["api-key", "apikey", "token", "secret"].iter().any(|word| lower.contains(word)) => {
                let secret = lower.strip_prefix("x-").unwrap_or(lower).replace('-', "_");
                self.headers.insert(name.to_owned(), json!(format!("{{secret.{secret}}}")));
                self.notes.push(format!(
                    "The value of the header `{name}` was not kept. Save it as the secret `{secret}` in Settings."
                ));
            }
            // The server sets them itself.
            "host" | "content-length" | "user-agent" | "accept-encoding" | "connection" | "referer"
            | "origin" => {}
            lower if lower.starts_with("sec-") => {}
            _ => {
                self.headers.insert(name.to_owned(), json!(literal(value)));
            }
        }
    }

    fn basic(&mut self) {
        self.headers.insert("Authorization".to_owned(), json!("Basic {secret.api_login}"));
        let example = STANDARD.encode("user:password");
        self.notes.push(format!(
            "The login of the command was not kept. Save it as the secret `api_login` in Settings: the base64 of \
             `user:password`, which looks like `{example}`."
        ));
    }

    fn into_service(mut self) -> Result<Read, CurlError> {
        let url = self.url.take().ok_or(CurlError::NoUrl)?;
        let url = if url.contains("://") { url } else { format!("https://{url}") };
        let mut url = Url::parse(&url).map_err(|_| CurlError::BadUrl)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(CurlError::BadUrl);
        }
        if !url.username().is_empty() || url.password().is_some() {
            let _ = (url.set_username(""), url.set_password(None));
            self.basic();
        }
        url.set_fragment(None);
        let mut service = Map::new();
        service.insert("id".to_owned(), json!(id(&url)));
        let data = self.data.join("&");
        let has_body = !self.data.is_empty() && !self.is_get;
        let method = self.method.take().unwrap_or_else(|| if has_body { "POST" } else { "GET" }.to_owned());
        let method = match method.as_str() {
            "GET" | "POST" | "PUT" | "PATCH" | "DELETE" => method,
            "HEAD" => "GET".to_owned(),
            _ => {
                self.notes.push("The method of the command cannot be used; POST is used.".to_owned());
                "POST".to_owned()
            }
        };
        service.insert("method".to_owned(), json!(method));
        let mut query: Map<String, Value> =
            url.query_pairs().map(|(name, value)| (name.into_owned(), json!(literal(&value)))).collect();
        url.set_query(None);
        if self.is_get {
            query.extend(pairs(&data));
        }
        service.insert("url".to_owned(), json!(literal(url.as_str())));
        if !query.is_empty() {
            service.insert("query".to_owned(), Value::Object(query));
        }
        if has_body {
            self.body(&data, &mut service);
        }
        if !self.headers.is_empty() {
            service.insert("headers".to_owned(), Value::Object(self.headers));
        }
        Ok(Read { definition: Value::Object(service), notes: self.notes })
    }

    fn body(&mut self, data: &str, service: &mut Map<String, Value>) {
        if data.starts_with('@') {
            self.notes.push("The body comes from a file of yours; it was left out.".to_owned());
            return;
        }
        let kind = self.content_type.clone().unwrap_or_default();
        let value: Option<Value> = serde_json::from_str(data).ok();
        match value {
            Some(value) if self.is_json || kind.contains("json") || value.is_object() || value.is_array() => {
                service.insert("json".to_owned(), literals(value));
            }
            _ if kind.is_empty() || kind.contains("x-www-form-urlencoded") => {
                service.insert("form".to_owned(), Value::Object(pairs(data)));
            }
            _ => {
                service.insert("body".to_owned(), json!(literal(data)));
                service.insert("content_type".to_owned(), json!(kind));
            }
        }
    }
}

fn pairs(data: &str) -> Map<String, Value> {
    let all = url::form_urlencoded::parse(data.as_bytes());
    all.map(|(name, value)| (name.into_owned(), json!(literal(&value)))).collect()
}

/// Braces of the command are no placeholders.
fn literal(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

fn literals(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(literal(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(literals).collect()),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, literals(value))).collect())
        }
        other => other,
    }
}

/// A name for it: the last parts of the path that are words.
fn id(url: &Url) -> String {
    let words = url.path_segments().into_iter().flatten();
    let word = |part: &&str| part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.len() <= 32;
    let words: Vec<_> = words.filter(word).collect();
    let last = words.iter().rev().take(2).rev().copied().collect::<Vec<_>>().join("-");
    let clean: String =
        last.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let clean = clean.trim_matches('-').to_owned();
    if clean.is_empty() { "service".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(command: &str) -> Value {
        read(command).unwrap().definition
    }

    #[test]
    fn a_command_of_a_manual_becomes_a_service() {
        let command = r#"curl -X POST 'https://api.bank.example/v1/transfers?dry=1' \
            -H 'Content-Type: application/json' -H "Accept: application/json" \
            -d '{"amount": 5, "note": "a {b}"}'"#;
        assert_eq!(
            service(command),
            json!({
                "id": "v1-transfers", "method": "POST", "url": "https://api.bank.example/v1/transfers",
                "query": { "dry": "1" }, "json": { "amount": 5, "note": "a {{b}}" },
                "headers": { "Accept": "application/json" },
            })
        );
    }

    #[test]
    fn no_token_password_or_key_is_kept() {
        let read = read(
            "curl https://ada:canary1@api.example/me -H 'Authorization: Bearer canary2' -H 'X-Api-Key: canary3' \
             -b 'sid=canary4' -H 'Cookie: a=canary5'",
        )
        .unwrap();
        let text = format!("{read:?}");
        assert!(!text.contains("canary"), "{text}");
        assert_eq!(read.definition["headers"]["X-Api-Key"], "{secret.api_key}");
        assert_eq!(read.notes.len(), 5);
        let bearer = service("curl https://api.example/me -H 'authorization: bearer canary'");
        assert_eq!(bearer["headers"]["authorization"], "Bearer {authtoken}");
    }

    #[test]
    fn forms_queries_and_joined_options_are_read() {
        let form = service("curl -XPUT api.example/a/1 -d a=1 -d 'b=x%20y'");
        assert_eq!(form["method"], "PUT");
        assert_eq!(form["url"], "https://api.example/a/1");
        assert_eq!(form["form"], json!({ "a": "1", "b": "x y" }));
        let get = service("curl -G --url=https://api.example/s --data-urlencode 'q=cats'");
        assert_eq!((&get["method"], &get["query"]), (&json!("GET"), &json!({ "q": "cats" })));
        let text = service("curl https://api.example/s -H 'Content-Type: text/xml' --data '<a/>'");
        assert_eq!((&text["body"], &text["content_type"]), (&json!("<a/>"), &json!("text/xml")));
    }

    #[test]
    fn what_is_no_command_is_told_without_repeating_it() {
        let told = |text: &str| read(text).unwrap_err();
        assert_eq!(told("wget https://a.example"), CurlError::NotCurl);
        assert_eq!(told(""), CurlError::NotCurl);
        assert_eq!(told("curl 'https://a.example"), CurlError::Quotes);
        assert_eq!(told("curl -s"), CurlError::NoUrl);
        assert_eq!(told("curl ftp://a.example"), CurlError::BadUrl);
        assert_eq!(told("curl https://a.example -H"), CurlError::CutShort);
    }
}
