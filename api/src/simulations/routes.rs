use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use countersign_egress::Transport;
use countersign_model::{Contact, Media, Name};
use countersign_runner::TokioSleeper;
use countersign_simulator::{Act, MovingClock, Recorder, Setup, Simulation, Stub, StubTransport, TalkError};
use http::StatusCode;

use super::wire::{ActBody, Begin, SimulationDocument};
use crate::access::Here;
use crate::bots::{Sending, demand, not_granted, ready_to_try};
use crate::http::{Answer, Body, Params, Problem, SecretField};
use crate::state::Api;

/// Begins a simulation. It lives in memory, for half an hour after it was looked at last.
#[utoipa::path(post, path = "/workspaces/{workspace}/bots/{bot}/simulations", tag = "simulations", params(("workspace" = String, Path), ("bot" = String, Path)), request_body = Begin, responses((status = 201, body = SimulationDocument)))]
pub(super) async fn begin(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, bot)): Params<(String, String)>,
    Body(body): Body<Begin>,
) -> Answer<(StatusCode, Json<SimulationDocument>)> {
    let ready = ready_to_try(&api, here.workspace(), &bot, body.text, vec![body.channel]).await?;
    if body.real_calls {
        let mut sendings = not_granted(&api, here.workspace(), &bot, &ready.bot).await?;
        // What is typed here is the author's own.
        sendings.retain(Sending::is_secret);
        demand(&api, &here, &format!("bot/{bot}"), "/real_calls", &sendings).await?;
    }
    let recorder = Arc::new(Recorder::new(api.clock.clone()));
    let transport: Arc<dyn Transport> = match body.real_calls {
        true => api.transport.clone(),
        false => {
            let mut stubs = BTreeMap::new();
            for (component, stub) in body.stubs {
                let pointer = format!("/stubs/{component}");
                let name: Name = component.parse().map_err(|_| {
                    Problem::invalid_field(&pointer, "unknown", "There is no such component.")
                })?;
                if !(200..=599).contains(&stub.status) {
                    let message = "A status is a number from 200 to 599.";
                    return Err(Problem::invalid_field(
                        &format!("{pointer}/status"),
                        "out_of_range",
                        message,
                    ));
                }
                stubs.insert(name, Stub { status: stub.status, body: stub.body });
            }
            Arc::new(StubTransport::new(stubs, recorder.clone()))
        }
    };
    let setup = Setup {
        bot: ready.bot,
        secrets: ready.secrets,
        policy: api.policy.clone(),
        channel: body.channel,
        contact: Contact {
            address: "simulated".to_owned(),
            name: body.contact_name.filter(|name| !name.trim().is_empty()),
            ..Contact::default()
        },
        transport,
        clock: MovingClock::over(api.clock.clone()),
        sleeper: Arc::new(TokioSleeper),
        random: api.random.clone(),
        script: body.script,
        observer: recorder.clone(),
    };
    let simulation = Simulation::begin(setup, recorder).await.map_err(told)?;
    let id = format!("{:016x}{:016x}", api.random.next(), api.random.next());
    let document = shown(&id, &simulation).await?;
    api.simulations.put(id, here.workspace(), here.actor.name(), simulation, api.now()).map_err(|_| {
        let detail = "There are too many simulations at once. Wait a little and try again.";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much at once", detail)
    })?;
    Ok((StatusCode::CREATED, Json(document)))
}

/// A simulation as it stands.
#[utoipa::path(get, path = "/workspaces/{workspace}/simulations/{id}", tag = "simulations", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 200, body = SimulationDocument)))]
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<Json<SimulationDocument>> {
    let simulation = api.simulations.of(&id, here.workspace(), &here.actor.name(), api.now());
    let simulation = simulation.ok_or_else(gone)?;
    let simulation = simulation.lock().await;
    Ok(Json(shown(&id, &simulation).await?))
}

/// Ends a simulation.
#[utoipa::path(delete, path = "/workspaces/{workspace}/simulations/{id}", tag = "simulations", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 204)))]
pub(super) async fn end(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<StatusCode> {
    match api.simulations.remove(&id, here.workspace(), &here.actor.name(), api.now()) {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(gone()),
    }
}

/// The user does something, and the bot goes on until it waits.
#[utoipa::path(post, path = "/workspaces/{workspace}/simulations/{id}/input", tag = "simulations", params(("workspace" = String, Path), ("id" = String, Path)), request_body = ActBody, responses((status = 200, body = SimulationDocument), (status = 409)))]
pub(super) async fn act(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    Body(body): Body<ActBody>,
) -> Answer<Json<SimulationDocument>> {
    let act = body.act()?;
    let simulation = api.simulations.of(&id, here.workspace(), &here.actor.name(), api.now());
    let simulation = simulation.ok_or_else(gone)?;
    let mut simulation = simulation.lock().await;
    simulation.act(act).await.map_err(told)?;
    Ok(Json(shown(&id, &simulation).await?))
}

impl ActBody {
    /// The one thing that it names.
    fn act(self) -> Answer<Act> {
        let Self { text, choice, digits, silence, page, hang_up, file, location, wait_seconds } = self;
        let answers = |page: Vec<SecretField>| page.into_iter().map(SecretField::into_inner).collect();
        let acts = [
            text.map(|text| Act::Text(text.into_inner())),
            choice.map(Act::Choose),
            digits.map(|digits| Act::Digits(digits.into_inner())),
            silence.filter(|is| *is).map(|_| Act::Silence),
            page.map(|page| Act::Page(answers(page))),
            hang_up.filter(|is| *is).map(|_| Act::HangUp),
            file.map(|file| Act::File(Media { kind: file.kind, url: file.url, caption: file.caption })),
            location.map(|at| Act::Location { latitude: at.latitude, longitude: at.longitude }),
            wait_seconds.map(|seconds| Act::Wait(Duration::from_secs(seconds))),
        ];
        let mut acts = acts.into_iter().flatten();
        match (acts.next(), acts.next()) {
            (Some(act), None) => Ok(act),
            _ => Err(Problem::invalid(
                "Say one thing that the user does: `text`, `choice`, `digits` or another.",
            )),
        }
    }
}

async fn shown(id: &str, simulation: &Simulation) -> Answer<SimulationDocument> {
    let page = simulation.page().await.map_err(told)?;
    Ok(SimulationDocument::of(id, simulation, page))
}

fn gone() -> Problem {
    Problem::not_found("simulation").hint("It may have ended after half an hour; start it again.")
}

fn told(error: TalkError) -> Problem {
    let detail = error.to_string();
    match error {
        TalkError::NoSuchScript { .. } => Problem::invalid_field("/script", "unknown", detail),
        TalkError::NoSuchChoice { .. } => Problem::invalid_field("/choice", "out_of_range", detail),
        TalkError::NoCall => Problem::invalid_field("/hang_up", "no_call", detail),
        TalkError::NoPage => Problem::invalid_field("/page", "no_page", detail),
        TalkError::TooLong => Problem::invalid_field("/wait_seconds", "out_of_range", detail),
        _ => {
            tracing::error!("a simulation failed: {detail}");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "A fault of the server", detail)
        }
    }
}
