//! What all routes have in common in the description of the API: who may call them, and how they fail.

use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder};

use crate::area::{Need, Needs};

/// Adds to each route what it needs and the problems that it may answer.
pub(crate) fn complete(document: &mut OpenApi, needs: &Needs) {
    for (method, path, need) in needs.all() {
        let Some(item) = document.paths.paths.get_mut(&path) else { continue };
        let operation = match method.as_str() {
            "PUT" => &mut item.put,
            "POST" => &mut item.post,
            "DELETE" => &mut item.delete,
            "PATCH" => &mut item.patch,
            _ => &mut item.get,
        };
        if let Some(operation) = operation {
            of_route(operation, method.as_str() != "GET", need);
            operation.operation_id = Some(operation_id(method.as_str(), &path));
        }
    }
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
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(RefOr::Ref(schema))).build();
    let problem = ResponseBuilder::new()
        .description("What went wrong, with a stable code.")
        .content("application/problem+json", content)
        .build();
    operation.responses.responses.insert("default".to_owned(), problem.into());
}
