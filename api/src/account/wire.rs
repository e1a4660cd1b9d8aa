use countersign_accounts::{Language, Session, SessionSummary, SessionView, Theme};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::{SecretField, rfc3339};

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionDocument {
    account: AccountDocument,
    /// Where they are a member.
    workspaces: Vec<MembershipDocument>,
    /// What writes send along as `x-csrf-token`.
    csrf: String,
    /// The session ends then if nothing comes before.
    idle_ends_at: String,
    /// The session ends then.
    ends_at: String,
    /// Until then no further proof of who they are is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    stepped_up_until: Option<String>,
}

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
pub(crate) struct AccountDocument {
    id: String,
    name: String,
    email: String,
    /// `en` or `es`.
    language: LanguageWord,
    theme: ThemeWord,
    /// Whether they may make workspaces.
    administrator: bool,
    /// Whether they have an authenticator app.
    totp: bool,
    /// How many passkeys they have.
    passkeys: usize,
    recovery_codes_left: usize,
}

/// What somebody is in a workspace.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Membership)]
pub(crate) struct MembershipDocument {
    id: String,
    name: String,
    #[schema(value_type = RoleWord)]
    role: countersign_accounts::Role,
    permissions: Vec<String>,
}

/// A role in a workspace.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Role)]
pub(crate) enum RoleWord {
    Owner,
    Admin,
    Editor,
    CredentialManager,
    Agent,
    Viewer,
    Auditor,
}

impl From<RoleWord> for countersign_accounts::Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Owner => Self::Owner,
            RoleWord::Admin => Self::Admin,
            RoleWord::Editor => Self::Editor,
            RoleWord::CredentialManager => Self::CredentialManager,
            RoleWord::Agent => Self::Agent,
            RoleWord::Viewer => Self::Viewer,
            RoleWord::Auditor => Self::Auditor,
        }
    }
}

/// A language of the console.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Language)]
pub(crate) enum LanguageWord {
    En,
    Es,
}

/// Colours of the console.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Theme)]
pub(crate) enum ThemeWord {
    System,
    Light,
    Dark,
}

impl From<Language> for LanguageWord {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Es => Self::Es,
        }
    }
}

impl From<LanguageWord> for Language {
    fn from(word: LanguageWord) -> Self {
        match word {
            LanguageWord::En => Self::En,
            LanguageWord::Es => Self::Es,
        }
    }
}

impl From<Theme> for ThemeWord {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::System => Self::System,
            Theme::Light => Self::Light,
            Theme::Dark => Self::Dark,
        }
    }
}

impl From<ThemeWord> for Theme {
    fn from(word: ThemeWord) -> Self {
        match word {
            ThemeWord::System => Self::System,
            ThemeWord::Light => Self::Light,
            ThemeWord::Dark => Self::Dark,
        }
    }
}

impl SessionDocument {
    pub(crate) fn new(session: &Session, view: SessionView) -> Self {
        let membership = |workspace: countersign_accounts::WorkspaceView| MembershipDocument {
            id: workspace.id.to_string(),
            name: workspace.name,
            role: workspace.role,
            permissions: workspace.permissions.iter().map(|permission| permission.to_string()).collect(),
        };
        Self {
            account: AccountDocument {
                id: view.account.to_string(),
                name: view.name,
                email: view.email,
                language: view.language.into(),
                theme: view.theme.into(),
                administrator: view.administrator,
                totp: view.totp,
                passkeys: view.passkeys,
                recovery_codes_left: view.recovery_codes_left,
            },
            workspaces: view.workspaces.into_iter().map(membership).collect(),
            csrf: session.csrf.expose().to_owned(),
            idle_ends_at: rfc3339(session.idle_ends_at),
            ends_at: rfc3339(session.ends_at),
            stepped_up_until: session.stepped_up_until.map(rfc3339),
        }
    }
}

/// Whether the first administrator is still missing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetupState {
    pub(crate) needed: bool,
}

