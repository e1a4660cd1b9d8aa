use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_model::SecretText;
use zeroize::Zeroizing;

use crate::aead::{self, KEY_LEN, Key};
use crate::sealed::SealError;

/// A master key: it wraps the data keys of the workspaces and is never stored beside them.
pub struct MasterKey {
    id: KeyId,
    key: Key,
}

/// The master keys of an installation. The first is active: new data keys are wrapped by it. The others are there
/// to read what they have wrapped.
///
/// As text, one key stands on a line, `countersign-key-1:<id>:<base64 of 32 bytes>`; empty lines and lines that
/// begin with `#` say nothing.
#[derive(Debug)]
pub struct MasterKeys(Vec<MasterKey>);

/// The id of a master key, eight hexadecimal digits. It is derived from the key, so a damaged key is noticed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(crate) [u8; 4]);

/// Why a text holds no master keys. It never shows any of a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyParseError {
    /// There is no key in it.
    #[error("there is no key in it")]
    Empty,
    /// A line that is no key.
    #[error("line {line} is no key; a key is written `countersign-key-1:<id>:<base64>`")]
    Line {
        /// Number of the line, from 1.
        line: usize,
    },
    /// A key written by a later version.
    #[error("line {line} has a key of a kind that this version of Countersign does not know")]
    UnknownKind {
        /// Number of the line, from 1.
        line: usize,
    },
    /// An id that is no id.
    #[error("line {line} has no id of eight hexadecimal digits")]
    Id {
        /// Number of the line, from 1.
        line: usize,
    },
    /// A key that is too long, too short or no base64.
    #[error("the key {id} on line {line} is not 32 bytes in base64; it has been cut or changed")]
    Key {
        /// Number of the line, from 1.
        line: usize,
        /// The id that stands there.
        id: KeyId,
    },
    /// A key that does not have its id.
    #[error("the key {id} on line {line} does not fit its id; one of the two has been changed")]
    Mismatch {
        /// Number of the line, from 1.
        line: usize,
        /// The id that stands there.
        id: KeyId,
    },
    /// A key that stands there already.
    #[error("line {line} has the key {id} a second time")]
    Duplicate {
        /// Number of the line, from 1.
        line: usize,
        /// The id.
        id: KeyId,
    },
}

const KIND: &str = "countersign-key-1";

impl MasterKey {
    /// A new key from random bytes.
    ///
    /// # Errors
    /// [`SealError::Library`] when the system gives no random bytes.
    pub fn generate() -> Result<Self, SealError> {
        let key = Key::new(aead::random().map_err(|_| SealError::Library)?);
        Ok(Self { id: id_of(&key)?, key })
    }

    /// The id of the key.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// The line for a key file, without a line end.
    pub fn to_line(&self) -> SecretText {
        let encoded = Zeroizing::new(STANDARD.encode(self.key.as_slice()));
        let mut line = String::with_capacity(KIND.len() + encoded.len() + 10);
        line.push_str(KIND);
        line.push_str(&format!(":{}:", self.id));
        line.push_str(&encoded);
        SecretText::new(line)
    }

    /// A key for one use, so that no two uses share one.
    pub(crate) fn derive(&self, info: &[u8]) -> Result<Key, SealError> {
        aead::derive(&self.key, b"countersign", info).map_err(|_| SealError::Library)
    }
}

/// Shows the id alone.
impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

impl MasterKeys {
    /// Reads the text of a key file, of an environment variable or of a command's output.
    ///
    /// # Errors
    /// [`KeyParseError`] for the first line that is not sound.
    pub fn parse(text: &str) -> Result<Self, KeyParseError> {
        let mut keys: Vec<MasterKey> = Vec::new();
        for (index, content) in text.lines().enumerate() {
            let (line, content) = (index + 1, content.trim());
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let key = parse_line(line, content)?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(KeyParseError::Duplicate { line, id: key.id });
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeyParseError::Empty) } else { Ok(Self(keys)) }
    }

    /// The keys of an installation that has one.
    pub fn one(key: MasterKey) -> Self {
        Self(vec![key])
    }

    /// The key that wraps new data keys.
    pub fn active(&self) -> &MasterKey {
        &self.0[0]
    }

    /// The ids, the active one first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> + '_ {
        self.0.iter().map(MasterKey::id)
    }

    pub(crate) fn find(&self, id: KeyId) -> Option<&MasterKey> {
        self.0.iter().find(|key| key.id == id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &MasterKey> {
        self.0.iter()
    }

    /// Puts a new active key before the others.
    pub(crate) fn put_first(&mut self, key: MasterKey) {
        self.0.insert(0, key);
    }

    pub(crate) fn remove(&mut self, id: KeyId) {
        self.0.retain(|key| key.id != id);
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not eight hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the id of a key has eight hexadecimal digits")]
pub struct NoKeyId;

impl FromStr for KeyId {
    type Err = NoKeyId;

    fn from_str(text: &str) -> Result<Self, NoKeyId> {
        if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NoKeyId);
        }
        u32::from_str_radix(text, 16).map(|id| Self(id.to_be_bytes())).map_err(|_| NoKeyId)
    }
}

fn parse_line(line: usize, content: &str) -> Result<MasterKey, KeyParseError> {
    let mut parts = content.splitn(3, ':');
    let (Some(kind), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyParseError::Line { line });
    };
    if kind != KIND {
        let known = kind.starts_with("countersign-key-");
        return Err(if known { KeyParseError::UnknownKind { line } } else { KeyParseError::Line { line } });
    }
    let id: KeyId = id.parse().map_err(|_| KeyParseError::Id { line })?;
    let mut key = Key::default();
    // One byte more than a key has, so that a longer one is refused and not cut.
    let mut decoded = Zeroizing::new([0; KEY_LEN + 4]);
    let len = STANDARD
        .decode_slice(encoded, decoded.as_mut_slice())
        .map_err(|_| KeyParseError::Key { line, id })?;
    if len != KEY_LEN {
        return Err(KeyParseError::Key { line, id });
    }
    key.copy_from_slice(&decoded[..KEY_LEN]);
    if id_of(&key) != Ok(id) {
        return Err(KeyParseError::Mismatch { line, id });
    }
    Ok(MasterKey { id, key })
}

