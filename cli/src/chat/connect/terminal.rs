//! On a terminal, as the channel would show it. What the bot says appears when it comes, also while a line is typed.

use std::io::{Write as _, stdout};
use std::sync::mpsc as blocking;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_model::Choice;
use rustyline::error::ReadlineError;
use rustyline::{Config, DefaultEditor, ExternalPrinter};
use tokio::sync::mpsc;

use super::client::{Client, Step};
use super::heard::Noticed;
use super::input::{self, Typed};
use super::{ConnectError, problem};
use crate::bot_file::terminal_width;
use crate::color::Paint;
use crate::problem::{Problem, Stop};
use crate::view;

/// How long a prompt waits for the answer to the line before.
const ANSWER: Duration = Duration::from_millis(2500);
/// How long it has to be quiet before the next prompt.
const QUIET: Duration = Duration::from_millis(250);
/// How long one question for news lasts.
const POLL: Duration = Duration::from_secs(25);

pub(super) async fn run(client: Client, paint: Paint) -> Result<(), Stop> {
    header(&client, paint)?;
    let config = Config::builder().auto_add_history(false).build();
    let mut editor = DefaultEditor::with_config(config).map_err(unusable)?;
    // Without it, on a plain terminal, what comes is printed over the prompt.
    let printer = editor.create_external_printer().ok();
    let printer = printer.map(|printer| Box::new(printer) as Box<dyn ExternalPrinter + Send>);
    let mut screen =
        Screen { paint, client, printer, offered: Vec::new(), reading: Arc::default(), over: false };
    let (ready, wanted) = blocking::channel();
    let (typed, mut lines) = mpsc::unbounded_channel();
    let reading = screen.reading.clone();
    // The editor waits for keys, so it has a thread of its own, which ends with the program.
    std::thread::spawn(move || read_lines(editor, &wanted, &typed, &reading));
    let mut news = follow(screen.client.clone()).await?;
    if screen.client.channel().capabilities().spoken {
        let step = screen.client.call().await?;
        screen.told(&step)?;
        screen.answered(&mut news).await?;
    }
    while !screen.over {
        if ready.send(()).is_err() {
            break;
        }
        let line = loop {
            tokio::select! {
                line = lines.recv() => break line.flatten(),
                Some(heard) = news.recv() => screen.show(heard?)?,
            }
        };
        let Some(line) = line else { break };
        match input::read(&line, screen.client.channel(), &screen.offered) {
            Typed::Nothing => {}
            Typed::Leave => break,
            Typed::Tell(text) => screen.tell(&text)?,
            Typed::Trouble(what) => {
                let told = screen.client.trouble(what).await?;
                screen.tell(&told)?;
            }
            Typed::Act(what) => {
                let repeats = what["repeat"] == true;
                let step = screen.client.act(what).await?;
                screen.told(&step)?;
                // A repeat has no answer.
                if !repeats {
                    screen.answered(&mut news).await?;
                }
            }
        }
    }
    writeln!(stdout(), "{}", paint.dim("The conversation is over."))?;
    Ok(())
}

fn header(client: &Client, paint: Paint) -> Result<(), Stop> {
    let channel = client.channel().title();
    let channel = match channel.strip_prefix("the ") {
        Some(rest) => rest[..1].to_uppercase() + &rest[1..],
        None => channel.to_owned(),
    };
    let words = format!("── {channel} · {} ", view::one_line(&client.title()));
    let rest = terminal_width().min(80).saturating_sub(words.chars().count());
    writeln!(stdout(), "{}", paint.bold(format!("{words}{}", "─".repeat(rest))))?;
    let hint = match client.channel().capabilities().spoken {
        true => "Digits are keys of the phone, other text is spoken. /help lists more.",
        false => "A number taps the button of that number. /help lists more.",
    };
    writeln!(stdout(), "{}", paint.dim(hint))?;
    writeln!(
        stdout(),
        "{}",
        paint.dim("What you type is seen, as on a real phone. Use made-up passwords only.")
    )?;
    writeln!(stdout())?;
    Ok(())
}

