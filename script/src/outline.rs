//! What a bot file has, for lists and menus. It is read from files with mistakes too, as far as they can be read.

use crate::diagnostics::Report;
use crate::edit::ComponentKind;
use crate::node::{Kind, Node, Scalar, read};
use crate::wire::Step;

/// What a bot file has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// The bot's id, when it has one.
    pub bot: Option<String>,
    /// The bot's name for people.
    pub name: Option<String>,
    /// The language of its texts.
    pub language: Option<String>,
    /// Scripts in the order of the file.
    pub scripts: Vec<ScriptOutline>,
    /// Authorization Tokens.
    pub authorization_tokens: Vec<ComponentOutline>,
    /// Web Services.
    pub web_services: Vec<ComponentOutline>,
    /// Forms.
    pub forms: Vec<ComponentOutline>,
    /// Variables that get a value somewhere, by name.
    pub variables: Vec<String>,
}

/// A script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptOutline {
    /// Its id.
    pub id: String,
    /// Its steps.
    pub steps: Vec<StepOutline>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepOutline {
    /// Its id, when the author gave one.
    pub id: Option<String>,
    /// Where it is: `scripts.balance.steps[1]`.
    pub path: String,
    /// The key that names its kind; `step` when there is none.
    pub kind: String,
}

/// A component and where it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentOutline {
    /// Its id.
    pub id: String,
    /// Steps and components that name it, as paths.
    pub used_in: Vec<String>,
}

/// What a bot file has; `None` when it is no map in YAML or JSON at all.
pub fn outline(name: &str, text: &str) -> Option<Outline> {
    let text = crate::check::prepared(name, text);
    let root = read(&text, &mut Report::default())?;
    let Kind::Map(_) = &root.kind else { return None };
    let mut outline = Outline {
        bot: text_at(&root, "bot"),
        name: text_at(&root, "name"),
        language: text_at(&root, "language"),
        scripts: scripts(&root),
        ..Outline::default()
    };
    for kind in ComponentKind::ALL {
        let components = with_ids(&root, kind.list())
            .into_iter()
            .map(|(id, _, _)| ComponentOutline { used_in: uses(&root, kind, id), id: id.to_owned() });
        *outline.list(kind) = components.collect();
    }
    variables(&root, &mut outline.variables);
    outline.variables.sort();
    outline.variables.dedup();
    Some(outline)
}

impl Outline {
    fn list(&mut self, kind: ComponentKind) -> &mut Vec<ComponentOutline> {
        match kind {
            ComponentKind::AuthorizationToken => &mut self.authorization_tokens,
            ComponentKind::WebService => &mut self.web_services,
            ComponentKind::Form => &mut self.forms,
        }
    }

    /// The components of a kind.
    pub fn components(&self, kind: ComponentKind) -> &[ComponentOutline] {
        match kind {
            ComponentKind::AuthorizationToken => &self.authorization_tokens,
            ComponentKind::WebService => &self.web_services,
            ComponentKind::Form => &self.forms,
        }
    }
}

fn scripts(root: &Node<'_>) -> Vec<ScriptOutline> {
    let scripts = with_ids(root, "scripts").into_iter();
    scripts
        .map(|(id, path, script)| ScriptOutline {
            id: id.to_owned(),
            steps: steps(script, &path).map(|(path, step)| of_step(path, step)).collect(),
        })
        .collect()
}

fn of_step(path: String, step: &Node<'_>) -> StepOutline {
    let kind = match (&step.kind, step.scalar()) {
        (Kind::Map(entries), _) => {
            entries.iter().map(|(key, _)| &*key.text).find(|key| Step::KINDS.contains(key))
        }
        (_, Some(Scalar::Text(word))) if Step::KINDS.contains(&word) || word == "end" => Some(word),
        _ => None,
    };
    StepOutline { id: text_at(step, "id"), path, kind: kind.unwrap_or("step").to_owned() }
}

fn steps<'n, 't>(script: &'n Node<'t>, path: &str) -> impl Iterator<Item = (String, &'n Node<'t>)> {
    let steps = items(script.get("steps")).iter().enumerate();
    steps.map(move |(at, step)| (format!("{path}.steps[{at}]"), step))
}

