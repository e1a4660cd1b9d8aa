//! What every route of the API shares: problems, bodies, pages, revisions.

mod body;
mod page;
mod params;
mod problem;
mod revision;
mod secret;
mod time;
pub(crate) mod words;

pub use body::Body;
pub use page::{List, Page, PageParams, cursor};
pub(crate) use params::countable;
pub use params::{Params, Query};
pub use problem::{Answer, FieldProblem, Problem, ProblemDocument};
pub use revision::{IfMatch, of_change};
pub use secret::SecretField;
pub use time::{rfc3339, timestamp};
