use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_engine::{Cause, Refusal, TokenPurpose};
use countersign_model::Timestamp;
use countersign_script::path::Path;
use countersign_script::program::{
    Ask, Method, Refresh, RequestTemplate, TokenComponent, TokenPlace, TokenScope,
};
use countersign_script::template::Template;

use super::{AuthAnswer, Found, Judged, TokenDiagnosis, judge};

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

fn component(path: Option<&str>) -> TokenComponent {
    let request =
        RequestTemplate { method: Method::Post, url: Template::default(), headers: vec![], body: None };
    TokenComponent {
        id: "login".parse().unwrap(),
        request,
        questions: vec![],
        before: None,
        send_to: vec![],
        ttl: Duration::from_secs(900),
        place: path.map_or(TokenPlace::Body, |path| TokenPlace::Json(Path::parse(path).unwrap())),
        expires_in: None,
        refresh: None,
        validation_by_number: false,
        attempts: 3,
        ask: Ask::InChat,
        scope: TokenScope::Contact,
        expired_when: vec![],
        failed: None,
        unavailable: None,
        prompt_expired: None,
    }
}

fn with(component: &TokenComponent, body: &[u8]) -> (Judged, Vec<String>) {
    let answer = AuthAnswer { status: 200, content_type: Some("application/json; charset=utf-8"), body };
    let (judged, notes) = judge(component, TokenPurpose::Login, &answer, NOW, &|_| false);
    (judged, notes.iter().map(TokenDiagnosis::to_string).collect())
}

fn token(path: Option<&str>, body: &[u8]) -> Result<String, String> {
    match with(&component(path), body) {
        (Judged::Found(found), _) => Ok(found.token.into_public()),
        (Judged::Unreachable(Cause::Unusable), mut notes) => Err(notes.pop().unwrap()),
        (other, _) => panic!("{other:?}"),
    }
}

fn found(component: &TokenComponent, body: &str) -> (Found, Vec<String>) {
    match with(component, body.as_bytes()) {
        (Judged::Found(found), notes) => (found, notes),
        other => panic!("{other:?}"),
    }
}

#[test]
fn statuses_are_sorted() {
    let judged = |status, purpose| {
        let answer = AuthAnswer { status, content_type: None, body: b"tok" };
        judge(&component(None), purpose, &answer, NOW, &|_| false).0
    };
    for status in [400, 401, 403, 422] {
        assert_eq!(
            judged(status, TokenPurpose::Login),
            Judged::Rejected(Refusal::WrongCredentials),
            "{status}"
        );
        assert_eq!(judged(status, TokenPurpose::Refresh), Judged::Rejected(Refusal::RefreshOver), "{status}");
    }
    for status in [423, 429] {
        assert_eq!(judged(status, TokenPurpose::Login), Judged::Rejected(Refusal::Paused), "{status}");
    }
    for status in [301, 302, 307, 404, 405, 410, 415, 418, 451, 600, 999] {
        assert_eq!(judged(status, TokenPurpose::Login), Judged::Unreachable(Cause::Unusable), "{status}");
    }
    for status in [500, 502, 503, 599] {
        assert_eq!(judged(status, TokenPurpose::Login), Judged::Unreachable(Cause::ServerError), "{status}");
    }
    for status in [200, 201, 202, 299] {
        assert!(matches!(judged(status, TokenPurpose::Login), Judged::Found(_)), "{status}");
    }
}

#[test]
fn statuses_that_are_the_authors_matter_say_what_to_do() {
    for (status, message) in [
        (
            302,
            "the auth service answered 302; that sends the login elsewhere, which is not followed; write the final \
               address as `url`",
        ),
        (404, "the auth service answered 404; there is nothing at `url`"),
        (405, "the auth service answered 405; it does not take this `method`"),
        (
            415,
            "the auth service answered 415; it does not take this kind of body; try `encoding: form`, or \
               `encoding: json`",
        ),
        (418, "the auth service answered 418; that is neither a token nor a refusal; check the component"),
    ] {
        let answer = AuthAnswer { status, content_type: None, body: b"" };
        let (_, notes) = judge(&component(None), TokenPurpose::Login, &answer, NOW, &|_| false);
        assert_eq!(notes[0].to_string(), message);
    }
}

