//! A server as a whole: opened from a configuration, run until it is told to stop.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use countersign_api::register_older;
use countersign_egress::{Allow, Client, Policy, SystemResolver, Transport, Trust};
use countersign_runner::{
    Clock, Limits as RunnerLimits, Observer, Parts, Random, Registry, Runner, Sleeper, Workers, open_keys,
};
use countersign_vault::KeyRing;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::app::{App, Channels};
use crate::bots::{Desk, Loaded, Refused};
use crate::chat;
use crate::config::{ChannelSide, Config, Limits};
use crate::console::{Console, ConsoleDesk, Shelf};
use crate::front::{Front, Status, status_only};
use crate::hooks::{Hooks, Seldom};
use crate::keys;
use crate::lines::Opener;
use crate::listener::{self, Bounds};
use crate::reload::{KeyWatch, Reload};
use crate::start_error::StartError;
use crate::statistics::{Both, Counting, Statistics};
use crate::store;
use crate::telemetry::{self, Collector, Metrics, Pulse, Span, Tracer, Watcher};
use crate::voice::Patience;

/// What a server takes from the world around it, so that a test can put something else in its place.
pub struct Seams {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random numbers, never for keys.
    pub random: Arc<dyn Random>,
    /// Waits.
    pub sleeper: Arc<dyn Sleeper>,
    /// The way to auth services, APIs and providers; the network when `None`.
    pub transport: Option<Arc<dyn Transport>>,
}

/// A server that listens and does not answer yet.
pub struct Server {
    app: Arc<App>,
    address: SocketAddr,
    socket: TcpListener,
    status_socket: Option<TcpListener>,
    front: Arc<Front>,
    bounds: Bounds,
    limits: Limits,
    metrics: Arc<Metrics>,
    pulse: Arc<Pulse>,
    reload: Arc<Reload>,
    statistics: Arc<Statistics>,
    key_watch: KeyWatch,
    collector: Option<(Collector, tokio::sync::mpsc::Receiver<Span>)>,
    refused: Vec<Refused>,
}

