use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};
use utoipa::{IntoParams, ToSchema};

use super::keep::{self, KeptBot, KeptDraft};
use crate::access::Here;
use crate::http::{Answer, Params, Problem, Query};
use crate::records::Kept;
use crate::state::Api;

/// What to compare: the number of a version, `draft`, or `live`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Sides {
    /// `draft`, `live`, or the number of a version.
    #[param(example = "live", pattern = "^(draft|live|[1-9][0-9]{0,17})$")]
    from: String,
    /// The same.
    #[param(example = "draft", pattern = "^(draft|live|[1-9][0-9]{0,17})$")]
    to: String,
}

/// How two texts of a bot differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Diff)]
pub(super) struct DiffDocument {
    hunks: Vec<Hunk>,
    /// How many lines are new.
    added: usize,
    /// How many are gone.
    removed: usize,
}

/// Lines that differ, with some around them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Hunk {
    /// The number of its first line on the old side, from 1.
    from_line: usize,
    /// The same on the new side.
    to_line: usize,
    lines: Vec<DiffLine>,
}

/// A line of a hunk.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DiffLine {
    /// ` ` stays, `-` is gone, `+` is new.
    op: char,
    text: String,
}

/// How many lines are shown around what differs.
const AROUND: usize = 3;

/// How two versions differ, or a version and the draft.
#[utoipa::path(get, path = "/workspaces/{workspace}/bots/{bot}/diff", tag = "bots", params(("workspace" = String, Path), ("bot" = String, Path), Sides), responses((status = 200, body = DiffDocument)))]
pub(super) async fn diff(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    Query(Sides { from, to }): Query<Sides>,
) -> Answer<Json<DiffDocument>> {
    let (bot, draft) = keep::bot(api.store.as_ref(), here.workspace(), &id, api.now()).await?;
    let from = side(&api, &here, &bot, &draft, &from, "/from").await?;
    let to = side(&api, &here, &bot, &draft, &to, "/to").await?;
    Ok(Json(compare(&from, &to)))
}

async fn side(
    api: &Api,
    here: &Here,
    bot: &Kept<KeptBot>,
    draft: &Kept<KeptDraft>,
    wanted: &str,
    pointer: &str,
) -> Answer<String> {
    let number = match wanted {
        "draft" => return Ok(draft.value.text.clone()),
        "live" => match bot.value.live {
            Some(number) => number,
            // Nothing was published yet: everything is new.
            None => return Ok(String::new()),
        },
        number => number.parse().map_err(|_| {
            Problem::invalid_field(pointer, "wrong_type", "Write the number of a version, `draft` or `live`.")
        })?,
    };
    let found = keep::version(api.store.as_ref(), here.workspace(), &bot.id, number, api.now()).await?;
    found.map(|(_, text)| text).ok_or_else(|| Problem::not_found("version"))
}

fn compare(from: &str, to: &str) -> DiffDocument {
    let diff = TextDiff::from_lines(from, to);
    let mut document = DiffDocument { hunks: Vec::new(), added: 0, removed: 0 };
    for group in diff.grouped_ops(AROUND) {
        let Some(first) = group.first() else { continue };
        let mut hunk = Hunk {
            from_line: first.old_range().start + 1,
            to_line: first.new_range().start + 1,
            lines: Vec::new(),
        };
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let op = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => {
                    document.removed += 1;
                    '-'
                }
                ChangeTag::Insert => {
                    document.added += 1;
                    '+'
                }
            };
            let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
            hunk.lines.push(DiffLine { op, text });
        }
        document.hunks.push(hunk);
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_are_shown_with_some_around() {
        let from: String = (1..=20).map(|n| format!("line {n}\n")).collect();
        let to = from.replace("line 10\n", "line ten\nand more\n");
        let diff = compare(&from, &to);
        assert_eq!((diff.added, diff.removed, diff.hunks.len()), (2, 1, 1));
        let hunk = &diff.hunks[0];
        assert_eq!((hunk.from_line, hunk.to_line), (7, 7));
        let shown: String = hunk.lines.iter().map(|line| format!("{}{}|", line.op, line.text)).collect();
        assert_eq!(shown, " line 7| line 8| line 9|-line 10|+line ten|+and more| line 11| line 12| line 13|");
        assert!(compare(&from, &from).hunks.is_empty());
        assert_eq!(compare("", &from).added, 20);
    }
}
