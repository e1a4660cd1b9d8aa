use std::time::Duration;

use countersign_egress::{EgressError, Origin};
use countersign_engine::Warning;
use countersign_model::{CallId, Name};
use countersign_script::program::Method;
use countersign_store::ConversationKey;

use crate::channel::SendError;
use crate::guard::Shut;
use crate::parts::Inner;
use crate::report::TurnReport;
use crate::secrets::NotBuilt;
use crate::token::TokenDiagnosis;

/// Is told of what the runner does: `chat --verbose`, the console, the tests of a bot. It must not block.
pub trait Observer: Send + Sync {
    /// Something has happened.
    fn notice(&self, conversation: &ConversationKey, notice: &Notice<'_>);
}

/// Looks at nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn notice(&self, _: &ConversationKey, _: &Notice<'_>) {}
}

/// What has happened. None of it holds a body, a token, an answer or an expanded URL.
#[derive(Debug)]
#[non_exhaustive]
pub enum Notice<'a> {
    /// A request is sent.
    CallStarted(&'a CallInfo),
    /// A request has ended.
    CallFinished {
        /// The request.
        call: &'a CallInfo,
        /// How it ended.
        result: CallResult<'a>,
        /// How long it took.
        took: Duration,
    },
    /// A request was not built, so nothing was sent.
    CallNotBuilt {
        /// The request.
        call: &'a CallInfo,
        /// Why.
        why: &'a NotBuilt,
    },
    /// The program was stopped while this request was on its way; it is not repeated, because nobody knows whether
    /// it was carried out.
    CallLost {
        /// The request.
        call: &'a CallInfo,
    },
    /// A token was found, sealed and kept.
    Acquired {
        /// The Authorization Token component.
        component: &'a Name,
        /// For how long it is good.
        lives: Duration,
        /// Whether it can be renewed without asking the user.
        refreshable: bool,
    },
    /// Something about the answer of an auth service that its author should know.
    Diagnosis {
        /// The Authorization Token component.
        component: &'a Name,
        /// What it is.
        diagnosis: &'a TokenDiagnosis,
    },
    /// The engine has something to tell the author.
    Warning(&'a Warning),
    /// Something that came in was put aside.
    Dropped(Dropped),
    /// A turn was computed and kept.
    TurnDone {
        /// What it did.
        report: &'a TurnReport,
        /// From its claim to the end of its commit.
        took: Duration,
        /// How long what it answers had waited before.
        waited: Duration,
    },
    /// The channel took a delivery.
    Delivered {
        /// How long the channel took.
        took: Duration,
        /// How long it had waited before, since the turn that made it.
        waited: Duration,
    },
    /// A delivery failed and is tried again.
    DeliveryLater {
        /// Why.
        why: &'a SendError,
        /// How long it waits.
        wait: Duration,
    },
    /// A delivery failed for good and was put aside for the operator.
    DeliveryFailed(&'a SendError),
    /// The provider tells that a message will not arrive which it had taken.
    NotArrived {
        /// The provider's code.
        code: Option<&'a str>,
    },
    /// A request was not made, because of the state of its server.
    CallShut {
        /// The request.
        call: &'a CallInfo,
        /// Why.
        why: Shut,
    },
    /// The last calls of a server failed, so it is left alone for a while.
    ServerRests {
        /// The server.
        origin: &'a Origin,
    },
    /// A server that was left alone answers again.
    ServerBack {
        /// The server.
        origin: &'a Origin,
    },
    /// A login was not made, because too many before it had failed, or the auth service has asked to wait.
    LoginPaused {
        /// The Authorization Token component.
        component: &'a Name,
        /// Whether it is the account name that was tried too often, and not the contact that tried too often.
        account: bool,
    },
    /// More than half of the logins of the last minutes failed: somebody may be trying passwords.
    ManyLoginsFail {
        /// The Authorization Token component.
        component: &'a Name,
        /// How many there were.
        logins: u32,
        /// How many of them failed.
        failures: u32,
    },
    /// A contact sends so much that the rest is left out for a few seconds. Told once in that time.
    Flood,
    /// A contact has said the same so often that it seems to be a bot which answers ours: what it says is left out for a
    /// while. Told once in that time.
    PingPong {
        /// For how long.
        mute: Duration,
    },
    /// A message of a new contact is left out, because its channel has had too many new contacts in this minute.
    ManyNewContacts {
        /// Whether it is the first one in this minute.
        first: bool,
    },
    /// The workspace has sent as much by SMS and WhatsApp as it may on this day in UTC; what more there is waits. Told once
    /// a day.
    PaidSendsUsedUp {
        /// How much that is.
        most: u32,
    },
}

/// A request, as the author wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallInfo {
    /// Its number in the session.
    pub call: CallId,
    /// What it is for.
    pub kind: CallKind,
    /// The component.
    pub component: Name,
    /// The method.
    pub method: Method,
    /// The URL with its placeholders, as the author wrote it.
    pub url: String,
    /// Which attempt it is, from 1.
    pub attempt: u32,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// A login.
    Login,
    /// The renewal of a token.
    Refresh,
    /// A Web Service.
    Service,
}

/// How a request ended.
#[derive(Clone, Copy, Debug)]
pub enum CallResult<'a> {
    /// With this status.
    Status(u16),
    /// Without an answer.
    Failed(&'a EgressError),
}

/// Why something that came in, or a session, was put aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Dropped {
    /// The channel is gone.
    #[error("a message was put aside, because its channel is not there any more")]
    NoChannel,
    /// It does not open.
    #[error(
        "a message was put aside, because its seal does not open: it waited too long, or its key is gone"
    )]
    Unopened,
    /// It opens, but it is not understood.
    #[error("a message was put aside, because another version of the program wrote it")]
    Unreadable,
    /// The session is not understood; the conversation begins anew.
    #[error(
        "a conversation begins anew, because its session was written by another version of the program or is damaged"
    )]
    Session,
    /// The version of the bot is gone; the conversation begins anew.
    #[error(
        "a conversation begins anew, because the version of the bot that it ran on is not there any more"
    )]
    Version,
    /// The engine did not take it.
    #[error("a message was put aside, because a call was under way that the store did not know of")]
    Busy,
}

