//! The command line as a whole.

use clap::{ArgAction, Parser, Subcommand};
use countersign_model::{ChannelKind, UnknownChannel};

use crate::commands::{
    backup, chat, check, completions, config, demo, export, import, keys, outbox, publish, restore, schema,
    serve, test, tokens, user,
};

/// Chatbots that log their users in.
#[derive(Debug, Parser)]
#[command(
    name = "countersign",
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  countersign check demo.yaml                      check a bot file
  countersign chat demo.yaml --channel phone       talk to it as on a phone call
  countersign test demo.yaml                       run the conversation tests beside it
  countersign demo                                 try everything on this machine
  countersign serve                                run the server that countersign.toml describes

`countersign help COMMAND` says more of each."
)]
pub(crate) struct Countersign {
    /// Write what happens to the standard error; -vv and -vvv write more. COUNTERSIGN_LOG sets it by part, such as
    /// `countersign_runner=trace`.
    #[arg(short, action = ArgAction::Count, global = true)]
    pub(crate) v: u8,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(check::Args),
    Chat(Box<chat::Args>),
    Test(test::Args),
    Serve(serve::Args),
    Config(config::Args),
    Import(import::Args),
    Export(export::Args),
    Publish(publish::Args),
    User(user::Args),
    Tokens(tokens::Args),
    Outbox(outbox::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Keys(keys::Args),
    Schema(schema::Args),
    Demo(demo::Args),
    Completions(completions::Args),
}

/// Reads a kind of channel and suggests one.
pub(crate) fn channel(text: &str) -> Result<ChannelKind, String> {
    text.parse().map_err(|error: UnknownChannel| {
        let wanted = text.to_lowercase();
        let distance = |kind: &ChannelKind| strsim::damerau_levenshtein(kind.name(), &wanted);
        match ChannelKind::ALL.into_iter().min_by_key(distance).filter(|kind| distance(kind) <= 2) {
            Some(kind) => format!("there is no channel `{text}`; did you mean `{kind}`?"),
            None => error.to_string(),
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn error(args: &[&str]) -> String {
        Countersign::try_parse_from(args).unwrap_err().to_string()
    }

    #[test]
    fn the_definition_is_sound() {
        Countersign::command().debug_assert();
    }

    #[test]
    fn every_argument_says_what_it_is() {
        for command in Countersign::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            assert!(command.get_after_help().is_some(), "{} has no examples", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }

    #[test]
    fn help_fits_a_terminal() {
        for command in Countersign::command().get_subcommands() {
            let help = command.get_after_help().unwrap().to_string();
            let long = help.lines().find(|line| line.chars().count() > 96);
            assert_eq!(long, None, "{}", command.get_name());
        }
    }

    #[test]
    fn a_near_command_or_channel_is_suggested() {
        assert!(error(&["countersign", "chekc"]).contains("check"));
        let text = error(&["countersign", "chat", "a.yaml", "--channel", "watsapp"]);
        assert!(text.contains("did you mean `whatsapp`?"), "{text}");
        let text = error(&["countersign", "chat", "a.yaml", "--channel", "fax-machine"]);
        assert!(text.contains("the channels are whatsapp, messenger"), "{text}");
    }

    #[test]
    fn a_wrong_secret_is_not_shown_by_the_parser() {
        let text = error(&["countersign", "chat", "a.yaml", "--secret", "a=hunter2", "--nonsense"]);
        assert!(!text.contains("hunter2"), "{text}");
    }
}
