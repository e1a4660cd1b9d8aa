/// A customer of the demo bank. The passwords are public: this is what a newcomer types.
pub struct Person {
    /// The name to log in with.
    pub username: &'static str,
    /// The password of the logins that ask for one.
    pub password: Option<&'static str>,
    /// What `/login/pin` asks for.
    pub pin: Option<Pin>,
    /// The phone that login codes are sent to, in E.164.
    pub phone: &'static str,
    /// The name to be called by.
    pub name: &'static str,
}

/// A customer number and its PIN, both digits only, for a keypad.
pub struct Pin {
    /// The customer number.
    pub customer: &'static str,
    /// The PIN.
    pub pin: &'static str,
}

/// Everyone who has an account.
pub fn people() -> &'static [Person] {
    &PEOPLE
}

pub(crate) fn by_username(username: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.username == username)
}

pub(crate) fn by_customer(customer: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.pin.as_ref().is_some_and(|pin| pin.customer == customer))
}

pub(crate) fn by_phone(phone: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.phone == phone)
}

/// Carol's password has everything that an encoding can get wrong. Erin's accounts are empty and her password has
/// blanks at its ends.
static PEOPLE: [Person; 5] = [
    Person {
        username: "alice",
        password: Some("wonderland"),
        pin: Some(Pin { customer: "1001", pin: "2468" }),
        phone: "+15550100",
        name: "Alice Liddell",
    },
    Person {
        username: "bob",
        password: Some("builder"),
        pin: Some(Pin { customer: "1002", pin: "1357" }),
        phone: "+15550101",
        name: "Bob Baumeister",
    },
    Person {
        username: "carol",
        password: Some("p&ss={authtoken}\"\u{e9} %41"),
        pin: None,
        phone: "+15550102",
        name: "Carol N\u{fa}\u{f1}ez {val1} & \"S\u{f6}hne\"",
    },
    Person {
        username: "dave",
        password: None,
        pin: Some(Pin { customer: "4711", pin: "1234" }),
        phone: "+15550103",
        name: "Dave Bowman",
    },
    Person {
        username: "erin",
        password: Some(" two blanks "),
        pin: Some(Pin { customer: "0007", pin: "0000" }),
        phone: "+15550104",
        name: "Erin",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_be_mistaken_for_another() {
        for (at, person) in PEOPLE.iter().enumerate() {
            for other in &PEOPLE[at + 1..] {
                assert_ne!(person.username, other.username);
                assert_ne!(person.phone, other.phone);
                if let (Some(a), Some(b)) = (&person.pin, &other.pin) {
                    assert_ne!(a.customer, b.customer);
                }
            }
        }
    }
}
