//! Conditions and expressions.

use std::collections::HashSet;
use std::sync::Arc;

use cel::IdedExpr;
use cel::common::ast::{EntryExpr, Expr};

use super::Compiler;
use crate::condition::{Comparison, Expression, Operand, Subject, Test};
use crate::diagnostics::{
    bad_expression, missing_key, placeholder_not_here, secret_in_public, unknown_placeholder,
};
use crate::placeholder::{Part, is_variable, split};
use crate::program::VarIx;
use crate::trigger::normalise;
use crate::wire::decode::At;
use crate::wire::{Condition, Operators, Row, Simple, Spanned};

/// The longest expression, in bytes.
const MAX_EXPRESSION: usize = 2_000;
/// How deep brackets may stand in each other in an expression.
const MAX_BRACKETS: usize = 24;

impl Compiler<'_> {
    /// What a `condition` step tests.
    pub(crate) fn test(&mut self, condition: &Spanned<Condition>, at: &At<'_>) -> Option<Test> {
        match &condition.value {
            Condition::Expression(source) => self.expression(source, at).map(Test::Expression),
            Condition::Rows(rows) => {
                if rows.0.is_empty() {
                    self.report.add(missing_key::empty_list(
                        &at.to_string(),
                        condition.span,
                        "a condition needs a comparison",
                    ));
                }
                let mut tests = Vec::new();
                for (name, row) in &rows.0 {
                    let at = at.key(&name.value);
                    self.row(name, row, &at, &mut tests);
                }
                Some(all_of(tests))
            }
        }
    }

    fn row(&mut self, name: &Spanned<String>, row: &Row, at: &At<'_>, tests: &mut Vec<Test>) {
        match row {
            Row::All(parts) => tests.push(Test::All(self.tests(parts, at))),
            Row::Any(parts) => tests.push(Test::Any(self.tests(parts, at))),
            Row::Not(part) => tests.extend(self.test(part, at).map(|test| Test::Not(Box::new(test)))),
            Row::Is(values) => {
                let Some(subject) = self.subject(name, at) else { return };
                let mut operands = self.operands(values.as_slice(), at);
                let comparison = match (operands.len(), values) {
                    (1, crate::wire::OneOrMany::One(_)) => Comparison::Equals(operands.remove(0)),
                    _ => Comparison::OneOf(operands),
                };
                tests.push(Test::Row(subject, comparison));
            }
            Row::Compare(operators) => {
                let Some(subject) = self.subject(name, at) else { return };
                let mut comparisons = Vec::new();
                self.comparisons(operators, at, &mut comparisons);
                if operators.is_empty() {
                    self.report.add(missing_key::one_of(&at.to_string(), name.span, Operators::KEYS));
                }
                tests.extend(comparisons.into_iter().map(|comparison| Test::Row(subject, comparison)));
            }
        }
    }

    fn tests(&mut self, parts: &[Spanned<Condition>], at: &At<'_>) -> Vec<Test> {
        let mut tests = Vec::with_capacity(parts.len());
        for (index, part) in parts.iter().enumerate() {
            tests.extend(self.test(part, &at.index(index)));
        }
        tests
    }

    fn comparisons(&mut self, wire: &Operators, at: &At<'_>, all: &mut Vec<Comparison>) {
        if let Some(value) = &wire.equals {
            all.push(Comparison::Equals(self.operand(value, &at.key("equals"))));
        }
        if let Some(value) = &wire.not_equals {
            all.push(Comparison::NotEquals(self.operand(value, &at.key("not_equals"))));
        }
        all.extend(wire.more_than.as_ref().map(|number| Comparison::MoreThan(number.value)));
        all.extend(wire.less_than.as_ref().map(|number| Comparison::LessThan(number.value)));
        all.extend(wire.at_least.as_ref().map(|number| Comparison::AtLeast(number.value)));
        all.extend(wire.at_most.as_ref().map(|number| Comparison::AtMost(number.value)));
        if let Some(words) = &wire.contains {
            let at = at.key("contains");
            let mut normal = Vec::new();
            for word in words.value.as_slice() {
                self.no_placeholders(&word.value, word, &at);
                normal.push(normalise(&word.value).into());
            }
            all.push(Comparison::Contains(normal));
        }
        if let Some(start) = &wire.starts_with {
            self.no_placeholders(&start.value, start, &at.key("starts_with"));
            all.push(Comparison::StartsWith(normalise(&start.value).into()));
        }
        if let Some(values) = &wire.one_of {
            all.push(Comparison::OneOf(self.operands(&values.value, &at.key("one_of"))));
        }
        all.extend(wire.exists.as_ref().map(|exists| Comparison::Exists(exists.value)));
        if let Some(pattern) = &wire.matches {
            all.extend(self.regex(pattern, &at.key("matches"), false).map(Comparison::Matches));
        }
    }

    fn operands(&mut self, values: &[Spanned<Simple>], at: &At<'_>) -> Vec<Operand> {
        values.iter().map(|value| self.operand(value, at)).collect()
    }

    fn operand(&mut self, value: &Spanned<Simple>, at: &At<'_>) -> Operand {
        match &value.value {
            Simple::Bool(value) => Operand::Bool(*value),
            Simple::Number(digits) => match digits.parse::<f64>() {
                Ok(number) => Operand::Number(number),
                Err(_) => Operand::Text(digits.as_str().into()),
            },
            Simple::Text(text) => {
                self.no_placeholders(text, value, at);
                Operand::Text(normalise(text).into())
            }
        }
    }

    /// What is compared with is a text as it stands.
    fn no_placeholders<T>(&mut self, text: &str, value: &Spanned<T>, at: &At<'_>) {
        let Ok(parts) = split(text) else { return };
        for part in parts {
            let Part::Hole { name, .. } = part else { continue };
            let path = at.to_string();
            if is_secret(name) {
                self.report.add(secret_in_public::secret_in_public(&path, value.span, name, "a condition"));
            } else {
                self.report.add(placeholder_not_here::comparison(&path, value.span, name));
            }
        }
    }

    fn subject(&mut self, name: &Spanned<String>, at: &At<'_>) -> Option<Subject> {
        match &*name.value {
            "channel" => Some(Subject::Channel),
            "language" => Some(Subject::Language),
            "contact.name" => Some(Subject::ContactName),
            "contact.address" => Some(Subject::ContactAddress),
            text => self.named_variable(text, name.span, at).map(Subject::Var),
        }
    }

    fn named_variable(&mut self, name: &str, span: crate::diagnostics::Span, at: &At<'_>) -> Option<VarIx> {
        if is_secret(name) {
            let finding = secret_in_public::secret_in_public(&at.to_string(), span, name, "a condition");
            self.report.add(finding);
            return None;
        }
        if is_variable(name) {
            return Some(self.variable(name));
        }
        self.report.add(unknown_placeholder::unknown_subject(&at.to_string(), span, name));
        None
    }

    /// An expression in CEL.
    pub(crate) fn expression(&mut self, source: &Spanned<String>, at: &At<'_>) -> Option<Expression> {
        let text = &source.value;
        if text.len() > MAX_EXPRESSION || deepest_bracket(text) > MAX_BRACKETS {
            self.report.add(bad_expression::too_long(&at.to_string(), source.span));
            return None;
        }
        let program = match cel::Program::compile(text) {
            Ok(program) => program,
            Err(errors) => {
                let first = errors.errors.first();
                let offset = first.and_then(|error| offset(text, error.pos));
                let span = match offset {
                    Some(at) => self.inside(source, (at, (at + 1).min(text.len().max(at)))),
                    None => source.span,
                };
                let message = first.map_or("", |error| &error.msg);
                self.report.add(bad_expression::bad_expression(
                    &at.to_string(),
                    span,
                    message,
                    (source.span, text),
                ));
                return None;
            }
        };
        let mut local = HashSet::new();
        local_names(program.expression(), &mut local);
        let mut names: Vec<String> = program
            .references()
            .variables()
            .into_iter()
            .map(str::to_owned)
            .filter(|name| !local.contains(name))
            .collect();
        names.sort_unstable();
        let mut variables = Vec::new();
        for name in names {
            if BUILT_IN.contains(&&*name) {
                continue;
            }
            variables.push(self.named_variable(&name, source.span, at)?);
        }
        Some(Expression { source: text.as_str().into(), program: Arc::new(program), variables })
    }
}

