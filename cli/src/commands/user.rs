//! `countersign user`

use std::io::Write;
use std::path::{Path, PathBuf};

use countersign_accounts::{AccountSummary, Accounts, AccountsError, NewByOperator, Role};
use countersign_model::{Name, SecretText, Timestamp};
use countersign_server::Config;
use serde_json::{Value, json};

use super::config::ConfigArgs;
use super::operator::{Form, aligned, failed, now, plain, wait};
use crate::bot_file::read_text;
use crate::problem::{Problem, Stop};

/// Make, list, reset and remove the accounts of the console.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign user add ann@bank.example --name Ann --administrator
  countersign user add bob@bank.example --name Bob --role editor --role shop=viewer
  countersign user list --format json
  countersign user remove bob@bank.example
  countersign user reset ann@bank.example
  countersign user reset ann@bank.example --second-factor

It works on the host of the server, also while that runs. A password that nobody
gave is made up and shown once. No password that was set is ever shown.")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make an account.
    Add(Add),
    /// List the accounts.
    List {
        #[command(flatten)]
        config: ConfigArgs,
        /// `text` for people, `json` for programs.
        #[arg(long, value_enum, default_value_t)]
        format: Form,
    },
    /// Delete an account, with its sessions, passkeys, API keys and invitations.
    Remove {
        #[command(flatten)]
        config: ConfigArgs,
        /// The e-mail address of the account.
        #[arg(value_name = "EMAIL")]
        email: String,
    },
    /// Give an account a new password, or take its second factors away, and end its sessions.
    Reset {
        #[command(flatten)]
        config: ConfigArgs,
        /// The e-mail address of the account.
        #[arg(value_name = "EMAIL")]
        email: String,
        /// Take authenticator app, passkeys and recovery codes away; the password stays.
        #[arg(long, conflicts_with = "password_file")]
        second_factor: bool,
        /// The new password is the first line of this file; `-` reads the standard input. Without it one is made up.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
struct Add {
    #[command(flatten)]
    config: ConfigArgs,
    /// The e-mail address, with which the person signs in.
    #[arg(value_name = "EMAIL")]
    email: String,
    /// How people call them.
    #[arg(long)]
    name: String,
    /// They may make workspaces, and own each one that there is.
    #[arg(long)]
    administrator: bool,
    /// What they are in a workspace: owner, admin, editor, credential_manager, agent, viewer or auditor. `shop=viewer`
    /// names the workspace; without one it is that of the configuration. Can be given several times.
    #[arg(long, value_name = "[WORKSPACE=]ROLE")]
    role: Vec<String>,
    /// The password is the first line of this file; `-` reads the standard input. Without it one is made up.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<(), Stop> {
    match &args.what {
        What::Add(add) => self::add(add, out),
        What::List { config, format } => {
            let (accounts, at) = open(&config.read()?)?;
            let all = wait(accounts.accounts(at))?.map_err(refused)?;
            match format {
                Form::Json => writeln!(out, "{:#}", Value::from_iter(all.iter().map(as_json)))?,
                Form::Text => out.write_all(table(&all).as_bytes())?,
            }
            Ok(())
        }
        What::Remove { config, email } => {
            let (accounts, at) = open(&config.read()?)?;
            wait(accounts.remove_account(email, at))?.map_err(refused)?;
            writeln!(out, "the account {} is gone, with all that it could get in with", plain(email))?;
            Ok(())
        }
        What::Reset { config, email, second_factor: true, .. } => {
            let (accounts, at) = open(&config.read()?)?;
            let made_up = wait(accounts.reset_second_factor(email, at))?.map_err(refused)?;
            writeln!(out, "the second factors of {} are gone, and their sessions have ended", plain(email))?;
            if made_up.is_some() {
                writeln!(out, "the password was too short to stand alone, so there is a new one")?;
            }
            show(made_up.as_ref(), out)
        }
        What::Reset { config, email, password_file, .. } => {
            let new = password_file.as_deref().map(password).transpose()?;
            let (accounts, at) = open(&config.read()?)?;
            let made_up = wait(accounts.reset_password(email, new.as_ref(), at))?.map_err(refused)?;
            writeln!(out, "{} has a new password, and their sessions have ended", plain(email))?;
            show(made_up.as_ref(), out)
        }
    }
}

fn add(add: &Add, out: &mut impl Write) -> Result<(), Stop> {
    let config = add.config.read()?;
    let roles = roles(&add.role, &config.workspace)?;
    if roles.is_empty() && !add.administrator {
        let why = "say what the account may do: `--administrator`, or `--role viewer`";
        return Err(Problem::Setup(why.to_owned()).into());
    }
    let new = NewByOperator {
        name: add.name.clone(),
        email: add.email.clone(),
        password: add.password_file.as_deref().map(password).transpose()?,
        administrator: add.administrator,
        roles,
    };
    let (accounts, at) = open(&config)?;
    let added = wait(accounts.add_account(new, at))?.map_err(refused)?;
    writeln!(out, "{} can sign in", plain(&added.account.email))?;
    show(added.password.as_ref(), out)
}

fn open(config: &Config) -> Result<(Accounts, Timestamp), Problem> {
    let at = now();
    Ok((wait(countersign_server::accounts(config, at))?.map_err(failed)?, at))
}

/// A password that was made up. This is the only place that shows one, once.
fn show(made_up: Option<&SecretText>, out: &mut impl Write) -> Result<(), Stop> {
    if let Some(password) = made_up {
        writeln!(out, "password: {}", password.expose())?;
        writeln!(out, "It is shown this once. They can change it under Settings.")?;
    }
    Ok(())
}

fn roles(given: &[String], configured: &Name) -> Result<Vec<(Name, Role)>, Problem> {
    let mut roles: Vec<(Name, Role)> = Vec::new();
    for text in given {
        let (workspace, role) = match text.split_once('=') {
            Some((workspace, role)) => (workspace.parse().map_err(failed)?, role),
            None => (configured.clone(), text.as_str()),
        };
        let role = role.parse().map_err(|_| {
            let known = Role::ALL.map(Role::as_str).join(", ");
            Problem::Setup(format!("there is no role `{}`; the roles are {known}", plain(role)))
        })?;
        if roles.iter().any(|(known, _)| *known == workspace) {
            return Err(Problem::Twice { flag: "--role", name: workspace.to_string() });
        }
        roles.push((workspace, role));
    }
    Ok(roles)
}

/// The first line of a file.
fn password(path: &Path) -> Result<SecretText, Problem> {
    let text = match path == Path::new("-") {
        true => std::io::read_to_string(std::io::stdin()).map_err(Problem::Io)?,
        false => read_text(path)?,
    };
    let text = SecretText::new(text);
    Ok(SecretText::from(text.expose().lines().next().unwrap_or_default()))
}

/// What is wrong, with each field that is.
fn refused(error: AccountsError) -> Problem {
    let fields: Vec<_> = error.fields().iter().map(|field| field.message.as_str()).collect();
    match fields.is_empty() {
        true => Problem::Setup(error.to_string()),
        false => Problem::Setup(fields.join("\n")),
    }
}

fn as_json(account: &AccountSummary) -> Value {
    json!({
        "id": account.id.as_str(),
        "name": account.name,
        "email": account.email,
        "administrator": account.administrator,
        "workspaces": account.workspaces.iter().map(Name::as_str).collect::<Vec<_>>(),
        "totp": account.totp,
        "created_at": account.created_at.to_string(),
        "last_seen": account.last_seen.map(|at| at.to_string()),
    })
}

fn table(accounts: &[AccountSummary]) -> String {
    if accounts.is_empty() {
        return "nobody has an account yet; `countersign user add` makes one\n".to_owned();
    }
    let head = ["E-MAIL", "NAME", "ADMINISTRATOR", "WORKSPACES", "LAST SEEN"].map(str::to_owned);
    let rows = accounts.iter().map(|account| {
        [
            plain(&account.email),
            plain(&account.name),
            if account.administrator { "yes" } else { "" }.to_owned(),
            account.workspaces.iter().map(Name::as_str).collect::<Vec<_>>().join(", "),
            account.last_seen.map_or_else(|| "never".to_owned(), |at| at.to_string()),
        ]
    });
    aligned(std::iter::once(head).chain(rows).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The database of a server that has run once.
    struct Host(tempfile::TempDir);

    impl Host {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("c.toml");
            std::fs::write(&file, "bots = [\"a.yaml\"]\n").unwrap();
            let config = Config::read(&file, &[]).unwrap();
            let options = countersign_store_sql::Options::new(countersign_store_sql::Role::Server);
            drop(countersign_store_sql::SqliteStore::open(&config.store, options).unwrap());
            Self(folder)
        }

        fn config(&self) -> ConfigArgs {
            ConfigArgs { config: self.0.path().join("c.toml") }
        }

        fn run(&self, what: What) -> Result<String, String> {
            let mut out = Vec::new();
            match run(&Args { what }, &mut out) {
                Ok(()) => Ok(String::from_utf8(out).unwrap()),
                Err(Stop::Problem(problem)) => Err(problem.to_string()),
                Err(other) => panic!("{other:?}"),
            }
        }

        fn add(&self, email: &str, role: &[&str], administrator: bool) -> Result<String, String> {
            let role = role.iter().map(|role| (*role).to_owned()).collect();
            let (email, name) = (email.to_owned(), "Ann".to_owned());
            let config = self.config();
            self.run(What::Add(Add { config, email, name, administrator, role, password_file: None }))
        }

        fn list(&self, format: Form) -> String {
            self.run(What::List { config: self.config(), format }).unwrap()
        }

        fn reset(&self, email: &str, second_factor: bool, file: Option<&str>) -> Result<String, String> {
            let password_file = file.map(|content| {
                let path = self.0.path().join("password");
                std::fs::write(&path, content).unwrap();
                path
            });
            let config = self.config();
            self.run(What::Reset { config, email: email.to_owned(), second_factor, password_file })
        }
    }

    #[test]
    fn an_account_is_made_listed_and_reset() {
        let host = Host::new();
        assert!(host.list(Form::Text).starts_with("nobody has an account yet"));
        let said = host.add("ann@bank.example", &[], true).unwrap();
        assert!(said.starts_with("ann@bank.example can sign in\npassword: "), "{said}");
        let first = said.lines().nth(1).unwrap().to_owned();
        let all: Value = serde_json::from_str(&host.list(Form::Json)).unwrap();
        assert_eq!((&all[0]["workspaces"], &all[0]["administrator"]), (&json!(["main"]), &json!(true)));
        assert!(!host.list(Form::Text).contains("password"));
        let again = host.add("ANN@bank.example", &["viewer"], false).unwrap_err();
        assert!(again.contains("account"), "{again}");
        let said = host.reset("ann@bank.example", false, None).unwrap();
        assert!(said.contains("has a new password") && !said.contains(&first), "{said}");
        let said = host.reset("ann@bank.example", false, Some("correct horse battery\nx")).unwrap();
        assert_eq!(said, "ann@bank.example has a new password, and their sessions have ended\n");
        let said = host.reset("ann@bank.example", true, None).unwrap();
        assert_eq!(said, "the second factors of ann@bank.example are gone, and their sessions have ended\n");
    }

    #[test]
    fn an_account_is_removed_unless_a_workspace_needs_it() {
        let host = Host::new();
        host.add("ann@bank.example", &[], true).unwrap();
        host.add("bob@bank.example", &["viewer"], false).unwrap();
        let remove = |email: &str| host.run(What::Remove { config: host.config(), email: email.to_owned() });
        let said = remove("bob@bank.example").unwrap();
        assert_eq!(said, "the account bob@bank.example is gone, with all that it could get in with\n");
        assert_eq!(remove("bob@bank.example").unwrap_err(), "there is no such account");
        let wrong = remove("ann@bank.example").unwrap_err();
        assert_eq!(wrong, "this is the last owner of main; make somebody else an owner there first");
    }

    #[test]
    fn what_is_wrong_is_said_in_words() {
        let host = Host::new();
        let wrong = host.add("ann@bank.example", &[], false).unwrap_err();
        assert_eq!(wrong, "say what the account may do: `--administrator`, or `--role viewer`");
        let wrong = host.add("ann@bank.example", &["boss"], false).unwrap_err();
        assert!(wrong.starts_with("there is no role `boss`; the roles are owner, admin, editor"), "{wrong}");
        let wrong = host.add("ann@bank.example", &["viewer", "main=editor"], false).unwrap_err();
        assert_eq!(wrong, "`--role` gives `main` twice");
        let wrong = host.add("ann@bank.example", &["shop=viewer"], false).unwrap_err();
        assert_eq!(wrong, "there is no such workspace");
        assert_eq!(host.reset("bob@bank.example", false, None).unwrap_err(), "there is no such account");
        host.add("ann@bank.example", &["viewer"], false).unwrap();
        let short = host.reset("ann@bank.example", false, Some("hunter2\n")).unwrap_err();
        assert!(short.contains("15 characters") && !short.contains("hunter2"), "{short}");
    }

    #[test]
    fn a_database_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("c.toml");
        std::fs::write(&file, "bots = [\"a.yaml\"]\n").unwrap();
        let config = ConfigArgs { config: file };
        let args = Args { what: What::List { config, format: Form::Text } };
        let Err(Stop::Problem(problem)) = run(&args, &mut Vec::new()) else { panic!("a problem") };
        assert!(problem.to_string().contains("countersign.db"), "{problem}");
        assert!(!folder.path().join("countersign.db").exists());
    }
}
