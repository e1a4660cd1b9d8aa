use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{delete, get, post, put};
use serde_json::{Value, json};

use crate::bank::{Bank, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET};
use crate::call::Call;
use crate::disturb::disturb;
use crate::faults::{Fault, FaultKind, Wish};
use crate::refusal::Refusal;
use crate::{api, auth};

/// No request of the bank needs more bytes.
const LARGEST_REQUEST: usize = 16 * 1024;

/// All paths of the bank. Served without [`crate::serve`], a connection cannot be reset: the answer breaks off instead.
pub fn router(bank: Bank) -> Router {
    let mut router = Router::new()
        .route("/", get(help))
        .route("/login", post(auth::by_json).get(auth::by_query))
        .route("/login/plain", post(auth::as_plain_text))
        .route("/login/pin", post(auth::by_pin))
        .route("/oauth/token", post(auth::oauth))
        .route("/code/send", post(auth::send_code))
        .route("/code/login", post(auth::by_code))
        .route("/refresh", post(auth::refresh))
        .route("/logout", post(auth::log_out))
        .route("/me", get(api::me).post(api::me))
        .route("/accounts", get(api::accounts).post(api::accounts))
        .route("/accounts/{account}/balance", get(api::balance).post(api::balance))
        .route("/accounts/{account}/transactions", get(api::transactions).post(api::transactions))
        .route("/accounts/{account}/nickname", put(api::nickname))
        .route("/transfer", post(api::transfer))
        .route("/profile", get(api::profile).post(api::profile).patch(api::change_profile))
        .route("/standing-orders", get(api::standing_orders).post(api::standing_orders))
        .route("/standing-orders/{id}", delete(api::delete_standing_order));
    if bank.inner().options.allow_fault_switch {
        router = router.route("/faults", post(add_fault).delete(clear_faults));
    }
    router
        .fallback(async || Refusal::NotFound)
        .method_not_allowed_fallback(async || Refusal::Method)
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .layer(middleware::from_fn_with_state(bank.clone(), disturb))
        .with_state(bank)
}

/// `GET /`
async fn help(State(bank): State<Bank>) -> String {
    let faults = if bank.inner().options.allow_fault_switch {
        let names = FaultKind::NAMES.join(" ");
        format!(
            "\nFaults:\n  POST /faults {{\"path\":\"/accounts\",\"kind\":\"slow\",\"ms\":500,\"times\":1}}   DELETE /faults\n  {names}\n"
        )
    } else {
        String::new()
    };
    format!(
        "Demo bank: an auth service and API to try Countersign with. Everything in it is invented.\n\
         \n\
         People:\n{people}\
         \n\
         Get a token:\n\
         \x20 POST /login         JSON username, password     -> data.token\n\
         \x20 GET  /login?username=..&password=..             -> token\n\
         \x20 POST /login/plain   JSON username, password     -> the whole text\n\
         \x20 POST /login/pin     JSON customer, pin          -> token\n\
         \x20 POST /code/send     JSON phone                  -> challenge\n\
         \x20 POST /code/login    JSON challenge, code        -> access_token\n\
         \x20 POST /oauth/token   form grant_type=password    -> access_token\n\
         \x20                     client_id={OAUTH_CLIENT_ID} client_secret={OAUTH_CLIENT_SECRET}\n\
         \x20 POST /refresh       JSON refresh_token          -> data.token\n\
         \x20 POST /logout\n\
         \n\
         Use it, as Authorization: Bearer, as ?token= or as the JSON field token:\n\
         \x20 GET  /me   /accounts   /accounts/checking/balance   /accounts/savings/transactions?limit=5\n\
         \x20 GET  /profile   /standing-orders\n\
         \x20 POST /transfer      JSON from, to, amount; Idempotency-Key is honoured\n\
         \x20 PUT  /accounts/checking/nickname   PATCH /profile   DELETE /standing-orders/so-1\n\
         \x20 What is read by GET can be read by POST too, with the token in the body.\n\
         {faults}",
        people = auth::who_is_who(),
    )
}

/// `POST /faults`
async fn add_fault(State(bank): State<Bank>, call: Call) -> Result<Response, Refusal> {
    let wish: Wish =
        serde_json::from_value(Value::Object(call.json()?)).map_err(|_| Refusal::InvalidRequest)?;
    match Fault::try_from(wish) {
        Ok(fault) => {
            bank.faults().add(fault);
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Err(unknown) => {
            let body = Json(json!({ "error": "unknown_fault", "message": unknown.to_string() }));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
        }
    }
}

/// `DELETE /faults`
async fn clear_faults(State(bank): State<Bank>) -> StatusCode {
    bank.faults().clear();
    StatusCode::NO_CONTENT
}
