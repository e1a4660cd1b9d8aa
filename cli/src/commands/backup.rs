//! `countersign backup`

use std::io::Write;
use std::path::PathBuf;

use super::config::ConfigArgs;
use super::operator::{failed, now};
use crate::problem::Stop;

/// Copy the database while the server runs.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign backup backups/2026-11-22.db
  countersign backup --config /etc/countersign/countersign.toml /var/backups/countersign.db

A second file with `.json` behind the name says what the copy holds; keep both
together. No master key is in it: back up the key file too, at another place.")]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
    /// The copy; there must be no such file yet.
    #[arg(value_name = "FILE")]
    to: PathBuf,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<(), Stop> {
    let config = args.config.read()?;
    let program = concat!("countersign ", env!("CARGO_PKG_VERSION"));
    let made = countersign_store_sql::backup(&config.store, &args.to, program, now()).map_err(failed)?;
    let rows = made.rows;
    let (conversations, logins) =
        (counted(rows.conversations, "conversation"), counted(rows.tokens, "login"));
    let waiting = counted(rows.outbox, "message");
    let to = args.to.display();
    writeln!(out, "{to}: {} bytes, {conversations}, {logins}, {waiting} to be sent", made.bytes)?;
    Ok(())
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        assert_eq!([0, 1, 2].map(|number| counted(number, "login")), ["0 logins", "1 login", "2 logins"]);
    }
}
