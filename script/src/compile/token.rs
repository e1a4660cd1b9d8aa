//! Authorization Token components.

use std::time::Duration;

use countersign_model::Name;
use indexmap::IndexMap;

use super::body::Tree;
use super::builder::Builder;
use super::question::Asked;
use super::request::{Headers, content_type, slots};
use super::scope::{Answers, Resolved, Scope};
use super::url::{Purpose, plain_origin};
use super::{Compiler, stand_in};
use crate::diagnostics::{
    Span, bad_login, bad_path, before_service, credentials_in_url, field_conflict, missing_key,
    token_elsewhere, unfitting_setting,
};
use crate::path::Path;
use crate::program::{
    self, Ask, Method, ServiceComponent, ServiceIx, Sign, TokenComponent, TokenIx, TokenPlace, TokenScope,
};
use crate::template::{Slot, Template};
use crate::wire::decode::At;
use crate::wire::{self, BotFile, Encoding, Entries, Json, OneOrMany, Spanned};

/// 30 days.
const MAX_TTL: u64 = 30 * 24 * 3600;

/// A component that calls a service before its login.
pub(crate) struct Before {
    pub(crate) component: Name,
    pub(crate) asked: usize,
}

/// The parts of a login or a refresh.
struct Parts<'w> {
    url: &'w Spanned<String>,
    method: Method,
    encoding: Encoding,
    headers: Option<&'w Spanned<Entries<Spanned<String>>>>,
    fields: Option<&'w Spanned<Entries<Spanned<Json>>>>,
}

