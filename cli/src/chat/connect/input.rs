use countersign_model::{ChannelKind, Choice};
use serde_json::{Value, json};

/// What `/help` prints.
pub(super) const HELP: &str = "\
/repeat       the provider sends your last message again; nothing may happen twice
/provider     make the provider misbehave; /provider alone lists how
/hangup       hang up the phone
/quit         end the program, as do Ctrl-C and Ctrl-D
//text        send a text that begins with /";

/// What `/provider` prints.
pub(super) const PROVIDER: &str = "\
/provider repeat 5        sends each of your messages 5 times
/provider at-once 5       sends each of your messages 5 times at once
/provider swap            holds each of your messages back until the next, which comes first
/provider late 3          sends each of your messages 3 seconds late
/provider refuse 131056   refuses the next message of the bot with this code of its own
/provider http 502        answers the next message of the bot with this status
/provider lose            shows the next message of the bot, and the answer to the bot is lost
/provider break           breaks the connection at the next message of the bot
/provider garbage         answers the next message of the bot with nonsense
/provider slow 3          takes 3 seconds for the next message of the bot
/provider well            does all as usual again
A number behind refuse 131056, http 502, lose, break, garbage and slow 3 says for how many messages.";

/// What a line means.
#[derive(Debug, PartialEq)]
pub(super) enum Typed {
    /// The stand-in is told to do this as the user.
    Act(Value),
    /// The provider misbehaves so.
    Trouble(Value),
    /// To be told to whoever typed.
    Tell(String),
    Leave,
    Nothing,
}

/// Reads a line. `offered` are the choices of the bot's last message.
pub(super) fn read(line: &str, channel: ChannelKind, offered: &[Choice]) -> Typed {
    let trimmed = line.trim();
    let can = channel.capabilities();
    if let Some(rest) = trimmed.strip_prefix("//") {
        return say(&format!("/{rest}"), can.spoken);
    }
    if let Some(command) = trimmed.strip_prefix('/') {
        return match command {
            "quit" | "exit" => Typed::Leave,
            "help" => Typed::Tell(HELP.to_owned()),
            "repeat" => Typed::Act(json!({ "repeat": true })),
            _ if is_provider(command) && can.spoken => Typed::Tell(CALLS.to_owned()),
            _ if is_provider(command) => match trouble(command) {
                Some(trouble) => Typed::Trouble(trouble),
                None => Typed::Tell(PROVIDER.to_owned()),
            },
            "hangup" if can.spoken => Typed::Act(json!({ "hangup": true })),
            "hangup" => Typed::Tell("only a phone call can be hung up; /quit ends the program".to_owned()),
            // What a messenger itself would send: `/start` is the first message at Telegram.
            "start" if channel == ChannelKind::Telegram => say("/start", false),
            other => Typed::Tell(format!(
                "there is no command `/{other}`; /help lists them, and // sends a text that begins with /"
            )),
        };
    }
    if can.spoken {
        return on_the_phone(trimmed);
    }
    if trimmed.is_empty() {
        return Typed::Nothing;
    }
    match number_of(trimmed, offered) {
        Some(number) => Typed::Act(json!({ "tap": number })),
        // The white space around a password may be part of it.
        None => say(line, false),
    }
}

/// What `/provider` prints on the phone.
const CALLS: &str = "only messages can go astray so; on the phone /repeat sends the last webhook again";

fn is_provider(command: &str) -> bool {
    command.split_whitespace().next() == Some("provider")
}

/// What stands behind `/provider`; `None` when it is none of what is listed.
fn trouble(command: &str) -> Option<Value> {
    let words: Vec<_> = command.split_whitespace().skip(1).collect();
    let (how, rest) = words.split_first()?;
    let count = |word: Option<&&str>| word.map_or(Some(1), |word| word.parse::<u64>().ok());
    let seconds = |word: &str| word.parse::<f64>().ok();
    Some(match (*how, rest) {
        ("repeat", [times]) => json!({ "repeat": times.parse::<u64>().ok()? }),
        ("at-once", [times]) => json!({ "at_once": times.parse::<u64>().ok()? }),
        ("late", [time]) => json!({ "late": seconds(time)? }),
        ("swap", []) => json!({ "swap": true }),
        ("well", []) => json!({ "well": true }),
        ("refuse", [code, times @ ..]) if times.len() < 2 => {
            json!({ "refuse": code, "times": count(times.first())? })
        }
        ("http", [status, times @ ..]) if times.len() < 2 => {
            json!({ "http": status.parse::<u16>().ok()?, "times": count(times.first())? })
        }
        ("slow", [time, times @ ..]) if times.len() < 2 => {
            json!({ "slow": seconds(time)?, "times": count(times.first())? })
        }
        ("lose" | "break" | "garbage", times) if times.len() < 2 => {
            json!({ *how: true, "times": count(times.first())? })
        }
        _ => return None,
    })
}

fn say(text: &str, spoken: bool) -> Typed {
    Typed::Act(if spoken { json!({ "speech": text }) } else { json!({ "text": text }) })
}

