//! What changed, told to everybody who looks at a workspace.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_accounts::Permission;
use countersign_model::Name;
use serde_json::Value;
use tokio::sync::broadcast;

/// How many events are kept for those who come back.
const KEPT: usize = 1024;

/// What no listener is shown: somebody's rights have changed.
const ENDED: &str = "ended";

/// Tells what changed. What nobody has fetched in time is dropped: who was away too long is told to read again.
pub struct Events {
    /// Differs with each start: numbers of an earlier one mean nothing.
    start: u64,
    log: Mutex<Log>,
    /// Nothing is sent when all streams end.
    wake: broadcast::Sender<Option<Arc<Event>>>,
}

#[derive(Default)]
struct Log {
    last: u64,
    kept: VecDeque<Arc<Event>>,
}

/// Something that changed.
#[derive(Debug, PartialEq, Eq)]
pub struct Event {
    number: u64,
    /// Whose it is.
    pub workspace: Name,
    /// What kind of thing happened: `draft`, `published`, `conversation`, `token`, `channel`.
    pub kind: &'static str,
    /// What there is to know, as JSON. Never a secret.
    pub data: Value,
}

impl Event {
    /// Whether it says that the rights of somebody have changed; it is shown to nobody.
    pub fn is_end(&self) -> bool {
        self.kind == ENDED
    }

    /// Whether it ends the stream of this one. A key may no more than who made it, so the rights of an account are those of
    /// keys too.
    pub fn ends(&self, actor: &str) -> bool {
        let of_account = self.data.as_str().is_some_and(|ended| ended.starts_with("account/"));
        self.is_end() && (self.data == actor || (of_account && actor.starts_with("key/")))
    }

    /// Who may hear of it.
    pub fn needs(&self) -> Permission {
        match self.kind {
            "conversation" => Permission::ConversationRead,
            "token" => Permission::TokenRead,
            "channel" => Permission::ChannelRead,
            _ => Permission::BotRead,
        }
    }
}

/// Somebody who listens to a workspace.
pub struct Listener {
    start: u64,
    workspace: Name,
    missed: VecDeque<Arc<Event>>,
    /// Whether too much was missed to catch up.
    lost: bool,
    seen: u64,
    live: broadcast::Receiver<Option<Arc<Event>>>,
}

/// What a listener hears.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// Something changed. The text is its id, for `Last-Event-ID`.
    Event(String, Arc<Event>),
    /// Too much was missed: everything has to be read again. The text is the id from which on it goes on.
    Reset(String),
}

impl Events {
    /// A hub. `start` is random, so that ids of an earlier start are recognised.
    pub fn new(start: u64) -> Self {
        Self { start, log: Mutex::default(), wake: broadcast::channel(KEPT).0 }
    }

    /// Tells everybody who looks at the workspace.
    pub fn tell(&self, workspace: &Name, kind: &'static str, data: Value) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.last += 1;
        let event = Arc::new(Event { number: log.last, workspace: workspace.clone(), kind, data });
        log.kept.push_back(event.clone());
        if log.kept.len() > KEPT {
            log.kept.pop_front();
        }
        // Nobody listens: then it is only kept.
        let _ = self.wake.send(Some(event));
    }

    /// Ends the streams of somebody whose rights have changed, as the audit log names them: `account/…`. Who may still listen
    /// comes back, and is looked at anew.
    pub fn end(&self, workspace: &Name, actor: &str) {
        let number = self.log.lock().unwrap_or_else(PoisonError::into_inner).last;
        let data = Value::String(actor.to_owned());
        let end = Event { number, workspace: workspace.clone(), kind: ENDED, data };
        let _ = self.wake.send(Some(Arc::new(end)));
    }

    /// Ends all streams: the server stops. Who listened comes back to the next start.
    pub fn stop(&self) {
        let _ = self.wake.send(None);
    }

    /// Whether anybody listens.
    pub fn is_heard(&self) -> bool {
        self.wake.receiver_count() > 0
    }

    /// Listens to a workspace from now on, or from behind the event that was heard last.
    pub fn listen(&self, workspace: &Name, last: Option<&str>) -> Listener {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let live = self.wake.subscribe();
        let mut listener = Listener {
            start: self.start,
            workspace: workspace.clone(),
            missed: VecDeque::new(),
            lost: false,
            seen: log.last,
            live,
        };
        let Some(last) = last else { return listener };
        let first = log.kept.front().map_or(log.last + 1, |event| event.number);
        match number(last, self.start) {
            Some(last) if last <= log.last && last + 1 >= first => {
                let missed = log.kept.iter().filter(|event| event.number > last);
                listener.missed = missed.filter(|event| event.workspace == *workspace).cloned().collect();
            }
            _ => listener.lost = true,
        }
        listener
    }
}

