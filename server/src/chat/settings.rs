use std::time::Duration;

use countersign_channels::{OpenError, Setting, SettingKind, Settings};
use url::Url;

/// The settings of a chat channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatSettings {
    /// Origins whose pages may open the chat, as browsers write them; `*` for any. The origin of `public_url` may
    /// always.
    pub origins: Vec<String>,
    /// What stands above the chat.
    pub title: String,
    /// The colour of the button and of what the user says, as `#rrggbb`.
    pub color: String,
    /// Whether the bot begins when the chat is opened for the first time.
    pub greeting: bool,
    /// The language of the widget's own words as a BCP 47 tag; `None` for that of the page.
    pub language: Option<String>,
    /// In which corner the widget is.
    pub position: Position,
    /// How long a session lives.
    pub session: Duration,
    /// Whether `/demo` shows a page with this chat.
    pub demo_page: bool,
}

/// A corner of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Position {
    /// Below on the right.
    #[default]
    Right,
    /// Below on the left.
    Left,
}

/// What can stand in `[[channels]]` for the kinds `web`, `mobile` and `desktop`.
pub const SETTINGS: &[Setting] = &[
    text(
        "origins",
        None,
        "Origins of the pages that may show the chat, with commas between them: `https://www.example.com, \
         https://shop.example.com`. `*` lets every page. The origin of `public_url` may always.",
    ),
    text("title", Some("Chat"), "What stands above the chat."),
    text("color", Some("#0b57d0"), "The colour of the button and of what the user says, as `#rrggbb`."),
    flag(
        "greeting",
        "true",
        "Whether the bot begins when a user opens the chat for the first time. The script for the first message says what.",
    ),
    text(
        "language",
        None,
        "The language of the widget's own words, such as `de`. Without it, that of the page.",
    ),
    text("position", Some("right"), "The corner of the page: `right` or `left`."),
    text(
        "session_days",
        Some("7"),
        "For how many days a user can come back to the conversation, from 1 to 30.",
    ),
    flag("demo_page", "false", "Whether `/demo` shows a page with this chat, to try it."),
];

/// Reads the settings of a chat channel.
///
/// # Errors
/// [`OpenError::Invalid`], with the setting and what it should be.
pub fn open(settings: &Settings) -> Result<ChatSettings, OpenError> {
    let defaults = ChatSettings::default();
    let text = |name| settings.text(name).map(str::trim).filter(|text| !text.is_empty());
    Ok(ChatSettings {
        origins: text("origins").map_or(Ok(Vec::new()), origins)?,
        title: text("title").map_or(Ok(defaults.title), title)?,
        color: text("color").map_or(Ok(defaults.color), color)?,
        greeting: settings.flag("greeting").unwrap_or(defaults.greeting),
        language: text("language").map(language).transpose()?,
        position: text("position").map_or(Ok(defaults.position), position)?,
        session: text("session_days").map_or(Ok(defaults.session), days)?,
        demo_page: settings.flag("demo_page").unwrap_or(defaults.demo_page),
    })
}

/// As if nothing was set.
impl Default for ChatSettings {
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            title: "Chat".to_owned(),
            color: "#0b57d0".to_owned(),
            greeting: true,
            language: None,
            position: Position::Right,
            session: Duration::from_secs(7 * 86_400),
            demo_page: false,
        }
    }
}

/// Whether a text looks like a BCP 47 tag.
pub(super) fn is_language(text: &str) -> bool {
    (1..=35).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

const fn text(name: &'static str, default: Option<&'static str>, help: &'static str) -> Setting {
    Setting { name, kind: SettingKind::Text, default, required: false, help }
}

const fn flag(name: &'static str, default: &'static str, help: &'static str) -> Setting {
    Setting { name, kind: SettingKind::Flag, default: Some(default), required: false, help }
}

fn origins(list: &str) -> Result<Vec<String>, OpenError> {
    list.split(',').map(str::trim).filter(|part| !part.is_empty()).map(origin).collect()
}

/// An origin as browsers write it (RFC 6454 §6.2). Apps with a web view inside have schemes of their own.
fn origin(text: &str) -> Result<String, OpenError> {
    let wrong = |problem| OpenError::Invalid { name: "origins", problem };
    if text == "*" {
        return Ok(text.to_owned());
    }
    if text.contains('*') {
        return Err(wrong("has a `*` in an origin; write each origin out, or `*` alone for every page"));
    }
    let shape = "must be origins such as `https://www.example.com`, with commas between them";
    let url = Url::parse(text).map_err(|_| wrong(shape))?;
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !bare || !["", "/"].contains(&url.path()) {
        return Err(wrong("has an origin with a path; leave away what comes after the host"));
    }
    let Some(host) = url.host_str().filter(|host| !host.is_empty()) else { return Err(wrong(shape)) };
    if ["http", "https"].contains(&url.scheme()) {
        return Ok(url.origin().ascii_serialization());
    }
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    Ok(format!("{}://{host}{port}", url.scheme()))
}

fn title(text: &str) -> Result<String, OpenError> {
    let problem = "must be one line of at most 60 characters";
    let fits = text.chars().count() <= 60 && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned()).ok_or(OpenError::Invalid { name: "title", problem })
}