/// Digits are keys, other text is speech, nothing is silence.
fn on_the_phone(text: &str) -> Typed {
    let is_key = |c: char| c.is_ascii_digit() || c == '*' || c == '#';
    Typed::Act(match text {
        "" => json!({ "silence": true }),
        _ if text.chars().all(is_key) => json!({ "digits": text }),
        _ => json!({ "speech": text }),
    })
}

/// The number of the choice, from 1 on, when the text is its number or its label.
fn number_of(text: &str, offered: &[Choice]) -> Option<usize> {
    let by_number = text.parse().ok().filter(|number| (1..=offered.len()).contains(number));
    by_number.or_else(|| Some(1 + offered.iter().position(|choice| choice.label.trim() == text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str, channel: ChannelKind) -> Typed {
        let offered =
            ["Checking", "Savings"].map(|label| Choice { label: label.to_owned(), payload: String::new() });
        read(line, channel, &offered)
    }

    #[test]
    fn a_number_or_a_label_taps() {
        assert_eq!(typed("2", ChannelKind::Whatsapp), Typed::Act(json!({ "tap": 2 })));
        assert_eq!(typed("Savings", ChannelKind::Messenger), Typed::Act(json!({ "tap": 2 })));
        assert_eq!(typed("3", ChannelKind::Whatsapp), Typed::Act(json!({ "text": "3" })));
        assert_eq!(read("1", ChannelKind::Sms, &[]), Typed::Act(json!({ "text": "1" })));
        assert_eq!(typed(" a b ", ChannelKind::Whatsapp), Typed::Act(json!({ "text": " a b " })));
        assert_eq!(typed("  ", ChannelKind::Whatsapp), Typed::Nothing);
    }

    #[test]
    fn a_phone_has_keys_and_a_voice() {
        assert_eq!(typed("4711#", ChannelKind::Phone), Typed::Act(json!({ "digits": "4711#" })));
        assert_eq!(typed("my balance", ChannelKind::Phone), Typed::Act(json!({ "speech": "my balance" })));
        assert_eq!(typed("", ChannelKind::Phone), Typed::Act(json!({ "silence": true })));
        assert_eq!(typed("/hangup", ChannelKind::Phone), Typed::Act(json!({ "hangup": true })));
    }

    #[test]
    fn a_provider_misbehaves_as_it_is_told() {
        for (line, wanted) in [
            ("/provider repeat 5", json!({ "repeat": 5 })),
            ("/provider at-once 2", json!({ "at_once": 2 })),
            ("/provider  late  0.5", json!({ "late": 0.5 })),
            ("/provider swap", json!({ "swap": true })),
            ("/provider refuse 131056", json!({ "refuse": "131056", "times": 1 })),
            ("/provider refuse 131056 3", json!({ "refuse": "131056", "times": 3 })),
            ("/provider http 502", json!({ "http": 502, "times": 1 })),
            ("/provider lose", json!({ "lose": true, "times": 1 })),
            ("/provider break 2", json!({ "break": true, "times": 2 })),
            ("/provider garbage", json!({ "garbage": true, "times": 1 })),
            ("/provider slow 3 2", json!({ "slow": 3.0, "times": 2 })),
            ("/provider well", json!({ "well": true })),
        ] {
            assert_eq!(typed(line, ChannelKind::Whatsapp), Typed::Trouble(wanted), "{line}");
            let shown = line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
            assert!(PROVIDER.contains(&shown), "{shown} is not listed");
        }
        for line in
            ["/provider", "/provider x", "/provider repeat", "/provider repeat x", "/provider lose 1 2"]
        {
            assert_eq!(typed(line, ChannelKind::Sms), Typed::Tell(PROVIDER.to_owned()), "{line}");
        }
        assert_eq!(typed("/provider lose", ChannelKind::Phone), Typed::Tell(CALLS.to_owned()));
        let Typed::Tell(text) = typed("/providers", ChannelKind::Sms) else { panic!() };
        assert!(text.contains("`/providers`"));
    }

    #[test]
    fn commands_are_not_sent() {
        assert_eq!(typed("/repeat", ChannelKind::Sms), Typed::Act(json!({ "repeat": true })));
        assert_eq!(typed("/quit", ChannelKind::Sms), Typed::Leave);
        assert_eq!(typed("/help", ChannelKind::Sms), Typed::Tell(HELP.to_owned()));
        assert_eq!(typed("//x", ChannelKind::Sms), Typed::Act(json!({ "text": "/x" })));
        assert_eq!(typed("/start", ChannelKind::Telegram), Typed::Act(json!({ "text": "/start" })));
        let Typed::Tell(text) = typed("/hangup", ChannelKind::Sms) else { panic!() };
        assert!(text.starts_with("only a phone call"));
        let Typed::Tell(text) = typed("/hangpu", ChannelKind::Phone) else { panic!() };
        assert!(text.contains("`/hangpu`"));
    }
}
