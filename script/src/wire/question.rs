//! Questions and what may be answered.

use super::decode::{At, Cx, Decode, Spanned, wire, words};
use super::text::Text;
use super::value::Pause;
use crate::node::{Kind, Node};

words! {
    /// Kinds of answers.
    enum AnswerKind, "a kind of answer" {
        /// Any text.
        Text = "text",
        /// A decimal number.
        Number = "number",
        /// An e-mail address.
        Email = "email",
        /// A phone number.
        Phone = "phone",
        /// Digits only: the keypad of a phone can give them.
        Digits = "digits",
        /// A temporary code of letters and digits.
        Code = "code",
        /// A calendar date.
        Date = "date",
        /// A web address.
        Url = "url",
        /// A place, sent with the channel's own location message.
        Location = "location",
        /// A file, sent with the channel's own media message.
        File = "file",
        /// One of `choices`.
        Choice = "choice",
        /// A text that matches the whole of `pattern`.
        Pattern = "pattern",
    }
}

/// How long an answer must be: a number, or the fewest and the most.
#[derive(Clone, Debug, PartialEq, serde::Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Length {
    /// Exactly so many.
    Exactly(u64),
    /// Between two numbers.
    Between(Range),
}

wire! {
    /// The fewest and the most.
    struct Range, "a map with `min` and `max`" {
        /// The fewest.
        min: Option<Spanned<u64>>,
        /// The most.
        max: Option<Spanned<u64>>,
    }
}

impl Decode for Length {
    const WHAT: &'static str = "a whole number, or a map with `min` and `max`";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match node.kind {
            Kind::Map(_) => Decode::decode(node, at, cx).map(Self::Between),
            _ => super::decode::whole(node, at, cx, Self::WHAT).map(Self::Exactly),
        }
    }
}

wire! {
    /// How the keypad of a phone takes an answer.
    struct Keypad, "a map of keypad settings" {
        /// How many digits, when it is always the same number.
        digits: Option<Spanned<u64>>,
        /// The fewest digits.
        min: Option<Spanned<u64>>,
        /// The most digits; at most 32.
        max: Option<Spanned<u64>>,
        /// The key that ends the entry: a digit, `*`, `#`, or `none`. `#` when not given.
        finish_key: Option<Spanned<String>>,
        /// How many seconds to wait for the first digit; 8 when not given.
        first_digit_timeout: Option<Spanned<Pause>>,
        /// How many seconds to wait between digits; 4 when not given.
        between_digits_timeout: Option<Spanned<Pause>>,
        /// How many times to ask; 3 when not given.
        tries: Option<Spanned<u64>>,
    }
}

wire! {
    /// A question of an Authorization Token component. The answer is sealed at once.
    struct TokenQuestion, "a question" {
        /// What is asked.
        question: Spanned<Text>,
        /// The field of the login request that carries the answer. A dotted name makes nested JSON. Needed unless the
        /// answer stands somewhere as `{val1}`, `{val2}`, ….
        field: Option<Spanned<String>>,
        /// Whether the answer is a secret, such as a password.
        secret: Option<Spanned<bool>>,
        /// What kind of answer: `text` (when not given), `number`, `email`, `phone`, `digits` or `code`.
        kind: Option<Spanned<AnswerKind>>,
        /// How many characters or digits.
        length: Option<Spanned<Length>>,
        /// What is said when the answer is not of the kind.
        retry: Option<Spanned<Text>>,
        /// How the keypad takes it, when this question differs from the component.
        keypad: Option<Spanned<Keypad>>,
        /// This question and those after it are asked after the `before` service was called.
        after_before: Option<Spanned<bool>>,
    }
}

wire! {
    /// A question of a Web Service component. The answers are `{val1}`, `{val2}`, ….
    struct ServiceQuestion, "a question" {
        /// What is asked.
        question: Spanned<Text>,
        /// Whether the answer is a secret.
        secret: Option<Spanned<bool>>,
        /// What kind of answer; `text` when not given.
        kind: Option<Spanned<AnswerKind>>,
        /// How many characters or digits.
        length: Option<Spanned<Length>>,
        /// The smallest number.
        min: Option<Spanned<f64>>,
        /// The largest number.
        max: Option<Spanned<f64>>,
        /// A regular expression that the whole answer must match; with `kind: pattern`.
        pattern: Option<Spanned<String>>,
        /// What can be chosen; with `kind: choice`.
        choices: Option<Spanned<Vec<Spanned<PlainChoice>>>>,
        /// What is said when the answer is not of the kind.
        retry: Option<Spanned<Text>>,
        /// How the keypad of a phone takes it.
        keypad: Option<Spanned<Keypad>>,
    }
}

wire! {
    /// A question of a Form component.
    struct FormQuestion, "a question" {
        /// What is asked.
        question: Spanned<Text>,
        /// The variable that keeps the answer.
        save: Option<Spanned<String>>,
        /// The same as `save`.
        field: Option<Spanned<String>>,
        /// What kind of answer; `text` when not given.
        kind: Option<Spanned<AnswerKind>>,
        /// How many characters or digits.
        length: Option<Spanned<Length>>,
        /// The smallest number.
        min: Option<Spanned<f64>>,
        /// The largest number.
        max: Option<Spanned<f64>>,
        /// A regular expression that the whole answer must match; with `kind: pattern`.
        pattern: Option<Spanned<String>>,
        /// What can be chosen; with `kind: choice`.
        choices: Option<Spanned<Vec<Spanned<PlainChoice>>>>,
        /// What is said when the answer is not of the kind.
        retry: Option<Spanned<Text>>,
        /// How the keypad of a phone takes it.
        keypad: Option<Spanned<Keypad>>,
        /// Not possible here: answers of a form are kept as a lead, so they cannot be secrets.
        secret: Option<Spanned<bool>>,
    }
}

/// Something that can be chosen: its label, or a map.
#[derive(Clone, Debug, PartialEq, serde::Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum PlainChoice {
    /// What the user sees.
    Label(Text),
    /// What the user sees, and what is kept.
    Full(LabelledChoice),
}

wire! {
    /// Something that can be chosen.
    struct LabelledChoice, "a choice" {
        /// What the user sees.
        label: Spanned<Text>,
        /// What is kept; the label when not given.
        value: Option<Spanned<String>>,
    }
}

impl Decode for PlainChoice {
    const WHAT: &'static str = "a choice";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match node.kind {
            Kind::Map(_) if node.get("label").is_some() => Decode::decode(node, at, cx).map(Self::Full),
            _ => Decode::decode(node, at, cx).map(Self::Label),
        }
    }
}

wire! {
    /// A choice that can lead somewhere.
    struct BranchChoice, "a choice" {
        /// What the user sees.
        label: Spanned<Text>,
        /// The step or script that it leads to; the next step when not given.
        go: Option<Spanned<String>>,
        /// What `save` keeps; the label when not given.
        value: Option<Spanned<String>>,
    }
}
