use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_model::SecretText;
use serde_json::{Value, json};

use crate::bank::{Bank, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET};
use crate::call::{Call, Fields};
use crate::passwords::Kind;
use crate::people::{self, Person};
use crate::refusal::Refusal;
use crate::tokens::Grant;

type Answer = Result<Response, Refusal>;

/// `POST /login`
pub(crate) async fn by_json(State(bank): State<Bank>, call: Call) -> Answer {
    let named = call.json_fields().and_then(|fields| name_and_secret(&fields, "username", "password"));
    let grant = log_in(&bank, Kind::Password, named).await?;
    Ok(private(json!({ "data": nested(&grant) })))
}

/// `GET /login`
pub(crate) async fn by_query(State(bank): State<Bank>, call: Call) -> Answer {
    let named = name_and_secret(&call.query_fields(), "username", "password");
    let grant = log_in(&bank, Kind::Password, named).await?;
    Ok(private(json!({ "token": grant.access, "expires_in": grant.expires_in })))
}

/// `POST /login/plain`
pub(crate) async fn as_plain_text(State(bank): State<Bank>, call: Call) -> Answer {
    let named =
        call.json_or_form_fields().and_then(|fields| name_and_secret(&fields, "username", "password"));
    let grant = log_in(&bank, Kind::Password, named).await?;
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    Ok((kind, format!("{}\n", grant.access)).into_response())
}

/// `POST /login/pin`
pub(crate) async fn by_pin(State(bank): State<Bank>, call: Call) -> Answer {
    let named = call.json_or_form_fields().and_then(|fields| name_and_secret(&fields, "customer", "pin"));
    let grant = log_in(&bank, Kind::Pin, named).await?;
    Ok(private(json!({ "token": grant.access, "expires_in": grant.expires_in })))
}

/// `POST /oauth/token`
pub(crate) async fn oauth(State(bank): State<Bank>, call: Call) -> Answer {
    let answer = oauth_grant(&bank, &call).await;
    if matches!(answer, Err(Refusal::OAuthRequest | Refusal::GrantType | Refusal::Client)) {
        bank.inner().stats().logins_malformed += 1;
    }
    Ok(private(flat(&answer?)))
}

/// `POST /code/send`
pub(crate) async fn send_code(State(bank): State<Bank>, call: Call) -> Answer {
    let phone = call.json_or_form_fields()?.public("phone")?;
    let inner = bank.inner();
    let code = (inner.options.codes)();
    let sent = inner.codes.send(&phone, code.clone(), bank.now());
    if sent.known {
        inner.stats().codes_sent += 1;
        if inner.options.print_codes {
            eprintln!("SMS to {}: your code is {code}", phone.escape_debug());
        }
    }
    Ok(private(json!({ "challenge": sent.challenge })))
}

/// `POST /code/login`
pub(crate) async fn by_code(State(bank): State<Bank>, call: Call) -> Answer {
    let asked = call.json_or_form_fields().and_then(|fields| challenge_and_code(&bank, &fields));
    let (challenge, code) = asked.inspect_err(|_| bank.inner().stats().logins_malformed += 1)?;
    let person = bank.inner().codes.redeem(&challenge, &code, bank.now());
    let grant = judged(&bank, person).ok_or(Refusal::Code)?;
    Ok(private(flat(&grant)))
}

/// `POST /refresh`
pub(crate) async fn refresh(State(bank): State<Bank>, call: Call) -> Answer {
    let token = call.json_fields()?.required("refresh_token")?;
    let grant = refreshed(&bank, &token).ok_or(Refusal::RefreshToken)?;
    Ok(private(json!({ "data": nested(&grant) })))
}

