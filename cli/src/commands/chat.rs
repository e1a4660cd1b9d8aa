//! `countersign chat`

use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _, stderr, stdin, stdout};
use std::path::PathBuf;
use std::sync::Arc;

use countersign_model::{ChannelKind, Contact, SecretText};
use countersign_script::Runnable;

use crate::bot_file::{BotFile, terminal_width};
use crate::chat::connect;
use crate::chat::conversation::Conversation;
use crate::chat::lines::{self, Awaited};
use crate::chat::observer::ToStderr;
use crate::chat::secret_line::{self, SecretLine};
use crate::chat::terminal;
use crate::color::ColorChoice;
use crate::conversation_test::Recording;
use crate::problem::{NEGATIVE, Problem, Stop};
use crate::talk::{self, Clock, Setup};
use crate::workspace::WorkspaceArgs;

/// Talk to a bot in the terminal, as a channel would show it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
When the standard input is not a terminal, each line of it is one message of the user, and
each message of the bot is one line `bot: …` of the standard output. Line breaks inside it
show as ⏎, choices as `[1] First [2] Second`. A pause of the bot is not waited for.

On the phone a line of digits is keys, other text is spoken, an empty line is silence.

With `--connect` there is no bot file: you talk to the bots of a running `countersign demo`
through the webhooks of a provider, and what you type is seen, as on a real phone.

Lines that begin with / are commands: /help, /vars, /wait 20m, /hangup, /quit.
// sends a text that begins with /.

Examples:
  countersign chat demo.yaml
  countersign chat demo.yaml --channel phone --verbose
  countersign chat demo.yaml --config bank_url=http://127.0.0.1:8090 --allow 127.0.0.1:8090
  printf 'balance\nalice\n' | countersign chat demo.yaml --channel sms
  countersign chat demo.yaml --record demo.test.yaml
  countersign chat --connect --channel telegram --as alice

Exit codes: 0 the conversation or the input ended, 1 the bot has errors,
2 the command or a file cannot be used.")]
pub(crate) struct Args {
    /// The bot file.
    #[arg(value_name = "BOT", required_unless_present = "connect", conflicts_with = "connect")]
    bot: Option<PathBuf>,
    /// The channel.
    #[arg(long, value_name = "KIND", default_value = "whatsapp", value_parser = crate::arguments::channel)]
    channel: ChannelKind,
    #[command(flatten)]
    workspace: WorkspaceArgs,
    /// Start this script at once, without a trigger.
    #[arg(long, value_name = "ID")]
    script: Option<String>,
    /// The user's name in the profile.
    #[arg(long, value_name = "NAME", help_heading = "User")]
    name: Option<String>,
    /// The user's address on the channel, such as a phone number.
    #[arg(long, value_name = "ADDRESS", default_value = "+15550100", help_heading = "User")]
    address: String,
    /// The user's language, such as `en` or `de-CH`.
    #[arg(long, value_name = "TAG", help_heading = "User")]
    language: Option<String>,
    /// Write each call to the standard error; values that placeholders stand for are not shown.
    #[arg(long)]
    verbose: bool,
    /// Write the conversation into a file as a conversation test; a placeholder stands for each secret.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    #[command(flatten)]
    connect: ConnectArgs,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t)]
    color: ColorChoice,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "A running demo")]
struct ConnectArgs {
    /// Talk through a running `countersign demo`; the address is that of its stand-ins.
    #[arg(
        long,
        value_name = "URL",
        num_args = 0..=1,
        default_missing_value = connect::USUAL_URL,
        conflicts_with_all = ["config", "secret", "allow", "script", "record", "verbose"]
    )]
    connect: Option<String>,
    /// Be this user. A phone number stands for itself.
    #[arg(long = "as", value_name = "NAME", default_value = "alice", conflicts_with = "bot")]
    user: String,
    /// The line, where a channel has several: `phone-vonage`, `sms-kannel`.
    #[arg(long, value_name = "ID", conflicts_with = "bot")]
    line: Option<String>,
}

pub(crate) fn run(args: Args) -> Result<(), Stop> {
    let paint = args.color.paint(&stdout());
    let paint_err = args.color.paint(&stderr());
    if let Some(url) = args.connect.connect {
        let ConnectArgs { user, line, .. } = args.connect;
        return connect::run(connect::Options { url, channel: args.channel, user, line, paint });
    }
    // The command line asks for one of the two.
    let bot_path = args.bot.unwrap_or_default();
    let file = BotFile::read(&bot_path)?;
    if let Some(path) = args.record.as_ref().filter(|path| path.exists()) {
        return Err(Problem::Exists(path.clone()).into());
    }
    let verdict = file.check(&[args.channel]);
    if !verdict.findings.is_empty() && (verdict.checked.is_none() || args.verbose) {
        stderr().write_all(file.shown(&verdict.findings, paint_err, terminal_width()).as_bytes())?;
    }
    let checked = verdict.checked.ok_or(Stop::Told(NEGATIVE))?;
    let workspace = args.workspace.read()?;
    let bot = checked.bind(&workspace.constants, &workspace.secret_names()).map_err(Problem::Unbound)?;
    let title = bot.title.clone();
    let openers = openers(&bot);
    let contact = Contact { address: args.address, name: args.name, language: args.language };
    let recording = args.record.map(|path| {
        let constants = workspace.constants.clone();
        let secrets: BTreeSet<_> = workspace.secret_names();
        let script = args.script.as_deref();
        let bot = bot_path.file_name().map_or(bot_path.as_path(), std::path::Path::new);
        // The test is read from its own folder.
        let bot = match path.parent() == bot_path.parent() {
            true => bot.display().to_string(),
            false => std::path::absolute(&bot_path).unwrap_or(bot_path.clone()).display().to_string(),
        };
        let hosts = args.workspace.allow.clone();
        let recording = Recording::new(&bot, args.channel, &contact, constants, &secrets, &hosts, script);
        (path, recording)
    });
    let runtime = talk::runtime()?;
    runtime.block_on(async {
        let transport = talk::network(&workspace)?;
        let talk = Setup {
            bot,
            workspace,
            channel: args.channel,
            contact,
            transport,
            clock: Clock::Real,
            script: args.script,
            observer: Arc::new(ToStderr { verbose: args.verbose, paint: paint_err }),
        }
        .talk()
        .await?;
        let mut conversation = Conversation::new(talk, args.channel, recording);
        let result = if stdin().is_terminal() && stdout().is_terminal() {
            terminal::run(&mut conversation, &title, &openers, paint).await
        } else {
            lines::run(&mut conversation, next_line, &mut stdout(), &mut stderr()).await
        };
        // What was said before something failed is worth keeping.
        conversation.save()?;
        result
    })
}

/// The next line of the standard input; a secret that a person types is not shown.
fn next_line(awaited: Awaited) -> std::io::Result<Option<SecretText>> {
    if awaited == Awaited::Secret && stdin().is_terminal() {
        return Ok(match secret_line::read("", &mut stderr())? {
            SecretLine::Line(line) => Some(line),
            SecretLine::Left => None,
        });
    }
    lines::next_line(&mut stdin().lock())
}

/// A few of the shortest texts that start a script.
fn openers(bot: &Runnable) -> Vec<String> {
    let mut texts: Vec<_> = bot.triggers.exact.keys().map(|text| text.to_string()).collect();
    texts.sort_by(|a, b| (a.chars().count(), a).cmp(&(b.chars().count(), b)));
    texts.truncate(3);
    texts
}
