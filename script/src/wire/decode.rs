//! From the tree of values to the types of the bot file.
//!
//! Nothing stops at the first mistake: what cannot be read is reported and left out, the rest is read on.

use std::collections::HashSet;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::diagnostics::{Report, SourceMap, Span, missing_key, unknown_key, wrong_type};
use crate::fix::Fix;
use crate::node::{Kind, Node, Scalar};

/// Where something is in the bot: `scripts.balance.steps[1]`. A link of a chain, so that no text is made unless it
/// is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    before: Option<&'a At<'a>>,
    segment: Segment<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Segment<'a> {
    Top,
    Key(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    /// The whole file.
    pub(crate) const TOP: At<'static> = At { before: None, segment: Segment::Top };

    /// The value of a key.
    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        At { before: Some(self), segment: Segment::Key(key) }
    }

    /// An item of a list.
    pub(crate) fn index(&'a self, index: usize) -> Self {
        At { before: Some(self), segment: Segment::Index(index) }
    }

    /// Whether it is the value of one of these keys.
    pub(crate) fn is_key(&self, keys: &[&str]) -> bool {
        matches!(self.segment, Segment::Key(key) if keys.contains(&key))
    }

    /// An item of a list of things with ids.
    pub(crate) fn item(&'a self, id: Option<&'a str>, index: usize) -> Self {
        id.map_or_else(|| self.index(index), |id| self.key(id))
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(before) = self.before {
            before.fmt(f)?;
        }
        match self.segment {
            Segment::Top => Ok(()),
            Segment::Key(key) => {
                let first = self.before.is_none_or(|before| matches!(before.segment, Segment::Top));
                write!(f, "{}{key}", if first { "" } else { "." })
            }
            Segment::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// What goes along while a file is read.
pub(crate) struct Cx<'r> {
    pub(crate) report: &'r mut Report,
    /// Ids of things that could not be read: whoever names them has made no mistake.
    pub(crate) lost: HashSet<String>,
}

impl Cx<'_> {
    /// Reports that something else stands here than should.
    pub(crate) fn wrong_type(&mut self, node: &Node<'_>, at: &At<'_>, wanted: &str) {
        let key = match at.segment {
            Segment::Key(key) => Some(key),
            Segment::Top | Segment::Index(_) => None,
        };
        let finding = wrong_type::wrong_type(&at.to_string(), node.span, wanted, node.describe());
        self.report.add(match wrong_type::meant(node, wanted, key) {
            Some(fix) => wrong_type::mended(finding, wanted, fix),
            None => finding,
        });
    }
}

/// A type of the bot file.
pub(crate) trait Decode: Sized {
    /// What it is, in words: "a number of seconds".
    const WHAT: &'static str;

    /// Reads a value. `None` when that was not possible; the report says why.
    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self>;

    /// The value for a key that is not there; `None` when it must be there.
    fn missing() -> Option<Self> {
        None
    }

    /// The value for a key whose value could not be read; `None` when there is no sensible one.
    fn unreadable() -> Option<Self> {
        None
    }

    /// Whether nothing is written for it.
    fn absent(&self) -> bool {
        false
    }
}

impl<T: Decode> Decode for Option<T> {
    const WHAT: &'static str = T::WHAT;

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        T::decode(node, at, cx).map(Some)
    }

    fn missing() -> Option<Self> {
        Some(None)
    }

    fn unreadable() -> Option<Self> {
        Some(None)
    }

    fn absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Decode> Decode for Box<T> {
    const WHAT: &'static str = T::WHAT;

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        T::decode(node, at, cx).map(Box::new)
    }
}

/// Every item is read by itself, so that each bad one is reported.
impl<T: Decode> Decode for Vec<T> {
    const WHAT: &'static str = "a list";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let Kind::List(items) = &node.kind else {
            cx.wrong_type(node, at, Self::WHAT);
            return None;
        };
        let mut all = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let id = id_of(item);
            match T::decode(item, &at.item(id, index), cx) {
                Some(value) => all.push(value),
                None => cx.lost.extend(id.map(str::to_owned)),
            }
        }
        Some(all)
    }

    fn unreadable() -> Option<Self> {
        Some(Vec::new())
    }
}

impl Decode for String {
    const WHAT: &'static str = "a text";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match (node.scalar(), &node.kind) {
            // An author who writes `label: 42` or `value: true` means that text.
            (Some(Scalar::Text(_) | Scalar::Number(_) | Scalar::Bool(_)), Kind::Scalar { text, .. }) => {
                Some(text.clone().into_owned())
            }
            _ => {
                cx.wrong_type(node, at, Self::WHAT);
                None
            }
        }
    }
}

