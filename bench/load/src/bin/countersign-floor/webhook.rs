//! What a webhook says.

use std::borrow::Cow;

use aws_lc_rs::hmac;
use serde::Deserialize;

/// A webhook of WhatsApp, as far as it is looked at.
#[derive(Deserialize)]
pub(crate) struct Webhook<'a> {
    #[serde(borrow)]
    entry: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    changes: Vec<Change<'a>>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow)]
    value: Happened<'a>,
}

/// What has happened.
#[derive(Deserialize)]
pub(crate) struct Happened<'a> {
    /// Messages of users.
    #[serde(borrow, default)]
    pub(crate) messages: Vec<Message<'a>>,
    /// How far messages to users have come.
    #[serde(borrow, default)]
    pub(crate) statuses: Vec<Status<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(borrow)]
    pub(crate) from: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) id: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) text: Text<'a>,
}

#[derive(Deserialize)]
pub(crate) struct Text<'a> {
    #[serde(borrow)]
    pub(crate) body: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(crate) struct Status<'a> {
    #[serde(borrow)]
    pub(crate) id: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) status: Cow<'a, str>,
}

impl<'a> Webhook<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    pub(crate) fn happened(self) -> impl Iterator<Item = Happened<'a>> {
        self.entry.into_iter().flat_map(|entry| entry.changes).map(|change| change.value)
    }
}

/// Whether `sha256=HEX` is the signature of a body.
pub(crate) fn is_signed(body: &[u8], signature: &[u8], key: &hmac::Key) -> bool {
    let Some(hex) = signature.strip_prefix(b"sha256=") else { return false };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let tag: Option<Vec<_>> = hex
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect();
    tag.is_some_and(|tag| hmac::verify(key, body, &tag).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_of_another_body_is_none() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret");
        let tag: String =
            hmac::sign(&key, b"body").as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(is_signed(b"body", format!("sha256={tag}").as_bytes(), &key));
        assert!(!is_signed(b"bodY", format!("sha256={tag}").as_bytes(), &key));
        assert!(!is_signed(b"body", b"sha256=0", &key));
        assert!(!is_signed(b"body", b"", &key));
    }

    #[test]
    fn messages_and_statuses_are_found() {
        let body = br#"{"object":"x","entry":[{"id":"1","changes":[{"field":"messages","value":{
            "messages":[{"from":"49","id":"wamid.1","type":"text","text":{"body":"h\u0069"}}]}},
            {"value":{"statuses":[{"id":"wamid.2","status":"read","pricing":{}}]}}]}]}"#;
        let happened: Vec<_> = Webhook::read(body).unwrap().happened().collect();
        assert_eq!(happened[0].messages[0].text.body, "hi");
        assert_eq!((&*happened[1].statuses[0].id, &*happened[1].statuses[0].status), ("wamid.2", "read"));
    }
}
