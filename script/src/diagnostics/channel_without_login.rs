//! E0104: a channel that cannot log in.
//!
//! An Authorization Token is for messaging apps, SMS and the phone. It is not for the web, mobile and desktop chat:
//! there the page or the app around the chat has a login of its own. A bot with an `auth_token` step can therefore not
//! be attached to these channels.
//!
//! Take the channel off the list, or make a second bot for it without the steps that the finding names.

use countersign_model::ChannelKind;

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
        finding = finding.also(context.places.places.get("channels").map(|place| place.value), "asked for here");
    }
    for (step, token) in &logins {
        let token = &context.program.tokens[token.at()].id;
        finding = finding.note(format!("`{}` runs `{token}`", context.step(*step).path));
    }
    let able: Vec<_> =
        ChannelKind::ALL.iter().filter(|channel| channel.capabilities().token_login).map(|c| c.name()).collect();
    report.add(
        finding
            .note(
                "an Authorization Token is for messaging apps, SMS and the phone, \
                 not for the web, mobile and desktop chat",
            )
            .help(format!("attach the bot to {} only, or take these steps out", able.join(", "))),
    );
}