/// Steps and components that name a component.
fn uses(root: &Node<'_>, kind: ComponentKind, id: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (_, path, script) in with_ids(root, "scripts") {
        for (path, step) in steps(script, &path) {
            if kind.step_keys().iter().any(|key| text_at(step, key).as_deref() == Some(id)) {
                used.push(path);
            }
        }
    }
    match kind {
        ComponentKind::WebService => {
            for (_, path, token) in with_ids(root, ComponentKind::AuthorizationToken.list()) {
                if text_at(token, "before").as_deref() == Some(id) {
                    used.push(path);
                }
            }
        }
        ComponentKind::AuthorizationToken => {
            let placeholder = format!("{{authtoken:{id}}}");
            for (_, path, service) in with_ids(root, ComponentKind::WebService.list()) {
                if contains(service, &placeholder) {
                    used.push(path);
                }
            }
        }
        ComponentKind::Form => {}
    }
    used
}

fn contains(node: &Node<'_>, word: &str) -> bool {
    match &node.kind {
        Kind::Scalar { text, .. } => text.contains(word),
        Kind::List(items) => items.iter().any(|item| contains(item, word)),
        Kind::Map(entries) => entries.iter().any(|(_, value)| contains(value, word)),
    }
}

fn variables(node: &Node<'_>, out: &mut Vec<String>) {
    match &node.kind {
        Kind::Scalar { .. } => {}
        Kind::List(items) => items.iter().for_each(|item| variables(item, out)),
        Kind::Map(entries) => {
            for (key, value) in entries {
                match (&*key.text, &value.kind) {
                    ("save", Kind::Scalar { text, .. }) => out.push(text.to_string()),
                    ("save" | "set", Kind::Map(entries)) => {
                        out.extend(entries.iter().map(|(key, _)| key.text.to_string()));
                    }
                    // What stands in a request is the company's, not ours.
                    ("json" | "fields" | "headers" | "query", _) => {}
                    _ => variables(value, out),
                }
            }
        }
    }
}

/// Things with ids, and where they are.
pub(crate) fn with_ids<'n, 't>(root: &'n Node<'t>, list: &str) -> Vec<(&'n str, String, &'n Node<'t>)> {
    let of = |item: &'n Node<'t>| match &item.get("id")?.kind {
        Kind::Scalar { text, .. } if !text.is_empty() => Some((&**text, format!("{list}.{text}"), item)),
        _ => None,
    };
    items(root.get(list)).iter().filter_map(of).collect()
}

fn items<'n, 't>(list: Option<&'n Node<'t>>) -> &'n [Node<'t>] {
    match list.map(|list| &list.kind) {
        Some(Kind::List(items)) => items,
        _ => &[],
    }
}

fn text_at(node: &Node<'_>, key: &str) -> Option<String> {
    match &node.get(key)?.kind {
        Kind::Scalar { text, .. } if !text.is_empty() => Some(text.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::tests_support::bank;

    #[test]
    fn a_bot_with_mistakes_has_an_outline() {
        let text = bank(
            "
scripts:
  - id: balance
    triggers: [balance]
    steps:
      - auth_token: bank-login
      - { id: get, web_service: get-balance, oops: 1 }
      - { question: How?, save: how }
      - set: { a: 1 }
      - end
      - nonsense: 1
",
        );
        let outline = outline("b.yaml", &text).unwrap();
        let steps: Vec<_> =
            outline.scripts[0].steps.iter().map(|step| (step.kind.as_str(), step.id.as_deref())).collect();
        let wanted = [
            ("auth_token", None),
            ("web_service", Some("get")),
            ("question", None),
            ("set", None),
            ("end", None),
            ("step", None),
        ];
        assert_eq!(steps, wanted);
        assert_eq!(outline.scripts[0].steps[1].path, "scripts.balance.steps[1]");
        assert_eq!(outline.authorization_tokens[0].used_in, ["scripts.balance.steps[0]"]);
        assert_eq!(outline.web_services[0].used_in, ["scripts.balance.steps[1]"]);
        assert_eq!(outline.variables, ["a", "balance", "how"]);
        assert_eq!(outline.bot.as_deref(), Some("demo"));
    }

    #[test]
    fn components_use_each_other() {
        let text = "
authorization_tokens: [{ id: a, before: send }, { id: b }]
web_services: [{ id: send }, { id: get, headers: { x: \"{authtoken:b}\" } }]
scripts: [{ id: s, steps: [{ logout: a }] }]
";
        let outline = outline("b.yaml", text).unwrap();
        assert_eq!(outline.web_services[0].used_in, ["authorization_tokens.a"]);
        assert_eq!(outline.authorization_tokens[0].used_in, ["scripts.s.steps[0]"]);
        assert_eq!(outline.authorization_tokens[1].used_in, ["web_services.get"]);
    }

    #[test]
    fn what_is_no_map_has_none() {
        for text in ["", "- a", "a: [", "text"] {
            assert_eq!(outline("b.yaml", text), None, "{text}");
        }
    }
}
