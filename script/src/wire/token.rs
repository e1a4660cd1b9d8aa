//! The Authorization Token component.

use super::decode::{At, Cx, Decode, Entries, OneOrMany, Spanned, one_of, wire, words};
use super::question::{Keypad, TokenQuestion};
use super::text::Text;
use super::value::{Json, Seconds, Simple};
use crate::node::Node;
use crate::program::{Ask, Method, TokenScope};

words! {
    /// How the fields of a login are sent.
    enum Encoding, "an encoding" {
        /// As a JSON object.
        Json = "json",
        /// As a web form, as OAuth token endpoints want it.
        Form = "form",
    }
}

wire! {
    /// Logs a user in: asks for the login details, sends them to the auth service, and keeps the token that comes
    /// back for as long as it lives.
    struct TokenComponent, "an Authorization Token component" {
        /// Unique in the bot: letters, digits, `-` and `_`.
        id: Spanned<String>,
        /// `POST` (when not given) or `GET`. A GET puts the login details into the URL, where logs see them.
        method: Option<Spanned<Method>>,
        /// With POST, how the fields are sent: `json` (when not given) or `form`.
        encoding: Option<Spanned<Encoding>>,
        /// The address of the auth service.
        url: Spanned<String>,
        /// Headers of the request.
        headers: Option<Spanned<Entries<Spanned<String>>>>,
        /// Fields that are always the same, such as `grant_type`.
        fields: Option<Spanned<Entries<Spanned<Json>>>>,
        /// What is asked, in this order.
        questions: Option<Spanned<Vec<Spanned<TokenQuestion>>>>,
        /// A Web Service that is called before the question marked with `after_before`: it sends a temporary code.
        before: Option<Spanned<String>>,
        /// Further origins that the token may be sent to, such as `https://api.example.com`. The origin of `url` is
        /// always one.
        send_to: Option<Spanned<OneOrMany<Spanned<String>>>>,
        /// How many seconds a token lives at most; 3,600 when not given, at most 30 days.
        ttl: Option<Spanned<Seconds>>,
        /// Whether the answer is JSON with the token in it. When not, the whole answer is the token.
        is_json: Option<Spanned<bool>>,
        /// Where the token is in a JSON answer: a field name, a dotted path, or a JSONPath.
        token_path: Option<Spanned<String>>,
        /// Where a JSON answer says for how many seconds the token lives.
        expires_in_path: Option<Spanned<String>>,
        /// How a token is renewed without asking the user.
        refresh: Option<Spanned<Refresh>>,
        /// Whether only digits are accepted. On a phone call they come from the keypad.
        validation_by_number: Option<Spanned<bool>>,
        /// How the keypad of a phone takes the answers.
        keypad: Option<Spanned<Keypad>>,
        /// How many logins may fail; 3 when not given.
        attempts: Option<Spanned<u64>>,
        /// Where the user types: `in_chat` (when not given) or `secure_page`.
        ask: Option<Spanned<Ask>>,
        /// Whom a token belongs to: `contact` (when not given) or `call`. On a phone call it is always `call`.
        scope: Option<Spanned<TokenScope>>,
        /// Which answers of an API mean that the token is dead; status 401 when not given.
        expired_when: Option<Spanned<OneOrMany<Spanned<Sign>>>>,
        /// What is said when the login failed for the last time.
        failed: Option<Spanned<Text>>,
        /// What is said when the auth service is out of reach.
        unavailable: Option<Spanned<Text>>,
        /// What is said when the login was not finished in time.
        prompt_expired: Option<Spanned<Text>>,
    }
}

wire! {
    /// How a token is renewed without asking the user.
    struct Refresh, "a map that says how a token is renewed" {
        /// Where the refresh token is in the answer of the login.
        token_path: Spanned<String>,
        /// The address; that of the login when not given.
        url: Option<Spanned<String>>,
        /// The method; `POST` when not given.
        method: Option<Spanned<Method>>,
        /// How the fields are sent; as those of the login when not given.
        encoding: Option<Spanned<Encoding>>,
        /// Headers of the request.
        headers: Option<Spanned<Entries<Spanned<String>>>>,
        /// The fields; `{refresh_token}` stands for the refresh token. When not given: `grant_type: refresh_token`
        /// and `refresh_token`.
        fields: Option<Spanned<Entries<Spanned<Json>>>>,
    }
}

wire! {
    /// Recognises an answer. All that is given must hold.
    struct Sign, "a map with `status`, `field` or `value`" {
        /// A status or a list of them.
        status: Option<Spanned<OneOrMany<Spanned<u64>>>>,
        /// A field of a JSON answer: a field name, a dotted path, or a JSONPath.
        field: Option<Spanned<String>>,
        /// What the field must hold; anything but null when not given.
        value: Option<Spanned<Simple>>,
    }
}

impl Decode for Method {
    const WHAT: &'static str = "a method";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let all = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete]
            .map(|method| (method.name(), method));
        one_of(node, at, cx, Self::WHAT, &all)
    }
}

impl Decode for Ask {
    const WHAT: &'static str = "where the user types";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        one_of(node, at, cx, Self::WHAT, &[("in_chat", Self::InChat), ("secure_page", Self::SecurePage)])
    }
}

impl Decode for TokenScope {
    const WHAT: &'static str = "whom a token belongs to";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        one_of(node, at, cx, Self::WHAT, &[("contact", Self::Contact), ("call", Self::Call)])
    }
}
