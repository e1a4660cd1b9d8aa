//! The hunt for leaks: made-up secrets go through whole logins and calls that succeed, fail, hang, crash and are
//! repeated back; then everything that anybody could read is searched for them.

mod canary;
mod conversations;
mod parrot;
mod program;
mod server;
mod things;
