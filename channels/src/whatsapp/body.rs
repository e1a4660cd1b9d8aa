//! The requests of the Cloud API, as they are written.

use countersign_model::SecretText;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::meta::Str;

/// What stands before the id of a file at WhatsApp, in the place of an address.
pub(super) const BY_ID: &str = "whatsapp-media:";

/// A message; one of what follows the type is there.
#[derive(Default, Serialize)]
pub(super) struct Message<'a> {
    pub(super) messaging_product: &'a str,
    pub(super) recipient_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) recipient: Option<&'a str>,
    pub(super) r#type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) interactive: Option<Interactive<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) image: Option<File<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) audio: Option<File<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) video: Option<File<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) document: Option<File<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) location: Option<Location<'a>>,
}

impl<'a> Message<'a> {
    /// An empty one. A number goes without its `+`; what is no number is a user id.
    pub(super) fn new(address: &'a str, r#type: &'a str) -> Self {
        let number = address.strip_prefix('+');
        Self {
            messaging_product: "whatsapp",
            recipient_type: "individual",
            to: number,
            recipient: number.is_none().then_some(address),
            r#type,
            ..Self::default()
        }
    }
}

#[derive(Serialize)]
pub(super) struct Text<'a> {
    pub(super) preview_url: bool,
    pub(super) body: &'a str,
}

#[derive(Serialize)]
pub(super) struct Interactive<'a> {
    r#type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<Header<'a>>,
    body: Body<'a>,
    action: Action<'a>,
}

impl<'a> Interactive<'a> {
    pub(super) fn buttons(header: Option<Header<'a>>, text: &'a str, buttons: Vec<Button<'a>>) -> Self {
        Self { r#type: "button", header, body: Body { text }, action: Action::Buttons { buttons } }
    }

    pub(super) fn list(text: &'a str, button: &'a str, rows: Vec<Row<'a>>) -> Self {
        let action = Action::List { button, sections: [Section { rows }] };
        Self { r#type: "list", header: None, body: Body { text }, action }
    }

    pub(super) fn link(text: &'a str, display_text: &'a str, url: &'a str) -> Self {
        let action = Action::Link { name: "cta_url", parameters: Parameters { display_text, url } };
        Self { r#type: "cta_url", header: None, body: Body { text }, action }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Header<'a> {
    Text { text: &'a str },
    Image { image: File<'a> },
}

#[derive(Serialize)]
struct Body<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Action<'a> {
    Buttons { buttons: Vec<Button<'a>> },
    List { button: &'a str, sections: [Section<'a>; 1] },
    Link { name: &'a str, parameters: Parameters<'a> },
}

#[derive(Serialize)]
pub(super) struct Button<'a> {
    r#type: &'a str,
    reply: Reply<'a>,
}

impl<'a> Button<'a> {
    pub(super) fn new(id: &'a str, title: &'a str) -> Self {
        Self { r#type: "reply", reply: Reply { id, title } }
    }
}

#[derive(Serialize)]
struct Reply<'a> {
    id: &'a str,
    title: &'a str,
}

#[derive(Serialize)]
struct Section<'a> {
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
pub(super) struct Row<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
}

#[derive(Serialize)]
struct Parameters<'a> {
    display_text: &'a str,
    url: &'a str,
}

#[derive(Default, Serialize)]
pub(super) struct File<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) filename: Option<&'a str>,
}

impl<'a> File<'a> {
    /// A file at an address, or one that WhatsApp has already.
    pub(super) fn at(url: &'a str) -> Self {
        match url.strip_prefix(BY_ID) {
            Some(id) => Self { id: Some(id), ..Self::default() },
            None => Self { link: Some(url), ..Self::default() },
        }
    }
}

#[derive(Serialize)]
pub(super) struct Location<'a> {
    pub(super) latitude: Number,
    pub(super) longitude: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
}

/// The body that marks a message as read, and says that an answer is being written.
pub(super) fn read(message_id: &str, typing: bool) -> SecretText {
    let typing_indicator = typing.then_some(TypingIndicator { r#type: "text" });
    json(&Read { messaging_product: "whatsapp", status: "read", message_id, typing_indicator })
}

#[derive(Serialize)]
struct Read<'a> {
    messaging_product: &'a str,
    status: &'a str,
    message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    typing_indicator: Option<TypingIndicator<'a>>,
}

#[derive(Serialize)]
struct TypingIndicator<'a> {
    r#type: &'a str,
}

/// Writes a body.
pub(super) fn json(value: &impl Serialize) -> SecretText {
    // Texts and numbers alone are written, and nothing of that can fail.
    serde_json::to_string(value).unwrap_or_default().into()
}

/// The id in the answer to a success.
pub(super) fn id_of(body: &[u8]) -> Option<String> {
    let accepted: Accepted<'_> = serde_json::from_slice(body).ok()?;
    accepted.messages.into_iter().next().map(|message| message.id.0.into_owned())
}

#[derive(Deserialize)]
struct Accepted<'a> {
    #[serde(borrow)]
    messages: Vec<AcceptedMessage<'a>>,
}

#[derive(Deserialize)]
struct AcceptedMessage<'a> {
    #[serde(borrow)]
    id: Str<'a>,
}
