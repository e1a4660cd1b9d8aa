//! An answer in JSON as a tree, in which an author finds what they look for.

use serde_json::Value;

/// A value of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// Where it is, as `token_path` and `save` take it.
    pub path: String,
    /// Its key in the object around it.
    pub key: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// What is in it.
    pub children: Vec<Tree>,
    /// The value, for what is neither a list nor an object.
    pub shown: Option<String>,
    /// How many characters or items it has.
    pub length: Option<usize>,
    /// What it seems to be.
    pub looks_like: Option<Likeness>,
}

/// Kinds of JSON values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An object.
    Object,
    /// A list.
    Array,
    /// A text.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`.
    Null,
}

/// What a value seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// A token.
    Token,
    /// A token that says when it ends.
    Jwt,
    /// For how long a token lives.
    Expiry,
    /// What renews a token.
    Refresh,
}

/// Whether texts are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// As `••••••`: any of them may be the token.
    Masked,
    /// As they are.
    Shown,
}

/// What stands in the place of a text that is not shown.
const MASK: &str = "••••••";
/// The longest text that is shown, in characters.
const LONGEST: usize = 200;
/// How many values are shown at most.
const MOST: usize = 2_000;

impl Tree {
    /// The tree of an answer. What is too much is left out.
    pub fn of(value: &Value, texts: Texts) -> Self {
        let mut left = MOST;
        tree(value, String::new(), None, texts, &mut left)
    }

    /// It and all that is in it, from the top.
    pub fn all(&self) -> Box<dyn Iterator<Item = &Self> + '_> {
        Box::new(std::iter::once(self).chain(self.children.iter().flat_map(Self::all)))
    }
}

fn tree(value: &Value, path: String, key: Option<&str>, texts: Texts, left: &mut usize) -> Tree {
    *left = left.saturating_sub(1);
    let (kind, shown, length) = match value {
        Value::Null => (Kind::Null, Some("null".to_owned()), None),
        Value::Bool(is_true) => (Kind::Boolean, Some(is_true.to_string()), None),
        Value::Number(number) => (Kind::Number, Some(number.to_string()), None),
        Value::String(text) => {
            let length = text.chars().count();
            let shown = match texts {
                Texts::Masked => MASK.to_owned(),
                Texts::Shown if length > LONGEST => text.chars().take(LONGEST).chain(['…']).collect(),
                Texts::Shown => text.clone(),
            };
            (Kind::String, Some(shown), Some(length))
        }
        Value::Array(items) => (Kind::Array, None, Some(items.len())),
        Value::Object(fields) => (Kind::Object, None, Some(fields.len())),
    };
    let mut children = Vec::new();
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                if *left == 0 {
                    break;
                }
                children.push(tree(item, inside(&path, &format!("[{at}]")), None, texts, left));
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                if *left == 0 {
                    break;
                }
                children.push(tree(field, below(&path, name), Some(name), texts, left));
            }
        }
        _ => {}
    }
    let path = if path.is_empty() { "$".to_owned() } else { path };
    let looks_like = key.and_then(|key| likeness(key, value));
    Tree { path, key: key.map(str::to_owned), kind, children, shown, length, looks_like }
}

/// A step into a list or to an odd key.
fn inside(path: &str, step: &str) -> String {
    format!("{}{step}", if path.is_empty() { "$" } else { path })
}

/// A plain key follows a dot; any other stands in brackets, and the path begins with `$` then (RFC 9535).
fn below(path: &str, key: &str) -> String {
    let is_plain = !key.is_empty()
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !key.starts_with(|c: char| c.is_ascii_digit());
    match (is_plain, path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{path}.{key}"),
        (false, _) => {
            let quoted = key.replace('\\', "\\\\").replace('\'', "\\'");
            let path =
                if path.starts_with('$') || path.is_empty() { path.to_owned() } else { format!("$.{path}") };
            inside(&path, &format!("['{quoted}']"))
        }
    }
}

fn likeness(key: &str, value: &Value) -> Option<Likeness> {
    let key: String = key.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    match value {
        Value::Number(_) if key.contains("expire") || key.contains("ttl") || key.contains("lifetime") => {
            Some(Likeness::Expiry)
        }
        Value::String(text) if !text.is_empty() => {
            if key.contains("refresh") {
                Some(Likeness::Refresh)
            } else if text.starts_with("eyJ") && text.split('.').count() == 3 {
                Some(Likeness::Jwt)
            } else if ["token", "jwt", "apikey", "sessionid", "accesskey"]
                .iter()
                .any(|word| key.contains(word))
                && key != "tokentype"
            {
                Some(Likeness::Token)
            } else {
                None
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(value: &Value) -> Vec<String> {
        Tree::of(value, Texts::Masked).all().map(|tree| tree.path.clone()).collect()
    }

    #[test]
    fn a_path_leads_where_the_check_says_that_it_leads() {
        let answer = json!({ "data": { "token": "t", "a b": [{ "x": 1 }], "it's": 2 }, "9": null });
        for path in paths(&answer) {
            let parsed = countersign_script::path::Path::parse(&path);
            assert!(parsed.is_ok(), "{path}");
        }
        let found = paths(&answer);
        for wanted in ["$", "data.token", "$.data['a b']", "$.data['a b'][0].x", "$.data['it\\'s']", "$['9']"]
        {
            assert!(found.iter().any(|path| path == wanted), "{wanted} is not among {found:?}");
        }
    }

    #[test]
    fn no_text_is_shown_when_any_may_be_the_token() {
        let answer = json!({ "access_token": "canary-1", "list": ["canary-2"], "expires_in": 900 });
        let shown: Vec<_> =
            Tree::of(&answer, Texts::Masked).all().filter_map(|tree| tree.shown.clone()).collect();
        assert!(!shown.concat().contains("canary"), "{shown:?}");
        assert!(shown.contains(&"900".to_owned()));
    }

    #[test]
    fn what_seems_to_be_the_token_and_its_life_is_found() {
        let answer = json!({
            "token_type": "Bearer", "id_token": "eyJhbGciOi.eyJ.x", "access_token": "t", "refresh_token": "r",
            "expiresIn": 900, "name": "Ada",
        });
        let tree = Tree::of(&answer, Texts::Masked);
        let of = |key: &str| {
            tree.children.iter().find(|child| child.key.as_deref() == Some(key)).unwrap().looks_like
        };
        assert_eq!(of("access_token"), Some(Likeness::Token));
        assert_eq!(of("id_token"), Some(Likeness::Jwt));
        assert_eq!(of("refresh_token"), Some(Likeness::Refresh));
        assert_eq!(of("expiresIn"), Some(Likeness::Expiry));
        assert_eq!((of("token_type"), of("name")), (None, None));
    }

    #[test]
    fn a_large_answer_is_cut() {
        let answer = Value::Array(vec![json!({ "x": "y" }); 5_000]);
        assert!(Tree::of(&answer, Texts::Shown).all().count() <= MOST + 1);
        let long = json!({ "text": "x".repeat(500) });
        let shown = Tree::of(&long, Texts::Shown).children[0].shown.clone().unwrap();
        assert_eq!(shown.chars().count(), LONGEST + 1);
    }
}
