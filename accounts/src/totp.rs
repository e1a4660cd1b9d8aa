//! One-time codes of authenticator apps: TOTP (RFC 6238) with SHA-1, 30 seconds and 6 digits, which is what all apps do.

use aws_lc_rs::hmac;
use countersign_model::{SecretText, Timestamp};
use data_encoding::BASE32_NOPAD;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use url::Url;
use zeroize::Zeroizing;

use crate::error::AccountsError;
use crate::id;
use crate::keep::same;

const STEP_SECS: u64 = 30;
const DIGITS: u32 = 6;

/// A new secret of 160 bits, as base32: RFC 4226 recommends as many.
pub(crate) fn new_secret() -> Result<SecretText, AccountsError> {
    Ok(SecretText::new(BASE32_NOPAD.encode(id::random::<20>()?.as_slice())))
}

/// The step whose code this is: the present one, the one before or the one after, and later than `last_step`.
pub(crate) fn accepted_step(
    secret: &SecretText,
    code: &str,
    last_step: u64,
    at: Timestamp,
) -> Result<Option<u64>, AccountsError> {
    let key = BASE32_NOPAD.decode(secret.expose().as_bytes()).map(Zeroizing::new);
    let key = key.map_err(|_| AccountsError::Damaged("account"))?;
    let now = u64::try_from(at.as_secs()).unwrap_or(0) / STEP_SECS;
    let steps = now.saturating_sub(1)..=now + 1;
    // Each is looked at, so that the time does not tell which it is.
    let found = steps.filter(|step| same(&code_of(&key, *step), code)).fold(None, |_, step| Some(step));
    Ok(found.filter(|step| *step > last_step))
}

/// The address with which an app takes over the secret (Key Uri Format).
pub(crate) fn uri(secret: &SecretText, issuer: &str, email: &str) -> Result<SecretText, AccountsError> {
    let mut url = Url::parse("otpauth://totp/").map_err(|_| AccountsError::Damaged("account"))?;
    url.set_path(&format!("/{}", format!("{issuer}:{email}").replace('/', "%2F").replace('?', "%3F")));
    url.query_pairs_mut()
        .append_pair("secret", secret.expose())
        .append_pair("issuer", issuer)
        .append_pair("algorithm", "SHA1")
        .append_pair("digits", "6")
        .append_pair("period", "30");
    Ok(SecretText::new(url.to_string()))
}

/// The address as a QR code in SVG, dark on light with the quiet zone that readers need.
pub(crate) fn qr(uri: &SecretText) -> Result<SecretText, AccountsError> {
    let code = QrCode::with_error_correction_level(uri.expose().as_bytes(), EcLevel::M);
    let code = code
        .map_err(|_| AccountsError::field("/email", "too_long", "the address is too long for a QR code"))?;
    let image = code
        .render()
        .min_dimensions(220, 220)
        .dark_color(svg::Color("#000"))
        .light_color(svg::Color("#fff"))
        .build();
    // It stands inside of a page, where a declaration of XML has no place.
    let start = image.find("<svg").unwrap_or(0);
    Ok(SecretText::new(image[start..].to_owned()))
}

/// RFC 4226 §5.3.
fn code_of(key: &[u8], step: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag.last().copied().unwrap_or(0) & 0x0f);
    let number = tag.iter().skip(offset).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    let number = (number & 0x7fff_ffff) % 10_u32.pow(DIGITS);
    format!("{number:06}")
}

#[cfg(test)]
pub(crate) fn code_at(secret: &SecretText, at: Timestamp) -> SecretText {
    let key = BASE32_NOPAD.decode(secret.expose().as_bytes()).unwrap();
    SecretText::new(code_of(&key, u64::try_from(at.as_secs()).unwrap() / STEP_SECS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> SecretText {
        SecretText::new(BASE32_NOPAD.encode(b"12345678901234567890"))
    }

    /// RFC 6238, appendix B, the last six of its eight digits.
    #[test]
    fn gives_the_codes_of_rfc_6238() {
        for (secs, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(&secret(), Timestamp::from_secs(secs)).expose(), code, "{secs}");
        }
    }

    #[test]
    fn one_step_around_counts_and_none_twice() {
        let code = |secs| code_at(&secret(), Timestamp::from_secs(secs));
        let accepted = |secs, last| {
            accepted_step(&secret(), code(secs).expose(), last, Timestamp::from_secs(3_000)).unwrap()
        };
        assert_eq!(
            [2_940, 2_970, 3_000, 3_030, 3_060].map(|secs| accepted(secs, 0)),
            [None, Some(99), Some(100), Some(101), None]
        );
        assert_eq!(accepted(3_000, 100), None);
        assert_eq!(accepted(2_970, 100), None);
        assert_eq!(accepted(3_030, 100), Some(101));
        for bad in ["", "28708", "2870820", "28708a", "２８７０８２"] {
            assert_eq!(accepted_step(&secret(), bad, 0, Timestamp::from_secs(59)).unwrap(), None, "{bad}");
        }
    }

    #[test]
    fn an_app_can_read_the_address() {
        let uri = uri(&secret(), "Countersign bots.example.com", "ada+x@example.com").unwrap();
        assert_eq!(
            uri.expose(),
            "otpauth://totp/Countersign%20bots.example.com:ada+x@example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Countersign+bots.example.com&algorithm=SHA1&digits=6&period=30"
        );
        let svg = qr(&uri).unwrap();
        assert!(svg.expose().starts_with("<svg xmlns=") && svg.expose().ends_with("</svg>"));
        assert!(!svg.expose().contains("<script") && !svg.expose().contains("GEZDGNBV"));
    }

    #[test]
    fn secrets_are_new_each_time() {
        let (one, two) = (new_secret().unwrap(), new_secret().unwrap());
        assert_eq!(one.len(), 32);
        assert_ne!(one, two);
    }
}
