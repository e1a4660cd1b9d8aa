//! A call on the phone: what the bot says is carried out until it waits for the caller or the call is over.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_model::Timestamp;
use http::Method;
use tokio::sync::{Mutex as AsyncMutex, watch};
use url::Url;

use crate::dialect::Hook;
use crate::person::Person;
use crate::phone::{Listening, Nonsense, Phone, Progress, Verb};
use crate::sent::{Content, SentKind};
use crate::standins::StandinError;
use crate::state::LineHandle;
use crate::user::{Delivery, User, WebhookResult};

/// A bot that leads the caller in circles without a word is stopped after so many requests.
const MOST_REQUESTS: usize = 500;

/// A call.
pub(crate) struct Call {
    pub(crate) id: String,
    /// Vonage's id of the conversation.
    pub(crate) conversation: String,
    pub(crate) person: Person,
    pub(crate) began: Timestamp,
    /// Why it is over.
    over: watch::Sender<Option<&'static str>>,
    leg: AsyncMutex<Leg>,
    /// Whether the end was told to the bot.
    told: Mutex<bool>,
}

/// Where a call stands.
#[derive(Default)]
struct Leg {
    listening: Option<Listening>,
    rest: VecDeque<Verb>,
}

/// What a caller does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Keys(String),
    Speech(String),
    Silence,
}

impl Call {
    pub(crate) fn is_running(&self) -> bool {
        self.over.borrow().is_none()
    }

    /// Ends it; whether it was running.
    pub(crate) fn end(&self, why: &'static str) -> bool {
        self.over.send_if_modified(|over| {
            let was_running = over.is_none();
            if was_running {
                *over = Some(why);
            }
            was_running
        })
    }

    async fn is_over(&self) {
        // The sender lives as long as the call.
        let _ = self.over.subscribe().wait_for(Option::is_some).await;
    }
}

/// Places a call and goes on until the bot waits.
pub(crate) async fn place(user: &User) -> Result<WebhookResult, StandinError> {
    let handle = &user.handle;
    let phone = phone_of(handle)?;
    let now = handle.shared.now();
    let call = {
        let mut book = handle.line.book();
        let dialect = handle.line.dialect.as_ref();
        let desk = book.desk(&user.key, dialect);
        desk.standing.heard = Some(now);
        let call = Arc::new(Call {
            id: dialect.message_id(&handle.shared.mint),
            conversation: format!("CON-{}", handle.shared.mint.uuid()),
            person: desk.person.clone(),
            began: now,
            over: watch::Sender::new(None),
            leg: AsyncMutex::default(),
            told: Mutex::new(false),
        });
        desk.call = Some(call.clone());
        call
    };
    progress(handle, phone, &call, Progress::Ringing).await;
    let mut leg = call.leg.lock().await;
    let hook = phone.place(&handle.scene(now), &call);
    let result = run(user, phone, &call, &mut leg, Some(hook)).await;
    if call.is_running() {
        progress(handle, phone, &call, Progress::Answered).await;
    }
    Ok(result)
}

/// The caller does something, and the call goes on until the bot waits again.
pub(crate) async fn input(user: &User, input: Input) -> Result<WebhookResult, StandinError> {
    let handle = &user.handle;
    let phone = phone_of(handle)?;
    let call = running(user)?;
    let mut leg = call.leg.lock().await;
    let Some(listening) = leg.listening.take() else { return Err(StandinError::NoCall) };
    // What the bot does not listen to is silence.
    let input = match input {
        Input::Keys(_) if !listening.keys => Input::Silence,
        Input::Speech(_) if !listening.speech => Input::Silence,
        Input::Keys(keys) if keys.is_empty() => Input::Silence,
        other => other,
    };
    let hook = phone.heard(&handle.scene(handle.shared.now()), &call, &listening, &input);
    if let Some(hook) = &hook {
        remember(user, hook);
    }
    Ok(run(user, phone, &call, &mut leg, hook).await)
}

/// The caller hangs up, also while the bot is busy.
pub(crate) async fn hang_up(user: &User) -> Result<WebhookResult, StandinError> {
    let phone = phone_of(&user.handle)?;
    let call = running(user)?;
    call.end("the caller hung up");
    Ok(finish(&user.handle, phone, &call).await)
}

/// The bot has ended the call through the API.
pub(crate) async fn ended_by_bot(handle: &LineHandle, call: &Call) {
    if let Ok(phone) = phone_of(handle) {
        finish(handle, phone, call).await;
    }
}

