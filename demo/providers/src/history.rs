use std::sync::{Mutex, PoisonError};

use countersign_model::Timestamp;
use serde::Serialize;

use crate::sent::SentKind;

/// One thing that went over the wire. `began` and `ended` count through all lines, so that what came before what can
/// be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Record {
    /// The provider called the bot.
    Webhook(WebhookRecord),
    /// The bot called the provider.
    Send(SendRecord),
}

/// A webhook with its acknowledgement. Each repeat is a record of its own with the same `id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WebhookRecord {
    /// Of the whole history.
    pub began: u64,
    /// When the answer was there; `None` while it is awaited.
    pub ended: Option<u64>,
    /// The line.
    pub line: String,
    /// The user, by the name that the test uses; empty when it is about none.
    pub user: String,
    /// The provider's id of the event; of the call and the step on the phone.
    pub id: String,
    /// What it is about: `text`, `tap`, `receipt`, `call`, `keys`, …
    pub event: &'static str,
    /// What the user wrote, pressed or said; empty otherwise.
    pub text: String,
    /// 1 for the first delivery.
    pub attempt: u32,
    /// When it was sent.
    pub at: Timestamp,
    /// The status of the answer; `None` when none came.
    pub status: Option<u16>,
    /// Whether the answer was what the provider takes as an acknowledgement.
    pub acknowledged: bool,
}

/// A request of the bot with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SendRecord {
    /// Of the whole history.
    pub began: u64,
    /// When it was answered; `None` while it is delayed.
    pub ended: Option<u64>,
    /// The line; empty when the request belongs to none.
    pub line: String,
    /// The user; empty when it is about none.
    pub user: String,
    /// The provider's id of what was accepted.
    pub id: String,
    /// What it was; `None` when it could not be read.
    pub kind: Option<SentKind>,
    /// Its text.
    pub text: String,
    /// When it came.
    pub at: Timestamp,
    /// The status of the answer; `None` when it was lost on purpose.
    pub status: Option<u16>,
    /// Whether the provider took it: the user sees it.
    pub accepted: bool,
    /// The provider's code of the refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Record {
    /// The line that it belongs to.
    pub fn line(&self) -> &str {
        match self {
            Self::Webhook(record) => &record.line,
            Self::Send(record) => &record.line,
        }
    }
}

/// Everything that went over the wire, or nothing when it is switched off.
pub(crate) struct History {
    keeps: bool,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    next: u64,
    records: Vec<Record>,
}

/// A record that has not ended.
#[derive(Clone, Copy)]
pub(crate) struct Open(usize);

impl History {
    pub(crate) fn new(keeps: bool) -> Self {
        Self { keeps, book: Mutex::default() }
    }

    /// Writes the beginning down; `began` is set here.
    pub(crate) fn begin(&self, mut record: Record) -> Open {
        if !self.keeps {
            return Open(usize::MAX);
        }
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.next += 1;
        match &mut record {
            Record::Webhook(record) => record.began = book.next,
            Record::Send(record) => record.began = book.next,
        }
        book.records.push(record);
        Open(book.records.len() - 1)
    }

    /// Writes the end down; `change` fills in what is known now.
    pub(crate) fn end(&self, open: Open, change: impl FnOnce(&mut Record)) {
        if !self.keeps {
            return;
        }
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.next += 1;
        let ended = Some(book.next);
        let Some(record) = book.records.get_mut(open.0) else { return };
        match record {
            Record::Webhook(record) => record.ended = ended,
            Record::Send(record) => record.ended = ended,
        }
        change(record);
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner).records.clone()
    }

    /// One JSON object a line.
    pub(crate) fn json_lines(&self) -> String {
        let lines = self.records().into_iter().filter_map(|record| serde_json::to_string(&record).ok());
        lines.flat_map(|line| [line, "\n".to_owned()]).collect()
    }
}
