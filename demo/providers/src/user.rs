use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;

use crate::act::Act;
use crate::call;
use crate::client::{NoAnswer, Outgoing};
use crate::dialect::{Hook, Receipt, Repeats};
use crate::fault::Trouble;
use crate::history::{Record, WebhookRecord};
use crate::sent::{ReceiptState, Sent};
use crate::standins::StandinError;
use crate::state::LineHandle;

/// A user on a line.
#[derive(Clone)]
pub struct User {
    pub(crate) handle: LineHandle,
    pub(crate) key: String,
}

/// What became of a webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookResult {
    /// The status of the answer to the first delivery; `None` when there was none.
    pub status: Option<u16>,
    /// Whether it counts as an acknowledgement. If not, it is being sent again; see [`LineHandle::settled`].
    pub acknowledged: bool,
    /// The type of the body of the answer.
    pub content_type: String,
    /// The body of the answer.
    pub body: String,
    /// It was not sent yet: it waits to be overtaken by the next one.
    pub held: bool,
}

/// A webhook that is ready: it can be sent any number of times and in any order, and always has the same id.
#[derive(Clone)]
pub struct Prepared(pub(crate) Arc<Delivery>);

pub(crate) struct Delivery {
    pub(crate) hook: Hook,
    pub(crate) user: String,
    attempts: AtomicU32,
}

impl Delivery {
    pub(crate) fn new(hook: Hook, user: &str) -> Arc<Self> {
        Arc::new(Self { hook, user: user.to_owned(), attempts: AtomicU32::new(0) })
    }
}

impl User {
    /// Writes.
    pub async fn says(&self, text: &str) -> WebhookResult {
        match self.prepare(Act::Text(text.to_owned())) {
            Ok(prepared) => self.handle.send(&prepared).await,
            // Every provider of messages has text, and on the phone a text is spoken.
            Err(_) => self.speaks(text).await.unwrap_or_default(),
        }
    }

    /// Does something.
    ///
    /// # Errors
    /// [`StandinError::NotHere`] when the provider has no way to.
    pub async fn does(&self, act: Act) -> Result<WebhookResult, StandinError> {
        let prepared = self.prepare(act)?;
        Ok(self.handle.send(&prepared).await)
    }

    /// Taps what has this number, from 1 on, in the bot's last message that has anything to tap.
    ///
    /// # Errors
    /// [`StandinError::NothingToTap`].
    pub async fn taps(&self, number: usize) -> Result<WebhookResult, StandinError> {
        let none = || StandinError::NothingToTap(number);
        let sent = self.offers().ok_or_else(none)?;
        let offer = sent.options.get(number.wrapping_sub(1)).ok_or_else(none)?.clone();
        self.does(Act::Tap { payload: offer.payload, label: offer.label, of: Some(sent) }).await
    }

    /// Taps what has this payload or label in any of the bot's messages.
    ///
    /// # Errors
    /// [`StandinError::NothingToTap`].
    pub async fn presses(&self, wanted: &str) -> Result<WebhookResult, StandinError> {
        let sent = self.handle.sent_to(&self.key);
        let found = sent.iter().rev().find_map(|sent| {
            let fits = |offer: &&crate::sent::Offer| offer.payload == wanted || offer.label == wanted;
            Some((sent.clone(), sent.options.iter().find(fits)?.clone()))
        });
        let (sent, offer) = found.ok_or(StandinError::NothingToTap(0))?;
        self.does(Act::Tap { payload: offer.payload, label: offer.label, of: Some(sent) }).await
    }

    /// The bot's last message that has anything to tap.
    pub fn offers(&self) -> Option<Arc<Sent>> {
        self.handle.sent_to(&self.key).into_iter().rev().find(|sent| !sent.options.is_empty())
    }

    /// Makes a webhook of what the user does, and does not send it.
    ///
    /// # Errors
    /// [`StandinError::NotHere`] when the provider has no way to.
    pub fn prepare(&self, act: Act) -> Result<Prepared, StandinError> {
        self.handle.prepare(&[(self.key.as_str(), act)])
    }

    /// The provider sends the last webhook of this user again.
    ///
    /// # Errors
    /// [`StandinError::Nothing`].
    pub async fn repeats(&self) -> Result<WebhookResult, StandinError> {
        let last = self.handle.line.book().desks.get(&self.key).and_then(|desk| desk.last.clone());
        let last = last.ok_or(StandinError::Nothing)?;
        Ok(self.handle.deliver(&last).await)
    }

    /// The provider tells how far a message came. Nothing happens where it has no such receipts.
    pub async fn receipt(
        &self,
        sent: &Sent,
        state: ReceiptState,
        code: Option<&str>,
    ) -> Option<WebhookResult> {
        let line = &self.handle.line;
        let person = line.book().desks.get(&self.key)?.person.clone();
        let receipt = Receipt { person: &person, sent, state, code };
        let hook = line.dialect.receipt(&self.handle.scene(self.handle.shared.now()), &receipt)?;
        Some(self.handle.send(&Prepared(Delivery::new(hook, &self.key))).await)
    }

