//! The command line of Countersign.

mod arguments;
mod bot_file;
mod chat;
mod color;
mod commands;
mod conversation_test;
mod logging;
mod pause;
mod problem;
mod remote;
mod talk;
mod view;
mod workspace;

use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Command, Countersign};
use crate::color::ColorChoice;
use crate::problem::{Stop, Told, UNUSABLE};

/// Memory is taken in one thread and given back in another all the time: by the writer of the store, and by the workers. The
/// allocator of glibc takes an eighth more of the processor for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    logging::quiet_panics();
    let arguments = Countersign::parse();
    // The server's log is as its configuration says.
    if !matches!(arguments.command, Some(Command::Serve(_))) {
        logging::start(arguments.v);
    }
    let result = run(arguments.command, arguments.v).and_then(|()| Ok(stdout().flush()?));
    match result {
        // Whoever read the output has what was wanted.
        Ok(()) | Err(Stop::Unread) => ExitCode::SUCCESS,
        Err(Stop::Told(code)) => ExitCode::from(code),
        Err(Stop::Problem(problem)) => {
            let paint = ColorChoice::Auto.paint(&stderr());
            // Nothing can be done when the standard error is gone too.
            let _ = write!(stderr(), "{}", Told(&problem, paint));
            ExitCode::from(UNUSABLE)
        }
    }
}

fn run(command: Option<Command>, verbosity: u8) -> Result<(), Stop> {
    let (mut out, mut err) = (stdout(), stderr());
    match command {
        None => commands::welcome::run(&mut out),
        Some(Command::Check(args)) => commands::check::run(&args, &mut out, &mut err),
        Some(Command::Chat(args)) => commands::chat::run(*args),
        Some(Command::Test(args)) => commands::test::run(&args, &mut out, &mut err),
        Some(Command::Serve(args)) => commands::serve::run(&args, verbosity, &mut err),
        Some(Command::Config(args)) => commands::config::run(&args, &mut out, &mut err),
        Some(Command::Import(args)) => commands::import::run(&args, &mut out, &mut err),
        Some(Command::Export(args)) => commands::export::run(&args, &mut out),
        Some(Command::Publish(args)) => commands::publish::run(&args, &mut out, &mut err),
        Some(Command::User(args)) => commands::user::run(&args, &mut out),
        Some(Command::Tokens(args)) => commands::tokens::run(&args, &mut out),
        Some(Command::Outbox(args)) => commands::outbox::run(&args, &mut out),
        Some(Command::Backup(args)) => commands::backup::run(&args, &mut out),
        Some(Command::Restore(args)) => commands::restore::run(&args, &mut out),
        Some(Command::Keys(args)) => commands::keys::run(&args, &mut out),
        Some(Command::Demo(args)) => commands::demo::run(args),
        Some(Command::Schema(args)) => commands::schema::run(&args, &mut out),
        Some(Command::Completions(args)) => commands::completions::run(&args, &mut out),
    }
}
