use countersign_model::{Choice, Media, MediaKind, OutMessage, SecretText};
use serde::{Deserialize, Serialize};

use super::Dialect;
use crate::meta::label::{http_link, labels, maps_link, split_off_body, titled};
use crate::meta::wire::Str;
use crate::numbered::numbered;
use crate::split::{characters, split};

const MOST_QUICK_REPLIES: usize = 13;
const LABEL: usize = 20;
const PAYLOAD: usize = 1000;
const BUTTON_TEXT: usize = 640;
const CARD_BUTTONS: usize = 3;
const CARD_TEXT: usize = 80;

/// The bodies of the requests that say this.
pub(super) fn bodies(dialect: &'static Dialect, to: &str, message: &OutMessage) -> Vec<SecretText> {
    let mut out = Out { dialect, to, bodies: Vec::with_capacity(1) };
    match message {
        OutMessage::Text(text) => out.text(text),
        OutMessage::Options { text, choices } => out.options(text, choices),
        OutMessage::Media(media) => out.media(media),
        OutMessage::Location { latitude, longitude, name } => {
            out.text(&maps_link(latitude, longitude, name.as_deref()));
        }
        OutMessage::Link { text, label, url } => out.link(text, label, url),
        OutMessage::Card { title, text, image, choices } => {
            out.card(title, text.as_deref(), image.as_deref(), choices);
        }
    }
    out.bodies
}

/// The body of a `sender_action`.
pub(super) fn action(to: &str, action: &str) -> SecretText {
    json(&Action { recipient: Recipient { id: to }, sender_action: action })
}

/// The id in the answer to a success.
pub(super) fn id_of(body: &[u8]) -> Option<String> {
    let accepted: Accepted<'_> = serde_json::from_slice(body).ok()?;
    accepted.message_id.map(|id| id.0.into_owned())
}

struct Out<'m> {
    dialect: &'static Dialect,
    to: &'m str,
    bodies: Vec<SecretText>,
}

