use std::net::IpAddr;

use countersign_egress::{
    Allow, Client, Limits, Method, Origin, OutgoingRequest, Policy, Scheme, Transport as _,
};
use countersign_model::{Name, SecretText};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::RemoteError;
use crate::commands::operator::plain;

/// A workspace of a server.
pub(crate) struct Server {
    http: Client,
    base: Url,
    workspace: Name,
    key: SecretText,
}

/// A bot on the server.
#[derive(Debug, Deserialize)]
pub(crate) struct Bot {
    pub(crate) id: String,
    pub(crate) live: Option<Live>,
    /// Whether the draft is not what is in service.
    pub(crate) changed: bool,
}

/// The version in service.
#[derive(Debug, Deserialize)]
pub(crate) struct Live {
    pub(crate) number: u64,
}

/// A draft on the server.
#[derive(Debug, Deserialize)]
pub(crate) struct Draft {
    pub(crate) text: String,
    pub(crate) revision: u64,
    pub(crate) changed_by: String,
}

/// What the check on the server found.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Findings {
    #[serde(default)]
    diagnostics: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    code: String,
    severity: String,
    message: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    labels: Vec<Label>,
    help: Option<Help>,
}

#[derive(Debug, Deserialize)]
struct Label {
    start: Place,
}

#[derive(Debug, Deserialize)]
struct Place {
    line: u64,
    column: u64,
}

#[derive(Debug, Deserialize)]
struct Help {
    text: String,
}

/// What became of a bot that was to be published.
#[derive(Debug)]
pub(crate) enum Written {
    /// This version is in service.
    Published(u64),
    /// The check on the server found errors.
    Refused(Findings),
}

#[derive(Deserialize)]
struct List<T> {
    items: Vec<T>,
    next: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Trouble {
    code: String,
    detail: String,
    hint: Option<String>,
    errors: Vec<Field>,
    checkup: Option<Findings>,
}

#[derive(Deserialize)]
struct Field {
    pointer: String,
    message: String,
}

impl Server {
    pub(crate) fn new(address: &str, workspace: Name, key: SecretText) -> Result<Self, RemoteError> {
        let wrong = || RemoteError::Url(plain(address));
        let base = Url::parse(address).map_err(|_| wrong())?;
        if base.query().is_some() || base.fragment().is_some() {
            return Err(wrong());
        }
        let origin = Origin::of(&base).map_err(|_| wrong())?;
        let is_local = match origin.ip() {
            Some(ip) => IpAddr::is_loopback(&ip),
            None => origin.host() == "localhost" || origin.host().ends_with(".localhost"),
        };
        let scheme = match origin.scheme() {
            Scheme::Https => "https",
            Scheme::Http if is_local => "http",
            Scheme::Http => return Err(RemoteError::Plain(plain(address))),
        };
        // Whoever gives the key says with the address where it may go, be that a private network.
        let allow: Allow = format!("{scheme}://{}", origin.host_port()).parse().map_err(|_| wrong())?;
        let limits = Limits { body: 64 * 1024 * 1024, request_body: 8 * 1024 * 1024, ..Limits::default() };
        let http = Client::new(Policy { allow: vec![allow], limits, ..Policy::default() })?;
        Ok(Self { http, base, workspace, key })
    }

    /// All bots of the workspace.
    pub(crate) async fn bots(&self) -> Result<Vec<Bot>, RemoteError> {
        let (mut bots, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let mut url = self.address(&["bots"])?;
            if let Some(cursor) = &cursor {
                url.query_pairs_mut().append_pair("cursor", cursor);
            }
            let list: List<Bot> = self.read(Method::Get, url, None, "bots").await?;
            bots.extend(list.items);
            match list.next {
                Some(next) if Some(&next) != cursor.as_ref() => cursor = Some(next),
                _ => return Ok(bots),
            }
        }
    }