fn color(text: &str) -> Result<String, OpenError> {
    let problem = "must be a colour such as `#0b57d0`";
    let digits = text.strip_prefix('#').unwrap_or("");
    let good = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    good.then(|| text.to_ascii_lowercase()).ok_or(OpenError::Invalid { name: "color", problem })
}

fn language(text: &str) -> Result<String, OpenError> {
    let problem = "must be a language such as `de` or `pt-BR`";
    is_language(text).then(|| text.to_owned()).ok_or(OpenError::Invalid { name: "language", problem })
}

fn position(text: &str) -> Result<Position, OpenError> {
    match text {
        "right" => Ok(Position::Right),
        "left" => Ok(Position::Left),
        _ => Err(OpenError::Invalid { name: "position", problem: "must be `right` or `left`" }),
    }
}

fn days(text: &str) -> Result<Duration, OpenError> {
    let problem = "must be a number of days from 1 to 30";
    let days = text.parse::<u64>().ok().filter(|days| (1..=30).contains(days));
    let days = days.ok_or(OpenError::Invalid { name: "session_days", problem })?;
    Ok(Duration::from_secs(86_400 * days))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(name: &str, value: &str) -> Result<ChatSettings, String> {
        open(&Settings::new().with(name, value)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_documented_defaults_are_those_that_count() {
        let mut given = Settings::new();
        for setting in SETTINGS {
            given = match (setting.kind, setting.default) {
                (SettingKind::Flag, Some(flag)) => given.with_flag(setting.name, flag == "true"),
                (_, Some(text)) => given.with(setting.name, text),
                (_, None) => given,
            };
        }
        assert_eq!(open(&given), Ok(ChatSettings::default()));
        assert_eq!(open(&Settings::new()), Ok(ChatSettings::default()));
    }

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        let list = "https://Example.com:443/, http://localhost:3000,, capacitor://localhost , https://xn--bcher-kva.example";
        let origins = opened("origins", list).unwrap().origins;
        assert_eq!(
            origins,
            [
                "https://example.com",
                "http://localhost:3000",
                "capacitor://localhost",
                "https://xn--bcher-kva.example"
            ]
        );
        assert_eq!(opened("origins", "*").unwrap().origins, ["*"]);
    }

    #[test]
    fn origins_that_match_nothing_are_refused() {
        let shape = "the setting `origins` must be origins such as `https://www.example.com`, with commas between them";
        assert_eq!(opened("origins", "www.example.com"), Err(shape.into()));
        assert_eq!(
            opened("origins", "data:text/html,x"),
            Err("the setting `origins` has an origin with a path; leave away what comes after the host"
                .into())
        );
        assert_eq!(opened("origins", "app://"), Err(shape.into()));
        assert!(opened("origins", "https://*.example.com").unwrap_err().contains("write each origin out"));
        assert!(opened("origins", "https://example.com/shop").unwrap_err().contains("with a path"));
        assert!(opened("origins", "https://me@example.com").is_err());
    }

    #[test]
    fn everything_else_is_looked_at() {
        assert_eq!(opened("color", "#A0B1c2").unwrap().color, "#a0b1c2");
        assert_eq!(
            opened("color", "red"),
            Err("the setting `color` must be a colour such as `#0b57d0`".into())
        );
        assert!(opened("color", "#12345").is_err());
        assert!(opened("color", "#0b57d0;}*{").is_err());
        assert_eq!(opened("position", "left").unwrap().position, Position::Left);
        assert!(opened("position", "top").is_err());
        assert_eq!(opened("session_days", "1").unwrap().session, Duration::from_secs(86_400));
        for days in ["0", "31", "x", "-1"] {
            assert!(opened("session_days", days).is_err(), "{days}");
        }
        assert!(opened("language", "de_DE").is_err());
        assert!(opened("title", "a\nb").is_err());
        assert!(opened("title", &"x".repeat(61)).is_err());
    }
}
