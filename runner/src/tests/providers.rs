//! Deliveries through an adapter.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_channels::{
    Adapter, BadSignature, Body, Decoded, HttpRequest, HttpResponse, Malformed, Progress,
    SendError as Refused, Sending, Verified, WebhookRequest,
};
use countersign_egress::{EgressError, IncomingResponse, OutgoingRequest, Policy, Transport};
use countersign_model::{ChannelKind, MessageRef, Method, OutMessage, Timestamp};
use countersign_store::{Delivery, Outbox as _};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::rig::{Make, Rig, key, name};
use crate::{Channel as _, ProviderChannel, SendError, Workers};

/// An adapter that says each message in pieces of one letter.
#[derive(Debug)]
struct Letters {
    erases: bool,
}

struct Spelling {
    to: String,
    letters: Vec<char>,
    next: usize,
}

impl Sending for Spelling {
    fn advance(&mut self, last: Option<&HttpResponse>) -> Result<Progress, Refused> {
        let code = || Some("7".to_owned());
        match last.map(|last| (last.status, last.retry_after.clone())) {
            None | Some((200, _)) => {}
            Some((429, after)) => {
                let after = after.and_then(|after| after.parse().ok()).map(Duration::from_secs);
                return Err(Refused::Throttled { after, code: code() });
            }
            Some((401, _)) => return Err(Refused::Account { code: code() }),
            Some((500.., _)) => return Err(Refused::Unavailable { code: code() }),
            Some((403, _)) => return Err(Refused::Gone { code: code() }),
            Some(_) => return Err(Refused::Refused { code: code() }),
        }
        let Some(letter) = self.letters.get(self.next) else {
            return Ok(Progress::Done(vec![MessageRef("id".into())]));
        };
        self.next += 1;
        Ok(Progress::Send(HttpRequest {
            method: Method::Post,
            url: format!("https://provider.example/bot-KEY/{}", self.to).into(),
            headers: vec![("authorization", "Bearer KEY".into())],
            body: Some(Body { content_type: "text/plain", text: letter.to_string().into() }),
        }))
    }
}

impl Adapter for Letters {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Whatsapp
    }

    fn verify<'r>(&self, _: &'r WebhookRequest<'r>, _: Timestamp) -> Result<Verified<'r>, BadSignature> {
        Err(BadSignature)
    }

    fn decode(&self, _: Verified<'_>, _: Timestamp) -> Result<Decoded, Malformed> {
        Err(Malformed)
    }

    fn say(&self, to: &str, message: &OutMessage, done: u32) -> Result<Box<dyn Sending>, Refused> {
        let OutMessage::Text(text) = message else { return Err(Refused::Unsupported) };
        let letters = text.chars().skip(done as usize).collect();
        Ok(Box::new(Spelling { to: to.to_owned(), letters, next: 0 }))
    }

    fn erase(&self, to: &str, _: &MessageRef) -> Option<Box<dyn Sending>> {
        let spelling = Spelling { to: to.to_owned(), letters: vec!['X'], next: 0 };
        self.erases.then(|| Box::new(spelling) as Box<dyn Sending>)
    }
}

type Reply = Box<dyn FnMut(usize, &str) -> Result<(u16, Option<&'static str>), bool> + Send>;

/// A provider that notes what it gets.
struct Provider {
    got: Mutex<Vec<(String, Duration)>>,
    reply: Mutex<Reply>,
    began: Instant,
}

impl Transport for Provider {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> countersign_egress::Sending<'a> {
        let letter = request.body().map_or("", |body| body.expose()).to_owned();
        let count = {
            let mut got = self.got.lock().unwrap();
            got.push((letter.clone(), self.began.elapsed()));
            got.len()
        };
        let reply = (self.reply.lock().unwrap())(count, &letter);
        let origin = request.origin().clone();
        Box::pin(async move {
            match reply {
                Ok((status, after)) => {
                    let after = after.map(|after| ("retry-after".to_owned(), after.to_owned()));
                    Ok(IncomingResponse::new(status, after.into_iter().collect(), b"{}".to_vec()))
                }
                Err(true) => Err(EgressError::MaybeSent {
                    origin,
                    cause: countersign_egress::MaybeSent::ConnectionLost,
                }),
                Err(false) => Err(EgressError::NotSent {
                    origin,
                    cause: countersign_egress::NotSent::ConnectionRefused,
                }),
            }
        })
    }
}