    /// A bot; none when there is none of that id.
    pub(crate) async fn bot(&self, id: &str) -> Result<Option<Bot>, RemoteError> {
        let url = self.address(&["bots", id])?;
        match self.read(Method::Get, url, None, &format!("bot `{id}`")).await {
            Ok(bot) => Ok(Some(bot)),
            // Without the workspace nothing is found either, and that is said.
            Err(RemoteError::NotThere { .. }) => {
                self.bots().await?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The draft of a bot.
    pub(crate) async fn draft(&self, id: &str) -> Result<Draft, RemoteError> {
        let url = self.address(&["bots", id, "draft"])?;
        self.read(Method::Get, url, None, &format!("bot `{id}`")).await
    }

    /// The text of a version.
    pub(crate) async fn version(&self, id: &str, number: u64) -> Result<String, RemoteError> {
        #[derive(Deserialize)]
        struct Version {
            text: String,
        }
        let url = self.address(&["bots", id, "versions", &number.to_string()])?;
        let version: Version = self.read(Method::Get, url, None, &format!("bot `{id}`")).await?;
        Ok(version.text)
    }

    /// Makes a bot whose draft is this text.
    pub(crate) async fn make(&self, id: &str, name: &str, text: &str) -> Result<(), RemoteError> {
        let body = json!({ "id": id, "name": name, "text": text });
        let url = self.address(&["bots"])?;
        let _: Value = self.read(Method::Post, url, Some(body), "bots").await?;
        Ok(())
    }

    /// Writes a draft over the one of that revision, and gives the new revision.
    pub(crate) async fn write(&self, id: &str, text: &str, revision: u64) -> Result<u64, RemoteError> {
        #[derive(Deserialize)]
        struct Revision {
            revision: u64,
        }
        let url = self.address(&["bots", id, "draft"])?;
        let (status, body) =
            self.exchange(Method::Put, url, Some(json!({ "text": text })), Some(revision)).await?;
        let written: Revision =
            self.understood(status, &body, &format!("bot `{id}`")).map_err(meanwhile(id))?;
        Ok(written.revision)
    }

    /// Publishes the draft of that revision.
    pub(crate) async fn publish(
        &self,
        id: &str,
        revision: u64,
        note: Option<&str>,
    ) -> Result<Written, RemoteError> {
        let url = self.address(&["bots", id, "publish"])?;
        let body = note.map_or_else(|| json!({}), |note| json!({ "note": note }));
        let (status, body) = self.exchange(Method::Post, url, Some(body), Some(revision)).await?;
        if status == 422 {
            let trouble: Trouble = serde_json::from_slice(&body).unwrap_or_default();
            if let (Some(findings), "check_failed") = (trouble.checkup, trouble.code.as_str()) {
                return Ok(Written::Refused(findings));
            }
        }
        let bot: Bot = self.understood(status, &body, &format!("bot `{id}`")).map_err(meanwhile(id))?;
        Ok(Written::Published(bot.live.map_or(0, |live| live.number)))
    }

    async fn read<T: DeserializeOwned>(
        &self,
        method: Method,
        url: Url,
        body: Option<Value>,
        what: &str,
    ) -> Result<T, RemoteError> {
        let (status, body) = self.exchange(method, url, body, None).await?;
        self.understood(status, &body, what)
    }

    fn understood<T: DeserializeOwned>(
        &self,
        status: u16,
        body: &[u8],
        what: &str,
    ) -> Result<T, RemoteError> {
        let somebody_else = || RemoteError::SomebodyElse(plain(self.base.as_str().trim_end_matches('/')));
        if (200..300).contains(&status) {
            return serde_json::from_slice(body).map_err(|_| somebody_else());
        }
        let trouble: Trouble = serde_json::from_slice(body).map_err(|_| somebody_else())?;
        if trouble.code.is_empty() {
            return Err(somebody_else());
        }
        Err(match status {
            401 => RemoteError::Key,
            404 => RemoteError::NotThere { workspace: self.workspace.to_string(), what: what.to_owned() },
            409 if trouble.code == "stale" => RemoteError::Meanwhile(String::new()),
            _ => RemoteError::Refused {
                detail: plain(&trouble.detail),
                hint: trouble.hint.as_deref().map(plain),
                fields: trouble
                    .errors
                    .iter()
                    .map(|field| plain(&format!("{}: {}", field.pointer, field.message)))
                    .collect(),
            },
        })
    }

    async fn exchange(
        &self,
        method: Method,
        url: Url,
        body: Option<Value>,
        revision: Option<u64>,
    ) -> Result<(u16, Vec<u8>), RemoteError> {
        let origin = Origin::of(&url).map_err(|_| RemoteError::Url(plain(self.base.as_str())))?;
        let key = SecretText::new(format!("Bearer {}", self.key.expose()));
        let mut request = OutgoingRequest::builder(method, origin, SecretText::new(url.into()))
            .header("Authorization", key);
        if let Some(revision) = revision {
            request = request.header("If-Match", SecretText::new(format!("\"{revision}\"")));
        }
        if let Some(body) = body {
            request = request.body("application/json", SecretText::new(body.to_string()));
        }
        let request = request.build(self.http.policy()).map_err(countersign_egress::EgressError::from)?;
        let response = self.http.send(&request).await?;
        Ok((response.status, response.body.to_vec()))
    }

    fn address(&self, parts: &[&str]) -> Result<Url, RemoteError> {
        let mut url = self.base.clone();
        let wrong = || RemoteError::Url(plain(self.base.as_str()));
        url.path_segments_mut()
            .map_err(|()| wrong())?
            .pop_if_empty()
            .extend(["api", "v1", "workspaces", self.workspace.as_str()])
            .extend(parts);
        Ok(url)
    }
}

impl Findings {
    /// The errors, as `file:line:column: error[E0101]: …`, and what helps.
    pub(crate) fn shown(&self, file: &str) -> String {
        let mut out = String::new();
        for finding in self.diagnostics.iter().filter(|finding| finding.severity == "error") {
            let place = finding.labels.first().map_or_else(
                || finding.path.clone(),
                |label| format!("{}:{}", label.start.line, label.start.column),
            );
            out += &plain(&format!("{file}:{place}: error[{}]: {}", finding.code, finding.message));
            out.push('\n');
            if let Some(help) = &finding.help {
                out += &format!("  help: {}\n", plain(&help.text));
            }
        }
        out
    }
}

fn meanwhile(id: &str) -> impl Fn(RemoteError) -> RemoteError {
    move |error| match error {
        RemoteError::Meanwhile(_) => RemoteError::Meanwhile(id.to_owned()),
        other => other,
    }
}