impl Decode for bool {
    const WHAT: &'static str = "true or false";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        if let Some(Scalar::Bool(value)) = node.scalar() {
            return Some(value);
        }
        cx.wrong_type(node, at, Self::WHAT);
        None
    }
}

impl Decode for u64 {
    const WHAT: &'static str = "a whole number";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        whole(node, at, cx, Self::WHAT)
    }
}

impl Decode for f64 {
    const WHAT: &'static str = "a number";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        if let Some(Scalar::Number(number)) = node.scalar()
            && let Ok(number) = number.parse()
        {
            return Some(number);
        }
        cx.wrong_type(node, at, Self::WHAT);
        None
    }
}

/// A number without a fraction and a sign.
pub(crate) fn whole(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>, what: &str) -> Option<u64> {
    if let Some(Scalar::Number(number)) = node.scalar()
        && let Ok(number) = number.parse()
    {
        return Some(number);
    }
    cx.wrong_type(node, at, what);
    None
}

/// A value with its place in the file. Two are equal when their values are, wherever they stand.
#[derive(Clone, Debug, Default)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Serialize> Serialize for Spanned<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}

impl<T: Decode> Decode for Spanned<T> {
    const WHAT: &'static str = T::WHAT;

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        Some(Self { value: T::decode(node, at, cx)?, span: node.span })
    }

    fn unreadable() -> Option<Self> {
        Some(Self { value: T::unreadable()?, span: Span::default() })
    }
}

/// One thing or a list of them.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// All of them.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl<T: Decode> Decode for OneOrMany<T> {
    const WHAT: &'static str = T::WHAT;

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match node.kind {
            Kind::List(_) => Decode::decode(node, at, cx).map(Self::Many),
            _ => T::decode(node, at, cx).map(Self::One),
        }
    }
}

/// A map whose keys the author chooses, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Entries<T>(pub Vec<(Spanned<String>, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Serialize> Serialize for Entries<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (&key.value, value)))
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for Entries<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Map_of_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        <std::collections::BTreeMap<String, T>>::json_schema(generator)
    }
}

impl<T: Decode> Decode for Entries<T> {
    const WHAT: &'static str = "a map";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            cx.wrong_type(node, at, Self::WHAT);
            return None;
        };
        let read = entries.iter().filter_map(|(key, value)| {
            let key_text = Spanned { value: key.text.clone().into_owned(), span: key.span };
            Some((key_text, T::decode(value, &at.key(&key.text), cx)?))
        });
        Some(Self(read.collect()))
    }

    fn unreadable() -> Option<Self> {
        Some(Self::default())
    }
}

/// Sees that a value is a map with no other keys than these.
pub(crate) fn expect_map(
    node: &Node<'_>,
    at: &At<'_>,
    cx: &mut Cx<'_>,
    what: &str,
    keys: &[&str],
) -> Option<()> {
    let Kind::Map(entries) = &node.kind else {
        cx.wrong_type(node, at, what);
        return None;
    };
    if entries.iter().all(|(key, _)| keys.contains(&&*key.text)) {
        return Some(());
    }
    // A key that is there already is not the one that is meant.
    let free: Vec<_> = keys.iter().copied().filter(|known| node.get(known).is_none()).collect();
    for (key, _) in entries {
        if !keys.contains(&&*key.text) {
            let path = at.key(&key.text).to_string();
            cx.report.add(unknown_key::unknown_key(&path, key.span, &key.text, keys, &free));
        }
    }
    Some(())
}

/// Reads the value of a key of a map.
pub(crate) fn field<T: Decode>(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>, key: &str) -> Option<T> {
    match node.get(key) {
        Some(value) => {
            let read = T::decode(value, &at.key(key), cx);
            // A key without a value, that need not be there.
            if read.is_none()
                && value.scalar() == Some(Scalar::Null)
                && T::missing().is_some()
                && let Some(finding) = cx.report.diagnostics_mut().last_mut()
            {
                finding.fix = Some(Fix::Take(node_key(node, key)));
            }
            read.or_else(T::unreadable)
        }
        None => T::missing().or_else(|| {
            let finding = missing_key::missing_key(&at.to_string(), node.span, key, T::WHAT);
            let version = (key == "countersign").then(|| first_key(node)).flatten();
            cx.report.add(match version {
                Some(beside) => {
                    let value = crate::wire::VERSION.into();
                    finding.fix(Fix::Put { beside, key: "countersign", value, order: &["countersign"] })
                }
                None => finding,
            });
            None
        }),
    }
}

