use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The kinds of channel, by the names that a bot file and the command line use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// WhatsApp (Cloud API).
    Whatsapp,
    /// Facebook Messenger.
    Messenger,
    /// Instagram direct messages.
    Instagram,
    /// Telegram.
    Telegram,
    /// SMS, by any gateway.
    Sms,
    /// A phone call, by any provider.
    Phone,
    /// Slack.
    Slack,
    /// LINE.
    Line,
    /// Viber.
    Viber,
    /// The chat on a web page.
    Web,
    /// The chat in a mobile app.
    Mobile,
    /// The chat in a desktop program.
    Desktop,
}

/// What a kind of channel can do. The check, the engine and the server all read this one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether an Authorization Token may run on it: messaging apps, SMS and the phone, not the web, mobile and
    /// desktop chat.
    pub token_login: bool,
    /// Whether answers can come from a keypad.
    pub keypad: bool,
    /// Whether what the bot says is spoken.
    pub spoken: bool,
    /// How many buttons one message shows; 0 when it shows none and choices are numbered.
    pub buttons: usize,
    /// How many rows a list shows; 0 when there are no lists.
    pub list_rows: usize,
    /// The longest label of a button, in characters; longer ones are cut.
    pub label_len: usize,
    /// The longest text of one message, in characters; longer ones are split. Messaging channels only.
    pub text_len: usize,
    /// Whether pictures, files and the like can be sent.
    pub media: bool,
    /// Whether the bot can delete the message in which the user typed a secret.
    pub deletes_user_messages: bool,
}

impl ChannelKind {
    /// Every kind, in the order in which they are listed to a person.
    pub const ALL: [Self; 12] = [
        Self::Whatsapp,
        Self::Messenger,
        Self::Instagram,
        Self::Telegram,
        Self::Sms,
        Self::Phone,
        Self::Slack,
        Self::Line,
        Self::Viber,
        Self::Web,
        Self::Mobile,
        Self::Desktop,
    ];

    /// The word for it in a bot file and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Messenger => "messenger",
            Self::Instagram => "instagram",
            Self::Telegram => "telegram",
            Self::Sms => "sms",
            Self::Phone => "phone",
            Self::Slack => "slack",
            Self::Line => "line",
            Self::Viber => "viber",
            Self::Web => "web",
            Self::Mobile => "mobile",
            Self::Desktop => "desktop",
        }
    }

    /// The name as a person writes it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Whatsapp => "WhatsApp",
            Self::Messenger => "Messenger",
            Self::Instagram => "Instagram",
            Self::Telegram => "Telegram",
            Self::Sms => "SMS",
            Self::Phone => "the phone",
            Self::Slack => "Slack",
            Self::Line => "LINE",
            Self::Viber => "Viber",
            Self::Web => "web chat",
            Self::Mobile => "mobile chat",
            Self::Desktop => "desktop chat",
        }
    }

    /// What the kind can do. Limits are those of the providers' documentation (`docs/channels`).
    pub const fn capabilities(self) -> Capabilities {
        const CHAT: Capabilities = Capabilities {
            token_login: true,
            keypad: false,
            spoken: false,
            buttons: 3,
            list_rows: 10,
            label_len: 20,
            text_len: 4096,
            media: true,
            deletes_user_messages: false,
        };
        match self {
            Self::Whatsapp => CHAT,
            Self::Messenger => Capabilities { buttons: 13, list_rows: 0, text_len: 2000, ..CHAT },
            Self::Instagram => Capabilities { buttons: 13, list_rows: 0, text_len: 1000, ..CHAT },
            Self::Telegram => Capabilities {
                buttons: 100,
                list_rows: 0,
                label_len: 64,
                deletes_user_messages: true,
                ..CHAT
            },
            Self::Sms => Capabilities {
                buttons: 0,
                list_rows: 0,
                label_len: 160,
                text_len: 1600,
                media: false,
                ..CHAT
            },
            Self::Phone => Capabilities {
                keypad: true,
                spoken: true,
                buttons: 0,
                list_rows: 0,
                label_len: 200,
                media: false,
                ..CHAT
            },
            Self::Slack => {
                Capabilities { buttons: 25, list_rows: 100, label_len: 75, text_len: 40_000, ..CHAT }
            }
            Self::Line => Capabilities { buttons: 13, list_rows: 0, text_len: 5000, ..CHAT },
            Self::Viber => Capabilities { buttons: 24, list_rows: 0, label_len: 250, text_len: 7000, ..CHAT },
            Self::Web | Self::Mobile | Self::Desktop => Capabilities {
                token_login: false,
                buttons: 20,
                list_rows: 100,
                label_len: 100,
                text_len: 20_000,
                ..CHAT
            },
        }
    }
}

impl fmt::Display for ChannelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no kind of channel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no channel `{0}`; the channels are whatsapp, messenger, instagram, telegram, sms, phone, slack, line, viber, web, mobile and desktop"
)]
pub struct UnknownChannel(pub String);

impl FromStr for ChannelKind {
    type Err = UnknownChannel;

    fn from_str(text: &str) -> Result<Self, UnknownChannel> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownChannel(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for kind in ChannelKind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert!("fax".parse::<ChannelKind>().unwrap_err().to_string().contains("no channel `fax`"));
    }

    #[test]
    fn tokens_are_for_messaging_sms_and_phone_only() {
        let without: Vec<_> =
            ChannelKind::ALL.into_iter().filter(|kind| !kind.capabilities().token_login).collect();
        assert_eq!(without, [ChannelKind::Web, ChannelKind::Mobile, ChannelKind::Desktop]);
    }
}
