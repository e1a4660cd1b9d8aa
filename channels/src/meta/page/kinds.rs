use crate::meta::failure::{Code, Kind};

/// What the codes of Messenger and Instagram ask for (developers.facebook.com, Messenger Platform, "Error Codes").
pub(super) fn kind(Code { code, subcode }: Code) -> Option<Kind> {
    let by_subcode = match subcode {
        // The person has blocked the page, has left, or was never there.
        Some(1_545_041 | 2_018_108 | 2_018_001 | 2_534_014) => Some(Kind::Gone),
        // The window of 24 hours is closed; or the conversation is restricted.
        Some(2_018_278 | 2_534_022 | 1_893_063) => Some(Kind::Refused),
        Some(2_534_040) => Some(Kind::Throttled),
        Some(1_357_046) => Some(Kind::Unavailable),
        // The account does not exist for this token.
        Some(33) if code == 100 => Some(Kind::Account),
        _ => None,
    };
    by_subcode.or(match code {
        4 | 17 | 32 | 613 | 80_001 | 80_002 | 80_006 => Some(Kind::Throttled),
        1 | 2 | 1200 => Some(Kind::Unavailable),
        551 | 2_018_001 => Some(Kind::Gone),
        100 | 230 => Some(Kind::Refused),
        0 | 3 | 10 | 102 | 190 | 200..=299 | 368 => Some(Kind::Account),
        _ => None,
    })
}
