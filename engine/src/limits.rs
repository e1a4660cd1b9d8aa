use std::time::Duration;

/// Bounds of one turn and of waiting (SECURITY §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps that one input may run.
    pub steps: u32,
    /// Messages that one input may send.
    pub sends: u32,
    /// Calls that may follow one message of the user.
    pub calls: u32,
    /// How deep scripts may run scripts.
    pub depth: usize,
    /// How long a login waits for the user.
    pub login_lapse: Duration,
    /// How long a login page can be posted.
    pub page_life: Duration,
    /// How long the digits of a page are waited for.
    pub digits_life: Duration,
    /// How long a sealed answer is of use: what a login with several questions takes, each answered in time.
    pub answer_life: Duration,
    /// How long a message that the bot has no use for is taken for a secret, after a secret question that was answered
    /// wrongly, lapsed or was cancelled.
    pub guard_after_failure: Duration,
    /// The same after a secret that was good: it may have been sent twice.
    pub guard_after_success: Duration,
    /// The longest text that a variable keeps, in bytes.
    pub value_len: usize,
    /// All that the variables of a session keep, in bytes.
    pub values_len: usize,
}

impl Limits {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        steps: 200,
        sends: 20,
        calls: 10,
        depth: 16,
        login_lapse: Duration::from_secs(15 * 60),
        page_life: Duration::from_secs(10 * 60),
        digits_life: Duration::from_secs(5 * 60),
        answer_life: Duration::from_secs(60 * 60),
        guard_after_failure: Duration::from_secs(120),
        guard_after_success: Duration::from_secs(10),
        value_len: 4096,
        values_len: 32 * 1024,
    };
}
