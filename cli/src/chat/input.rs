//! From a typed line to what it means on a channel.

use countersign_engine::{Expect, ExpectKind, Reason, Status};
use countersign_model::{ChannelKind, Choice, Content, Reply, SecretText};

use crate::pause::{Pause, PauseError};

/// What a line means.
#[derive(Debug)]
pub(crate) enum Typed {
    /// The user sends it.
    Reply(Reply),
    /// A command of the terminal, not of the conversation.
    Local(Local),
    /// Nothing.
    Nothing,
    /// It cannot be sent.
    Refused(Refused),
}

/// Commands of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Local {
    /// Ends the program.
    Quit,
    /// Lists these commands.
    Help,
    /// Shows the variables.
    Vars,
    /// Moves the clock on.
    Wait(Pause),
    /// The caller hangs up.
    HangUp,
}

/// Why a line is not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// It begins with `/` and is no command.
    #[error("there is no command `{0}`; /help lists them, and // sends a text that begins with /")]
    NoSuchCommand(String),
    /// `/wait` without a span of time.
    #[error("/wait needs a span of time, such as /wait 20m")]
    WaitHowLong,
    /// `/wait` with something else.
    #[error(transparent)]
    Pause(#[from] PauseError),
    /// `/hangup` away from the phone.
    #[error("only a phone call can be hung up; /quit ends the program")]
    NoCall,
}

/// What `/help` prints.
pub(crate) const HELP: &str = "\
/vars         show the variables of the conversation
/wait 20m     move the clock on, so that timers run out and tokens expire
/hangup       hang up the phone
/chat text    write in the chat while a login page is asked: /chat cancel
/quit         end the program, as do Ctrl-C and Ctrl-D
//text        send a text that begins with /";

/// Reads a line. `offered` are the choices of the bot's last message that has any.
pub(crate) fn read(line: SecretText, channel: ChannelKind, status: &Status, offered: &[Choice]) -> Typed {
    let trimmed = line.expose().trim();
    if let Some(rest) = trimmed.strip_prefix("//") {
        return Typed::Reply(Reply::text(format!("/{rest}")));
    }
    if let Some(command) = trimmed.strip_prefix('/') {
        match local(command, channel) {
            Ok(local) => return Typed::Local(local),
            // A password may begin with `/`; it is neither refused nor repeated on the screen.
            Err(_) if is_secret(status) => {}
            Err(refused) => return Typed::Refused(refused),
        }
    }
    if channel.capabilities().keypad {
        return Typed::Reply(by_phone(trimmed));
    }
    if trimmed.is_empty() {
        return Typed::Nothing;
    }
    let choosing = matches!(status, Status::Waiting(Expect { kind: ExpectKind::Choice, .. }));
    if choosing
        && channel.capabilities().buttons > 0
        && let Some(choice) = chosen(trimmed, offered)
    {
        let Choice { payload, label } = choice.clone();
        return Typed::Reply(Reply { content: Content::Choice { payload, label }, reference: None });
    }
    // The white space around a password may be part of it.
    Typed::Reply(Reply::text(line))
}

/// Whether what is typed next is not to be seen: a secret is asked for, or was until its time was over.
pub(crate) fn is_secret(status: &Status) -> bool {
    match status {
        Status::Waiting(expect) => expect.secret,
        Status::Ended(Reason::Lapsed { secret, .. }) => *secret,
        Status::Calling(_) | Status::Paused { .. } | Status::Ended(_) => false,
    }
}

fn local(command: &str, channel: ChannelKind) -> Result<Local, Refused> {
    let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    Ok(match (name, rest.trim()) {
        ("quit" | "exit", "") => Local::Quit,
        ("help", "") => Local::Help,
        ("vars", "") => Local::Vars,
        ("wait", "") => return Err(Refused::WaitHowLong),
        ("wait", span) => Local::Wait(span.parse()?),
        ("hangup", "") if channel.capabilities().spoken => Local::HangUp,
        ("hangup", "") => return Err(Refused::NoCall),
        _ => return Err(Refused::NoSuchCommand(format!("/{name}"))),
    })
}

/// Digits are keys, other text is speech, nothing is silence. The finish key is not part of what was entered.
fn by_phone(text: &str) -> Reply {
    let keys = text.strip_suffix('#').unwrap_or(text);
    let is_key = |c: char| c.is_ascii_digit() || c == '*' || c == '#';
    let content = match text {
        "" => Content::Silence,
        _ if !keys.is_empty() && keys.chars().all(is_key) => Content::Digits(keys.into()),
        "#" => Content::Digits("".into()),
        _ => Content::Text(text.into()),
    };
    Reply { content, reference: None }
}

