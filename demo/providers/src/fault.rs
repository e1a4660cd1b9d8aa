use std::time::Duration;

/// What goes wrong with something that the bot sends. It is looked at after the request was found to be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The provider refuses with one of its codes (`131047`, `20429`, `429`, …), in its own form.
    Refuse {
        /// The code.
        code: String,
        /// Seconds to wait, where the provider can tell it.
        retry_after: Option<u64>,
    },
    /// This HTTP status and a page of HTML, as a proxy on the way would answer.
    Status(u16),
    /// It is accepted and will be shown, but the connection breaks before the answer.
    LoseAnswer,
    /// The connection breaks, and nothing was accepted.
    Break,
    /// It is accepted, and the answer is not what the provider documents.
    Garbage,
    /// It is accepted after this time.
    Delay(Duration),
}

impl Fault {
    /// A refusal with this code.
    pub fn code(code: impl Into<String>) -> Self {
        Self::Refuse { code: code.into(), retry_after: None }
    }
}

/// What is unusual about the webhooks of a line from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// Each is sent once, and again when it is not acknowledged.
    #[default]
    None,
    /// Each is sent so many times, one after the other.
    Repeat(usize),
    /// Each is sent so many times at once.
    AtOnce(usize),
    /// Each is sent so much later.
    Late(Duration),
    /// Each is held back until there is another one, which is sent before it.
    Swapped,
}

/// A fault with how often it still happens.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) fault: Fault,
    pub(crate) left: usize,
    /// Only to this user; to all when `None`.
    pub(crate) user: Option<String>,
}

/// Takes the fault that the next send to a user meets.
pub(crate) fn next_fault(rules: &mut Vec<Rule>, user: &str) -> Option<Fault> {
    let at = rules.iter().position(|rule| rule.user.as_deref().is_none_or(|only| only == user))?;
    let fault = rules[at].fault.clone();
    rules[at].left = rules[at].left.saturating_sub(1);
    if rules[at].left == 0 {
        rules.remove(at);
    }
    Some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_happens_as_often_as_was_said_and_to_whom() {
        let rule = |code: &str, left, user: Option<&str>| Rule {
            fault: Fault::code(code),
            left,
            user: user.map(str::to_owned),
        };
        let mut rules = vec![rule("1", 1, Some("bob")), rule("2", 2, None)];
        assert_eq!(next_fault(&mut rules, "alice"), Some(Fault::code("2")));
        assert_eq!(next_fault(&mut rules, "bob"), Some(Fault::code("1")));
        assert_eq!(next_fault(&mut rules, "bob"), Some(Fault::code("2")));
        assert_eq!(next_fault(&mut rules, "bob"), None);
    }
}
