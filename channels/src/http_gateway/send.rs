//! How a message is handed to a gateway.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_model::{MessageRef, Method, SecretText};
use url::Url;

use super::template::{Hole, Place, Template};
use crate::adapter::SendError;
use crate::registry::OpenError;
use crate::request::{Body, HttpRequest, HttpResponse};
use crate::rest;
use crate::segments::{self, Encoding};
use crate::settings::Settings;

/// The address for delivery reports, when none is given.
pub(crate) const CALLBACK: &str = "{hook}?key={key}&id={id}&to={to_no_plus}";

/// The templates of a request.
pub(crate) struct Sender {
    method: Method,
    url: Template,
    headers: Vec<(&'static str, Template)>,
    body: Option<(&'static str, Place, Template)>,
    gsm7: Template,
    unicode: Template,
    callback: Template,
    from: String,
    username: String,
    password: SecretText,
    hook: String,
    key: SecretText,
    names_id: bool,
    reading: Reading,
}

/// How an answer is read.
#[derive(Clone)]
pub(crate) struct Reading {
    /// Words that a positive answer holds.
    success: Option<String>,
    /// The words before and after the gateway's id.
    id: Option<(String, String)>,
}

impl Sender {
    pub(crate) fn open(settings: &Settings, key: &str) -> Result<Self, OpenError> {
        let method = match settings.text("send.method").unwrap_or("GET").to_ascii_uppercase().as_str() {
            "GET" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            _ => {
                return Err(OpenError::Invalid {
                    name: "send.method",
                    problem: "has to be GET, POST or PUT",
                });
            }
        };
        let template = |name: &'static str, default: &str| {
            let text = settings.text(name).unwrap_or(default);
            Template::parse(text).map_err(|problem| OpenError::Invalid { name, problem })
        };
        let url = template("send.url", "")?;
        check_url(settings.text("send.url"), &url)?;
        let hook = settings.text("hook_url").unwrap_or_default().to_owned();
        // The address of the hook is an address already, and is not encoded in one that begins with it.
        let callback = settings.text("send.callback").unwrap_or(CALLBACK).replace("{hook}", &hook);
        let callback = Template::parse(&callback)
            .map_err(|problem| OpenError::Invalid { name: "send.callback", problem })?;
        let sender = Self {
            method,
            headers: headers(settings)?,
            body: body(settings)?,
            gsm7: template("send.gsm7", "")?,
            unicode: template("send.unicode", "")?,
            from: settings.text("from").unwrap_or_default().to_owned(),
            username: settings.text("send.username").unwrap_or_default().to_owned(),
            password: settings.secret("send.password").unwrap_or_else(|| SecretText::from("")),
            hook,
            key: SecretText::from(key),
            names_id: false,
            reading: Reading::open(settings)?,
            url,
            callback,
        };
        let names_id =
            sender.uses(Hole::Id) || (sender.uses(Hole::Callback) && sender.callback.has(Hole::Id));
        sender.check()?;
        Ok(Self { names_id, ..sender })
    }

    /// Whether the gateway is told our id, so that its reports can name it.
    pub(crate) fn names_id(&self) -> bool {
        self.names_id
    }

    pub(crate) fn reading(&self) -> Reading {
        self.reading.clone()
    }

    /// The request that sends one text.
    pub(crate) fn request(&self, to: &str, text: &str, id: &str) -> HttpRequest {
        let url = SecretText::new(self.fill(&self.url, Place::Url, to, text, id));
        let header = |(name, value): &(&'static str, Template)| {
            (*name, SecretText::new(self.fill(value, Place::Header, to, text, id)))
        };
        let body = self.body.as_ref().map(|(content_type, place, template)| Body {
            content_type,
            text: SecretText::new(self.fill(template, *place, to, text, id)),
        });
        HttpRequest { method: self.method, url, headers: self.headers.iter().map(header).collect(), body }
    }

    fn fill(&self, template: &Template, place: Place, to: &str, text: &str, id: &str) -> String {
        let coding = match segments::encoding(text) {
            Encoding::Gsm7 => &self.gsm7,
            Encoding::Ucs2 => &self.unicode,
        };
        let plain = |hole: Hole| self.value(hole, to, text, id);
        let value = |hole: Hole| match hole {
            // An address in an address: its own values are encoded for it first.
            Hole::Callback => Cow::Owned(self.callback.fill(Place::Url, &plain, None)),
            hole => plain(hole),
        };
        template.fill(place, &value, Some(coding))
    }

    fn value<'v>(&'v self, hole: Hole, to: &'v str, text: &'v str, id: &'v str) -> Cow<'v, str> {
        match hole {
            Hole::To => to.into(),
            Hole::ToNoPlus => to.trim_start_matches('+').into(),
            Hole::From => self.from.as_str().into(),
            Hole::FromNoPlus => self.from.trim_start_matches('+').into(),
            Hole::Text => text.into(),
            Hole::TextHex => text.encode_utf16().map(|unit| format!("{unit:04X}")).collect::<String>().into(),
            Hole::Id => id.into(),
            Hole::Username => self.username.as_str().into(),
            Hole::Password => self.password.expose().into(),
            Hole::Basic => STANDARD.encode(format!("{}:{}", self.username, self.password.expose())).into(),
            Hole::Hook => self.hook.as_str().into(),
            Hole::Key => self.key.expose().into(),
            Hole::Callback | Hole::Coding => "".into(),
        }
    }

    fn uses(&self, hole: Hole) -> bool {
        let body = self.body.iter().map(|(_, _, template)| template);
        let headers = self.headers.iter().map(|(_, template)| template);
        let coding = [&self.gsm7, &self.unicode];
        [&self.url].into_iter().chain(body).chain(headers).chain(coding).any(|template| template.has(hole))
    }

    /// Finds what would fail with every message.
    fn check(&self) -> Result<(), OpenError> {
        let invalid = |name, problem| Err(OpenError::Invalid { name, problem });
        if !self.uses(Hole::Text) && !self.uses(Hole::TextHex) {
            return invalid("send.url", "sends no text; {text} has to stand in it or in `send.body`");
        }
        if self.method == Method::Get && self.body.is_some() {
            return invalid("send.body", "cannot be sent with GET; set `send.method` to POST");
        }
        let needs_password = self.uses(Hole::Password) || self.uses(Hole::Basic);
        if needs_password && self.password.is_empty() {
            return Err(OpenError::Missing("send.password"));
        }
        if (self.uses(Hole::From) || self.uses(Hole::FromNoPlus)) && self.from.is_empty() {
            return Err(OpenError::Missing("from"));
        }
        let Some((_, Place::Json, template)) = &self.body else { return Ok(()) };
        let written = self.fill(template, Place::Json, "+15550100123", "text", "id");
        match serde_json::from_str::<serde_json::Value>(&written) {
            Ok(_) => Ok(()),
            Err(_) => invalid(
                "send.body",
                "is no JSON when it is filled in; a placeholder stands without quotes, because it brings its own",
            ),
        }
    }
}

/// The host must not depend on what is filled in.
fn check_url(given: Option<&str>, url: &Template) -> Result<(), OpenError> {
    if given.is_none() {
        return Err(OpenError::Missing("send.url"));
    }
    let beginning = url.beginning();
    let is_web =
        Url::parse(beginning).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let after_scheme = beginning.split_once("://").map_or("", |(_, rest)| rest);
    if is_web && (after_scheme.contains(['/', '?']) || given == Some(beginning)) {
        return Ok(());
    }
    let problem = "has to begin with https:// and the whole host; placeholders stand after it";
    Err(OpenError::Invalid { name: "send.url", problem })
}

fn headers(settings: &Settings) -> Result<Vec<(&'static str, Template)>, OpenError> {
    let invalid = |problem| OpenError::Invalid { name: "send.headers", problem };
    let table = settings.table("send.headers").into_iter();
    let lines = table.map(|(name, value)| {
        let name = name.to_ascii_lowercase();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return Err(invalid("has a name that no header line can have"));
        }
        let template = Template::parse(&value).map_err(invalid)?;
        if template.has(Hole::Text) || !value.bytes().all(|b| (b' '..0x7f).contains(&b)) {
            return Err(invalid(
                "has a value that no header line can have; texts of messages belong elsewhere",
            ));
        }
        // Channels are opened when a server starts and not again, so the few names of one may stay for ever.
        let name: &'static str = name.leak();
        Ok((name, template))
    });
    lines.collect()
}

