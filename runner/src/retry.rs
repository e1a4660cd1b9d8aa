//! When a request or a delivery is made again.

use std::time::Duration;

use countersign_egress::{EgressError, IncomingResponse, MaybeSent};

use crate::parts::Random;

/// The longest that an API may ask to wait before its answer is taken as it is.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What may be done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// A login: only when nothing of it can have left, and once.
    Login,
    /// A call that must not happen twice: the same.
    Never,
    /// A call that may: so many times.
    Times(u8),
}

impl Repeat {
    /// After a failure: how long to wait before the next attempt; `None` when there is none. `made` counts the
    /// attempts that were made.
    pub(crate) fn after_error(self, error: &EgressError, made: u32, random: &dyn Random) -> Option<Duration> {
        let times = match (error, self) {
            (EgressError::Refused(_), _) => 0,
            (EgressError::NotSent { .. }, Self::Login | Self::Never) => 1,
            (EgressError::NotSent { .. }, Self::Times(times)) => u32::from(times).max(1),
            (EgressError::MaybeSent { .. }, Self::Login | Self::Never) => 0,
            (EgressError::MaybeSent { cause, .. }, Self::Times(times)) => match cause {
                MaybeSent::Deadline(_) | MaybeSent::ConnectionLost => u32::from(times),
                // The same answer would come again.
                _ => 0,
            },
        };
        (made <= times).then(|| jitter(random))
    }

    /// After an answer: how long to wait before the next attempt; `None` when the answer is taken. 429 and 503 may
    /// say how long.
    pub(crate) fn after_answer(
        self,
        answer: &IncomingResponse,
        made: u32,
        random: &dyn Random,
    ) -> Option<Duration> {
        let Self::Times(times) = self else { return None };
        if made > u32::from(times) || !matches!(answer.status, 429 | 502 | 503 | 504) {
            return None;
        }
        let asked = answer.header("retry-after").and_then(|value| value.trim().parse().ok());
        match asked.map(Duration::from_secs) {
            Some(wait) => (wait <= LONGEST_WAIT).then_some(wait),
            None => (answer.status != 429).then(|| jitter(random)),
        }
    }
}

/// Between 0.2 and 2 seconds, evenly, so that many do not come back at once.
fn jitter(random: &dyn Random) -> Duration {
    Duration::from_micros(200_000 + random.next() % 1_800_001)
}

/// How long to wait before a delivery is made again: twice as long each time, from 1 second to 5 minutes, and between
/// half and all of it.
pub(crate) fn backoff(attempts: u32, random: &dyn Random) -> Duration {
    let whole = 1_000_000u64.saturating_mul(1 << attempts.min(20)).min(300_000_000);
    Duration::from_micros(whole / 2 + random.next() % (whole / 2 + 1))
}

#[cfg(test)]
mod tests {
    use countersign_egress::{NotSent, Refusal};

    use super::*;

    fn origin() -> countersign_egress::Origin {
        "https://bank.example/".parse().unwrap()
    }

    #[test]
    fn a_login_is_made_again_only_when_nothing_left_and_once() {
        let random = || 0;
        let not_sent = EgressError::NotSent { origin: origin(), cause: NotSent::ConnectionRefused };
        let lost = EgressError::MaybeSent { origin: origin(), cause: MaybeSent::ConnectionLost };
        let late =
            EgressError::MaybeSent { origin: origin(), cause: MaybeSent::Deadline(Duration::from_secs(1)) };
        for repeat in [Repeat::Login, Repeat::Never] {
            assert!(repeat.after_error(&not_sent, 1, &random).is_some());
            assert!(repeat.after_error(&not_sent, 2, &random).is_none());
            assert!(repeat.after_error(&lost, 1, &random).is_none());
            assert!(repeat.after_error(&late, 1, &random).is_none());
            for status in [429, 502, 503, 504] {
                let answer = IncomingResponse::new(status, Vec::new(), Vec::new());
                assert!(repeat.after_answer(&answer, 1, &random).is_none());
            }
        }
        assert!(Repeat::Times(2).after_error(&lost, 2, &random).is_some());
        assert!(Repeat::Times(2).after_error(&lost, 3, &random).is_none());
        assert!(Repeat::Times(0).after_error(&not_sent, 1, &random).is_some());
        assert!(Repeat::Times(0).after_error(&lost, 1, &random).is_none());
    }

    #[test]
    fn what_would_fail_again_is_not_repeated() {
        let random = || 0;
        let again = Repeat::Times(5);
        for cause in [
            MaybeSent::Malformed,
            MaybeSent::BodyTooLarge { limit: 1 },
            MaybeSent::Redirected { status: 302 },
            MaybeSent::Encoding,
        ] {
            assert!(
                again.after_error(&EgressError::MaybeSent { origin: origin(), cause }, 1, &random).is_none()
            );
        }
        assert!(again.after_error(&EgressError::Refused(Refusal::Fragment), 1, &random).is_none());
        for status in [200, 400, 401, 404, 500, 501] {
            let answer = IncomingResponse::new(status, Vec::new(), Vec::new());
            assert!(again.after_answer(&answer, 1, &random).is_none(), "{status}");
        }
    }

    #[test]
    fn retry_after_is_kept_up_to_ten_seconds() {
        let random = || 0;
        let wait = |status, value: &str| {
            let headers = vec![("retry-after".to_owned(), value.to_owned())];
            Repeat::Times(1).after_answer(&IncomingResponse::new(status, headers, Vec::new()), 1, &random)
        };
        assert_eq!(wait(503, "10"), Some(Duration::from_secs(10)));
        assert_eq!(wait(429, " 3 "), Some(Duration::from_secs(3)));
        assert_eq!(wait(503, "11"), None);
        assert_eq!(wait(429, "Wed, 21 Oct 2026 07:28:00 GMT"), None);
        assert_eq!(wait(503, "soon"), Some(Duration::from_millis(200)));
    }

    #[test]
    fn waits_lie_within_their_bounds() {
        for number in [0, 1, 1_799_999, 1_800_000, 1_800_001, u64::MAX] {
            let wait = jitter(&(move || number));
            assert!((Duration::from_millis(200)..=Duration::from_secs(2)).contains(&wait));
            for (attempts, longest) in [(0, 1), (1, 2), (5, 32), (9, 300), (200, 300)] {
                let wait = backoff(attempts, &(move || number));
                let longest = Duration::from_secs(longest);
                assert!(wait >= longest / 2 && wait <= longest, "{attempts} {wait:?}");
            }
        }
    }
}
