//! A conversation on a terminal, as the channel would show it.

use std::io::{Write, stdout};
use std::time::Duration;

use countersign_engine::{Expect, ExpectKind, Status};
use countersign_model::{ChannelKind, SecretText};
use rustyline::error::ReadlineError;
use rustyline::{Config, DefaultEditor};

use super::conversation::{Conversation, Next};
use super::secret_line::{self, SecretLine};
use crate::bot_file::terminal_width;
use crate::color::{Paint, is_plain_terminal};
use crate::problem::{Problem, Stop};
use crate::talk::Heard;
use crate::view;

/// Pauses of the bot that are longer are not waited for unasked.
const PATIENCE: Duration = Duration::from_secs(30);
/// A call that takes longer shows that something is going on.
const SOON: Duration = Duration::from_millis(200);

/// Talks until the user leaves or the conversation is over.
///
/// `openers` are a few things to say that start something.
pub(crate) async fn run(
    conversation: &mut Conversation,
    title: &str,
    openers: &[String],
    paint: Paint,
) -> Result<(), Stop> {
    header(conversation, title, openers, paint)?;
    let config = Config::builder().auto_add_history(false).build();
    let mut editor = DefaultEditor::with_config(config).map_err(unusable)?;
    let screen = Screen { paint, channel: conversation.channel(), plain: is_plain_terminal() };
    if screen.plain {
        leave_on_interrupt();
    }
    if screen.watch(conversation.begin(&mut |heard| screen.show(&heard))).await?.is_none() {
        return Ok(());
    }
    loop {
        if !pauses(conversation, &screen).await? || conversation.is_over() {
            break;
        }
        let Some(line) = ask(conversation, &mut editor, paint)? else { break };
        conversation.catch_up(&mut |heard| screen.show(&heard)).await?;
        let mut hear = |heard| screen.show(&heard);
        match screen.watch(conversation.line(line, &mut hear)).await? {
            Some(Next::Go) => {}
            Some(Next::Tell(text)) => {
                text.lines().try_for_each(|line| writeln!(stdout(), "  {}", paint.dim(line)))?;
            }
            Some(Next::Leave) | None => break,
        }
    }
    writeln!(stdout(), "{}", paint.dim("The conversation is over."))?;
    Ok(())
}

fn header(conversation: &Conversation, title: &str, openers: &[String], paint: Paint) -> Result<(), Stop> {
    let channel = conversation.channel().title();
    let channel: String = match channel.strip_prefix("the ") {
        Some(rest) => rest[..1].to_uppercase() + &rest[1..],
        None => channel.to_owned(),
    };
    let words = format!("── {channel} · {} ", view::one_line(title));
    let rest = terminal_width().min(80).saturating_sub(words.chars().count());
    writeln!(stdout(), "{}", paint.bold(format!("{words}{}", "─".repeat(rest))))?;
    let hint = match conversation.channel().capabilities().spoken {
        true => "Digits are keys of the phone, other text is spoken. /help lists more.",
        false => "A number taps the button of that number. /help lists more.",
    };
    writeln!(stdout(), "{}", paint.dim(hint))?;
    if !openers.is_empty() {
        let openers: Vec<_> = openers.iter().map(|words| format!("“{}”", view::one_line(words))).collect();
        writeln!(stdout(), "{}", paint.dim(format!("Begin with {}.", openers.join(" or "))))?;
    }
    writeln!(stdout())?;
    Ok(())
}

/// Shows what is heard.
struct Screen {
    paint: Paint,
    channel: ChannelKind,
    /// It can do no more than print lines.
    plain: bool,
}

impl Screen {
    fn show(&self, heard: &Heard) {
        let text = match heard {
            Heard::Said(message) => view::bubble(message, self.channel, self.paint),
            Heard::Erased if self.channel.capabilities().deletes_user_messages => {
                format!("  {}\n", self.paint.dim("(the bot has deleted your message)"))
            }
            Heard::Erased => return,
            Heard::Page { text, label } => view::bubble(&view::page(text, label), self.channel, self.paint),
            Heard::HandedOver { number } => {
                let to = number.as_deref().map_or("a person".to_owned(), view::one_line);
                format!("  {}\n", self.paint.dim(format!("(handed over to {to})")))
            }
        };
        // A terminal that is gone ends the program at the next line that is read.
        let _ = write!(stdout(), "{}{text}", self.cleared()).and_then(|()| stdout().flush());
    }

