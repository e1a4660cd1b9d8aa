use countersign_model::Timestamp;

/// A time as the API writes it: RFC 3339 in UTC, with milliseconds.
pub fn rfc3339(at: Timestamp) -> String {
    // Beyond what a calendar has there is no time of anything.
    let millis = at.as_micros().div_euclid(1000);
    jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MAX).to_string()
}

/// A time that was written so; `None` when it is none.
pub fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>().ok().map(|at| Timestamp::from_micros(at.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_and_read() {
        let at = Timestamp::from_micros(1_790_000_061_250_000);
        assert_eq!(rfc3339(at), "2026-09-21T14:14:21.25Z");
        assert_eq!(timestamp(&rfc3339(at)), Some(at));
        assert_eq!(timestamp("yesterday"), None);
        assert!(rfc3339(Timestamp::from_micros(i64::MAX)).starts_with("9999-"));
    }
}
