//! `countersign demo`

mod bots;
mod login;
mod problem;
mod welcome;
mod world;

use std::io::{Write as _, stdout};
use std::net::SocketAddr;
use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

pub(crate) use self::problem::DemoError;
use self::world::{Options, World};
use crate::color::ColorChoice;
use crate::problem::{Problem, Stop};

/// Try everything on this machine: a server, a demo bank, and a stand-in of each provider.
///
/// No account anywhere is needed, and nothing leaves this machine.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The stand-ins behave like WhatsApp, Messenger, Instagram, Telegram, Twilio, Vonage and an SMS
gateway: they sign webhooks and take what the bots send. `countersign chat --connect` is the
phone in your hand.

Examples:
  countersign demo
  countersign demo --listen 127.0.0.1:9000
  countersign demo --data demo-data                keep the database and the bots
  countersign chat --connect --channel whatsapp    in another terminal

Exit codes: 0 it was stopped with Ctrl-C, 2 it cannot be started.")]
pub(crate) struct Args {
    /// Where the server listens; when the port is taken, the next one that is free.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// On which port of this machine the stand-ins listen; when it is taken, the next one that is free.
    #[arg(long, value_name = "PORT", default_value_t = 8081)]
    stand_ins: u16,
    /// Keep the database, the keys and the bot files in this folder. Without it they are in a temporary one, which is
    /// removed at the end.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t)]
    color: ColorChoice,
}

pub(crate) fn run(args: Args) -> Result<(), Stop> {
    let paint = args.color.paint(&stdout());
    let options = Options { listen: args.listen, stand_ins: args.stand_ins, data: args.data };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Problem::Io)?;
    runtime.block_on(async {
        let world = World::open(options).await.map_err(|error| Problem::Demo(Box::new(error)))?;
        write!(stdout(), "{}", welcome::words(&world, paint))?;
        stdout().flush()?;
        let stop = CancellationToken::new();
        tokio::spawn(on_signal(stop.clone()));
        world.run(stop).await;
        writeln!(stdout(), "{}", paint.dim("Stopped."))?;
        Ok(())
    })
}

/// The first signal stops in an orderly way, the second at once.
async fn on_signal(stop: CancellationToken) {
    signal().await;
    stop.cancel();
    signal().await;
    std::process::exit(130);
}

async fn signal() {
    use tokio::signal::unix;
    let interrupted = tokio::signal::ctrl_c();
    match unix::signal(unix::SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}
