//! The Form component.

use super::decode::{Spanned, wire};
use super::question::FormQuestion;

wire! {
    /// Questions whose answers are kept as a lead.
    struct FormComponent, "a Form component" {
        /// Unique in the bot: letters, digits, `-` and `_`.
        id: Spanned<String>,
        /// What is asked, in this order.
        questions: Spanned<Vec<Spanned<FormQuestion>>>,
    }
}
