//! Calls on the phone: a webhook waits for its turn and is answered with what the caller hears.
//!
//! Each answer names the address of the next webhook, with a [`Step`] in its query: the number of the step, and from
//! which line of the transcript on the caller has not heard it yet. What is said is read from the transcript, so a step
//! that the provider repeats is answered with the same words and changes nothing.
//!
//! ```text
//! a call comes in ──▶ Begin ──▶ (turn) ──▶ words, gather, next address ?step=1&from=2
//! ?step=1&from=2  ──▶ Reply ──▶ (turn, API is slow) ──▶ "One moment, please.", next address ?step=2&from=3&wait=1
//! ?step=2&from=3&wait=1 ──────▶ (API has answered) ──▶ words, gather, next address ?step=3&from=4
//! ```

mod collect;
mod said;
mod sentences;
mod step;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use countersign_channels::{Adapter, Answer, Decoded, Leg, Next, Voice};
use countersign_engine::Status;
use countersign_model::OutMessage;
use countersign_runner::{Channel, ConversationKey, Delivery, IngestError, RunError, SendError, View, Watch};
use countersign_store::StoreError;

use self::said::Said;
use self::sentences::Sentences;
use self::step::Step;
use crate::app::{App, Line};

/// How long a caller is let wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// After how long silence is broken: "One moment, please."
    pub filler_after: Duration,
    /// How long a webhook is held at most while something is under way; less where the provider waits less.
    pub longest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { filler_after: Duration::from_secs(2), longest: Duration::from_secs(8) }
    }
}

/// The sender of a phone channel. What the bot says is read from the transcript by whoever answers the webhook, so
/// there is nothing left to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct PhoneChannel;

#[async_trait]
impl Channel for PhoneChannel {
    async fn deliver(&self, _: &ConversationKey, _: &Delivery, _: u32) -> Result<(), SendError> {
        Ok(())
    }
}

/// How long the caller waits in silence until the provider asks again.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// The longest silence of a `wait` step in one go.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How many times a provider asks in vain before the call is given up: more than the slowest API may take.
const MOST_WAITS: u32 = 100;

/// Keeps what a webhook of the phone holds and answers it with what comes next in the call. `query` is that of the
/// address that was called.
///
/// A caller always hears something: when what was said cannot be kept, an apology.
pub(crate) async fn answer(
    app: &Arc<App>,
    line: &Arc<Line>,
    adapter: &dyn Adapter,
    query: &str,
    decoded: Decoded,
) -> Answer {
    let Some(voice) = adapter.voice() else { return decoded.answer };
    let Decoded { mut events, answer, asks, .. } = decoded;
    let Some(call) = asks else {
        return match app.keep(line, events).await {
            Ok(()) => answer,
            // Nobody listens, and the provider tells it again.
            Err(trouble) => {
                trouble.log(line);
                Answer::status(503)
            }
        };
    };
    let talk = Talk { app, line, voice, key: app.conversation(line, &call), step: Step::read(query) };
    collect::understand(app, &talk.key, &mut events).await;
    talk.go_on(events).await.unwrap_or_else(|trouble| {
        trouble.log(line);
        talk.apologise()
    })
}

/// Why a call cannot go on. Whose fault it is stands in the errors.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Ingest(#[from] IngestError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Run(#[from] RunError),
}

impl Trouble {
    fn log(&self, line: &Line) {
        tracing::error!(channel = %line.id, error = %self, "a phone call cannot go on");
    }
}

/// One webhook of a call that waits for an answer.
struct Talk<'a> {
    app: &'a App,
    line: &'a Line,
    voice: &'a dyn Voice,
    key: ConversationKey,
    step: Step,
}

