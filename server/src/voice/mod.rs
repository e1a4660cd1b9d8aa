//! Calls on the phone: a webhook waits for its turn and is answered with what the caller hears.
