use aws_lc_rs::digest;

use super::{Expected, NotAccepted, cose};

/// WebAuthn §6.1.
pub(super) struct AuthData {
    relying_party: [u8; 32],
    flags: u8,
    pub(super) counter: u32,
    pub(super) credential: Option<Attested>,
}

/// WebAuthn §6.5.1.
pub(super) struct Attested {
    pub(super) id: Vec<u8>,
    /// COSE.
    pub(super) public_key: Vec<u8>,
}

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const ATTESTED: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

/// The longest id of a passkey, in bytes.
const LONGEST_ID: usize = 1023;

impl AuthData {
    /// Reads all of it: what stands behind it is none of it.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, NotAccepted> {
        let mut rest = bytes;
        let relying_party = take(&mut rest)?;
        let [flags] = take(&mut rest)?;
        let counter = u32::from_be_bytes(take(&mut rest)?);
        let credential = if flags & ATTESTED == 0 { None } else { Some(Attested::parse(&mut rest)?) };
        if flags & EXTENSIONS != 0 && !cose::read_one(&mut rest)?.is_map() {
            return Err(NotAccepted::Form);
        }
        if rest.is_empty() {
            Ok(Self { relying_party, flags, counter, credential })
        } else {
            Err(NotAccepted::Form)
        }
    }

    /// That it was made for us, by somebody who was there and was verified.
    pub(super) fn verify(&self, expected: &Expected<'_>) -> Result<(), NotAccepted> {
        let ours = digest::digest(&digest::SHA256, expected.relying_party.as_bytes());
        if self.relying_party != ours.as_ref() {
            return Err(NotAccepted::RelyingParty);
        }
        if self.flags & USER_PRESENT == 0 {
            return Err(NotAccepted::NotPresent);
        }
        if self.flags & USER_VERIFIED == 0 {
            return Err(NotAccepted::NotVerified);
        }
        Ok(())
    }
}

impl Attested {
    fn parse(rest: &mut &[u8]) -> Result<Self, NotAccepted> {
        let _model: [u8; 16] = take(rest)?;
        let len = usize::from(u16::from_be_bytes(take(rest)?));
        if len == 0 || len > LONGEST_ID {
            return Err(NotAccepted::Form);
        }
        let (id, after) = rest.split_at_checked(len).ok_or(NotAccepted::Form)?;
        *rest = after;
        cose::read_one(rest)?;
        let public_key = after[..after.len() - rest.len()].to_vec();
        Ok(Self { id: id.to_vec(), public_key })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], NotAccepted> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(NotAccepted::Form)?;
    *rest = tail;
    Ok(*head)
}
