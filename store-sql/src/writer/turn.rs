//! All that one turn made.

use countersign_model::{Name, Timestamp};
use countersign_store::{
    AnswerRow, Delivery, Line, NewCall, SecretChange, SessionCommit, TimerChange, TokenRow, TurnCommit,
};

use super::calls::{Counted, count};
use super::item::Work;
use super::tx::{Entry, Tx};
use crate::code::{self, ConvId, Seen};
use crate::error::{Failure, Fault};
use crate::schedule::{Committed, Consumed, Schedule};

/// So many ids stand in the row of a conversation at most; then all but the newest go into a table of their own.
const SEEN_MOST: usize = 64;
/// So many of them stay.
const SEEN_STAY: usize = 16;
/// Rows of tokens and answers of one conversation have numbers in a range of this size.
pub(crate) const RANGE: i64 = 4096;

pub(crate) struct CommitTurn {
    pub(crate) turn: TurnCommit,
    pub(crate) consumed: Consumed,
}

pub(crate) struct Turned {
    pub(super) conversation: ConvId,
    outbox: Vec<u64>,
    /// The numbers of the calls that are kept; `None` for one that nobody waits for.
    calls: Vec<Option<u64>>,
    counted: Counted,
}

impl Work for CommitTurn {
    type Made = Turned;
    type Out = ();

    fn size(&self) -> usize {
        size(&self.turn)
    }

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<Turned, Fault> {
        let entry = tx.take(&self.turn.lease.conversation)?.ok_or(Fault::Lost)?;
        if tx.sql("DELETE FROM inbox WHERE seq = ?1")?.execute([self.consumed.seq as i64])? == 0 {
            // The contact was erased meanwhile, and has written again.
            tx.put(entry);
            return Err(Fault::Lost);
        }
        put_turn(tx, entry, &self.turn, self.consumed.seen)
    }

    fn keep(self, made: Turned, schedule: &mut Schedule) {
        let _ = made.keep(self.turn, self.consumed, schedule);
    }

    fn fail(self, schedule: &mut Schedule) {
        schedule.turn_failed(&self.turn.lease);
    }
}

impl Turned {
    /// Tells the schedule that the turn is on disk. Gives the conversation.
    pub(super) fn keep(self, turn: TurnCommit, consumed: Consumed, schedule: &mut Schedule) -> ConvId {
        let session = turn.session.map(|session| (session.stored, session.calling, session.tokens_seen));
        let calls = self.calls.into_iter().zip(turn.calls);
        let committed = Committed {
            session,
            consumed,
            now: turn.now,
            lines: turn.transcript.len() as u64,
            secrets: turn.secrets,
            outbox: self.outbox.into_iter().zip(turn.outbox).collect(),
            calls: calls.filter_map(|(seq, call)| Some((seq?, call))).collect(),
        };
        schedule.committed(self.conversation, committed);
        schedule.counters.put_all(self.counted);
        self.conversation
    }
}

/// About how many bytes a turn has.
pub(super) fn size(turn: &TurnCommit) -> usize {
    let session = turn.session.as_ref().map_or(0, |session| session.stored.bytes.len());
    let calls: usize = turn.calls.iter().map(|call| call.request.len()).sum();
    512 + session + calls + 256 * (turn.outbox.len() + turn.transcript.len())
}