impl Inner {
    /// Writes a notice to the log and tells the observer.
    pub(crate) fn tell(&self, conversation: &ConversationKey, notice: &Notice<'_>) {
        let (workspace, channel) = (conversation.workspace.as_str(), conversation.channel.as_str());
        match notice {
            Notice::CallStarted(call) => tracing::debug!(
                workspace,
                channel,
                component = call.component.as_str(),
                method = call.method.name(),
                url = call.url,
                attempt = call.attempt,
                "a request is sent"
            ),
            Notice::CallFinished { call, result, took } => {
                let (status, error) = match result {
                    CallResult::Status(status) => (Some(*status), None),
                    CallResult::Failed(error) => (None, Some(error.to_string())),
                };
                let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
                tracing::info!(
                    workspace,
                    channel,
                    component = call.component.as_str(),
                    method = call.method.name(),
                    url = call.url,
                    attempt = call.attempt,
                    status,
                    error,
                    ms,
                    "a request has ended"
                );
            }
            Notice::CallNotBuilt { call, why } => tracing::warn!(
                workspace, channel, component = call.component.as_str(), %why, "a request was not sent"
            ),
            Notice::CallLost { call } => tracing::warn!(
                workspace,
                channel,
                component = call.component.as_str(),
                "the program was stopped while a request was on its way; it is not repeated"
            ),
            Notice::Acquired { component, lives, refreshable } => {
                let (component, seconds) = (component.as_str(), lives.as_secs());
                tracing::info!(workspace, channel, component, seconds, refreshable, "a token is kept");
            }
            Notice::Diagnosis { component, diagnosis } => {
                tracing::warn!(workspace, channel, component = component.as_str(), %diagnosis, "an auth service's answer");
            }
            Notice::Warning(warning) => tracing::warn!(workspace, channel, %warning, "the bot"),
            Notice::Dropped(why) => tracing::error!(workspace, channel, "{why}"),
            // Metrics count these; a log line for each message would be too many.
            Notice::TurnDone { .. } | Notice::Delivered { .. } => {}
            Notice::DeliveryLater { why: why @ SendError::Account { .. }, .. } => {
                tracing::error!(workspace, channel, "{why}");
            }
            Notice::DeliveryLater { why, wait } => {
                let seconds = wait.as_secs();
                tracing::info!(workspace, channel, seconds, "{why}");
            }
            Notice::NotArrived { code } => {
                tracing::warn!(workspace, channel, code, "the provider tells that a message did not arrive");
            }
            Notice::CallShut { call, why } => tracing::info!(
                workspace,
                channel,
                component = call.component.as_str(),
                "a request was not made: {why}"
            ),
            Notice::ServerRests { origin } => tracing::error!(
                workspace, channel, %origin, "the last calls of a server failed; it is left alone for a while"
            ),
            Notice::ServerBack { origin } => {
                tracing::warn!(workspace, channel, %origin, "a server that was left alone answers again");
            }
            Notice::LoginPaused { component, account } => tracing::warn!(
                workspace,
                channel,
                component = component.as_str(),
                account,
                "a login was not made, because too many failed before it or the auth service asks to wait"
            ),
            Notice::ManyLoginsFail { component, logins, failures } => tracing::error!(
                workspace,
                channel,
                component = component.as_str(),
                logins,
                failures,
                "more than half of the logins of the last minutes failed; somebody may be trying passwords"
            ),
            Notice::Flood => tracing::warn!(
                workspace,
                channel,
                "a contact sends too much; the rest is left out for a few seconds"
            ),
            Notice::PingPong { mute } => tracing::warn!(
                workspace,
                channel,
                seconds = mute.as_secs(),
                "a contact says the same again and again, as a bot does that answers a bot; it is left out for a while"
            ),
            Notice::ManyNewContacts { first: true } => tracing::error!(
                workspace,
                channel,
                "there are more new contacts in this minute than `limits.new_contacts_per_minute` allows; messages of \
                 the others are left out"
            ),
            Notice::ManyNewContacts { first: false } => {}
            Notice::PaidSendsUsedUp { most } => tracing::error!(
                workspace,
                most,
                "as many messages were sent today by SMS and WhatsApp as `limits.paid_sends_per_day` allows; the others \
                 wait until midnight UTC, and are put aside after 24 hours"
            ),
            Notice::DeliveryFailed(why) => tracing::error!(workspace, channel, "{why}"),
        }
        self.observer.notice(conversation, notice);
    }
}