fn body(settings: &Settings) -> Result<Option<(&'static str, Place, Template)>, OpenError> {
    const TYPES: [(&str, &str, Place); 5] = [
        ("application/x-www-form-urlencoded", "application/x-www-form-urlencoded", Place::Url),
        ("application/json", "application/json", Place::Json),
        ("text/xml", "text/xml; charset=utf-8", Place::Xml),
        ("application/xml", "application/xml; charset=utf-8", Place::Xml),
        ("text/plain", "text/plain; charset=utf-8", Place::Plain),
    ];
    let given = settings.text("send.content_type").unwrap_or(TYPES[0].0).to_ascii_lowercase();
    let name = given.split(';').next().unwrap_or_default().trim();
    let Some((_, content_type, place)) = TYPES.iter().find(|(known, _, _)| *known == name) else {
        let problem = "has to be application/x-www-form-urlencoded, application/json, text/xml, application/xml or text/plain";
        return Err(OpenError::Invalid { name: "send.content_type", problem });
    };
    let Some(text) = settings.text("send.body") else { return Ok(None) };
    let template =
        Template::parse(text).map_err(|problem| OpenError::Invalid { name: "send.body", problem })?;
    Ok(Some((content_type, *place, template)))
}

impl Reading {
    fn open(settings: &Settings) -> Result<Self, OpenError> {
        let id = match settings.text("send.answer_id").map(|text| text.split_once("{id}")) {
            None => None,
            Some(Some((before, after))) if !before.is_empty() => Some((before.to_owned(), after.to_owned())),
            Some(_) => {
                let problem = "has to hold {id} and the words before it, such as Success \"{id}\"";
                return Err(OpenError::Invalid { name: "send.answer_id", problem });
            }
        };
        let success = settings.text("send.success").filter(|words| *words != "status");
        Ok(Self { success: success.map(str::to_owned), id })
    }

    /// The gateway's id, when its answer is positive.
    pub(crate) fn read(&self, response: &HttpResponse) -> Result<Option<MessageRef>, SendError> {
        if !(200..300).contains(&response.status) {
            return Err(rest::by_status(response, None));
        }
        let body = String::from_utf8_lossy(&response.body);
        if self.success.as_ref().is_some_and(|words| !body.contains(words)) {
            return Err(SendError::Refused { code: None });
        }
        Ok(self.id.as_ref().and_then(|(before, after)| {
            let (_, rest) = body.split_once(before)?;
            let id = match after.as_str() {
                "" => rest.split_whitespace().next()?,
                after => rest.split_once(after)?.0,
            };
            Some(MessageRef(id.trim().to_owned())).filter(|id| (1..=200).contains(&id.0.len()))
        }))
    }
}
