//! The console: its pages and its API, and what they ask of the server.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::response::IntoResponse as _;
use countersign_accounts::{Accounts, MEMORY_KIB, Parts as AccountParts, PublicOrigin};
use countersign_api::{
    Api, AttachError, AttachedChannel, ChannelHealth, Host, NewChannel, Parts, open_channels, open_secrets,
    pages, router,
};
use countersign_channels::Setting;
use countersign_egress::{Policy, Transport};
use countersign_model::{Name, SecretText};
use countersign_runner::Store;
use countersign_script::Runnable;
use http::{StatusCode, header};
use url::Url;

use crate::app::{App, Line};
use crate::bots::may_answer;
use crate::chat;
use crate::config::{ChannelSide, Config};
use crate::lines::Opener;
use crate::server::Ring;
use crate::start_error::StartError;
use crate::statistics::Statistics;

/// What answers people in a browser.
pub(crate) struct Console {
    router: Router,
    api: Option<Arc<Api>>,
}

/// What a console is made of.
pub(crate) struct ConsoleDesk {
    pub(crate) app: Arc<App>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keys: Ring,
    /// The way of bots.
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) opener: Opener,
    pub(crate) statistics: Arc<Statistics>,
    pub(crate) shelf: Shelf,
}

impl Console {
    /// Whether an address belongs to it.
    pub(crate) fn has(path: &str) -> bool {
        path == "/" || path == "/console" || path.starts_with("/console/") || path.starts_with("/api/")
    }

    pub(crate) fn router(&self) -> &Router {
        &self.router
    }

    /// Its API, when it is on.
    pub(crate) fn api(&self) -> Option<Arc<Api>> {
        self.api.clone()
    }

    /// Opens the accounts and the workspaces of the console. Where nobody has an account yet, the log tells with which
    /// token the first one is made.
    pub(crate) async fn open(
        desk: ConsoleDesk,
        secrets: &mut BTreeMap<String, SecretText>,
    ) -> Result<Self, StartError> {
        let ConsoleDesk { app, store, keys, transport, policy, opener, statistics, shelf } = desk;
        let now = app.clock.now();
        let origin: PublicOrigin = match app.public_url.as_str().parse() {
            Ok(origin) => origin,
            Err(error) => return Ok(Self { router: refused(&format!("{error}")), api: None }),
        };
        let parts = AccountParts {
            store: store.clone(),
            keys: keys.clone(),
            origin,
            password_memory_kib: MEMORY_KIB,
        };
        let accounts = Arc::new(Accounts::open(parts, now).await?);
        accounts.ensure_workspace(&app.workspace, app.workspace.as_str(), now).await?;
        let workspaces: Vec<_> =
            accounts.workspaces(now).await?.into_iter().map(|workspace| workspace.id).collect();
        let hosting = Hosting {
            app: app.clone(),
            opener,
            statistics,
            constants: shelf.constants.into_iter().collect(),
            names: shelf.secrets,
            secrets: std::mem::take(secrets),
            demo: shelf.demo,
        };
        let api = Api::new(Parts {
            store,
            accounts: accounts.clone(),
            runner: app.runner.clone(),
            keys,
            transport,
            policy,
            clock: app.clock.clone(),
            random: app.random.clone(),
            host: Arc::new(hosting),
        });
        for workspace in &workspaces {
            open_secrets(&api, workspace).await?;
            open_channels(&api, workspace).await?;
        }
        if let Some(token) = accounts.setup_token(now).await? {
            tell(&app.public_url, &token);
        }
        Ok(Self { router: router(api.clone()).fallback_service(pages()), api: Some(api) })
    }
}

/// Whoever reads the log of the server may make the first account.
fn tell(public_url: &Url, token: &SecretText) {
    let base = public_url.as_str().trim_end_matches('/');
    tracing::warn!(
        "nobody has an account for the console yet: open {base}/console/setup and give this token: {}",
        token.expose()
    );
}