/// `POST /logout`
pub(crate) async fn log_out(State(bank): State<Bank>, call: Call) -> Answer {
    let token = crate::api::verified(&bank, &call)?;
    bank.inner().tokens.log_out(&token);
    bank.inner().stats().logouts += 1;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn oauth_grant(bank: &Bank, call: &Call) -> Result<Grant, Refusal> {
    // RFC 6749 §5.2 has its own words for what is wrong.
    let fields = call.form_fields().map_err(|_| Refusal::OAuthRequest)?;
    let field = |name| fields.required(name).map_err(|_| Refusal::OAuthRequest);
    let grant_type = field("grant_type")?.into_public();
    if !client_is_known(call, &fields) {
        return Err(Refusal::Client);
    }
    match grant_type.as_str() {
        "password" => {
            let named = (field("username")?.into_public(), field("password")?);
            log_in(bank, Kind::Password, Ok(named)).await.map_err(|_| Refusal::Grant)
        }
        "refresh_token" => refreshed(bank, &field("refresh_token")?).ok_or(Refusal::Grant),
        _ => Err(Refusal::GrantType),
    }
}

/// The application names itself by HTTP Basic or in the form (RFC 6749 §2.3.1), not by both.
fn client_is_known(call: &Call, fields: &Fields) -> bool {
    let (id, secret) = (fields.optional("client_id"), fields.optional("client_secret"));
    let basic = call.header("authorization").and_then(basic_pair);
    match (basic, id, secret) {
        (Some((id, secret)), Ok(None), Ok(None)) | (None, Ok(Some(id)), Ok(Some(secret))) => {
            (id == OAUTH_CLIENT_ID.into()) & (secret == OAUTH_CLIENT_SECRET.into())
        }
        _ => false,
    }
}

fn basic_pair(value: &str) -> Option<(SecretText, SecretText)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = SecretText::new(String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?);
    let (id, secret) = pair.expose().split_once(':')?;
    Some((id.into(), secret.into()))
}

fn name_and_secret(fields: &Fields, name: &str, secret: &str) -> Result<(String, SecretText), Refusal> {
    Ok((fields.public(name)?, fields.required(secret)?))
}

fn challenge_and_code(bank: &Bank, fields: &Fields) -> Result<(String, SecretText), Refusal> {
    let code = fields.required("code")?;
    let challenge = match fields.optional("challenge")? {
        Some(challenge) => challenge.into_public(),
        // A phone without a waiting code gets the refusal of a wrong one.
        None => bank.inner().codes.challenge_of(&fields.public("phone")?).unwrap_or_default(),
    };
    Ok((challenge, SecretText::from(code.expose().trim())))
}

async fn log_in(
    bank: &Bank,
    kind: Kind,
    named: Result<(String, SecretText), Refusal>,
) -> Result<Grant, Refusal> {
    let (name, secret) = named.inspect_err(|_| bank.inner().stats().logins_malformed += 1)?;
    let person = bank.inner().passwords.verify(kind, &name, secret).await;
    judged(bank, person).ok_or(Refusal::Credentials)
}

fn judged(bank: &Bank, person: Option<&'static Person>) -> Option<Grant> {
    let mut stats = bank.inner().stats();
    match person {
        Some(person) => {
            stats.logins_ok += 1;
            Some(bank.inner().tokens.log_in(person, bank.now()))
        }
        None => {
            stats.logins_refused += 1;
            None
        }
    }
}

fn refreshed(bank: &Bank, token: &SecretText) -> Option<Grant> {
    let grant = bank.inner().tokens.refresh(token.expose(), bank.now()).ok();
    let mut stats = bank.inner().stats();
    *(if grant.is_some() { &mut stats.refreshes_ok } else { &mut stats.refreshes_refused }) += 1;
    grant
}

fn nested(grant: &Grant) -> Value {
    json!({
        "token": grant.access,
        "refresh_token": grant.refresh,
        "expires_in": grant.expires_in,
        "token_type": "Bearer",
    })
}

/// RFC 6749 §5.1
fn flat(grant: &Grant) -> Value {
    json!({
        "access_token": grant.access,
        "token_type": "Bearer",
        "expires_in": grant.expires_in,
        "refresh_token": grant.refresh,
    })
}

/// An answer that no cache may keep.
fn private(body: Value) -> Response {
    let mut response = Json(body).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What the help page says about the people.
pub(crate) fn who_is_who() -> String {
    let mut text = String::new();
    for person in people::people() {
        let password =
            person.password.map_or("none".to_owned(), |password| format!("\u{ab}{password}\u{bb}"));
        let pin =
            person.pin.as_ref().map_or("none".to_owned(), |pin| format!("{} / {}", pin.customer, pin.pin));
        text += &format!(
            "  {:<8}password {password:<32}customer / PIN {pin:<14}phone {}\n",
            person.username, person.phone
        );
    }
    text
}
