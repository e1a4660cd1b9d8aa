//! E0105: a login page for a caller.
//! W0109: a login on the phone that the caller would have to speak.
//!
//! With `ask: secure_page` the user opens a link and logs in on a page. A caller hears the bot and cannot open a link,
//! so such a login never succeeds in a call. Use `ask: in_chat` with `validation_by_number: true`.
//!
//! Without `validation_by_number` a caller has to speak user name and password aloud, and a speech service has to hear
//! them right. With it the keypad is the only way in.

use countersign_model::ChannelKind;

use super::context::Context;
use super::{Diagnostic, Report};
use crate::program::{Ask, StepKind};

pub(super) fn login_on_phone(context: &Context<'_>, report: &mut Report) {
    if !context.channels().contains(&ChannelKind::Phone) {
        return;
    }
    for token in 0..context.program.tokens.len() {
        let runs =
            |kind: &StepKind| matches!(kind, StepKind::AuthToken { token: run, .. } if run.at() == token);
        let token = &context.program.tokens[token];
        let Some(step) = context.program.steps.iter().find(|step| runs(&step.kind)) else { continue };
        let path = format!("authorization_tokens.{}", token.id);
        if token.ask == Ask::SecurePage {
            let asked = format!("{path}.ask");
            report.add(
                Diagnostic::error("E0105", format!("a caller cannot open the login page of `{}`", token.id))
                    .at_span(&*asked, context.places.value(&asked))
                    .label("a page is no help in a call")
                    .note(format!("`{}` runs it", step.path))
                    .help("use `ask: in_chat` with `validation_by_number: true`, or take `phone` off the channels"),
            );
        } else if !token.validation_by_number {
            report.add(
                Diagnostic::warning(
                    "W0109",
                    format!("a caller has to speak the answers of `{}` aloud", token.id),
                )
                .at_span(&*path, context.id_of(&path))
                .label("this login has no `validation_by_number`")
                .note(format!("`{}` runs it", step.path))
                .help("set `validation_by_number: true`, so that the caller types digits on the keypad"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_model::ChannelKind;

    use crate::diagnostics::tests_support::{bank, check_script, check_script_on};

    const SCRIPTS: &str = "
scripts:
  - id: balance
    triggers: [balance]
    steps:
      - auth_token: bank-login
      - web_service: get-balance
";

    #[test]
    fn a_caller_should_type() {
        let text = bank(SCRIPTS);
        check_script(&text);
        check_script_on(&[ChannelKind::Whatsapp], &text);
        let told = text.replace(
            "  - id: bank-login\n",
            "  - id: bank-login\n#       ^^^^^^^^^^ warning W0109: a caller has to speak the answers of `bank-login` aloud\n",
        );
        check_script_on(&[ChannelKind::Phone], &told);
        check_script_on(&[ChannelKind::Phone], &text.replace("by_number: false", "by_number: true"));
    }

    #[test]
    fn a_caller_cannot_open_a_page() {
        let text = bank(SCRIPTS).replace(
            "    validation_by_number: false\n",
            "    ask: secure_page\n#        ^^^^^^^^^^^ error E0105: a caller cannot open the login page of `bank-login`\n",
        );
        check_script_on(&[ChannelKind::Phone], &text);
    }
}
