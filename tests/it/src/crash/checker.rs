//! Looks at a history and tells what must not be in it. It knows nothing of the product but the bot of the test.

use crate::live::{History, Sent};

/// Everything in the history that must not be there.
pub(crate) fn faults(history: &History) -> Vec<String> {
    let mut faults = Vec::new();
    for (password, times) in &history.submitted {
        if *times > 1 {
            faults.push(format!("the login {password} was sent {times} times"));
        }
    }
    if history.mixed_up > 0 {
        faults.push(format!("{} calls had the token of somebody else", history.mixed_up));
    }
    for (user, acknowledged) in &history.acknowledged {
        let nothing = Vec::new();
        let sent = history.sent.get(user).unwrap_or(&nothing);
        faults.extend(repeats(sent).into_iter().map(|fault| format!("{user}: {fault}")));
        if acknowledged.first().is_some_and(|first| first == "count") {
            faults.extend(counted(acknowledged, sent).into_iter().map(|fault| format!("{user}: {fault}")));
        }
    }
    faults
}

/// A message comes twice only when the server was stopped in between, and what follows a stop begins nowhere behind
/// what came before it.
fn repeats(sent: &[Sent]) -> Vec<String> {
    let mut faults = Vec::new();
    let lives = sent.chunk_by(|one, next| one.life == next.life);
    let mut seen: Vec<&str> = Vec::new();
    for life in lives {
        for window in life.windows(2) {
            if numbered(&window[0].text).is_some() && window[0].text == window[1].text {
                faults.push(format!("`{}` came twice in one life of the server", window[0].text));
            }
        }
        // Messages that were on their way at the stop come again in the same order, and then new ones.
        let texts: Vec<_> = life.iter().map(|sent| sent.text.as_str()).collect();
        let again = texts.iter().take_while(|text| numbered(text).is_some() && seen.contains(*text)).count();
        if let Some(late) =
            texts[again..].iter().find(|text| numbered(text).is_some() && seen.contains(*text))
        {
            faults.push(format!("`{late}` came again after something new"));
        }
        seen.extend(&texts[again..]);
    }
    faults
}

/// Each acknowledged message of a user who counts was processed once and in order, and each has its reply.
fn counted(acknowledged: &[String], sent: &[Sent]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut replies: Vec<&str> = Vec::new();
    for reply in sent.iter().map(|sent| sent.text.as_str()) {
        if !replies.contains(&reply) {
            replies.push(reply);
        }
    }
    for (n, message) in acknowledged.iter().enumerate() {
        let expected = if n == 0 { "Got  as 0.".to_owned() } else { format!("Got {message} as {n}.") };
        match replies.get(n) {
            Some(reply) if **reply == expected => {}
            Some(reply) => {
                faults.push(format!("in the place of `{expected}` stands `{reply}`"));
                break;
            }
            None => {
                faults.push(format!("`{expected}` never came"));
                break;
            }
        }
    }
    if replies.len() > acknowledged.len() {
        faults.push(format!("`{}` answers nothing", replies[acknowledged.len()]));
    }
    faults
}

/// Messages that can be told from each other by their text: those of the bot of the test all have a number.
fn numbered(text: &str) -> Option<()> {
    text.bytes().any(|byte| byte.is_ascii_digit()).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(acknowledged: &[&str], sent: &[(u64, &str)]) -> History {
        let mut history = History::default();
        let user = "user".to_owned();
        history.acknowledged.insert(user.clone(), acknowledged.iter().map(ToString::to_string).collect());
        let sent = sent.iter().map(|(life, text)| Sent { life: *life, text: (*text).to_owned() });
        history.sent.insert(user, sent.collect());
        history
    }

    #[test]
    fn what_is_right_has_no_faults() {
        let (zero, one, two) = ("Got  as 0.", "Got a as 1.", "Got b as 2.");
        let words = ["count", "a", "b"];
        assert!(faults(&history(&words, &[(0, zero), (0, one), (0, two)])).is_empty());
        // The server was stopped after it had sent two messages of which it knew nothing afterwards.
        assert!(faults(&history(&words, &[(0, zero), (0, one), (1, zero), (1, one), (1, two)])).is_empty());
    }

    #[test]
    fn every_kind_of_fault_is_found() {
        let (zero, one, two) = ("Got  as 0.", "Got a as 1.", "Got b as 2.");
        let words = ["count", "a", "b"];
        let found = |sent: &[(u64, &str)]| faults(&history(&words, sent)).join("; ");
        assert!(found(&[(0, zero), (0, one)]).contains("never came"));
        assert!(found(&[(0, zero), (0, one), (0, one), (0, two)]).contains("came twice in one life"));
        assert!(found(&[(0, zero), (0, two), (0, one)]).contains("in the place of"));
        assert!(found(&[(0, zero), (0, one), (0, two), (0, "Got b as 3.")]).contains("answers nothing"));
        assert!(found(&[(0, zero), (0, one), (1, two), (1, one)]).contains("came again after something new"));
        let mut twice = history(&[], &[]);
        twice.submitted.insert("p".into(), 2);
        twice.mixed_up = 1;
        assert_eq!(faults(&twice).len(), 2);
    }
}
