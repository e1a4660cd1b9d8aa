//! `countersign completions`

use std::io::Write;

use clap::CommandFactory as _;

use crate::arguments::Countersign;
use crate::problem::Stop;

/// Print a script that lets a shell complete commands and options.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign completions bash > ~/.local/share/bash-completion/completions/countersign
  countersign completions zsh > ~/.zfunc/_countersign
  countersign completions fish > ~/.config/fish/completions/countersign.fish")]
pub(crate) struct Args {
    /// The shell.
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<(), Stop> {
    // `generate` panics when writing fails, so it writes into memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Countersign::command(), "countersign", &mut script);
    out.write_all(&script)?;
    Ok(())
}
