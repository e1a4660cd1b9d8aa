//! The HTML of the page.

use std::fmt::Write as _;

use axum::body::Body;
use axum::response::Response;
use countersign_model::SecretText;
use countersign_runner::{LoginPage, PageField, PageShows};
use countersign_script::program::AnswerKind;
use http::{HeaderValue, StatusCode};

use super::HEADERS;
use super::words::{self, BUSY, OVER, Words};

/// What stands above the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// The login failed.
    Refused,
    /// The form was not one of this browser.
    Again,
}

/// An answer with this page.
pub(super) fn page(html: &str, status: StatusCode) -> Response {
    let mut response = Response::new(Body::from(html.to_owned()));
    *response.status_mut() = status;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The questions, with what was typed but for secrets.
pub(super) fn form(
    page: &LoginPage,
    questions: &[PageField],
    note: Option<Note>,
    typed: &[SecretText],
    form: &str,
    proof: &str,
) -> String {
    let words = words::of(&page.language);
    let mut body = String::new();
    let _ = write!(body, "<h1>{}</h1>", with_bot(words.heading, page));
    whose(&mut body, page, words);
    let said = match note {
        Some(Note::Refused) => Some(words.refused),
        Some(Note::Again) => Some(words.again),
        None => None,
    };
    if let Some(said) = said {
        let _ = write!(body, "<p class=\"problem\" role=\"alert\">{said}</p>");
    }
    body.push_str("<form method=\"post\" autocomplete=\"on\">");
    let _ = write!(
        body,
        "<input type=\"hidden\" name=\"form\" value=\"{form}\"><input type=\"hidden\" name=\"proof\" value=\"{proof}\">"
    );
    let first_wrong = questions.iter().position(|field| field.problem.is_some()).unwrap_or(0);
    let name = questions.iter().position(|field| !field.secret);
    for (index, field) in questions.iter().enumerate() {
        let typed = typed.get(index).filter(|_| !field.secret);
        let look = Look { is_name: name == Some(index), focus: index == first_wrong };
        input(&mut body, index, field, typed.map_or("", SecretText::expose), &look);
    }
    let _ = write!(body, "<button type=\"submit\">{}</button></form>", words.send);
    document(words.tag, words.title, &body)
}

/// The page after a post that was good.
pub(super) fn after(page: &LoginPage) -> String {
    let words = words::of(&page.language);
    let mut body = String::new();
    match &page.shows {
        PageShows::Digits(digits) => {
            let (left, right) = digits.split_at(digits.len() / 2);
            let _ = write!(
                body,
                "<h1>{}</h1><p class=\"digits\" role=\"status\"><span>{left}</span> <span>{right}</span></p>\
                 <p>{}</p><p class=\"warning\">{}</p>",
                words.digits, words.digits_more, words.digits_warning
            );
            whose(&mut body, page, words);
        }
        PageShows::Working | PageShows::Questions { .. } => {
            let _ = write!(
                body,
                "<h1>{}</h1><p role=\"status\">{}</p><p><a href=\"\">{}</a></p>",
                words.working, words.working_more, words.look
            );
        }
    }
    document(words.tag, words.title, &body)
}

/// The one page for all links that lead nowhere.
pub(super) fn over() -> String {
    both(&OVER)
}

/// Nothing could be done.
pub(super) fn busy() -> String {
    both(&BUSY)
}

struct Look {
    is_name: bool,
    focus: bool,
}

fn input(body: &mut String, index: usize, field: &PageField, typed: &str, look: &Look) {
    let (kind, mode, complete) = match (&field.kind, field.secret) {
        (AnswerKind::Code { .. }, _) => ("text", "text", "one-time-code"),
        (_, true) => ("password", "text", "current-password"),
        (AnswerKind::Email, _) => ("text", "email", "username"),
        (AnswerKind::Phone, _) => ("text", "tel", "username"),
        (AnswerKind::Digits { .. }, _) => ("text", "numeric", if look.is_name { "username" } else { "off" }),
        (AnswerKind::Number { .. }, _) => ("text", "decimal", "off"),
        _ => ("text", "text", if look.is_name { "username" } else { "off" }),
    };
    let kind = if field.secret { "password" } else { kind };
    let _ = write!(body, "<div class=\"field\"><label for=\"f{index}\">{}</label>", escaped(&field.text));
    let _ = write!(
        body,
        "<input id=\"f{index}\" name=\"answer\" type=\"{kind}\" inputmode=\"{mode}\" autocomplete=\"{complete}\" \
         value=\"{}\" required autocapitalize=\"none\" autocorrect=\"off\" spellcheck=\"false\"",
        escaped(typed)
    );
    if look.focus {
        body.push_str(" autofocus");
    }
    match &field.problem {
        Some(problem) => {
            let _ = write!(
                body,
                " aria-invalid=\"true\" aria-describedby=\"p{index}\"><p class=\"problem\" id=\"p{index}\">{}</p></div>",
                escaped(problem)
            );
        }
        None => body.push_str("></div>"),
    }
}

/// Whose conversation it is, so that nobody logs in to somebody else's.
fn whose(body: &mut String, page: &LoginPage, words: &Words) {
    let title = page.channel.title();
    let text = with_bot(words.whose, page)
        .replace("{channel}", &escaped(title.strip_prefix("the ").unwrap_or(title)));
    let _ = write!(body, "<p>{text}");
    if let Some(end) = end_of(&page.address) {
        let _ = write!(body, " {} <strong>•••&nbsp;{}</strong>.", words.contact, escaped(&end));
    }
    let _ = write!(body, "</p><p class=\"small\">{}</p>", words.not_yours);
}

/// The last two digits of a number; nothing of other addresses.
fn end_of(address: &str) -> Option<String> {
    let digits = address.strip_prefix('+').unwrap_or(address);
    let is_number = digits.len() >= 7 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits[digits.len() - 2..].to_owned())
}

fn with_bot(text: &str, page: &LoginPage) -> String {
    text.replace("{bot}", &format!("<strong>{}</strong>", escaped(&page.bot)))
}

fn both(texts: &[(&str, &str, &str)]) -> String {
    let mut body = String::new();
    for (at, (tag, heading, text)) in texts.iter().enumerate() {
        let level = if at == 0 { "h1" } else { "h2" };
        let _ = write!(body, "<section lang=\"{tag}\"><{level}>{heading}</{level}><p>{text}</p></section>");
    }
    document("en", texts[0].1, &body)
}

fn document(tag: &str, title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
         <link rel=\"stylesheet\" href=\"style.css\"></head>\n<body><main>{body}</main></body></html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
