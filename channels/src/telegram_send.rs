//! What the bot says in Telegram.

use std::time::Duration;

use countersign_model::{Choice, Media, MediaKind, MessageRef, OutMessage};
use serde_json::{Number, Value, json};
use url::Url;

use crate::adapter::SendError;
use crate::json;
use crate::numbered::numbered;
use crate::request::HttpResponse;
use crate::rest;
use crate::split::split;

/// A call of the Bot API.
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) parameters: Value,
}

/// What a message becomes, in order.
pub(crate) fn calls(to: &str, message: &OutMessage) -> Vec<Call> {
    let chat = chat_id(to);
    match message {
        OutMessage::Text(text) => texts(&chat, text, None),
        OutMessage::Options { text, choices } => options(&chat, text, choices),
        OutMessage::Media(media) => of_media(&chat, media),
        OutMessage::Location { latitude, longitude, name } => {
            vec![place(&chat, latitude, longitude, name.as_deref())]
        }
        OutMessage::Link { text, label, url } => link(&chat, text, label, url),
        OutMessage::Card { title, text, image, choices } => {
            let words = [Some(title), text.as_ref()].into_iter().flatten().cloned().collect::<Vec<_>>();
            card(&chat, &words.join("\n"), image.as_deref(), choices)
        }
    }
}

/// The id of a chat as the number that it is.
pub(crate) fn chat_id(to: &str) -> Value {
    to.parse::<i64>().map_or_else(|_| Value::from(to), Value::from)
}

/// What Telegram answered to a call that sends something.
pub(crate) fn accepted(response: &HttpResponse) -> Result<Vec<MessageRef>, SendError> {
    let answer: Value = json::read(&response.body).unwrap_or_default();
    if (200..300).contains(&response.status) && answer["ok"] == true {
        let id = answer["result"]["message_id"].as_u64();
        return Ok(id.map(|id| MessageRef(id.to_string())).into_iter().collect());
    }
    Err(problem(response, &answer))
}

