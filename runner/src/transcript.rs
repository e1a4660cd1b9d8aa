use countersign_engine::Heard;
use countersign_model::{Content, SecretText};
use countersign_store::Line;

/// What a user sent, kept until the engine has said whether it was a secret.
pub(crate) enum Said {
    Words(SecretText),
    Other(String),
    Nothing,
}

impl Said {
    pub(crate) fn of(content: &Content) -> Self {
        match content {
            Content::Text(text) | Content::Digits(text) => Self::Words(text.duplicate()),
            Content::Choice { label, .. } => Self::Other(label.clone()),
            Content::Media(media) => {
                let caption = media.caption.as_ref().map_or(String::new(), |caption| format!(" {caption}"));
                Self::Other(format!("[{}]{caption}", media.kind.name()))
            }
            Content::Location { latitude, longitude } => {
                Self::Other(format!("[location {latitude}, {longitude}]"))
            }
            Content::Silence => Self::Nothing,
            Content::Unsupported => Self::Other("[something that the channel cannot carry]".to_owned()),
        }
    }

    pub(crate) fn into_line(self, heard: Heard) -> Option<Line> {
        match (self, heard) {
            (Self::Nothing, _) => None,
            (_, Heard::Secret) => Some(Line::Secret),
            (Self::Words(words), Heard::Public) => Some(Line::User(words.into_public())),
            (Self::Other(text), Heard::Public) => Some(Line::User(text)),
        }
    }
}