impl Server {
    /// Opens everything that a configuration names. From then on connections wait in the queue of the socket.
    ///
    /// # Errors
    /// [`StartError`], with what to do about it. A bot file with errors is one only when no version of the bot was in
    /// service before.
    pub async fn open(mut config: Config, seams: Seams) -> Result<Self, StartError> {
        let Seams { clock, random, sleeper, transport } = seams;
        let (socket, address) = listen("listen", config.listen).await?;
        let status_socket = match config.metrics.listen {
            Some(wanted) => Some(listen("metrics.listen", wanted).await?),
            None => None,
        };
        let public_url = match config.public_url.take() {
            Some(url) => url,
            None => Url::parse(&format!("http://{address}")).map_err(|_| StartError::PublicUrl)?,
        };
        let base = public_url.as_str().trim_end_matches('/').to_owned();
        let own: Vec<_> = std::iter::once(address).chain(status_socket.as_ref().map(|(_, at)| *at)).collect();

        let store = store::open(&config.store)?;
        let is_needed = !store.data_keys().await?.is_empty();
        let masters = keys::masters(&config.keys, is_needed)?;
        let ring = open_keys(store.as_ref(), masters, [&config.workspace]).await?;

        let metrics = Arc::new(Metrics::new(config.channels.iter().map(|channel| &channel.id)));
        let authorities = authorities(config.authorities.as_deref())?;
        let way = match transport {
            Some(transport) => Way::Given(transport),
            None => Way::Network(Box::new(Trust::with_authorities(&authorities)?)),
        };
        let doors = Doors { allow: &config.allow, own: &own, way };
        let (of_bots, bots_policy) = doors.open(Vec::new())?;
        let (of_providers, policy) = doors.open(named(&config))?;
        let (tracer, collector) = match config.otlp.take() {
            None => (Tracer::none(), None),
            Some(otlp) => {
                let entry = host_of(&otlp.endpoint).ok_or(StartError::Collector)?;
                let (transport, policy) = doors.open(vec![entry])?;
                let (tracer, spans) = Tracer::new(otlp.one_in, random.clone(), metrics.clone());
                let collector = Collector::new(
                    &otlp.endpoint,
                    otlp.authorization,
                    transport,
                    policy,
                    random.clone(),
                    metrics.clone(),
                );
                (tracer, Some((collector.ok_or(StartError::Collector)?, spans)))
            }
        };

        let registry = Arc::new(Registry::new());
        for (name, value) in &config.secrets {
            registry.put_secret(&config.workspace, name, value.duplicate());
        }
        let desk = Desk::of(&config);
        let channels = std::mem::take(&mut config.channels);
        let opener = Opener { base: base.clone(), transport: of_providers.clone(), policy: policy.clone() };
        let lines = opener.all(channels, &config.workspace)?;
        let loaded = desk.load(store.as_ref(), clock.now()).await?;
        let is_idle = lines.is_empty() && !loaded.has_bots && !loaded.refused.is_empty();
        if !loaded.without.is_empty() || is_idle {
            return Err(StartError::Bots { refused: loaded.refused, without: loaded.without });
        }
        tell(&loaded);
        metrics.bots_refused(loaded.refused.len());
        register_older(&registry, &config.workspace, loaded.stored, &loaded.secrets);

        let watcher = Watcher::new(metrics.clone(), tracer.clone(), clock.clone());
        let statistics = Arc::new(Statistics::default());
        // Nobody looks at numbers without a console.
        let shelf = config.console.enabled.then(|| Shelf::of(&config));
        let observer: Arc<dyn Observer> = match shelf.is_some() {
            true => Arc::new(Both(watcher, Counting::new(&statistics, &registry, &clock))),
            false => Arc::new(watcher),
        };
        let parts = Parts {
            store: store.clone(),
            keys: ring.clone(),
            transport: of_bots.clone(),
            policy: bots_policy.clone(),
            registry,
            clock: clock.clone(),
            sleeper: sleeper.clone(),
            random: random.clone(),
            observer,
        };
        let runner = Runner::with_limits(parts, runner_limits(&config));
        let app = Arc::new(App {
            runner,
            workspace: config.workspace.clone(),
            public_url: public_url.clone(),
            channels: Channels::new(lines),
            transport: of_providers,
            policy,
            clock,
            random,
            sleeper,
            patience: Patience::default(),
        });
        for (id, bot) in loaded.by_channel {
            if let Some(line) = app.channels.get(&id) {
                app.serve(&line, bot);
            }
        }
        let pulse = Arc::new(Pulse::default());
        let status = Status {
            metrics: metrics.clone(),
            pulse: pulse.clone(),
            enabled: config.metrics.enabled,
            token: config.metrics.token.take().map(Arc::new),
        };
        let console = match shelf {
            Some(shelf) => {
                let desk = ConsoleDesk {
                    app: app.clone(),
                    store: store.clone(),
                    keys: ring.clone(),
                    transport: of_bots,
                    policy: bots_policy,
                    opener,
                    statistics: statistics.clone(),
                    shelf,
                };
                Some(Console::open(desk, &mut config.secrets).await?)
            }
            None => None,
        };
        let front = Front {
            hooks: Hooks {
                app: app.clone(),
                metrics: metrics.clone(),
                tracer,
                statistics: statistics.clone(),
                pulse: pulse.clone(),
                body: config.limits.webhook_body,
                body_time: config.limits.body_timeout,
                base,
                unsigned: Seldom::default(),
            },
            chat: chat::router(app.clone()),
            console,
            status,
            trusted: config.trusted_proxies.clone(),
            is_https: public_url.scheme() == "https",
        };
        let reload = Arc::new(Reload::new(desk, app.clone(), metrics.clone()));
        Ok(Self {
            key_watch: KeyWatch::new(ring, config.keys.clone()),
            bounds: bounds(&config),
            limits: config.limits,
            front: Arc::new(front),
            refused: loaded.refused,
            status_socket: status_socket.map(|(socket, _)| socket),
            app,
            address,
            socket,
            metrics,
            pulse,
            reload,
            statistics,
            collector,
        })
    }

    /// Where it listens: what the system chose when the configuration says port 0.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// What every part of it works with.
    pub fn app(&self) -> Arc<App> {
        self.app.clone()
    }

    /// Bot files that were not taken; the version before is in service.
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// Reads the bot files again while the server runs.
    pub fn reload(&self) -> Arc<Reload> {
        self.reload.clone()
    }

    /// Whether it is well.
    #[cfg(test)]
    pub(crate) fn pulse(&self) -> Arc<Pulse> {
        self.pulse.clone()
    }

