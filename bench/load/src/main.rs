//! Drives a server with the conversations of many users over WhatsApp, and measures it.
//!
//! One conversation: hi → user name → password (the bot logs the user in at the company) → balance → balance (calls of
//! the company's API with the user's own token) → bye. This program is the users, the provider (it signs webhooks and
//! takes replies) and the company (auth service and API). It has one thread; a server measured beside it has the other
//! core. Every reply is checked: each user has a balance of their own, so a mixed-up token is noticed.

mod company;
mod fill;
mod inflight;
mod measure;
mod provider;
mod server;
mod stored;
mod targets;
mod users;
mod versions;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Drives a Countersign server and measures it.
#[derive(Parser)]
#[command(name = "countersign-load", version)]
struct Arguments {
    /// The program to measure.
    #[arg(long, default_value = "target/release/countersign", global = true)]
    server: PathBuf,
    /// What stands before the program on its command line, such as `taskset -c 0`.
    #[arg(long, default_value = "", global = true)]
    under: String,
    /// Where the server keeps its file; a new directory under it is removed at the end.
    #[arg(long, default_value = "target", global = true)]
    dir: PathBuf,
    /// Print one line of JSON in place of a table.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The program and the floor in turns: the table of targets that `make bench` prints.
    Targets(targets::TargetArguments),
    /// Makes a directory with a store full of idle conversations.
    Fill {
        /// The directory.
        #[arg(long)]
        at: PathBuf,
        /// So many.
        #[arg(long, default_value_t = 1_000_000)]
        conversations: u64,
    },
    /// Starts the program on a directory that was filled, and measures it.
    Stored {
        /// The directory.
        #[arg(long)]
        at: PathBuf,
        /// How long it and the program on an empty store are measured each time, in seconds.
        #[arg(long, default_value_t = 4)]
        secs: u64,
        /// How often.
        #[arg(long, default_value_t = 2)]
        rounds: usize,
    },
    /// Idle conversations that were really held: what each costs on disk and in memory.
    Idle {
        /// So many.
        #[arg(long, default_value_t = 60_000)]
        conversations: u64,
    },
    /// Thousands of logins at a slow auth service at once.
    Inflight(inflight::InflightArguments),
    /// The start with many versions of a bot.
    Versions(versions::VersionArguments),
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
    /// Users from this number on: those below are stored already.
    #[arg(long, default_value_t = 0)]
    first_user: u64,
}

impl Default for RunArguments {
    fn default() -> Self {
        Self {
            users: 64,
            rate: None,
            secs: 8,
            delay_ms: 0,
            statuses: 0,
            idle: None,
            repeat: 0.0,
            first_user: 0,
        }
    }
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
            What::Targets(wanted) => targets::targets(&arguments, wanted).await,
            What::Fill { at, conversations } => {
                println!("{}", fill::fill(&arguments, at, *conversations).await?);
                Ok(())
            }
            What::Stored { at, secs, rounds } => stored::stored(&arguments, at, *secs, *rounds).await,
            What::Idle { conversations } => {
                println!("{}", measure::idle(&arguments, *conversations).await?);
                Ok(())
            }
            What::Inflight(wanted) => inflight::inflight(&arguments, wanted).await,
            What::Versions(wanted) => versions::versions(&arguments, wanted).await,
        }
    })
}