impl Out<'_> {
    fn push(&mut self, message: Message<'_>) {
        let messaging_type = self.dialect.messaging_type;
        let recipient = Recipient { id: self.to };
        self.bodies.push(json(&Request { recipient, messaging_type, message }));
    }

    fn text(&mut self, text: &str) {
        for piece in split(text, self.dialect.text_limit, self.dialect.measure) {
            self.push(Message { text: Some(piece), ..Message::default() });
        }
    }

    fn options(&mut self, text: &str, choices: &[Choice]) {
        let short = choices.iter().all(|choice| characters(&choice.payload) <= PAYLOAD);
        let fit = short && (1..=MOST_QUICK_REPLIES).contains(&choices.len());
        let limit = self.dialect.text_limit;
        let (before, body) = split_off_body(text, limit, limit, self.dialect.measure);
        let (Some(titles), Some(body)) = (labels(choices, LABEL).filter(|_| fit), body) else {
            return self.text(&numbered(text, choices));
        };
        for piece in before {
            self.push(Message { text: Some(piece), ..Message::default() });
        }
        let replies = titles.iter().zip(choices).map(|(title, choice)| QuickReply {
            content_type: "text",
            title,
            payload: &choice.payload,
        });
        let quick_replies = Some(replies.collect());
        self.push(Message { text: Some(body), quick_replies, ..Message::default() });
    }

    fn media(&mut self, media: &Media) {
        if media.kind == MediaKind::Document && !self.dialect.files {
            let words = media.caption.as_deref().unwrap_or_default();
            return self.text(&format!("{words}\n{}", media.url));
        }
        let kind = match media.kind {
            MediaKind::Image => "image",
            MediaKind::Audio => "audio",
            MediaKind::Video => "video",
            MediaKind::Document => "file",
        };
        self.file(kind, &media.url);
        self.text(media.caption.as_deref().unwrap_or_default());
    }

    fn file(&mut self, kind: &str, url: &str) {
        let payload = Payload::File { url, is_reusable: self.dialect.is_reusable };
        let attachment = Some(Attachment { r#type: kind, payload });
        self.push(Message { attachment, ..Message::default() });
    }

    fn link(&mut self, text: &str, label: &str, url: &str) {
        let title = titled(label, LABEL);
        let link = http_link(url).filter(|_| self.dialect.link_buttons && !title.is_empty());
        let (before, body) = split_off_body(text, self.dialect.text_limit, BUTTON_TEXT, self.dialect.measure);
        let (Some(link), Some(body)) = (link, body) else {
            return self.text(&format!("{text}\n{label}\n{url}"));
        };
        for piece in before {
            self.push(Message { text: Some(piece), ..Message::default() });
        }
        let buttons = vec![Button::WebUrl { title: &title, url: link }];
        self.template(Payload::Buttons { template_type: "button", text: body, buttons });
    }

    fn card(&mut self, title: &str, text: Option<&str>, image: Option<&str>, choices: &[Choice]) {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        let one_line = |text: &str| characters(text) <= CARD_TEXT && !text.contains('\n');
        let fits = !title.trim().is_empty() && one_line(title.trim()) && text.is_none_or(one_line);
        let buttons = choices.len() <= CARD_BUTTONS
            && choices.iter().all(|choice| characters(&choice.payload) <= PAYLOAD);
        // A title alone is no card for the provider.
        let more = text.is_some() || image.is_some() || !choices.is_empty();
        let titles = labels(choices, LABEL).filter(|_| fits && buttons && more);
        let Some(titles) = titles else {
            if let Some(image) = image {
                self.file("image", image);
            }
            let words = text.map_or_else(|| title.to_owned(), |text| format!("{title}\n{text}"));
            return self.options(&words, choices);
        };
        let buttons = titles.iter().zip(choices);
        let buttons = buttons.map(|(title, choice)| Button::Postback { title, payload: &choice.payload });
        let element =
            Element { title: title.trim(), subtitle: text, image_url: image, buttons: buttons.collect() };
        self.template(Payload::Cards { template_type: "generic", elements: [element] });
    }

    fn template(&mut self, payload: Payload<'_>) {
        let attachment = Some(Attachment { r#type: "template", payload });
        self.push(Message { attachment, ..Message::default() });
    }
}

fn json(value: &impl Serialize) -> SecretText {
    // Texts alone are written, and nothing of that can fail.
    serde_json::to_string(value).unwrap_or_default().into()
}

#[derive(Serialize)]
struct Request<'a> {
    recipient: Recipient<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messaging_type: Option<&'a str>,
    message: Message<'a>,
}

#[derive(Serialize)]
struct Action<'a> {
    recipient: Recipient<'a>,
    sender_action: &'a str,
}

#[derive(Serialize)]
struct Recipient<'a> {
    id: &'a str,
}

#[derive(Default, Serialize)]
struct Message<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment: Option<Attachment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quick_replies: Option<Vec<QuickReply<'a>>>,
}

#[derive(Serialize)]
struct QuickReply<'a> {
    content_type: &'a str,
    title: &'a str,
    payload: &'a str,
}

#[derive(Serialize)]
struct Attachment<'a> {
    r#type: &'a str,
    payload: Payload<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Payload<'a> {
    File {
        url: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        is_reusable: Option<bool>,
    },
    Buttons {
        template_type: &'a str,
        text: &'a str,
        buttons: Vec<Button<'a>>,
    },
    Cards {
        template_type: &'a str,
        elements: [Element<'a>; 1],
    },
}

#[derive(Serialize)]
struct Element<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtitle: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    buttons: Vec<Button<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Button<'a> {
    Postback { title: &'a str, payload: &'a str },
    WebUrl { title: &'a str, url: &'a str },
}

#[derive(Deserialize)]
struct Accepted<'a> {
    #[serde(borrow)]
    message_id: Option<Str<'a>>,
}
