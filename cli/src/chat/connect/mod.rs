//! A conversation through the webhooks of a running demo: what is typed goes to the stand-in of a provider, which calls
//! the server as the provider would, and what the bots send to the provider is shown.

mod client;
mod heard;
mod input;
mod lines;
mod problem;
mod terminal;

use std::io::{IsTerminal as _, stdin, stdout};

use countersign_model::ChannelKind;

use self::client::Client;
pub(crate) use self::problem::ConnectError;
use crate::color::Paint;
use crate::problem::Stop;
use crate::talk;

/// Where the stand-ins of a demo are when nobody said otherwise.
pub(crate) const USUAL_URL: &str = "http://127.0.0.1:8081";

/// What is talked to, and as whom.
pub(crate) struct Options {
    pub(crate) url: String,
    pub(crate) channel: ChannelKind,
    pub(crate) user: String,
    /// Where a channel has several.
    pub(crate) line: Option<String>,
    pub(crate) paint: Paint,
}

/// Talks until the user leaves or the call is over.
pub(crate) fn run(options: Options) -> Result<(), Stop> {
    let runtime = talk::runtime()?;
    runtime.block_on(async {
        let client = Client::open(&options).await?;
        match stdin().is_terminal() && stdout().is_terminal() {
            true => terminal::run(client, options.paint).await,
            false => lines::run(client).await,
        }
    })
}
