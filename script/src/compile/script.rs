//! Scripts, their steps in one list, and where branches lead.

use std::collections::HashMap;

use countersign_model::Name;

use super::Compiler;
use crate::diagnostics::{duplicate_id, empty_script, out_of_range, unknown_id};
use crate::program::{Script, ScriptIx, ServiceComponent, Step, StepIx};
use crate::wire::decode::At;
use crate::wire::{BotFile, Spanned};

/// The most steps of a bot.
const MAX_STEPS: usize = 60_000;

impl Compiler<'_> {
    pub(crate) fn script_list(
        &mut self,
        file: &BotFile,
        services: &[ServiceComponent],
    ) -> (Vec<Script>, Vec<Step>) {
        let top = At::TOP;
        let list = top.key("scripts");
        if !self.number_steps(file, &list) {
            return (Vec::new(), Vec::new());
        }
        let mut scripts = Vec::new();
        let mut steps: Vec<Step> = Vec::new();
        for (index, script) in file.scripts.value.iter().enumerate() {
            let at = list.key(&script.value.id.value);
            let script_ix = ScriptIx(index as u16);
            let id = self.name(&script.value.id, &at.key("id"));
            let items = script.value.steps.as_ref().map_or(&[][..], |steps| &steps.value);
            if items.is_empty() {
                self.report.add(empty_script::empty_script(
                    &at.to_string(),
                    script.value.id.span,
                    &script.value.id.value,
                ));
            }
            scripts.push(Script { id, entry: self.script_starts[index] });
            let at = at.key("steps");
            for (position, item) in items.iter().enumerate() {
                let at = at.index(position);
                let below = (position + 1 < items.len()).then(|| StepIx(steps.len() as u16 + 1));
                let id: Option<Name> = item.value.id().map(|id| self.name(id, &at.key("id")));
                let kind = self.step_kind(&item.value, script_ix, services, &at);
                let next = match item.value.next() {
                    Some(next) => self.target(next, script_ix, &at.key("next")),
                    None => below,
                };
                steps.push(Step { id, path: at.to_string().into(), script: script_ix, kind, next });
            }
        }
        (scripts, steps)
    }

    /// Gives every step its number, so that branches can lead forward. Says whether there are numbers enough.
    fn number_steps(&mut self, file: &BotFile, list: &At<'_>) -> bool {
        let mut number = 0_usize;
        for script in &file.scripts.value {
            let items = script.value.steps.as_ref().map_or(&[][..], |steps| &steps.value);
            let mut ids = HashMap::new();
            for (position, item) in items.iter().enumerate() {
                let Some(id) = item.value.id() else { continue };
                let step = StepIx((number + position).min(MAX_STEPS) as u16);
                if let Some((_, first)) = ids.get(&id.value) {
                    let at = list.key(&script.value.id.value);
                    let at = at.key("steps");
                    let at = at.index(position);
                    self.report.add(duplicate_id::duplicate_id(
                        &at.key("id").to_string(),
                        id,
                        "a step of this script",
                        *first,
                    ));
                    continue;
                }
                ids.insert(id.value.clone(), (step, id.span));
            }
            self.steps.push(ids);
            self.script_starts.push((!items.is_empty()).then_some(StepIx(number.min(MAX_STEPS) as u16)));
            number += items.len();
            if number > MAX_STEPS {
                self.report.add(out_of_range::too_many(&list.to_string(), script.value.id.span, "a step"));
                self.sound = false;
                return false;
            }
        }
        true
    }

    /// Where a branch leads: to a step of the same script, else to a script.
    pub(crate) fn target(&mut self, name: &Spanned<String>, script: ScriptIx, at: &At<'_>) -> Option<StepIx> {
        if let Some((step, _)) = self.steps[script.at()].get(&name.value) {
            return Some(*step);
        }
        if let Some((target, _)) = self.scripts.get(&name.value) {
            let start = self.script_starts[target.at()];
            if start.is_none() {
                self.report.add(empty_script::leads_nowhere(&at.to_string(), name.span, &name.value));
                self.sound = false;
            }
            return start;
        }
        self.sound = false;
        if !self.lost.contains(&name.value) {
            let elsewhere =
                self.steps.iter().position(|ids| ids.contains_key(&name.value)).and_then(|index| {
                    self.scripts.iter().find(|(_, (number, _))| number.at() == index).map(|(id, _)| &**id)
                });
            let known = self.steps[script.at()].keys().chain(self.scripts.keys()).map(String::as_str);
            self.report.add(unknown_id::unknown_target(
                &at.to_string(),
                name.span,
                &name.value,
                known,
                elsewhere,
            ));
        }
        None
    }

    pub(crate) fn branch(
        &mut self,
        name: Option<&Spanned<String>>,
        key: &str,
        script: ScriptIx,
        at: &At<'_>,
    ) -> Option<StepIx> {
        name.and_then(|name| self.target(name, script, &at.key(key)))
    }
}
