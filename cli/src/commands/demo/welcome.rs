//! What the demo says when it is ready.

use std::ffi::OsString;
use std::net::SocketAddr;

use super::world::World;
use crate::color::Paint;

/// Where `countersign chat --connect` looks when it is not told.
const USUAL_PORT: u16 = 8081;

pub(super) fn words(world: &World, paint: Paint) -> String {
    let (listen, stand_ins) = world.wanted();
    let mut notes = String::new();
    if listen.port() != 0 && world.addr() != listen {
        notes += &format!("{listen} is taken, so the server listens on {}.\n", world.addr());
    }
    if stand_ins != 0 && world.standins().port() != stand_ins {
        notes +=
            &format!("Port {stand_ins} is taken, so the stand-ins listen on {}.\n", world.standins().port());
    }
    let kept = match world.kept() {
        Some(folder) => format!("The database, the keys and the bots are kept in {}.", folder.display()),
        None => "Nothing is kept: the database is removed at the end. `--data DIR` keeps it.".to_owned(),
    };
    let command = |channel: &str| paint.cyan(chat(world.standins(), channel));
    let (login, console) = (world.login(), format!("http://{}/console/", world.addr()));
    let lines: Vec<_> = World::lines().collect();
    format!(
        "{notes}{}\n\n  console    {}\n  e-mail     {}\n  password   {}\n\n\
         Its first page leads through the demo bank in five steps. The password is of this start alone.\n\n\
         \u{20} server     http://{}\n  web page   http://{}/demo\n  stand-ins  http://{}\n  demo bank  http://{}\n\n\
         Or open another terminal and be a customer on WhatsApp:\n\n  {}\n\n\
         Write {}, log in as {} with the password {}, and tap {}.\n\
         Write {} again: the bot does not ask for the login a second time.\n\n\
         Or call the bank, and type {} and then the PIN {}:\n\n  {}\n\n\
         People     alice / wonderland   bob / builder   on the phone 4711 / 1234 and 1001 / 2468\n\
         Lines      {}\n\n{kept}\n{}\n",
        paint.bold("The demo is running."),
        paint.cyan(console),
        login.email,
        paint.bold(login.password.expose()),
        world.addr(),
        world.addr(),
        world.standins(),
        world.bank(),
        command("whatsapp"),
        paint.bold("balance"),
        paint.bold("alice"),
        paint.bold("wonderland"),
        paint.bold("1"),
        paint.bold("balance"),
        paint.bold("4711#"),
        paint.bold("1234"),
        command("phone"),
        lines.join(" "),
        paint.bold("Stop with Ctrl-C."),
    )
}

/// How to talk through a line of the demo.
pub(super) fn chat(standins: SocketAddr, channel: &str) -> String {
    let program = called(std::env::args_os().next());
    match standins.port() {
        USUAL_PORT => format!("{program} chat --connect --channel {channel}"),
        _ => format!("{program} chat --connect http://{standins} --channel {channel}"),
    }
}

/// The program as it was called: what is shown is typed into another terminal, where it may not be installed.
fn called(first: Option<OsString>) -> String {
    match first.and_then(|path| path.into_string().ok()) {
        Some(path) if path.contains(char::is_whitespace) => format!("'{path}'"),
        Some(path) if path.contains(['/', '\\']) => path,
        _ => "countersign".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_typed_as_the_program_was_called() {
        for (first, wanted) in [
            (Some("countersign"), "countersign"),
            (Some("target/release/countersign"), "target/release/countersign"),
            (Some("/opt/my tools/countersign"), "'/opt/my tools/countersign'"),
            (None, "countersign"),
        ] {
            assert_eq!(called(first.map(OsString::from)), wanted);
        }
    }
}