impl Listener {
    /// The next thing to hear; `None` when the hub is gone, or the server stops.
    pub async fn next(&mut self) -> Option<Heard> {
        if std::mem::take(&mut self.lost) {
            return Some(Heard::Reset(self.id(self.seen)));
        }
        if let Some(event) = self.missed.pop_front() {
            return Some(Heard::Event(self.id(event.number), event));
        }
        loop {
            match self.live.recv().await {
                Ok(None) => return None,
                Ok(Some(event)) => {
                    self.seen = event.number;
                    if event.workspace == self.workspace {
                        return Some(Heard::Event(self.id(event.number), event));
                    }
                }
                Err(broadcast::error::RecvError::Lagged(many)) => {
                    self.seen += many;
                    return Some(Heard::Reset(self.id(self.seen)));
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    fn id(&self, number: u64) -> String {
        format!("{:016x}-{number}", self.start)
    }
}

fn number(id: &str, start: u64) -> Option<u64> {
    let (of, number) = id.split_once('-')?;
    (u64::from_str_radix(of, 16).ok()? == start).then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    async fn hear(listener: &mut Listener) -> (String, Option<Value>) {
        match listener.next().await.unwrap() {
            Heard::Event(id, event) => (id, Some(event.data.clone())),
            Heard::Reset(id) => (id, None),
        }
    }

    #[tokio::test]
    async fn a_workspace_hears_its_own() {
        let events = Events::new(7);
        let mut listener = events.listen(&name("a"), None);
        events.tell(&name("b"), "draft", json!(1));
        events.tell(&name("a"), "draft", json!(2));
        assert_eq!(hear(&mut listener).await, ("0000000000000007-2".to_owned(), Some(json!(2))));
    }

    #[tokio::test]
    async fn streams_end_when_the_server_stops() {
        let events = Events::new(7);
        let mut listener = events.listen(&name("a"), None);
        events.tell(&name("a"), "draft", json!(1));
        events.stop();
        hear(&mut listener).await;
        assert_eq!(listener.next().await, None);
    }

    #[tokio::test]
    async fn whose_rights_change_is_looked_at_anew() {
        let events = Events::new(7);
        let mut listener = events.listen(&name("a"), None);
        events.tell(&name("a"), "draft", json!(1));
        events.end(&name("b"), "account/x");
        events.end(&name("a"), "account/x");
        hear(&mut listener).await;
        let Some(Heard::Event(id, event)) = listener.next().await else { panic!("nothing was told") };
        assert_eq!(id, "0000000000000007-1", "it is no event that could be missed");
        assert!(event.is_end() && event.ends("account/x") && event.ends("key/k") && !event.ends("account/y"));
        events.end(&name("a"), "key/k");
        let Some(Heard::Event(_, event)) = listener.next().await else { panic!("nothing was told") };
        assert!(event.ends("key/k") && !event.ends("key/other") && !event.ends("account/x"));
        // Who comes back does not hear it again.
        let mut again = events.listen(&name("a"), Some(&id));
        events.tell(&name("a"), "draft", json!(2));
        assert_eq!(hear(&mut again).await.1, Some(json!(2)));
    }

    #[tokio::test]
    async fn who_comes_back_hears_what_was_missed() {
        let events = Events::new(7);
        for n in 0..5 {
            events.tell(&name(if n % 2 == 0 { "a" } else { "b" }), "draft", json!(n));
        }
        let mut listener = events.listen(&name("a"), Some("0000000000000007-1"));
        events.tell(&name("a"), "draft", json!("new"));
        let mut heard = Vec::new();
        for _ in 0..3 {
            heard.push(hear(&mut listener).await.1.unwrap());
        }
        assert_eq!(heard, [json!(2), json!(4), json!("new")]);
    }

    #[tokio::test]
    async fn who_missed_too_much_reads_again() {
        let events = Events::new(7);
        for n in 0..=KEPT {
            events.tell(&name("a"), "draft", json!(n));
        }
        for last in ["0000000000000007-0", "0000000000000008-3", "0000000000000007-9999", "x", ""] {
            let mut listener = events.listen(&name("a"), Some(last));
            assert_eq!(hear(&mut listener).await, (format!("0000000000000007-{}", KEPT + 1), None), "{last}");
        }
        // The oldest that is kept is enough.
        assert!(hear(&mut events.listen(&name("a"), Some("0000000000000007-1"))).await.1.is_some());
    }

    #[tokio::test]
    async fn who_is_too_slow_is_told_to_read_again() {
        let events = Events::new(7);
        let mut listener = events.listen(&name("a"), None);
        for n in 0..KEPT * 2 {
            events.tell(&name("a"), "draft", json!(n));
        }
        assert_eq!(hear(&mut listener).await.1, None);
        assert!(hear(&mut listener).await.1.is_some());
    }
}
