use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What somebody may do in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Permission {
    /// See bots, drafts and versions.
    BotRead,
    /// Change drafts, make and delete bots.
    BotEdit,
    /// Publish and roll back.
    BotPublish,
    /// Change Authorization Tokens: their URLs, and where tokens may be sent to.
    CredentialEdit,
    /// Try a component against the real service.
    Try,
    /// Talk to a draft in the simulator.
    Simulate,
    /// See channels and their health.
    ChannelRead,
    /// Connect and change channels.
    ChannelEdit,
    /// Read conversations, with addresses of contacts.
    ConversationRead,
    /// Take a conversation over and answer.
    ConversationReply,
    /// Get everything that is kept of a contact.
    ContactExport,
    /// Erase a contact.
    ContactErase,
    /// See who is logged in, never a token.
    TokenRead,
    /// End logins.
    TokenRevoke,
    /// See numbers.
    AnalyticsRead,
    /// See members and invitations.
    MemberRead,
    /// Invite, remove, change roles.
    MemberEdit,
    /// Make and end API keys.
    KeyEdit,
    /// Set and remove secrets. Nobody can read one.
    SecretEdit,
    /// Set and remove constants.
    ConstantEdit,
    /// Read the audit log.
    AuditRead,
    /// Change the workspace itself.
    WorkspaceEdit,
}

use Permission as P;

impl Permission {
    /// All of them.
    pub const ALL: [Self; 22] = [
        P::BotRead,
        P::BotEdit,
        P::BotPublish,
        P::CredentialEdit,
        P::Try,
        P::Simulate,
        P::ChannelRead,
        P::ChannelEdit,
        P::ConversationRead,
        P::ConversationReply,
        P::ContactExport,
        P::ContactErase,
        P::TokenRead,
        P::TokenRevoke,
        P::AnalyticsRead,
        P::MemberRead,
        P::MemberEdit,
        P::KeyEdit,
        P::SecretEdit,
        P::ConstantEdit,
        P::AuditRead,
        P::WorkspaceEdit,
    ];

    /// As the API writes it: `bot.read`.
    pub const fn as_str(self) -> &'static str {
        match self {
            P::BotRead => "bot.read",
            P::BotEdit => "bot.edit",
            P::BotPublish => "bot.publish",
            P::CredentialEdit => "credential.edit",
            P::Try => "try",
            P::Simulate => "simulate",
            P::ChannelRead => "channel.read",
            P::ChannelEdit => "channel.edit",
            P::ConversationRead => "conversation.read",
            P::ConversationReply => "conversation.reply",
            P::ContactExport => "contact.export",
            P::ContactErase => "contact.erase",
            P::TokenRead => "token.read",
            P::TokenRevoke => "token.revoke",
            P::AnalyticsRead => "analytics.read",
            P::MemberRead => "member.read",
            P::MemberEdit => "member.edit",
            P::KeyEdit => "key.edit",
            P::SecretEdit => "secret.edit",
            P::ConstantEdit => "constant.edit",
            P::AuditRead => "audit.read",
            P::WorkspaceEdit => "workspace.edit",
        }
    }

    /// Whether an API key may have it. Who may sign in is decided by people only.
    pub const fn for_keys(self) -> bool {
        !matches!(self, P::MemberEdit | P::KeyEdit | P::WorkspaceEdit)
    }
}

/// What somebody is in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything. A workspace has at least one.
    Owner,
    /// Runs the workspace, and may not change where users' passwords go.
    Admin,
    /// Builds and publishes bots.
    Editor,
    /// Builds and publishes bots, and decides where users' passwords and tokens go.
    CredentialManager,
    /// Talks to users.
    Agent,
    /// Looks.
    Viewer,
    /// Looks at who did what.
    Auditor,
}

