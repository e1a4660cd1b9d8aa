use countersign_model::OutMessage;
use countersign_runner::{ConversationKey, Store};
use countersign_store::{Line, StoreError, TranscriptRow};

/// More lines than one webhook can lead to.
const LINES: usize = 500;

/// A number shorter than this is read as one.
const SPELLED: usize = 4;

/// What the bot has said in answer to one step of a call.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    /// In order.
    pub(super) words: Vec<OutMessage>,
    /// Digits that the caller has given in this step; when the bot repeats them it says them one by one.
    pub(super) spell: Vec<String>,
    /// That the call is handed over: to this number, or to a person.
    pub(super) handover: Option<Option<String>>,
    /// The first line of the transcript that does not belong to it.
    pub(super) end: u64,
}

impl Said {
    /// Reads the transcript from a line on: what the caller did in this step, and what the bot answered until the
    /// caller's next turn. A step that is repeated reads the same lines.
    pub(super) async fn read(
        store: &dyn Store,
        key: &ConversationKey,
        from: u64,
    ) -> Result<Self, StoreError> {
        Ok(Self::of(from, store.transcript(key, from, LINES).await?))
    }

    fn of(from: u64, rows: Vec<TranscriptRow>) -> Self {
        let mut said = Self { end: from, ..Self::default() };
        let mut answered = false;
        for row in rows {
            match row.line {
                Line::User(_) | Line::Secret | Line::HungUp if answered => break,
                Line::User(words) => {
                    let digits = words.trim();
                    if digits.len() >= SPELLED && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                        said.spell.push(digits.to_owned());
                    }
                }
                // A person may take over in a chat; on the phone the caller is put through to a number. A caller gets no page.
                Line::Secret
                | Line::HungUp
                | Line::TakenOver { .. }
                | Line::HandedBack
                | Line::Page { .. } => {}
                Line::Agent { text, .. } => {
                    said.words.push(OutMessage::Text(text));
                    answered = true;
                }
                Line::Bot(message) => {
                    said.words.push(message);
                    answered = true;
                }
                Line::Handover { number } => {
                    said.handover = Some(number);
                    answered = true;
                }
            }
            said.end += 1;
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use countersign_model::Timestamp;

    use super::*;

    fn read(lines: &[Line]) -> Said {
        let row = |line: &Line| TranscriptRow { at: Timestamp::default(), line: line.clone() };
        Said::of(7, lines.iter().map(row).collect())
    }

    fn bot(text: &str) -> Line {
        Line::Bot(OutMessage::Text(text.into()))
    }

    fn user(text: &str) -> Line {
        Line::User(text.into())
    }

    #[test]
    fn a_step_ends_where_the_caller_speaks_again() {
        let said = read(&[user("4711"), bot("one"), bot("two"), user("12"), bot("three")]);
        let text = |text: &str| OutMessage::Text(text.into());
        assert_eq!(said.words, [text("one"), text("two")]);
        assert_eq!((said.spell.as_slice(), said.end), (["4711".to_owned()].as_slice(), 10));
        for next in [Line::Secret, Line::HungUp, user("x")] {
            assert_eq!(read(&[Line::Secret, bot("one"), next]).end, 9);
        }
    }

    #[test]
    fn nothing_may_have_been_said_yet() {
        assert_eq!(read(&[]), Said { end: 7, ..Said::default() });
        assert_eq!(read(&[user("savings")]), Said { end: 8, ..Said::default() });
        assert!(read(&[user("12")]).spell.is_empty());
    }

    #[test]
    fn a_handover_is_seen() {
        let number = Some("+15550199".to_owned());
        let said = read(&[bot("I put you through."), Line::Handover { number: number.clone() }]);
        assert_eq!((said.handover, said.words.len()), (Some(number), 1));
    }
}
