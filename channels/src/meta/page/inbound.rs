use aws_lc_rs::digest;
use countersign_model::{Contact, Content, Media, MediaKind, MessageRef, Name, Reply, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::{ChannelEvent, Event, Receipt, ReceiptState};
use crate::json;
use crate::meta::wire::{Envelope, Str, clean, coordinate, each, moment};

/// Reads a webhook; `None` when it is none. The number is that of the parts that were not understood.
pub(super) fn read(text: &str, object: &str, account: &str) -> Option<(Vec<ChannelEvent>, usize)> {
    let mut reader = Reader { account, events: Vec::new(), skipped: 0 };
    let (found, entries) = match serde_json::from_str::<Envelope<'_, Entry<'_>>>(text) {
        Ok(envelope) => (envelope.object, envelope.entry),
        Err(_) => {
            let envelope = serde_json::from_str::<Envelope<'_, &RawValue>>(text).ok()?;
            (envelope.object, each(envelope.entry, &mut reader.skipped))
        }
    };
    if *found != *object {
        return Some((Vec::new(), 1));
    }
    for entry in entries {
        reader.entry(entry);
    }
    Some((reader.events, reader.skipped))
}

struct Reader<'r> {
    account: &'r str,
    events: Vec<ChannelEvent>,
    skipped: usize,
}

impl Reader<'_> {
    fn entry(&mut self, entry: Entry<'_>) {
        let ours = entry.id.is_some_and(|id| *id == *self.account);
        for event in entry.messaging.unwrap_or_default() {
            self.part(event, ours);
        }
        for change in each::<Change<'_>>(entry.changes.unwrap_or_default(), &mut self.skipped) {
            // Instagram tells some events in this form; the other fields are not of conversations.
            if let Some(value) = change.value.filter(|_| change.field.starts_with("messag")) {
                self.part(value, ours);
            }
        }
    }

    fn part(&mut self, raw: &RawValue, ours: bool) {
        let understood = match serde_json::from_str::<Messaging<'_>>(raw.get()) {
            Ok(event) => self.event(event, ours),
            Err(_) => {
                json::mend(raw.get()).and_then(|mended| self.event(serde_json::from_str(&mended).ok()?, ours))
            }
        };
        self.skipped += usize::from(understood.is_none());
    }

    /// `None` when it is not understood, or of another account.
    fn event(&mut self, event: Messaging<'_>, ours: bool) -> Option<()> {
        let sender = event.sender.and_then(|party| party.id).filter(|id| !id.is_empty())?;
        let recipient = event.recipient.and_then(|party| party.id);
        let from_us = *sender == *self.account;
        if !ours && !from_us && recipient.is_none_or(|id| *id != *self.account) {
            return None;
        }
        // What the page itself, a person in its inbox or another app has written is no user's.
        let echo = event.message.as_ref().is_some_and(|message| message.is_echo || message.is_self);
        if from_us || echo {
            return Some(());
        }
        let at = event.timestamp.and_then(moment);
        let mut to = User { address: clean(&sender), at, events: &mut self.events };
        if let Some(message) = event.message {
            to.message(message)
        } else if let Some(postback) = event.postback {
            to.postback(postback)
        } else if let Some(edit) = event.message_edit {
            let count = edit.num_edit.map_or("", RawValue::get);
            to.push(format!("edit:{}:{count}", clean(&edit.mid?)), Event::Edited);
            Some(())
        } else if let Some(delivery) = event.delivery {
            to.receipts(delivery, ReceiptState::Delivered)
        } else if let Some(read) = event.read {
            to.receipts(read, ReceiptState::Read)
        } else if let Some(referral) = event.referral {
            to.referral(&referral);
            Some(())
        } else {
            // Reactions and opt-ins ask for no answer.
            (event.reaction.is_some() || event.optin.is_some()).then_some(())
        }
    }
}

/// Collects the events of one user.
struct User<'e> {
    address: String,
    at: Option<Timestamp>,
    events: &'e mut Vec<ChannelEvent>,
}

