//! `countersign config`, and the configuration for all commands that need one.

use std::io::Write;
use std::path::PathBuf;

use countersign_server::Config;

use crate::problem::{NEGATIVE, Problem, Stop};

/// Look at the configuration of the server.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign config default > countersign.toml    every setting with its default and its reason
  countersign config check                         check countersign.toml and its bot files
  countersign config check /etc/countersign/countersign.toml

Exit codes: 0 it can be used, 1 a bot file has errors, 2 the configuration
cannot be used.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Print every setting with its default and its reason.
    Default,
    /// Check a configuration and the bot files that it names.
    Check {
        /// The configuration.
        #[arg(default_value = FILE, env = VARIABLE, value_name = "FILE")]
        file: PathBuf,
    },
}

const FILE: &str = "countersign.toml";
const VARIABLE: &str = "COUNTERSIGN_CONFIG";

/// Which configuration.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ConfigArgs {
    /// The configuration of the server; it says where the database and the keys are.
    #[arg(long, default_value = FILE, env = VARIABLE, value_name = "FILE")]
    pub(crate) config: PathBuf,
}

impl ConfigArgs {
    /// Reads it, with the variables of the environment.
    pub(crate) fn read(&self) -> Result<Config, Problem> {
        read(&self.config)
    }
}

pub(crate) fn run(args: &Args, out: &mut impl Write, err: &mut impl Write) -> Result<(), Stop> {
    match &args.what {
        What::Default => out.write_all(Config::default_file().as_bytes())?,
        What::Check { file } => {
            let config = read(file)?;
            let bots = match countersign_server::check_bots(&config) {
                Ok(bots) => bots,
                Err(error) => {
                    writeln!(err, "error: {error}")?;
                    return Err(Stop::Told(NEGATIVE));
                }
            };
            for waiting in &bots.waiting {
                writeln!(err, "warning: {waiting}")?;
            }
            for not_allowed in &bots.not_allowed {
                writeln!(err, "warning: {not_allowed}")?;
            }
            countersign_server::check_keys(&config).map_err(|error| Problem::Setup(error.to_string()))?;
            let channels = config.channels.len();
            let noun = if channels == 1 { "channel" } else { "channels" };
            writeln!(out, "{}: no problems, {channels} {noun}", file.display())?;
        }
    }
    Ok(())
}

fn read(file: &std::path::Path) -> Result<Config, Problem> {
    Config::read(file, &environment()).map_err(|error| Problem::Setup(error.to_string()))
}

/// Variables whose values are no text set nothing. Any of them may be the one that `keys.variable` names.
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: PathBuf) -> (Result<(), Stop>, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let result = run(&Args { what: What::Check { file } }, &mut out, &mut err);
        (result, String::from_utf8([out, err].concat()).unwrap())
    }

    #[test]
    fn a_configuration_is_checked_with_its_bots() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.toml");
        std::fs::write(&file, "bots = [\"demo.yaml\"]\n[[channels]]\nid = \"web\"\nkind = \"web\"\n")
            .unwrap();
        let (result, said) = check(file.clone());
        assert!(matches!(result, Err(Stop::Told(NEGATIVE))));
        assert!(said.contains("demo.yaml` is refused: it cannot be read"), "{said}");
        let bot = "countersign: 1\nbot: demo\nscripts: [{ id: a, triggers: a, steps: [{ message: hi }] }]\n";
        std::fs::write(folder.path().join("demo.yaml"), bot).unwrap();
        let (result, said) = check(file.clone());
        assert!(result.is_ok() && said.ends_with("c.toml: no problems, 1 channel\n"), "{said}");
        std::fs::write(&file, "[[channels]]\nid = \"web\"\nkind = \"web\"\nbot = \"later\"\n").unwrap();
        let (result, said) = check(file.clone());
        assert!(result.is_ok() && said.contains("no problems, 1 channel"), "{said}");
        assert!(said.contains("warning: the channel `web` waits for the bot `later`"), "{said}");
        let calls = "countersign: 1\nbot: demo\nweb_services: [{ id: s, url: 'http://bank.lan/x' }]\nscripts: [{ id: a, \
                     triggers: a, steps: [{ web_service: s }] }]\n";
        std::fs::write(folder.path().join("calls.yaml"), calls).unwrap();
        std::fs::write(&file, "bots = [\"calls.yaml\"]\n").unwrap();
        let (result, said) = check(file.clone());
        assert!(result.is_ok(), "it may be allowed later: {said}");
        assert!(
            said.contains("warning: the bot `demo` will not reach what `s` calls: `http://bank.lan`"),
            "{said}"
        );
        std::fs::write(&file, "bot = []\n").unwrap();
        assert!(matches!(check(file.clone()).0, Err(Stop::Problem(Problem::Setup(_)))));
        std::fs::write(&file, "bots = [\"demo.yaml\"]\n[keys]\ncommand = [\"/nowhere/pass\"]\n").unwrap();
        let Err(Stop::Problem(Problem::Setup(said))) = check(file).0 else { panic!("it cannot be started") };
        assert!(
            said.starts_with("`keys.command`, the program `/nowhere/pass`: it cannot be started"),
            "{said}"
        );
    }

    #[test]
    fn the_defaults_are_printed() {
        let mut out = Vec::new();
        run(&Args { what: What::Default }, &mut out, &mut Vec::new()).unwrap();
        assert!(String::from_utf8(out).unwrap().contains("\nlisten = \"127.0.0.1:8080\"\n"));
    }
}
