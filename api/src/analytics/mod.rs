//! Numbers: what went on, in hours or days.

pub mod counted;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_accounts::Permission;
use countersign_model::Name;
use countersign_store::latency::{BUCKETS, percentile, read_label};
use countersign_store::{Hour, Stat, StatQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::Here;
use crate::area::{Area, Need, routes};
use crate::http::{Answer, Problem, Query, rfc3339, timestamp};
use crate::state::Api;

pub(crate) fn area() -> Area {
    Area::new().needs(Need::May(Permission::AnalyticsRead), routes!(numbers))
}

/// Which numbers are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// From the hour or day of this time on.
    #[param(example = "2027-01-01T00:00:00Z", format = DateTime)]
    from: String,
    /// To this time; what began before it counts whole.
    #[param(example = "2027-01-31T00:00:00Z", format = DateTime)]
    to: String,
    #[serde(default)]
    #[param(inline)]
    bucket: Bucket,
    /// Those of this bot.
    bot: Option<String>,
    /// Those of this channel.
    channel: Option<String>,
}

/// How long a bucket is, in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Bucket {
    /// An hour; 31 days at most.
    Hour,
    /// A day; 400 days at most.
    #[default]
    Day,
}

/// What went on.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Analytics {
    /// When each bucket begins, in UTC. The lists below have a number for each.
    buckets: Vec<String>,
    messages: Messages,
    /// Conversations that began.
    conversations: Vec<u64>,
    logins: Logins,
    calls: Vec<CallNumbers>,
    steps: Vec<StepNumbers>,
    channels: Vec<ChannelNumbers>,
}

#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = MessageNumbers)]
struct Messages {
    #[serde(rename = "in")]
    inward: Vec<u64>,
    out: Vec<u64>,
}

#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = LoginNumbers)]
struct Logins {
    ok: Vec<u64>,
    refused: Vec<u64>,
    unavailable: Vec<u64>,
    lapsed: Vec<u64>,
}

/// Calls of a component.
#[derive(Debug, Serialize, ToSchema)]
struct CallNumbers {
    component: String,
    count: u64,
    failed: u64,
    /// Half of them took no longer, in milliseconds.
    p50_ms: u32,
    p95_ms: u32,
}

/// How many reached a step, and at how many of these the user went silent.
#[derive(Debug, Serialize, ToSchema)]
struct StepNumbers {
    script: String,
    /// Its place in the bot file.
    step: String,
    reached: u64,
    left: u64,
}

/// Messages of a channel.
#[derive(Debug, Serialize, ToSchema)]
struct ChannelNumbers {
    id: String,
    #[serde(rename = "in")]
    inward: u64,
    out: u64,
    failed: u64,
}

/// What went on, in buckets of an hour or a day of UTC.
#[utoipa::path(get, path = "/workspaces/{workspace}/analytics", tag = "analytics", params(("workspace" = String, Path), Which), responses((status = 200, body = Analytics)))]
async fn numbers(
    State(api): State<Arc<Api>>,
    here: Here,
    Query(which): Query<Which>,
) -> Answer<Json<Analytics>> {
    let span = Span::of(&which)?;
    let name = |text: &Option<String>| {
        text.as_deref().filter(|text| !text.is_empty()).map(str::parse::<Name>).transpose()
    };
    // What cannot be a name names nothing.
    let (Ok(bot), Ok(channel)) = (name(&which.bot), name(&which.channel)) else {
        return Ok(Json(summed(&span, &[])));
    };
    let query = StatQuery {
        workspace: here.workspace().clone(),
        from: Hour(span.first),
        until: Hour(span.end()),
        bot,
        channel,
        what: Vec::new(),
    };
    Ok(Json(summed(&span, &api.store.stats(&query).await?)))
}

/// Buckets one after another.
#[derive(Debug, PartialEq, Eq)]
struct Span {
    /// The first hour, counted from 1970.
    first: u32,
    /// How many hours a bucket has.
    hours: u32,
    buckets: u32,
}