impl User<'_> {
    fn push(&mut self, id: String, event: Event) {
        let contact = Contact { address: self.address.clone(), name: None, language: None };
        self.events.push(ChannelEvent { id, address: self.address.clone(), contact, at: self.at, event });
    }

    fn message(&mut self, message: Message<'_>) -> Option<()> {
        let mid = clean(&message.mid.filter(|mid| !mid.is_empty())?);
        if message.is_deleted {
            // It has the id of the message that is taken back.
            self.push(format!("deleted:{mid}"), Event::Revoked);
            return Some(());
        }
        let text = message.text.as_deref().map(clean).filter(|text| !text.is_empty());
        if let Some(payload) = message.quick_reply.and_then(|reply| reply.payload) {
            let content = Content::Choice { payload: clean(&payload), label: text.unwrap_or_default() };
            self.reply(&mid, 0, content);
            return Some(());
        }
        let mut text = text;
        let mut count = 0;
        for file in message.attachments.into_iter().flatten() {
            match content_of(file) {
                Content::Unsupported => continue,
                Content::Media(media) => {
                    let content = Content::Media(Media { caption: text.take(), ..media });
                    self.reply(&mid, count, content);
                }
                // A preview of the link that stands in the text.
                _ if text.is_some() => continue,
                content => self.reply(&mid, count, content),
            }
            count += 1;
        }
        match text {
            Some(text) => self.reply(&mid, count, Content::Text(text.into())),
            None if count == 0 => self.reply(&mid, 0, Content::Unsupported),
            None => {}
        }
        Some(())
    }

    /// Several files of one message are told apart by what follows its id.
    fn reply(&mut self, mid: &str, number: usize, content: Content) {
        let id = if number == 0 { mid.to_owned() } else { format!("{mid}#{}", number + 1) };
        let reference = Some(MessageRef(mid.to_owned()));
        self.push(id, Event::Reply(Reply { content, reference }));
    }

    fn postback(&mut self, postback: Postback<'_>) -> Option<()> {
        let payload = clean(&postback.payload?);
        let label = postback.title.map(|title| clean(&title)).unwrap_or_default();
        let mid = postback.mid.filter(|mid| !mid.is_empty()).map(|mid| clean(&mid));
        let id = mid.clone().unwrap_or_else(|| self.id_of("postback", &payload));
        let content = Content::Choice { payload, label };
        self.push(id, Event::Reply(Reply { content, reference: mid.map(MessageRef) }));
        Some(())
    }

    /// A link into a conversation that exists already names a script, or says nothing.
    fn referral(&mut self, referral: &Referral<'_>) {
        let Some(found) = referral.r#ref.as_deref() else { return };
        if let Ok(script) = found.parse::<Name>() {
            let id = self.id_of("referral", found);
            self.push(id, Event::Start(script));
        }
    }

    fn receipts(&mut self, receipt: Receipts<'_>, state: ReceiptState) -> Option<()> {
        let word = if state == ReceiptState::Read { "read" } else { "delivered" };
        let mids = receipt.mids.unwrap_or_default().into_iter().chain(receipt.mid);
        let before = self.events.len();
        for mid in mids.filter(|mid| !mid.is_empty()) {
            let mid = clean(&mid);
            let id = format!("{mid}:{word}");
            self.push(id, Event::Receipt(Receipt { message: Some(MessageRef(mid)), state, code: None }));
        }
        if self.events.len() == before {
            let until = receipt.watermark?;
            self.at = Some(moment(until)?);
            let id = format!("{word}:{}", until.get().trim_matches('"'));
            self.push(id, Event::Receipt(Receipt { message: None, state, code: None }));
        }
        Some(())
    }

    /// An id for what has none: the same in every repeat.
    fn id_of(&self, word: &str, text: &str) -> String {
        let hash = digest::digest(&digest::SHA256, text.as_bytes());
        let short = hash.as_ref().iter().take(8).fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        format!("{word}:{}:{short:016x}", self.at.map_or(0, Timestamp::as_micros))
    }
}

