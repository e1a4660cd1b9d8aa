//! The description of the API as OpenAPI 3.1. Only the test that guards `openapi.json` makes it; the program has the
//! file.

use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::openapi::path::{HttpMethod, Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi as Document, RefOr, Required, ServerBuilder};
use utoipa::{OpenApi, Path};

use crate::area::Need;
use crate::http::ProblemDocument;
use crate::http::words::{Key, Revision};
use crate::router::{BASE, areas};

/// What one route says of itself.
pub(crate) struct Described {
    methods: Vec<HttpMethod>,
    operation: Operation,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Described {
    pub(crate) fn of<D: Path + SchemaReferences + for<'t> Tags<'t>>() -> Self {
        let (mut operation, mut schemas) = (D::operation(), Vec::new());
        let tags = D::tags();
        operation.tags.get_or_insert_default().extend(tags.into_iter().map(str::to_owned));
        D::schemas(&mut schemas);
        Self { methods: D::methods(), operation, schemas }
    }
}

/// The description of all routes.
pub(crate) fn document() -> Document {
    #[derive(OpenApi)]
    #[openapi(components(schemas(ProblemDocument, Key, Revision)))]
    struct Shared;
    let mut document = Shared::openapi();
    let mut info = InfoBuilder::new()
        .title("Countersign")
        .version("1")
        .description(Some("The API of the console. Errors are `application/problem+json` (RFC 9457)."))
        .build();
    info.license = None;
    document.info = info;
    document.servers = Some(vec![ServerBuilder::new().url(BASE).build()]);
    let schemes = ComponentsBuilder::new()
        .security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-countersign"))),
        )
        .security_scheme("api_key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .build();
    let mut components = document.components.take().unwrap_or_default();
    components.security_schemes.extend(schemes.security_schemes);
    components.responses.extend(crate::failures::answers());
    for (need, route) in areas().0 {
        let Described { methods, mut operation, schemas } = route.described;
        for (name, schema) in schemas {
            components.schemas.entry(name).or_insert(schema);
        }
        for (method, known) in route.methods.iter().zip(methods) {
            of_route(&mut operation, known != HttpMethod::Get, need);
            operation.operation_id = Some(operation_id(method.as_str(), &route.path));
            document.paths.add_path_operation(&route.path, vec![known], operation.clone());
        }
    }
    document.components = Some(components);
    document
}

/// `put_workspaces_bots_draft`: names of functions are not unique.
fn operation_id(method: &str, path: &str) -> String {
    let words = path
        .split('/')
        .filter(|word| !word.is_empty())
        .map(|word| word.trim_matches(['{', '}']).replace(['-', '.'], "_"));
    std::iter::once(method.to_lowercase()).chain(words).collect::<Vec<_>>().join("_")
}

fn of_route(operation: &mut Operation, writes: bool, need: Need) {
    let words = match need {
        Need::Nothing => None,
        Need::Session => Some("Needs a session.".to_owned()),
        Need::Workspace => Some("Needs a place in the workspace.".to_owned()),
        Need::May(permission) => Some(format!("Needs the permission `{permission}`.")),
        Need::MayNow(permission) => Some(format!(
            "Needs the permission `{permission}`, and a proof within ten minutes of who it is (`step_up`)."
        )),
    };
    if let Some(words) = words {
        let text = operation.description.take().filter(|text| !text.is_empty());
        operation.description = Some(text.map_or(words.clone(), |text| format!("{text}\n\n{words}")));
        let mut ways = vec![SecurityRequirement::new::<_, [&str; 0], &str>("session", [])];
        if need != Need::Session {
            ways.push(SecurityRequirement::new::<_, [&str; 0], &str>("api_key", []));
        }
        operation.security = Some(ways);
        if writes {
            let text = ObjectBuilder::new().schema_type(Type::String);
            let token = ParameterBuilder::new()
                .name("x-csrf-token")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some("`csrf` of the session. API keys need none."))
                .schema(Some(text))
                .build();
            operation.parameters.get_or_insert_default().push(token.into());
        }
    }
    crate::failures::complete(operation, writes, need);
}
