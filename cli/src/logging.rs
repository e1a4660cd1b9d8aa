//! The log, and what is said when the program itself is at fault.

use std::io::Write as _;

use countersign_server::{Log, LogFormat};
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// The variable that sets the log by part.
const VARIABLE: &str = "COUNTERSIGN_LOG";

/// Starts the log on the standard error; `-v` tells more the more often it is given.
pub(crate) fn start(verbosity: u8) {
    let level = level_of(verbosity);
    let filter =
        EnvFilter::builder().with_default_directive(level.into()).with_env_var(VARIABLE).from_env_lossy();
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_filter(filter.and(filter_fn(may_be_written)));
    // Fails only when a log has been started already.
    let _ = tracing_subscriber::registry().with(layer).try_init();
}

/// Starts the log of the server on the standard error, as its configuration says; `-v` tells more than that.
pub(crate) fn serve(log: Log, verbosity: u8) {
    let configured = log.level.name().parse().unwrap_or(LevelFilter::INFO);
    let level = configured.max(level_of(verbosity));
    let filter =
        EnvFilter::builder().with_default_directive(level.into()).with_env_var(VARIABLE).from_env_lossy();
    let filter = filter.and(filter_fn(may_be_written));
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let registry = tracing_subscriber::registry();
    // Fails only when a log has been started already.
    let _ = match log.format {
        LogFormat::Text => registry.with(layer.with_filter(filter)).try_init(),
        LogFormat::Json => registry.with(layer.json().flatten_event(true).with_filter(filter)).try_init(),
    };
}

fn level_of(verbosity: u8) -> LevelFilter {
    match verbosity {
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

/// Libraries of others write requests and headers at their lower levels, secrets included; those are never written.
fn may_be_written(metadata: &Metadata<'_>) -> bool {
    let ours = metadata.target().split("::").next().is_some_and(|part| part.starts_with("countersign"));
    ours || *metadata.level() <= Level::INFO
}

/// Replaces the message of a panic by one without its payload, which may hold what a user wrote.
pub(crate) fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
        let _ = writeln!(
            std::io::stderr(),
            "error: countersign stopped because of a mistake in itself{}\nhelp: please report it with this line",
            place.unwrap_or_default()
        );
    }));
}