impl Talk<'_> {
    async fn go_on(&self, events: Vec<countersign_channels::ChannelEvent>) -> Result<Answer, Trouble> {
        // Before anything is kept, so that no change is missed.
        let watch = self.app.runner.watch(&self.key);
        self.app.keep(self.line, events).await?;
        let settled = self.settled(&watch).await?;
        let said = Said::read(self.app.runner.store(), &self.key, self.step.from).await?;
        Ok(match settled {
            Some(view) => self.answer(&view, said),
            None => self.stall(said).await?,
        })
    }

    /// Waits until nothing is under way. `None` when it takes longer than a caller waits in silence, or than the
    /// provider waits for an answer.
    async fn settled(&self, watch: &Watch) -> Result<Option<View>, Trouble> {
        let patience = self.app.patience;
        let longest = patience.longest.min(self.voice.longest_wait());
        let limit = if self.step.waited == 0 { longest.min(patience.filler_after) } else { longest };
        let mut over = self.app.sleeper.sleep(limit);
        loop {
            if let Some(view) = self.quiet().await? {
                return Ok(Some(view));
            }
            tokio::select! {
                biased;
                () = watch.changed() => {}
                () = &mut over => return self.quiet().await,
            }
        }
    }

    /// The conversation when nothing is under way in it.
    async fn quiet(&self) -> Result<Option<View>, Trouble> {
        let pending = self.app.runner.store().pending(&self.key).await?;
        if pending.inbox > 0 || pending.calls > 0 {
            return Ok(None);
        }
        let view = self.app.runner.look(&self.key).await?;
        Ok(view.filter(|view| !matches!(view.status(), Status::Calling(_))))
    }

    fn answer(&self, view: &View, said: Said) -> Answer {
        let language = sentences::language(view);
        let own = Sentences::of(&language);
        let Said { mut words, spell, handover, end } = said;
        let next = match (view.status(), handover) {
            (_, Some(Some(number))) if is_number(&number) => Next::Transfer { number },
            (_, Some(_)) => {
                words.push(OutMessage::Text(own.nobody.to_owned()));
                Next::HangUp
            }
            (Status::Waiting(expect), None) => Next::Gather(collect::gather(view, &expect, &words)),
            (Status::Paused { until, .. }, None) => {
                let rest = until.since(self.app.clock.now());
                Next::Ask { after: rest.clamp(ASK_AGAIN, LONGEST_PAUSE) }
            }
            (Status::Calling(_), None) => Next::Ask { after: ASK_AGAIN },
            (Status::Ended(_), None) => {
                // A bot that has nothing to say to a caller.
                if words.is_empty() && self.step.number == 0 {
                    words.push(OutMessage::Text(own.trouble.to_owned()));
                }
                Next::HangUp
            }
        };
        let waits = matches!(next, Next::Ask { .. });
        let step = if waits { self.step.waiting(end, 1) } else { self.step.following(end) };
        self.write(&step, &language, &spell, &words, &next)
    }

    /// Something takes long. What has been said until now is said, and silence is broken once.
    async fn stall(&self, said: Said) -> Result<Answer, Trouble> {
        let waited = self.step.waited.saturating_add(1);
        if waited > MOST_WAITS {
            return Ok(self.apologise());
        }
        let language = match self.app.runner.look(&self.key).await? {
            Some(view) => sentences::language(&view),
            None => self.language_of_bot(),
        };
        let Said { mut words, spell, end, .. } = said;
        if self.step.waited == 0 {
            words.push(OutMessage::Text(Sentences::of(&language).moment.to_owned()));
        }
        let next = Next::Ask { after: ASK_AGAIN };
        Ok(self.write(&self.step.waiting(end, waited), &language, &spell, &words, &next))
    }

    /// Says that it did not work, and ends the call.
    fn apologise(&self) -> Answer {
        let language = self.language_of_bot();
        let words = [OutMessage::Text(Sentences::of(&language).trouble.to_owned())];
        self.write(&self.step, &language, &[], &words, &Next::HangUp)
    }

    fn write(
        &self,
        step: &Step,
        language: &str,
        spell: &[String],
        words: &[OutMessage],
        next: &Next,
    ) -> Answer {
        let next_url = step.address(&self.app.public_url, &self.line.id);
        let leg = Leg { call: &self.key.address, next_url: &next_url, language, spell };
        self.voice.answer(&leg, words, next)
    }

    fn language_of_bot(&self) -> String {
        let account = self.app.runner.registry().channel(&self.key.workspace, &self.key.channel);
        account.and_then(|account| account.bot.languages.first().cloned()).unwrap_or_default()
    }
}

impl App {
    async fn keep(
        &self,
        line: &Line,
        events: Vec<countersign_channels::ChannelEvent>,
    ) -> Result<(), Trouble> {
        if !events.is_empty() {
            self.runner.hear(&line.workspace, &line.id, events).await?;
        }
        Ok(())
    }
}

/// Whether it can be dialled: `+` and digits, or digits alone.
fn is_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}