/// The first administrator.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetUp {
    /// The token that was printed when the server was started.
    pub(crate) token: SecretField,
    #[schema(value_type = crate::http::words::Title)]
    pub(crate) name: String,
    #[schema(value_type = crate::http::words::Email)]
    pub(crate) email: String,
    /// At least 15 characters, or 8 with a second factor.
    pub(crate) password: SecretField,
}

/// E-mail and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    pub(crate) email: String,
    pub(crate) password: SecretField,
}

/// A second factor is needed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecondFactorNeeded {
    /// `totp`, `passkey`, `recovery`.
    pub(crate) second_factor: Vec<String>,
    /// Goes along with the second factor.
    pub(crate) pending: String,
}

/// What signing in gives.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum SignInAnswer {
    /// A session.
    #[expect(
        dead_code,
        reason = "for the description of the API; a session is answered together with its cookie"
    )]
    Session(Box<SessionDocument>),
    /// A second factor is needed.
    SecondFactor(SecondFactorNeeded),
}

/// A code of an authenticator app, or a recovery code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondFactor {
    pub(crate) pending: SecretField,
    pub(crate) code: SecretField,
}

/// One of both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepUpBody {
    pub(crate) password: Option<SecretField>,
    pub(crate) code: Option<SecretField>,
}

/// What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfileBody {
    #[schema(value_type = Option<crate::http::words::Title>)]
    pub(crate) name: Option<String>,
    pub(crate) language: Option<LanguageWord>,
    pub(crate) theme: Option<ThemeWord>,
}

/// The password as it is and as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordBody {
    pub(crate) current: SecretField,
    pub(crate) new: SecretField,
}

/// An e-mail address to sign in with from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmailBody {
    #[schema(value_type = crate::http::words::Email)]
    pub(crate) email: String,
}

/// What an authenticator app takes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TotpOffer)]
pub(crate) struct TotpOfferDocument {
    /// `otpauth://…`.
    pub(crate) uri: String,
    /// To type in by hand.
    pub(crate) secret: String,
    /// To scan, as SVG.
    pub(crate) qr_svg: String,
}

/// The code that the app shows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeBody {
    pub(crate) code: SecretField,
}

/// Each can be used once, in the place of a second factor. They are shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    pub(crate) recovery_codes: Vec<String>,
}

/// A session of the account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionSummary)]
pub(crate) struct SessionSummaryDocument {
    id: String,
    /// Whether it is the one that asks.
    current: bool,
    created_at: String,
    last_used_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
    user_agent: String,
}

impl From<SessionSummary> for SessionSummaryDocument {
    fn from(summary: SessionSummary) -> Self {
        Self {
            id: summary.id.to_string(),
            current: summary.current,
            created_at: rfc3339(summary.created_at),
            last_used_at: rfc3339(summary.last_used_at),
            ip: summary.ip,
            user_agent: summary.user_agent,
        }
    }
}

/// Where an invitation leads.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitationView)]
pub(crate) struct InvitationViewDocument {
    pub(crate) workspace_name: String,
    pub(crate) email: String,
    #[schema(value_type = RoleWord)]
    pub(crate) role: countersign_accounts::Role,
    /// Whether there is an account with that address: then sign in first and accept without a name and a password.
    pub(crate) has_account: bool,
}

/// Who accepts: a new person gives both, and who is signed in neither.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptBody {
    #[schema(value_type = Option<crate::http::words::Title>)]
    pub(crate) name: Option<String>,
    pub(crate) password: Option<SecretField>,
}

/// A new workspace.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWorkspace {
    /// `a` to `z`, digits and `-`, a letter first. It cannot be changed later.
    #[schema(pattern = "^[a-z][a-z0-9-]*$", min_length = 1, max_length = 64)]
    pub(crate) id: String,
    #[schema(value_type = crate::http::words::Title)]
    pub(crate) name: String,
}

/// A workspace.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Workspace)]
pub(crate) struct WorkspaceDocument {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created_at: String,
}
