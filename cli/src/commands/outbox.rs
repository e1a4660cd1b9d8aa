//! `countersign outbox`

use std::io::Write;

use countersign_server::{Outbox, Workshop};
use countersign_store::{DeadLetter, Delivery};
use serde_json::{Value, json};

use super::config::ConfigArgs;
use super::operator::{Form, aligned, failed, plain, wait};
use crate::problem::{Problem, Stop};

/// Look at what is to be sent, after a restore above all.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign outbox show
  countersign outbox show --format json
  countersign outbox release      send what waits
  countersign outbox discard --yes
  countersign outbox hold         send nothing until it is released

After a restore the outbox is held: what waits in the backup may have been sent
since. Look at it, then release or discard it.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Show how much waits, and what could not be delivered. What was said is not shown.
    Show {
        #[command(flatten)]
        config: ConfigArgs,
        /// `text` for people, `json` for programs.
        #[arg(long, value_enum, default_value_t)]
        format: Form,
    },
    /// Let the outbox go on: what waits is sent.
    Release {
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Drop all that waits. It is never sent.
    Discard {
        #[command(flatten)]
        config: ConfigArgs,
        /// Do it.
        #[arg(long)]
        yes: bool,
    },
    /// Hold the outbox: nothing is sent until it is released.
    Hold {
        #[command(flatten)]
        config: ConfigArgs,
    },
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<(), Stop> {
    match &args.what {
        What::Show { config, format } => {
            let outbox = wait(open(config)?.outbox())?.map_err(failed)?;
            match format {
                Form::Json => writeln!(out, "{:#}", as_json(&outbox))?,
                Form::Text => out.write_all(as_text(&outbox).as_bytes())?,
            }
        }
        What::Release { config } => match wait(open(config)?.release())?.map_err(failed)? {
            true => writeln!(out, "the outbox goes on")?,
            false => writeln!(out, "the outbox was not held")?,
        },
        What::Discard { config, yes } => {
            if !yes {
                let why = "give --yes to drop all that waits; it is never sent";
                return Err(Problem::Setup(why.to_owned()).into());
            }
            let count = wait(open(config)?.discard())?.map_err(failed)?;
            writeln!(out, "dropped: {count}")?;
        }
        What::Hold { config } => {
            wait(open(config)?.hold())?.map_err(failed)?;
            writeln!(out, "the outbox is held; `countersign outbox release` lets it go on")?;
        }
    }
    Ok(())
}

fn open(config: &ConfigArgs) -> Result<Workshop, Problem> {
    Workshop::open(&config.read()?).map_err(failed)
}

fn as_text(outbox: &Outbox) -> String {
    let Outbox { backlog, dead } = outbox;
    let state =
        if backlog.held { "held; nothing is sent until `countersign outbox release`" } else { "open" };
    let mut text = format!("outbox: {state}\nwaiting: {}\nnot delivered: {}\n", backlog.outbox, dead.len());
    if !dead.is_empty() {
        let head = ["AT", "CHANNEL", "CONTACT", "WHAT", "CODE"].map(str::to_owned);
        let rows = dead.iter().map(|letter| {
            [
                letter.at.to_string(),
                letter.conversation.channel.to_string(),
                plain(&letter.conversation.address),
                what(letter).to_owned(),
                letter.code.as_deref().map_or_else(|| "-".to_owned(), plain),
            ]
        });
        text.push('\n');
        text.push_str(&aligned(std::iter::once(head).chain(rows).collect()));
    }
    text
}

fn as_json(outbox: &Outbox) -> Value {
    let dead = outbox.dead.iter().map(|letter| {
        json!({
            "at": letter.at.to_string(),
            "channel": letter.conversation.channel.as_str(),
            "contact": letter.conversation.address,
            "what": what(letter),
            "code": letter.code,
        })
    });
    json!({
        "held": outbox.backlog.held,
        "waiting": outbox.backlog.outbox,
        "not_delivered": dead.collect::<Vec<_>>(),
    })
}

fn what(letter: &DeadLetter) -> &'static str {
    match letter.delivery {
        Delivery::Say(_) => "message",
        Delivery::Erase(_) => "deletion",
        Delivery::Handover { .. } => "handover",
        Delivery::Page { .. } => "login page",
    }
}

#[cfg(test)]
mod tests {
    use countersign_model::Timestamp;
    use countersign_runner::ConversationKey;
    use countersign_store::Backlog;

    use super::*;

    #[test]
    fn what_waits_is_shown_without_what_is_said() {
        let conversation = ConversationKey {
            workspace: "main".parse().unwrap(),
            channel: "wa".parse().unwrap(),
            address: "49170".to_owned(),
        };
        let delivery = Delivery::Handover { number: Some("+4930".to_owned()) };
        let at = Timestamp::from_secs(1_795_348_800);
        let dead = vec![DeadLetter { conversation, delivery, at, code: Some("131047".to_owned()) }];
        let outbox = Outbox { backlog: Backlog { held: true, outbox: 2, ..Backlog::default() }, dead };
        assert_eq!(
            as_text(&outbox),
            "outbox: held; nothing is sent until `countersign outbox release`\nwaiting: 2\nnot delivered: 1\n\n\
             AT                    CHANNEL  CONTACT  WHAT      CODE\n\
             2026-11-22T12:00:00Z  wa       49170    handover  131047\n"
        );
        let json = as_json(&outbox);
        assert_eq!(json["not_delivered"][0]["code"], "131047");
        assert!(!json.to_string().contains("+4930"));
    }
}
