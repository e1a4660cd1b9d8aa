//! The time after a secret question: what the user types then may be the secret once more.

use countersign_model::{Content, Reply};
use countersign_script::program::Question;

use crate::expect;
use crate::limits::Limits;
use crate::machine::Machine;
use crate::session::{Calling, Login, Reason, State};
use crate::{Heard, Input};

impl Machine<'_> {
    /// Whether a secret stands open or has been typed, and nothing has come of it yet.
    pub(crate) fn is_secret_at_stake(&self, input: &Input) -> bool {
        let asked = |login: Login| {
            let questions = &self.bot.tokens[login.token.at()].questions;
            login.failures > 0 || questions.iter().take(usize::from(login.question) + 1).any(|q| q.secret)
        };
        let open = match self.session.state {
            State::Asking { step, doing, .. } => match doing.login() {
                Some(login) => asked(login),
                None => expect::expect(self.bot, self.session.channel, step, doing).secret,
            },
            State::Calling { purpose: Calling::Login(login) | Calling::Before(login), .. } => asked(login),
            State::Calling { purpose: Calling::Page(page), .. } => asked(page.login),
            State::Calling { .. } | State::Paused { .. } => false,
            State::Ended(Reason::Lapsed { secret, .. }) => {
                secret && matches!(input, Input::Reply(_) | Input::TakenOver)
            }
            State::Ended(_) => false,
        };
        open || self.session.service.answers.contains(&None)
    }

    /// The user gave a valid answer to a question of the script. The questions of a login are not of this kind: who is
    /// asked for the user name once more may well type the password.
    pub(crate) fn answered(&mut self, question: &Question) {
        match question.secret {
            true => self.secret_was_good = true,
            false => self.understood = true,
        }
    }

    /// Guards what the user types next, after an input that came while a secret was at stake.
    pub(crate) fn guard(&mut self) {
        let Limits { guard_after_failure, guard_after_success, .. } = Limits::DEFAULT;
        let long = if self.secret_was_good { guard_after_success } else { guard_after_failure };
        self.session.guarded_until = Some(self.now.plus(long));
    }

    /// Takes a message for a secret when it came in guarded time and the bot had no use for it that the user could see.
    pub(crate) fn hear_guarded(&mut self, reply: &Reply) {
        let chosen = matches!(reply.content, Content::Choice { .. } | Content::Silence);
        if self.guarded && self.heard == Heard::Public && !self.understood && !chosen {
            let said = self.effects.len();
            self.hear_secret(reply);
            // It is deleted before it is answered.
            let deletions = self.effects.len() - said;
            self.effects.rotate_right(deletions);
        }
    }
}
