//! Form components.

use super::Compiler;
use super::question::asked;
use crate::diagnostics::{missing_key, secret_kept, unfitting_setting};
use crate::program::FormComponent;
use crate::wire::BotFile;
use crate::wire::decode::At;

impl Compiler<'_> {
    pub(crate) fn form_components(&mut self, file: &BotFile) -> Vec<FormComponent> {
        let top = At::TOP;
        let list = top.key("forms");
        let mut all = Vec::new();
        for component in file.forms.iter().flat_map(|list| &list.value) {
            let at = list.key(&component.value.id.value);
            let id = self.name(&component.value.id, &at.key("id"));
            let at = at.key("questions");
            if component.value.questions.value.is_empty() {
                let span = component.value.questions.span;
                self.report.add(missing_key::empty_list(&at.to_string(), span, "a Form needs a question"));
            }
            let mut questions = Vec::new();
            for (index, question) in component.value.questions.value.iter().enumerate() {
                let at = at.index(index);
                let wire = &question.value;
                if let Some(secret) = wire.secret.as_ref().filter(|secret| secret.value) {
                    self.report.add(secret_kept::secret_kept(&at.key("secret").to_string(), secret.span));
                }
                if let (Some(save), Some(field)) = (&wire.save, &wire.field) {
                    self.report.add(unfitting_setting::both(
                        &at.to_string(),
                        field.span,
                        "field",
                        "`save`",
                        save == field,
                    ));
                }
                let Some(variable) = wire.save.as_ref().or(wire.field.as_ref()) else {
                    self.report.add(missing_key::missing_key(
                        &at.to_string(),
                        question.span,
                        "save",
                        "the name of a variable",
                    ));
                    continue;
                };
                let variable = self.kept_in(variable, &at.key("save"));
                questions.push((self.question(asked!(wire), &at), variable));
            }
            all.push(FormComponent { id, questions });
        }
        all
    }
}
