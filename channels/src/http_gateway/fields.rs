//! The fields of a webhook, whichever form it has.

use std::borrow::Cow;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use serde_json::Value;

use crate::request::WebhookRequest;
use crate::{json, segments};

/// How a gateway writes a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// In the query, or in a body of the same form.
    Form,
    /// A JSON object; a field is found by a path like `message.from` or `results.0.from`.
    Json,
    /// XML; a field is found by a path of elements below the root, `message.from`; an attribute is `message.@id`.
    Xml,
}

/// The fields with their values, as bytes: a form may be in any charset.
#[derive(Debug)]
pub(crate) struct Fields(Vec<(String, Vec<u8>)>);

impl Fields {
    /// Reads a webhook; `None` when it has not this form.
    pub(crate) fn read(format: Format, request: &WebhookRequest<'_>) -> Option<Self> {
        let mut fields = form(request.query.as_bytes());
        match format {
            Format::Form => fields.extend(form(request.body)),
            Format::Json => {
                let value: Value = json::read(request.body)?;
                flatten(&value, &mut String::new(), &mut fields);
            }
            Format::Xml => fields.extend(elements(std::str::from_utf8(request.body).ok()?)?),
        }
        Some(Self(fields))
    }

    /// The bytes of a field, when it is there.
    pub(crate) fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| known == path).map(|(_, value)| value.as_slice())
    }

    /// A field that is not empty, as text.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        let text = decode(self.bytes(path)?, None);
        let text = json::text(text.trim()).into_owned();
        Some(text).filter(|text| !text.is_empty())
    }
}

/// Bytes as text. Without the name of a charset, or with one that is not known, it is UTF-8 when it can be, else
/// Windows-1252, which has all of Latin 1.
pub(crate) fn decode(bytes: &[u8], charset: Option<&str>) -> String {
    let name = charset.unwrap_or_default().trim().to_ascii_lowercase().replace('_', "-");
    match name.as_str() {
        "iso-8859-1" | "latin1" | "latin-1" | "windows-1252" | "cp1252" => latin(bytes),
        "utf-16be" | "utf-16" | "ucs-2" | "ucs2" | "iso-10646-ucs-2" => utf16(bytes),
        "gsm" | "gsm7" | "gsm0338" => segments::from_gsm7(bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => latin(bytes),
        },
    }
}

/// The text of an SMPP message by its data coding (SMPP 3.4 §5.2.19); `None` for what is no text.
pub(crate) fn decode_coded(bytes: &[u8], coding: &str) -> Option<String> {
    Some(match coding {
        // No byte of the default alphabet has the highest bit, so such bytes have been decoded on the way.
        "0" | "" if bytes.is_ascii() => segments::from_gsm7(bytes),
        "0" | "" | "1" => decode(bytes, None),
        "3" => latin(bytes),
        "8" => utf16(bytes),
        _ => return None,
    })
}

fn latin(bytes: &[u8]) -> String {
    // What Windows-1252 has where Latin 1 has control characters.
    const WINDOWS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', //
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let character = |byte: &u8| match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        byte => char::from(*byte),
    };
    bytes.iter().map(character).collect()
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => 0xfffd,
    });
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// A form whose values may be in any charset, so that they stay bytes.
fn form(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let pairs = bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    let pair = |pair: &[u8]| {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = unescape(halves.next().unwrap_or_default());
        (String::from_utf8_lossy(&name).into_owned(), unescape(halves.next().unwrap_or_default()))
    };
    pairs.map(pair).collect()
}

fn unescape(bytes: &[u8]) -> Vec<u8> {
    let digit =
        |byte: Option<&u8>| char::from(*byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'+' => out.push(b' '),
            b'%' => match (digit(bytes.get(at)), digit(bytes.get(at + 1))) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    at += 2;
                }
                _ => out.push(b'%'),
            },
            byte => out.push(*byte),
        }
    }
    out
}

fn flatten(value: &Value, path: &mut String, out: &mut Vec<(String, Vec<u8>)>) {
    let mut below = |key: &str, value: &Value| {
        let length = path.len();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
        flatten(value, path, out);
        path.truncate(length);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| below(key, value)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| below(&index.to_string(), value));
        }
        Value::String(text) => out.push((path.clone(), text.clone().into_bytes())),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => out.push((path.clone(), value.to_string().into_bytes())),
    }
}

/// Deeper than any gateway goes.
const DEEPEST: usize = 32;

/// The texts of elements and attributes below the root. A document type is refused: entities of one's own are good for
/// attacks alone.
fn elements(document: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let mut reader = Reader::from_str(document);
    let mut out = Vec::new();
    let mut open: Vec<(String, String)> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                let name = element.local_name().as_ref().to_owned();
                open.push((name, String::new()));
                if open.len() > DEEPEST {
                    return None;
                }
                attributes(&path(&open), &element, &mut out)?;
            }
            Event::Empty(element) => {
                let name = element.local_name().as_ref().to_owned();
                open.push((name, String::new()));
                attributes(&path(&open), &element, &mut out)?;
                out.push((path(&open), Vec::new()));
                open.pop();
            }
            Event::End(_) => {
                let path = path(&open);
                let (_, text) = open.pop()?;
                out.push((path, text.into_bytes()));
            }
            Event::Text(text) => push(&mut open, &text.xml10_content()),
            Event::CData(text) => push(&mut open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok()?.map(String::from);
                let text: Cow<'_, str> = match character {
                    Some(text) => text.into(),
                    None => resolve_xml_entity(&reference)?.into(),
                };
                push(&mut open, &text);
            }
            Event::DocType(_) => return None,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return (open.is_empty() && !out.is_empty()).then_some(out),
        }
    }
}

