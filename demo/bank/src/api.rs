use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use crate::bank::Bank;
use crate::call::Call;
use crate::ledger::Transfer;
use crate::money::Cents;
use crate::refusal::Refusal;
use crate::tokens::Verified;

type Answer = Result<Response, Refusal>;

/// Whose call it is. Every call of the API begins with this.
pub(crate) fn verified(bank: &Bank, call: &Call) -> Result<Verified, Refusal> {
    let judged = call.token().and_then(|(token, place)| {
        bank.inner().stats().last_token = Some(place);
        bank.inner().tokens.verify(token.expose(), bank.now()).map_err(|_| Refusal::TokenDead)
    });
    let mut stats = bank.inner().stats();
    *(if judged.is_ok() { &mut stats.api_calls } else { &mut stats.api_refused }) += 1;
    judged
}

/// `GET /me`
pub(crate) async fn me(State(bank): State<Bank>, call: Call) -> Answer {
    let person = verified(&bank, &call)?.person;
    Ok(Json(json!({ "username": person.username, "name": person.name })).into_response())
}

/// `GET /accounts`
pub(crate) async fn accounts(State(bank): State<Bank>, call: Call) -> Answer {
    let person = verified(&bank, &call)?.person;
    let mut ledger = bank.inner().ledger();
    let accounts: Vec<Value> =
        ledger.customer(person).accounts.iter().map(|account| account.as_json()).collect();
    Ok(Json(json!({ "accounts": accounts })).into_response())
}

/// `GET /accounts/{account}/balance`
pub(crate) async fn balance(State(bank): State<Bank>, Path(name): Path<String>, call: Call) -> Answer {
    let person = verified(&bank, &call)?.person;
    let mut ledger = bank.inner().ledger();
    let account = ledger.customer(person).account(&name)?;
    Ok(Json(json!({ "balance": { "amount": account.balance, "currency": "EUR" } })).into_response())
}

/// `GET /accounts/{account}/transactions?limit=`
pub(crate) async fn transactions(State(bank): State<Bank>, Path(name): Path<String>, call: Call) -> Answer {
    let person = verified(&bank, &call)?.person;
    let limit = match call.query_fields().optional("limit")? {
        Some(limit) => limit.expose().parse().ok().filter(|limit| (1..=100).contains(limit)),
        None => Some(10),
    };
    let limit: usize = limit.ok_or(Refusal::InvalidRequest)?;
    let mut ledger = bank.inner().ledger();
    let all = &ledger.customer(person).account(&name)?.transactions;
    let page: Vec<_> = all.iter().take(limit).collect();
    let total = [("x-total", HeaderValue::from(all.len()))];
    Ok((total, Json(json!({ "transactions": page }))).into_response())
}

/// `PUT /accounts/{account}/nickname`
pub(crate) async fn nickname(State(bank): State<Bank>, Path(name): Path<String>, call: Call) -> Answer {
    let person = verified(&bank, &call)?.person;
    let nickname = call.json_fields()?.public("nickname")?;
    let mut ledger = bank.inner().ledger();
    let account = ledger.customer(person).account(&name)?;
    account.nickname = Some(nickname).filter(|nickname| !nickname.trim().is_empty());
    Ok(Json(account.as_json()).into_response())
}

/// `POST /transfer`
pub(crate) async fn transfer(State(bank): State<Bank>, call: Call) -> Answer {
    let person = verified(&bank, &call)?.person;
    let key = call.header("idempotency-key");
    if call.header_is_repeated("idempotency-key") || key.is_some_and(|key| key.is_empty() || key.len() > 255)
    {
        return Err(Refusal::Key);
    }
    let fields = call.json_fields()?;
    let amount = call.json()?.get("amount").and_then(Cents::positive).ok_or(Refusal::Amount)?;
    let wish = Transfer { from: fields.public("from")?, to: fields.public("to")?, amount };
    let judged = {
        let mut ledger = bank.inner().ledger();
        let judged = ledger.transfer(person, &wish, key, bank.now());
        bank.inner().stats().transfers = ledger.transfers();
        judged
    };
    let mut response = match judged.answer {
        Ok(done) => (StatusCode::CREATED, Json(done)).into_response(),
        Err(refusal) => refusal.into_response(),
    };
    if judged.replayed {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// `GET /profile`
pub(crate) async fn profile(State(bank): State<Bank>, call: Call) -> Answer {
    let person = verified(&bank, &call)?.person;
    let email = bank.inner().ledger().customer(person).email.clone();
    Ok(Json(json!({ "name": person.name, "email": email, "phone": person.phone })).into_response())
}

/// `PATCH /profile`
pub(crate) async fn change_profile(State(bank): State<Bank>, call: Call) -> Answer {
    let person = verified(&bank, &call)?.person;
    let email = call.json_fields()?.public("email")?.trim().to_owned();
    let looks_right = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    if !looks_right || email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Refusal::Email);
    }
    bank.inner().ledger().customer(person).email.clone_from(&email);
    Ok(Json(json!({ "name": person.name, "email": email, "phone": person.phone })).into_response())
}

/// `GET /standing-orders`
pub(crate) async fn standing_orders(State(bank): State<Bank>, call: Call) -> Answer {
    let person = verified(&bank, &call)?.person;
    let orders = bank.inner().ledger().customer(person).standing_orders.clone();
    Ok(Json(json!({ "standing_orders": orders })).into_response())
}

/// `DELETE /standing-orders/{id}`
pub(crate) async fn delete_standing_order(
    State(bank): State<Bank>,
    Path(id): Path<String>,
    call: Call,
) -> Answer {
    let person = verified(&bank, &call)?.person;
    let mut ledger = bank.inner().ledger();
    let orders = &mut ledger.customer(person).standing_orders;
    let at = orders.iter().position(|order| order.id == id).ok_or(Refusal::NotFound)?;
    orders.remove(at);
    Ok(StatusCode::NO_CONTENT.into_response())
}
