use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_channels::{PROVIDERS, Setting, SettingKind, provider};
use countersign_model::ChannelKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::keep::is_chat;
use super::settings::{VERIFY_TOKEN, shown};
use super::steps::steps;
use crate::access::Here;
use crate::http::{Answer, List};
use crate::state::Api;

/// A kind of channel that can be connected.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelKind)]
pub(super) struct KindDocument {
    #[schema(example = "whatsapp")]
    kind: String,
    title: String,
    /// Whether a bot may log users in there.
    token_login: bool,
    providers: Vec<ProviderDocument>,
}

/// A provider of a kind of channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelProvider)]
struct ProviderDocument {
    provider: String,
    title: String,
    fields: Vec<FieldDocument>,
    /// How it is connected, as Markdown.
    steps: Vec<&'static str>,
}

/// What a provider is told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelField)]
struct FieldDocument {
    name: &'static str,
    label: String,
    help: &'static str,
    /// Whether nobody can read it afterwards.
    secret: bool,
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<&'static str>,
    form: FieldForm,
}

/// What belongs into a field.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum FieldForm {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// Lines `Name: value`.
    Table,
}

/// What a provider of a kind can be told; `None` when there is no such provider.
pub(super) fn settings_of(api: &Api, kind: ChannelKind, name: &str) -> Option<&'static [Setting]> {
    if is_chat(kind) {
        return (name == kind.name()).then(|| api.host.chat_settings());
    }
    provider(kind, Some(name)).map(|provider| provider.settings)
}

/// Kinds of channel, with what each provider wants to be told.
#[utoipa::path(get, path = "/workspaces/{workspace}/channel-kinds", tag = "channels", params(("workspace" = String, Path)), responses((status = 200, body = List<KindDocument>)))]
pub(super) async fn list(State(api): State<Arc<Api>>, _: Here) -> Answer<Json<List<KindDocument>>> {
    let kinds = ChannelKind::ALL.into_iter().map(|kind| KindDocument {
        kind: kind.name().to_owned(),
        title: capital(kind.title().trim_start_matches("the ")),
        token_login: kind.capabilities().token_login,
        providers: providers(&api, kind),
    });
    Ok(Json(List::whole(kinds.filter(|kind| !kind.providers.is_empty()).collect())))
}

fn providers(api: &Api, kind: ChannelKind) -> Vec<ProviderDocument> {
    let document = |name: &str, title: String, settings: &'static [Setting]| ProviderDocument {
        provider: name.to_owned(),
        title,
        fields: shown(settings).map(field).collect(),
        steps: steps(kind, name).to_vec(),
    };
    if is_chat(kind) {
        return vec![document(kind.name(), "Countersign".to_owned(), api.host.chat_settings())];
    }
    let of_kind = PROVIDERS.iter().filter(|provider| provider.kind == kind);
    of_kind.map(|provider| document(provider.name, provider.title.to_owned(), provider.settings)).collect()
}

fn field(setting: &'static Setting) -> FieldDocument {
    // It is made where none is given.
    let is_made = setting.name == VERIFY_TOKEN;
    FieldDocument {
        name: setting.name,
        label: label(setting.name),
        help: if is_made {
            "Leave it empty: a random word is made, and shown beside the address."
        } else {
            setting.help
        },
        secret: setting.kind == SettingKind::Secret,
        required: setting.required && !is_made,
        default: setting.default,
        form: match setting.kind {
            SettingKind::Text | SettingKind::Secret => FieldForm::Text,
            SettingKind::Flag => FieldForm::Flag,
            SettingKind::Table => FieldForm::Table,
        },
    }
}

/// `phone_number_id` as a person writes it: `Phone number ID`.
fn label(name: &str) -> String {
    let words = name.split(['_', '.']).map(|word| match word {
        "id" | "url" | "sid" | "api" | "mms" => word.to_uppercase(),
        _ => word.to_owned(),
    });
    capital(&words.collect::<Vec<_>>().join(" "))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_words() {
        let labels = ["phone_number_id", "api_url", "from", "send.url"].map(label);
        assert_eq!(labels, ["Phone number ID", "API URL", "From", "Send URL"]);
    }
}