/// Reads a line each time that one is wanted. `None` when the user leaves.
fn read_lines(
    mut editor: DefaultEditor,
    wanted: &blocking::Receiver<()>,
    typed: &mpsc::UnboundedSender<Option<String>>,
    reading: &Mutex<bool>,
) {
    let set = |value| *reading.lock().unwrap_or_else(PoisonError::into_inner) = value;
    while wanted.recv().is_ok() {
        set(true);
        let line = editor.readline("you › ");
        set(false);
        let line = match line {
            Ok(line) => Some(line),
            Err(ReadlineError::Interrupted | ReadlineError::Eof) => None,
            Err(_) => None,
        };
        let ends = line.is_none();
        if typed.send(line).is_err() || ends {
            return;
        }
    }
}

/// Asks for news without an end. What came before this conversation is left out.
async fn follow(
    client: Client,
) -> Result<mpsc::UnboundedReceiver<Result<Noticed, ConnectError>>, problem::ConnectError> {
    let mut after = client.news(0, Duration::ZERO).await?.next;
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let news = match client.news(after, POLL).await {
                Ok(news) => news,
                Err(error) => {
                    // Nobody listens any more when the program ends.
                    let _ = sender.send(Err(error));
                    return;
                }
            };
            after = news.next;
            for message in news.messages {
                if sender.send(Ok(message.noticed())).is_err() {
                    return;
                }
            }
        }
    });
    Ok(receiver)
}

struct Screen {
    paint: Paint,
    client: Client,
    printer: Option<Box<dyn ExternalPrinter + Send>>,
    /// The choices of the bot's last message.
    offered: Vec<Choice>,
    /// Whether a line is being typed.
    reading: Arc<Mutex<bool>>,
    /// Whether the call is over.
    over: bool,
}

impl Screen {
    /// Shows the answer to what was just done, as far as it comes soon.
    async fn answered(
        &mut self,
        news: &mut mpsc::UnboundedReceiver<Result<Noticed, ConnectError>>,
    ) -> Result<(), Stop> {
        let mut wait = ANSWER;
        while let Ok(Some(heard)) = tokio::time::timeout(wait, news.recv()).await {
            let heard = heard?;
            if heard != Noticed::Nothing {
                wait = QUIET;
            }
            self.show(heard)?;
        }
        Ok(())
    }

    fn show(&mut self, heard: Noticed) -> Result<(), Stop> {
        let text = match heard {
            Noticed::Said(message) => {
                self.offered = message.choices().to_vec();
                view::bubble(&message, self.client.channel(), self.paint)
            }
            Noticed::Told(text) => {
                self.over |= self.client.channel().capabilities().spoken;
                format!("  {}\n", self.paint.dim(view::one_line(&text)))
            }
            Noticed::Nothing => return Ok(()),
        };
        self.print(text)
    }

    fn told(&mut self, step: &Step) -> Result<(), Stop> {
        match step {
            Step::Done(said) => match said.complaint() {
                Some(complaint) => self.print(format!("  {}\n", self.paint.yellow(complaint))),
                None => Ok(()),
            },
            Step::Refused(problem) => self.tell(problem),
        }
    }

    fn tell(&mut self, text: &str) -> Result<(), Stop> {
        let lines: Vec<_> = text.lines().map(|line| format!("  {}\n", self.paint.dim(line))).collect();
        self.print(lines.concat())
    }

    /// Prints above the line that is being typed.
    fn print(&mut self, text: String) -> Result<(), Stop> {
        let reading = *self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(printer) = self.printer.as_mut().filter(|_| reading) {
            return printer.print(text).map_err(unusable);
        }
        write!(stdout(), "{text}")?;
        stdout().flush()?;
        Ok(())
    }
}

fn unusable(error: ReadlineError) -> Stop {
    match error {
        ReadlineError::Io(error) => error.into(),
        other => Stop::Problem(Problem::Io(std::io::Error::other(other.to_string()))),
    }
}
