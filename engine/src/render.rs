//! Templates to texts and requests.

use countersign_script::program::{RequestTemplate, StepIx, Text, TokenIx, VarIx};
use countersign_script::template::{EncodeError, Piece, Place, Rendered, SecretRef, Slot, Template};

use crate::Warning;
use crate::effect::OutgoingRequest;
use crate::machine::Machine;
use crate::value::Value;

impl Machine<'_> {
    /// A text in the user's language.
    pub(crate) fn text(&mut self, text: &Text) -> String {
        let template = self.pick(text);
        self.public(template, None)
    }

    /// The template in the user's language; alternatives take turns, beginning with the first.
    pub(crate) fn pick<'t>(&self, text: &'t Text) -> &'t Template {
        text.pick(self.session.language, self.session.turns.saturating_sub(1))
    }

    /// A template that a user will see. The check lets no secret in; should one be there, it shows as `•••`.
    pub(crate) fn public(&mut self, template: &Template, item: Option<&serde_json::Value>) -> String {
        if let [Piece::Text(text)] = &*template.pieces {
            return text.to_string();
        }
        let mut out = Rendered::with_capacity(64);
        for piece in &template.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Slot { slot, place } => {
                    // A place in a public text has no character that it refuses.
                    let _ = self.put(slot, *place, item, &mut out);
                }
            }
        }
        if out.secrets().next().is_some() {
            return out.redacted();
        }
        out.into_public().unwrap_or_default()
    }

    /// A request, secrets by reference.
    pub(crate) fn request(
        &mut self,
        template: &RequestTemplate,
        timeout_ms: u32,
    ) -> Result<OutgoingRequest, EncodeError> {
        let headers = template
            .headers
            .iter()
            .map(|(name, value)| Ok((name.clone(), self.render(value)?)))
            .collect::<Result<_, _>>()?;
        let body = match &template.body {
            Some((content_type, body)) => Some((content_type.clone(), self.render(body)?)),
            None => None,
        };
        Ok(OutgoingRequest {
            method: template.method,
            url: self.render(&template.url)?,
            headers,
            body,
            timeout_ms,
        })
    }

    fn render(&mut self, template: &Template) -> Result<Rendered, EncodeError> {
        let mut out = Rendered::with_capacity(96);
        for piece in &template.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Slot { slot, place } => self.put(slot, *place, None, &mut out)?,
            }
        }
        Ok(out)
    }

    fn put(
        &mut self,
        slot: &Slot,
        place: Place,
        item: Option<&serde_json::Value>,
        out: &mut Rendered,
    ) -> Result<(), EncodeError> {
        let bot = self.bot;
        let secret = match slot {
            Slot::Var(ix) => {
                return match self.value(*ix) {
                    Some(value) => put_value(value, place, out),
                    None => {
                        self.warn_empty(&bot.variables[ix.at()]);
                        put_nothing(place, out);
                        Ok(())
                    }
                };
            }
            Slot::Val(index) => {
                return match self.session.service.answers.get(usize::from(*index)) {
                    Some(Some(answer)) => put_value(answer, place, out),
                    _ => {
                        self.warn_empty(&format!("val{}", u32::from(*index) + 1));
                        put_nothing(place, out);
                        Ok(())
                    }
                };
            }
            Slot::Item(path) => {
                return match item.and_then(|item| path.first(item)).and_then(Value::from_json) {
                    Some(value) => put_value(&value, place, out),
                    None => Ok(()),
                };
            }
            Slot::ContactName => {
                return match &self.session.contact.name {
                    Some(name) => out.push(name, place),
                    None => {
                        put_nothing(place, out);
                        Ok(())
                    }
                };
            }
            Slot::ContactAddress => return out.push(&self.session.contact.address, place),
            Slot::Channel => return out.push(self.session.channel.name(), place),
            Slot::Now => return out.push(&self.now.to_string(), place),
            Slot::Config(name) => {
                self.warn_empty(&format!("config.{name}"));
                return Ok(());
            }
            Slot::Answer { component, index } => SecretRef::Answer(component.clone(), *index),
            Slot::LatestToken => match self.latest_token() {
                Some(token) => SecretRef::Token(bot.tokens[token.at()].id.clone()),
                None => {
                    self.warn_empty("authtoken");
                    put_nothing(place, out);
                    return Ok(());
                }
            },
            Slot::Token(token) => SecretRef::Token(bot.tokens[token.at()].id.clone()),
            Slot::RefreshToken(token) => SecretRef::Refresh(bot.tokens[token.at()].id.clone()),
            Slot::Secret(name) => SecretRef::Workspace(name.clone()),
        };
        out.push_secret(secret, place);
        Ok(())
    }

    /// The token that `{authtoken}` stands for: that of the latest login, else the one that is held, else the only
    /// one that the bot has.
    pub(crate) fn latest_token(&self) -> Option<TokenIx> {
        let only = if self.bot.tokens.len() == 1 { Some(TokenIx(0)) } else { None };
        self.session.latest.or_else(|| self.session.tokens.last().map(|held| held.token)).or(only)
    }

    /// The value of a variable.
    pub(crate) fn value(&self, variable: VarIx) -> Option<&Value> {
        self.session.vars.iter().find(|(known, _)| *known == variable).map(|(_, value)| value)
    }

    fn warn_empty(&mut self, variable: &str) {
        let step = self.at.map(|step| self.place(step)).unwrap_or_default();
        self.warnings.push(Warning::Empty { variable: variable.into(), step });
    }

    pub(crate) fn warn_unsendable(&mut self, step: StepIx, why: EncodeError) {
        let step = self.place(step);
        self.warnings.push(Warning::Unencodable { step, why });
    }
}

fn put_value(value: &Value, place: Place, out: &mut Rendered) -> Result<(), EncodeError> {
    if place == Place::JsonValue && value.is_bare() {
        out.push_str(value.as_str());
        return Ok(());
    }
    out.push(value.as_str(), place)
}

/// An empty value is an empty string in JSON, and nothing elsewhere.
fn put_nothing(place: Place, out: &mut Rendered) {
    if place == Place::JsonValue {
        out.push_str("\"\"");
    }
}
