use countersign_bank::TokenPlace;
use serde_json::json;

use crate::http::{JSON, Reply, bank, bearer, get, post, send, token};

fn refused(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

async fn with_json(bank: &countersign_bank::Running, line: &str, token: &str, body: &str) -> Reply {
    send(bank, line, &format!("{JSON}{}", bearer(token)), body).await
}

#[tokio::test]
async fn the_first_page_explains_the_bank() {
    let bank = bank().await;
    let page = send(&bank, "GET /", "", "").await;
    assert_eq!(page.header("content-type"), Some("text/plain; charset=utf-8"));
    let text = page.text();
    for part in [
        "alice",
        "\u{ab}wonderland\u{bb}",
        "4711 / 1234",
        "+15550100",
        "/oauth/token",
        "demo-client-secret",
        "/transfer",
    ] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
    assert!(!text.contains("/faults"), "the switch is off");
}

#[tokio::test]
async fn money_is_told_to_the_cent_and_numbers_to_the_digit() {
    let bank = bank().await;
    let token = token(&bank, "alice").await;
    let balance = get(&bank, "/accounts/checking/balance", &token).await.text();
    assert_eq!(balance, "{\"balance\":{\"amount\":1234.50,\"currency\":\"EUR\"}}");
    let accounts = get(&bank, "/accounts", &token).await.text();
    assert!(accounts.contains("\"number\":\"0012345678\""), "{accounts}");
    assert!(accounts.contains("\"id\":900719925474099300000001"), "{accounts}");
    assert!(accounts.contains("\"balance\":10000.00"), "{accounts}");
    for same in ["Checking", "%20CHECKING%20", "0012345678"] {
        assert_eq!(get(&bank, &format!("/accounts/{same}/balance"), &token).await.text(), balance);
    }
    for other in ["gold", "0023456789", "%00", "..%2Fsavings"] {
        let reply = get(&bank, &format!("/accounts/{other}/balance"), &token).await;
        assert_eq!(reply.refusal(), refused(404, "unknown_account"), "{other}");
    }
}

#[tokio::test]
async fn a_token_may_stand_in_one_of_three_places() {
    let bank = bank().await;
    let token = token(&bank, "bob").await;
    assert_eq!(get(&bank, "/me", &token).await.json()["username"], "bob");
    assert_eq!(bank.stats().last_token, Some(TokenPlace::Header));
    assert_eq!(send(&bank, &format!("GET /me?token={token}"), "", "").await.status, 200);
    assert_eq!(bank.stats().last_token, Some(TokenPlace::Query));
    assert_eq!(post(&bank, "/accounts", &json!({ "token": token })).await.status, 200);
    assert_eq!(bank.stats().last_token, Some(TokenPlace::Body));
    let lower = format!("authorization: bearer {token}\r\n");
    assert_eq!(send(&bank, "GET /me", &lower, "").await.status, 200);

    let both = send(&bank, &format!("GET /me?token={token}"), &bearer(&token), "").await;
    assert_eq!(both.refusal(), refused(400, "invalid_request"));
    for missing in ["", "Authorization: Basic YTpi\r\n", "Authorization: Bearer\r\n"] {
        assert_eq!(send(&bank, "GET /me", missing, "").await.refusal(), refused(401, "token_missing"));
    }
    assert_eq!(get(&bank, "/me", "forged").await.refusal(), refused(401, "invalid_token"));
    assert_eq!((bank.stats().api_calls, bank.stats().api_refused), (4, 5));
}

#[tokio::test]
async fn transactions_come_in_pages_with_their_total() {
    let bank = bank().await;
    let (alice, erin) = (token(&bank, "alice").await, token(&bank, "erin").await);
    let path = "/accounts/checking/transactions";
    let page = get(&bank, &format!("{path}?limit=3"), &alice).await;
    assert_eq!(page.header("x-total"), Some("12"));
    let lines = page.json()["transactions"].clone();
    assert_eq!(lines.as_array().unwrap().len(), 3);
    assert_eq!(
        lines[0].to_string(),
        "{\"date\":\"2026-11-21\",\"text\":\"Bakery \\\"M\u{fc}ller\\\" & Sons\",\"amount\":-7.45}"
    );
    assert_eq!(get(&bank, path, &alice).await.json()["transactions"].as_array().unwrap().len(), 10);
    let empty = get(&bank, path, &erin).await;
    assert_eq!((empty.header("x-total"), empty.text().as_str()), (Some("0"), "{\"transactions\":[]}"));
    for limit in ["0", "101", "-1", "x", ""] {
        let reply = get(&bank, &format!("{path}?limit={limit}"), &alice).await;
        assert_eq!(reply.refusal(), refused(422, "invalid_request"), "{limit}");
    }
}

#[tokio::test]
async fn a_transfer_with_a_key_moves_money_once() {
    let bank = bank().await;
    let alice = token(&bank, "alice").await;
    let keyed = |token: &str, key: &str| format!("{JSON}{}Idempotency-Key: {key}\r\n", bearer(token));
    let wish = "{\"from\":\"checking\",\"to\":\"savings\",\"amount\":34.50}";
    let first = send(&bank, "POST /transfer", &keyed(&alice, "k1"), wish).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, None));
    assert!(
        first.text().contains("\"amount\":34.50,\"currency\":\"EUR\",\"balance\":1200.00"),
        "{}",
        first.text()
    );
    assert_eq!(bank.stats().last_api.unwrap().idempotency_key.as_deref(), Some("k1"));

    // The same person after a new login, with the token in the body and the amount as a text.
    let newer = token(&bank, "alice").await;
    let body = json!({ "token": newer, "from": "checking", "to": "savings", "amount": "34.50" }).to_string();
    let again = send(&bank, "POST /transfer", &format!("{JSON}Idempotency-Key: k1\r\n"), &body).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, Some("true")));
    assert_eq!(again.text(), first.text());

    let other = wish.replace("34.50", "35");
    let reused = send(&bank, "POST /transfer", &keyed(&alice, "k1"), &other).await;
    assert_eq!(reused.refusal(), refused(422, "idempotency_key_reused"));
    assert_eq!(send(&bank, "POST /transfer", &keyed(&alice, "k2"), &other).await.status, 201);
    let twice = format!("{}Idempotency-Key: k4\r\n", keyed(&alice, "k3"));
    assert_eq!(
        send(&bank, "POST /transfer", &twice, wish).await.refusal(),
        refused(400, "invalid_idempotency_key")
    );
    let balance = get(&bank, "/accounts/savings/balance", &alice).await.text();
    assert!(balance.contains("10069.50"), "{balance}");
    assert_eq!(bank.stats().transfers, 2);
    let newest = get(&bank, "/accounts/checking/transactions?limit=1", &alice).await;
    assert_eq!(newest.header("x-total"), Some("14"));
    assert!(
        newest.text().contains("\"date\":\"2026-11-22\"") && newest.text().contains("-35.00"),
        "{}",
        newest.text()
    );
}