impl Compiler<'_> {
    pub(crate) fn token_components(&mut self, file: &BotFile) -> Vec<TokenComponent> {
        let top = At::TOP;
        let list = top.key("authorization_tokens");
        let mut all = Vec::new();
        for (index, component) in file.authorization_tokens.iter().flat_map(|list| &list.value).enumerate() {
            let at = list.key(&component.value.id.value);
            all.push(self.token_component(&component.value, TokenIx(index as u16), &at));
        }
        all
    }

    fn token_component(
        &mut self,
        wire: &wire::TokenComponent,
        number: TokenIx,
        at: &At<'_>,
    ) -> TokenComponent {
        let id = self.name(&wire.id, &at.key("id"));
        let questions = wire.questions.as_ref().map_or(&[][..], |list| &list.value);
        if questions.len() > 100 {
            self.report.add(bad_login::too_many_questions(&at.key("questions").to_string(), wire.id.span));
        }
        let method = self.login_method(wire.method.as_ref(), &at.key("method"));
        let encoding = wire.encoding.as_ref().map_or(Encoding::Json, |encoding| encoding.value);
        if let Some(given) = &wire.encoding
            && method == Method::Get
        {
            self.report.add(unfitting_setting::unused(
                &at.key("encoding").to_string(),
                given.span,
                "encoding",
                "a GET sends the fields in the URL",
            ));
        }
        let scope = Scope { answers: Answers::Token(&id, questions.len()), ..Scope::default() };
        let parts = Parts {
            url: &wire.url,
            method,
            encoding,
            headers: wire.headers.as_ref(),
            fields: wire.fields.as_ref(),
        };
        let (request, origin) = self.login_request(&parts, questions, &id, at, scope);
        if method == Method::Get && !questions.is_empty() {
            let span = wire.method.as_ref().map_or(wire.id.span, |method| method.span);
            self.report.add(credentials_in_url::credentials_in_url(&at.key("method").to_string(), span));
        }
        let before = self.before(wire, questions, &id, at);
        if before.is_none() {
            self.unsent_answers(questions, &request, at);
        }
        let by_number = wire.validation_by_number.as_ref().is_some_and(|by| by.value);
        let ask = wire.ask.as_ref().map_or(Ask::InChat, |ask| ask.value);
        if let (Ask::SecurePage, true, Some(place)) = (ask, by_number, &wire.ask) {
            self.report.add(bad_login::page_by_number(&at.key("ask").to_string(), place.span));
        }
        if let (Ask::SecurePage, Some(place), Some(_)) = (ask, &wire.ask, &before) {
            self.report.add(bad_login::page_with_before(&at.key("ask").to_string(), place.span));
        }
        let questions = {
            let list = at.key("questions");
            let compile = |(index, question): (usize, &Spanned<wire::TokenQuestion>)| {
                self.token_question(&question.value, wire, by_number, &list.index(index))
            };
            questions.iter().enumerate().map(compile).collect()
        };
        let mut send_to = vec![origin];
        for (index, origin) in wire.send_to.iter().flat_map(|list| list.value.as_slice()).enumerate() {
            let list = at.key("send_to");
            send_to.push(self.origin(origin, &list.index(index)));
        }
        TokenComponent {
            request,
            questions,
            before,
            send_to,
            ttl: Duration::from_secs(wire.ttl.as_ref().map_or(3_600, |ttl| {
                let ttl = Spanned { value: ttl.value.0, span: ttl.span };
                self.bounded(&ttl, &at.key("ttl"), 1, MAX_TTL, "seconds (30 days at most)")
            })),
            place: self.token_place(wire, at),
            expires_in: wire
                .expires_in_path
                .as_ref()
                .and_then(|path| self.path(path, &at.key("expires_in_path"))),
            refresh: self.refresh(wire, number, encoding, at),
            validation_by_number: by_number,
            attempts: wire
                .attempts
                .as_ref()
                .map_or(3, |attempts| self.small(attempts, &at.key("attempts"), 1, 10, "attempts")),
            ask,
            scope: wire.scope.as_ref().map_or(TokenScope::Contact, |scope| scope.value),
            expired_when: match &wire.expired_when {
                None => vec![Sign { statuses: vec![401], field: None }],
                Some(signs) => self.signs(signs, &at.key("expired_when")),
            },
            failed: self.optional_text(wire.failed.as_ref(), "failed", at),
            unavailable: self.optional_text(wire.unavailable.as_ref(), "unavailable", at),
            prompt_expired: self.optional_text(wire.prompt_expired.as_ref(), "prompt_expired", at),
            id,
        }
    }

    fn login_method(&mut self, method: Option<&Spanned<Method>>, at: &At<'_>) -> Method {
        match method {
            None => Method::Post,
            Some(method) => {
                if !matches!(method.value, Method::Get | Method::Post) {
                    self.report.add(bad_login::method(&at.to_string(), method.span, method.value.name()));
                }
                method.value
            }
        }
    }

    fn token_question(
        &mut self,
        wire: &wire::TokenQuestion,
        component: &wire::TokenComponent,
        by_number: bool,
        at: &At<'_>,
    ) -> program::Question {
        use wire::AnswerKind as Kind;
        if let Some(kind) = &wire.kind
            && !matches!(
                kind.value,
                Kind::Text | Kind::Number | Kind::Email | Kind::Phone | Kind::Digits | Kind::Code
            )
        {
            self.report.add(bad_login::kind(&at.key("kind").to_string(), kind.span));
        }
        let asked = Asked {
            question: Some(&wire.question),
            kind: wire.kind.as_ref(),
            length: wire.length.as_ref(),
            retry: wire.retry.as_ref(),
            keypad: wire.keypad.as_ref(),
            outer_keypad: component.keypad.as_ref(),
            secret: wire.secret.as_ref().is_some_and(|secret| secret.value),
            by_number,
            ..Asked::default()
        };
        self.question(asked, at)
    }

    /// The request of a login or refresh, and the origin that it goes to.
    fn login_request(
        &mut self,
        parts: &Parts<'_>,
        questions: &[Spanned<wire::TokenQuestion>],
        id: &Name,
        at: &At<'_>,
        scope: Scope<'_>,
    ) -> (program::RequestTemplate, Template) {
        let mut headers = self.headers(parts.headers, at, scope);
        let fields_at = at.key("fields");
        let questions_at = at.key("questions");
        let answers = || {
            questions.iter().enumerate().filter_map(|(index, question)| {
                let field = question.value.field.as_ref()?;
                Some((index, field, Slot::Answer { component: id.clone(), index: index as u8 }))
            })
        };
        let in_url = parts.method == Method::Get;
        if in_url || parts.encoding == Encoding::Form {
            let mut pairs: Vec<(String, Vec<Resolved>)> = Vec::new();
            let mut seen: Vec<(&str, Span)> = Vec::new();
            for (key, value) in parts.fields.iter().flat_map(|fields| &fields.value.0) {
                seen.push((&key.value, key.span));
                pairs.push((key.value.clone(), self.flat(value, &fields_at.key(&key.value), scope)));
            }
            for (index, field, slot) in answers() {
                if let Some((_, first)) = seen.iter().find(|(name, _)| *name == field.value) {
                    let at = questions_at.index(index);
                    let at = at.key("field").to_string();
                    self.report.add(field_conflict::field_conflict(&at, field.span, &field.value, *first));
                }
                seen.push((&field.value, field.span));
                pairs.push((field.value.clone(), vec![Resolved::Slot(slot, field.span)]));
            }
            let query = if in_url { &pairs[..] } else { &[] };
            let url = self.url(parts.url, &at.key("url"), scope, Purpose::Request, query);
            let body = (!in_url).then(|| {
                let mut out = Builder::default();
                for (index, (key, value)) in pairs.iter().enumerate() {
                    if index > 0 {
                        out.char('&');
                    }
                    self.write_pair(key, value, &mut out);
                }
                (content_type(&mut headers, "application/x-www-form-urlencoded"), out.finish())
            });
            return (
                program::RequestTemplate { method: parts.method, url: url.url, headers, body },
                url.origin,
            );
        }
        let mut tree = IndexMap::new();
        for (key, value) in parts.fields.iter().flat_map(|fields| &fields.value.0) {
            self.graft(&mut tree, &key.value, Tree::Value(value), key.span, &fields_at.key(&key.value));
        }
        for (index, field, slot) in answers() {
            let at = questions_at.index(index);
            self.graft(&mut tree, &field.value, Tree::Answer(slot, field.span), field.span, &at.key("field"));
        }
        let url = self.url(parts.url, &at.key("url"), scope, Purpose::Request, &[]);
        let mut out = Builder::default();
        self.write_tree(&Tree::Map(tree, parts.url.span), &fields_at, scope, &mut out);
        let body = Some((content_type(&mut headers, "application/json"), out.finish()));
        (program::RequestTemplate { method: parts.method, url: url.url, headers, body }, url.origin)
    }

    fn before(
        &mut self,
        wire: &wire::TokenComponent,
        questions: &[Spanned<wire::TokenQuestion>],
        id: &Name,
        at: &At<'_>,
    ) -> Option<(u8, ServiceIx)> {
        let marked = questions
            .iter()
            .position(|question| question.value.after_before.as_ref().is_some_and(|a| a.value));
        let Some(before) = &wire.before else {
            if let Some(index) = marked {
                let list = at.key("questions");
                let span =
                    questions[index].value.after_before.as_ref().map_or(questions[index].span, |a| a.span);
                let at = list.index(index);
                self.report.add(before_service::without_before(&at.key("after_before").to_string(), span));
            }
            return None;
        };
        let at = at.key("before");
        let Some(asked) = marked else {
            let last = questions.last().filter(|_| questions.len() > 1);
            let last = last.map(|question| question.value.question.span);
            self.report.add(before_service::nothing_after(&at.to_string(), before.span, last));
            return None;
        };
        let service = self.service(before, &at)?;
        if let Some(other) = self.befores.get(&service) {
            self.report.add(before_service::shared(
                &at.to_string(),
                before.span,
                &before.value,
                &other.component,
            ));
            return None;
        }
        self.befores.insert(service, Before { component: id.clone(), asked });
        Some((asked as u8, service))
    }

    /// Every answer must go somewhere.
    fn unsent_answers(
        &mut self,
        questions: &[Spanned<wire::TokenQuestion>],
        request: &program::RequestTemplate,
        at: &At<'_>,
    ) {
        if questions.iter().all(|question| question.value.field.is_some()) {
            return;
        }
        let sent: Vec<u8> = used_answers(request).collect();
        let list = at.key("questions");
        for (index, question) in questions.iter().enumerate() {
            if question.value.field.is_none() && !sent.contains(&(index as u8)) {
                let at = list.index(index).to_string();
                self.report.add(missing_key::answer_goes_nowhere(&at, question.span, index + 1));
            }
        }
    }

    fn token_place(&mut self, wire: &wire::TokenComponent, at: &At<'_>) -> TokenPlace {
        let is_json = wire.is_json.as_ref().map(|is_json| is_json.value);
        match (&wire.token_path, is_json) {
            (Some(path), Some(false)) => {
                let why = "`is_json` is false, so the whole answer is the token";
                self.report.add(unfitting_setting::unused(
                    &at.key("token_path").to_string(),
                    path.span,
                    "token_path",
                    why,
                ));
                TokenPlace::Body
            }
            (Some(path), _) => {
                self.path(path, &at.key("token_path")).map_or(TokenPlace::Body, TokenPlace::Json)
            }
            (None, Some(true)) => {
                let span = wire.is_json.as_ref().map_or(wire.id.span, |is_json| is_json.span);
                self.report.add(missing_key::token_path(&at.to_string(), span));
                TokenPlace::Body
            }
            (None, _) => TokenPlace::Body,
        }
    }

    fn refresh(
        &mut self,
        wire: &wire::TokenComponent,
        number: TokenIx,
        encoding: Encoding,
        at: &At<'_>,
    ) -> Option<program::Refresh> {
        let refresh = wire.refresh.as_ref()?;
        let at = at.key("refresh");
        let method = self.login_method(refresh.value.method.as_ref(), &at.key("method"));
        let scope = Scope { refresh: Some(number), ..Scope::default() };
        let usual = refresh.value.fields.is_none().then(|| usual_refresh_fields(refresh.span));
        let parts = Parts {
            url: refresh.value.url.as_ref().unwrap_or(&wire.url),
            method,
            encoding: refresh.value.encoding.as_ref().map_or(encoding, |encoding| encoding.value),
            headers: refresh.value.headers.as_ref(),
            fields: refresh.value.fields.as_ref().or(usual.as_ref()),
        };
        let (request, _) = self.login_request(&parts, &[], &stand_in(), &at, scope);
        let carries = slots(request_templates(&request)).any(|slot| matches!(slot, Slot::RefreshToken(_)));
        if !carries {
            let fields = refresh.value.fields.as_ref();
            let beside = fields.and_then(|fields| fields.value.0.first()).map(|(key, _)| key.span);
            self.report.add(missing_key::refresh_token(&at.to_string(), refresh.span, beside));
        }
        let place = self.path(&refresh.value.token_path, &at.key("token_path"))?;
        Some(program::Refresh { place, request })
    }

    pub(crate) fn path(&mut self, path: &Spanned<String>, at: &At<'_>) -> Option<Path> {
        Path::parse(&path.value)
            .map_err(|error| {
                let span = match error.at() {
                    Some(byte) if byte < path.value.len() => {
                        let end = byte + path.value[byte..].chars().next().map_or(1, char::len_utf8);
                        self.inside(path, (byte, end))
                    }
                    _ => path.span,
                };
                let whole = Some((path.span, &*path.value));
                self.report.add(bad_path::bad_path(&at.to_string(), span, &error, whole));
            })
            .ok()
    }

    pub(crate) fn signs(
        &mut self,
        signs: &Spanned<OneOrMany<Spanned<wire::Sign>>>,
        at: &At<'_>,
    ) -> Vec<Sign> {
        let alone = matches!(signs.value, OneOrMany::One(_));
        let mut all = Vec::new();
        for (index, sign) in signs.value.as_slice().iter().enumerate() {
            let at = if alone { *at } else { at.index(index) };
            let wire = &sign.value;
            if wire.status.is_none() && wire.field.is_none() {
                self.report.add(missing_key::one_of(&at.to_string(), sign.span, &["status", "field"]));
            }
            if let (None, Some(value)) = (&wire.field, &wire.value) {
                self.report.add(missing_key::missing_key(&at.to_string(), value.span, "field", "a text"));
            }
            let mut statuses = Vec::new();
            for status in wire.status.iter().flat_map(|list| list.value.as_slice()) {
                statuses.push(self.bounded(status, &at.key("status"), 100, 599, "(statuses of HTTP)") as u16);
            }
            let field = wire.field.as_ref().and_then(|field| {
                let path = self.path(field, &at.key("field"))?;
                Some((path, wire.value.as_ref().map(|value| value.value.as_text().to_owned())))
            });
            all.push(Sign { statuses, field });
        }
        all
    }

    /// An origin that a token may be sent to.
    fn origin(&mut self, text: &Spanned<String>, at: &At<'_>) -> Template {
        let url = self.url(text, at, Scope::default(), Purpose::Request, &[]);
        url.origin
    }

    /// Sees that no service sends a token to where it may not go.
    pub(crate) fn token_destinations(
        &mut self,
        file: &BotFile,
        tokens: &[TokenComponent],
        services: &[(ServiceComponent, Template)],
    ) {
        let wires = file.web_services.iter().flat_map(|list| &list.value);
        for (wire, (service, origin)) in wires.zip(services) {
            if origin.pieces.is_empty() {
                continue;
            }
            let allowed =
                |token: &TokenComponent| token.send_to.iter().any(|known| same_origin(known, origin));
            for used in &service.tokens {
                let offending = match used {
                    Some(token) => tokens.get(token.at()).filter(|token| !allowed(token)),
                    None => tokens.first().filter(|_| !tokens.iter().any(allowed)),
                };
                if let Some(token) = offending {
                    let at = format!("web_services.{}.url", service.id);
                    let shown = shown_origin(origin);
                    // With several logins it is not clear which of them the origin belongs to.
                    let alone = used.is_some() || tokens.len() == 1;
                    let index = tokens.iter().position(|other| std::ptr::eq(other, token));
                    let component = file.authorization_tokens.as_ref().zip(index);
                    let beside =
                        component.and_then(|(list, index)| Some(list.value.get(index)?.value.id.span));
                    self.report.add(token_elsewhere::token_elsewhere(
                        &at,
                        wire.value.url.span,
                        &token.id,
                        &shown,
                        beside.filter(|_| alone),
                    ));
                }
            }
        }
    }
}