    /// WhatsApp: the user has a user name, and webhooks no longer tell the number.
    pub fn hides_number(&self) -> &Self {
        self.handle.line.book().desk(&self.key, self.handle.line.dialect.as_ref()).person.shows_number =
            false;
        self
    }

    /// Places a call. It returns when the bot waits for the caller, or the call is over.
    ///
    /// # Errors
    /// [`StandinError::NotHere`] when this is no line for calls.
    pub async fn calls(&self) -> Result<WebhookResult, StandinError> {
        call::place(self).await
    }

    /// Presses keys.
    ///
    /// # Errors
    /// [`StandinError::NoCall`].
    pub async fn keys(&self, keys: &str) -> Result<WebhookResult, StandinError> {
        call::input(self, call::Input::Keys(keys.to_owned())).await
    }

    /// Speaks.
    ///
    /// # Errors
    /// [`StandinError::NoCall`].
    pub async fn speaks(&self, words: &str) -> Result<WebhookResult, StandinError> {
        call::input(self, call::Input::Speech(words.to_owned())).await
    }

    /// Does nothing until the bot's patience is over. Nothing is waited for.
    ///
    /// # Errors
    /// [`StandinError::NoCall`].
    pub async fn is_silent(&self) -> Result<WebhookResult, StandinError> {
        call::input(self, call::Input::Silence).await
    }

    /// Hangs up.
    ///
    /// # Errors
    /// [`StandinError::NoCall`].
    pub async fn hangs_up(&self) -> Result<WebhookResult, StandinError> {
        call::hang_up(self).await
    }

    /// Whether a call is running.
    pub fn is_calling(&self) -> bool {
        let book = self.handle.line.book();
        let call = book.desks.get(&self.key).and_then(|desk| desk.call.as_ref());
        call.is_some_and(|call| call.is_running())
    }

    /// The provider's id of the last call.
    pub fn call_id(&self) -> Option<String> {
        let book = self.handle.line.book();
        Some(book.desks.get(&self.key)?.call.as_ref()?.id.clone())
    }

    /// Under which the provider's webhooks name the user.
    pub fn address(&self) -> String {
        let mut book = self.handle.line.book();
        book.desk(&self.key, self.handle.line.dialect.as_ref()).person.address.clone()
    }

    /// Changes whenever something is sent to the user.
    pub(crate) fn changed(&self) -> watch::Receiver<u64> {
        let mut book = self.handle.line.book();
        book.desk(&self.key, self.handle.line.dialect.as_ref()).changed.subscribe()
    }
}

impl LineHandle {
    /// Makes one webhook of what several users do, where the provider sends batches.
    ///
    /// # Errors
    /// [`StandinError::NotHere`].
    pub fn prepare(&self, acts: &[(&str, Act)]) -> Result<Prepared, StandinError> {
        let now = self.shared.now();
        let dialect = self.line.dialect.as_ref();
        let mut book = self.line.book();
        let mut people = Vec::new();
        for (key, act) in acts {
            let desk = book.desk(key, dialect);
            desk.standing.heard = Some(now);
            if let Act::Text(text) = act
                && let Some(stops) = dialect.stops(text)
            {
                desk.standing.stopped = stops;
            }
            desk.standing.stopped |= matches!(act, Act::Block);
            people.push(desk.person.clone());
        }
        let acts: Vec<_> = people.iter().zip(acts).map(|(person, (_, act))| (person, act)).collect();
        let hook = dialect.webhook(&self.scene(now), &acts);
        let hook = hook.ok_or_else(|| StandinError::NotHere(self.line.account.provider()))?;
        let first = people.first().map(|person| person.key.clone()).unwrap_or_default();
        book.hear(&hook.id, &first);
        let delivery = Delivery::new(hook, &first);
        if let Some(desk) = book.desks.get_mut(&first) {
            desk.last = Some(delivery.clone());
        }
        Ok(Prepared(delivery))
    }

    /// Sends a webhook as the provider does: again when it is not acknowledged, and as [`LineHandle::trouble`] says.
    pub async fn send(&self, prepared: &Prepared) -> WebhookResult {
        let (trouble, held) = {
            let mut book = self.line.book();
            let held = book.held.take();
            if book.trouble == Trouble::Swapped && held.is_none() {
                book.held = Some(prepared.0.clone());
                return WebhookResult { held: true, ..WebhookResult::default() };
            }
            (book.trouble, held)
        };
        let first = match trouble {
            Trouble::None | Trouble::Swapped => self.deliver(&prepared.0).await,
            Trouble::Late(time) => {
                tokio::time::sleep(time).await;
                self.deliver(&prepared.0).await
            }
            Trouble::Repeat(times) => {
                let first = self.deliver(&prepared.0).await;
                for _ in 1..times {
                    self.deliver(&prepared.0).await;
                }
                first
            }
            Trouble::AtOnce(times) => {
                let mut all = self.send_at_once(&vec![prepared.clone(); times.max(1)]).await;
                all.swap_remove(0)
            }
        };
        if !first.acknowledged {
            self.repeat_until_acknowledged(&prepared.0, first.status.is_none());
        }
        if let Some(held) = held {
            let late = self.deliver(&held).await;
            if !late.acknowledged {
                self.repeat_until_acknowledged(&held, late.status.is_none());
            }
        }
        first
    }