fn id_of(key: &Key) -> Result<KeyId, SealError> {
    let derived = aead::derive(key, b"countersign", b"key id 1").map_err(|_| SealError::Library)?;
    Ok(KeyId([derived[0], derived[1], derived[2], derived[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> (MasterKey, String) {
        let key = MasterKey::generate().unwrap();
        let line = key.to_line().into_public();
        (key, line)
    }

    #[test]
    fn a_key_reads_back_and_the_first_is_active() {
        let (first, a) = line();
        let (second, b) = line();
        let keys = MasterKeys::parse(&format!("# the keys\n\n{a}\r\n  {b}  \n")).unwrap();
        assert_eq!(keys.ids().collect::<Vec<_>>(), [first.id(), second.id()]);
        assert_eq!(keys.active().key, first.key);
        assert_ne!(first.key, second.key);
        assert!(a.starts_with(&format!("countersign-key-1:{}:", first.id())));
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_line() {
        let (key, good) = line();
        let id = key.id();
        let encoded = good.rsplit(':').next().unwrap();
        let swapped = if encoded.starts_with('A') { "B" } else { "A" };
        let changed = format!("countersign-key-1:{id}:{swapped}{}", &encoded[1..]);
        let long = STANDARD.encode([7; 33]);
        let longer = STANDARD.encode([7; 64]);
        let cases: [(String, KeyParseError); 11] = [
            (String::new(), KeyParseError::Empty),
            ("# nothing\n\n".into(), KeyParseError::Empty),
            (format!("{good}\nhello"), KeyParseError::Line { line: 2 }),
            ("secret:00000000:AAAA".into(), KeyParseError::Line { line: 1 }),
            (good.replace("key-1", "key-2"), KeyParseError::UnknownKind { line: 1 }),
            (format!("countersign-key-1:xyz:{encoded}"), KeyParseError::Id { line: 1 }),
            (good[..good.len() - 4].to_owned(), KeyParseError::Key { line: 1, id }),
            (format!("countersign-key-1:{id}:{long}"), KeyParseError::Key { line: 1, id }),
            (format!("countersign-key-1:{id}:{longer}"), KeyParseError::Key { line: 1, id }),
            (changed, KeyParseError::Mismatch { line: 1, id }),
            (format!("{good}\n\n{good}"), KeyParseError::Duplicate { line: 3, id }),
        ];
        for (text, expected) in cases {
            let error = MasterKeys::parse(&text).unwrap_err();
            assert_eq!(error, expected);
            assert!(!error.to_string().contains(&encoded[..8]), "{error}");
        }
    }

    #[test]
    fn messages_say_what_is_wrong() {
        let id = KeyId([0, 0xab, 1, 2]);
        assert_eq!(
            KeyParseError::Mismatch { line: 2, id }.to_string(),
            "the key 00ab0102 on line 2 does not fit its id; one of the two has been changed"
        );
        assert_eq!(
            KeyParseError::Line { line: 1 }.to_string(),
            "line 1 is no key; a key is written `countersign-key-1:<id>:<base64>`"
        );
        assert_eq!("00ab0102".parse(), Ok(id));
        assert_eq!("+0ab0102".parse::<KeyId>(), Err(NoKeyId));
    }

    #[test]
    fn debug_shows_the_id_alone() {
        let (key, line) = line();
        let shown = format!("{:?}", MasterKeys::one(key));
        assert!(!shown.contains(line.rsplit(':').next().unwrap()));
        assert!(shown.len() < 40, "{shown}");
    }
}