    /// What takes the `…` of [`Screen::watch`] away.
    fn cleared(&self) -> &'static str {
        if self.plain { "" } else { "\r\x1b[K" }
    }

    /// Waits for what a bot does, and shows `…` when that takes a while. `None` when Ctrl-C came first.
    async fn watch<T>(&self, work: impl Future<Output = Result<T, Problem>>) -> Result<Option<T>, Stop> {
        let mut work = std::pin::pin!(work);
        let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
        let mut shown = self.plain;
        loop {
            tokio::select! {
                done = &mut work => {
                    write!(stdout(), "{}", if shown { self.cleared() } else { "" })?;
                    stdout().flush()?;
                    return Ok(Some(done?));
                }
                _ = &mut interrupted => return Ok(None),
                () = tokio::time::sleep(SOON), if !shown => {
                    write!(stdout(), "{}", self.paint.dim("…"))?;
                    stdout().flush()?;
                    shown = true;
                }
            }
        }
    }
}

/// On a plain terminal Ctrl-C is a signal also while a line is read, and nothing waits for it then.
fn leave_on_interrupt() {
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if runtime.is_ok_and(|runtime| runtime.block_on(tokio::signal::ctrl_c()).is_ok()) {
            std::process::exit(0);
        }
    });
}

/// Waits for short pauses of the bot; whether the user is still there.
async fn pauses(conversation: &mut Conversation, screen: &Screen) -> Result<bool, Stop> {
    while let Some(pause) = conversation.pause() {
        if pause > PATIENCE {
            let span = crate::pause::in_words(pause);
            let hint = format!("(the bot waits for {span}; /wait moves the clock on)");
            writeln!(stdout(), "  {}", screen.paint.dim(hint))?;
            break;
        }
        let slept = async {
            tokio::time::sleep(pause).await;
            Ok(())
        };
        if screen.watch(slept).await?.is_none() {
            return Ok(false);
        }
        conversation.after_pause(pause, &mut |heard| screen.show(&heard)).await?;
    }
    Ok(true)
}

/// Asks for a line; `None` when the user leaves.
fn ask(
    conversation: &Conversation,
    editor: &mut DefaultEditor,
    paint: Paint,
) -> Result<Option<SecretText>, Stop> {
    let prompt = prompt(&conversation.status(), conversation.channel().capabilities().keypad);
    if conversation.wants_secret() {
        return Ok(match secret_line::read(&paint.bold(prompt), &mut stdout())? {
            SecretLine::Line(line) => Some(line),
            SecretLine::Left => None,
        });
    }
    match editor.readline(&prompt) {
        Ok(line) => {
            // History is a convenience; without it nothing is lost.
            let _ = editor.add_history_entry(line.as_str());
            Ok(Some(line.into()))
        }
        Err(ReadlineError::Interrupted | ReadlineError::Eof) => Ok(None),
        Err(error) => Err(unusable(error)),
    }
}

fn prompt(status: &Status, keypad: bool) -> String {
    let Status::Waiting(Expect { kind, secret }) = status else { return "you › ".to_owned() };
    let unseen = if *secret { " (unseen)" } else { "" };
    match kind {
        ExpectKind::Digits(digits) if keypad => {
            let count = match (digits.min, digits.max) {
                (1, 1) => "1 digit".to_owned(),
                (min, max) if min == max => format!("{min} digits"),
                (min, max) => format!("{min} to {max} digits"),
            };
            let finish = digits.finish_key.map(|key| format!(", then {key}")).unwrap_or_default();
            format!("keypad, {count}{finish}{unseen} › ")
        }
        _ => format!("you{unseen} › "),
    }
}

fn unusable(error: ReadlineError) -> Stop {
    match error {
        ReadlineError::Io(error) => error.into(),
        other => Stop::Problem(Problem::Io(std::io::Error::other(other.to_string()))),
    }
}

#[cfg(test)]
mod tests {
    use countersign_script::program::Keypad;

    use super::*;

    #[test]
    fn the_prompt_says_what_is_taken() {
        let waiting = |kind, secret| Status::Waiting(Expect { kind, secret });
        assert_eq!(prompt(&waiting(ExpectKind::Text, false), false), "you › ");
        assert_eq!(prompt(&waiting(ExpectKind::Text, true), false), "you (unseen) › ");
        let keypad = Keypad { min: 4, max: 6, ..Keypad::default() };
        assert_eq!(
            prompt(&waiting(ExpectKind::Digits(keypad), true), true),
            "keypad, 4 to 6 digits, then # (unseen) › "
        );
        assert_eq!(prompt(&waiting(ExpectKind::Digits(keypad), true), false), "you (unseen) › ");
    }
}
