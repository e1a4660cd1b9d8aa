//! What texts of requests look like, for the description of the API. Whoever reads a field looks whether it is so.

use std::borrow::Cow;

use countersign_accounts::Permission;
use countersign_model::{ChannelKind, Name};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Makes a type of a text: it stands in `value_type` of a field and is never made.
macro_rules! words {
    ($($(#[$doc:meta])+ $name:ident, |$text:ident| $schema:expr;)+) => {$(
        $(#[$doc])+
        pub(crate) enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let $text = ObjectBuilder::new().schema_type(Type::String);
                $schema.into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

words! {
    /// The id of a bot, a channel or a component.
    Id, |text| text
        .description(Some("Letters, digits, `-` and `_`."))
        .pattern(Some(r"^[\p{L}\p{N}_-]+$"))
        .min_length(Some(1))
        .max_length(Some(Name::MAX_LEN));
    /// The name of a secret or of a constant.
    Key, |text| text
        .description(Some("Letters from `a` to `z`, digits, `-` and `_`."))
        .pattern(Some("^[A-Za-z0-9_-]+$"))
        .min_length(Some(1))
        .max_length(Some(64));
    /// What people call something.
    Title, |text| text
        .description(Some("One line of text that is not blank."))
        .pattern(Some(r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"))
        .min_length(Some(1))
        .max_length(Some(100));
    /// An e-mail address.
    Email, |text| text
        .description(Some("An e-mail address, such as `ada@example.com`."))
        .pattern(Some(r#"^[^\s@<>,;"\x00-\x1f\x7f-\x9f]+@[^\s@<>,;"\x00-\x1f\x7f-\x9f]+$"#))
        .min_length(Some(3))
        .max_length(Some(254));
    /// What an API key may do.
    Scope, |text| text
        .description(Some("What a key may do: a permission that is not for people only."))
        .enum_values(Some(Permission::ALL.into_iter().filter(|scope| scope.for_keys()).map(Permission::as_str)));
    /// A kind of channel.
    Kind, |text| text
        .description(Some("A kind of channel."))
        .enum_values(Some(ChannelKind::ALL.into_iter().map(ChannelKind::name)));
    /// The number of a revision in the header `If-Match`.
    Revision, |text| text
        .description(Some("The number of a revision, such as `\"3\"`."))
        .pattern(Some(r#"^(W/)?("[0-9]{1,18}"|[0-9]{1,18})$"#));
}