#[test]
fn the_token_is_found() {
    for (path, body, expected) in [
        (None, "abc", "abc"),
        (None, "  \r\n abc.def-_~ \n", "abc.def-_~"),
        (None, "\u{feff}abc", "abc"),
        (None, "12345678901234567890123", "12345678901234567890123"),
        (None, "\"abc\"", "\"abc\""),
        (None, "{not-json", "{not-json"),
        (Some("token"), r#"{"token":"abc"}"#, "abc"),
        (Some("token"), "\u{feff}{\"token\":\"abc\"}", "abc"),
        (Some("token"), r#"{"token":" abc\n"}"#, "abc"),
        (Some("token"), r#"{"token":12345678901234567890123}"#, "12345678901234567890123"),
        (Some("token"), r#"{"token":0.1000}"#, "0.1000"),
        (Some("token"), r#"{"token":-7}"#, "-7"),
        (Some("data.token"), r#"{"data":{"token":"abc"}}"#, "abc"),
        (Some("data.list[1].t"), r#"{"data":{"list":[1,{"t":"abc"}]}}"#, "abc"),
        (Some("[0]"), r#"["abc"]"#, "abc"),
        (Some("$.a['b.c']"), r#"{"a":{"b.c":"abc"}}"#, "abc"),
        (Some("$..token"), r#"{"a":[{"token":"abc"}]}"#, "abc"),
        (
            Some("$[?@.kind=='access'].value"),
            r#"[{"kind":"id","value":"x"},{"kind":"access","value":"abc"}]"#,
            "abc",
        ),
        (Some("$"), "\"abc\"", "abc"),
        (Some("$"), "12345678901234567890123", "12345678901234567890123"),
        (Some("token"), "{\"token\":\"t\u{f6}k\"}", "t\u{f6}k"),
        (Some("token"), r#"{"token":"a\/b+c="}"#, "a/b+c="),
    ] {
        assert_eq!(token(path, body.as_bytes()).as_deref(), Ok(expected), "{path:?} in {body}");
    }
    let longest = "x".repeat(8192);
    assert_eq!(token(None, longest.as_bytes()), Ok(longest));
}

#[test]
fn every_other_answer_has_its_own_message() {
    let long = "x".repeat(8193);
    let quoted = format!("{{\"token\":\"{long}\"}}");
    let empty = "the answer is empty, so there is no token in it; check `url` and `method`";
    let html = "the answer is a web page, not a token; `url` seems to lead to a page for people instead of the service \
                behind it";
    let not_json = "the answer is not JSON (it says that it is `application/json`); if the whole body is the token, set \
                    `is_json: false`";
    let cut = "the answer begins as JSON but ends in the middle of it";
    let trailing = "the answer is JSON with something else after it, so it is not known which part counts";
    let there_is = |what: &str| {
        format!("there is {what} in the token, so it is not one; check `token_path` and `is_json`")
    };
    let cases: Vec<(Option<&str>, &str, String)> = vec![
        (None, "", empty.into()),
        (None, " \n\t", empty.into()),
        (Some("token"), "", empty.into()),
        (Some("token"), "\u{feff}", empty.into()),
        (None, "<!DOCTYPE html><html></html>", html.into()),
        (Some("token"), "\n <html>", html.into()),
        (Some("token"), "abc", not_json.into()),
        (Some("token"), "token=abc", not_json.into()),
        (Some("token"), "{'token':'abc'}", not_json.into()),
        (Some("token"), ")]}',\n{\"token\":\"abc\"}", not_json.into()),
        (Some("token"), "123-abc", not_json.into()),
        (Some("token"), r#"{"token":"abc""#, cut.into()),
        (Some("token"), r#"{"token":"ab"#, cut.into()),
        (Some("token"), "{\"token\":\"abc\"}\n{\"token\":\"def\"}", trailing.into()),
        (Some("token"), "{\"token\":\"abc\"};", trailing.into()),
        (None, "two words", there_is("a space")),
        (None, "two\nlines", there_is("a line break")),
        (None, "two\rlines", there_is("a line break")),
        (None, "a\tb", there_is("a control character")),
        (None, "a\0b", there_is("a NUL character")),
        (None, "a\u{7f}b", there_is("a control character")),
        (None, "a\u{a0}b", there_is("a space")),
        (None, "a\u{200b}b", there_is("an invisible character")),
        (Some("token"), r#"{"token":"a\r\nX-Evil: 1"}"#, there_is("a line break")),
        (Some("token"), r#"{"token":"a\u0000b"}"#, there_is("a NUL character")),
        (Some("token"), r#"{"token":"Bearer abc"}"#, there_is("a space")),
        (None, &long, "the token has 8193 bytes; at most 8,192 are kept".into()),
        (Some("token"), &quoted, "the token has 8193 bytes; at most 8,192 are kept".into()),
        (Some("token"), r#"{"token":""}"#, "there is an empty text where the token should be".into()),
        (Some("token"), r#"{"token":"  "}"#, "there is an empty text where the token should be".into()),
        (Some("token"), r#"{"token":null}"#, "`token` leads to null; a token is a text or a number".into()),
        (Some("token"), r#"{"token":true}"#, "`token` leads to true or false; a token is a text or a number".into()),
        (
            Some("token"),
            r#"{"token":["a","b"]}"#,
            "`token` leads to a list of 2; a token is a text or a number; did you mean `token[0]`?".into(),
        ),
        (
            Some("token"),
            r#"{"token":{"value":"a","kind":1}}"#,
            "`token` leads to an object with the keys `value`, `kind`; a token is a text or a number".into(),
        ),
        (Some("token"), r#"{"token":{}}"#, "`token` leads to an empty object; a token is a text or a number".into()),
        (
            Some("data.token"),
            r#"{"access_token":"SECRET","expires_in":900}"#,
            "`data.token` not found; the answer has the keys `access_token`, `expires_in`; did you mean \
             `access_token`?"
                .into(),
        ),
        (
            Some("token"),
            r#"{"data":{"jwt":"SECRET"}}"#,
            "`token` not found; the answer has the key `data`".into(),
        ),
        (
            Some("acces_token"),
            r#"{"result":{"access_token":"SECRET"}}"#,
            "`acces_token` not found; the answer has the key `result`; did you mean `result.access_token`?".into(),
        ),
        (
            Some("data.token"),
            r#"{"data":{"user":"SECRET"}}"#,
            "`data.token` not found; `data` has the key `user`".into(),
        ),
        (
            Some("data[1].token"),
            r#"{"data":[{"token":"SECRET"}]}"#,
            "`data[1].token` not found; `data` has a list of 1; did you mean `data[0].token`?".into(),
        ),
        (Some("token"), "{}", "`token` not found; the answer has no keys".into()),
        (Some("token"), r#"["SECRET"]"#, "`token` not found; the answer has a list of 1".into()),
        (Some("token"), "\"SECRET\"", "`token` not found; the answer has a single value".into()),
        (Some("$..token"), r#"[{"token":"a"},{"token":"b"}]"#, "`$..token` leads to 2 values; it must lead to one".into()),
        (
            Some("data.token"),
            r#"{"data":{"token":"a","token":"b"}}"#,
            "`data.token`: the key `token` stands twice in the answer, so it is not known which one counts".into(),
        ),
        (Some("$.a.token"), r#"{"b":1}"#, "`$.a.token` not found; the answer has the key `b`".into()),
        (
            None,
            r#"{"token":"SECRET"}"#,
            "the answer is JSON (the key `token`), but the whole body is taken as the token; set `is_json: true` and \
             `token_path`"
                .into(),
        ),
    ];
    for (path, body, expected) in cases {
        let shown: String = body.chars().take(60).collect();
        let message = token(path, body.as_bytes()).unwrap_err();
        assert_eq!(message, expected, "{path:?} in {shown}");
        assert!(!message.contains("SECRET"));
    }
    let not_text = "the answer is not text in UTF-8, so no token can be read from it";
    assert_eq!(token(None, &[0xff, 0xfe, b'a', 0]).unwrap_err(), not_text);
    assert_eq!(token(Some("a"), b"{\"a\":\"\xff\"}").unwrap_err(), not_text);
    let deep = "[".repeat(100_000);
    assert_eq!(token(Some("token"), deep.as_bytes()).unwrap_err(), not_json);
}

#[test]
fn only_names_of_keys_are_shown() {
    let keys = |body: &str, hide: &dyn Fn(&str) -> bool| {
        let answer = AuthAnswer { status: 200, content_type: None, body: body.as_bytes() };
        let (_, notes) = judge(&component(Some("token")), TokenPurpose::Login, &answer, NOW, hide);
        notes[0].to_string()
    };
    // Keys that are data, not names: an address, a number, a sentence, what was sent.
    let body = r#"{"ada@example.org":1,"4915123456":2,"My password is x":3,"hunter2":4,"ok":5,"":6}"#;
    assert_eq!(
        keys(body, &|key| key == "hunter2"),
        "`token` not found; the answer has the keys `ok` and 5 more"
    );
    assert_eq!(
        keys(r#"{"ada@example.org":1}"#, &|_| false),
        "`token` not found; the answer has the key (1 that cannot be shown)"
    );
    let many: Vec<_> = (0..30).map(|n| format!("\"k{n}\":1")).collect();
    let message = keys(&format!("{{{}}}", many.join(",")), &|_| false);
    assert!(message.ends_with("`k10`, `k11` and 18 more"), "{message}");
}

#[test]
fn small_faults_are_told_and_the_token_is_taken() {
    let judged = |path, content_type, body: &str| {
        let answer = AuthAnswer { status: 200, content_type, body: body.as_bytes() };
        let (judged, notes) = judge(&component(path), TokenPurpose::Login, &answer, NOW, &|_| false);
        assert!(matches!(judged, Judged::Found(_)), "{judged:?}");
        notes.iter().map(TokenDiagnosis::to_string).collect::<Vec<_>>()
    };
    let json = r#"{"token":"abc"}"#;
    let quiet: [String; 0] = [];
    assert_eq!(judged(Some("token"), None, json), quiet);
    assert_eq!(judged(Some("token"), Some("application/vnd.bank+json"), json), quiet);
    assert_eq!(judged(Some("token"), Some("APPLICATION/JSON;charset=utf-8"), json), quiet);
    assert_eq!(judged(Some("token"), Some("nonsense <script>"), json), quiet);
    assert_eq!(
        judged(Some("token"), Some("text/html"), json),
        ["the answer is JSON but says that it is `text/html`; it was read as JSON"]
    );
    assert_eq!(
        judged(None, None, "\"abc\""),
        [
            "the token has quotes around it, and they are taken as a part of it; if they are not, set `is_json: true` \
          and `token_path: $`"
        ]
    );
}

fn jwt(claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.c2lnbmF0dXJl", part(r#"{"alg":"HS256"}"#), part(claims))
}

fn secs(after: i64) -> Timestamp {
    Timestamp::from_secs(NOW.as_secs() + after)
}

#[test]
fn the_earliest_end_counts() {
    let mut component = component(Some("token"));
    component.expires_in = Some(Path::parse("expires_in").unwrap());
    let end = |component: &TokenComponent, token: &str, expires_in: &str| {
        found(component, &format!(r#"{{"token":"{token}","expires_in":{expires_in}}}"#)).0.expires_at
    };
    let exp = |after: i64| jwt(&format!(r#"{{"exp":{}}}"#, NOW.as_secs() + after));
    assert_eq!(end(&component, "opaque", "3600"), secs(900), "the component");
    assert_eq!(end(&component, "opaque", "300"), secs(300), "the answer");
    assert_eq!(end(&component, "opaque", "\"300\""), secs(300));
    assert_eq!(end(&component, "opaque", "299.9"), secs(299));
    assert_eq!(end(&component, "opaque", "1e300"), secs(900));
    assert_eq!(end(&component, "opaque", "123456789012345678901234567890"), secs(900));
    assert_eq!(end(&component, &exp(120), "300"), secs(90), "the token, less 30 seconds");
    assert_eq!(end(&component, &exp(5000), "300"), secs(300));
    assert_eq!(end(&component, &exp(31), "300"), secs(1));
    assert_eq!(end(&component, &jwt(r#"{"exp":1800000120.7}"#), "300"), secs(90));
    assert_eq!(end(&component, &jwt(r#"{"exp":1e300}"#), "300"), secs(300));
    // What is no JWT, or says nothing of its end, ends as if it were opaque.
    for odd in [
        jwt("{}"),
        jwt(r#"{"exp":"soon"}"#),
        jwt("[]"),
        "a.b.c".into(),
        "a.b".into(),
        format!("{}.x", exp(1)),
    ] {
        assert_eq!(end(&component, &odd, "300"), secs(300), "{odd}");
    }
    component.place = TokenPlace::Body;
    let (judged, _) = with(&component, exp(120).as_bytes());
    assert!(matches!(judged, Judged::Found(Found { expires_at, .. }) if expires_at == secs(90)));
}

#[test]
fn a_token_that_is_over_is_none() {
    let mut component = component(Some("token"));
    component.expires_in = Some(Path::parse("expires_in").unwrap());
    for expires_in in ["0", "-5", "0.5", "\"0\""] {
        let body = format!(r#"{{"token":"abc","expires_in":{expires_in}}}"#);
        let (judged, notes) = with(&component, body.as_bytes());
        assert_eq!(judged, Judged::Unreachable(Cause::Unusable));
        assert_eq!(notes, ["the token is over already: the answer says so at `expires_in_path`"]);
    }
    for exp in [NOW.as_secs() + 30, NOW.as_secs(), 0, -1, i64::MIN] {
        let body = format!(r#"{{"token":"{}","expires_in":300}}"#, jwt(&format!(r#"{{"exp":{exp}}}"#)));
        let (judged, notes) = with(&component, body.as_bytes());
        assert_eq!(judged, Judged::Unreachable(Cause::Unusable), "{exp}");
        assert_eq!(
            notes,
            [
                "the token is over already: it is a JWT, and its `exp` lies in the past or in the next 30 seconds; \
              compare the clocks"
            ]
        );
    }
}

#[test]
fn a_missing_life_or_refresh_token_is_told() {
    let mut component = component(Some("token"));
    component.expires_in = Some(Path::parse("expires").unwrap());
    let request = component.request.clone();
    component.refresh = Some(Refresh { place: Path::parse("refresh_token").unwrap(), request });
    let (good, notes) = found(&component, r#"{"token":"abc","expires":60,"refresh_token":"def"}"#);
    assert_eq!(good.refresh.unwrap().expose(), "def");
    assert_eq!((good.expires_at, notes.len()), (secs(60), 0));
    let (poor, notes) = found(&component, r#"{"token":"abc","expires_in":60}"#);
    assert_eq!((poor.refresh.is_none(), poor.expires_at), (true, secs(900)));
    assert_eq!(
        notes,
        [
            "`expires_in_path`: `expires` not found; the answer has the keys `token`, `expires_in`; did you mean \
             `expires_in`?; the token lives for `ttl`",
            "`refresh.token_path`: `refresh_token` not found; the answer has the keys `token`, `expires_in`; did you \
             mean `token`?; the token will not be renewed",
        ]
    );
    let (odd, notes) = found(&component, r#"{"token":"abc","expires":"soon","refresh_token":"a b"}"#);
    assert!(odd.refresh.is_none());
    assert_eq!(
        notes,
        [
            "`expires_in_path`: `expires` is no number of seconds; the token lives for `ttl`",
            "`refresh.token_path`: there is a space in the token, so it is not one; check `token_path` and `is_json`; \
             the token will not be renewed",
        ]
    );
}

proptest::proptest! {
    #[test]
    fn no_body_makes_it_panic_and_no_token_is_unsound(
        body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
        text in "\\{\"(token|a|data)\":[\\[\\{\"a-z0-9\\\\\\]\\}:,. ]{0,20}\\}?",
    ) {
        for path in [None, Some("token"), Some("data.a[0]"), Some("$..a")] {
            for body in [body.as_slice(), text.as_bytes()] {
                let (judged, notes) = with(&component(path), body);
                match judged {
                    Judged::Found(found) => {
                        let token = found.token.expose();
                        proptest::prop_assert!(!token.is_empty() && token.len() <= 8192);
                        proptest::prop_assert!(!token.contains(|c: char| c.is_whitespace() || c.is_control()));
                    }
                    _ => proptest::prop_assert!(!notes.is_empty()),
                }
            }
        }
    }
}
