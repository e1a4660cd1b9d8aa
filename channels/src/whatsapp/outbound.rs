use std::collections::HashSet;

use countersign_model::{Choice, Media, MediaKind, OutMessage, SecretText};

use super::body::{Button, File, Header, Interactive, Location, Message, Row, Text, json};
use crate::meta::{http_link, labels, maps_link, split_off_body, titled};
use crate::numbered::numbered;
use crate::split::{characters, cut, split};

const TEXT: usize = 4096;
const CAPTION: usize = 1024;
const BODY: usize = 1024;
const HEADER: usize = 60;
const LIST_BODY: usize = 4096;
const BUTTONS: usize = 3;
const BUTTON_TITLE: usize = 20;
const BUTTON_ID: usize = 256;
const ROWS: usize = 10;
const ROW_TITLE: usize = 24;
const ROW_ID: usize = 200;
const ROW_DESCRIPTION: usize = 72;

/// The bodies of the requests that say this.
pub(super) fn bodies(to: &str, message: &OutMessage, list_button: &str) -> Vec<SecretText> {
    let mut out = Out { to, list_button, bodies: Vec::with_capacity(1) };
    match message {
        OutMessage::Text(text) => out.text(text),
        OutMessage::Options { text, choices } => out.options(text, choices),
        OutMessage::Media(media) => out.media(media),
        OutMessage::Location { latitude, longitude, name } => {
            out.location(latitude, longitude, name.as_deref());
        }
        OutMessage::Link { text, label, url } => out.link(text, label, url),
        OutMessage::Card { title, text, image, choices } => {
            out.card(title, text.as_deref(), image.as_deref(), choices);
        }
    }
    out.bodies
}

struct Out<'m> {
    to: &'m str,
    list_button: &'m str,
    bodies: Vec<SecretText>,
}

