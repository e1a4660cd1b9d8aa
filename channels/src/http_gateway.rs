//! SMS by any gateway that speaks HTTP: what it wants is told in templates, what it sends in the names of fields.

mod fields;
mod receive;
mod send;
mod settings;
mod template;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use countersign_model::{ChannelKind, MessageRef, OutMessage, Timestamp};

use self::receive::Receiver;
use self::send::{Reading, Sender};
use crate::adapter::{Adapter, BadSignature, Decoded, Malformed, Progress, SendError, Sending, Verified};
use crate::registry::{OpenError, Provider};
use crate::request::{HttpRequest, HttpResponse, WebhookRequest};
use crate::settings::Settings;
use crate::sms;

pub(crate) const PROVIDER: Provider = Provider {
    kind: ChannelKind::Sms,
    name: "http",
    title: "SMS by an HTTP gateway",
    settings: settings::SETTINGS,
    open: |settings| Ok(Box::new(HttpGateway::open(settings)?)),
};

/// More than anybody reads.
const MOST_SEGMENTS: usize = 255;

/// One gateway with one number.
struct HttpGateway {
    sender: Sender,
    receiver: Receiver,
    style: sms::Style,
    /// When the last webhook came, and how many messages were sent since the start: what keeps our ids apart.
    last: AtomicI64,
    sent: AtomicU64,
}

impl HttpGateway {
    fn open(settings: &Settings) -> Result<Self, OpenError> {
        let receiver = Receiver::open(settings)?;
        Ok(Self {
            sender: Sender::open(settings, receiver.key())?,
            receiver,
            style: sms::Style::open(settings, MOST_SEGMENTS)?,
            last: AtomicI64::new(0),
            sent: AtomicU64::new(0),
        })
    }

    fn new_id(&self, to: &str, text: &str) -> String {
        let last = self.last.load(Ordering::Relaxed).to_be_bytes();
        let sent = self.sent.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        receive::fingerprint(&[to.as_bytes(), text.as_bytes(), &last, &sent])
    }
}

impl Adapter for HttpGateway {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Sms
    }

    fn verify<'r>(
        &self,
        request: &'r WebhookRequest<'r>,
        now: Timestamp,
    ) -> Result<Verified<'r>, BadSignature> {
        if !self.receiver.has_key(request) {
            return Err(BadSignature);
        }
        self.last.store(now.as_micros(), Ordering::Relaxed);
        Ok(Verified::seal(request))
    }

    fn decode(&self, webhook: Verified<'_>, now: Timestamp) -> Result<Decoded, Malformed> {
        self.receiver.decode(webhook.request(), now)
    }

    fn say(&self, to: &str, message: &OutMessage, done: u32) -> Result<Box<dyn Sending>, SendError> {
        let (words, _) = sms::words(message, false);
        let texts = self.style.messages(&words);
        let done = usize::try_from(done).unwrap_or(usize::MAX);
        let request = |text: &String| {
            let id = self.new_id(to, text);
            let request = self.sender.request(to, text, &id);
            (request, self.sender.names_id().then_some(MessageRef(id)))
        };
        let requests: Vec<_> = texts.iter().skip(done).map(request).collect();
        Ok(Box::new(Handover {
            requests: requests.into_iter(),
            own_id: None,
            accepted: Vec::new(),
            reading: self.sender.reading(),
        }))
    }
}

/// Shows nothing of the gateway.
impl fmt::Debug for HttpGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpGateway(…)")
    }
}

/// Texts on their way. Where the gateway tells no id of its own, ours is the one that its reports will name.
struct Handover {
    requests: std::vec::IntoIter<(HttpRequest, Option<MessageRef>)>,
    own_id: Option<MessageRef>,
    accepted: Vec<MessageRef>,
    reading: Reading,
}

impl Sending for Handover {
    fn advance(&mut self, last: Option<&HttpResponse>) -> Result<Progress, SendError> {
        if let Some(response) = last {
            let told = self.reading.read(response)?;
            self.accepted.extend(told.or_else(|| self.own_id.take()));
        }
        Ok(match self.requests.next() {
            Some((request, id)) => {
                self.own_id = id;
                Progress::Send(request)
            }
            None => Progress::Done(std::mem::take(&mut self.accepted)),
        })
    }
}
