use countersign_model::Timestamp;
use http::Method;
use serde_json::json;
use url::Url;

use crate::call::{Call, Input};
use crate::dialect::{Accepted, Dialect, Hook, Order, Scene};
use crate::ids::Mint;
use crate::line::TwilioNumber;
use crate::person::{Person, Standing};
use crate::phone::{Listening, Nonsense, Phone, Progress, Verb};
use crate::twilio_sms::{authenticated, refusal, refused, signed};
use crate::twiml;
use crate::wire::{Reply, Request, encoded, pairs};

/// Twilio Voice: TwiML.
pub(crate) struct TwilioVoice(pub(crate) TwilioNumber);

impl Dialect for TwilioVoice {
    fn claims(&self, request: &Request<'_>) -> bool {
        let parts = request.parts();
        parts.contains(&"Calls") && parts.contains(&self.0.account_sid.as_str())
    }

    fn addresses(&self, person: &Person) -> Vec<String> {
        vec![person.number.clone()]
    }

    fn headers(&self, scene: &Scene<'_>, hook: &Hook) -> Vec<(&'static str, String)> {
        signed(&self.0.auth_token, scene, hook)
    }

    fn read(&self, request: &Request<'_>) -> Result<Order, Reply> {
        authenticated(&self.0, request)?;
        let parts = request.parts();
        let call = match parts[..] {
            ["2010-04-01", "Accounts", _, "Calls", call] => call.strip_suffix(".json"),
            _ => None,
        };
        let call = call.ok_or_else(|| refusal("20404"))?.to_owned();
        if request.form().value("Status") != Some("completed") {
            return Err(refused(400, 21218, "Invalid call status"));
        }
        let reply = Reply::json(200, &json!({ "sid": call, "status": "completed" }));
        let unknown = refused(404, 20404, "The requested resource was not found");
        Ok(Order::HangUp { call, reply, unknown })
    }

    fn refuses(&self, _: Option<Standing>, _: Timestamp) -> Option<Reply> {
        None
    }

    fn accepted(&self, _: &Scene<'_>, _: &Accepted<'_>) -> Reply {
        refusal("20404")
    }

    fn refusal(&self, code: &str, retry_after: Option<u64>) -> Reply {
        refusal(code).retry_after(retry_after)
    }

    fn message_id(&self, mint: &Mint) -> String {
        format!("CA{}", mint.hex(32))
    }
}

impl Phone for TwilioVoice {
    fn place(&self, _: &Scene<'_>, call: &Call) -> Hook {
        let mut form = self.form(call, "ringing");
        form.extend(pairs(&[("StirVerstat", "TN-Validation-Passed-A")]));
        Hook::form(&form, format!("{}/call", call.id), "call")
    }

    fn asks(&self, scene: &Scene<'_>, call: &Call, url: Url, method: Method) -> Hook {
        let id = format!("{}/{}", call.id, scene.mint.count());
        to(url, &method, &self.form(call, "in-progress"), id, "asks again")
    }

    fn verbs(&self, url: &Url, content_type: &str, body: &str) -> Result<Vec<Verb>, Nonsense> {
        match content_type.split(';').next().unwrap_or_default().trim() {
            "text/xml" | "application/xml" | "text/html" => twiml::verbs(url, body),
            // Plain text is read out.
            "text/plain" => Ok(vec![Verb::Say(body.to_owned())]),
            other => Err(Nonsense(format!("12300 Invalid Content-Type: {other}"))),
        }
    }

    fn heard(&self, scene: &Scene<'_>, call: &Call, gather: &Listening, input: &Input) -> Option<Hook> {
        let mut form = self.form(call, "in-progress");
        let text = match input {
            Input::Keys(keys) => {
                let (taken, finished) = gather.takes(keys);
                let digits: String = keys.chars().take(taken).collect();
                let finish = gather.finish.filter(|_| finished).map(String::from).unwrap_or_default();
                form.extend(pairs(&[("msg", "Gather End"), ("FinishedOnKey", &finish), ("Digits", &digits)]));
                digits
            }
            Input::Speech(words) => {
                form.extend(pairs(&[
                    ("SpeechResult", words),
                    ("Confidence", "0.9128386"),
                    ("Language", "en-US"),
                ]));
                words.clone()
            }
            Input::Silence if gather.tells_silence => {
                form.extend(pairs(&[("msg", "Gather End")]));
                String::new()
            }
            Input::Silence => return None,
        };
        let event = match input {
            Input::Keys(_) => "keys",
            Input::Speech(_) => "speech",
            Input::Silence => "silence",
        };
        let id = format!("{}/{}", call.id, scene.mint.count());
        Some(to(gather.url.clone(), &gather.method, &form, id, event).saying(text))
    }

    fn progress(&self, scene: &Scene<'_>, call: &Call, state: Progress) -> Vec<Hook> {
        // The number of a call that comes in has one status callback, at its end.
        if state != Progress::Completed {
            return Vec::new();
        }
        let mut form = self.form(call, "completed");
        let duration = scene.now.since(call.began).as_secs().to_string();
        form.extend(pairs(&[("CallDuration", &duration), ("Timestamp", "Sun, 22 Nov 2026 10:16:01 +0000")]));
        vec![Hook::form(&form, format!("{}/completed", call.id), "call over")]
    }

    fn tries_again(&self, unreachable: bool) -> usize {
        usize::from(unreachable)
    }
}

impl TwilioVoice {
    fn form(&self, call: &Call, status: &str) -> Vec<(String, String)> {
        let (from, to) = (call.person.number.as_str(), self.0.number.as_str());
        pairs(&[
            ("AccountSid", &self.0.account_sid),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", &call.id),
            ("CallStatus", status),
            ("Called", to),
            ("Caller", from),
            ("Direction", "inbound"),
            ("From", from),
            ("To", to),
            ("FromCity", "SAN FRANCISCO"),
            ("FromCountry", "US"),
            ("FromState", "CA"),
            ("FromZip", "94107"),
            ("ToCity", ""),
            ("ToCountry", "US"),
            ("ToState", "CA"),
            ("ToZip", ""),
        ])
    }
}

fn to(url: Url, method: &Method, form: &[(String, String)], id: String, event: &'static str) -> Hook {
    match *method {
        Method::GET => Hook { url: Some(url.into()), ..Hook::get(encoded(form), id, event) },
        _ => Hook { url: Some(url.into()), ..Hook::form(form, id, event) },
    }
}
