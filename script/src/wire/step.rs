//! Steps of a script: a map in which one key names the kind.

use serde::Serialize;

use super::condition::Condition;
use super::decode::{At, Cx, Decode, Entries, Spanned, wire, words};
use super::question::{AnswerKind, BranchChoice, Keypad, Length, PlainChoice};
use super::text::Text;
use super::value::{Pause, Simple};
use crate::diagnostics::{several_kinds, unknown_step};
use crate::node::{Kind, Node, Scalar};

/// Makes the types of the steps, each with `id` and `next`, and the [`Step`] that is one of them.
macro_rules! steps {
    ($(
        $(#[$meta:meta])* $variant:ident($name:ident), $word:literal {
            $($(#[$fmeta:meta])* $field:ident: $type:ty,)*
        }
    )*) => {
        $(wire! {
            $(#[$meta])*
            struct $name, "a step" {
                /// The step's id, so that other steps can lead to it.
                id: Option<Spanned<String>>,
                $($(#[$fmeta])* $field: $type,)*
                /// The step or script that comes after it; the step below when not given.
                next: Option<Spanned<String>>,
            }
        })*

        /// One element of a script.
        #[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
        #[serde(untagged)]
        pub enum Step {
            $($(#[$meta])* $variant(Box<$name>),)*
            /// A step without settings, written as its kind alone.
            Bare(BareStep),
            /// A step that could not be read. It holds its place so that the others keep their numbers.
            #[schemars(skip)]
            Unreadable(Option<Spanned<String>>),
        }

        impl Step {
            /// The keys that name a kind.
            pub const KINDS: &'static [&'static str] = &[$($word),*];

            /// The author's id for it.
            pub fn id(&self) -> Option<&Spanned<String>> {
                match self {
                    $(Self::$variant(step) => step.id.as_ref(),)*
                    Self::Bare(_) => None,
                    Self::Unreadable(id) => id.as_ref(),
                }
            }

            /// What comes after it, when the author says so.
            pub fn next(&self) -> Option<&Spanned<String>> {
                match self {
                    $(Self::$variant(step) => step.next.as_ref(),)*
                    Self::Bare(_) | Self::Unreadable(_) => None,
                }
            }

            /// The key that names its kind.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $word,)*
                    Self::Bare(BareStep::End) => "end",
                    Self::Bare(BareStep::Logout) => "logout",
                    Self::Unreadable(_) => "step",
                }
            }

            fn of_kind(kind: &str, node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
                match kind {
                    $($word => Decode::decode(node, at, cx).map(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

steps! {
    /// Says something.
    Message(MessageStep), "message" {
        /// What is said.
        message: Spanned<Text>,
    }
    /// Sends a file.
    Media(MediaStep), "media" {
        /// Where the file lies.
        media: Spanned<String>,
        /// What kind of file; by the end of the address when not given.
        r#type: Option<Spanned<MediaType>>,
        /// The words that go with it.
        caption: Option<Spanned<Text>>,
    }
    /// Sends a place.
    Location(LocationStep), "location" {
        /// Where it is.
        location: Spanned<Location>,
    }
    /// Sends a link.
    Link(LinkStep), "link" {
        /// Where it leads.
        link: Spanned<String>,
        /// What stands above it.
        text: Option<Spanned<Text>>,
        /// The words on the button.
        label: Option<Spanned<Text>>,
    }
    /// Sends a card: a title with a text, a picture and choices, each optional.
    Card(CardStep), "card" {
        /// The title.
        card: Spanned<Text>,
        /// The text under it.
        text: Option<Spanned<Text>>,
        /// Address of the picture.
        image: Option<Spanned<String>>,
        /// What can be chosen.
        choices: Option<Spanned<Vec<Spanned<BranchChoice>>>>,
        /// The variable that keeps what was chosen.
        save: Option<Spanned<String>>,
        /// What is said when the answer is none of the choices.
        retry: Option<Spanned<Text>>,
        /// How many times it is asked; 3 when not given.
        tries: Option<Spanned<u64>>,
        /// The step or script after the last try.
        no_answer: Option<Spanned<String>>,
    }
    /// Asks with choices: buttons or a list.
    Options(OptionsStep), "options" {
        /// What is asked.
        options: Spanned<Text>,
        /// What can be chosen.
        choices: Spanned<Vec<Spanned<BranchChoice>>>,
        /// The variable that keeps what was chosen.
        save: Option<Spanned<String>>,
        /// What is said when the answer is none of the choices.
        retry: Option<Spanned<Text>>,
        /// How many times it is asked; 3 when not given.
        tries: Option<Spanned<u64>>,
        /// The step or script after the last try.
        no_answer: Option<Spanned<String>>,
    }
    /// Asks, and keeps the answer in a variable.
    Question(QuestionStep), "question" {
        /// What is asked.
        question: Spanned<Text>,
        /// What kind of answer; `text` when not given.
        kind: Option<Spanned<AnswerKind>>,
        /// The variable that keeps the answer.
        save: Option<Spanned<String>>,
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
        /// How many times it is asked; 3 when not given.
        tries: Option<Spanned<u64>>,
        /// The step or script after the last try.
        no_answer: Option<Spanned<String>>,
        /// The step or script after a cancel word.
        cancelled: Option<Spanned<String>>,
        /// How the keypad of a phone takes it.
        keypad: Option<Spanned<Keypad>>,
        /// Not possible here: a variable cannot keep a secret.
        secret: Option<Spanned<bool>>,
    }
    /// Asks all questions of a Form component.
    Form(FormStep), "form" {
        /// The id of the form.
        form: Spanned<String>,
        /// The step or script after a cancel word.
        cancelled: Option<Spanned<String>>,
    }
    /// Goes one way or another.
    Condition(ConditionStep), "condition" {
        /// What is tested.
        condition: Spanned<Condition>,
        /// The step or script when it holds; the next step when not given.
        then: Option<Spanned<String>>,
        /// The step or script when it does not hold; the next step when not given.
        r#else: Option<Spanned<String>>,
    }
    /// Gives variables values.
    Set(SetStep), "set" {
        /// Variables and their values: a text with placeholders, a number, true or false, or
        /// `{ expression: "…" }` in CEL.
        set: Spanned<Entries<Spanned<Value>>>,
    }
    /// Makes sure that the user is logged in. Nothing is asked while a token is valid.
    AuthToken(AuthTokenStep), "auth_token" {
        /// The id of the Authorization Token component.
        auth_token: Spanned<String>,
        /// The step or script after the last failed login.
        failed: Option<Spanned<String>>,
        /// The step or script after a cancel word.
        cancelled: Option<Spanned<String>>,
        /// The step or script when the auth service is out of reach.
        unavailable: Option<Spanned<String>>,
    }
    /// Calls an API.
    WebService(WebServiceStep), "web_service" {
        /// The id of the Web Service component.
        web_service: Spanned<String>,
        /// The step or script when the answer is not good.
        failed: Option<Spanned<String>>,
        /// The step or script when the answer is good but has nothing in it.
        empty: Option<Spanned<String>>,
        /// The step or script when there is no answer.
        unavailable: Option<Spanned<String>>,
        /// The step or script after a cancel word.
        cancelled: Option<Spanned<String>>,
        /// Steps or scripts by status: `{ 404: not-found }`.
        status: Option<Spanned<Entries<Spanned<String>>>>,
    }
    /// Forgets a token.
    Logout(LogoutStep), "logout" {
        /// The id of the Authorization Token component; `true` for all tokens.
        logout: Option<Spanned<Logout>>,
    }
    /// Runs another script and comes back.
    Run(RunStep), "run" {
        /// The id of the script.
        run: Spanned<String>,
    }
    /// Goes to another step or script and does not come back.
    Jump(JumpStep), "jump" {
        /// The id of the step or script.
        jump: Spanned<String>,
    }
    /// Pauses.
    Wait(WaitStep), "wait" {
        /// How many seconds.
        wait: Spanned<Pause>,
    }
    /// Hands over to a person or a phone number.
    Transfer(TransferStep), "transfer" {
        /// `person` for a person in the console, or a phone number.
        transfer: Spanned<String>,
        /// What is said before.
        text: Option<Spanned<Text>>,
    }
    /// Ends the conversation.
    End(EndStep), "end" {
        /// `true`, or nothing at all.
        end: Option<Spanned<bool>>,
    }
}

words! {
    /// A step without settings.
    enum BareStep, "a step" {
        /// Ends the conversation.
        End = "end",
        /// Forgets all tokens.
        Logout = "logout",
    }
}

words! {
    /// Kinds of files.
    enum MediaType, "a kind of file" {
        /// A picture.
        Image = "image",
        /// A recording.
        Audio = "audio",
        /// A film.
        Video = "video",
        /// Any other file.
        Document = "document",
    }
}

wire! {
    /// A place.
    struct Location, "a map with `latitude` and `longitude`" {
        /// Degrees north.
        latitude: Spanned<Simple>,
        /// Degrees east.
        longitude: Spanned<Simple>,
        /// What is there.
        name: Option<Spanned<Text>>,
    }
}

/// A value that `set` gives.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// A text with placeholders, a number, or true or false.
    Simple(Simple),
    /// What an expression gives.
    Expression(ExpressionValue),
}

wire! {
    /// A value that is worked out.
    struct ExpressionValue, "a map with `expression`" {
        /// An expression in CEL.
        expression: Spanned<String>,
    }
}

impl Decode for Value {
    const WHAT: &'static str = "a text, a number, true or false, or `{ expression: … }`";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match (&node.kind, node.scalar()) {
            (Kind::Map(_), _) => Decode::decode(node, at, cx).map(Self::Expression),
            (_, Some(Scalar::Null) | None) => {
                cx.wrong_type(node, at, Self::WHAT);
                None
            }
            _ => Decode::decode(node, at, cx).map(Self::Simple),
        }
    }
}

/// Which token is forgotten.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Logout {
    /// All.
    All(bool),
    /// That of one Authorization Token component.
    One(String),
}

impl Decode for Logout {
    const WHAT: &'static str = "true, or the id of an Authorization Token component";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match (node.scalar(), &node.kind) {
            (Some(Scalar::Bool(true)), _) => Some(Self::All(true)),
            (Some(Scalar::Text(_) | Scalar::Number(_)), Kind::Scalar { text, .. }) => {
                Some(Self::One(text.clone().into_owned()))
            }
            _ => {
                cx.wrong_type(node, at, Self::WHAT);
                None
            }
        }
    }
}

impl Decode for Step {
    const WHAT: &'static str = "a step";

    /// Never fails, so that the steps after a bad one keep their numbers.
    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let id = match node.get("id").map(|id| (&id.kind, id.span)) {
            Some((Kind::Scalar { text, .. }, span)) => {
                Some(Spanned { value: text.clone().into_owned(), span })
            }
            _ => None,
        };
        Some(read(node, at, cx).unwrap_or(Self::Unreadable(id)))
    }
}

fn read(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Step> {
    let Kind::Map(entries) = &node.kind else {
        return match node.scalar() {
            Some(Scalar::Text("end")) => Some(Step::Bare(BareStep::End)),
            Some(Scalar::Text("logout")) => Some(Step::Bare(BareStep::Logout)),
            Some(Scalar::Text(text)) => {
                cx.report.add(unknown_step::no_map(&at.to_string(), node.span, text));
                None
            }
            _ => {
                cx.wrong_type(node, at, Step::WHAT);
                None
            }
        };
    };
    let mut kinds = entries.iter().filter(|(key, _)| Step::KINDS.contains(&&*key.text));
    let Some((kind, value)) = kinds.next() else {
        let keys: Vec<_> = entries.iter().map(|(key, _)| (&*key.text, key.span)).collect();
        cx.report.add(unknown_step::unknown_step(&at.to_string(), node.span, &keys));
        return None;
    };
    if let Some((other, _)) = kinds.next() {
        cx.report.add(several_kinds::several_kinds(
            &at.to_string(),
            (&kind.text, kind.span),
            (&other.text, other.span),
        ));
        return None;
    }
    let bare = value.scalar() == Some(Scalar::Null);
    match &*kind.text {
        // `end:` and `logout:` say all that there is to say.
        "end" | "logout" if bare => {
            let mut full = node.clone();
            if let Kind::Map(entries) = &mut full.kind {
                let yes = || Kind::Scalar { text: "true".into(), quoted: false };
                entries
                    .iter_mut()
                    .filter(|(key, _)| key.text == kind.text)
                    .for_each(|(_, value)| value.kind = yes());
            }
            Step::of_kind(&kind.text, &full, at, cx)
        }
        kind => Step::of_kind(kind, node, at, cx),
    }
}
