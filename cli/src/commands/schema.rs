//! `countersign schema`

use std::io::Write;

use crate::conversation_test::TestFile;
use crate::problem::Stop;

/// Print the JSON Schema of bot files, for editors that complete and check them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign schema > countersign.schema.json
  countersign schema --tests > countersign-tests.schema.json

In an editor with a YAML language server, write this into the first line of a bot file:
  # yaml-language-server: $schema=./countersign.schema.json")]
pub(crate) struct Args {
    /// The schema of conversation tests in the place of that of bot files.
    #[arg(long)]
    tests: bool,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<(), Stop> {
    let schema = match args.tests {
        true => schemars::schema_for!(TestFile).to_value(),
        false => countersign_script::schema(),
    };
    writeln!(out, "{schema:#}")?;
    Ok(())
}
