//! The page by which a terminal uses the stand-ins. Only programs on this machine reach it.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::fault::{Fault, Trouble};
use crate::standins::{Shared, StandinError};
use crate::state::LineHandle;
use crate::user::{User, WebhookResult};
use crate::wire::{Reply, Request};

/// The longest wait for a message, in seconds.
const LONGEST_WAIT: f64 = 60.0;

/// How often a webhook is repeated, or a fault happens, at most.
const MOST: usize = 1000;

pub(crate) async fn answer(shared: &Arc<Shared>, path: &str, request: &Request<'_>) -> Reply {
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    let get = request.method == Method::GET;
    match parts[..] {
        ["lines"] if get => lines(shared),
        ["history"] if get => {
            Reply { content_type: "application/x-ndjson", ..Reply::text(200, shared.history.json_lines()) }
        }
        [line, what] => match shared.line(line) {
            None => Reply::json(404, &json!({ "problem": format!("there is no line `{line}`") })),
            Some(handle) => match what {
                "messages" if get => messages(&handle, request).await,
                "say" if request.method == Method::POST => say(&handle, request).await,
                "trouble" if request.method == Method::POST => trouble(&handle, request),
                _ => nothing(),
            },
        },
        _ => nothing(),
    }
}

fn nothing() -> Reply {
    Reply::json(404, &json!({ "problem": "there is nothing at this address" }))
}

fn lines(shared: &Arc<Shared>) -> Reply {
    let line = |handle: LineHandle| {
        let account = &handle.line.account;
        json!({ "id": handle.line.id, "channel": account.channel(), "provider": account.provider() })
    };
    let lines: Vec<_> = shared.lines().into_iter().map(line).collect();
    Reply::json(200, &json!({ "lines": lines }))
}

/// `?of=NAME&after=N&wait=SECONDS`
async fn messages(handle: &LineHandle, request: &Request<'_>) -> Reply {
    let parameters = request.parameters();
    let Some(of) = parameters.filled("of") else {
        return Reply::json(400, &json!({ "problem": "the parameter `of` is missing" }));
    };
    let number = |name: &str| parameters.value(name).unwrap_or_default();
    let after: u64 = number("after").parse().unwrap_or(0);
    let wait: f64 = number("wait").parse().unwrap_or(0.0);
    let wait = Duration::try_from_secs_f64(wait.min(LONGEST_WAIT)).unwrap_or_default();
    let mut changed = handle.user(of).changed();
    // Nothing in time is an answer, too.
    let waited = changed.wait_for(|last| *last > after);
    let _ = tokio::time::timeout(wait, waited).await;
    let all = handle.sent_to(of);
    let new: Vec<_> = all.iter().filter(|sent| sent.index > after).collect();
    let next = new.last().map_or(after, |sent| sent.index);
    Reply::json(200, &json!({ "next": next, "messages": new, "calling": handle.user(of).is_calling() }))
}

/// `{"from": NAME, …}` with one of `text`, `tap` (a number from 1 on), `payload`, `call`, `digits`, `speech`, `silence`,
/// `hangup`, `repeat`.
async fn say(handle: &LineHandle, request: &Request<'_>) -> Reply {
    let json = request.json();
    let Some(from) = json["from"].as_str().filter(|from| !from.is_empty()) else {
        return Reply::json(400, &json!({ "problem": "`from` is missing" }));
    };
    let user = handle.user(from);
    // What was begun is done to its end, also when whoever asked is gone.
    let done = tokio::spawn(async move { act(&user, &json).await }).await;
    match done {
        Ok(Some(Ok(result))) => {
            let WebhookResult { status, acknowledged, held, .. } = result;
            Reply::json(200, &json!({ "status": status, "acknowledged": acknowledged, "held": held }))
        }
        Ok(Some(Err(error))) => Reply::json(409, &json!({ "problem": error.to_string() })),
        Ok(None) => Reply::json(
            400,
            &json!({
                "problem": "say one of `text`, `tap`, `payload`, `call`, `digits`, `speech`, `silence`, `hangup`, `repeat`",
            }),
        ),
        Err(_) => Reply::json(500, &json!({ "problem": "the stand-in has failed" })),
    }
}

/// Makes the provider misbehave. What it sends: `{"repeat": TIMES}`, `{"at_once": TIMES}`, `{"late": SECONDS}`,
/// `{"swap": true}`. What the bot sends, for the next `times` messages (1 when it is not given): `{"refuse": CODE}`, with
/// `retry_after` in seconds when the provider tells it, `{"http": STATUS}`, `{"lose": true}`, `{"break": true}`,
/// `{"garbage": true}`, `{"slow": SECONDS}`. `{"well": true}` ends all of it.
fn trouble(handle: &LineHandle, request: &Request<'_>) -> Reply {
    let json = request.json();
    let flag = |name: &str| json[name] == true;
    let number = |name: &str| json[name].as_u64().and_then(|number| usize::try_from(number).ok());
    let span = |name: &str| {
        let seconds = json[name].as_f64().filter(|seconds| *seconds <= LONGEST_WAIT)?;
        Duration::try_from_secs_f64(seconds).ok()
    };
    let times = number("times").unwrap_or(1).min(MOST);
    let status = || number("http").and_then(|status| u16::try_from(status).ok());
    let code = || json["refuse"].as_str().filter(|code| !code.is_empty());
    if flag("well") {
        handle.trouble(Trouble::None);
        handle.clear_faults();
    } else if let Some(times) = number("repeat") {
        handle.trouble(Trouble::Repeat(times.min(MOST)));
    } else if let Some(times) = number("at_once") {
        handle.trouble(Trouble::AtOnce(times.min(MOST)));
    } else if let Some(time) = span("late") {
        handle.trouble(Trouble::Late(time));
    } else if flag("swap") {
        handle.trouble(Trouble::Swapped);
    } else if let Some(code) = code() {
        let retry_after = json["retry_after"].as_u64();
        handle.fault(Fault::Refuse { code: code.to_owned(), retry_after }, times);
    } else if let Some(status) = status().filter(|status| (400..600).contains(status)) {
        handle.fault(Fault::Status(status), times);
    } else if flag("lose") {
        handle.fault(Fault::LoseAnswer, times);
    } else if flag("break") {
        handle.fault(Fault::Break, times);
    } else if flag("garbage") {
        handle.fault(Fault::Garbage, times);
    } else if let Some(time) = span("slow") {
        handle.fault(Fault::Delay(time), times);
    } else {
        return Reply::json(
            400,
            &json!({
                "problem": "give one of `repeat`, `at_once`, `late`, `swap`, `refuse`, `http`, `lose`, `break`, `garbage`, `slow`, `well`",
            }),
        );
    }
    Reply::json(200, &json!({ "done": true }))
}

async fn act(user: &User, json: &Value) -> Option<Result<WebhookResult, StandinError>> {
    let text = |name: &str| json[name].as_str();
    let flag = |name: &str| json[name] == true;
    Some(if let Some(words) = text("text") {
        Ok(user.says(words).await)
    } else if let Some(number) = json["tap"].as_u64() {
        user.taps(usize::try_from(number).unwrap_or(usize::MAX)).await
    } else if let Some(payload) = text("payload") {
        user.presses(payload).await
    } else if let Some(digits) = text("digits") {
        user.keys(digits).await
    } else if let Some(words) = text("speech") {
        user.speaks(words).await
    } else if flag("call") {
        user.calls().await
    } else if flag("silence") {
        user.is_silent().await
    } else if flag("hangup") {
        user.hangs_up().await
    } else if flag("repeat") {
        user.repeats().await
    } else {
        return None;
    })
}