    /// Answers until `stop`. Then nothing new is taken, and what was begun has the time of `limits.stop_timeout` to
    /// end. What did not end is taken up at the next start.
    pub async fn run(self, stop: CancellationToken) {
        let Self { app, socket, status_socket, front, bounds, limits, metrics, pulse, key_watch, .. } = self;
        let statistics = self.statistics;
        let mut tasks = JoinSet::new();
        // Workers and the look after the store end after the last webhook was answered.
        let after = CancellationToken::new();
        let time = limits.stop_timeout;
        let workers = Workers { grace: limits.stop_timeout, ..limits.workers };
        tasks.spawn({
            let (runner, stop, pulse) = (app.runner.clone(), after.clone(), pulse.clone());
            async move {
                runner.work(workers, stop).await;
                pulse.workers_ended();
            }
        });
        tasks.spawn({
            let (app, metrics, stop) = (app.clone(), metrics.clone(), after.clone());
            async move {
                let store = app.runner.store();
                telemetry::pulse(&pulse, store, app.clock.as_ref(), &limits, &metrics, stop).await;
            }
        });
        tasks.spawn({
            let (app, stop) = (app.clone(), after.clone());
            async move { key_watch.run(app.runner.store(), stop).await }
        });
        if let Some(api) = front.console.as_ref().and_then(Console::api) {
            tasks.spawn(statistics.run(api.clone(), after.clone()));
            let stop = stop.clone();
            tasks.spawn(async move {
                stop.cancelled().await;
                // The streams of open consoles have no end of their own.
                api.events.stop();
            });
        }
        if let Some((collector, spans)) = self.collector {
            tasks.spawn(collector.run(spans, after.clone()));
        }
        if let Some(socket) = status_socket {
            let status = front.status.clone();
            let handler = move |request, peer| {
                let status = status.clone();
                async move { status_only(&status, &request, peer) }
            };
            tasks.spawn(listener::serve(socket, bounds.clone(), metrics.clone(), handler, after.clone()));
        }
        let handler = move |request, peer| {
            let front = front.clone();
            async move { front.answer(request, peer).await }
        };
        let all = async {
            listener::serve(socket, bounds, metrics, handler, stop.clone()).await;
            after.cancel();
            while tasks.join_next().await.is_some() {}
        };
        let too_late = async {
            stop.cancelled().await;
            tokio::time::sleep(time).await;
        };
        tokio::select! {
            () = all => {}
            // What is dropped here is taken up at the next start.
            () = too_late => tracing::warn!("the server was stopped before all that ran had ended"),
        }
    }
}

async fn listen(setting: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { setting, address, source };
    let socket = TcpListener::bind(address).await.map_err(failed)?;
    let address = socket.local_addr().map_err(failed)?;
    Ok((socket, address))
}

fn authorities(path: Option<&Path>) -> Result<Vec<u8>, StartError> {
    let Some(path) = path else { return Ok(Vec::new()) };
    std::fs::read(path).map_err(|source| StartError::Authorities { path: path.to_owned(), source })
}

/// Makes ways to the network, each with what may be called on it.
struct Doors<'a> {
    allow: &'a [Allow],
    own: &'a [SocketAddr],
    way: Way,
}

enum Way {
    Network(Box<Trust>),
    /// What a test puts in the place of the network.
    Given(Arc<dyn Transport>),
}

impl Doors<'_> {
    fn open(&self, more: Vec<Allow>) -> Result<(Arc<dyn Transport>, Arc<Policy>), StartError> {
        let allow = self.allow.iter().cloned().chain(more).collect();
        let policy = Policy { allow, own: self.own.to_vec(), ..Policy::default() };
        let transport: Arc<dyn Transport> = match &self.way {
            Way::Given(transport) => transport.clone(),
            Way::Network(trust) => {
                Arc::new(Client::with_trust(policy.clone(), SystemResolver, Trust::clone(trust))?)
            }
        };
        Ok((transport, Arc::new(policy)))
    }
}

/// Addresses of providers that the operator wrote into the settings of channels. Bots may not call them for that.
fn named(config: &Config) -> Vec<Allow> {
    let of_channel = config.channels.iter().filter_map(|channel| match &channel.side {
        ChannelSide::Provider { allow, .. } => Some(allow),
        ChannelSide::Chat(_) => None,
    });
    of_channel.flatten().cloned().collect()
}

fn host_of(url: &Url) -> Option<Allow> {
    format!("{}://{}:{}", url.scheme(), url.host_str()?, url.port_or_known_default()?).parse().ok()
}

fn runner_limits(config: &Config) -> RunnerLimits {
    RunnerLimits {
        flood: config.limits.flood,
        pingpong: config.limits.pingpong,
        new_contacts_per_minute: config.limits.new_contacts_per_minute,
        paid_sends_per_day: config.limits.paid_sends_per_day,
        breaking: config.limits.breaking,
        bulkhead: config.limits.bulkhead,
        logins: config.logins.clone(),
        retention: config.retention,
        ..RunnerLimits::default()
    }
}

fn bounds(config: &Config) -> Bounds {
    let limits = &config.limits;
    Bounds {
        header: limits.header_timeout,
        write: limits.body_timeout,
        idle: limits.idle_timeout,
        // The rest of the time is for turns and calls.
        stop: limits.stop_timeout * 3 / 4,
        connections: limits.connections,
        per_peer: limits.connections_per_peer,
        uncounted: config.trusted_proxies.clone(),
    }
}

/// What the operator is to know of the bot files.
pub(crate) fn tell(loaded: &Loaded) {
    for refused in &loaded.refused {
        tracing::error!("{refused}");
    }
    for waiting in &loaded.waiting {
        tracing::warn!("{waiting}");
    }
    for bot in &loaded.published {
        tracing::info!(bot = bot.as_str(), "a new version of a bot is in service");
    }
}

/// The ring of keys, shared with the runner.
pub(crate) type Ring = Arc<RwLock<KeyRing>>;

/// Puts another ring in the place of the one that is in use.
pub(crate) fn replace(ring: &Ring, with: KeyRing) {
    *ring.write().unwrap_or_else(PoisonError::into_inner) = with;
}
