//! Drives a server with the conversations of many users over WhatsApp, and measures it.
//!
//! One conversation: hi → user name → password (the bot logs the user in at the company) → balance → balance (calls of
//! the company's API with the user's own token) → bye. This program is the users, the provider (it signs webhooks and
//! takes replies) and the company (auth service and API). It has one thread; a server measured beside it has the other
//! core. Every reply is checked: each user has a balance of their own, so a mixed-up token is noticed.

mod company;
mod measure;
mod provider;
mod server;
mod users;

use std::time::Duration;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Drives a Countersign server and measures it.
#[derive(Parser)]
#[command(name = "countersign-load", version)]
struct Arguments {
    /// The program to measure.
    #[arg(long, default_value = "target/release/countersign", global = true)]
    server: std::path::PathBuf,
    /// What stands before the program on its command line, such as `taskset -c 0`.
    #[arg(long, default_value = "", global = true)]
    under: String,
    /// Where the server keeps its file; a new directory under it is removed at the end.
    #[arg(long, default_value = "target", global = true)]
    dir: std::path::PathBuf,
    /// Print one line of JSON in place of a table.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The whole table that `make bench` prints.
    All {
        /// How long each line is measured, in seconds.
        #[arg(long, default_value_t = 8)]
        secs: u64,
        /// Conversations that are stored before the cold start is measured.
        #[arg(long, default_value_t = 200_000)]
        stored: u64,
    },
    /// Conversations, as many as the server carries or at a rate.
    Run(RunArguments),
    /// From starting the program to its first answer.
    Cold {
        /// How often.
        #[arg(long, default_value_t = 9)]
        runs: usize,
    },
}

/// How the users behave.
#[derive(clap::Args, Clone, Debug)]
struct RunArguments {
    /// Users at once; each begins a new conversation when the last one has ended.
    #[arg(long, default_value_t = 64)]
    users: usize,
    /// Turns in a second that are begun at random moments, whatever the server does; then `users` is not used.
    #[arg(long)]
    rate: Option<f64>,
    /// How long, in seconds, after a warm-up of a fifth of it.
    #[arg(long, default_value_t = 8)]
    secs: u64,
    /// How long the auth service and the API take, in milliseconds.
    #[arg(long, default_value_t = 0)]
    delay_ms: u64,
    /// Status webhooks for every reply: sent, delivered, read.
    #[arg(long, default_value_t = 0)]
    statuses: usize,
    /// End after so many conversations in place of a time, each left logged in before its `bye`.
    #[arg(long)]
    idle: Option<u64>,
    /// The part of webhooks that are sent twice, from 0 to 1.
    #[arg(long, default_value_t = 0.0)]
    repeat: f64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        match &arguments.what {
            What::Run(run) => {
                let setup = server::Setup::new(&arguments).await?;
                let report = measure::run(&setup, run).await?;
                println!("{}", if arguments.json { report.json().to_string() } else { report.table() });
                setup.server.stop().await
            }
            What::Cold { runs } => {
                let cold = measure::cold(&arguments, *runs).await?;
                println!("{cold}");
                Ok(())
            }
            What::All { secs, stored } => measure::all(&arguments, Duration::from_secs(*secs), *stored).await,
        }
    })
}
