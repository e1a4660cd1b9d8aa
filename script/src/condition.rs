//! Conditions: rows of comparisons, or an expression in CEL.

use std::fmt;
use std::sync::Arc;

use regex::Regex;

use crate::program::VarIx;

/// What a `condition` step tests.
#[derive(Clone, Debug)]
pub enum Test {
    /// Compares one thing.
    Row(Subject, Comparison),
    /// All must hold.
    All(Vec<Test>),
    /// One must hold.
    Any(Vec<Test>),
    /// Must not hold.
    Not(Box<Test>),
    /// An expression that must be true.
    Expression(Expression),
}

/// What a row looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A variable.
    Var(VarIx),
    /// `channel`.
    Channel,
    /// `contact.name`.
    ContactName,
    /// `contact.address`.
    ContactAddress,
    /// `language`.
    Language,
}

/// How a row compares. Texts are compared without regard to case and accents, as
/// [`crate::trigger::normalise`] does; numbers as decimal numbers.
#[derive(Clone, Debug)]
pub enum Comparison {
    /// Equal to this.
    Equals(Operand),
    /// Not equal to this.
    NotEquals(Operand),
    /// A number greater than this.
    MoreThan(f64),
    /// A number smaller than this.
    LessThan(f64),
    /// A number not smaller than this.
    AtLeast(f64),
    /// A number not greater than this.
    AtMost(f64),
    /// Has one of these words or phrases in it; normalised.
    Contains(Vec<Box<str>>),
    /// Starts with this; normalised.
    StartsWith(Box<str>),
    /// Is one of these.
    OneOf(Vec<Operand>),
    /// Has a value (`true`) or has none (`false`).
    Exists(bool),
    /// Matches somewhere.
    Matches(Regex),
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A text, normalised.
    Text(Box<str>),
    /// A number.
    Number(f64),
    /// A truth value.
    Bool(bool),
}

/// A compiled expression, with the variables that it names.
#[derive(Clone)]
pub struct Expression {
    /// As the author wrote it.
    pub source: Arc<str>,
    /// Compiled.
    pub program: Arc<cel::Program>,
    /// The variables that it names.
    pub variables: Vec<VarIx>,
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({})", self.source)
    }
}