fn content_of(raw: &RawValue) -> Content {
    serde_json::from_str::<Attachment<'_>>(raw.get())
        .ok()
        .and_then(understood)
        .unwrap_or(Content::Unsupported)
}

/// `None` for a sticker, a heart, a shared post, and what is not known yet.
fn understood(file: Attachment<'_>) -> Option<Content> {
    let payload = file.payload.unwrap_or_default();
    let url = payload.url.as_deref().map(clean).filter(|url| !url.is_empty());
    let kind = match file.r#type.as_deref()? {
        // Until August 2026 a sticker was told as a picture with a number of its own.
        "image" if payload.sticker_id.is_none() => MediaKind::Image,
        "audio" => MediaKind::Audio,
        "video" | "reel" | "ig_reel" => MediaKind::Video,
        "file" => MediaKind::Document,
        "fallback" => return Some(Content::Text(url?.into())),
        "location" => {
            let place = payload.coordinates?;
            let (latitude, longitude) = (coordinate(place.lat?)?, coordinate(place.long?)?);
            return Some(Content::Location { latitude, longitude });
        }
        _ => return None,
    };
    Some(Content::Media(Media { kind, url: url?, caption: None }))
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    id: Option<Str<'a>>,
    #[serde(borrow)]
    messaging: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    changes: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow)]
    field: Str<'a>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Messaging<'a> {
    #[serde(borrow)]
    sender: Option<Party<'a>>,
    #[serde(borrow)]
    recipient: Option<Party<'a>>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<Message<'a>>,
    #[serde(borrow)]
    postback: Option<Postback<'a>>,
    #[serde(borrow)]
    message_edit: Option<Edit<'a>>,
    #[serde(borrow)]
    delivery: Option<Receipts<'a>>,
    #[serde(borrow)]
    read: Option<Receipts<'a>>,
    #[serde(borrow)]
    referral: Option<Referral<'a>>,
    #[serde(borrow)]
    reaction: Option<&'a RawValue>,
    #[serde(borrow)]
    optin: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Party<'a> {
    #[serde(borrow)]
    id: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    mid: Option<Str<'a>>,
    #[serde(borrow)]
    text: Option<Str<'a>>,
    #[serde(borrow)]
    quick_reply: Option<QuickReply<'a>>,
    #[serde(borrow)]
    attachments: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    is_echo: bool,
    #[serde(default)]
    is_self: bool,
    #[serde(default)]
    is_deleted: bool,
}

#[derive(Deserialize)]
struct QuickReply<'a> {
    #[serde(borrow)]
    payload: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Attachment<'a> {
    #[serde(borrow)]
    r#type: Option<Str<'a>>,
    #[serde(borrow)]
    payload: Option<Payload<'a>>,
}

#[derive(Default, Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    url: Option<Str<'a>>,
    #[serde(borrow)]
    sticker_id: Option<&'a RawValue>,
    #[serde(borrow)]
    coordinates: Option<Coordinates<'a>>,
}

#[derive(Deserialize)]
struct Coordinates<'a> {
    #[serde(borrow)]
    lat: Option<&'a RawValue>,
    #[serde(borrow)]
    long: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Postback<'a> {
    #[serde(borrow)]
    mid: Option<Str<'a>>,
    #[serde(borrow)]
    title: Option<Str<'a>>,
    #[serde(borrow)]
    payload: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Edit<'a> {
    #[serde(borrow)]
    mid: Option<Str<'a>>,
    #[serde(borrow)]
    num_edit: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Receipts<'a> {
    #[serde(borrow)]
    mids: Option<Vec<Str<'a>>>,
    #[serde(borrow)]
    mid: Option<Str<'a>>,
    #[serde(borrow)]
    watermark: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Referral<'a> {
    #[serde(borrow)]
    r#ref: Option<Str<'a>>,
}