fn same_origin(one: &Template, other: &Template) -> bool {
    match (plain_origin(one), plain_origin(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

fn shown_origin(origin: &Template) -> String {
    if let Some(plain) = plain_origin(origin) {
        return plain;
    }
    let pieces = origin.pieces.iter().map(|piece| match piece {
        crate::template::Piece::Text(text) => text.to_string(),
        crate::template::Piece::Slot { slot: Slot::Config(name), .. } => format!("{{config.{name}}}"),
        crate::template::Piece::Slot { .. } => String::new(),
    });
    pieces.collect()
}

fn used_answers(request: &program::RequestTemplate) -> impl Iterator<Item = u8> + '_ {
    slots(request_templates(request)).filter_map(|slot| match slot {
        Slot::Answer { index, .. } => Some(*index),
        _ => None,
    })
}

/// All templates of a request.
pub(crate) fn request_templates(request: &program::RequestTemplate) -> impl Iterator<Item = &Template> {
    let headers: &Headers = &request.headers;
    std::iter::once(&request.url)
        .chain(headers.iter().map(|(_, value)| value))
        .chain(request.body.iter().map(|(_, body)| body))
}

/// What OAuth wants (RFC 6749 §6).
fn usual_refresh_fields(span: Span) -> Spanned<Entries<Spanned<Json>>> {
    let spanned = |value: &str| Spanned { value: value.to_owned(), span };
    let field = |key: &str, value: &str| (spanned(key), Spanned { value: Json::Text(spanned(value)), span });
    Spanned {
        value: Entries(vec![field("grant_type", "refresh_token"), field("refresh_token", "{refresh_token}")]),
        span,
    }
}
