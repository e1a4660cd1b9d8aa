//! `countersign keys`

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use countersign_server::{Retired, Rotation, Workshop};
use countersign_vault::KeyFile;

use super::config::ConfigArgs;
use super::operator::{failed, wait};
use crate::problem::{Problem, Stop};

/// Change the keys that seal tokens and answers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign keys make /etc/countersign/countersign.keys
  countersign keys rotate                      a new master key; nobody has to log in again
  countersign keys rotate --data-key           also a new data key, and tokens sealed by it
  countersign keys retire                      remove data keys that nothing is sealed by
  countersign keys rotate --retire             also take the old master keys out of the file
  countersign keys rotate --key-file /etc/countersign/master.keys
  countersign keys forget --yes                after the loss of a key file: users log in again

It works beside a running server, which takes over the keys within seconds.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make a key file. The server makes its own at its first start; this is for keys that systemd hands over.
    Make {
        /// The file; there must be none of that name yet.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Make a new master key, and wrap all data keys by it.
    Rotate {
        #[command(flatten)]
        of: Of,
        /// Also make a new data key: tokens are sealed by it, those of now and those to come. The one before is removed
        /// when nothing is sealed by it any more.
        #[arg(long)]
        data_key: bool,
        /// Also take the old master keys out of the file. Backups from before cannot be used without them, so keep a
        /// copy of the file as long as those.
        #[arg(long)]
        retire: bool,
    },
    /// Seal tokens by the newest data key, and remove those before it that nothing is sealed by any more. It goes on
    /// with a `rotate --data-key` that was broken off or could not remove a key yet.
    Retire {
        #[command(flatten)]
        of: Of,
    },
    /// Give up what was sealed by keys that are lost. Users log in again.
    Forget {
        #[command(flatten)]
        of: Of,
        /// Do it. Without it, what is lost is only listed.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Of {
    #[command(flatten)]
    config: ConfigArgs,
    /// The key file, when it is not the one of the configuration.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl Of {
    fn workshop(&self) -> Result<Workshop, Problem> {
        let workshop = Workshop::open(&self.config.read()?).map_err(failed)?;
        Ok(match &self.key_file {
            Some(path) => workshop.with_key_file(path.clone()),
            None => workshop,
        })
    }
}

/// A running server looks every second or two for new keys.
const PAUSE: Duration = Duration::from_secs(4);

fn tell(done: &Retired, out: &mut impl Write) -> std::io::Result<()> {
    if done.tokens.tokens > 0 {
        writeln!(out, "tokens sealed by the newest data key: {}", done.tokens.tokens)?;
    }
    if done.records > 0 {
        writeln!(out, "secrets and channels of the console sealed by the newest data key: {}", done.records)?;
    }
    if done.tokens.unopened > 0 {
        writeln!(out, "tokens that do not open and are of no use: {}", done.tokens.unopened)?;
    }
    for (workspace, version) in &done.gone {
        writeln!(out, "data key {version} of the workspace {workspace} was removed")?;
    }
    for (workspace, version, sealed) in &done.needed {
        writeln!(
            out,
            "data key {version} of the workspace {workspace} stays: {sealed} values are sealed by it, such as answers of logins under way, which are \
             there for less than an hour; run `countersign keys retire` then"
        )?;
    }
    Ok(())
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<(), Stop> {
    super::serve::arm_failpoint()?;
    match &args.what {
        What::Make { file } => {
            let keys = KeyFile::at(file).create().map_err(failed)?;
            writeln!(out, "master key {} is in {}", keys.active().id(), file.display())?;
            writeln!(out, "keep a copy at another place than the database")?;
        }
        What::Rotate { of, data_key, retire } => {
            let rotation = Rotation { data_key: *data_key, retire: *retire, pause: PAUSE };
            let done = wait(of.workshop()?.rotate(rotation))?.map_err(failed)?;
            match &done.file {
                Some(file) => writeln!(out, "master key {} is active in {}", done.active, file.display())?,
                None => writeln!(out, "master key {} is the first of those there are", done.active)?,
            }
            writeln!(out, "data keys wrapped by it: {}", done.rewrapped)?;
            if let Some(version) = done.data_key {
                writeln!(out, "new values are sealed by data key {version}")?;
                tell(&done.data_keys, out)?;
            }
            for id in done.retired {
                writeln!(out, "master key {id} was taken out of the file")?;
            }
            if done.file.is_some() {
                writeln!(out, "copy the key file to where its backup is")?;
            }
        }
        What::Retire { of } => {
            let done = wait(of.workshop()?.retire_data_keys(PAUSE))?.map_err(failed)?;
            if done == Retired::default() {
                writeln!(out, "there is one data key; nothing is to be done")?;
            }
            tell(&done, out)?;
        }
        What::Forget { of, yes } => {
            let workshop = of.workshop()?;
            let lost = wait(workshop.lost_keys())?.map_err(failed)?;
            if lost.is_empty() {
                writeln!(out, "all data keys open; nothing is lost")?;
                return Ok(());
            }
            for error in &lost {
                writeln!(out, "{error}")?;
            }
            if !yes {
                let why = "give --yes to remove these data keys and end all logins";
                return Err(Problem::Setup(why.to_owned()).into());
            }
            let count = wait(workshop.forget_lost_keys())?.map_err(failed)?;
            writeln!(
                out,
                "data keys removed: {count}; users log in again, and the server makes a new key at its start"
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_was_sealed_anew_is_told() {
        let mut done = Retired { records: 3, gone: vec![("shop".parse().unwrap(), 1)], ..Retired::default() };
        done.tokens.tokens = 2;
        done.needed.push(("main".parse().unwrap(), 1, 4));
        let mut out = Vec::new();
        tell(&done, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.starts_with(
                "tokens sealed by the newest data key: 2\n\
             secrets and channels of the console sealed by the newest data key: 3\n\
             data key 1 of the workspace shop was removed\n\
             data key 1 of the workspace main stays: 4 values"
            ),
            "{text}"
        );
    }
}
