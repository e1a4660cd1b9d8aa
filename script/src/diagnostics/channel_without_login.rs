//! E0104: a channel that cannot log in.
//!
//! An Authorization Token is for messaging apps, SMS and the phone. It is not for the web, mobile and desktop chat:
//! there the page or the app around the chat has a login of its own. A bot with an `auth_token` step can therefore not
//! be attached to these channels.
//!
//! Take the channel off the list, or make a second bot for it without the steps that the finding names.

use super::context::Context;
use super::{Diagnostic, Report};
use crate::program::StepKind;

pub(super) fn channel_without_login(context: &Context<'_>, report: &mut Report) {
    let channels = context.channels();
    let unable: Vec<_> = channels.iter().filter(|channel| !channel.capabilities().token_login).collect();
    let logins: Vec<_> = context
        .graph
        .steps()
        .filter_map(|step| match &context.step(step).kind {
            StepKind::AuthToken { token, .. } => Some((step, *token)),
            _ => None,
        })
        .collect();
    let (Some((first, _)), false) = (logins.first(), unable.is_empty()) else { return };
    let names: Vec<_> = unable.iter().map(|channel| format!("`{channel}`")).collect();
    let mut finding =
        Diagnostic::error("E0104", format!("an Authorization Token cannot run on {}", names.join(", ")))
            .at_span(&*context.step(*first).path, context.head(*first))
            .label("this step logs the user in");
    for (step, _) in &logins[1..] {
        finding = finding.also(context.head(*step), "and this one");
    }
    if unable.iter().any(|channel| context.program.channels.contains(channel)) {
        finding =
            finding.also(context.places.places.get("channels").map(|place| place.value), "asked for here");
    }
    for (step, token) in &logins {
        let token = &context.program.tokens[token.at()].id;
        finding = finding.note(format!("`{}` runs `{token}`", context.step(*step).path));
    }
    report.add(
        finding
            .note(
                "an Authorization Token is for messaging apps, SMS and the phone, \
                 not for the web, mobile and desktop chat",
            )
            .help("attach the bot to other channels, or take these steps out"),
    );
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
  - id: other
    triggers: [other]
    steps:
      - auth_token: bank-login
";

    #[test]
    fn messaging_sms_and_phone_can_log_in() {
        for channel in ChannelKind::ALL {
            let text = bank(SCRIPTS).replace("by_number: false", "by_number: true");
            if channel.capabilities().token_login {
                check_script_on(&[channel], &text);
            }
        }
    }

    #[test]
    fn web_mobile_and_desktop_cannot() {
        let text = bank(SCRIPTS).replacen(
            "auth_token: bank-login\n",
            "auth_token: bank-login\n#       ^^^^^^^^^^^^^^^^^^^^^^ error E0104: an Authorization Token cannot run on `web`, `desktop`\n",
            1,
        );
        let findings =
            check_script_on(&[ChannelKind::Web, ChannelKind::Telegram, ChannelKind::Desktop], &text);
        assert_eq!(
            findings[0].notes,
            [
                "`scripts.balance.steps[0]` runs `bank-login`",
                "`scripts.other.steps[0]` runs `bank-login`",
                "an Authorization Token is for messaging apps, SMS and the phone, not for the web, mobile and desktop chat",
            ]
        );
        assert_eq!(findings[0].labels.len(), 2);
    }

    #[test]
    fn the_channels_of_the_file_count_too() {
        let text = bank(SCRIPTS).replacen("bot: demo\n", "bot: demo\nchannels: [whatsapp, mobile]\n", 1).replacen(
            "auth_token: bank-login\n",
            "auth_token: bank-login\n#       ^^^^^^^^^^^^^^^^^^^^^^ error E0104: an Authorization Token cannot run on `mobile`\n",
            1,
        );
        let findings = check_script(&text);
        assert_eq!(findings[0].labels[2].text, "asked for here");
    }

    #[test]
    fn a_bot_without_logins_may_go_anywhere() {
        check_script_on(
            &[ChannelKind::Web],
            "countersign: 1\nbot: demo\nscripts:\n  - id: a\n    triggers: [a]\n    steps: [{ message: Hi. }]\n",
        );
    }
}
