use std::time::Duration;

use http::Method;
use url::Url;

use crate::call::{Call, Input};
use crate::dialect::{Hook, Scene};
use crate::line::Account;

/// What a provider of phone calls does beside its API.
pub(crate) trait Phone: Send + Sync {
    /// What asks the bot what to do with a call that comes in.
    fn place(&self, scene: &Scene<'_>, call: &Call) -> Hook;

    /// What asks again, when the bot's words led to another address.
    fn asks(&self, scene: &Scene<'_>, call: &Call, url: Url, method: Method) -> Hook;

    /// Reads the bot's words. `url` is what was called: addresses in it may be relative to that.
    fn verbs(&self, url: &Url, content_type: &str, body: &str) -> Result<Vec<Verb>, Nonsense>;

    /// What tells the bot what the caller did; `None` when nothing is told and the next verb follows.
    fn heard(&self, scene: &Scene<'_>, call: &Call, gather: &Listening, input: &Input) -> Option<Hook>;

    /// What tells how the call goes.
    fn progress(&self, scene: &Scene<'_>, call: &Call, state: Progress) -> Vec<Hook>;

    /// What tells that the bot's words were not understood, where the provider tells it.
    fn complaint(&self, scene: &Scene<'_>, call: &Call, nonsense: &Nonsense) -> Option<Hook> {
        let _ = (scene, call, nonsense);
        None
    }

    /// How often a request is made again when no good answer comes.
    fn tries_again(&self, unreachable: bool) -> usize;
}

/// States of a call that are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It rings.
    Ringing,
    /// The bot has answered.
    Answered,
    /// It is over, for whatever reason.
    Completed,
}

/// Something that the bot wants done in a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verb {
    Say(String),
    Play(String),
    Pause(Duration),
    Listen(Listening),
    /// Listens to nobody: so long later, silence is told. How a bot without a verb for waiting asks to be asked again.
    Wait {
        listening: Listening,
        time: Duration,
    },
    Ask {
        url: Url,
        method: Method,
    },
    Connect(String),
    HangUp,
    Reject,
}

/// The bot waits for the caller.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Listening {
    pub(crate) keys: bool,
    pub(crate) speech: bool,
    /// After so many keys it is over; 0 when it is open.
    pub(crate) most: usize,
    pub(crate) finish: Option<char>,
    pub(crate) url: Url,
    pub(crate) method: Method,
    /// Whether silence is told, too.
    pub(crate) tells_silence: bool,
}

impl Listening {
    /// How much of the keys is taken, and whether the finish key ended it.
    pub(crate) fn takes(&self, keys: &str) -> (usize, bool) {
        let mut taken = 0;
        for key in keys.chars() {
            if Some(key) == self.finish {
                return (taken, true);
            }
            taken += 1;
            if taken == self.most {
                break;
            }
        }
        (taken, false)
    }
}

/// The bot's words cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Nonsense(pub(crate) String);

/// The phone side of an account; `None` for messages.
pub(crate) fn phone(account: &Account) -> Option<Box<dyn Phone>> {
    match account.clone() {
        Account::TwilioVoice(number) => Some(Box::new(crate::twilio_voice::TwilioVoice(number))),
        Account::VonageVoice(number) => Some(Box::new(crate::vonage_voice::VonageVoice(number))),
        _ => None,
    }
}