#[tokio::test]
async fn transfers_that_cannot_be_are_refused() {
    let bank = bank().await;
    let bob = token(&bank, "bob").await;
    for (wish, refusal) in [
        ("{\"from\":\"savings\",\"to\":\"checking\",\"amount\":0.32}", refused(422, "insufficient_funds")),
        ("{\"from\":\"savings\",\"to\":\"savings\",\"amount\":0.1}", refused(422, "same_account")),
        ("{\"from\":\"savings\",\"to\":\"9\",\"amount\":0.1}", refused(404, "unknown_account")),
        ("{\"from\":\"0012345678\",\"to\":\"savings\",\"amount\":0.1}", refused(404, "unknown_account")),
        ("{\"from\":\"savings\",\"to\":\"checking\",\"amount\":-1}", refused(422, "invalid_amount")),
        ("{\"from\":\"savings\",\"to\":\"checking\",\"amount\":\"1e1\"}", refused(422, "invalid_amount")),
        ("{\"from\":\"savings\",\"to\":\"checking\"}", refused(422, "invalid_amount")),
        ("{\"to\":\"checking\",\"amount\":0.1}", refused(422, "invalid_request")),
    ] {
        assert_eq!(with_json(&bank, "POST /transfer", &bob, wish).await.refusal(), refusal, "{wish}");
    }
    assert_eq!(bank.stats().transfers, 0);
    assert_eq!(send(&bank, "POST /transfer", JSON, "{}").await.status, 401);
}

#[tokio::test]
async fn put_patch_and_delete_change_what_is_kept() {
    let bank = bank().await;
    let dave = post(&bank, "/login/pin", &json!({ "customer": "4711", "pin": "1234" })).await.json();
    let dave = dave["token"].as_str().unwrap();
    let put =
        with_json(&bank, "PUT /accounts/savings/nickname", dave, "{\"nickname\":\"Jupiter \u{2643}\"}").await;
    assert_eq!((put.status, put.json()["nickname"].as_str()), (200, Some("Jupiter \u{2643}")));
    let patched = with_json(&bank, "PATCH /profile", dave, "{\"email\":\"dave@discovery.example\"}").await;
    assert_eq!(patched.status, 200);
    assert_eq!(get(&bank, "/profile", dave).await.json()["email"], "dave@discovery.example");
    for wrong in ["", "dave", "@x.y", "a@b", "a b@c.d", "a@b@c.d", "a@b.c\\r\\nX: y"] {
        let body = format!("{{\"email\":\"{wrong}\"}}");
        assert_eq!(
            with_json(&bank, "PATCH /profile", dave, &body).await.refusal(),
            refused(422, "invalid_email")
        );
    }
    assert_eq!(get(&bank, "/standing-orders", dave).await.json()["standing_orders"][1]["id"], "so-2");
    let delete = send(&bank, "DELETE /standing-orders/so-1", &bearer(dave), "").await;
    assert_eq!((delete.status, delete.body.len()), (204, 0));
    assert_eq!(
        send(&bank, "DELETE /standing-orders/so-1", &bearer(dave), "").await.refusal(),
        refused(404, "not_found")
    );
    assert_eq!(
        get(&bank, "/standing-orders", dave).await.json()["standing_orders"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused_as_json() {
    let bank = bank().await;
    assert_eq!(send(&bank, "GET /nowhere", "", "").await.refusal(), refused(404, "not_found"));
    assert_eq!(send(&bank, "PUT /login", "", "").await.refusal(), refused(405, "method_not_allowed"));
    assert_eq!(bank.stats().requests("GET", "/nowhere"), 1);
}
