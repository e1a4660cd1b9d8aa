//! A login page, for whoever shows it.

use countersign_model::{Name, SecretText, Timestamp};
use countersign_script::Runnable;
use countersign_script::program::{AnswerKind, Question};

use crate::machine::Machine;
use crate::session::{Asking, Calling, Page, Session, State, Unconfirmed};

/// So many digits a page shows after the login.
pub(crate) const DIGITS: u8 = 6;

/// A login page that stands open.
#[derive(Debug)]
pub struct OpenPage<'b> {
    /// Which page of the session it is.
    pub attempt: u32,
    /// The Authorization Token component.
    pub component: &'b Name,
    /// The language of the user, one of the bot's.
    pub language: &'b str,
    /// Who posted last; 0 when nobody did.
    pub browser: u128,
    /// What it shows.
    pub stage: PageStage<'b>,
}

/// What a login page shows.
#[derive(Debug)]
pub enum PageStage<'b> {
    /// The questions.
    Asks {
        /// In order.
        questions: Vec<PageQuestion<'b>>,
        /// Whether the auth service refused what [`OpenPage::browser`] has posted.
        refused: bool,
    },
    /// The login is under way.
    Calls,
    /// The digits that are to be typed in the chat, to [`OpenPage::browser`] alone.
    ShowsDigits,
}

/// A question on a login page.
#[derive(Debug)]
pub struct PageQuestion<'b> {
    /// What is asked.
    pub text: String,
    /// What kind of answer is wanted.
    pub kind: &'b AnswerKind,
    /// Whether the answer is a secret.
    pub secret: bool,
    /// What is amiss with what [`OpenPage::browser`] has posted.
    pub problem: Option<String>,
}

impl Session {
    /// The number of the page whose digits the user is to type, and the browser that has logged in there.
    pub fn awaits_digits(&self) -> Option<(u32, u128)> {
        match self.state {
            State::Asking { doing: Asking::Digits(Unconfirmed { page, .. }), .. } => {
                Some((page.attempt, page.browser))
            }
            _ => None,
        }
    }

    /// The login page of the session that can be posted, is being looked at by the auth service, or shows its digits.
    pub fn page<'b>(&self, bot: &'b Runnable, now: Timestamp) -> Option<OpenPage<'b>> {
        if self.bot != bot.fingerprint || !self.fits(bot) {
            return None;
        }
        let (page, stage) = match self.state {
            State::Asking { doing: Asking::Page(page), .. } if now < page.until => {
                let questions = self.page_questions(bot, page, now);
                (page, PageStage::Asks { questions, refused: page.refused })
            }
            State::Calling { purpose: Calling::Page(page), .. } => (page, PageStage::Calls),
            State::Asking { doing: Asking::Digits(unconfirmed), .. } if now < unconfirmed.until => {
                (unconfirmed.page, PageStage::ShowsDigits)
            }
            _ => return None,
        };
        Some(OpenPage {
            attempt: page.attempt,
            component: &bot.tokens.get(page.login.token.at())?.id,
            language: bot.languages.get(usize::from(self.language)).map_or("en", String::as_str),
            browser: page.browser,
            stage,
        })
    }

    fn page_questions<'b>(&self, bot: &'b Runnable, page: Page, now: Timestamp) -> Vec<PageQuestion<'b>> {
        let mut machine = Machine::new(bot, self.clone(), now);
        let shown = |(index, question): (u32, &'b Question)| PageQuestion {
            text: machine.text(&question.text),
            kind: &question.kind,
            secret: question.secret,
            problem: (page.invalid.checked_shr(index).unwrap_or(0) & 1 == 1)
                .then(|| machine.retry_text(question)),
        };
        (0..).zip(&bot.tokens[page.login.token.at()].questions).map(shown).collect()
    }
}

/// Whether it is as many digits as a page shows.
pub(crate) fn is_digits(text: &SecretText) -> bool {
    let kept = || text.expose().chars().filter(|c| !c.is_whitespace() && *c != '-');
    kept().count() == usize::from(DIGITS) && kept().all(|c| c.is_ascii_digit())
}
