//! Contacts: what is kept of one, as a file, and to erase one. A contact is known on one channel, by the conversation.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use countersign_accounts::Permission;
use countersign_store::Expected;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::access::Here;
use crate::area::{Area, Need, routes};
use crate::conversations::{KeptTakeOver, LineDocument, lines, one, session};
use crate::http::{Answer, Params, Problem, of_change, rfc3339};
use crate::state::Api;

pub(crate) fn area() -> Area {
    Area::new()
        .needs(Need::MayNow(Permission::ContactExport), routes!(export))
        .needs(Need::May(Permission::ContactErase), routes!(erase))
}

/// All that is kept of a contact, without secrets: those nobody can read.
#[derive(Debug, Serialize, ToSchema)]
struct ContactExport {
    id: String,
    exported_at: String,
    channel: String,
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// Variables of the bot.
    variables: BTreeMap<String, String>,
    /// That the contact is logged in; never with what.
    logins: Vec<Login>,
    /// Answers to forms.
    leads: Vec<Answers>,
    /// What was said. A secret is `•••`.
    lines: Vec<LineDocument>,
    /// What could not be delivered.
    undelivered: Vec<Undelivered>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedLogin)]
struct Login {
    bot: String,
    component: String,
    logged_in_at: String,
    expires_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedAnswers)]
struct Answers {
    form: String,
    at: String,
    answers: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExportedUndelivered)]
struct Undelivered {
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

/// All that is kept of a contact, as a file. Secrets are not in it.
#[utoipa::path(get, path = "/workspaces/{workspace}/contacts/{id}/export", tag = "contacts", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 200, body = ContactExport)))]
async fn export(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<impl IntoResponse> {
    const AT_ONCE: usize = 500;
    let row = one(&api, here.workspace(), &id).await.map_err(as_contact)?;
    // What is told cannot be taken back: the line comes first.
    let line = here.line("contact.export", &format!("contact/{id}"));
    api.change().line(line).commit().await.map_err(of_change)?;
    let (workspace, key) = (here.workspace(), &row.key);
    let found = row.session.as_ref().and_then(|stored| session(&api.runner, workspace, stored));
    let contact = found.as_ref().map(|(session, _)| session.contact().clone());
    let variables = match &found {
        Some((session, Some(bot))) => {
            session.variables(bot).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        }
        _ => BTreeMap::new(),
    };
    let mut lines_of = Vec::new();
    let mut from = 0;
    while from < row.lines {
        lines_of.extend(lines(&api, &row, from, AT_ONCE).await?);
        from += AT_ONCE as u64;
    }
    let tokens = match &row.bot {
        Some(bot) => api.store.held(key, bot).await?,
        None => Vec::new(),
    };
    let logins = tokens.into_iter().map(|token| Login {
        bot: token.bot.to_string(),
        component: token.component.to_string(),
        logged_in_at: rfc3339(token.logged_in_at),
        expires_at: rfc3339(token.expires_at),
    });
    let leads = api.store.leads(key).await?.into_iter().map(|lead| Answers {
        form: lead.form.to_string(),
        at: rfc3339(lead.at),
        answers: lead.answers.into_iter().collect(),
    });
    let letters = api.store.list_dead_letters(workspace, None, 1000).await?;
    let letters = letters.into_iter().filter(|letter| letter.conversation == row.number);
    let undelivered =
        letters.map(|letter| Undelivered { at: rfc3339(letter.letter.at), code: letter.letter.code });
    let export = ContactExport {
        exported_at: rfc3339(api.now()),
        channel: key.channel.to_string(),
        address: key.address.clone(),
        name: contact.as_ref().and_then(|contact| contact.name.clone()),
        language: contact.and_then(|contact| contact.language.as_ref().map(ToString::to_string)),
        variables,
        logins: logins.collect(),
        leads: leads.collect(),
        lines: lines_of,
        undelivered: undelivered.collect(),
        id,
    };
    let name = format!("attachment; filename=\"contact-{}.json\"", row.number.0);
    let disposition = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
    Ok(([(header::CONTENT_DISPOSITION, disposition)], axum::Json(export)))
}

/// Erases a contact: transcript, answers, logins, what waits. Hashes of message ids stay for a month, so that a message
/// that the provider repeats is not taken for a new one.
#[utoipa::path(delete, path = "/workspaces/{workspace}/contacts/{id}", tag = "contacts", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 204)))]
async fn erase(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<StatusCode> {
    let row = one(&api, here.workspace(), &id).await.map_err(as_contact)?;
    let line = here.line("contact.erase", &format!("contact/{id}"));
    let change = api.change().remove::<KeptTakeOver>(here.workspace(), &id, Expected::Anything);
    change.line(line).commit().await.map_err(of_change)?;
    let erased = api.runner.erase(&row.key).await.map_err(|error| {
        tracing::error!(%error, "a contact was not erased");
        Problem::unavailable("The contact could not be erased. Nothing of it was removed.")
    })?;
    if erased.is_none() {
        return Err(Problem::not_found("contact"));
    }
    api.events.tell(here.workspace(), "conversation", json!({ "id": id, "erased": true }));
    api.events.tell(here.workspace(), "token", json!({ "conversation": id }));
    Ok(StatusCode::NO_CONTENT)
}

fn as_contact(problem: Problem) -> Problem {
    if problem.status() == StatusCode::NOT_FOUND { Problem::not_found("contact") } else { problem }
}