impl Provider {
    fn new(
        reply: impl FnMut(usize, &str) -> Result<(u16, Option<&'static str>), bool> + Send + 'static,
    ) -> Arc<Self> {
        let (got, reply) = (Mutex::default(), Mutex::new(Box::new(reply) as Reply));
        Arc::new(Self { got, reply, began: Instant::now() })
    }

    fn channel(self: &Arc<Self>) -> ProviderChannel {
        let adapter = Arc::new(Letters { erases: true });
        ProviderChannel::new(adapter, self.clone(), Arc::new(Policy::default()))
    }

    fn letters(&self) -> String {
        self.got.lock().unwrap().iter().map(|(letter, _)| letter.as_str()).collect()
    }

    fn times(&self) -> Vec<u64> {
        self.got.lock().unwrap().iter().map(|(_, at)| at.as_secs()).collect()
    }
}

fn text(text: &str) -> Delivery {
    Delivery::Say(OutMessage::Text(text.into()))
}

async fn rig(provider: &Arc<Provider>) -> Rig {
    Rig::of(Make { timed: true, sender: Some(Arc::new(provider.channel())), ..Make::default() }).await
}

#[tokio::test(start_paused = true)]
async fn a_message_goes_on_where_it_stopped() {
    let provider = Provider::new(|count, _| match count {
        3 => Ok((429, Some("7"))),
        5 => Err(true),
        _ => Ok((200, None)),
    });
    let rig = rig(&provider).await;
    rig.text_in("ada", "hello").await;
    let stop = CancellationToken::new();
    let work = tokio::spawn({
        let (runner, stop) = (rig.runner.clone(), stop.clone());
        async move { runner.work(Workers::default(), stop).await }
    });
    tokio::time::sleep(Duration::from_secs(60)).await;
    stop.cancel();
    work.await.unwrap();
    // The third letter was refused with a time to wait, and whether the fourth arrived nobody knows.
    assert_eq!(provider.letters(), "Hellllo.");
    let times = provider.times();
    assert_eq!(times[..4], [0, 0, 0, 7]);
    assert!(times[5] > 7 && times[5] <= 10, "{times:?}");
    assert!(!rig.notices().join("").contains("KEY"));
}

#[tokio::test]
async fn each_refusal_has_its_consequence() {
    let later =
        |after, code: Option<&str>| SendError::Later { after, done: 2, code: code.map(str::to_owned) };
    let never = || SendError::Never { code: Some("7".into()) };
    for (reply, expected) in [
        (Ok((429, Some("7"))), later(Some(Duration::from_secs(7)), Some("7"))),
        (Ok((503, None)), later(None, Some("7"))),
        (Err(true), later(None, None)),
        (Err(false), later(None, None)),
        (Ok((401, None)), SendError::Account { done: 2, code: Some("7".into()) }),
        (Ok((403, None)), never()),
        (Ok((400, None)), never()),
    ] {
        let provider = Provider::new(move |count, _| if count == 2 { reply } else { Ok((200, None)) });
        let result = provider.channel().deliver(&key("ada"), &text("abcd"), 1).await;
        assert_eq!((result, provider.letters().as_str()), (Err(expected), "bc"));
    }
    let provider = Provider::new(|_, _| Ok((200, None)));
    let choices = Delivery::Say(OutMessage::Options { text: "?".into(), choices: Vec::new() });
    let result = provider.channel().deliver(&key("ada"), &choices, 0).await;
    assert_eq!(result, Err(SendError::Never { code: None }));
}

#[tokio::test]
async fn a_long_message_is_written_down_on_the_way() {
    let provider = Provider::new(|_, _| Ok((200, None)));
    let result = provider.channel().deliver(&key("ada"), &text("abcdefgh"), 0).await;
    assert_eq!(result, Err(SendError::Later { after: Some(Duration::ZERO), done: 4, code: None }));
    assert_eq!(provider.channel().deliver(&key("ada"), &text("abcdefgh"), 4).await, Ok(()));
    assert_eq!(provider.letters(), "abcdefgh");
}

#[tokio::test]
async fn what_cannot_be_deleted_is_no_failure_and_a_handover_sends_nothing() {
    let erase = Delivery::Erase(MessageRef("m".into()));
    let provider = Provider::new(|_, _| Ok((400, None)));
    let channel = provider.channel();
    assert_eq!(channel.deliver(&key("ada"), &erase, 0).await, Ok(()));
    let provider = Provider::new(|_, _| Ok((503, None)));
    assert!(matches!(provider.channel().deliver(&key("ada"), &erase, 0).await, Err(SendError::Later { .. })));
    let cannot = ProviderChannel::new(
        Arc::new(Letters { erases: false }),
        provider.clone(),
        Arc::new(Policy::default()),
    );
    assert_eq!(cannot.deliver(&key("ada"), &erase, 0).await, Ok(()));
    assert_eq!(cannot.deliver(&key("ada"), &Delivery::Handover { number: None }, 0).await, Ok(()));
    assert_eq!(provider.letters(), "X");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_is_not_accepted_rests_the_channel_and_nothing_is_lost() {
    let provider = Provider::new(|count, _| if count == 1 { Ok((401, None)) } else { Ok((200, None)) });
    let rig = rig(&provider).await;
    for contact in ["ada", "bob", "eve"] {
        rig.text_in(contact, "hello").await;
    }
    rig.runner.run_until_idle().await.unwrap();
    assert_eq!(provider.letters(), "H", "nobody tries it for every contact");
    let told = rig.notices().join("\n");
    assert_eq!(told.matches("Account {").count(), 1, "{told}");
    tokio::time::sleep(Duration::from_secs(61)).await;
    rig.runner.run_until_idle().await.unwrap();
    assert_eq!(provider.letters().len(), 1 + 3 * "Hello.".len());
    assert!(rig.store.dead_letters(&name("acme")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_courtesy_that_fails_is_of_no_consequence() {
    let request =
        |url: &str| HttpRequest { method: Method::Post, url: url.into(), headers: Vec::new(), body: None };
    let provider = Provider::new(|count, _| if count == 1 { Ok((200, None)) } else { Err(true) });
    let channel = provider.channel();
    assert!(channel.courtesy(request("https://provider.example/typing")).await);
    assert!(!channel.courtesy(request("https://provider.example/typing")).await);
    for refused in ["http://127.0.0.1/x", "nothing", "https://169.254.169.254/"] {
        assert!(!channel.courtesy(request(refused)).await);
    }
    assert_eq!(provider.times().len(), 2);
}
