//! What `countersign` says without a command.

use std::io::Write;

use crate::color::ColorChoice;
use crate::problem::Stop;

pub(crate) fn run(out: &mut impl Write) -> Result<(), Stop> {
    let paint = ColorChoice::Auto.paint(&std::io::stdout());
    writeln!(out, "{} runs chatbots that log their users in.", paint.bold("Countersign"))?;
    writeln!(out)?;
    writeln!(out, "Try one of these:")?;
    for (command, does) in [
        ("countersign demo", "run a server, a demo bank and stand-ins of the providers"),
        ("countersign check demo/bots/bank.yaml", "check a bot file"),
        ("countersign chat demo/bots/bank.yaml --channel whatsapp", "talk to a bot"),
        ("countersign test demo/bots/bank.yaml", "run the tests beside it"),
    ] {
        writeln!(out, "  {}  {}", paint.cyan(format!("{command:<56}")), paint.dim(does))?;
    }
    writeln!(out)?;
    writeln!(out, "`countersign help` lists all commands.")?;
    Ok(())
}