fn push(open: &mut [(String, String)], text: &str) {
    if let Some((_, written)) = open.last_mut() {
        written.push_str(text);
    }
}

/// Without the root, whose name says nothing.
fn path(open: &[(String, String)]) -> String {
    let names = open.iter().skip(1).map(|(name, _)| name.as_str());
    names.collect::<Vec<_>>().join(".")
}

fn attributes(path: &str, element: &BytesStart<'_>, out: &mut Vec<(String, Vec<u8>)>) -> Option<()> {
    for attribute in element.attributes() {
        let attribute = attribute.ok()?;
        let name: &str = attribute.key.local_name().into_inner();
        let value = quick_xml::escape::unescape(&attribute.value).ok()?;
        let dot = if path.is_empty() { "" } else { "." };
        out.push((format!("{path}{dot}@{name}"), value.as_bytes().to_vec()));
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(format: Format, query: &str, body: &[u8]) -> Option<Fields> {
        Fields::read(format, &WebhookRequest { method: "POST", url: "", query, headers: &[], body })
    }

    #[test]
    fn a_form_keeps_its_bytes() {
        let fields = read(Format::Form, "a=1&%61b=x%2", b"t=caf%E9+%zz&&e&a=2").unwrap();
        assert_eq!(fields.bytes("t"), Some(&b"caf\xe9 %zz"[..]));
        assert_eq!(fields.text("t").as_deref(), Some("café %zz"));
        assert_eq!(fields.bytes("a"), Some(&b"1"[..]), "the query comes first");
        assert_eq!(fields.bytes("ab"), Some(&b"x%2"[..]));
        assert_eq!((fields.bytes("e"), fields.text("e")), (Some(&b""[..]), None));
        assert_eq!(fields.bytes("none"), None);
    }

    #[test]
    fn json_is_found_by_paths() {
        let body = br#"{"a":{"b":[{"c":"x\u0000y"},7]},"t":true,"n":null}"#;
        let fields = read(Format::Json, "", body).unwrap();
        assert_eq!(fields.text("a.b.0.c").as_deref(), Some("xy"));
        assert_eq!(fields.text("a.b.1").as_deref(), Some("7"));
        assert_eq!(fields.text("t").as_deref(), Some("true"));
        assert_eq!(fields.text("n"), None);
        assert!(read(Format::Json, "", b"{").is_none());
    }

    #[test]
    fn xml_is_found_by_paths() {
        let body = "<?xml version=\"1.0\"?><r v='1'><m id='a&amp;b'><x:t>1 &lt; 2 &#233;<![CDATA[<&>]]></x:t><e/></m></r>";
        let fields = read(Format::Xml, "", body.as_bytes()).unwrap();
        assert_eq!(fields.text("m.t").as_deref(), Some("1 < 2 é<&>"));
        assert_eq!(fields.text("m.@id").as_deref(), Some("a&b"));
        assert_eq!(fields.text("@v").as_deref(), Some("1"));
        assert_eq!(fields.bytes("m.e"), Some(&b""[..]));
        let deep = "<a>".repeat(40);
        for broken in
            ["", "text", "<a>", "<a></b>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a>&b;</a>", &deep]
        {
            assert!(read(Format::Xml, "", broken.as_bytes()).is_none(), "{broken}");
        }
    }

    #[test]
    fn bytes_become_text_by_their_charset() {
        assert_eq!(decode(b"caf\xe9 \x80", Some("ISO-8859-1")), "café €");
        assert_eq!(decode("é".as_bytes(), None), "é");
        assert_eq!(decode(b"\xe9", Some("unheard-of")), "é");
        assert_eq!(decode(b"\x04\x14\x04\x30\x00", Some("UTF_16BE")), "Да\u{fffd}");
        assert_eq!(decode_coded(b"\x00", "0").as_deref(), Some("@"));
        assert_eq!(decode_coded("é".as_bytes(), "0").as_deref(), Some("é"));
        assert_eq!(decode_coded(b"\xe9", "3").as_deref(), Some("é"));
        assert_eq!(decode_coded(b"x", "4"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..60),
            markup in "[<>a/=\"'&;#x!\\[\\]? -]{0,40}",
        ) {
            for format in [Format::Form, Format::Json, Format::Xml] {
                let _ = read(format, "", &bytes);
                let _ = read(format, "", markup.as_bytes());
            }
            for charset in ["", "latin1", "ucs2", "gsm"] {
                let _ = decode(&bytes, Some(charset));
            }
        }

        #[test]
        fn a_form_is_read_as_it_was_written(name in "[a-z ]{1,5}", value in any::<String>()) {
            let written = url::form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
            let fields = read(Format::Form, &written, b"").unwrap();
            prop_assert_eq!(fields.bytes(&name), Some(value.as_bytes()));
        }
    }
}
