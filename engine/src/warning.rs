//! What the author or operator should know.

/// Something that the author or operator should know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// A placeholder had no value and became an empty text.
    #[error("`{{{variable}}}` has no value at {step}")]
    Empty {
        /// The placeholder.
        variable: String,
        /// The step's place in the bot file.
        step: String,
    },
    /// A part of an answer that is to be saved was not there.
    #[error("the answer to `{service}` has nothing at `{path}`; {found}")]
    Missing {
        /// The Web Service.
        service: String,
        /// The path.
        path: String,
        /// The names of the keys that were there, never their values.
        found: String,
    },
    /// An answer that is read as JSON is not JSON.
    #[error("the answer to `{service}` is not JSON")]
    NotJson {
        /// The Web Service.
        service: String,
    },
    /// A value cannot stand in its place.
    #[error("a value at {step} cannot be sent: {why}")]
    Unencodable {
        /// The step's place in the bot file.
        step: String,
        /// Why.
        why: countersign_script::template::EncodeError,
    },
    /// An expression could not be computed.
    #[error("the expression at {step} could not be computed: {why}")]
    Expression {
        /// The step's place in the bot file.
        step: String,
        /// Why; names of variables and types only.
        why: &'static str,
    },
    /// The bounds of a turn were reached.
    #[error("the bot was stopped at {step}: {bound}")]
    Bounds {
        /// The step's place in the bot file.
        step: String,
        /// Which bound.
        bound: &'static str,
    },
}
