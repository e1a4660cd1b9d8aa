//! `countersign export`

use std::io::Write;
use std::path::{Path, PathBuf};

use countersign_model::Name;

use super::operator::wait;
use crate::problem::{Problem, Stop};
use crate::remote::{RemoteError, Server, ServerArgs};

/// Save bots of a server as bot files.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign export bank --server https://bots.example.com --key-file key.txt > bank.yaml
  countersign export --to bots --server https://bots.example.com
  countersign export bank --live --server https://bots.example.com

A file with another text is not overwritten without --overwrite.

Exit codes: 0 it went well, 2 a file or the server cannot be used.")]
pub(crate) struct Args {
    /// Which bots, by their ids; all when none is given.
    #[arg(value_name = "ID")]
    bots: Vec<Name>,
    #[command(flatten)]
    server: ServerArgs,
    /// Write a file for each bot into this folder. Without it one bot goes to the standard output.
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// The version in service instead of the draft.
    #[arg(long)]
    live: bool,
    /// Overwrite files with another text.
    #[arg(long)]
    overwrite: bool,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<(), Stop> {
    let server = args.server.open()?;
    wait(async {
        let ids = match args.bots.is_empty() {
            true => all(args, &server).await?,
            false => args.bots.clone(),
        };
        let Some(folder) = &args.to else {
            let [id] = ids.as_slice() else { return Err(RemoteError::Several(ids.len()).into()) };
            out.write_all(text(args, &server, id).await?.as_bytes())?;
            return Ok(());
        };
        std::fs::create_dir_all(folder).map_err(|error| Problem::Unwritable(folder.clone(), error))?;
        for id in &ids {
            let path = folder.join(format!("{id}.yaml"));
            let text = text(args, &server, id).await?;
            save(&path, &text, args.overwrite)?;
            writeln!(out, "{}", path.display())?;
        }
        Ok(())
    })?
}

/// All bots, and with `--live` those that are in service.
async fn all(args: &Args, server: &Server) -> Result<Vec<Name>, RemoteError> {
    let bots = server.bots().await?.into_iter().filter(|bot| bot.live.is_some() || !args.live);
    // A server of ours gives no other ids, and one of somebody else names no files here.
    Ok(bots.filter_map(|bot| bot.id.parse().ok()).collect())
}

async fn text(args: &Args, server: &Server, id: &Name) -> Result<String, RemoteError> {
    if !args.live {
        return Ok(server.draft(id.as_str()).await?.text);
    }
    let bot = server.bot(id.as_str()).await?;
    let live = bot.and_then(|bot| bot.live).ok_or_else(|| RemoteError::NeverPublished(id.to_string()))?;
    server.version(id.as_str(), live.number).await
}

fn save(path: &Path, text: &str, overwrite: bool) -> Result<(), Problem> {
    match std::fs::read(path) {
        Ok(there) if there == text.as_bytes() => return Ok(()),
        Ok(_) if !overwrite => return Err(RemoteError::Differs(path.to_owned()).into()),
        _ => {}
    }
    std::fs::write(path, text).map_err(|error| Problem::Unwritable(path.to_owned(), error))
}
