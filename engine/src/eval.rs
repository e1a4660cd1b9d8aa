//! Conditions and expressions.

use std::sync::Arc;

use cel::common::ast::{Expr, LiteralValue};
use cel::objects::{Key, Map};
use countersign_script::condition::{Comparison, Expression, Operand, Subject, Test};
use countersign_script::trigger::normalise;

use crate::Warning;
use crate::machine::Machine;
use crate::value::Value;

impl Machine<'_> {
    /// Whether a test holds. One that cannot be computed does not.
    pub(crate) fn holds(&mut self, test: &Test) -> bool {
        match test {
            Test::All(tests) => tests.iter().all(|test| self.holds(test)),
            Test::Any(tests) => tests.iter().any(|test| self.holds(test)),
            Test::Not(test) => !self.holds(test),
            Test::Row(subject, comparison) => compare(self.subject(*subject), comparison),
            Test::Expression(expression) => match self.evaluate(expression) {
                Some(cel::Value::Bool(truth)) => truth,
                Some(_) => {
                    self.warn_expression("its value is neither true nor false");
                    false
                }
                None => false,
            },
        }
    }

    /// The value of an expression, as a variable keeps it.
    pub(crate) fn computed(&mut self, expression: &Expression) -> Option<Value> {
        match self.evaluate(expression)? {
            cel::Value::String(text) => Some(Value::Text(text.as_str().into())),
            cel::Value::Bool(truth) => Some(Value::Bool(truth)),
            cel::Value::Int(number) => Some(Value::Number(number.to_string().into())),
            cel::Value::UInt(number) => Some(Value::Number(number.to_string().into())),
            cel::Value::Float(number) if number.is_finite() => Some(Value::Number(number.to_string().into())),
            cel::Value::Null => None,
            _ => {
                self.warn_expression("its value is neither a text, a number nor a truth value");
                None
            }
        }
    }

    fn subject(&self, subject: Subject) -> Option<&str> {
        match subject {
            Subject::Var(ix) => self.value(ix).map(Value::as_str),
            Subject::Channel => Some(self.session.channel.name()),
            Subject::ContactName => self.session.contact.name.as_deref(),
            Subject::ContactAddress => Some(&self.session.contact.address),
            Subject::Language => Some(&self.bot.languages[usize::from(self.session.language)]),
        }
    }

    fn evaluate(&mut self, expression: &Expression) -> Option<cel::Value> {
        let mut context = cel::Context::default();
        for ix in &expression.variables {
            // A variable without a value is null, so that `amount == null` can ask for it.
            let value = self.value(*ix).map_or(cel::Value::Null, to_cel);
            context.add_variable_from_value(&*self.bot.variables[ix.at()], value);
        }
        let text = |text: &str| cel::Value::String(Arc::new(text.to_owned()));
        let contact = &self.session.contact;
        let fields = [
            ("name", contact.name.as_deref().map_or(cel::Value::Null, text)),
            ("address", text(&contact.address)),
        ];
        let fields = fields.into_iter().map(|(key, value)| (Key::String(Arc::new(key.to_owned())), value));
        context.add_variable_from_value("contact", cel::Value::Map(Map { map: Arc::new(fields.collect()) }));
        context.add_variable_from_value("channel", text(self.session.channel.name()));
        let language = &self.bot.languages[usize::from(self.session.language)];
        context.add_variable_from_value("language", text(language));
        let mut computed = expression.program.execute(&context);
        if let Err(cel::ExecutionError::UnsupportedBinaryOperator(..)) = computed {
            // CEL does not add `1` to a decimal number. To an author, `count + 1` is the most natural thing.
            let mut decimal = expression.program.expression().clone();
            decimal_literals(&mut decimal);
            computed = cel::Value::resolve(&decimal, &context);
        }
        match computed {
            Ok(value) => Some(value),
            Err(error) => {
                self.warn_expression(reason(&error));
                None
            }
        }
    }

    fn warn_expression(&mut self, why: &'static str) {
        let step = self.at.map(|step| self.place(step)).unwrap_or_default();
        self.warnings.push(Warning::Expression { step, why });
    }
}

/// What went wrong, without the values that an error of the library shows.
fn reason(error: &cel::ExecutionError) -> &'static str {
    use cel::ExecutionError as E;
    match error {
        E::UndeclaredReference(_) => "it names something that does not exist",
        E::NoSuchKey(_) => "it asks for a field that is not there",
        E::UnsupportedBinaryOperator(..) | E::UnexpectedType { .. } | E::ValuesNotComparable(..) => {
            "it puts values together that do not fit, or that are not there"
        }
        _ => "its values do not fit",
    }
}

/// Makes the whole numbers of an expression decimal ones, as all variables are.
fn decimal_literals(expression: &mut cel::IdedExpr) {
    match &mut expression.expr {
        Expr::Literal(LiteralValue::Int(whole)) => {
            let decimal = *whole.inner() as f64;
            expression.expr = Expr::Literal(LiteralValue::Double(decimal.into()));
        }
        Expr::Call(call) => {
            call.target.iter_mut().for_each(|target| decimal_literals(target));
            call.args.iter_mut().for_each(decimal_literals);
        }
        _ => {}
    }
}

fn to_cel(value: &Value) -> cel::Value {
    match value {
        Value::Text(text) => cel::Value::String(Arc::new(text.to_string())),
        Value::Bool(truth) => cel::Value::Bool(*truth),
        // All numbers are of one type, so that `amount > 500` holds for 500.5 as for 501.
        Value::Number(digits) => digits.parse().map_or(cel::Value::Null, cel::Value::Float),
        Value::Json(json) => cel::Value::String(Arc::new(json.to_string())),
    }
}

fn compare(value: Option<&str>, comparison: &Comparison) -> bool {
    let present = value.filter(|value| !value.is_empty());
    let number = || present.and_then(|value| value.trim().parse::<f64>().ok());
    let text = || present.map(normalise);
    match comparison {
        Comparison::Equals(operand) => equals(present, operand),
        Comparison::NotEquals(operand) => !equals(present, operand),
        Comparison::OneOf(operands) => operands.iter().any(|operand| equals(present, operand)),
        Comparison::MoreThan(limit) => number().is_some_and(|number| number > *limit),
        Comparison::LessThan(limit) => number().is_some_and(|number| number < *limit),
        Comparison::AtLeast(limit) => number().is_some_and(|number| number >= *limit),
        Comparison::AtMost(limit) => number().is_some_and(|number| number <= *limit),
        Comparison::Contains(words) => text().is_some_and(|text| {
            let text = format!(" {text} ");
            words.iter().any(|word| text.contains(&format!(" {word} ")))
        }),
        Comparison::StartsWith(start) => text().is_some_and(|text| text.starts_with(&**start)),
        Comparison::Exists(wanted) => present.is_some() == *wanted,
        Comparison::Matches(pattern) => present.is_some_and(|value| pattern.is_match(value)),
    }
}

fn equals(value: Option<&str>, operand: &Operand) -> bool {
    let Some(value) = value else { return false };
    match operand {
        Operand::Text(text) => normalise(value) == **text,
        Operand::Number(number) => value.trim().parse::<f64>().is_ok_and(|value| value == *number),
        Operand::Bool(truth) => value == if *truth { "true" } else { "false" },
    }
}
