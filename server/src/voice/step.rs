use countersign_model::Name;
use url::Url;

/// Where in a call a webhook is, as it stands in the query of its address: `step=3&from=7`, and `&wait=1` while
/// something takes long. The first webhook of a call has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Step {
    /// Which webhook of the call it is, from 0.
    pub(super) number: u32,
    /// The first line of the transcript that the caller has not heard.
    pub(super) from: u64,
    /// How many times the provider has asked in vain.
    pub(super) waited: u32,
}

impl Step {
    /// From a query; what is not there or makes no sense is 0.
    pub(super) fn read(query: &str) -> Self {
        let find = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(known, _)| known == name).map(|(_, value)| value)
        };
        let number = |name: &str| find(name).and_then(|value| value.parse().ok()).unwrap_or(0);
        Self {
            number: number("step"),
            from: find("from").and_then(|value| value.parse().ok()).unwrap_or(0),
            waited: number("wait"),
        }
    }

    /// The next one, after which the caller has heard everything before the line `from`.
    pub(super) fn following(&self, from: u64) -> Self {
        Self { number: self.number.saturating_add(1), from, waited: 0 }
    }

    /// The next one, in which nothing is answered and only asked again.
    pub(super) fn waiting(&self, from: u64, waited: u32) -> Self {
        Self { waited, ..self.following(from) }
    }

    /// Where the provider finds it.
    pub(super) fn address(&self, public_url: &Url, channel: &Name) -> String {
        let base = public_url.as_str().trim_end_matches('/');
        let Self { number, from, waited } = self;
        let wait = if *waited == 0 { String::new() } else { format!("&wait={waited}") };
        format!("{base}/hooks/{channel}?step={number}&from={from}{wait}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_read_as_it_was_written() {
        let first = Step::read("");
        assert_eq!(first, Step::default());
        let second = first.following(4);
        let url = Url::parse("https://bots.example.com/acme/").unwrap();
        let address = second.address(&url, &"phone-1".parse().unwrap());
        assert_eq!(address, "https://bots.example.com/acme/hooks/phone-1?step=1&from=4");
        assert_eq!(Step::read(address.split_once('?').unwrap().1), second);
        let waiting = second.waiting(5, 3);
        let address = waiting.address(&url, &"phone-1".parse().unwrap());
        assert!(address.ends_with("?step=2&from=5&wait=3"));
        assert_eq!(Step::read(address.split_once('?').unwrap().1), waiting);
    }

    #[test]
    fn nonsense_is_the_beginning() {
        for query in ["step=x", "step=-1&from=&wait=99999999999", "&&=", "step=4294967296", "%ff=%"] {
            assert_eq!(Step::read(query), Step::default(), "{query}");
        }
        assert_eq!(Step::read("step=4294967295").following(0).number, u32::MAX);
    }
}
