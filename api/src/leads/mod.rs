//! Answers to forms.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use countersign_accounts::Permission;
use countersign_model::Name;
use countersign_store::ListedLead;
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::access::Here;
use crate::area::{Area, Need, routes};
use crate::http::{Answer, List, Page, PageParams, Problem, Query, of_change, rfc3339};
use crate::state::Api;

#[cfg(test)]
mod tests;

pub(crate) fn area() -> Area {
    Area::new()
        .needs(Need::May(Permission::ConversationRead), routes!(list))
        .needs(Need::MayNow(Permission::ContactExport), routes!(export))
}

/// Answers to a form.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lead)]
struct LeadDocument {
    conversation: String,
    form: String,
    at: String,
    /// Answers by the variables that they are saved in.
    answers: BTreeMap<String, String>,
}

/// Which answers are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Those to this Form.
    form: Option<String>,
}

impl From<ListedLead> for LeadDocument {
    fn from(lead: ListedLead) -> Self {
        Self {
            conversation: lead.conversation.0.to_string(),
            form: lead.lead.form.to_string(),
            at: rfc3339(lead.lead.at),
            answers: lead.lead.answers.into_iter().collect(),
        }
    }
}

/// Answers to forms, newest first.
#[utoipa::path(get, path = "/workspaces/{workspace}/leads", tag = "leads", params(("workspace" = String, Path), PageParams, Filter), responses((status = 200, body = List<LeadDocument>)))]
async fn list(
    State(api): State<Arc<Api>>,
    here: Here,
    page: Page,
    Query(filter): Query<Filter>,
) -> Answer<Json<List<LeadDocument>>> {
    let Ok(form) = form(&filter) else { return Ok(Json(List::whole(Vec::new()))) };
    let before = page.after.as_deref().map(str::parse).transpose().map_err(|_| {
        Problem::invalid_field("/cursor", "wrong_type", "Take the cursor from `next` of the part before.")
    })?;
    let leads = api.store.all_leads(here.workspace(), form.as_ref(), before, page.reach()).await?;
    Ok(Json(page.list(leads, |lead| lead.number.to_string(), LeadDocument::from)))
}

/// Answers to forms as a table (CSV), newest first, 50,000 at most. A cell that a spreadsheet would take for a formula
/// begins with `'`.
#[utoipa::path(get, path = "/workspaces/{workspace}/leads.csv", tag = "leads", params(("workspace" = String, Path), Filter), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export(
    State(api): State<Arc<Api>>,
    here: Here,
    Query(filter): Query<Filter>,
) -> Answer<impl IntoResponse> {
    const AT_ONCE: usize = 500;
    const MOST: usize = 50_000;
    let mut leads: Vec<ListedLead> = Vec::new();
    let detail = json!({ "form": filter.form });
    api.change().line(here.line_with("lead.export", "leads", &detail)).commit().await.map_err(of_change)?;
    if let Ok(form) = form(&filter) {
        while leads.len() < MOST {
            let before = leads.last().map(|lead| lead.number);
            let part = api.store.all_leads(here.workspace(), form.as_ref(), before, AT_ONCE).await?;
            let is_last = part.len() < AT_ONCE;
            leads.extend(part);
            if is_last {
                break;
            }
        }
    }
    let leads: Vec<_> = leads.into_iter().map(LeadDocument::from).collect();
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"leads.csv\"")),
    ];
    Ok((headers, table(&leads)))
}

/// The form that is wanted, if one is. What cannot be a name names nothing.
fn form(filter: &Filter) -> Result<Option<Name>, ()> {
    let form = filter.form.as_deref().filter(|id| !id.is_empty());
    form.map(str::parse).transpose().map_err(|_| ())
}

/// As RFC 4180 says, with a column for each answer.
fn table(leads: &[LeadDocument]) -> String {
    let names: BTreeSet<&str> =
        leads.iter().flat_map(|lead| lead.answers.keys()).map(String::as_str).collect();
    let mut out = String::new();
    let heads = ["conversation", "form", "at"].into_iter().chain(names.iter().copied());
    row(&mut out, heads);
    for lead in leads {
        let answers = names.iter().map(|name| lead.answers.get(*name).map_or("", String::as_str));
        let cells = [lead.conversation.as_str(), &lead.form, &lead.at].into_iter().chain(answers);
        row(&mut out, cells);
    }
    out
}

fn row<'a>(out: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (at, text) in cells.enumerate() {
        if at > 0 {
            out.push(',');
        }
        cell(out, text);
    }
    out.push_str("\r\n");
}

/// A spreadsheet carries out what begins like a formula (OWASP ASVS 5.0, 1.2.10).
fn cell(out: &mut String, text: &str) {
    out.push('"');
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠']) {
        out.push('\'');
    }
    out.push_str(&text.replace('"', "\"\""));
    out.push('"');
}
