use std::sync::Arc;
use std::time::Duration;

use countersign_egress::{
    Allow, Client as Http, Limits, Method, Origin, OutgoingRequest, Policy, Transport as _,
};
use countersign_model::{ChannelKind, SecretText};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::heard::Message;
use super::{ConnectError, Options};

/// How long a step may take. A call on the phone goes on until the bot waits for the caller.
const STEP: Duration = Duration::from_secs(110);

/// One line of a demo's stand-ins, and one user on it.
#[derive(Clone)]
pub(super) struct Client {
    http: Arc<Http>,
    base: Url,
    line: Line,
    channel: ChannelKind,
    user: String,
}

/// A line as the demo lists it.
#[derive(Clone, Deserialize)]
pub(super) struct Line {
    id: String,
    channel: String,
    provider: String,
}

/// What became of a step.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    /// The status of the webhook; `None` when the server did not answer.
    status: Option<u16>,
    acknowledged: bool,
    /// The provider holds it back.
    #[serde(default)]
    pub(super) held: bool,
}

impl Said {
    /// What is to be told of it, when something is amiss.
    pub(super) fn complaint(&self) -> Option<String> {
        if self.held {
            return Some(
                "(the provider holds it back until your next message, which comes first)".to_owned(),
            );
        }
        let told = match (self.acknowledged, self.status) {
            (true, _) => return None,
            (false, Some(status)) => format!("the server answered the webhook with {status}"),
            (false, None) => "the server did not answer the webhook".to_owned(),
        };
        Some(format!("({told}; the provider sends it again)"))
    }
}

/// What has come since, and whether a call is running.
#[derive(Deserialize)]
pub(super) struct News {
    pub(super) next: u64,
    pub(super) messages: Vec<Message>,
    pub(super) calling: bool,
}

/// What the stand-in said instead of doing it.
#[derive(Debug)]
pub(super) enum Step {
    Done(Said),
    Refused(String),
}

impl Client {
    /// Looks for the line.
    pub(super) async fn open(options: &Options) -> Result<Self, ConnectError> {
        let Options { url, channel, user, line, .. } = options;
        let wrong = || ConnectError::Url(url.clone());
        let base = Url::parse(url).ok().filter(|base| base.scheme() == "http").ok_or_else(wrong)?;
        let origin = Origin::of(&base).map_err(|_| wrong())?;
        let allow: Allow = format!("http://{}", origin.host_port()).parse().map_err(|_| wrong())?;
        let limits = Limits { body: 64 * 1024 * 1024, ..Limits::default() };
        let policy = Policy { allow: vec![allow], limits, ..Policy::default() };
        let http = Arc::new(Http::new(policy).map_err(|_| wrong())?);
        let found = Line { id: String::new(), channel: String::new(), provider: String::new() };
        let mut client = Self { http, base, line: found, channel: *channel, user: user.clone() };
        client.line = client.find(*channel, line.as_deref()).await?;
        Ok(client)
    }

    pub(super) fn channel(&self) -> ChannelKind {
        self.channel
    }

    /// What the line is, for the first line of the screen.
    pub(super) fn title(&self) -> String {
        match self.line.id == self.line.channel {
            true => self.user.clone(),
            false => format!("{} at {}", self.user, self.line.provider),
        }
    }

    async fn find(&self, channel: ChannelKind, wanted: Option<&str>) -> Result<Line, ConnectError> {
        #[derive(Deserialize)]
        struct Lines {
            lines: Vec<Line>,
        }
        let (status, body) =
            self.exchange(Method::Get, "/stand-in/lines", None, STEP).await.map_err(|lost| match lost {
                ConnectError::Gone(url) => ConnectError::Nobody(url),
                other => other,
            })?;
        let lines: Option<Lines> = serde_json::from_slice(&body).ok().filter(|_| status == 200);
        let Some(Lines { lines }) = lines else { return Err(ConnectError::SomebodyElse(self.shown())) };
        let known = lines.iter().map(|line| line.id.as_str()).collect::<Vec<_>>().join(", ");
        let mut of_channel = lines.into_iter().filter(|line| line.channel == channel.name());
        match wanted {
            Some(id) => of_channel.find(|line| line.id == id).ok_or_else(|| ConnectError::NoLine {
                line: id.to_owned(),
                channel,
                known,
            }),
            None => of_channel.next().ok_or(ConnectError::NoChannel { channel, known }),
        }
    }

    /// Does something as the user.
    pub(super) async fn act(&self, mut what: Value) -> Result<Step, ConnectError> {
        what["from"] = self.user.clone().into();
        let path = format!("/stand-in/{}/say", self.line.id);
        let (status, body) = self.exchange(Method::Post, &path, Some(what), STEP).await?;
        let json: Value = serde_json::from_slice(&body).unwrap_or_default();
        match (status, serde_json::from_value::<Said>(json.clone())) {
            (200, Ok(said)) => Ok(Step::Done(said)),
            _ => match json["problem"].as_str() {
                Some(problem) => Ok(Step::Refused(problem.to_owned())),
                None => Err(ConnectError::SomebodyElse(self.shown())),
            },
        }
    }

    /// Makes the provider misbehave.
    pub(super) async fn trouble(&self, what: Value) -> Result<String, ConnectError> {
        let path = format!("/stand-in/{}/trouble", self.line.id);
        let (status, body) = self.exchange(Method::Post, &path, Some(what), STEP).await?;
        let json: Value = serde_json::from_slice(&body).unwrap_or_default();
        match (status, json["problem"].as_str()) {
            (200, _) => Ok("(so be it)".to_owned()),
            (_, Some(problem)) => Ok(problem.to_owned()),
            (_, None) => Err(ConnectError::SomebodyElse(self.shown())),
        }
    }

    /// Places a call.
    pub(super) async fn call(&self) -> Result<Step, ConnectError> {
        self.act(json!({ "call": true })).await
    }

    /// What came after the message with this index; it is waited for so long.
    pub(super) async fn news(&self, after: u64, wait: Duration) -> Result<News, ConnectError> {
        let mut url = self.base.clone();
        url.set_path(&format!("/stand-in/{}/messages", self.line.id));
        let wait_secs = wait.as_secs_f64().to_string();
        url.query_pairs_mut()
            .append_pair("of", &self.user)
            .append_pair("after", &after.to_string())
            .append_pair("wait", &wait_secs);
        let path = format!("{}?{}", url.path(), url.query().unwrap_or_default());
        let (status, body) = self.exchange(Method::Get, &path, None, wait + Duration::from_secs(10)).await?;
        let news = serde_json::from_slice(&body).ok().filter(|_| status == 200);
        news.ok_or_else(|| ConnectError::SomebodyElse(self.shown()))
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        patience: Duration,
    ) -> Result<(u16, Vec<u8>), ConnectError> {
        let gone = || ConnectError::Gone(self.shown());
        let url = self.base.join(path).map_err(|_| gone())?;
        let origin = Origin::of(&url).map_err(|_| gone())?;
        let mut request =
            OutgoingRequest::builder(method, origin, SecretText::new(url.into())).timeout(patience);
        if let Some(body) = body {
            request = request.body("application/json", SecretText::new(body.to_string()));
        }
        let request = request.build(self.http.policy()).map_err(|_| ConnectError::Url(self.shown()))?;
        let response = self.http.send(&request).await.map_err(|_| gone())?;
        Ok((response.status, response.body.to_vec()))
    }

    fn shown(&self) -> String {
        self.base.as_str().trim_end_matches('/').to_owned()
    }
}
