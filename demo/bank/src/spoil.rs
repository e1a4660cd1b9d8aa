use serde_json::{Number, Value, json};

use crate::bank::Bank;
use crate::faults::FaultKind;
use crate::random;

/// Rewrites a right answer into a wrong one. An answer without a token stays as it is when the fault is about tokens.
pub(crate) fn spoil(fault: &FaultKind, body: &[u8], bank: &Bank) -> Vec<u8> {
    match fault {
        FaultKind::Bom => [b"\xef\xbb\xbf", body].concat(),
        FaultKind::TrailingGarbage => [body, b"\n<!-- served by node 7 -->\n"].concat(),
        _ => {
            let spoiled = match serde_json::from_slice::<Value>(body) {
                Ok(json @ Value::Object(_)) => spoil_json(fault, json, bank),
                _ => spoil_text(fault, &String::from_utf8_lossy(body), bank),
            };
            spoiled.unwrap_or_else(|| body.to_vec())
        }
    }
}

/// Where the logins of the bank put the token.
const PLACES: [&str; 3] = ["/data/token", "/access_token", "/token"];

fn spoil_json(fault: &FaultKind, mut json: Value, bank: &Bank) -> Option<Vec<u8>> {
    let place = PLACES.into_iter().find(|place| json.pointer(place).is_some_and(Value::is_string))?;
    let key = place.rsplit('/').next()?;
    let token = json.pointer(place)?.as_str()?.to_owned();
    let put = |json: &mut Value, value: Value| {
        if let Some(slot) = json.pointer_mut(place) {
            *slot = value;
        }
    };
    match fault {
        FaultKind::TokenElsewhere => {
            json = json!({ "result": { "session": { "id_token": token } } });
        }
        FaultKind::TokenTwice => {
            json["sessions"] = json!([{ (key): token }, { (key): random::secret() }]);
        }
        FaultKind::TokenDuplicateKey => {
            let pair = format!("{{\"{key}\":\"{token}\",\"{key}\":\"{}\"}}", random::secret());
            let whole = if place == "/data/token" { format!("{{\"data\":{pair}}}") } else { pair };
            return Some(whole.into_bytes());
        }
        FaultKind::TokenNumber => {
            let number: Number = bank.inner().tokens.as_number(&token)?.parse().ok()?;
            put(&mut json, Value::Number(number));
        }
        FaultKind::TokenNull => put(&mut json, Value::Null),
        FaultKind::TokenEmpty => put(&mut json, json!("")),
        FaultKind::TokenList => put(&mut json, json!([token])),
        FaultKind::TokenWithNewline => put(&mut json, json!(with_newline(&token))),
        _ => return None,
    }
    Some(json.to_string().into_bytes())
}

/// The same for the login whose whole answer is the token.
fn spoil_text(fault: &FaultKind, text: &str, bank: &Bank) -> Option<Vec<u8>> {
    let token = text.trim();
    let text = match fault {
        FaultKind::TokenElsewhere => format!("token: {token}\n"),
        FaultKind::TokenTwice | FaultKind::TokenDuplicateKey => format!("{token}\n{}\n", random::secret()),
        FaultKind::TokenNumber => bank.inner().tokens.as_number(token)?,
        FaultKind::TokenNull => "null\n".to_owned(),
        FaultKind::TokenEmpty => " \n".to_owned(),
        FaultKind::TokenList => format!("[\"{token}\"]\n"),
        FaultKind::TokenWithNewline => with_newline(token),
        _ => return None,
    };
    Some(text.into_bytes())
}

fn with_newline(token: &str) -> String {
    format!("{token}\r\nX-Admin: 1")
}
