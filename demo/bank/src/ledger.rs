use std::collections::HashMap;
use std::time::Duration;

use countersign_model::Timestamp;
use serde::Serialize;
use serde_json::{Number, Value, json};

use crate::money::Cents;
use crate::people::{self, Person};
use crate::refusal::Refusal;

/// The accounts of all people and what moved between them.
pub(crate) struct Ledger {
    customers: Vec<Customer>,
    done: HashMap<(&'static str, String), Done>,
    transfers: u64,
}

/// One person's side of the bank.
pub(crate) struct Customer {
    person: &'static Person,
    pub(crate) email: String,
    pub(crate) accounts: Vec<Account>,
    pub(crate) standing_orders: Vec<StandingOrder>,
}

pub(crate) struct Account {
    pub(crate) kind: &'static str,
    /// With leading zeros, so it is a text.
    number: &'static str,
    /// More digits than a machine number holds, and yet a JSON number: real services do that.
    id: String,
    pub(crate) nickname: Option<String>,
    pub(crate) balance: Cents,
    /// The newest first.
    pub(crate) transactions: Vec<Transaction>,
}

#[derive(Clone, Serialize)]
pub(crate) struct Transaction {
    date: String,
    text: String,
    amount: Cents,
}

#[derive(Clone, Serialize)]
pub(crate) struct StandingOrder {
    pub(crate) id: &'static str,
    text: &'static str,
    amount: Cents,
    day: u8,
}

/// What was asked and answered under an idempotency key.
struct Done {
    asked: (String, String, Cents),
    answer: Result<Value, Refusal>,
}

/// A wish to move money.
pub(crate) struct Transfer {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) amount: Cents,
}

/// A transfer that was judged.
pub(crate) struct Judged {
    pub(crate) answer: Result<Value, Refusal>,
    /// The answer is the one that was given before under the same key.
    pub(crate) replayed: bool,
}

/// How many transfers are remembered by their key.
const KEPT_KEYS: usize = 10_000;

impl Ledger {
    pub(crate) fn opened_at(now: Timestamp) -> Self {
        let customers =
            people::people().iter().enumerate().map(|(at, person)| open(at, person, now)).collect();
        Self { customers, done: HashMap::new(), transfers: 0 }
    }

    pub(crate) fn customer(&mut self, person: &Person) -> &mut Customer {
        let found = self.customers.iter_mut().find(|customer| customer.person.username == person.username);
        found.expect("every person is a customer")
    }

    /// Moves money, at most once for each key.
    pub(crate) fn transfer(
        &mut self,
        person: &'static Person,
        wish: &Transfer,
        key: Option<&str>,
        now: Timestamp,
    ) -> Judged {
        let Some(key) = key else {
            return Judged { answer: self.carry_out(person, wish, now), replayed: false };
        };
        let asked = (wish.from.clone(), wish.to.clone(), wish.amount);
        let name = (person.username, key.to_owned());
        if let Some(done) = self.done.get(&name) {
            let same = done.asked == asked;
            return Judged {
                answer: if same { done.answer.clone() } else { Err(Refusal::KeyReused) },
                replayed: same,
            };
        }
        let answer = self.carry_out(person, wish, now);
        if self.done.len() < KEPT_KEYS {
            self.done.insert(name, Done { asked, answer: answer.clone() });
        }
        Judged { answer, replayed: false }
    }

    /// How many transfers moved money.
    pub(crate) fn transfers(&self) -> u64 {
        self.transfers
    }

    fn carry_out(
        &mut self,
        person: &'static Person,
        wish: &Transfer,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let (payer, from) = self
            .place(person, &wish.from)
            .filter(|place| self.is_of(*place, person))
            .ok_or(Refusal::UnknownAccount)?;
        let (payee, to) = self.place(person, &wish.to).ok_or(Refusal::UnknownAccount)?;
        if (payer, from) == (payee, to) {
            return Err(Refusal::SameAccount);
        }
        if self.customers[payer].accounts[from].balance < wish.amount {
            return Err(Refusal::Funds);
        }
        self.transfers += 1;
        let name = self.customers[payee].person.name;
        let source = &mut self.customers[payer].accounts[from];
        source.book(now, format!("To {name}"), Cents(-wish.amount.0));
        let answer = json!({ "transfer": {
            "id": format!("tr-{:06}", self.transfers),
            "from": source.kind,
            "to": wish.to,
            "amount": wish.amount,
            "currency": "EUR",
            "balance": source.balance,
        }});
        self.customers[payee].accounts[to].book(now, format!("From {}", person.name), wish.amount);
        Ok(answer)
    }