/// Names that an expression always knows.
const BUILT_IN: [&str; 3] = ["channel", "language", "contact"];

fn is_secret(name: &str) -> bool {
    let first = name.split(['.', ':']).next().unwrap_or(name);
    matches!(first, "authtoken" | "secret" | "refresh_token")
}

fn all_of(mut tests: Vec<Test>) -> Test {
    if tests.len() == 1 { tests.remove(0) } else { Test::All(tests) }
}

/// How deep an expression stands in itself, at most: brackets, and signs such as `!` whose end is not known.
fn deepest_bracket(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' | b'!' | b'?' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The byte of a line and column, both counted from 1 and 0 in characters.
fn offset(text: &str, (line, column): (isize, isize)) -> Option<usize> {
    let line = usize::try_from(line).ok()?.checked_sub(1)?;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(start..)?;
    let column = usize::try_from(column).ok()?;
    rest.char_indices().nth(column).map(|(at, _)| start + at)
}

/// Names that macros such as `all(x, …)` bring along.
fn local_names(expression: &IdedExpr, names: &mut HashSet<String>) {
    match &expression.expr {
        Expr::Call(call) => {
            call.target.iter().map(|target| &**target).chain(&call.args).for_each(|e| local_names(e, names))
        }
        Expr::Comprehension(comprehension) => {
            names.insert(comprehension.iter_var.clone());
            names.extend(comprehension.iter_var2.clone());
            names.insert(comprehension.accu_var.clone());
            for part in [
                &comprehension.iter_range,
                &comprehension.accu_init,
                &comprehension.loop_cond,
                &comprehension.loop_step,
                &comprehension.result,
            ] {
                local_names(part, names);
            }
        }
        Expr::List(list) => list.elements.iter().for_each(|element| local_names(element, names)),
        Expr::Map(map) => {
            for entry in &map.entries {
                if let EntryExpr::MapEntry(entry) = &entry.expr {
                    local_names(&entry.key, names);
                    local_names(&entry.value, names);
                }
            }
        }
        Expr::Select(select) => local_names(&select.operand, names),
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) | Expr::Struct(_) => {}
    }
}
