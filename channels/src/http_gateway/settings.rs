//! What an operator tells about a gateway.

use crate::settings::{Setting, SettingKind};
use crate::sms;

const fn text(name: &'static str, default: Option<&'static str>, help: &'static str) -> Setting {
    Setting { name, kind: SettingKind::Text, default, required: false, help }
}

const fn required(setting: Setting) -> Setting {
    Setting { required: true, ..setting }
}

const fn secret(name: &'static str, help: &'static str) -> Setting {
    Setting { kind: SettingKind::Secret, ..text(name, None, help) }
}

/// Every setting of a gateway.
pub(crate) const SETTINGS: &[Setting] = &[
    text("from", None, "The number or short code that the bot writes from; it fills {from}."),
    text("send.method", Some("GET"), "How a message is sent: GET, POST or PUT."),
    required(text(
        "send.url",
        None,
        "The address that a message is sent to, with placeholders after the host, such as {to} and {text}.",
    )),
    Setting {
        kind: SettingKind::Table,
        ..text(
            "send.headers",
            None,
            "Header lines of the request, with placeholders, such as Authorization = \"Basic {basic}\".",
        )
    },
    text(
        "send.content_type",
        Some("application/x-www-form-urlencoded"),
        "What send.body is: application/x-www-form-urlencoded, application/json, text/xml, application/xml or text/plain. Placeholders are written as it needs.",
    ),
    text(
        "send.body",
        None,
        "The body of the request, with placeholders. In JSON a placeholder stands without quotes, because it brings its own.",
    ),
    text("send.username", None, "The user name at the gateway; it fills {username}."),
    secret("send.password", "The password or key at the gateway; it fills {password}."),
    text("send.gsm7", None, "What fills {coding} when a text has only characters of the SMS alphabet."),
    text("send.unicode", None, "What fills {coding} when a text has others."),
    text(
        "send.callback",
        Some(super::send::CALLBACK),
        "The address for delivery reports; it fills {callback}.",
    ),
    text(
        "send.success",
        Some("status"),
        "How success is seen: `status` for any HTTP status from 200 to 299, or words that the answer then has to hold as well.",
    ),
    text(
        "send.answer_id",
        None,
        "Where the gateway's id stands in its answer, as the words around it: Success \"{id}\". Without it the id is the one that fills {id}.",
    ),
    text(
        "receive.format",
        Some("form"),
        "How a message arrives: form (in the query or in a form), json or xml.",
    ),
    text(
        "receive.from",
        Some("from"),
        "The field with the user's number. In JSON and XML a path, such as message.from.",
    ),
    text("receive.text", Some("text"), "The field with the text."),
    text(
        "receive.id",
        None,
        "The field with the gateway's id of the message. Without it the same text within ten seconds counts once.",
    ),
    text("receive.time", None, "The field with the time."),
    text(
        "receive.charset",
        None,
        "The field that names the charset of the text. Without it the text is UTF-8, or Windows-1252 when it cannot be.",
    ),
    text(
        "receive.coding",
        None,
        "The field with the data coding, where the text is raw as in SMPP: 0 is the SMS alphabet, 3 is Latin 1, 8 is UTF-16.",
    ),
    required(secret(
        "receive.key",
        "A long random text of letters and digits that proves that a webhook comes from the gateway.",
    )),
    text("receive.key_parameter", Some("key"), "The parameter of the query in which the key stands."),
    text("receive.key_header", None, "The header line in which the key stands, in place of a parameter."),
    text("receive.answer", None, "What the gateway wants to read as the answer to a webhook."),
    text("report.id", Some("id"), "The field of a delivery report with the id of the message."),
    text(
        "report.status",
        None,
        "The field of a delivery report with the status. Without it there are no reports.",
    ),
    text(
        "report.to",
        Some("to"),
        "The field of a delivery report with the user's number. A report without it cannot be found by the conversation.",
    ),
    text("report.code", None, "The field of a delivery report with the error code."),
    text("report.queued", None, "The values of the status for a message that waits, with commas between."),
    text("report.sent", None, "The values of the status for a message that is on its way."),
    text("report.delivered", None, "The values of the status for a message that has arrived."),
    text("report.failed", None, "The values of the status for a message that will not arrive."),
    sms::SEGMENTS,
    sms::SMART_PUNCTUATION,
];