/// In the place of a console that cannot be used: in words why, and what to do.
fn refused(why: &str) -> Router {
    tracing::warn!("the console is off: {why}; set `public_url`, or `console.enabled = false`");
    let text = format!(
        "The console is off: {why}.\nSet `public_url` in the configuration of the server, and start it again.\n"
    );
    Router::new().fallback(async move || {
        let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        (StatusCode::FORBIDDEN, kind, text.clone()).into_response()
    })
}

/// What the console is told of the configuration.
pub(crate) struct Shelf {
    constants: BTreeMap<String, String>,
    secrets: Vec<String>,
    demo: Option<serde_json::Value>,
}

impl Shelf {
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            constants: config.constants.clone(),
            secrets: config.secrets.keys().cloned().collect(),
            demo: config.demo.clone(),
        }
    }
}

/// What the API asks of the server.
struct Hosting {
    app: Arc<App>,
    opener: Opener,
    statistics: Arc<Statistics>,
    constants: Vec<(String, String)>,
    names: Vec<String>,
    secrets: BTreeMap<String, SecretText>,
    demo: Option<serde_json::Value>,
}

#[async_trait]
impl Host for Hosting {
    fn public_url(&self) -> &Url {
        &self.app.public_url
    }

    fn workspace(&self) -> &Name {
        &self.app.workspace
    }

    fn channels(&self) -> Vec<AttachedChannel> {
        let shown = |line: Arc<Line>| AttachedChannel {
            bot: self.app.bot_of(&line),
            workspace: line.workspace.clone(),
            id: line.id.clone(),
            kind: line.kind,
            name: line.id.to_string(),
            provider: line.kind.name().to_owned(),
            in_file: line.in_file,
        };
        let mut all: Vec<_> = self.app.channels.all().into_iter().map(shown).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    fn demo(&self) -> Option<serde_json::Value> {
        self.demo.clone()
    }

    fn constants(&self) -> &[(String, String)] {
        &self.constants
    }

    fn secrets(&self) -> &[String] {
        &self.names
    }

    fn restore_secret(&self, workspace: &Name, name: &str) {
        if let Some(secret) = self.secrets.get(name).filter(|_| *workspace == self.app.workspace) {
            self.app.runner.registry().put_secret(workspace, name, secret.duplicate());
        }
    }

    fn chat_settings(&self) -> &'static [Setting] {
        chat::SETTINGS
    }

    fn health(&self, workspace: &Name, channel: &Name) -> ChannelHealth {
        self.statistics.healths.of(workspace, channel)
    }

    async fn attach(&self, channel: NewChannel) -> Result<(), AttachError> {
        let NewChannel { workspace, id, kind, provider, settings, bot } = channel;
        let there = self.app.channels.get(&id);
        if there.is_some_and(|there| there.in_file || there.workspace != workspace) {
            return Err(AttachError::Taken(id));
        }
        let side = match provider {
            Some(provider) => ChannelSide::Provider { provider, settings, allow: Vec::new() },
            None => ChannelSide::Chat(chat::open(&settings)?),
        };
        let line = self.opener.open(workspace, id, kind, side)?;
        self.app.serve(&line, bot);
        self.app.channels.put(line);
        Ok(())
    }

    async fn detach(&self, workspace: &Name, id: &Name) -> bool {
        let there = self.app.channels.get(id);
        let is_there = there.is_some_and(|there| !there.in_file && there.workspace == *workspace);
        if is_there {
            self.app.channels.remove(id);
            self.app.runner.registry().remove_channel(workspace, id);
        }
        is_there
    }

    fn publish(&self, workspace: &Name, bot: &Runnable) -> usize {
        let lines = self.app.channels.all();
        let of_bot = lines.iter().filter(|line| {
            line.workspace == *workspace
                && self.app.bot_of(line).as_ref() == Some(&bot.bot)
                && may_answer(bot, line.kind)
        });
        of_bot.map(|line| self.app.serve(line, bot.clone())).count()
    }
}
