//! `countersign serve`

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use countersign_runner::TokioSleeper;
use countersign_server::{Seams, Server, StartError, SteadyClock, harden};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::config::ConfigArgs;
use super::operator::now;
use crate::logging;
use crate::problem::{NEGATIVE, Problem, Stop};

/// Run the server.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign serve
  countersign serve --config /etc/countersign/countersign.toml
  COUNTERSIGN_LISTEN=0.0.0.0:8080 countersign serve

SIGHUP reads the bot files again. SIGTERM and Ctrl-C let what runs end, and stop
the server; a second one stops it at once, and nothing is lost either.

Exit codes: 0 it was stopped, 1 a bot file has errors and no version of it was
in service before, 2 the server cannot start.")]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
}

pub(crate) fn run(args: &Args, verbosity: u8, err: &mut impl Write) -> Result<(), Stop> {
    let config = args.config.read()?;
    logging::serve(config.log, verbosity);
    arm_failpoint()?;
    if let Err(error) = harden() {
        tracing::warn!("{error}");
    }
    let stop_timeout = config.limits.stop_timeout;
    let runtime = runtime().map_err(Problem::Io)?;
    let result = runtime.block_on(async {
        let server = match Server::open(config, seams()).await {
            Ok(server) => server,
            Err(error @ StartError::Bots { .. }) => {
                // It is many lines long: what the check says, with the lines of the file.
                writeln!(err, "error: {error}")?;
                return Err(Stop::Told(NEGATIVE));
            }
            Err(error) => return Err(Problem::Setup(error.to_string()).into()),
        };
        let app = server.app();
        tracing::info!(
            address = %server.addr(),
            public_url = %app.public_url,
            channels = app.channels.len(),
            version = env!("CARGO_PKG_VERSION"),
            "the server listens"
        );
        for refused in server.refused() {
            writeln!(err, "warning: {refused}\nhelp: the version that was in service before stays")?;
        }
        let stop = CancellationToken::new();
        tokio::spawn(hear_signals(stop.clone(), server.reload()));
        server.run(stop).await;
        tracing::info!("the server has stopped");
        Ok(())
    });
    runtime.shutdown_timeout(stop_timeout.min(std::time::Duration::from_secs(1)));
    result
}

/// A runtime with a thread for each processor; on one processor a runtime of one thread, which does the same work with
/// fewer wake-ups.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let one = std::thread::available_parallelism().is_ok_and(|processors| processors.get() == 1);
    let mut builder = if one {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    builder.enable_all().build()
}

/// The clock, the randomness and the patience of this machine.
pub(crate) fn seams() -> Seams {
    let start = Instant::now();
    Seams {
        clock: Arc::new(SteadyClock::new(now, move || start.elapsed())),
        random: Arc::new(|| RandomState::new().build_hasher().finish()),
        sleeper: Arc::new(TokioSleeper),
        transport: None,
    }
}

async fn hear_signals(stop: CancellationToken, reload: Arc<countersign_server::Reload>) {
    let signals =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()), signal(SignalKind::hangup()));
    let (Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)) = signals else {
        tracing::error!("the system does not tell of signals; only SIGKILL will stop the server");
        return;
    };
    loop {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {
                match reload.bots().await {
                    Ok(done) => tracing::info!(
                        published = done.published,
                        refused = done.refused,
                        "the bot files were read again"
                    ),
                    Err(error) => tracing::error!(%error, "the bot files were not read again"),
                }
                continue;
            }
        }
        if stop.is_cancelled() {
            // What was accepted is on disk, and the next start goes on with it.
            std::process::exit(0);
        }
        tracing::info!("the server stops; what runs has a moment to end");
        stop.cancel();
    }
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
pub(crate) fn arm_failpoint() -> Result<(), Problem> {
    match std::env::var("COUNTERSIGN_FAILPOINT") {
        Ok(setting) => {
            countersign_store::failpoint::arm(&setting).map_err(|error| Problem::Setup(error.to_string()))
        }
        Err(_) => Ok(()),
    }
}