impl Span {
    fn of(which: &Which) -> Answer<Self> {
        let at = |pointer: &str, text: &str| {
            timestamp(text).map(Hour::of).ok_or_else(|| {
                let message = "Write a time such as `2027-01-31T00:00:00Z`.";
                Problem::invalid_field(pointer, "wrong_type", message)
            })
        };
        let (from, to) = (at("/from", &which.from)?, timestamp(&which.to));
        let last = at("/to", &which.to)?;
        let (hours, most) = match which.bucket {
            Bucket::Hour => (1, 31 * 24),
            Bucket::Day => (24, 400),
        };
        let first = from.0 / hours * hours;
        // What lies within an hour belongs to it; an end on the hour does not.
        let end = last.0 + u32::from(to.is_some_and(|to| to > last.begins()));
        let buckets = end.saturating_sub(first).div_ceil(hours);
        if !(1..=most).contains(&buckets) {
            let message = format!("`to` lies behind `from`, and at most {most} of these fit between them.");
            return Err(Problem::invalid_field("/to", "out_of_range", message));
        }
        Ok(Self { first, hours, buckets })
    }

    fn end(&self) -> u32 {
        self.first + self.hours * self.buckets
    }
}

fn summed(span: &Span, stats: &[Stat]) -> Analytics {
    let empty = || vec![0; span.buckets as usize];
    let mut sum = Analytics {
        buckets: (0..span.buckets).map(|at| rfc3339(Hour(span.first + at * span.hours).begins())).collect(),
        messages: Messages { inward: empty(), out: empty() },
        conversations: empty(),
        logins: Logins { ok: empty(), refused: empty(), unavailable: empty(), lapsed: empty() },
        ..Analytics::default()
    };
    let mut calls: BTreeMap<String, ([u64; BUCKETS], u64)> = BTreeMap::new();
    let mut steps: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let mut channels: BTreeMap<String, [u64; 3]> = BTreeMap::new();
    for stat in stats {
        let at = (stat.hour.0.saturating_sub(span.first) / span.hours) as usize;
        let mut of_channel = |which: usize| {
            if let Some(channel) = &stat.channel {
                channels.entry(channel.to_string()).or_default()[which] += stat.count;
            }
        };
        let series = match (stat.what.as_str(), stat.label.as_str()) {
            (counted::MESSAGE_IN, _) => {
                of_channel(0);
                &mut sum.messages.inward
            }
            (counted::MESSAGE_OUT, _) => {
                of_channel(1);
                &mut sum.messages.out
            }
            (counted::OUT_FAILED, _) => {
                of_channel(2);
                continue;
            }
            (counted::CONVERSATION, _) => &mut sum.conversations,
            (counted::LOGIN, counted::OK) => &mut sum.logins.ok,
            (counted::LOGIN, counted::REFUSED) => &mut sum.logins.refused,
            (counted::LOGIN, counted::UNAVAILABLE) => &mut sum.logins.unavailable,
            (counted::LOGIN, counted::LAPSED) => &mut sum.logins.lapsed,
            (counted::CALL, label) => {
                if let Some((component, bucket)) = read_label(label) {
                    calls.entry(component.to_string()).or_default().0[bucket] += stat.count;
                }
                continue;
            }
            (counted::CALL_FAILED, component) => {
                calls.entry(component.to_owned()).or_default().1 += stat.count;
                continue;
            }
            (counted::STEP_REACHED, step) => {
                steps.entry(step.to_owned()).or_default().0 += stat.count;
                continue;
            }
            (counted::STEP_LEFT, step) => {
                steps.entry(step.to_owned()).or_default().1 += stat.count;
                continue;
            }
            _ => continue,
        };
        if let Some(number) = series.get_mut(at) {
            *number += stat.count;
        }
    }
    sum.calls = calls
        .into_iter()
        .map(|(component, (counts, failed))| CallNumbers {
            component,
            count: counts.iter().sum(),
            failed,
            p50_ms: percentile(&counts, 50).unwrap_or(0),
            p95_ms: percentile(&counts, 95).unwrap_or(0),
        })
        .collect();
    let script = |step: &str| {
        let script = step.strip_prefix("scripts.").and_then(|rest| rest.split('.').next());
        script.unwrap_or_default().to_owned()
    };
    sum.steps = steps
        .into_iter()
        .map(|(step, (reached, left))| StepNumbers { script: script(&step), step, reached, left })
        .collect();
    sum.channels = channels
        .into_iter()
        .map(|(id, [inward, out, failed])| ChannelNumbers { id, inward, out, failed })
        .collect();
    sum
}
