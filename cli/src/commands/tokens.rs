//! `countersign tokens`

use std::io::Write;

use countersign_model::{Name, Timestamp};
use countersign_server::{Which, Workshop};
use countersign_store::TokenInfo;
use serde_json::{Value, json};

use super::config::ConfigArgs;
use super::operator::{Form, aligned, failed, now, plain, wait};
use crate::problem::{Problem, Stop};

/// See who is logged in, and log users out.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign tokens list
  countersign tokens list --channel whatsapp --format json
  countersign tokens revoke --contact +491701234567
  countersign tokens revoke --component bank-login
  countersign tokens revoke --all

It works beside a running server, which notices at once. No token is ever shown.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// List who is logged in, without the tokens.
    List {
        #[command(flatten)]
        of: Of,
        /// `text` for people, `json` for programs.
        #[arg(long, value_enum, default_value_t)]
        format: Form,
    },
    /// Log users out: their tokens are removed, and they log in again the next time.
    Revoke {
        #[command(flatten)]
        of: Of,
        /// Log all users out. Without it, say whose tokens are meant.
        #[arg(long, conflicts_with_all = ["channel", "contact", "component"])]
        all: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Of {
    #[command(flatten)]
    config: ConfigArgs,
    /// Only on the channel with this id.
    #[arg(long, value_name = "ID")]
    channel: Option<Name>,
    /// Only of the contact with this address, as `list` shows it: a phone number with `+`, or the provider's id of the
    /// user.
    #[arg(long, value_name = "ADDRESS")]
    contact: Option<String>,
    /// Only of the Authorization Token with this id.
    #[arg(long, value_name = "ID")]
    component: Option<Name>,
}

impl Of {
    fn which(&self) -> Which {
        let (channel, contact, component) =
            (self.channel.clone(), self.contact.clone(), self.component.clone());
        Which { channel, contact, component }
    }

    fn is_everybody(&self) -> bool {
        self.channel.is_none() && self.contact.is_none() && self.component.is_none()
    }

    fn workshop(&self) -> Result<Workshop, Problem> {
        Workshop::open(&self.config.read()?).map_err(failed)
    }
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<(), Stop> {
    match &args.what {
        What::List { of, format } => {
            let workshop = of.workshop()?;
            let tokens = wait(workshop.tokens(&of.which(), now()))?.map_err(failed)?;
            match format {
                Form::Json => writeln!(out, "{:#}", Value::from_iter(tokens.iter().map(as_json)))?,
                Form::Text => out.write_all(table(&tokens).as_bytes())?,
            }
        }
        What::Revoke { of, all } => {
            if of.is_everybody() && !all {
                let why =
                    "say whose tokens are meant with --channel, --contact or --component, or give --all";
                return Err(Problem::Setup(why.to_owned()).into());
            }
            let workshop = of.workshop()?;
            let count = wait(workshop.revoke(&of.which()))?.map_err(failed)?;
            out.write_all(ended(count).as_bytes())?;
        }
    }
    Ok(())
}

fn ended(count: usize) -> String {
    match count {
        0 => "0 logins ended; `countersign tokens list` shows who is logged in, and how addresses are written\n".to_owned(),
        1 => "1 login ended\n".to_owned(),
        count => format!("{count} logins ended\n"),
    }
}

fn as_json(token: &TokenInfo) -> Value {
    json!({
        "channel": token.conversation.channel.as_str(),
        "contact": token.conversation.address,
        "bot": token.bot.as_str(),
        "component": token.component.as_str(),
        "logged_in_at": time(token.logged_in_at),
        "expires_at": time(token.expires_at),
        "refresh_until": token.refresh_until.map(time),
    })
}

fn time(at: Timestamp) -> String {
    at.to_string()
}

fn table(tokens: &[TokenInfo]) -> String {
    if tokens.is_empty() {
        return "nobody is logged in\n".to_owned();
    }
    let head = ["CHANNEL", "CONTACT", "BOT", "COMPONENT", "LOGGED IN", "UNTIL"].map(str::to_owned);
    let rows = tokens.iter().map(|token| {
        [
            token.conversation.channel.to_string(),
            plain(&token.conversation.address),
            token.bot.to_string(),
            token.component.to_string(),
            time(token.logged_in_at),
            time(token.expires_at),
        ]
    });
    aligned(std::iter::once(head).chain(rows).collect())
}

#[cfg(test)]
mod tests {
    use countersign_runner::ConversationKey;

    use super::*;

    fn token(address: &str) -> TokenInfo {
        let name = |text: &str| text.parse().unwrap();
        TokenInfo {
            conversation: ConversationKey {
                workspace: name("main"),
                channel: name("wa"),
                address: address.to_owned(),
            },
            bot: name("demo"),
            component: name("bank-login"),
            logged_in_at: Timestamp::from_secs(1_795_348_800),
            expires_at: Timestamp::from_secs(1_795_349_700),
            refresh_until: None,
        }
    }

    #[test]
    fn people_see_a_table_and_programs_json() {
        assert_eq!(table(&[]), "nobody is logged in\n");
        assert_eq!(
            table(&[token("491701234567"), token("a\u{1b}[2J")]),
            "CHANNEL  CONTACT       BOT   COMPONENT   LOGGED IN             UNTIL\n\
             wa       491701234567  demo  bank-login  2026-11-22T12:00:00Z  2026-11-22T12:15:00Z\n\
             wa       a\\u{1b}[2J    demo  bank-login  2026-11-22T12:00:00Z  2026-11-22T12:15:00Z\n"
        );
        let shown = as_json(&token("49"));
        assert_eq!(shown["expires_at"], "2026-11-22T12:15:00Z");
        assert_eq!(shown["refresh_until"], Value::Null);
    }

    #[test]
    fn who_logs_out_nobody_is_told_where_to_look() {
        assert_eq!(
            ended(0),
            "0 logins ended; `countersign tokens list` shows who is logged in, and how addresses are written\n"
        );
        assert_eq!((ended(1), ended(2)), ("1 login ended\n".into(), "2 logins ended\n".into()));
    }

    #[test]
    fn nobody_is_logged_out_by_leaving_something_out() {
        let config = ConfigArgs { config: "nowhere.toml".into() };
        let of = Of { config, channel: None, contact: None, component: None };
        let args = Args { what: What::Revoke { of, all: false } };
        let Err(Stop::Problem(problem)) = run(&args, &mut Vec::new()) else { panic!("a problem") };
        assert!(problem.to_string().contains("or give --all"), "{problem}");
    }
}
