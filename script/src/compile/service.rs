//! Web Service components.

use std::time::Duration;

use super::Compiler;
use super::question::asked;
use super::request::{content_type, slots};
use super::scope::{Answers, Scope};
use super::token::request_templates;
use super::url::Purpose;
use crate::diagnostics::{before_service, pointless_retries, several_bodies, unfitting_setting};
use crate::path::Path;
use crate::program::{Each, Method, RequestTemplate, Save, ServiceComponent, ServiceIx, Source, TokenIx};
use crate::template::{Place, Slot, Template};
use crate::wire::decode::At;
use crate::wire::{self, BotFile, Idempotency, Spanned};

impl Compiler<'_> {
    /// The services, each with the origin that it goes to.
    pub(crate) fn service_components(&mut self, file: &BotFile) -> Vec<(ServiceComponent, Template)> {
        let top = At::TOP;
        let list = top.key("web_services");
        let mut all = Vec::new();
        for (index, component) in file.web_services.iter().flat_map(|list| &list.value).enumerate() {
            let at = list.key(&component.value.id.value);
            all.push(self.service_component(&component.value, ServiceIx(index as u16), &at));
        }
        all
    }

    fn service_component(
        &mut self,
        wire: &wire::ServiceComponent,
        number: ServiceIx,
        at: &At<'_>,
    ) -> (ServiceComponent, Template) {
        let id = self.name(&wire.id, &at.key("id"));
        let asked_here = wire.questions.as_ref().map_or(&[][..], |list| &list.value);
        let secrets: Vec<bool> = asked_here
            .iter()
            .map(|question| question.value.secret.as_ref().is_some_and(|secret| secret.value))
            .collect();
        let before = self.befores.get(&number).map(|before| (before.component.clone(), before.asked));
        if let (Some((component, _)), Some(questions)) = (&before, &wire.questions) {
            let at = at.key("questions").to_string();
            self.report.add(before_service::with_questions(&at, questions.span, component));
        }
        let answers = match &before {
            Some((component, asked)) => Answers::Token(component, *asked),
            None => Answers::Service(&id, &secrets),
        };
        // The code is sent to people who are not logged in yet.
        let scope = Scope { answers, tokens: before.is_none(), ..Scope::default() };
        let (request, origin) = self.service_request(wire, at, scope);
        let mut tokens: Vec<Option<TokenIx>> = Vec::new();
        for slot in slots(request_templates(&request)) {
            let used = match slot {
                Slot::LatestToken => None,
                Slot::Token(token) => Some(*token),
                _ => continue,
            };
            if !tokens.contains(&used) {
                tokens.push(used);
            }
        }
        let idempotency_header = wire.idempotency_key.as_ref().and_then(|key| match &key.value {
            Idempotency::Switch(false) => None,
            Idempotency::Switch(true) => Some("Idempotency-Key".into()),
            Idempotency::Header(name) => {
                let name = Spanned { value: name.clone(), span: key.span };
                Some(self.header_named(&name, &at.key("idempotency_key")))
            }
        });
        let retries = match &wire.retries {
            None => {
                if request.method == Method::Get {
                    2
                } else {
                    0
                }
            }
            Some(retries) => {
                if !request.method.is_idempotent() && idempotency_header.is_none() && retries.value > 0 {
                    let at = at.key("retries").to_string();
                    self.report.add(pointless_retries::pointless_retries(
                        &at,
                        retries.span,
                        request.method.name(),
                    ));
                }
                self.small(retries, &at.key("retries"), 0, 5, "retries")
            }
        };
        let questions_at = at.key("questions");
        let mut questions = Vec::with_capacity(asked_here.len());
        for (index, question) in asked_here.iter().enumerate() {
            let mut asked = asked!(question.value);
            asked.secret = secrets[index];
            questions.push(self.question(asked, &questions_at.index(index)));
        }
        let component = ServiceComponent {
            id,
            questions,
            tokens,
            timeout: self.seconds(wire.timeout.as_ref(), "timeout", 10, 120, at),
            retries,
            idempotency_header,
            save: self.saves(wire, at),
            each: wire.each.as_ref().and_then(|each| self.each(&each.value, &at.key("each"))),
            ok_when: wire
                .ok_when
                .as_ref()
                .map_or_else(Vec::new, |signs| self.signs(signs, &at.key("ok_when"))),
            fresh_login: wire
                .fresh_login
                .as_ref()
                .map(|_| self.seconds(wire.fresh_login.as_ref(), "fresh_login", 300, 30 * 24 * 3600, at)),
            request,
        };
        if let (true, Some(fresh)) = (component.tokens.is_empty(), &wire.fresh_login) {
            let at = at.key("fresh_login").to_string();
            self.report.add(unfitting_setting::unused(
                &at,
                fresh.span,
                "fresh_login",
                "the request carries no token",
            ));
        }
        (component, origin)
    }

    fn seconds(
        &mut self,
        seconds: Option<&Spanned<wire::Seconds>>,
        key: &str,
        usual: u64,
        most: u64,
        at: &At<'_>,
    ) -> Duration {
        Duration::from_secs(seconds.map_or(usual, |seconds| {
            let seconds = Spanned { value: seconds.value.0, span: seconds.span };
            self.bounded(&seconds, &at.key(key), 1, most, "seconds")
        }))
    }

    fn service_request(
        &mut self,
        wire: &wire::ServiceComponent,
        at: &At<'_>,
        scope: Scope<'_>,
    ) -> (RequestTemplate, Template) {
        let method = wire.method.as_ref().map_or(Method::Get, |method| method.value);
        let mut headers = self.headers(wire.headers.as_ref(), at, scope);
        let query_at = at.key("query");
        let mut query = Vec::new();
        for (key, value) in wire.query.iter().flat_map(|query| &query.value.0) {
            query.push((key.value.clone(), self.simple(value, &query_at.key(&key.value), scope)));
        }
        let url = self.url(&wire.url, &at.key("url"), scope, Purpose::Request, &query);
        self.bodies(wire, method, at);
        let body = if let Some(json) = &wire.json {
            let body = self.json(json, &at.key("json"), scope);
            Some((content_type(&mut headers, "application/json"), body))
        } else if let Some(form) = &wire.form {
            let body = self.web_form(&form.value, &at.key("form"), scope);
            Some((content_type(&mut headers, "application/x-www-form-urlencoded"), body))
        } else if let Some(body) = &wire.body {
            let given = wire.content_type.as_ref().map_or("text/plain; charset=utf-8", |given| &given.value);
            let content_type = content_type(&mut headers, given);
            let body = self.plain_template(body, &at.key("body"), scope, place_in(&content_type));
            Some((content_type, body))
        } else {
            None
        };
        if let Some(content_type) = &wire.content_type {
            if wire.body.is_none() {
                let at = at.key("content_type").to_string();
                let why = "it is the type of `body`, and there is none";
                self.report.add(unfitting_setting::unused(&at, content_type.span, "content_type", why));
            }
            self.header_value(content_type, &at.key("content_type"), Scope::public("a content type"));
        }
        (RequestTemplate { method, url: url.url, headers, body }, url.origin)
    }

    /// One body at most, and none with GET.
    fn bodies(&mut self, wire: &wire::ServiceComponent, method: Method, at: &At<'_>) {
        let given = [
            ("json", wire.json.as_ref().map(|value| value.span)),
            ("form", wire.form.as_ref().map(|value| value.span)),
            ("body", wire.body.as_ref().map(|value| value.span)),
        ];
        let mut given = given.into_iter().filter_map(|(key, span)| Some((key, span?)));
        let Some(first) = given.next() else { return };
        if method == Method::Get {
            self.report.add(several_bodies::with_get(&at.key(first.0).to_string(), first.1, first.0));
        }
        if let Some(second) = given.next() {
            self.report.add(several_bodies::several_bodies(&at.key(second.0).to_string(), first, second));
        }
    }

    fn saves(&mut self, wire: &wire::ServiceComponent, at: &At<'_>) -> Vec<Save> {
        let at = at.key("save");
        let mut all = Vec::new();
        for (name, from) in wire.save.iter().flat_map(|save| &save.value.0) {
            let at = at.key(&name.value);
            let variable = self.kept_in(name, &at);
            let source = match &*from.value {
                "status" => Some(Source::Status),
                "body" => Some(Source::Body),
                text => match text.strip_prefix("header:") {
                    Some(header) => {
                        let header = Spanned { value: header.trim().to_owned(), span: from.span };
                        Some(Source::Header(self.header_named(&header, &at).to_ascii_lowercase().into()))
                    }
                    None => self.path(from, &at).map(Source::Json),
                },
            };
            all.extend(source.map(|from| Save { variable, from }));
        }
        all
    }

    fn each(&mut self, wire: &wire::Each, at: &At<'_>) -> Option<Each> {
        let scope = Scope { item: true, ..Scope::public("a line that the user sees") };
        let line = self.text(&wire.line, &at.key("line"), scope);
        let variable = self.kept_in(&wire.save, &at.key("save"));
        let limit =
            wire.limit.as_ref().map_or(10, |limit| self.bounded(limit, &at.key("limit"), 1, 100, "lines"));
        let list: Path = self.path(&wire.list, &at.key("list"))?;
        let separator = wire.separator.as_ref().map_or("\n", |separator| &separator.value);
        Some(Each { list, line, variable, limit: limit as u16, separator: separator.into() })
    }
}

/// How values are encoded in a body of this type.
fn place_in(content_type: &str) -> Place {
    let essence = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/x-www-form-urlencoded" => Place::Form,
        "text/html" => Place::Xml,
        json if json.ends_with("/json") || json.ends_with("+json") => Place::JsonString,
        xml if xml.ends_with("/xml") || xml.ends_with("+xml") => Place::Xml,
        _ => Place::Raw,
    }
}
