use countersign_model::{Choice, Media, MediaKind, OutMessage};
use serde::Deserialize;

/// Something that a bot sent, as the stand-in lists it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Message {
    kind: String,
    text: String,
    #[serde(default)]
    options: Vec<Offer>,
    #[serde(default)]
    media: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Offer {
    label: String,
    payload: String,
}

/// What a person notices of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Noticed {
    Said(OutMessage),
    /// In brackets, beside the conversation.
    Told(String),
    Nothing,
}

impl Message {
    pub(super) fn noticed(&self) -> Noticed {
        match self.kind.as_str() {
            "message" | "spoken" => Noticed::Said(self.said()),
            "deleted" => Noticed::Told("(the bot has deleted your message)".to_owned()),
            "handed_over" => Noticed::Told(format!("(you are put through to {})", self.text)),
            "call_ended" => Noticed::Told(format!("(the call is over: {})", self.text)),
            _ => Noticed::Nothing,
        }
    }

    fn said(&self) -> OutMessage {
        if let Some(url) = &self.media {
            let kind = match self.kind.as_str() {
                "spoken" => MediaKind::Audio,
                _ => kind_of(url),
            };
            let caption = Some(self.text.clone()).filter(|text| !text.is_empty());
            return OutMessage::Media(Media { kind, url: url.clone(), caption });
        }
        if self.options.is_empty() {
            return OutMessage::Text(self.text.clone());
        }
        let choice = |offer: &Offer| Choice { label: offer.label.clone(), payload: offer.payload.clone() };
        OutMessage::Options { text: self.text.clone(), choices: self.options.iter().map(choice).collect() }
    }
}

/// A stand-in tells where a file is, not what it is.
fn kind_of(url: &str) -> MediaKind {
    let ending = url.rsplit('.').next().unwrap_or_default().to_lowercase();
    match ending.as_str() {
        "mp3" | "ogg" | "wav" => MediaKind::Audio,
        "mp4" | "mov" | "webm" => MediaKind::Video,
        "pdf" | "txt" | "csv" | "docx" | "xlsx" => MediaKind::Document,
        _ => MediaKind::Image,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noticed(json: &str) -> Noticed {
        serde_json::from_str::<Message>(json).unwrap().noticed()
    }

    #[test]
    fn what_a_bot_sends_is_what_a_person_notices() {
        assert_eq!(
            noticed(r#"{"index":1,"kind":"message","text":"Hi"}"#),
            Noticed::Said(OutMessage::Text("Hi".to_owned()))
        );
        let options = noticed(r#"{"kind":"message","text":"?","options":[{"label":"Yes","payload":"y"}]}"#);
        let Noticed::Said(message) = options else { panic!("{options:?}") };
        assert_eq!(message.choices()[0].label, "Yes");
        let spoken = noticed(r#"{"kind":"spoken","text":"","media":"https://a.example/b"}"#);
        assert!(matches!(spoken, Noticed::Said(OutMessage::Media(media)) if media.kind == MediaKind::Audio));
        assert_eq!(noticed(r#"{"kind":"typing","text":""}"#), Noticed::Nothing);
        assert_eq!(
            noticed(r#"{"kind":"call_ended","text":"the bot hung up"}"#),
            Noticed::Told("(the call is over: the bot hung up)".to_owned())
        );
        assert_eq!(kind_of("https://a.example/Map.PDF"), MediaKind::Document);
    }
}