/// What Telegram answered to a deletion. A message that is gone, or older than 48 hours, is no error: it cannot be
/// deleted by trying again.
pub(crate) fn erased(response: &HttpResponse) -> Result<Vec<MessageRef>, SendError> {
    match accepted(response) {
        Ok(_) | Err(SendError::Refused { .. } | SendError::Gone { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn problem(response: &HttpResponse, answer: &Value) -> SendError {
    let number = answer["error_code"].as_u64().unwrap_or(u64::from(response.status));
    let code = Some(number.to_string());
    let description = answer["description"].as_str().unwrap_or_default().to_ascii_lowercase();
    match number {
        429 => {
            let seconds = answer["parameters"]["retry_after"].as_u64().map(Duration::from_secs);
            SendError::Throttled { after: seconds.or_else(|| rest::retry_after(response)), code }
        }
        403 => SendError::Gone { code },
        400 if description.contains("chat not found") || description.contains("user not found") => {
            SendError::Gone { code }
        }
        // A token that does not exist is answered with 404.
        401 | 404 => SendError::Account { code },
        _ => rest::by_status(response, code),
    }
}

/// Telegram counts as JavaScript does.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

const TEXT: usize = 4096;
const CAPTION: usize = 1024;
const BUTTONS: usize = 100;
const CALLBACK_DATA: usize = 64;

/// The keyboard stands under the last piece.
fn texts(chat: &Value, text: &str, keyboard: Option<Value>) -> Vec<Call> {
    let pieces = split(text, TEXT, units);
    let last = pieces.len().saturating_sub(1);
    let mut keyboard = keyboard;
    let call = |(index, piece): (usize, &str)| {
        let mut parameters = json!({ "chat_id": chat, "text": piece });
        if index == last
            && let Some(keyboard) = keyboard.take()
        {
            parameters["reply_markup"] = keyboard;
        }
        Call { method: "sendMessage", parameters }
    };
    pieces.into_iter().enumerate().map(call).collect()
}

fn options(chat: &Value, text: &str, choices: &[Choice]) -> Vec<Call> {
    match keyboard(choices) {
        Some(keyboard) if !text.trim().is_empty() => texts(chat, text, Some(keyboard)),
        // There is no message without words, so the choices are the words.
        keyboard => texts(chat, &numbered(text, choices), keyboard),
    }
}

/// The buttons; `None` when there are none, or when they cannot be buttons.
fn keyboard(choices: &[Choice]) -> Option<Value> {
    let fits = |choice: &Choice| {
        !choice.label.trim().is_empty() && (1..=CALLBACK_DATA).contains(&choice.payload.len())
    };
    if choices.is_empty() || choices.len() > BUTTONS || !choices.iter().all(fits) {
        return None;
    }
    let button = |choice: &Choice| json!({ "text": choice.label, "callback_data": choice.payload });
    // Two or three short ones stand side by side, as "Yes" and "No" do; others each have a row, so that nothing is cut.
    let short = choices.len() <= 3 && choices.iter().all(|choice| choice.label.chars().count() <= 10);
    let width = if short { choices.len() } else { 1 };
    let rows: Vec<Vec<_>> = choices.chunks(width).map(|row| row.iter().map(button).collect()).collect();
    Some(json!({ "inline_keyboard": rows }))
}

fn of_media(chat: &Value, media: &Media) -> Vec<Call> {
    let (method, field) = match media.kind {
        MediaKind::Image => ("sendPhoto", "photo"),
        MediaKind::Audio => ("sendAudio", "audio"),
        MediaKind::Video => ("sendVideo", "video"),
        MediaKind::Document => ("sendDocument", "document"),
    };
    let mut parameters = json!({ "chat_id": chat });
    parameters[field] = file(&media.url);
    let caption = media.caption.as_deref().unwrap_or_default().trim();
    if !caption.is_empty() && units(caption) <= CAPTION {
        parameters["caption"] = caption.into();
        return vec![Call { method, parameters }];
    }
    let mut calls = vec![Call { method, parameters }];
    calls.extend(texts(chat, caption, None));
    calls
}

/// An address that Telegram fetches, or the id of a file that it has.
fn file(url: &str) -> Value {
    url.strip_prefix("telegram-file:").unwrap_or(url).into()
}

fn place(chat: &Value, latitude: &str, longitude: &str, name: Option<&str>) -> Call {
    let degrees = |text: &str| text.trim().parse::<Number>().map_or_else(|_| Value::from(text), Value::from);
    let mut parameters = json!({ "chat_id": chat });
    parameters["latitude"] = degrees(latitude);
    parameters["longitude"] = degrees(longitude);
    let Some(name) = name else { return Call { method: "sendLocation", parameters } };
    parameters["title"] = name.into();
    parameters["address"] = format!("{latitude}, {longitude}").into();
    Call { method: "sendVenue", parameters }
}

fn link(chat: &Value, text: &str, label: &str, url: &str) -> Vec<Call> {
    let can_button = !label.trim().is_empty()
        && !text.trim().is_empty()
        && Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "tg"));
    if can_button {
        let keyboard = json!({ "inline_keyboard": [[{ "text": label, "url": url }]] });
        return texts(chat, text, Some(keyboard));
    }
    let lines = [text, label, url].into_iter().filter(|line| !line.trim().is_empty());
    texts(chat, &lines.collect::<Vec<_>>().join("\n"), None)
}

fn card(chat: &Value, words: &str, image: Option<&str>, choices: &[Choice]) -> Vec<Call> {
    let Some(image) = image else { return options(chat, words, choices) };
    let keyboard = keyboard(choices);
    let caption = if keyboard.is_some() { words.to_owned() } else { numbered(words, choices) };
    let mut parameters = json!({ "chat_id": chat, "photo": file(image) });
    if units(&caption) > CAPTION {
        let mut calls = vec![Call { method: "sendPhoto", parameters }];
        calls.extend(texts(chat, &caption, keyboard));
        return calls;
    }
    parameters["caption"] = caption.into();
    if let Some(keyboard) = keyboard {
        parameters["reply_markup"] = keyboard;
    }
    vec![Call { method: "sendPhoto", parameters }]
}
