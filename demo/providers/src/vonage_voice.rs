use std::time::Duration;

use countersign_model::Timestamp;
use http::Method;
use serde_json::{Value, json};
use url::Url;

use crate::call::{Call, Input, method};
use crate::dialect::{Accepted, Dialect, Hook, Order, Scene};
use crate::ids::Mint;
use crate::line::VonageVoiceNumber;
use crate::person::{Person, Standing};
use crate::phone::{Listening, Nonsense, Phone, Progress, Verb};
use crate::sign::{self, Claims};
use crate::wire::{Reply, Request, encoded, pairs};

/// Vonage Voice: NCCO.
pub(crate) struct VonageVoice(pub(crate) VonageVoiceNumber);

impl Dialect for VonageVoice {
    fn claims(&self, request: &Request<'_>) -> bool {
        matches!(request.parts()[..], ["v1", "calls", ..])
    }

    fn addresses(&self, person: &Person) -> Vec<String> {
        vec![person.digits().to_owned()]
    }

    fn headers(&self, scene: &Scene<'_>, hook: &Hook) -> Vec<(&'static str, String)> {
        if self.0.signature_secret.is_empty() {
            return Vec::new();
        }
        let claims = Claims {
            now: scene.now,
            jti: &scene.mint.uuid(),
            api_key: &self.0.api_key,
            application_id: &self.0.application_id,
            body: Some(&hook.body[..]).filter(|_| hook.method != Method::GET),
        };
        vec![("authorization", sign::vonage_voice(&self.0.signature_secret, &claims))]
    }

    fn read(&self, request: &Request<'_>) -> Result<Order, Reply> {
        let [.., "v1", "calls", call] = request.parts()[..] else { return Err(refused(404, "Not Found")) };
        // A JWT of the application; its key is not known here, so only its form is looked at.
        let bearer = request.bearer().unwrap_or_default();
        if bearer.split('.').filter(|part| !part.is_empty()).count() != 3 {
            return Err(refused(401, "Unauthorized"));
        }
        if request.method != Method::PUT || request.json()["action"] != "hangup" {
            return Err(refused(400, "Bad Request"));
        }
        let reply = Reply::text(204, "");
        Ok(Order::HangUp { call: call.to_owned(), reply, unknown: refused(404, "Not Found") })
    }

    fn refuses(&self, _: Option<Standing>, _: Timestamp) -> Option<Reply> {
        None
    }

    fn accepted(&self, _: &Scene<'_>, _: &Accepted<'_>) -> Reply {
        refused(404, "Not Found")
    }

    fn refusal(&self, code: &str, retry_after: Option<u64>) -> Reply {
        let status = code.parse().ok().filter(|status| (400..600).contains(status)).unwrap_or(500);
        refused(status, "Error").retry_after(retry_after)
    }

    fn message_id(&self, mint: &Mint) -> String {
        mint.uuid()
    }
}

impl Phone for VonageVoice {
    fn place(&self, _: &Scene<'_>, call: &Call) -> Hook {
        let id = format!("{}/call", call.id);
        let region = ("region_url", "https://api-eu-3.vonage.com");
        let (from, to) = (call.person.digits(), self.0.number.as_str());
        match self.0.answer_by_post {
            true => {
                let body = json!({
                    "from": from, "to": to, "uuid": call.id, "conversation_uuid": call.conversation,
                    region.0: region.1,
                });
                Hook::post("application/json", body.to_string(), id, "call")
            }
            false => {
                let known = [
                    ("to", to),
                    ("from", from),
                    ("conversation_uuid", &call.conversation),
                    ("uuid", &call.id),
                ];
                let query = encoded(&pairs(&[&known[..], &[region]].concat()));
                Hook::get(query, id, "call")
            }
        }
    }

    fn asks(&self, scene: &Scene<'_>, call: &Call, url: Url, method: Method) -> Hook {
        let id = format!("{}/{}", call.id, scene.mint.count());
        let hook = match method {
            Method::GET => Hook::get(String::new(), id, "asks again"),
            _ => Hook::post("application/json", self.base(scene, call).to_string(), id, "asks again"),
        };
        Hook { url: Some(url.into()), ..hook }
    }

