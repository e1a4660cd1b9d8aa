//! The master keys from the output of a command: a manager of passwords, a client of a vault, a script.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use countersign_model::SecretText;
use countersign_vault::{KeyParseError, MasterKeys};
use zeroize::Zeroizing;

/// Why a command gave no keys. Nothing of its output is in here.
#[derive(Debug, thiserror::Error)]
pub enum CommandFault {
    /// It could not be started.
    #[error("it cannot be started: {0}; give the whole path of the program, it is not started by a shell")]
    Start(io::Error),
    /// It ended with a code other than 0.
    #[error("it failed ({0}); run it as the user of the server to see why")]
    Failed(ExitStatus),
    /// It did not end.
    #[error("it did not end within {} seconds and was stopped; it may ask for something, and nobody answers", .0.as_secs_f32())]
    TimedOut(Duration),
    /// It wrote more than any keys are.
    #[error("it wrote more than {} KiB; it is to write the lines of a key file and nothing else", OUTPUT / 1024)]
    TooLong,
    /// Its output cannot be read.
    #[error("its output cannot be read: {0}")]
    Read(io::Error),
    /// What it wrote are no keys.
    #[error("its output: {0}")]
    Keys(KeyParseError),
}

/// The longest output, in bytes.
const OUTPUT: usize = 64 * 1024;

/// How often it is looked whether a command that has closed its output has ended.
const LOOK: Duration = Duration::from_millis(5);

/// Runs a program with its arguments, and reads the keys that it writes. It is given nothing to read, and what it
/// complains of is dropped: also that may hold keys. Blocks for `timeout` at most.
pub(crate) fn keys_of(argv: &[String], timeout: Duration) -> Result<MasterKeys, CommandFault> {
    let until = Instant::now() + timeout;
    let (program, arguments) = argv
        .split_first()
        .ok_or_else(|| CommandFault::Start(io::Error::new(io::ErrorKind::InvalidInput, "it has no name")))?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(CommandFault::Start)?;
    let output = output(&mut child, until);
    let status = match output {
        Ok(_) => wait(&mut child, until),
        Err(_) => Ok(None),
    };
    if !matches!(status, Ok(Some(_))) {
        // It may have ended meanwhile; then there is nothing to stop.
        let _ = child.kill();
        let _ = child.wait();
    }
    let output = output.map_err(|fault| fault.unwrap_or(CommandFault::TimedOut(timeout)))?;
    let status = status.map_err(CommandFault::Read)?.ok_or(CommandFault::TimedOut(timeout))?;
    if !status.success() {
        return Err(CommandFault::Failed(status));
    }
    let text =
        std::str::from_utf8(&output).map_err(|_| CommandFault::Keys(KeyParseError::Line { line: 1 }))?;
    MasterKeys::parse(SecretText::from(text).expose()).map_err(CommandFault::Keys)
}

/// All that it writes, in time; the error is none when the time is over.
fn output(child: &mut Child, until: Instant) -> Result<Zeroizing<Vec<u8>>, Option<CommandFault>> {
    let Some(mut stdout) = child.stdout.take() else { return Ok(Zeroizing::default()) };
    let (send, receive) = mpsc::channel();
    // A program that it started may hold the output open for ever, so nobody waits for this thread.
    thread::spawn(move || {
        // As long as it ever gets, so that no copies are left behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(OUTPUT + 1));
        let read = stdout.by_ref().take(OUTPUT as u64 + 1).read_to_end(&mut bytes);
        let _ = send.send(read.map(|_| bytes));
    });
    let left = until.saturating_duration_since(Instant::now());
    match receive.recv_timeout(left) {
        Ok(Ok(bytes)) if bytes.len() > OUTPUT => Err(Some(CommandFault::TooLong)),
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(Some(CommandFault::Read(error))),
        Err(_) => Err(None),
    }
}

/// How it ended; none when it has not in time.
fn wait(child: &mut Child, until: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        let status = child.try_wait()?;
        if status.is_some() || Instant::now() >= until {
            return Ok(status);
        }
        // Nobody unparks it, so this is a pause.
        thread::park_timeout(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use countersign_vault::MasterKey;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn shell(script: &str, timeout: Duration) -> Result<MasterKeys, CommandFault> {
        keys_of(&["/bin/sh", "-c", script].map(str::to_owned), timeout)
    }

    fn fault(script: &str) -> String {
        shell(script, LONG).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn what_it_writes_is_read() {
        let (first, second) = (MasterKey::generate().unwrap(), MasterKey::generate().unwrap());
        let (a, b) = (first.to_line(), second.to_line());
        let script = format!("echo '# keys'; echo {}; echo {}", a.expose(), b.expose());
        let keys = shell(&script, LONG).unwrap();
        assert_eq!(keys.ids().collect::<Vec<_>>(), [first.id(), second.id()]);
    }

    #[test]
    fn what_goes_wrong_is_told_without_its_output() {
        let cases = [
            ("echo hunter2; echo hunter2 >&2; exit 3", "it failed (exit status: 3); run it as"),
            ("echo hunter2", "its output: line 1 is no key"),
            ("true", "its output: "),
            ("printf 'hunter2\\377'", "its output: line 1 is no key"),
            ("yes hunter2", "it wrote more than 64 KiB"),
            ("kill -9 $$", "it failed (signal: 9"),
        ];
        for (script, message) in cases {
            let fault = fault(script);
            assert!(fault.starts_with(message) && !fault.contains("hunter2"), "{script}: {fault}");
        }
        let missing = keys_of(&["/nowhere/hunter".to_owned()], LONG).map(|_| ()).unwrap_err().to_string();
        assert!(missing.starts_with("it cannot be started: "), "{missing}");
        assert!(keys_of(&[], LONG).is_err());
    }

    #[test]
    fn it_is_given_nothing_and_is_stopped_when_it_takes_too_long() {
        let begun = Instant::now();
        let short = Duration::from_millis(50);
        // With its output open and with it closed; a program that it started holds the output open in the third.
        for script in ["exec sleep 600", "exec >&-; exec sleep 600", "sleep 600 & sleep 600"] {
            let fault = shell(script, short).map(|_| ()).unwrap_err();
            assert!(matches!(fault, CommandFault::TimedOut(_)), "{script}: {fault}");
        }
        assert!(begun.elapsed() < LONG);
        assert!(fault("cat").contains("its output: "), "there is nothing to read");
    }
}