impl Out<'_> {
    fn push(&mut self, message: &Message<'_>) {
        self.bodies.push(json(message));
    }

    fn piece(&mut self, body: &str) {
        // No preview: fetching it would use up a link that works once.
        let text = Some(Text { preview_url: false, body });
        self.push(&Message { text, ..Message::new(self.to, "text") });
    }

    fn text(&mut self, text: &str) {
        for piece in split(text, TEXT, characters) {
            self.piece(piece);
        }
    }

    fn options(&mut self, text: &str, choices: &[Choice]) {
        if self.buttons(None, text, choices).is_none() && self.list(text, choices).is_none() {
            self.text(&numbered(text, choices));
        }
    }

    /// `None`, and nothing is said, when they do not fit.
    fn buttons(&mut self, header: Option<Header<'_>>, text: &str, choices: &[Choice]) -> Option<()> {
        let short = choices.iter().all(|choice| characters(&choice.label) <= BUTTON_TITLE);
        if !short || choices.len() > BUTTONS || !have_ids(choices, BUTTON_ID) {
            return None;
        }
        let titles = labels(choices, BUTTON_TITLE)?;
        let (before, body) = split_off_body(text, TEXT, BODY, characters);
        let body = body?;
        before.into_iter().for_each(|piece| self.piece(piece));
        let buttons = titles.iter().zip(choices);
        let buttons = buttons.map(|(title, choice)| Button::new(&choice.payload, title)).collect();
        self.interactive(Interactive::buttons(header, body, buttons));
        Some(())
    }

    /// `None`, and nothing is said, when they do not fit.
    fn list(&mut self, text: &str, choices: &[Choice]) -> Option<()> {
        if choices.len() > ROWS || !have_ids(choices, ROW_ID) {
            return None;
        }
        let titles = labels(choices, ROW_TITLE)?;
        let (before, body) = split_off_body(text, TEXT, LIST_BODY, characters);
        let body = body?;
        before.into_iter().for_each(|piece| self.piece(piece));
        let rows = titles.iter().zip(choices).map(|(title, choice)| {
            let whole = titled(&choice.label, ROW_DESCRIPTION);
            let description = Some(whole).filter(|whole| whole != title);
            Row { id: &choice.payload, title, description }
        });
        self.interactive(Interactive::list(body, self.list_button, rows.collect()));
        Some(())
    }

    fn interactive(&mut self, interactive: Interactive<'_>) {
        let interactive = Some(interactive);
        self.push(&Message { interactive, ..Message::new(self.to, "interactive") });
    }

    fn link(&mut self, text: &str, label: &str, url: &str) {
        let display_text = titled(label, BUTTON_TITLE);
        let (before, body) = split_off_body(text, TEXT, BODY, characters);
        let (Some(link), Some(body), false) = (http_link(url), body, display_text.is_empty()) else {
            return self.text(&format!("{text}\n{label}\n{url}"));
        };
        before.into_iter().for_each(|piece| self.piece(piece));
        self.interactive(Interactive::link(body, &display_text, link));
    }

    fn card(&mut self, title: &str, text: Option<&str>, image: Option<&str>, choices: &[Choice]) {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        let title = title.trim();
        let words = text.map_or_else(|| title.to_owned(), |text| format!("{title}\n{text}"));
        let Some(url) = image else {
            let header = Some(title)
                .filter(|title| !title.is_empty() && characters(title) <= HEADER && !title.contains('\n'));
            let fits = text.filter(|text| characters(text) <= BODY).zip(header);
            let said = fits
                .and_then(|(text, header)| self.buttons(Some(Header::Text { text: header }), text, choices));
            return if said.is_none() {
                self.options(&words, choices)
            };
        };
        let short = characters(&words) <= BODY;
        if choices.is_empty() {
            let caption = Some(words);
            return self.media(&Media { kind: MediaKind::Image, url: url.to_owned(), caption });
        }
        let said = if short {
            self.buttons(Some(Header::Image { image: File::at(url) }), &words, choices)
        } else {
            None
        };
        if said.is_none() {
            self.media(&Media { kind: MediaKind::Image, url: url.to_owned(), caption: None });
            self.options(&words, choices);
        }
    }

    fn media(&mut self, media: &Media) {
        let words = media.caption.as_deref().map(str::trim).filter(|words| !words.is_empty());
        let caption = words.filter(|words| media.kind != MediaKind::Audio && characters(words) <= CAPTION);
        let filename = match media.kind {
            MediaKind::Document => file_name(&media.url),
            _ => None,
        };
        let file = Some(File { caption, filename: filename.as_deref(), ..File::at(&media.url) });
        let message = Message::new(self.to, media.kind.name());
        self.push(&match media.kind {
            MediaKind::Image => Message { image: file, ..message },
            MediaKind::Audio => Message { audio: file, ..message },
            MediaKind::Video => Message { video: file, ..message },
            MediaKind::Document => Message { document: file, ..message },
        });
        if let Some(words) = words.filter(|_| caption.is_none()) {
            self.text(words);
        }
    }

    fn location(&mut self, latitude: &str, longitude: &str, name: Option<&str>) {
        let degrees = degrees(latitude, 90.0).zip(degrees(longitude, 180.0));
        let Some((latitude, longitude)) = degrees else {
            return self.text(&maps_link(latitude, longitude, name));
        };
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        let location = Some(Location { latitude, longitude, name });
        self.push(&Message { location, ..Message::new(self.to, "location") });
    }
}

/// Whether what comes back can stand behind buttons: no id is empty, too long, framed by blanks, or there twice.
fn have_ids(choices: &[Choice], limit: usize) -> bool {
    let mut seen = HashSet::new();
    let is_id = |id: &str| !id.is_empty() && id.trim() == id && characters(id) <= limit;
    !choices.is_empty()
        && choices.iter().all(|choice| is_id(&choice.payload) && seen.insert(&*choice.payload))
}

/// The number as the author wrote it, when it is one and lies on the globe.
fn degrees(text: &str, most: f64) -> Option<serde_json::Number> {
    let text = text.trim();
    text.parse::<f64>().ok().filter(|degrees| degrees.abs() <= most)?;
    serde_json::from_str(text).ok()
}

/// The last part of the address, when it looks like the name of a file.
fn file_name(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok().filter(|url| url.has_host())?;
    let last = url.path_segments()?.next_back()?;
    let last = url::form_urlencoded::parse(format!("={}", last.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, name)| name.into_owned())?;
    let name: String = last.chars().filter(|c| !c.is_control()).collect();
    (name.contains('.') && !name.starts_with('.')).then(|| cut(&name, 240))
}
