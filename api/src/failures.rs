//! How routes fail, for the description of the API: statuses that follow from what a route needs and reads, and words for
//! those that it names itself, as `(status = 409)`.

use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, Response, ResponseBuilder};

use crate::area::Need;

/// Adds to a route all problems that it may answer.
pub(crate) fn complete(operation: &mut Operation, writes: bool, need: Need) {
    let of_itself = statuses(operation, writes, need);
    let named = operation.responses.responses.keys().filter(|status| status.starts_with(['4', '5'])).cloned();
    for status in named.chain(of_itself.into_iter().map(str::to_owned)).collect::<Vec<_>>() {
        let answer = Ref::from_response_name(format!("Status{status}"));
        operation.responses.responses.insert(status, RefOr::Ref(answer));
    }
}

/// Each status that a problem may have, for the components of the description: `Status404`.
pub(crate) fn answers() -> impl Iterator<Item = (String, RefOr<Response>)> {
    WORDS.into_iter().map(|(status, words)| {
        let schema = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(RefOr::Ref(schema))).build();
        let problem = ResponseBuilder::new().description(words).content("application/problem+json", content);
        (format!("Status{status}"), RefOr::T(problem.build()))
    })
}

/// What follows from what it needs and reads.
fn statuses(operation: &Operation, writes: bool, need: Need) -> Vec<&'static str> {
    let parameters = || {
        operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
    };
    let has = |place: &ParameterIn| parameters().any(|parameter| parameter.parameter_in == *place);
    let has_path = has(&ParameterIn::Path);
    let matches = parameters().any(|parameter| parameter.name == "If-Match");
    let is_read = operation.request_body.is_some();
    let can_be_wrong = is_read
        || parameters().any(|parameter| match parameter.parameter_in {
            ParameterIn::Query => true,
            ParameterIn::Header => parameter.name != "x-csrf-token",
            _ => false,
        });
    let mut all = vec!["429", "503"];
    let mut when = |holds: bool, more: &[&'static str]| {
        if holds {
            all.extend(more);
        }
    };
    when(need != Need::Nothing, &["401"]);
    when(need != Need::Nothing || writes, &["403"]);
    when(has_path, &["404"]);
    when(is_read, &["400", "413", "415"]);
    when(can_be_wrong, &["422"]);
    when(matches, &["409"]);
    let needed = |parameter: &utoipa::openapi::path::Parameter| {
        parameter.name == "If-Match" && matches!(parameter.required, Required::True)
    };
    when(parameters().any(needed), &["428"]);
    all
}

const WORDS: [(&str, &str); 12] = [
    ("400", "What was sent is no JSON."),
    ("401", "Nobody is signed in, or the proof of who it is was wrong."),
    ("403", "Not allowed to this one, or not from a page of this console."),
    ("404", "There is no such thing here."),
    ("409", "As things stand it cannot be done: it was changed since, the name is taken, or it is in use."),
    ("410", "It is over, or was used already."),
    ("413", "More than 1 MiB."),
    ("415", "Not `application/json`."),
    ("422", "Something that was sent is not what belongs there."),
    ("428", "The header `If-Match` is missing."),
    ("429", "Too many requests: `Retry-After` says when to try again."),
    ("503", "The server cannot do it at the moment."),
];