    fn verbs(&self, url: &Url, _: &str, body: &str) -> Result<Vec<Verb>, Nonsense> {
        let wrong = || Nonsense("Syntax error in NCCO. Invalid value type or action.".to_owned());
        let json: Value = serde_json::from_str(body).map_err(|_| wrong())?;
        let actions = json.as_array().ok_or_else(wrong)?;
        let mut verbs = Vec::new();
        for (at, action) in actions.iter().enumerate() {
            match action["action"].as_str().unwrap_or_default() {
                "talk" => {
                    let text = action["text"].as_str().filter(|text| !text.is_empty()).ok_or_else(wrong)?;
                    let next = actions.get(at + 1).and_then(|next| next["action"].as_str());
                    let barge_in = action["bargeIn"] == true;
                    if text.chars().count() > 1500 || (barge_in && !matches!(next, Some("input" | "talk"))) {
                        return Err(wrong());
                    }
                    verbs.push(Verb::Say(plain(text)));
                }
                "stream" => {
                    let url = action["streamUrl"][0].as_str().ok_or_else(wrong)?;
                    verbs.push(Verb::Play(url.to_owned()));
                }
                "input" => {
                    let listening = listening(url, action).ok_or_else(wrong)?;
                    let before = at.checked_sub(1).and_then(|before| actions.get(before));
                    let asked = before.is_some_and(|before| before["bargeIn"] == true);
                    // NCCO has no verb for waiting. Whoever wants to be asked again takes keys that nobody was asked for.
                    let waits =
                        !asked && !listening.speech && listening.most == 20 && listening.finish.is_none();
                    let time = Duration::from_secs(action["dtmf"]["timeOut"].as_u64().unwrap_or(3));
                    verbs.push(if waits { Verb::Wait { listening, time } } else { Verb::Listen(listening) });
                }
                "connect" => {
                    let number = action["endpoint"][0]["number"].as_str().ok_or_else(wrong)?;
                    verbs.push(Verb::Connect(number.to_owned()));
                }
                // An event that is answered with another NCCO: how a bot is asked again without the caller.
                "notify" => {
                    let given = action["eventUrl"][0].as_str().ok_or_else(wrong)?;
                    let method = method(action["eventMethod"].as_str());
                    if action["payload"].is_null() {
                        return Err(wrong());
                    }
                    verbs.push(Verb::Ask { url: url.join(given).map_err(|_| wrong())?, method });
                }
                "record" | "conversation" => {}
                _ => return Err(wrong()),
            }
        }
        Ok(verbs)
    }

    fn heard(&self, scene: &Scene<'_>, call: &Call, gather: &Listening, input: &Input) -> Option<Hook> {
        let mut body = self.base(scene, call);
        let (event, text) = match input {
            Input::Keys(keys) => {
                let (taken, finished) = gather.takes(keys);
                let digits: String = keys.chars().take(taken).collect();
                let timed_out = !finished && taken != gather.most;
                body["dtmf"] = json!({ "digits": digits, "timed_out": timed_out });
                if gather.speech {
                    body["speech"] = json!({ "results": [] });
                }
                ("keys", digits)
            }
            Input::Speech(words) => {
                body["dtmf"] = json!({ "digits": null, "timed_out": false });
                body["speech"] = json!({
                    "timeout_reason": "end_on_silence_timeout",
                    "results": [{ "confidence": "0.9405", "text": words }],
                });
                ("speech", words.clone())
            }
            Input::Silence => {
                if gather.keys && !gather.speech {
                    body["dtmf"] = json!({ "digits": "", "timed_out": true });
                } else {
                    body["speech"] = json!({ "timeout_reason": "start_timeout", "results": [] });
                    body["dtmf"] = json!({ "digits": null, "timed_out": gather.keys });
                }
                ("silence", String::new())
            }
        };
        let id = format!("{}/{}", call.id, scene.mint.count());
        let hook = Hook::post("application/json", body.to_string(), id, event).saying(text);
        Some(Hook { url: Some(gather.url.clone().into()), ..hook })
    }