/// Carries out what the bot says; `hook` is the next request, when there is one.
async fn run(
    user: &User,
    phone: &dyn Phone,
    call: &Call,
    leg: &mut Leg,
    hook: Option<Hook>,
) -> WebhookResult {
    let mut result = WebhookResult::default();
    let mut hook = hook;
    for _ in 0..MOST_REQUESTS {
        if let Some(asked) = hook.take() {
            let delivered = tokio::select! {
                delivered = deliver(user, phone, asked) => delivered,
                () = call.is_over() => return finish(&user.handle, phone, call).await,
            };
            let (url, answer) = delivered;
            result = answer;
            let words = match &url {
                Some(url) if result.acknowledged => phone.verbs(url, &result.content_type, &result.body),
                _ => Err(Nonsense("the server of the bot gave no good answer".to_owned())),
            };
            match words {
                Ok(verbs) => leg.rest = verbs.into(),
                Err(nonsense) => {
                    if let Some(hook) = phone.complaint(&scene(user), call, &nonsense) {
                        user.handle.deliver(&Delivery::new(hook, &user.key)).await;
                    }
                    call.end("an application error has occurred");
                }
            }
        }
        hook = carry_out(user, phone, call, leg).await;
        if hook.is_none() {
            break;
        }
    }
    if hook.is_some() {
        call.end("the bot led the caller in circles");
    }
    if !call.is_running() {
        finish(&user.handle, phone, call).await;
    }
    result
}

/// Carries out verbs until one needs the caller or another request.
async fn carry_out(user: &User, phone: &dyn Phone, call: &Call, leg: &mut Leg) -> Option<Hook> {
    while call.is_running() {
        let Some(verb) = leg.rest.pop_front() else {
            call.end("the bot had nothing more to say");
            break;
        };
        match verb {
            Verb::Say(words) => put(user, SentKind::Spoken, Content::text(words)),
            Verb::Play(url) => {
                put(user, SentKind::Spoken, Content { media: Some(url), ..Content::default() });
            }
            Verb::Pause(time) => pause(user, call, time).await,
            Verb::Wait { listening, time } => {
                pause(user, call, time).await;
                let scene = scene(user);
                let silence = phone.heard(&scene, call, &listening, &Input::Silence);
                if silence.is_some() && call.is_running() {
                    return silence;
                }
            }
            Verb::Listen(listening) => {
                leg.listening = Some(listening);
                return None;
            }
            Verb::Ask { url, method } => return Some(phone.asks(&scene(user), call, url, method)),
            Verb::Connect(number) => {
                put(user, SentKind::HandedOver, Content::text(number));
                call.end("the call was put through");
            }
            Verb::HangUp => {
                call.end("the bot hung up");
            }
            Verb::Reject => {
                call.end("the bot refused the call");
            }
        }
    }
    None
}

async fn pause(user: &User, call: &Call, time: Duration) {
    tokio::select! {
        () = tokio::time::sleep(time.min(user.handle.shared.options.longest_pause)) => {}
        () = call.is_over() => {}
    }
}

/// Tells both sides that the call is over, once.
async fn finish(handle: &LineHandle, phone: &dyn Phone, call: &Call) -> WebhookResult {
    {
        let mut told = call.told.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *told, true) {
            return WebhookResult::default();
        }
    }
    let why = call.over.borrow().unwrap_or_default();
    let user = User { handle: handle.clone(), key: call.person.key.clone() };
    put(&user, SentKind::CallEnded, Content::text(why));
    progress(handle, phone, call, Progress::Completed).await
}

async fn progress(handle: &LineHandle, phone: &dyn Phone, call: &Call, state: Progress) -> WebhookResult {
    let mut last = WebhookResult::default();
    for hook in phone.progress(&handle.scene(handle.shared.now()), call, state) {
        last = handle.deliver(&Delivery::new(hook, &call.person.key)).await;
    }
    last
}

async fn deliver(user: &User, phone: &dyn Phone, hook: Hook) -> (Option<Url>, WebhookResult) {
    let url = user.handle.target(&hook);
    // Relative addresses are relative to what the operator told the provider.
    let public = match &hook.url {
        Some(own) => Url::parse(own).ok(),
        None => Url::parse(&user.handle.line.public_url).ok(),
    };
    let delivery = Delivery::new(hook, &user.key);
    let mut result = user.handle.deliver(&delivery).await;
    for _ in 0..phone.tries_again(result.status.is_none()) {
        if result.acknowledged {
            break;
        }
        result = user.handle.deliver(&delivery).await;
    }
    (url.and(public), result)
}

fn put(user: &User, kind: SentKind, content: Content) {
    let handle = &user.handle;
    let sent = content.into_sent(kind, String::new(), handle.shared.now());
    handle.line.book().desk(&user.key, handle.line.dialect.as_ref()).put(sent);
}

fn remember(user: &User, hook: &Hook) {
    let mut book = user.handle.line.book();
    let desk = book.desk(&user.key, user.handle.line.dialect.as_ref());
    desk.last = Some(Delivery::new(hook.clone(), &user.key));
}

fn scene(user: &User) -> crate::dialect::Scene<'_> {
    user.handle.scene(user.handle.shared.now())
}

fn phone_of(handle: &LineHandle) -> Result<&dyn Phone, StandinError> {
    handle.line.phone.as_deref().ok_or_else(|| StandinError::NotHere(handle.line.account.provider()))
}

fn running(user: &User) -> Result<Arc<Call>, StandinError> {
    let book = user.handle.line.book();
    let call = book.desks.get(&user.key).and_then(|desk| desk.call.clone());
    call.filter(|call| call.is_running()).ok_or(StandinError::NoCall)
}

/// The method of an attribute or field.
pub(crate) fn method(text: Option<&str>) -> Method {
    match text {
        Some(text) if text.eq_ignore_ascii_case("GET") => Method::GET,
        _ => Method::POST,
    }
}
