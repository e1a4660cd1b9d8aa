//! Runs the demo bank until Ctrl-C.

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Parser;
use countersign_bank::{Bank, BankOptions, serve};
use countersign_model::Timestamp;
use tokio::net::TcpListener;

/// A demo bank: an auth service and API to try Countersign with. `GET /` explains it.
#[derive(Parser)]
#[command(name = "countersign-bank", version)]
struct Arguments {
    /// Where to listen. Its passwords are public, so keep it on this machine.
    #[arg(long, default_value = "127.0.0.1:8090", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// How many seconds a token lives.
    #[arg(long, default_value_t = 900, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86400))]
    token_lifetime: u64,
    /// Let POST /faults make it misbehave.
    #[arg(long)]
    faults: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: the bank cannot listen on {}: {error}", arguments.listen);
            eprintln!("help: choose another address and port with `--listen`; port 0 takes any that is free");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &Arguments) -> io::Result<()> {
    let listener = TcpListener::bind(arguments.listen).await?;
    println!("Demo bank on http://{}", listener.local_addr()?);
    let mut options = BankOptions::new(Arc::new(system_time));
    options.token_lifetime = Duration::from_secs(arguments.token_lifetime);
    options.print_codes = true;
    options.allow_fault_switch = arguments.faults;
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            // No signals on this system: run until killed.
            std::future::pending::<()>().await;
        }
    };
    serve(listener, Bank::new(options), interrupted).await
}

#[expect(clippy::disallowed_methods, reason = "the clock of the demo bank enters here")]
fn system_time() -> Timestamp {
    let micros = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    Timestamp::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}