    /// Sends webhooks at the same time, each once. The same one may be among them several times.
    pub async fn send_at_once(&self, prepared: &[Prepared]) -> Vec<WebhookResult> {
        join_all(prepared.iter().map(|prepared| self.deliver(&prepared.0))).await
    }

    /// Sends these bytes, signed as the provider signs; `query` is added to the address.
    pub async fn sends_body(&self, content_type: &'static str, body: &[u8], query: &str) -> WebhookResult {
        let id = self.shared.mint.uuid();
        let hook = Hook { query: query.to_owned(), ..Hook::post(content_type, body.to_vec(), id, "body") };
        self.deliver(&Delivery::new(hook, "")).await
    }

    /// The provider makes sure that the address is right, where it does.
    pub async fn shakes_hands(&self) -> Option<WebhookResult> {
        let hook = self.line.dialect.handshake()?;
        Some(self.deliver(&Delivery::new(hook, "")).await)
    }

    /// One delivery.
    pub(crate) async fn deliver(&self, delivery: &Delivery) -> WebhookResult {
        let Delivery { hook, user, attempts } = delivery;
        let shared = &self.shared;
        let now = shared.now();
        let open = shared.history.begin(Record::Webhook(WebhookRecord {
            began: 0,
            ended: None,
            line: self.line.id.clone(),
            user: user.clone(),
            id: hook.id.clone(),
            event: hook.event,
            text: hook.text.clone(),
            attempt: attempts.fetch_add(1, Ordering::Relaxed) + 1,
            at: now,
            status: None,
            acknowledged: false,
        }));
        let mut headers = self.line.dialect.headers(&self.scene(now), hook);
        if !hook.content_type.is_empty() {
            headers.push(("content-type", hook.content_type.to_owned()));
        }
        let answer = match self.target(hook) {
            Some(url) => {
                let outgoing =
                    Outgoing { method: hook.method.clone(), url: &url, headers, body: hook.body.clone() };
                shared.client.send(&outgoing, shared.options.patience).await
            }
            None => Err(NoAnswer::Unreachable),
        };
        let result = match answer {
            Err(_) => WebhookResult::default(),
            Ok(answered) => WebhookResult {
                status: Some(answered.status),
                acknowledged: self.line.dialect.acknowledges(answered.status, &answered.body),
                content_type: answered.content_type,
                body: String::from_utf8_lossy(&answered.body).into_owned(),
                held: false,
            },
        };
        shared.history.end(open, |record| {
            if let Record::Webhook(record) = record {
                record.status = result.status;
                record.acknowledged = result.acknowledged;
            }
        });
        result
    }

    /// Where a webhook goes: the public address is only what the provider believes, so the host is always the line's own.
    pub(crate) fn target(&self, hook: &Hook) -> Option<url::Url> {
        let line = &self.line;
        let mut url = match &hook.url {
            None => line.hook_url.clone(),
            Some(own) => {
                let mut own = url::Url::parse(own).ok()?;
                let public = url::Url::parse(&line.public_url).ok()?;
                if own.origin() == public.origin() && line.hook_url.origin() != public.origin() {
                    own.set_scheme(line.hook_url.scheme()).ok()?;
                    own.set_host(line.hook_url.host_str()).ok()?;
                    own.set_port(line.hook_url.port()).ok()?;
                }
                own
            }
        };
        if !hook.query.is_empty() {
            let joined = url.query().map_or(hook.query.clone(), |query| format!("{query}&{}", hook.query));
            url.set_query(Some(&joined));
        }
        Some(url)
    }

    fn repeat_until_acknowledged(&self, delivery: &Arc<Delivery>, unreachable: bool) {
        let mut pauses: Vec<Duration> = self.shared.options.repeats.clone();
        if self.line.dialect.repeats() == Repeats::OnceWhenUnreachable {
            pauses.truncate(usize::from(unreachable));
        }
        if pauses.is_empty() {
            return;
        }
        let (handle, delivery) = (self.clone(), delivery.clone());
        self.line.outstanding.send_modify(|left| *left += 1);
        tokio::spawn(async move {
            for pause in pauses {
                tokio::time::sleep(pause).await;
                if handle.deliver(&delivery).await.acknowledged {
                    break;
                }
            }
            handle.line.outstanding.send_modify(|left| *left -= 1);
        });
    }
}
