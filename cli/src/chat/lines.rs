//! A conversation over pipes: one message of the user per line in, one line `bot: …` per message out.

use std::io::{self, BufRead, Write};

use countersign_model::SecretText;

use super::conversation::{Conversation, Next};
use crate::problem::Stop;
use crate::talk::Heard;
use crate::view;

/// What the next line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// Nothing secret.
    Text,
    /// A secret: it must not be seen while it is typed.
    Secret,
}

/// Reads lines until there are none or the conversation is over.
pub(crate) async fn run(
    conversation: &mut Conversation,
    mut input: impl FnMut(Awaited) -> io::Result<Option<SecretText>>,
    out: &mut (impl Write + Send),
    err: &mut impl Write,
) -> Result<(), Stop> {
    let mut said = Vec::new();
    conversation.begin(&mut |heard| said.push(heard)).await?;
    tell(conversation, &mut said, out).await?;
    while !conversation.is_over() {
        let awaited = if conversation.wants_secret() { Awaited::Secret } else { Awaited::Text };
        let Some(line) = input(awaited)? else { break };
        conversation.catch_up(&mut |heard| said.push(heard)).await?;
        let next = conversation.line(line, &mut |heard| said.push(heard)).await?;
        tell(conversation, &mut said, out).await?;
        match next {
            Next::Go => {}
            Next::Tell(text) => writeln!(err, "{text}")?,
            Next::Leave => break,
        }
    }
    Ok(())
}

/// Writes what was said. A pause of the bot's own is not waited for: the clock moves on.
async fn tell(
    conversation: &mut Conversation,
    said: &mut Vec<Heard>,
    out: &mut (impl Write + Send),
) -> Result<(), Stop> {
    loop {
        for heard in said.drain(..) {
            match heard {
                Heard::Said(message) => writeln!(out, "bot: {}", view::line(&message))?,
                Heard::Page { text, label } => {
                    writeln!(out, "bot: {}", view::line(&view::page(&text, &label)))?;
                }
                Heard::Erased | Heard::HandedOver { .. } => {}
            }
        }
        out.flush()?;
        match conversation.pause() {
            Some(pause) => conversation.after_pause(pause, &mut |heard| said.push(heard)).await?,
            None => return Ok(()),
        }
    }
}

/// The next line without its end; it may be a password.
pub(crate) fn next_line(input: &mut impl BufRead) -> io::Result<Option<SecretText>> {
    let mut line = String::new();
    if input.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let line = SecretText::new(line);
    let text = line.expose();
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(Some(text.strip_suffix('\r').unwrap_or(text).into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_they_do_anywhere() {
        let mut input = &b"one\r\n\n two \nlast"[..];
        let mut next = || next_line(&mut input).unwrap().map(|line| line.expose().to_owned());
        assert_eq!(next().as_deref(), Some("one"));
        assert_eq!(next().as_deref(), Some(""));
        assert_eq!(next().as_deref(), Some(" two "));
        assert_eq!(next().as_deref(), Some("last"));
        assert_eq!(next(), None);
    }
}
