//! Reads a line that is typed unseen.
//!
//! The editor of ordinary lines keeps what was typed in buffers that are not overwritten, and on a terminal without
//! features it would show it. So a secret is read here, byte by byte, straight into memory that is wiped.

use std::io::{self, Read as _, Write};

use countersign_model::SecretText;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// The longest secret that can be typed, in bytes. The memory for it is set aside at once, so that no copy stays
/// behind when it grows.
const MOST: usize = 4096;

/// A line, or why there is none.
#[derive(Debug)]
pub(crate) enum SecretLine {
    /// What was typed.
    Line(SecretText),
    /// Ctrl-C or Ctrl-D: the user wants to leave.
    Left,
}

/// Reads a line from the terminal, and writes to it through `out`. After the first key `•••` stands there, whatever is typed.
pub(crate) fn read(prompt: &str, out: &mut impl Write) -> io::Result<SecretLine> {
    out.write_all(prompt.as_bytes())?;
    out.flush()?;
    let unseen = Unseen::begin()?;
    let mut typing = Typing::new();
    let result = loop {
        let mut byte = [0];
        if io::stdin().lock().read(&mut byte)? == 0 {
            break SecretLine::Left;
        }
        let was_empty = typing.is_empty();
        match typing.key(byte[0]) {
            Key::Leave => break SecretLine::Left,
            Key::Done => break SecretLine::Line(typing.into_line()?),
            Key::More if was_empty && !typing.is_empty() => out.write_all("•••".as_bytes())?,
            Key::More if !was_empty && typing.is_empty() => out.write_all(b"\x08\x08\x08   \x08\x08\x08")?,
            Key::More => {}
        }
        out.flush()?;
    };
    drop(unseen);
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(result)
}

/// The terminal shows nothing of what is typed, as long as this lives.
struct Unseen {
    before: Termios,
}

impl Unseen {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut unseen = before.clone();
        unseen
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        unseen.special_codes[SpecialCodeIndex::VMIN] = 1;
        unseen.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Now, &unseen)?;
        Ok(Self { before })
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        // Nothing can be done when the terminal is gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    More,
    Done,
    Leave,
}

/// What has been typed so far.
struct Typing {
    typed: Zeroizing<Vec<u8>>,
}

impl Typing {
    fn new() -> Self {
        Self { typed: Zeroizing::new(Vec::with_capacity(MOST)) }
    }

    fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    fn key(&mut self, byte: u8) -> Key {
        let typed = &mut self.typed;
        match byte {
            b'\r' | b'\n' => return Key::Done,
            0x03 => return Key::Leave,
            0x04 if typed.is_empty() => return Key::Leave,
            // Backspace takes a whole character, which may be several bytes.
            0x08 | 0x7f => while typed.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {},
            // Ctrl-U takes all.
            0x15 => typed.clear(),
            0x00..=0x1f => {}
            _ if typed.len() < MOST => typed.push(byte),
            _ => {}
        }
        Key::More
    }

    fn into_line(mut self) -> io::Result<SecretText> {
        if std::str::from_utf8(&self.typed).is_err() {
            return Err(io::Error::other("what was typed is not UTF-8"));
        }
        // The same memory, which the secret now wipes.
        Ok(SecretText::new(String::from_utf8(std::mem::take(&mut *self.typed)).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[u8]) -> (Key, String) {
        let mut typing = Typing::new();
        let last = keys.iter().map(|key| typing.key(*key)).last().unwrap();
        (last, typing.into_line().unwrap().expose().to_owned())
    }

    #[test]
    fn keys_edit_the_line() {
        assert_eq!(typed("hunterß\x7f2\r".as_bytes()), (Key::Done, "hunter2".to_owned()));
        assert_eq!(typed(b"wrong\x15right"), (Key::More, "right".to_owned()));
        assert_eq!(typed(b"\x7f\x7fa\x1b"), (Key::More, "a".to_owned()));
        assert_eq!(typed(b"ab\x03").0, Key::Leave);
        assert_eq!(typed(b"\x04").0, Key::Leave);
        assert_eq!(typed(b"a\x04"), (Key::More, "a".to_owned()));
    }

    #[test]
    fn a_line_has_an_end() {
        assert_eq!(typed(&[b'x'; MOST + 10]).1.len(), MOST);
    }
}
