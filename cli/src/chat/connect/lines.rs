//! Over pipes: one message of the user per line in, one line `bot: …` per message out.

use std::io::{Write as _, stderr, stdin, stdout};
use std::time::Duration;

use countersign_model::Choice;

use super::client::{Client, Step};
use super::heard::Noticed;
use super::input::{self, Typed};
use crate::chat::lines::next_line;
use crate::problem::Stop;
use crate::view;

/// How long an answer is waited for before the next line is sent.
const ANSWER: Duration = Duration::from_secs(15);
/// How long it has to be quiet before an answer counts as complete. A bot may say several things.
const QUIET: Duration = Duration::from_millis(400);

pub(super) async fn run(client: Client) -> Result<(), Stop> {
    let mut pipe = Pipe { after: client.news(0, Duration::ZERO).await?.next, client, offered: Vec::new() };
    let spoken = pipe.client.channel().capabilities().spoken;
    if spoken {
        let step = pipe.client.call().await?;
        pipe.told(&step)?;
        if !pipe.answered(Duration::ZERO).await? {
            return Ok(());
        }
    }
    while let Some(line) = next_line(&mut stdin().lock())? {
        match input::read(line.expose(), pipe.client.channel(), &pipe.offered) {
            Typed::Nothing => {}
            Typed::Leave => break,
            Typed::Tell(text) => writeln!(stderr(), "{text}")?,
            Typed::Trouble(what) => writeln!(stderr(), "{}", pipe.client.trouble(what).await?)?,
            Typed::Act(what) => {
                let repeats = what["repeat"] == true;
                let step = pipe.client.act(what).await?;
                // A repeat has no answer, and on the phone the answer is there when the step is done.
                let expects = pipe.told(&step)? && !repeats && !spoken;
                if !pipe.answered(if expects { ANSWER } else { Duration::ZERO }).await? {
                    break;
                }
            }
        }
    }
    Ok(())
}

struct Pipe {
    client: Client,
    after: u64,
    offered: Vec<Choice>,
}

impl Pipe {
    /// Tells what was amiss with a step; whether it was done.
    fn told(&self, step: &Step) -> Result<bool, Stop> {
        match step {
            Step::Done(said) => {
                if let Some(complaint) = said.complaint() {
                    writeln!(stderr(), "{complaint}")?;
                }
                Ok(!said.held)
            }
            Step::Refused(problem) => {
                writeln!(stderr(), "{problem}")?;
                Ok(false)
            }
        }
    }

    /// Writes what the bot says until it is quiet; whether the conversation goes on.
    async fn answered(&mut self, patience: Duration) -> Result<bool, Stop> {
        let mut wait = patience;
        loop {
            let news = self.client.news(self.after, wait).await?;
            let mut said = false;
            for message in &news.messages {
                match message.noticed() {
                    Noticed::Said(message) => {
                        self.offered = message.choices().to_vec();
                        writeln!(stdout(), "bot: {}", view::line(&message))?;
                        said = true;
                    }
                    Noticed::Told(text) => writeln!(stderr(), "{text}")?,
                    Noticed::Nothing => {}
                }
            }
            self.after = news.next;
            stdout().flush()?;
            if self.client.channel().capabilities().spoken {
                return Ok(news.calling);
            }
            if news.messages.is_empty() {
                if patience > Duration::ZERO && wait == patience {
                    writeln!(stderr(), "(no answer within {} s)", patience.as_secs())?;
                }
                return Ok(true);
            }
            // Only “typing” so far: the answer is still to come.
            wait = if said { QUIET } else { wait };
        }
    }
}
