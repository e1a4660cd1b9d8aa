//! What the server counts, by the names under which it is kept (`countersign_store::Stat::what`).

/// A message of a user.
pub const MESSAGE_IN: &str = "message_in";
/// A message that a channel took.
pub const MESSAGE_OUT: &str = "message_out";
/// A message that was given up.
pub const OUT_FAILED: &str = "out_failed";
/// A conversation that began: nothing was under way, and the bot began a script.
pub const CONVERSATION: &str = "conversation";
/// A login, by outcome: [`OK`], [`REFUSED`], [`UNAVAILABLE`], [`LAPSED`].
pub const LOGIN: &str = "login";
/// A token was got.
pub const OK: &str = "ok";
/// The auth service refused.
pub const REFUSED: &str = "refused";
/// The auth service could not be asked.
pub const UNAVAILABLE: &str = "unavailable";
/// The user did not answer in time.
pub const LAPSED: &str = "lapsed";
/// A call of a component, by component and duration: see [`countersign_store::latency::label`].
pub const CALL: &str = "call";
/// A call that failed, by component.
pub const CALL_FAILED: &str = "call_failed";
/// A step that was reached, by its place in the bot file.
pub const STEP_REACHED: &str = "step_reached";
/// A step at which the user went silent, by its place in the bot file.
pub const STEP_LEFT: &str = "step_left";

/// All of them.
pub const ALL: [&str; 9] =
    [MESSAGE_IN, MESSAGE_OUT, OUT_FAILED, CONVERSATION, LOGIN, CALL, CALL_FAILED, STEP_REACHED, STEP_LEFT];
