//! The Web Service component.

use super::decode::{At, Cx, Decode, Entries, OneOrMany, Spanned, wire};
use super::question::ServiceQuestion;
use super::text::Text;
use super::token::Sign;
use super::value::{Json, Seconds, Simple};
use crate::node::{Node, Scalar};
use crate::program::Method;

wire! {
    /// Calls an API and keeps parts of its answer.
    struct ServiceComponent, "a Web Service component" {
        /// Unique in the bot: letters, digits, `-` and `_`.
        id: Spanned<String>,
        /// The method; `GET` when not given.
        method: Option<Spanned<Method>>,
        /// The address.
        url: Spanned<String>,
        /// Query parameters that are added to the address.
        query: Option<Spanned<Entries<Spanned<Simple>>>>,
        /// Headers of the request.
        headers: Option<Spanned<Entries<Spanned<String>>>>,
        /// A JSON body. Every text in it may have placeholders.
        json: Option<Spanned<Json>>,
        /// The fields of a web form as body.
        form: Option<Spanned<Entries<Spanned<Simple>>>>,
        /// A body of any other type.
        body: Option<Spanned<String>>,
        /// The type of `body`; `text/plain` when not given.
        content_type: Option<Spanned<String>>,
        /// What is asked before the call; the answers are `{val1}`, `{val2}`, ….
        questions: Option<Spanned<Vec<Spanned<ServiceQuestion>>>>,
        /// How many seconds an answer may take; 10 when not given, at most 120.
        timeout: Option<Spanned<Seconds>>,
        /// How many times a call that may be repeated is sent again when no answer came; 2 for GET when not given.
        retries: Option<Spanned<u64>>,
        /// Sends a key by which the API recognises a repeated call: `true` for the header `Idempotency-Key`, or the
        /// name of another header.
        idempotency_key: Option<Spanned<Idempotency>>,
        /// What is kept of the answer: a variable, and where its value is: a path into the JSON, `header:NAME`,
        /// `status`, or `body` for the whole text.
        save: Option<Spanned<Entries<Spanned<String>>>>,
        /// Reads a list of the answer into lines.
        each: Option<Spanned<Each>>,
        /// Which answers are good; every status from 200 to 299 when not given.
        ok_when: Option<Spanned<OneOrMany<Spanned<Sign>>>>,
        /// The login must be younger than so many seconds.
        fresh_login: Option<Spanned<Seconds>>,
    }
}

wire! {
    /// Reads a list into lines.
    struct Each, "a map with `list`, `line` and `save`" {
        /// Where the list is in the JSON answer.
        list: Spanned<String>,
        /// The line for one item; `{item.name}` stands for a field of it, `{item}` for the item itself.
        line: Spanned<Text>,
        /// The variable that keeps the lines.
        save: Spanned<String>,
        /// The most lines; 10 when not given.
        limit: Option<Spanned<u64>>,
        /// What stands between two lines; a line break when not given.
        separator: Option<Spanned<String>>,
    }
}

/// Whether and in which header an idempotency key goes.
#[derive(Clone, Debug, PartialEq, serde::Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Idempotency {
    /// In `Idempotency-Key`, or not at all.
    Switch(bool),
    /// In the header of this name.
    Header(String),
}

impl Decode for Idempotency {
    const WHAT: &'static str = "true or false, or the name of a header";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match node.scalar() {
            Some(Scalar::Bool(on)) => Some(Self::Switch(on)),
            Some(Scalar::Text(header)) => Some(Self::Header(header.to_owned())),
            _ => {
                cx.wrong_type(node, at, Self::WHAT);
                None
            }
        }
    }
}
