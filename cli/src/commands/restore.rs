//! `countersign restore`

use std::io::Write;
use std::path::PathBuf;

use countersign_store_sql::{BackupError, Restore};

use super::config::ConfigArgs;
use super::operator::failed;
use crate::problem::{Problem, Stop};

/// Bring a backup back.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign restore backups/2026-11-22.db
  countersign restore --replace backups/2026-11-22.db

Stop the server first. Afterwards nothing is sent until you have looked at the
outbox: `countersign outbox show`, then `release` or `discard`.")]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
    /// The backup; the file with `.json` behind its name lies beside it.
    #[arg(value_name = "FILE")]
    from: PathBuf,
    /// Take the place of the database that is there.
    #[arg(long)]
    replace: bool,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<(), Stop> {
    let config = args.config.read()?;
    let how = if args.replace { Restore::Replace } else { Restore::New };
    let made = countersign_store_sql::restore(&args.from, &config.store, how).map_err(problem)?;
    writeln!(out, "{} is as it was at {}", config.store.display(), made.made_at)?;
    writeln!(out, "messages that wait to be sent: {}; they are held", made.rows.outbox)?;
    writeln!(out, "look at them with `countersign outbox show`, then `release` or `discard`")?;
    Ok(())
}

fn problem(why: BackupError) -> Problem {
    match why {
        BackupError::Exists(path) => Problem::Setup(format!(
            "{} is there already; with `--replace` the backup takes its place, and what it has is lost",
            path.display()
        )),
        why => failed(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_a_database_is_told_how_to_replace_it() {
        let there = problem(BackupError::Exists("countersign.db".into()));
        assert_eq!(
            there.to_string(),
            "countersign.db is there already; with `--replace` the backup takes its place, and what it has is lost"
        );
        let other = problem(BackupError::NoManifest("a.db.json".into()));
        assert_eq!(other.to_string(), "a.db.json cannot be read; a backup is two files, keep them together");
    }
}