fn chosen<'c>(text: &str, offered: &'c [Choice]) -> Option<&'c Choice> {
    let by_number = text.parse::<usize>().ok().and_then(|number| offered.get(number.checked_sub(1)?));
    by_number.or_else(|| offered.iter().find(|choice| choice.label.trim() == text))
}

#[cfg(test)]
mod tests {
    use countersign_script::program::Keypad;

    use super::*;

    fn waiting(kind: ExpectKind, secret: bool) -> Status {
        Status::Waiting(Expect { kind, secret })
    }

    fn text() -> Status {
        waiting(ExpectKind::Text, false)
    }

    fn shown(line: &str, channel: ChannelKind, status: &Status) -> String {
        let offered =
            ["My balance", "Talk"].map(|label| Choice { label: label.into(), payload: format!("p:{label}") });
        match read(line.into(), channel, status, &offered) {
            Typed::Reply(reply) => match reply.content {
                Content::Text(text) => format!("text {}", text.expose()),
                Content::Digits(digits) => format!("digits {}", digits.expose()),
                Content::Choice { payload, .. } => format!("choice {payload}"),
                Content::Silence => "silence".to_owned(),
                other => format!("{other:?}"),
            },
            Typed::Local(local) => format!("{local:?}"),
            Typed::Nothing => "nothing".to_owned(),
            Typed::Refused(refused) => refused.to_string(),
        }
    }

    #[test]
    fn a_number_taps_a_button_where_there_are_buttons() {
        let choice = waiting(ExpectKind::Choice, false);
        assert_eq!(shown("1", ChannelKind::Whatsapp, &choice), "choice p:My balance");
        assert_eq!(shown("Talk", ChannelKind::Telegram, &choice), "choice p:Talk");
        assert_eq!(shown("3", ChannelKind::Whatsapp, &choice), "text 3");
        assert_eq!(shown("0", ChannelKind::Whatsapp, &choice), "text 0");
        assert_eq!(shown("1", ChannelKind::Sms, &choice), "text 1");
        assert_eq!(shown("1", ChannelKind::Whatsapp, &text()), "text 1");
    }

    #[test]
    fn on_the_phone_digits_are_keys() {
        let digits = waiting(ExpectKind::Digits(Keypad::default()), true);
        assert_eq!(shown("4711#", ChannelKind::Phone, &digits), "digits 4711");
        assert_eq!(shown("4711", ChannelKind::Phone, &digits), "digits 4711");
        assert_eq!(shown("#", ChannelKind::Phone, &digits), "digits ");
        assert_eq!(shown("", ChannelKind::Phone, &digits), "silence");
        assert_eq!(shown("four seven", ChannelKind::Phone, &text()), "text four seven");
    }

    #[test]
    fn commands_are_not_sent() {
        assert_eq!(shown("/quit", ChannelKind::Sms, &text()), "Quit");
        assert_eq!(shown(" /wait 20m ", ChannelKind::Sms, &text()), "Wait(Pause(1200s))");
        assert_eq!(
            shown("/wait", ChannelKind::Sms, &text()),
            "/wait needs a span of time, such as /wait 20m"
        );
        assert!(shown("/wait x", ChannelKind::Sms, &text()).starts_with("`x` is not a span of time"));
        assert_eq!(shown("/hangup", ChannelKind::Phone, &text()), "HangUp");
        assert!(shown("/hangup", ChannelKind::Sms, &text()).starts_with("only a phone call"));
        assert!(shown("/vras", ChannelKind::Sms, &text()).starts_with("there is no command `/vras`"));
        assert_eq!(shown("//vars", ChannelKind::Sms, &text()), "text /vars");
        assert_eq!(shown("", ChannelKind::Sms, &text()), "nothing");
    }

    #[test]
    fn a_password_may_look_like_a_command() {
        let secret = waiting(ExpectKind::Text, true);
        assert_eq!(shown("/hunter2", ChannelKind::Whatsapp, &secret), "text /hunter2");
        assert_eq!(shown("/quit", ChannelKind::Whatsapp, &secret), "Quit");
        assert_eq!(shown(" spaced ", ChannelKind::Whatsapp, &secret), "text  spaced ");
    }
}
