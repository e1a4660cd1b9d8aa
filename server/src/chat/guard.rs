//! A bot that logs its users in does not run on a chat of ours. It cannot be attached to one; should it be there all
//! the same, nobody gets to talk with it.

use countersign_model::ChannelKind;
use countersign_script::Runnable;
use countersign_script::program::StepKind;

use super::problem::Problem;

/// Refuses a bot with a step that needs an Authorization Token, and names the steps.
pub(super) fn admit(bot: &Runnable, kind: ChannelKind) -> Result<(), Problem> {
    if bot.tokens.is_empty() || kind.capabilities().token_login {
        return Ok(());
    }
    let logins = bot.steps.iter().filter_map(|step| match &step.kind {
        StepKind::AuthToken { token, .. } => {
            Some(format!("`{}` runs `{}`", step.path, bot.tokens[token.at()].id))
        }
        _ => None,
    });
    let steps: Vec<_> = logins.collect();
    if steps.is_empty() { Ok(()) } else { Err(Problem::BotLogsIn { kind: kind.title(), steps }) }
}
