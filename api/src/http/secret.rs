use std::fmt;

use countersign_model::SecretText;
use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A field of a body that holds a secret: it is never shown and never sent back.
pub struct SecretField(pub SecretText);

impl SecretField {
    /// The secret.
    pub fn into_inner(self) -> SecretText {
        self.0
    }
}

impl fmt::Debug for SecretField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for SecretField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(SecretText::new(text)))
    }
}

impl PartialSchema for SecretField {
    fn schema() -> RefOr<Schema> {
        let builder = ObjectBuilder::new().schema_type(Type::String);
        builder.format(Some(SchemaFormat::KnownFormat(KnownFormat::Password))).into()
    }
}

impl ToSchema for SecretField {
    fn name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }
}
