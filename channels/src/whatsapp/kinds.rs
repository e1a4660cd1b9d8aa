use crate::meta::{Code, Kind};

/// What the codes of the Cloud API ask for (developers.facebook.com, WhatsApp Business Platform, "Error codes").
pub(super) fn kind(Code { code, subcode }: Code) -> Option<Kind> {
    Some(match code {
        4 | 80_007 | 130_429 | 131_056 => Kind::Throttled,
        1 | 2 | 131_000 | 131_016 | 131_057 | 133_004 => Kind::Unavailable,
        // Cannot be reached; has opted out.
        131_026 | 131_050 => Kind::Gone,
        // The number does not exist for this token.
        100 if subcode == Some(33) => Kind::Account,
        // Token, permission, policy, locked account, payment, spam limit, number that is not registered.
        0 | 3 | 10 | 190 | 200..=299 | 368 | 131_005 | 131_031 | 131_042 | 131_048 | 133_010 | 133_016 => {
            Kind::Account
        }
        // Parameters, the closed window, templates, limits of one user.
        33 | 100 | 130_472 | 130_497 | 131_008 | 131_009 | 131_021 | 131_047 | 131_049 | 131_051
        | 131_052 => Kind::Refused,
        132_000..=132_999 => Kind::Refused,
        _ => return None,
    })
}
