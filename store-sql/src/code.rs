//! How values stand in columns.

use aws_lc_rs::digest;
use countersign_model::{CallId, Name, TimerId, Timestamp};
use countersign_store::{ConversationKey, InboundKind, ReceiptState, SealedPayload, SessionId};
use countersign_vault::Sealed;
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Failure;

/// A conversation in the tables.
pub(crate) type ConvId = i64;

/// What is kept of a provider's id: 8 bytes of its SHA-256, and the second in which it came in.
pub(crate) type Seen = (u64, u32);

/// 8 bytes of the SHA-256 of a text.
pub(crate) fn short(text: &str) -> u64 {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    hash.as_ref().iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

/// What stays of an id when its conversation is erased: a positive number made of it and of whose it was. Ids of providers
/// cannot be guessed, so neither can the address.
pub(crate) fn erased(key: &ConversationKey, id: u64) -> i64 {
    let id = format!("{id:016x}");
    let text = [key.workspace.as_str(), key.channel.as_str(), &key.address, &id].join("\0");
    (short(&text) >> 1) as i64
}

/// The second of a moment, as it stands beside an id.
pub(crate) fn second(at: Timestamp) -> u32 {
    u32::try_from(at.as_secs().max(0)).unwrap_or(u32::MAX)
}

pub(crate) fn seen_to_bytes(seen: &[Seen]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(seen.len() * 12);
    for (id, second) in seen {
        bytes.extend_from_slice(&id.to_le_bytes());
        bytes.extend_from_slice(&second.to_le_bytes());
    }
    bytes
}

pub(crate) fn seen_from_bytes(bytes: &[u8]) -> Result<Vec<Seen>, Failure> {
    let (entries, rest) = bytes.as_chunks::<12>();
    if !rest.is_empty() {
        return Err(Failure::Damaged("conversations"));
    }
    let entry = |entry: &[u8; 12]| {
        let (id, second) = entry.split_at(8);
        let id = id.iter().rev().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        (id, second.iter().rev().fold(0, |sum, byte| (sum << 8) | u32::from(*byte)))
    };
    Ok(entries.iter().map(entry).collect())
}

pub(crate) fn name(text: &str, table: &'static str) -> Result<Name, Failure> {
    text.parse().map_err(|_| Failure::Damaged(table))
}

pub(crate) fn session_to_bytes(session: SessionId) -> [u8; 16] {
    session.0.to_le_bytes()
}

pub(crate) fn session(bytes: &[u8], table: &'static str) -> Result<SessionId, Failure> {
    bytes.try_into().map(|bytes| SessionId(u128::from_le_bytes(bytes))).map_err(|_| Failure::Damaged(table))
}

/// The session of a timer and its number, from the column `timer`; without a session of its own it has that of the
/// conversation.
pub(crate) fn timer(bytes: &[u8], current: &[u8]) -> Result<(SessionId, TimerId), Failure> {
    let (number, session_id) = match bytes.len() {
        4 => (bytes, current),
        _ => {
            let (session, number) = bytes.split_at_checked(16).ok_or(Failure::Damaged("conversations"))?;
            (number, session)
        }
    };
    let number = number.try_into().map_err(|_| Failure::Damaged("conversations"))?;
    Ok((session(session_id, "conversations")?, TimerId(u32::from_le_bytes(number))))
}

/// Milliseconds since 1970-01-01T00:00:00Z.
pub(crate) const fn millis(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(1_000)
}

/// The columns `kind`, `session` and `number` of an inbox row.
pub(crate) fn kind_to_columns(kind: InboundKind) -> (i64, Option<[u8; 16]>, Option<u32>) {
    match kind {
        InboundKind::Reply => (0, None, None),
        InboundKind::Begin => (1, None, None),
        InboundKind::HungUp => (2, None, None),
        InboundKind::Outcome { session, call } => (3, Some(session_to_bytes(session)), Some(call.0)),
        InboundKind::Elapsed { session, timer } => (4, Some(session_to_bytes(session)), Some(timer.0)),
    }
}

pub(crate) fn kind(
    kind: i64,
    session_id: Option<&[u8]>,
    number: Option<u32>,
) -> Result<InboundKind, Failure> {
    const DAMAGED: Failure = Failure::Damaged("inbox");
    let session = || session(session_id.ok_or(DAMAGED)?, "inbox");
    let number = || number.ok_or(DAMAGED);
    Ok(match kind {
        0 => InboundKind::Reply,
        1 => InboundKind::Begin,
        2 => InboundKind::HungUp,
        3 => InboundKind::Outcome { session: session()?, call: CallId(number()?) },
        4 => InboundKind::Elapsed { session: session()?, timer: TimerId(number()?) },
        _ => return Err(DAMAGED),
    })
}

pub(crate) const fn state_to_column(state: ReceiptState) -> i64 {
    match state {
        ReceiptState::Queued => 0,
        ReceiptState::Sent => 1,
        ReceiptState::Delivered => 2,
        ReceiptState::Read => 3,
        ReceiptState::Failed => 4,
    }
}

pub(crate) fn state(column: i64) -> Result<ReceiptState, Failure> {
    Ok(match column {
        0 => ReceiptState::Queued,
        1 => ReceiptState::Sent,
        2 => ReceiptState::Delivered,
        3 => ReceiptState::Read,
        4 => ReceiptState::Failed,
        _ => return Err(Failure::Damaged("receipts")),
    })
}

pub(crate) fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Failure> {
    postcard::to_stdvec(value).map_err(|_| Failure::Refused(0))
}

pub(crate) fn from_bytes<T: DeserializeOwned>(bytes: &[u8], table: &'static str) -> Result<T, Failure> {
    postcard::from_bytes(bytes).map_err(|_| Failure::Damaged(table))
}

/// A moment in a column.
pub(crate) fn at(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_micros)
}

