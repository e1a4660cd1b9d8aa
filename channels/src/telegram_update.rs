//! What Telegram sends.

use countersign_model::{Contact, Content, Media, MediaKind, MessageRef, Name, Reply, SecretText, Timestamp};
use serde_json::Value;

use crate::adapter::{Decoded, Malformed};
use crate::event::{ChannelEvent, Event};
use crate::{json, sms};

/// Reads an update. Only private chats are read: a bot that asks for a password must not do it in front of a group.
pub(crate) fn decode(body: &[u8]) -> Result<Decoded, Malformed> {
    let update: Value = json::read(body).ok_or(Malformed)?;
    let id = update["update_id"].as_u64().ok_or(Malformed)?.to_string();
    Ok(match event(&update, id) {
        Some(event) => Decoded::new(vec![event], 0),
        None => Decoded::new(Vec::new(), 1),
    })
}

/// The id of a tap on a button, under which it is answered, when the reference is one. It is kept where a message has
/// its own id, because a tap is no message.
pub(crate) fn callback_query(reference: &MessageRef) -> Option<&str> {
    reference.0.strip_prefix(CALLBACK)
}

const CALLBACK: &str = "callback:";

fn event(update: &Value, id: String) -> Option<ChannelEvent> {
    if let Some(message) = part(update, "message") {
        let event = of_message(message)?;
        return in_private(message, &message["from"], id, event);
    }
    if let Some(message) = part(update, "edited_message") {
        return in_private(message, &message["from"], id, Event::Edited);
    }
    if let Some(query) = part(update, "callback_query") {
        let event = Event::Reply(of_tap(query)?);
        return in_private(&query["message"], &query["from"], id, event);
    }
    let change = part(update, "my_chat_member")?;
    let event = match change["new_chat_member"]["status"].as_str()? {
        "kicked" => Event::Blocked,
        "member" => Event::Unblocked,
        _ => return None,
    };
    in_private(change, &change["from"], id, event)
}

/// `holder` has the chat and the date.
fn in_private(holder: &Value, from: &Value, id: String, event: Event) -> Option<ChannelEvent> {
    let chat = &holder["chat"];
    if chat["type"] != "private" || from["is_bot"] == true {
        return None;
    }
    let address = chat["id"].as_i64()?.to_string();
    let names = ["first_name", "last_name"].map(|name| from[name].as_str().map(|text| json::text(text)));
    let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let contact = Contact {
        address: address.clone(),
        name: Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
        language: from["language_code"].as_str().map(|text| json::text(text).into_owned()),
    };
    // A message that has become too old to be read has the date 0.
    let at = holder["date"].as_i64().filter(|date| *date > 0).map(Timestamp::from_secs);
    Some(ChannelEvent { id, address, contact, at, event })
}

fn of_tap(query: &Value) -> Option<Reply> {
    let payload = json::text(query["data"].as_str()?).into_owned();
    let rows = query["message"]["reply_markup"]["inline_keyboard"].as_array();
    let mut buttons = rows.into_iter().flatten().filter_map(Value::as_array).flatten();
    let label = buttons
        .find(|button| button["callback_data"] == *payload)
        .and_then(|button| button["text"].as_str())
        .map_or_else(|| payload.clone(), |label| json::text(label).into_owned());
    let reference = MessageRef(format!("{CALLBACK}{}", query["id"].as_str()?));
    Some(Reply { content: Content::Choice { payload, label }, reference: Some(reference) })
}

fn of_message(message: &Value) -> Option<Event> {
    if let Some(text) = message["text"].as_str()
        && let Some(start) = start(text)
    {
        return Some(start);
    }
    if SERVICE.iter().any(|kind| part(message, kind).is_some()) {
        return None;
    }
    let reference = message["message_id"].as_u64().map(|id| MessageRef(id.to_string()));
    Some(Event::Reply(Reply { content: content(message), reference }))
}

/// Messages that no user has written.
const SERVICE: [&str; 9] = [
    "pinned_message",
    "message_auto_delete_timer_changed",
    "write_access_allowed",
    "connected_website",
    "chat_background_set",
    "migrate_to_chat_id",
    "new_chat_members",
    "left_chat_member",
    "successful_payment",
];

/// The user has opened the bot, perhaps by a link `t.me/BOT?start=SCRIPT`.
fn start(text: &str) -> Option<Event> {
    let rest = text.strip_prefix("/start")?;
    if !rest.is_empty() && !rest.starts_with([' ', '@']) {
        return None;
    }
    let payload = rest.split_once(' ').map_or("", |(_, payload)| payload.trim());
    Some(payload.parse::<Name>().map_or(Event::Begin, Event::Start))
}

fn content(message: &Value) -> Content {
    if let Some(text) = message["text"].as_str() {
        return Content::Text(SecretText::new(json::text(text).into_owned()));
    }
    // A venue has its place twice, and an animation is also there as a document.
    let place =
        part(message, "venue").map_or_else(|| part(message, "location"), |venue| part(venue, "location"));
    if let Some(place) = place {
        return of_place(place);
    }
    if let Some(card) = part(message, "contact") {
        return of_card(card, &message["from"]);
    }
    of_file(message).unwrap_or(Content::Unsupported)
}

fn of_place(place: &Value) -> Content {
    let degrees = |name: &str| place[name].as_number().map(ToString::to_string);
    match (degrees("latitude"), degrees("longitude")) {
        (Some(latitude), Some(longitude)) => Content::Location { latitude, longitude },
        _ => Content::Unsupported,
    }
}

/// The user's own number counts as if it was typed. The card of somebody else says nothing about the user.
fn of_card(card: &Value, from: &Value) -> Content {
    let own = card["user_id"].as_u64().is_some_and(|id| from["id"].as_u64() == Some(id));
    let number = card["phone_number"].as_str().filter(|_| own).and_then(sms::number);
    number.map_or(Content::Unsupported, |number| Content::Text(number.into()))
}

fn of_file(message: &Value) -> Option<Content> {
    const KINDS: [(&str, MediaKind); 6] = [
        ("animation", MediaKind::Video),
        ("video", MediaKind::Video),
        ("video_note", MediaKind::Video),
        ("voice", MediaKind::Audio),
        ("audio", MediaKind::Audio),
        ("document", MediaKind::Document),
    ];
    let (file, kind) = match message["photo"].as_array() {
        // Every size of the same picture.
        Some(sizes) => (sizes.iter().max_by_key(|size| size["width"].as_u64())?, MediaKind::Image),
        None => KINDS.iter().find_map(|(name, kind)| Some((part(message, name)?, *kind)))?,
    };
    let url = format!("telegram-file:{}", file["file_id"].as_str()?);
    let caption = message["caption"].as_str().map(|text| json::text(text).into_owned());
    Some(Content::Media(Media { kind, url, caption }))
}

fn part<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).filter(|part| !part.is_null())
}