    fn progress(&self, scene: &Scene<'_>, call: &Call, state: Progress) -> Vec<Hook> {
        let names: &[&str] = match state {
            Progress::Ringing => &["started", "ringing"],
            Progress::Answered => &["answered"],
            Progress::Completed => &["completed"],
        };
        let event = |name: &&str| {
            let mut body = self.base(scene, call);
            body["status"] = (*name).into();
            body["direction"] = "inbound".into();
            if state == Progress::Completed {
                let duration = scene.now.since(call.began).as_secs();
                body["start_time"] = millis(call.began).into();
                body["end_time"] = millis(scene.now).into();
                body["duration"] = duration.to_string().into();
                body["rate"] = "0.00450000".into();
                body["price"] = "0.00277500".into();
                body["network"] = "GB-FIXED".into();
                body["disconnected_by"] = "user".into();
            }
            self.event(&body, format!("{}/{name}", call.id))
        };
        names.iter().map(event).collect()
    }

    fn complaint(&self, scene: &Scene<'_>, call: &Call, nonsense: &Nonsense) -> Option<Hook> {
        let body = json!({
            "conversation_uuid": call.conversation, "timestamp": millis(scene.now), "reason": nonsense.0,
        });
        Some(self.event(&body, format!("{}/error", call.id)))
    }

    fn tries_again(&self, _: bool) -> usize {
        2
    }
}

impl VonageVoice {
    fn base(&self, scene: &Scene<'_>, call: &Call) -> Value {
        json!({
            "from": call.person.digits(), "to": self.0.number, "uuid": call.id,
            "conversation_uuid": call.conversation, "timestamp": millis(scene.now),
        })
    }

    fn event(&self, body: &Value, id: String) -> Hook {
        let hook = Hook::post("application/json", body.to_string(), id, "call event");
        Hook { url: self.0.event_url.clone(), ..hook }
    }
}

fn listening(base: &Url, action: &Value) -> Option<Listening> {
    let kinds: Vec<_> = action["type"].as_array()?.iter().filter_map(Value::as_str).collect();
    let (keys, speech) = (kinds.contains(&"dtmf"), kinds.contains(&"speech"));
    let dtmf = &action["dtmf"];
    let most = if dtmf["maxDigits"].is_null() { 4 } else { dtmf["maxDigits"].as_u64()? };
    let time = if dtmf["timeOut"].is_null() { 3 } else { dtmf["timeOut"].as_u64()? };
    let spoken = &action["speech"];
    let within = |name: &str, least: f64, longest: f64| {
        spoken[name].is_null()
            || spoken[name].as_f64().is_some_and(|given| (least..=longest).contains(&given))
    };
    let fits = (keys || speech)
        && (1..=20).contains(&most)
        && time <= 10
        && within("endOnSilence", 0.4, 10.0)
        && within("startTimeout", 1.0, 60.0)
        && within("maxDuration", 1.0, 60.0);
    if !fits {
        return None;
    }
    let url = action["eventUrl"][0].as_str().map_or_else(|| Some(base.clone()), |url| base.join(url).ok())?;
    Some(Listening {
        keys,
        speech,
        most: usize::try_from(most).ok()?,
        finish: (dtmf["submitOnHash"] == true).then_some('#'),
        url,
        method: method(action["eventMethod"].as_str()),
        tells_silence: true,
    })
}

/// What is heard of SSML.
fn plain(text: &str) -> String {
    if !text.trim_start().starts_with("<speak") {
        return text.to_owned();
    }
    let mut heard = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                heard.push(' ');
            }
            c if !inside => heard.push(c),
            _ => {}
        }
    }
    let heard = heard.split_whitespace().collect::<Vec<_>>().join(" ");
    quick_xml::escape::unescape(&heard).map_or(heard.clone(), std::borrow::Cow::into_owned)
}

/// `2026-11-22T10:15:42.019Z`
fn millis(time: Timestamp) -> String {
    let whole = Timestamp::from_secs(time.as_secs());
    let rest: Duration = time.since(whole);
    time.to_string().replace('Z', &format!(".{:03}Z", rest.as_millis()))
}

fn refused(status: u16, title: &str) -> Reply {
    Reply::json(status, &json!({ "type": "https://developer.vonage.com/api-errors", "title": title }))
        .code(status)
}
