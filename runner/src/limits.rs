use std::time::Duration;

use countersign_store::Retention;

use crate::breaker::Breaking;
use crate::flood::Flood;
use crate::guard::Bulkhead;
use crate::logins::LoginLimits;
use crate::pingpong::PingPong;

/// What a runner allows, and for how long it keeps things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How much one contact may send; `None` is no limit.
    pub flood: Option<Flood>,
    /// When a contact is taken for a bot that answers ours; `None` is never.
    pub pingpong: Option<PingPong>,
    /// So many new contacts of one messaging channel are taken in a minute; 0 is no limit.
    pub new_contacts_per_minute: u32,
    /// So many messages a workspace sends by SMS and WhatsApp on a day in UTC; 0 is no limit.
    pub paid_sends_per_day: u32,
    /// Events that the provider dates further back are left out: their ids may have been forgotten, so it could be
    /// somebody who plays them again (SECURITY §3.5).
    pub oldest_event: Duration,
    /// How many logins may fail.
    pub logins: LoginLimits,
    /// When a server that fails is left alone.
    pub breaking: Breaking,
    /// How many calls one server has at once.
    pub bulkhead: Bulkhead,
    /// How long things are kept.
    pub retention: Retention,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            flood: Some(Flood::default()),
            pingpong: Some(PingPong::default()),
            new_contacts_per_minute: 0,
            paid_sends_per_day: 0,
            oldest_event: Duration::from_secs(8 * 24 * 3600),
            logins: LoginLimits::default(),
            breaking: Breaking::default(),
            bulkhead: Bulkhead::default(),
            retention: Retention::default(),
        }
    }
}