    /// Finds an own account by its kind, or anybody's by its number.
    fn place(&self, person: &Person, name: &str) -> Option<(usize, usize)> {
        self.customers.iter().enumerate().find_map(|(customer, found)| {
            let own = found.person.username == person.username;
            let is_it = |account: &Account| account.number == name.trim() || (own && account.is_called(name));
            Some((customer, found.accounts.iter().position(is_it)?))
        })
    }

    fn is_of(&self, (customer, _): (usize, usize), person: &Person) -> bool {
        self.customers[customer].person.username == person.username
    }
}

impl Customer {
    /// An account by its kind, however it is written, or by its number.
    pub(crate) fn account(&mut self, name: &str) -> Result<&mut Account, Refusal> {
        let found = self.accounts.iter_mut().find(|account| account.is_called(name));
        found.ok_or(Refusal::UnknownAccount)
    }
}

impl Account {
    pub(crate) fn as_json(&self) -> Value {
        let id: Number = self.id.parse().expect("the id is made of digits");
        json!({
            "name": self.kind,
            "nickname": self.nickname,
            "number": self.number,
            "id": id,
            "balance": self.balance,
            "currency": "EUR",
        })
    }

    fn is_called(&self, name: &str) -> bool {
        let name = name.trim();
        self.kind.eq_ignore_ascii_case(name) || self.number == name
    }

    fn book(&mut self, now: Timestamp, text: String, amount: Cents) {
        self.balance.0 += amount.0;
        self.transactions.insert(0, Transaction { date: date(now), text, amount });
    }
}

const NUMBERS: [[&str; 2]; 5] = [
    ["0012345678", "0012345686"],
    ["0023456789", "0023456797"],
    ["0034567890", "0034567908"],
    ["0000000042", "0000000059"],
    ["0056789012", "0056789020"],
];

const BALANCES: [[i64; 2]; 5] =
    [[123_450, 1_000_000], [-1_205, 31], [99_999_999, 10], [50_000, 7_777], [0, 0]];

fn open(at: usize, person: &'static Person, now: Timestamp) -> Customer {
    let account = |side: usize, kind| Account {
        kind,
        number: NUMBERS[at][side],
        id: format!("9007199254740993{at:04}{side:04}"),
        nickname: None,
        balance: Cents(BALANCES[at][side]),
        transactions: if BALANCES[at] == [0, 0] { Vec::new() } else { history(kind, now) },
    };
    Customer {
        person,
        email: format!("{}@example.com", person.username),
        accounts: vec![account(0, "checking"), account(1, "savings")],
        standing_orders: vec![
            StandingOrder { id: "so-1", text: "Rent", amount: Cents(85_000), day: 1 },
            StandingOrder { id: "so-2", text: "Gym & pool", amount: Cents(2_990), day: 15 },
        ],
    }
}

fn history(kind: &str, now: Timestamp) -> Vec<Transaction> {
    let lines: &[(u64, &str, i64)] = match kind {
        "checking" => &[
            (1, "Bakery \"M\u{fc}ller\" & Sons", -745),
            (2, "Salary", 310_000),
            (4, "Rent", -85_000),
            (9, "Cash", -10_000),
            (13, "Refund {order 17}", 1_999),
            (15, "Gym & pool", -2_990),
            (21, "Supermarket", -6_312),
            (30, "Phone", -1_500),
            (33, "Caf\u{e9} \u{2615}", -380),
            (40, "Books", -4_250),
            (41, "Train", -2_780),
            (55, "Interest", 1),
        ],
        _ => &[(3, "Saved", 20_000), (34, "Saved", 20_000), (60, "Interest", 312)],
    };
    let day = Duration::from_secs(24 * 60 * 60);
    let line = |&(ago, text, cents): &(u64, &str, i64)| {
        let days = u32::try_from(ago).unwrap_or(u32::MAX);
        Transaction {
            date: date(now.minus(day.saturating_mul(days))),
            text: text.to_owned(),
            amount: Cents(cents),
        }
    };
    lines.iter().map(line).collect()
}

