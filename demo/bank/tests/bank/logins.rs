use std::sync::Arc;

use countersign_bank::{Bank, people};
use serde_json::{Value, json};

use crate::http::{FORM, JSON, Reply, bank, bearer, get, post, send, token};
use crate::time::Time;

fn refused(status: u16, error: &str) -> (u16, String) {
    (status, error.to_owned())
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn form(bank: &countersign_bank::Running, pairs: &[(&str, &str)]) -> Reply {
    let body: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    send(bank, "POST /oauth/token", FORM, &body.join("&")).await
}

fn text(json: &Value) -> String {
    json.as_str().unwrap().to_owned()
}

const CLIENT: [(&str, &str); 2] =
    [("client_id", "countersign-demo"), ("client_secret", "demo-client-secret")];

#[tokio::test]
async fn everybody_logs_in_by_json_by_query_and_as_plain_text() {
    let bank = bank().await;
    for person in people() {
        let Some(password) = person.password else { continue };
        let body = json!({ "username": person.username, "password": password });
        let by_json = post(&bank, "/login", &body).await;
        assert_eq!(by_json.header("cache-control"), Some("no-store"));
        let answer = by_json.json();
        assert_eq!(
            (&answer["data"]["expires_in"], &answer["data"]["token_type"]),
            (&json!(900), &json!("Bearer"))
        );
        assert_eq!(text(&answer["data"]["token"]).split('.').count(), 3);

        let query = format!("username={}&password={}", person.username, encoded(password));
        let by_query = send(&bank, &format!("GET /login?{query}"), "", "").await.json();
        let plain = post(&bank, "/login/plain", &body).await;
        assert_eq!(plain.header("content-type"), Some("text/plain; charset=utf-8"));
        let line = plain.text();
        assert!(line.ends_with('\n') && !line.trim().contains(char::is_whitespace), "{line}");
        let by_form = send(&bank, "POST /login/plain", FORM, &query).await.text();

        for token in [&text(&answer["data"]["token"]), &text(&by_query["token"]), line.trim(), by_form.trim()]
        {
            assert_eq!(get(&bank, "/me", token).await.json()["name"], person.name);
        }
    }
    assert_eq!(bank.stats().logins_ok, 16);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_look_the_same() {
    let bank = bank().await;
    for (username, password) in
        [("alice", "x"), ("nobody", "wonderland"), ("Alice", "wonderland"), ("dave", ""), ("", "")]
    {
        let reply = post(&bank, "/login", &json!({ "username": username, "password": password })).await;
        assert_eq!((reply.status, reply.text().as_str()), (401, "{\"error\":\"invalid_credentials\"}"));
    }
    let stats = bank.stats();
    assert_eq!((stats.logins_ok, stats.logins_refused, stats.logins_malformed), (0, 5, 0));
}

#[tokio::test]
async fn malformed_logins_are_told_apart() {
    let bank = bank().await;
    let login = |headers: &'static str, body: &'static str| send(&bank, "POST /login", headers, body);
    assert_eq!(login(JSON, "{").await.refusal(), refused(400, "malformed_body"));
    assert_eq!(login(JSON, "").await.refusal(), refused(400, "malformed_body"));
    assert_eq!(login(JSON, "[]").await.refusal(), refused(422, "invalid_request"));
    assert_eq!(login(JSON, "{\"username\":\"alice\"}").await.refusal(), refused(422, "invalid_request"));
    assert_eq!(
        login(JSON, "{\"username\":\"alice\",\"password\":1}").await.refusal(),
        refused(422, "invalid_request")
    );
    assert_eq!(login("", "{}").await.refusal(), refused(415, "unsupported_media_type"));
    assert_eq!(
        login(FORM, "username=alice&password=wonderland").await.refusal(),
        refused(415, "unsupported_media_type")
    );
    let twice = send(&bank, "GET /login?username=alice&username=bob&password=builder", "", "").await;
    assert_eq!(twice.refusal(), refused(422, "invalid_request"));
    let long = json!({ "username": "alice", "password": "x".repeat(1025) });
    assert_eq!(post(&bank, "/login", &long).await.refusal(), refused(422, "invalid_request"));
    let huge = json!({ "username": "alice", "password": "x".repeat(17_000) });
    assert_eq!(post(&bank, "/login", &huge).await.refusal(), refused(413, "body_too_large"));
    assert_eq!((bank.stats().logins(), bank.stats().logins_malformed), (9, 9), "the huge one was not read");
}

#[tokio::test]
async fn a_login_is_counted_and_described_without_its_secrets() {
    let bank = bank().await;
    token(&bank, "carol").await;
    let stats = bank.stats();
    assert_eq!((stats.requests("POST", "/login"), stats.logins()), (1, 1));
    let seen = stats.last_login.as_ref().unwrap();
    assert_eq!((seen.method.as_str(), seen.content_type.as_deref()), ("POST", Some("application/json")));
    send(&bank, "GET /login?username=alice&password=wonderland", "User-Agent: me\r\n", "").await;
    let stats = bank.stats();
    let seen = stats.last_login.as_ref().unwrap();
    assert_eq!((seen.path.as_str(), seen.user_agent.as_deref()), ("/login", Some("me")));
    assert_eq!(seen.query_names, ["username", "password"]);
    assert!(!format!("{stats:?}").contains("wonderland"));
}

#[tokio::test]
async fn a_customer_number_and_a_pin_open_an_account() {
    let bank = bank().await;
    let reply = post(&bank, "/login/pin", &json!({ "customer": "4711", "pin": "1234" })).await;
    assert_eq!(get(&bank, "/me", &text(&reply.json()["token"])).await.json()["username"], "dave");
    let zeros = post(&bank, "/login/pin", &json!({ "customer": "0007", "pin": "0000" })).await;
    assert_eq!(zeros.status, 200);
    for (customer, pin) in [("4711", "4321"), ("4711", "2468"), ("7", "0000"), ("dave", "1234")] {
        let reply = post(&bank, "/login/pin", &json!({ "customer": customer, "pin": pin })).await;
        assert_eq!(reply.refusal(), refused(401, "invalid_credentials"));
    }
}

#[tokio::test]
async fn oauth_speaks_rfc_6749() {
    let bank = bank().await;
    let carol =
        [("grant_type", "password"), ("username", "carol"), ("password", "p&ss={authtoken}\"\u{e9} %41")];
    let reply = form(&bank, &[carol.as_slice(), &CLIENT].concat()).await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-store")));
    let answer = reply.json();
    assert_eq!(get(&bank, "/me", &text(&answer["access_token"])).await.json()["username"], "carol");

    // countersign-demo:demo-client-secret
    let basic = format!("{FORM}Authorization: Basic Y291bnRlcnNpZ24tZGVtbzpkZW1vLWNsaWVudC1zZWNyZXQ=\r\n");
    let body = "grant_type=password&username=alice&password=wonderland";
    assert_eq!(send(&bank, "POST /oauth/token", &basic, body).await.status, 200);
    let both = format!("{body}&client_id=countersign-demo&client_secret=demo-client-secret");
    assert_eq!(
        send(&bank, "POST /oauth/token", &basic, &both).await.refusal(),
        refused(401, "invalid_client")
    );

    let alice = [("grant_type", "password"), ("username", "alice"), ("password", "x")];
    assert_eq!(
        form(&bank, &[alice.as_slice(), &CLIENT].concat()).await.refusal(),
        refused(400, "invalid_grant")
    );
    assert_eq!(form(&bank, &alice).await.refusal(), refused(401, "invalid_client"));
    let strange = [("grant_type", "client_credentials"), CLIENT[0], CLIENT[1]];
    assert_eq!(form(&bank, &strange).await.refusal(), refused(400, "unsupported_grant_type"));
    assert_eq!(form(&bank, &CLIENT).await.refusal(), refused(400, "invalid_request"));
    let as_json = post(&bank, "/oauth/token", &json!({ "grant_type": "password" })).await;
    assert_eq!(as_json.refusal(), refused(400, "invalid_request"));
}

#[tokio::test]
async fn refresh_tokens_rotate_and_reuse_ends_the_session() {
    let bank = bank().await;
    let first = post(&bank, "/login", &json!({ "username": "alice", "password": "wonderland" })).await.json();
    let old = text(&first["data"]["refresh_token"]);
    let second = post(&bank, "/refresh", &json!({ "refresh_token": old })).await.json();
    let newer = text(&second["data"]["refresh_token"]);
    let third =
        form(&bank, &[&[("grant_type", "refresh_token"), ("refresh_token", &newer)][..], &CLIENT].concat())
            .await
            .json();
    let access = text(&third["access_token"]);
    assert_eq!(get(&bank, "/me", &access).await.status, 200);
    let reused = post(&bank, "/refresh", &json!({ "refresh_token": old })).await;
    assert_eq!(reused.refusal(), refused(401, "invalid_refresh_token"));
    assert_eq!(get(&bank, "/me", &access).await.refusal(), refused(401, "invalid_token"));
    let newest = text(&third["refresh_token"]);
    let dead =
        form(&bank, &[&[("grant_type", "refresh_token"), ("refresh_token", &newest)][..], &CLIENT].concat())
            .await;
    assert_eq!(dead.refusal(), refused(400, "invalid_grant"));
    assert_eq!((bank.stats().refreshes_ok, bank.stats().refreshes_refused), (2, 2));
}

#[tokio::test]
async fn a_code_goes_to_the_phone_and_logs_in_once() {
    let time = Time::new();
    let mut options = time.options();
    options.codes = Arc::new(|| "004200".to_owned());
    let bank = Bank::start(options).await.unwrap();
    let sent = post(&bank, "/code/send", &json!({ "phone": "+1 555 0100" })).await.json();
    assert_eq!(bank.bank().last_code("+15550100").as_deref(), Some("004200"));
    assert!(!sent.to_string().contains("004200"));
    let right = json!({ "challenge": sent["challenge"], "code": "004200" });
    let wrong = json!({ "challenge": sent["challenge"], "code": "4200" });
    assert_eq!(post(&bank, "/code/login", &wrong).await.refusal(), refused(401, "invalid_code"));
    let reply = post(&bank, "/code/login", &right).await.json();
    assert_eq!(get(&bank, "/me", &text(&reply["access_token"])).await.json()["username"], "alice");
    assert_eq!(post(&bank, "/code/login", &right).await.refusal(), refused(401, "invalid_code"));

    post(&bank, "/code/send", &json!({ "phone": "+15550103" })).await;
    let by_phone = json!({ "phone": "+15550103", "code": " 004200 " });
    time.pass(299);
    assert_eq!(post(&bank, "/code/login", &by_phone).await.status, 200);
    post(&bank, "/code/send", &json!({ "phone": "+15550103" })).await;
    time.pass(300);
    assert_eq!(post(&bank, "/code/login", &by_phone).await.refusal(), refused(401, "invalid_code"));

    let unknown = post(&bank, "/code/send", &json!({ "phone": "+1999" })).await;
    assert_eq!((unknown.status, unknown.json()["challenge"].is_string()), (200, true));
    assert_eq!(
        post(&bank, "/code/login", &json!({ "code": "1" })).await.refusal(),
        refused(422, "invalid_request")
    );
    let stats = bank.stats();
    assert_eq!(
        (stats.codes_sent, stats.logins_ok, stats.logins_refused, stats.logins_malformed),
        (3, 2, 3, 1)
    );
}

#[tokio::test]
async fn a_token_ends_in_time_by_logout_and_by_revocation() {
    let time = Time::new();
    let bank = Bank::start(time.options()).await.unwrap();
    let old = token(&bank, "alice").await;
    time.pass(899);
    assert_eq!(get(&bank, "/me", &old).await.status, 200);
    time.pass(1);
    let dead = get(&bank, "/me", &old).await;
    assert_eq!(dead.refusal(), refused(401, "invalid_token"));
    assert!(dead.header("www-authenticate").unwrap().contains("error=\"invalid_token\""));

    let (one, two) = (token(&bank, "alice").await, token(&bank, "alice").await);
    assert_eq!(send(&bank, "POST /logout", &bearer(&one), "").await.status, 204);
    assert_eq!(send(&bank, "POST /logout", &bearer(&one), "").await.status, 401);
    assert_eq!(get(&bank, "/me", &one).await.status, 401);
    assert_eq!(get(&bank, "/me", &two).await.status, 200);
    bank.bank().revoke_all("alice");
    assert_eq!(get(&bank, "/me", &two).await.status, 401);
    assert_eq!(bank.stats().logouts, 1);
}