/// A sealed value and its end in two columns.
pub(crate) fn payload(
    row: &Row<'_>,
    expires: usize,
    sealed: usize,
) -> rusqlite::Result<Option<SealedPayload>> {
    let Some(bytes) = row.get::<_, Option<Vec<u8>>>(sealed)? else { return Ok(None) };
    Ok(Some(SealedPayload { sealed: Sealed::from_bytes(bytes), expires_at: at(row, expires)? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_from_their_bytes() {
        let seen = vec![(u64::MAX - 1, 7), (short("wamid.1"), u32::MAX), (0, 0)];
        assert_eq!(seen_from_bytes(&seen_to_bytes(&seen)).unwrap(), seen);
        assert_eq!(seen_from_bytes(&[0; 13]), Err(Failure::Damaged("conversations")));
    }

    #[test]
    fn kinds_come_back_from_their_columns() {
        let session = SessionId(u128::MAX / 3);
        let kinds = [
            InboundKind::Reply,
            InboundKind::Begin,
            InboundKind::HungUp,
            InboundKind::Outcome { session, call: CallId(u32::MAX) },
            InboundKind::Elapsed { session, timer: TimerId(9) },
        ];
        for expected in kinds {
            let (code, session, number) = kind_to_columns(expected);
            assert_eq!(kind(code, session.as_ref().map(<[u8; 16]>::as_slice), number).unwrap(), expected);
        }
        assert!(kind(3, None, Some(1)).is_err() && kind(9, None, None).is_err());
        let (own, five) = (session_to_bytes(session), 5_u32.to_le_bytes());
        assert_eq!(timer(&five, &own).unwrap(), (session, TimerId(5)));
        assert_eq!(timer(&[&own[..], &five].concat(), &[0; 16]).unwrap(), (session, TimerId(5)));
        assert!(timer(&[0; 19], &own).is_err() && timer(&five, &[]).is_err());
    }
}