fn date(now: Timestamp) -> String {
    now.to_string().chars().take_while(|c| *c != 'T').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_secs(1_795_348_800);

    fn person(username: &str) -> &'static Person {
        people::by_username(username).unwrap()
    }

    fn wish(from: &str, to: &str, cents: i64) -> Transfer {
        Transfer { from: from.into(), to: to.into(), amount: Cents(cents) }
    }

    fn total(ledger: &Ledger) -> i64 {
        ledger.customers.iter().flat_map(|customer| &customer.accounts).map(|account| account.balance.0).sum()
    }

    fn balance(ledger: &mut Ledger, username: &str, account: &str) -> i64 {
        ledger.customer(person(username)).account(account).ok().unwrap().balance.0
    }

    #[test]
    fn money_moves_and_none_is_made() {
        let mut ledger = Ledger::opened_at(NOON);
        let before = total(&ledger);
        let judged = ledger.transfer(person("alice"), &wish("Checking", " savings ", 450), None, NOON);
        assert_eq!(judged.answer.unwrap()["transfer"]["balance"].to_string(), "1230.00");
        let judged = ledger.transfer(person("alice"), &wish("savings", "0023456789", 100), None, NOON);
        assert!(judged.answer.is_ok());
        assert_eq!(balance(&mut ledger, "alice", "savings"), 1_000_350);
        assert_eq!(balance(&mut ledger, "bob", "checking"), -1_105);
        assert_eq!((total(&ledger), ledger.transfers()), (before, 2));
    }

    #[test]
    fn what_cannot_be_moved_stays() {
        let mut ledger = Ledger::opened_at(NOON);
        let before = total(&ledger);
        for (from, to, cents, refusal) in [
            ("checking", "savings", 123_451, Refusal::Funds),
            ("checking", "checking", 1, Refusal::SameAccount),
            ("checking", "0012345678", 1, Refusal::SameAccount),
            ("0023456789", "checking", 1, Refusal::UnknownAccount),
            ("gold", "checking", 1, Refusal::UnknownAccount),
            ("checking", "12345678", 1, Refusal::UnknownAccount),
        ] {
            let judged = ledger.transfer(person("alice"), &wish(from, to, cents), None, NOON);
            assert_eq!(judged.answer, Err(refusal), "{from} {to}");
        }
        assert_eq!((total(&ledger), ledger.transfers()), (before, 0));
        assert_eq!(balance(&mut ledger, "alice", "checking"), 123_450);
    }

    #[test]
    fn a_key_works_once_for_one_person_and_one_wish() {
        let mut ledger = Ledger::opened_at(NOON);
        let first = ledger.transfer(person("alice"), &wish("checking", "savings", 100), Some("k"), NOON);
        let again = ledger.transfer(person("alice"), &wish("checking", "savings", 100), Some("k"), NOON);
        assert_eq!((first.replayed, again.replayed), (false, true));
        assert_eq!(first.answer, again.answer);
        let other = ledger.transfer(person("alice"), &wish("checking", "savings", 101), Some("k"), NOON);
        assert_eq!(other.answer, Err(Refusal::KeyReused));
        assert!(
            ledger
                .transfer(person("dave"), &wish("checking", "savings", 100), Some("k"), NOON)
                .answer
                .is_ok()
        );
        assert_eq!(balance(&mut ledger, "alice", "checking"), 123_350);
        assert_eq!(ledger.transfers(), 2);
    }

    #[test]
    fn ids_and_numbers_keep_every_digit() {
        let mut ledger = Ledger::opened_at(NOON);
        let json = ledger.customer(person("alice")).accounts[0].as_json().to_string();
        assert!(json.contains("\"number\":\"0012345678\""), "{json}");
        assert!(json.contains("\"id\":900719925474099300000000,"), "{json}");
        assert!(json.contains("\"balance\":1234.50,"), "{json}");
    }

    #[test]
    fn history_is_dated_before_today() {
        let mut ledger = Ledger::opened_at(NOON);
        let newest = ledger.customer(person("alice")).accounts[0].transactions[0].clone();
        assert_eq!(newest.date, "2026-11-21");
        assert!(
            ledger.customer(person("erin")).accounts.iter().all(|account| account.transactions.is_empty())
        );
    }
}