impl Role {
    /// All of them, the mightiest first.
    pub const ALL: [Self; 7] = [
        Self::Owner,
        Self::Admin,
        Self::Editor,
        Self::CredentialManager,
        Self::Agent,
        Self::Viewer,
        Self::Auditor,
    ];

    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::CredentialManager => "credential_manager",
            Self::Agent => "agent",
            Self::Viewer => "viewer",
            Self::Auditor => "auditor",
        }
    }

    /// What it may do: the one table of roles and permissions.
    ///
    /// Only the owner and the credential manager may change where passwords and tokens go (`credential.edit`), so an
    /// admin cannot make somebody a credential manager either.
    pub fn permissions(self) -> Permissions {
        let list: &[P] = match self {
            Self::Owner => &P::ALL,
            Self::Admin => &[
                P::BotRead,
                P::BotEdit,
                P::BotPublish,
                P::Try,
                P::Simulate,
                P::ChannelRead,
                P::ChannelEdit,
                P::ConversationRead,
                P::ConversationReply,
                P::ContactExport,
                P::ContactErase,
                P::TokenRead,
                P::TokenRevoke,
                P::AnalyticsRead,
                P::MemberRead,
                P::MemberEdit,
                P::KeyEdit,
                P::SecretEdit,
                P::ConstantEdit,
                P::AuditRead,
            ],
            Self::Editor => &[
                P::BotRead,
                P::BotEdit,
                P::BotPublish,
                P::Try,
                P::Simulate,
                P::ChannelRead,
                P::AnalyticsRead,
                P::ConstantEdit,
            ],
            Self::CredentialManager => &[
                P::BotRead,
                P::BotEdit,
                P::BotPublish,
                P::CredentialEdit,
                P::Try,
                P::Simulate,
                P::ChannelRead,
                P::TokenRead,
                P::TokenRevoke,
                P::AnalyticsRead,
                P::SecretEdit,
                P::ConstantEdit,
            ],
            Self::Agent => &[P::BotRead, P::ChannelRead, P::ConversationRead, P::ConversationReply],
            Self::Viewer => &[P::BotRead, P::ChannelRead, P::AnalyticsRead],
            Self::Auditor => {
                &[P::BotRead, P::ChannelRead, P::TokenRead, P::AnalyticsRead, P::MemberRead, P::AuditRead]
            }
        };
        list.iter().copied().collect()
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Permissions(u32);

impl Permissions {
    /// Whether it is in it.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    /// Whether all of `other` are in it.
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Those that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those of it, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |set, permission| set | 1 << permission as u8))
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(P::as_str)).finish()
    }
}

/// No permission or role has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of those that there are")]
pub struct UnknownName(pub String);

impl FromStr for Permission {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        P::ALL
            .into_iter()
            .find(|permission| permission.as_str() == text)
            .ok_or_else(|| UnknownName(text.to_owned()))
    }
}

impl FromStr for Role {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| UnknownName(text.to_owned()))
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_there_and_back() {
        for permission in P::ALL {
            assert_eq!(permission.as_str().parse(), Ok(permission));
        }
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{role}\""));
        }
        assert_eq!("root".parse::<Role>().unwrap_err().to_string(), "`root` is none of those that there are");
    }

    #[test]
    fn only_two_roles_decide_where_passwords_go() {
        let with = |permission| {
            Role::ALL.into_iter().filter(|role| role.permissions().contains(permission)).collect::<Vec<_>>()
        };
        assert_eq!(with(P::CredentialEdit), [Role::Owner, Role::CredentialManager]);
        assert_eq!(with(P::MemberEdit), [Role::Owner, Role::Admin]);
        assert_eq!(with(P::KeyEdit), [Role::Owner, Role::Admin]);
        assert_eq!(with(P::WorkspaceEdit), [Role::Owner]);
        assert_eq!(with(P::ContactExport), [Role::Owner, Role::Admin]);
        assert_eq!(with(P::ConversationRead), [Role::Owner, Role::Admin, Role::Agent]);
        assert_eq!(with(P::AuditRead), [Role::Owner, Role::Admin, Role::Auditor]);
        assert_eq!(with(P::BotRead), Role::ALL);
    }

    #[test]
    fn who_only_looks_changes_nothing() {
        let changing = P::ALL.into_iter().filter(|permission| !permission.as_str().ends_with(".read"));
        for permission in changing {
            assert!(!Role::Viewer.permissions().contains(permission), "{permission}");
            assert!(!Role::Auditor.permissions().contains(permission), "{permission}");
        }
    }

    #[test]
    fn an_owner_covers_all_and_an_admin_no_owner() {
        for role in Role::ALL {
            assert!(Role::Owner.permissions().covers(role.permissions()));
        }
        assert!(!Role::Admin.permissions().covers(Role::Owner.permissions()));
        assert!(!Role::Admin.permissions().covers(Role::CredentialManager.permissions()));
        for role in [Role::Admin, Role::Editor, Role::Agent, Role::Viewer, Role::Auditor] {
            assert!(Role::Admin.permissions().covers(role.permissions()), "{role}");
        }
    }
}
