use countersign_model::{Name, Timestamp};

/// What a sealed value belongs to, what it is for and until when it lives. All of it is associated data: the value
/// opens only under a scope that is equal in every field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The workspace, whose data key seals the value.
    pub workspace: Name,
    /// The bot; none for what belongs to the whole workspace.
    pub bot: Option<Name>,
    /// The component that asked for the value; none for what belongs to the whole workspace.
    pub component: Option<Name>,
    /// The user; none for what belongs to the whole workspace.
    pub contact: Option<ContactKey>,
    /// The phone call that the value belongs to, by the provider's id; none for what outlives a call.
    pub call: Option<String>,
    /// What the value is.
    pub purpose: Purpose,
    /// From this moment on the value does not open.
    pub expires_at: Timestamp,
}

/// One user, as the vault tells users apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContactKey {
    /// The channel: one account at a provider. The same phone number on two of them is two users.
    pub channel: Name,
    /// The address on it.
    pub address: String,
}

/// What a sealed value is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A token of a user.
    Token,
    /// What renews a token of a user.
    RefreshToken,
    /// The answer to a secret question.
    Answer {
        /// Place of the question among the component's questions, from 0.
        field: u16,
    },
    /// What a user sent, or a service answered, as long as it has not been processed.
    Inbound,
    /// A secret of the workspace: an API key, the secret of a channel.
    WorkspaceSecret {
        /// Its name in the workspace.
        name: String,
    },
}

impl Scope {
    /// A scope for what one user gave to, or got from, one component of a bot.
    pub fn for_contact(
        workspace: Name,
        bot: Name,
        component: Name,
        contact: ContactKey,
        purpose: Purpose,
        expires_at: Timestamp,
    ) -> Self {
        Self {
            workspace,
            bot: Some(bot),
            component: Some(component),
            contact: Some(contact),
            call: None,
            purpose,
            expires_at,
        }
    }

    /// A scope for a secret of the whole workspace, which lives until it is replaced.
    pub fn for_workspace(workspace: Name, name: String) -> Self {
        Self {
            workspace,
            bot: None,
            component: None,
            contact: None,
            call: None,
            purpose: Purpose::WorkspaceSecret { name },
            expires_at: Timestamp::from_micros(i64::MAX),
        }
    }

    /// Appends the scope as bytes. Every text carries its length and every choice its own byte, so two different
    /// scopes never have the same bytes.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        text(out, "countersign scope 1");
        text(out, self.workspace.as_str());
        option(out, self.bot.as_ref(), |out, bot| text(out, bot.as_str()));
        option(out, self.component.as_ref(), |out, component| text(out, component.as_str()));
        option(out, self.contact.as_ref(), |out, contact| {
            text(out, contact.channel.as_str());
            text(out, &contact.address);
        });
        option(out, self.call.as_ref(), |out, call| text(out, call));
        match &self.purpose {
            Purpose::Token => out.push(1),
            Purpose::RefreshToken => out.push(2),
            Purpose::Answer { field } => {
                out.push(3);
                out.extend_from_slice(&field.to_be_bytes());
            }
            Purpose::Inbound => out.push(5),
            Purpose::WorkspaceSecret { name } => {
                out.push(4);
                text(out, name);
            }
        }
        out.extend_from_slice(&self.expires_at.as_micros().to_be_bytes());
    }
}

pub(crate) fn text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u64).to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn option<T>(out: &mut Vec<u8>, value: Option<&T>, encode: impl FnOnce(&mut Vec<u8>, &T)) {
    match value {
        None => out.push(0),
        Some(value) => {
            out.push(1);
            encode(out, value);
        }
    }
}
