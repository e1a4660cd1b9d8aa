use countersign_model::Timestamp;

use crate::ids::number_of;

/// A user as one provider knows them. Everything is made from the name that the test or the terminal uses, so the same
/// name is the same user in every run.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// The name that the test or the terminal uses.
    pub(crate) key: String,
    /// The name in the profile.
    pub(crate) name: String,
    /// Under which the provider's webhooks name them and the bot writes to them.
    pub(crate) address: String,
    /// The phone number in E.164.
    pub(crate) number: String,
    /// WhatsApp: the business-scoped user id.
    pub(crate) user_id: String,
    /// WhatsApp: whether webhooks tell the number. People with a user name hide it.
    pub(crate) shows_number: bool,
}

/// What counts when the bot writes to somebody.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Standing {
    /// When they last wrote.
    pub(crate) heard: Option<Timestamp>,
    /// Whether they want nothing from the bot.
    pub(crate) stopped: bool,
}

impl Person {
    /// `address` is left empty, for the provider to fill in.
    pub(crate) fn new(key: &str) -> Self {
        let number = number(key);
        let name = match key == number || key.starts_with('+') {
            true => "Nadia Okoro".to_owned(),
            false => key.to_owned(),
        };
        let user_id = format!("US.{}", number_of(key, 18));
        let address = String::new();
        Self { key: key.to_owned(), name, address, number, user_id, shows_number: true }
    }

    pub(crate) fn digits(&self) -> &str {
        self.number.trim_start_matches('+')
    }
}

/// A number stays as it is; a name gets one.
fn number(key: &str) -> String {
    let digits = key.strip_prefix('+').unwrap_or(key);
    let is_number = (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    match is_number {
        true => format!("+{digits}"),
        false => format!("+1555{}", number_of(key, 7)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_number_and_a_number_is_one() {
        assert_eq!(number("+15550100"), "+15550100");
        assert_eq!(number("15550100"), "+15550100");
        assert_eq!(number("alice"), number("alice"));
        assert_ne!(number("alice"), number("bob"));
        assert_eq!(number("alice").len(), 12);
        assert_eq!(Person::new("alice").name, "alice");
    }
}
