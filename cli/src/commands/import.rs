//! `countersign import`

use std::io::Write;
use std::path::PathBuf;

use super::operator::wait;
use crate::color::ColorChoice;
use crate::problem::Stop;
use crate::remote::{ServerArgs, Standing, Upload};

/// Bring bot files to a server, as drafts.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign import bank.yaml --server https://bots.example.com --key-file key.txt
  countersign import bots/*.yaml --server https://bots.example.com --dry-run

A draft talks to nobody until it is published. One with changes that nobody has
published yet is not replaced without --overwrite.

Exit codes: 0 it went well, 2 a file or the server cannot be used.")]
pub(crate) struct Args {
    /// Bot files; `-` reads one from the standard input.
    #[arg(required = true, value_name = "BOT")]
    bots: Vec<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Replace drafts with changes that nobody has published yet.
    #[arg(long)]
    overwrite: bool,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t)]
    color: ColorChoice,
}

pub(crate) fn run(args: &Args, out: &mut impl Write, _: &mut impl Write) -> Result<(), Stop> {
    let paint = args.color.paint(&std::io::stdout());
    // A file that cannot be read is told before anything is written.
    let uploads = args.bots.iter().map(|path| Upload::read(path)).collect::<Result<Vec<_>, _>>()?;
    let server = args.server.open()?;
    wait(async {
        for upload in &uploads {
            let standing = upload.standing(&server).await?;
            if args.dry_run {
                let there = match &standing {
                    Standing::New => None,
                    Standing::There(_, draft) => Some(draft.text.as_str()),
                };
                out.write_all(upload.preview(there, paint).as_bytes())?;
                continue;
            }
            let (name, id) = (&upload.file.name, &upload.id);
            match (upload.send(&server, &standing, args.overwrite).await?, standing) {
                ((_, false), _) => writeln!(out, "{name}: the same as on the server")?,
                (_, Standing::New) => writeln!(
                    out,
                    "{name}: the bot `{id}` was made; `countersign publish` puts it into service"
                )?,
                (_, Standing::There(..)) => writeln!(out, "{name}: the draft of `{id}` was replaced")?,
            }
        }
        Ok(())
    })?
}