/// Writes all that a turn made. `seen` is the id of what it answers, when that may come in again.
pub(super) fn put_turn(
    tx: &mut Tx<'_>,
    mut entry: Box<Entry>,
    turn: &TurnCommit,
    seen: Option<Seen>,
) -> Result<Turned, Fault> {
    if let Some(seen) = seen {
        entry.waiting.retain(|id| *id != seen.0);
        entry.seen.push(seen);
        if entry.seen.len() > SEEN_MOST {
            spill(tx, &mut entry)?;
        }
    }
    transcript(tx, &mut entry, turn.now, &turn.transcript)?;
    for lead in &turn.leads {
        let seq = tx.next_seq();
        let answers = code::to_bytes(&lead.answers)?;
        tx.sql("INSERT INTO leads (seq, conversation, form, at, answers) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute((seq, entry.id, lead.form.as_str(), lead.at.as_micros(), answers))?;
    }
    for change in &turn.secrets {
        secret(tx, &mut entry, change)?;
    }
    let outbox = turn.outbox.iter().map(|delivery| send(tx, entry.id, turn.now, delivery));
    let outbox = outbox.collect::<Result<_, _>>()?;
    let calls = turn.calls.iter().map(|call| ask(tx, &mut entry, call, turn.session.as_ref()));
    let calls = calls.collect::<Result<_, _>>()?;
    conversation(tx, &mut entry, turn.session.as_ref())?;
    if let Some(session) = turn.session.as_ref().filter(|session| session.handed_over != entry.handed_over) {
        entry.handed_over = session.handed_over;
        let since = session.handed_over.then_some(turn.now.as_micros());
        tx.sql("UPDATE conversations SET handed_over = ?2 WHERE id = ?1")?.execute((entry.id, since))?;
    }
    let counted = count(tx, &turn.counters, turn.now)?;
    let conversation = entry.id;
    tx.put(entry);
    Ok(Turned { conversation, outbox, calls, counted })
}

fn spill(tx: &mut Tx<'_>, entry: &mut Entry) -> Result<(), Fault> {
    let older = entry.seen.len() - SEEN_STAY;
    let mut put = tx.sql("INSERT OR REPLACE INTO seen (conversation, id, second) VALUES (?1, ?2, ?3)")?;
    for (id, second) in entry.seen.drain(..older) {
        put.execute((entry.id, id as i64, second))?;
    }
    entry.spilled = true;
    Ok(())
}

fn transcript(tx: &mut Tx<'_>, entry: &mut Entry, now: Timestamp, lines: &[Line]) -> Result<(), Fault> {
    if lines.is_empty() {
        return Ok(());
    }
    let first = entry.lines - entry.recent.lines;
    if let Some(before) = entry.recent.push(now, lines)? {
        let seq = tx.next_seq();
        let values = (seq, entry.id, entry.last_turns, first as i64, before.last_at(), before.as_bytes());
        tx.sql(
            "INSERT INTO turns (seq, conversation, before, first, at, lines) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(values)?;
        entry.last_turns = seq;
    }
    entry.lines += lines.len() as u64;
    Ok(())
}

fn send(tx: &mut Tx<'_>, conversation: ConvId, now: Timestamp, delivery: &Delivery) -> Result<u64, Fault> {
    let seq = tx.next_seq();
    tx.sql("INSERT INTO outbox (seq, conversation, created_at, due, delivery) VALUES (?1, ?2, ?3, ?3, ?4)")?
        .execute((seq, conversation, now.as_micros(), code::to_bytes(delivery)?))?;
    Ok(seq as u64)
}

fn ask(
    tx: &mut Tx<'_>,
    entry: &mut Entry,
    call: &NewCall,
    session: Option<&SessionCommit>,
) -> Result<Option<u64>, Fault> {
    if session.is_some_and(|session| !waits_for(session, call.session, call.call)) {
        return Ok(None);
    }
    let seq = tx.next_seq();
    tx.sql("INSERT INTO calls (seq, conversation, session, number, request, sent) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute((seq, entry.id, code::session_to_bytes(call.session), call.call.0, &call.request, call.sent_when_kept))?;
    entry.calls.push((seq as u64, call.session, call.call));
    Ok(Some(seq as u64))
}

fn waits_for(
    session: &SessionCommit,
    id: countersign_store::SessionId,
    call: countersign_model::CallId,
) -> bool {
    session.stored.id == id && session.calling == Some(call)
}

fn conversation(tx: &mut Tx<'_>, entry: &mut Entry, session: Option<&SessionCommit>) -> Result<(), Fault> {
    let seen = code::seen_to_bytes(&entry.seen);
    let (last_turns, lines, recent) = (entry.last_turns, entry.lines as i64, entry.recent.as_bytes());
    let Some(session) = session else {
        tx.sql(
            "UPDATE conversations SET last_turns = ?2, lines = ?3, spilled = ?4, seen = ?5, recent = ?6 \
             WHERE id = ?1",
        )?
        .execute((entry.id, last_turns, lines, entry.spilled, seen, recent))?;
        return Ok(());
    };
    for (seq, ..) in entry.calls.extract_if(.., |(_, id, call)| !waits_for(session, *id, *call)) {
        tx.sql("DELETE FROM calls WHERE seq = ?1")?.execute([seq as i64])?;
    }
    let id = session.stored.id;
    if entry.session.replace(id).is_some_and(|before| before != id) && entry.has_timer {
        let mut find =
            tx.sql("SELECT session_id, timer FROM conversations WHERE id = ?1 AND length(timer) = 4")?;
        let mut rows = find.query([entry.id])?;
        if let Some(row) = rows.next()? {
            let timer = [row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?].concat();
            tx.sql("UPDATE conversations SET timer = ?2 WHERE id = ?1")?.execute((entry.id, timer))?;
        }
    }
    let calling = session.calling.map(|call| call.0);
    let (seen_tokens, version) = (session.tokens_seen as i64, session.stored.version.0 as i64);
    let (id, bytes) = (code::session_to_bytes(id), &session.stored.bytes);
    let timer = match session.timer {
        TimerChange::Set(timer, at) => Some((at, timer.0.to_le_bytes())),
        TimerChange::Clear if entry.has_timer => None,
        TimerChange::Clear | TimerChange::Keep => {
            tx.sql(
                "UPDATE conversations SET last_turns = ?2, lines = ?3, spilled = ?4, seen = ?5, calling = ?6, \
                 tokens_seen = ?7, version = ?8, session_id = ?9, session = ?10, recent = ?11 WHERE id = ?1",
            )?
            .execute((
                entry.id, last_turns, lines, entry.spilled, seen, calling, seen_tokens, version, id, bytes, recent,
            ))?;
            return Ok(());
        }
    };
    entry.has_timer = timer.is_some();
    tx.timers_changed = true;
    // The row is written once.
    tx.sql(
        "UPDATE conversations SET last_turns = ?2, lines = ?3, spilled = ?4, seen = ?5, calling = ?6, tokens_seen = ?7, \
         version = ?8, session_id = ?9, session = ?10, recent = ?11, timer_at = ?12, timer = ?13 WHERE id = ?1",
    )?
    .execute((
        entry.id,
        last_turns,
        lines,
        entry.spilled,
        seen,
        calling,
        seen_tokens,
        version,
        id,
        bytes,
        recent,
        timer.map(|(at, _)| at.as_micros()),
        timer.map(|(_, timer)| timer),
    ))?;
    Ok(())
}

fn secret(tx: &mut Tx<'_>, entry: &mut Entry, change: &SecretChange) -> Result<(), Fault> {
    match change {
        SecretChange::PutAnswer(answer) => put_answer(tx, entry, answer),
        SecretChange::ForgetAnswers(component) => forget_answers(tx, entry, |known| known == component),
        SecretChange::ForgetAllAnswers => forget_answers(tx, entry, |_| true),
        SecretChange::ForgetToken { bot, component } => {
            forget_tokens(tx, entry, |known, of| known == bot && of == component)
        }
        SecretChange::ForgetAllTokens => forget_tokens(tx, entry, |_, _| true),
    }
}

fn put_answer(tx: &mut Tx<'_>, entry: &mut Entry, answer: &AnswerRow) -> Result<(), Fault> {
    let id = entry.id;
    let rows = answers(tx, entry)?;
    let same =
        rows.iter().find(|(_, component, index)| (component, *index) == (&answer.component, answer.index));
    let row = match same {
        Some((row, ..)) => *row,
        None => {
            let row = free(id, rows.iter().map(|(row, ..)| *row))?;
            rows.push((row, answer.component.clone(), answer.index));
            row
        }
    };
    tx.sql(
        "INSERT OR REPLACE INTO answers (id, component, number, expires_at, value) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((
        row,
        answer.component.as_str(),
        answer.index,
        answer.value.expires_at.as_micros(),
        answer.value.sealed.as_bytes(),
    ))?;
    Ok(())
}

fn forget_answers(tx: &mut Tx<'_>, entry: &mut Entry, which: impl Fn(&Name) -> bool) -> Result<(), Fault> {
    let gone: Vec<_> = answers(tx, entry)?.extract_if(.., |(_, component, _)| which(component)).collect();
    for (row, ..) in gone {
        tx.sql("DELETE FROM answers WHERE id = ?1")?.execute([row])?;
    }
    Ok(())
}

/// Keeps a token in place of the one before.
pub(super) fn put_token(tx: &mut Tx<'_>, entry: &mut Entry, token: &TokenRow) -> Result<(), Fault> {
    let id = entry.id;
    let rows = tokens(tx, entry)?;
    let same = rows.iter().find(|(_, bot, component)| (bot, component) == (&token.bot, &token.component));
    let row = match same {
        Some((row, ..)) => *row,
        None => {
            let row = free(id, rows.iter().map(|(row, ..)| *row))?;
            rows.push((row, token.bot.clone(), token.component.clone()));
            row
        }
    };
    let refresh_until = token.refresh.as_ref().map(|refresh| refresh.expires_at);
    tx.sql(
        "INSERT OR REPLACE INTO tokens (id, bot, component, expires_at, logged_in_at, refresh_until, refresh, \
         sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        row,
        token.bot.as_str(),
        token.component.as_str(),
        token.expires_at.as_micros(),
        token.logged_in_at.as_micros(),
        refresh_until.map(Timestamp::as_micros),
        token.refresh.as_ref().map(|refresh| refresh.sealed.as_bytes()),
        token.sealed.as_bytes(),
    ))?;
    Ok(())
}

fn forget_tokens(
    tx: &mut Tx<'_>,
    entry: &mut Entry,
    which: impl Fn(&Name, &Name) -> bool,
) -> Result<(), Fault> {
    let gone: Vec<_> =
        tokens(tx, entry)?.extract_if(.., |(_, bot, component)| which(bot, component)).collect();
    for (row, ..) in gone {
        tx.sql("DELETE FROM tokens WHERE id = ?1")?.execute([row])?;
    }
    Ok(())
}

fn tokens<'e>(tx: &Tx<'_>, entry: &'e mut Entry) -> Result<&'e mut Vec<(i64, Name, Name)>, Fault> {
    if entry.tokens.is_none() {
        let mut find =
            tx.sql("SELECT id, bot, component FROM tokens WHERE id >= ?1 AND id < ?2 ORDER BY id")?;
        let mut rows = find.query(range(entry.id))?;
        let mut known = Vec::new();
        while let Some(row) = rows.next()? {
            let name = |column| code::name(&row.get::<_, String>(column)?, "tokens");
            known.push((row.get(0)?, name(1)?, name(2)?));
        }
        entry.tokens = Some(known);
    }
    Ok(entry.tokens.get_or_insert_default())
}

fn answers<'e>(tx: &Tx<'_>, entry: &'e mut Entry) -> Result<&'e mut Vec<(i64, Name, u8)>, Fault> {
    if entry.answers.is_none() {
        let mut find =
            tx.sql("SELECT id, component, number FROM answers WHERE id >= ?1 AND id < ?2 ORDER BY id")?;
        let mut rows = find.query(range(entry.id))?;
        let mut known = Vec::new();
        while let Some(row) = rows.next()? {
            known.push((row.get(0)?, code::name(&row.get::<_, String>(1)?, "answers")?, row.get(2)?));
        }
        entry.answers = Some(known);
    }
    Ok(entry.answers.get_or_insert_default())
}

/// The numbers that rows of tokens or answers of a conversation can have.
pub(crate) const fn range(conversation: ConvId) -> (i64, i64) {
    (conversation * RANGE, (conversation + 1) * RANGE)
}

/// The first number that no row has.
fn free(conversation: ConvId, taken: impl Iterator<Item = i64>) -> Result<i64, Fault> {
    let (first, end) = range(conversation);
    let mut taken: Vec<_> = taken.collect();
    taken.sort_unstable();
    let row = taken.iter().fold(first, |free, row| if *row == free { free + 1 } else { free });
    if row < end { Ok(row) } else { Err(Failure::Refused(0).into()) }
}