fn first_key(node: &Node<'_>) -> Option<Span> {
    let Kind::Map(entries) = &node.kind else { return None };
    entries.first().map(|(key, _)| key.span)
}

/// Where a key of a map stands.
fn node_key(node: &Node<'_>, key: &str) -> Span {
    let Kind::Map(entries) = &node.kind else { return node.span };
    entries.iter().find(|(name, _)| name.text == key).map_or(node.span, |(name, _)| name.span)
}

/// The id of a thing, when it has one that can be read.
fn id_of<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match &node.get("id")?.kind {
        Kind::Scalar { text, .. } if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Notes where everything stands, by the paths that findings name.
pub(crate) fn places(node: &Node<'_>) -> SourceMap {
    let mut map = SourceMap::default();
    let mut path = String::with_capacity(128);
    note(node, None, &mut path, &mut map, 0);
    map
}

fn note(node: &Node<'_>, key: Option<Span>, path: &mut String, map: &mut SourceMap, depth: usize) {
    if depth > 0 {
        map.places.insert(path.clone(), crate::diagnostics::Place { key, value: node.span });
    }
    let len = path.len();
    match &node.kind {
        Kind::Scalar { .. } => {}
        Kind::List(items) => {
            for (index, item) in items.iter().enumerate() {
                // Only the components and scripts of the bot are known by their ids; steps are counted.
                match id_of(item).filter(|_| depth == 1) {
                    Some(id) => {
                        path.push('.');
                        path.push_str(id);
                    }
                    None => path.push_str(&format!("[{index}]")),
                }
                note(item, None, path, map, depth + 1);
                path.truncate(len);
            }
        }
        Kind::Map(entries) => {
            for (key, value) in entries {
                if depth > 0 {
                    path.push('.');
                }
                path.push_str(&key.text);
                note(value, Some(key.span), path, map, depth + 1);
                path.truncate(len);
            }
        }
    }
}

/// Makes a type of the bot file: a map with these keys. An `Option` need not be there.
macro_rules! wire {
    ($(#[$meta:meta])* struct $name:ident, $what:literal { $($(#[$fmeta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub struct $name {
            $($(#[$fmeta])* #[serde(skip_serializing_if = "crate::wire::decode::Decode::absent")] pub $field: $type,)*
        }

        impl $name {
            /// The keys that it can have.
            pub(crate) const KEYS: &'static [&'static str] = &[$(crate::wire::decode::plain(stringify!($field))),*];
        }

        impl crate::wire::decode::Decode for $name {
            const WHAT: &'static str = $what;

            fn decode(
                node: &crate::node::Node<'_>,
                at: &crate::wire::decode::At<'_>,
                cx: &mut crate::wire::decode::Cx<'_>,
            ) -> Option<Self> {
                crate::wire::decode::expect_map(node, at, cx, $what, Self::KEYS)?;
                $(let $field = crate::wire::decode::field(
                    node, at, cx, crate::wire::decode::plain(stringify!($field)),
                );)*
                Some(Self { $($field: $field?,)* })
            }
        }
    };
}
pub(crate) use wire;

/// Makes a type of the bot file: one of these words.
macro_rules! words {
    ($(#[$meta:meta])* enum $name:ident, $what:literal { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $word)] $variant,)*
        }

        impl crate::wire::decode::Decode for $name {
            const WHAT: &'static str = $what;

            fn decode(
                node: &crate::node::Node<'_>,
                at: &crate::wire::decode::At<'_>,
                cx: &mut crate::wire::decode::Cx<'_>,
            ) -> Option<Self> {
                crate::wire::decode::one_of(node, at, cx, $what, &[$(($word, Self::$variant)),*])
            }
        }
    };
}
pub(crate) use words;

/// `type` for `r#type`.
pub(crate) const fn plain(field: &'static str) -> &'static str {
    match field.as_bytes() {
        [b'r', b'#', ..] => field.split_at(2).1,
        _ => field,
    }
}

/// Reads one of some words; upper and lower case are the same.
pub(crate) fn one_of<T: Copy>(
    node: &Node<'_>,
    at: &At<'_>,
    cx: &mut Cx<'_>,
    what: &str,
    words: &[(&str, T)],
) -> Option<T> {
    let Kind::Scalar { text, .. } = &node.kind else {
        cx.wrong_type(node, at, what);
        return None;
    };
    let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, value)| *value);
    if found.is_none() {
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        cx.report.add(crate::diagnostics::unknown_word::unknown_word(
            &at.to_string(),
            node.span,
            text,
            what,
            &known,
        ));
    }
    found
}
