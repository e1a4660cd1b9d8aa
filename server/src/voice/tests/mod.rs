//! Whole calls, from signed webhooks to what the caller hears, over the memory store and a bank that can be slow.

mod calls;
mod phone;
mod rig;
mod trouble;
