//! Which secrets a bot sends where. What the versions in service send is granted; anything else is for those to say who
//! may decide where passwords and tokens go, because whoever names the place can read what arrives there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use countersign_accounts::Permission;
use countersign_model::Name;
use countersign_runner::destination;
use countersign_script::program::{Program, RequestTemplate};
use countersign_script::template::{Piece, Slot, Template};
use countersign_store::StoreError;

use super::keep::{self, KeptBot};
use super::service::{Surroundings, surroundings};
use crate::access::Here;
use crate::check::examine;
use crate::http::Answer;
use crate::records;
use crate::state::Api;

/// Something secret, and the origin that it is sent to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sending {
    what: What,
    to: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// `{secret.NAME}`.
    Secret(String),
    /// What users answer to the secret questions of a component, sent by a Web Service.
    Answers(String),
}

impl Sending {
    /// Whether it is a secret of the workspace, and not what a user types.
    pub(crate) fn is_secret(&self) -> bool {
        matches!(self.what, What::Secret(_))
    }
}

/// As the audit log names it.
impl fmt::Display for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Secret(name) => write!(f, "secret/{name}@{}", self.to),
            What::Answers(component) => write!(f, "answers/{component}@{}", self.to),
        }
    }
}

/// What a bot sends where that no version in service sends there.
pub(crate) async fn not_granted(
    api: &Api,
    workspace: &Name,
    bot: &str,
    program: &Program,
) -> Result<Vec<Sending>, StoreError> {
    let wanted = sendings(program);
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let around = surroundings(api, workspace).await?;
    let granted = granted(api, workspace, &around.constants).await?;
    Ok(wanted.into_iter().filter(|sending| !granted.have(bot, sending)).collect())
}

/// What the bots in service would send elsewhere if a constant had this value; `None` takes it out of the console.
pub(crate) async fn moved_by(
    api: &Api,
    workspace: &Name,
    name: &str,
    value: Option<&str>,
) -> Result<Vec<Sending>, StoreError> {
    let before = surroundings(api, workspace).await?;
    let mut after = before.constants.clone();
    let of_file = || api.host.constants().iter().find(|(known, _)| known == name).map(|(_, value)| &**value);
    match value.or_else(|| of_file().filter(|_| api.is_configured(workspace))) {
        Some(value) => after.insert(name.to_owned(), value.to_owned()),
        None => after.remove(name),
    };
    let granted = granted(api, workspace, &before.constants).await?;
    let wanted = self::granted(api, workspace, &after).await?;
    let moved = wanted.of_bots.iter().flat_map(|(bot, all)| all.iter().map(move |one| (bot, one)));
    Ok(moved.filter(|(bot, one)| !granted.have(bot, one)).map(|(_, one)| one.clone()).collect())
}

/// Refuses who may not let something be sent where it was not sent before. `pointer` is the field that says where.
pub(crate) async fn demand(
    api: &Api,
    here: &Here,
    object: &str,
    pointer: &str,
    sendings: &[Sending],
) -> Answer<()> {
    let Some(first) = sendings.first() else { return Ok(()) };
    let object = format!("{object}/{first}");
    here.demand_fresh(api, Permission::CredentialEdit, &object).await.map_err(|problem| {
        if !matches!(problem.code(), "forbidden" | "step_up") {
            return problem;
        }
        let problem = problem.detail(refusal(first)).hint(
            "An owner or a credential manager of the workspace can do it. Once they have published it, everybody who \
             builds bots may send it there.",
        );
        sendings
            .iter()
            .fold(problem, |problem, sending| problem.field(pointer, "sent_elsewhere", refusal(sending)))
    })
}

fn refusal(sending: &Sending) -> String {
    let to = &sending.to;
    match &sending.what {
        What::Secret(name) => {
            format!("The secret `{name}` would be sent to {to}. No version in service sends it there.")
        }
        What::Answers(component) => format!(
            "What users answer to the secret questions of `{component}` would be sent to {to}. The version in service \
             does not send it there."
        ),
    }
}

/// What the versions in service send.
struct Granted {
    of_bots: BTreeMap<String, BTreeSet<Sending>>,
}

impl Granted {
    /// A secret is that of the workspace, whichever bot sends it; answers are those of one bot.
    fn have(&self, bot: &str, sending: &Sending) -> bool {
        match sending.what {
            What::Secret(_) => self.of_bots.values().any(|all| all.contains(sending)),
            What::Answers(_) => self.of_bots.get(bot).is_some_and(|all| all.contains(sending)),
        }
    }
}

async fn granted(
    api: &Api,
    workspace: &Name,
    constants: &BTreeMap<String, String>,
) -> Result<Granted, StoreError> {
    let (store, now) = (api.store.as_ref(), api.now());
    let mut of_bots = BTreeMap::new();
    for bot in records::all::<KeptBot>(store, workspace, "", now).await? {
        let Some(number) = bot.value.live else { continue };
        let Some((_, text)) = keep::version(store, workspace, &bot.id, number, now).await? else { continue };
        let Some(checked) = examine(&text, Vec::new()).checked else { continue };
        // A secret that was taken away since changes nothing of where it was sent.
        let program = checked.program();
        let requests = logins(program).chain(program.services.iter().map(|service| &service.request));
        let secrets = requests.flat_map(slots).filter_map(|slot| match slot {
            Slot::Secret(name) => Some(name.to_string()),
            _ => None,
        });
        let around = Surroundings { constants: constants.clone(), secrets: secrets.collect() };
        if let Ok(runnable) = around.bind(&checked) {
            of_bots.insert(bot.id, sendings(&runnable));
        }
    }
    Ok(Granted { of_bots })
}

/// What a bot sends where. Where the passwords of its Authorization Tokens go is looked at apart.
fn sendings(program: &Program) -> BTreeSet<Sending> {
    let of_tokens =
        logins(program).flat_map(|request| slots(request).map(move |slot| (request, slot, false)));
    let of_services = program.services.iter().map(|service| &service.request);
    let of_services = of_services.flat_map(|request| slots(request).map(move |slot| (request, slot, true)));
    let sending = |(request, slot, of_service): (&RequestTemplate, &Slot, bool)| {
        let what = match slot {
            Slot::Secret(name) => What::Secret(name.to_string()),
            Slot::Answer { component, .. } if of_service => What::Answers(component.to_string()),
            _ => return None,
        };
        // What has no destination is never sent.
        Some(Sending { what, to: destination(program, request).ok()?.to_string() })
    };
    of_tokens.chain(of_services).filter_map(sending).collect()
}

fn logins(program: &Program) -> impl Iterator<Item = &RequestTemplate> {
    program.tokens.iter().flat_map(|token| {
        std::iter::once(&token.request).chain(token.refresh.iter().map(|refresh| &refresh.request))
    })
}

fn slots(request: &RequestTemplate) -> impl Iterator<Item = &Slot> {
    let headers = request.headers.iter().map(|(_, value)| value);
    let body = request.body.iter().map(|(_, body)| body);
    std::iter::once(&request.url).chain(headers).chain(body).flat_map(slots_of)
}

fn slots_of(template: &Template) -> impl Iterator<Item = &Slot> {
    template.pieces.iter().filter_map(|piece| match piece {
        Piece::Slot { slot, .. } => Some(slot),
        Piece::Text(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> Vec<String> {
        let found = examine(text, Vec::new());
        let checked = found.checked.unwrap_or_else(|| panic!("{:#?}", found.checkup));
        let constants = [("host".to_owned(), "https://a.example:8443/v1".to_owned())].into();
        let secrets = ["one", "two", "three", "four", "five"].map(str::to_owned).into();
        let bot = checked.bind(&constants, &secrets).unwrap();
        sendings(&bot).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_place_of_a_request_counts_with_its_constants_put_in() {
        let text = r#"
countersign: 1
bot: bank
authorization_tokens:
  - id: login
    url: https://auth.example/token
    fields: { client: "{secret.one}" }
    questions:
      - { question: Name?, field: user }
      - { question: Password?, field: pass, secret: true }
    is_json: true
    token_path: token
    refresh:
      token_path: refresh
      url: https://renew.example/x
      headers: { X-Key: "{secret.two}" }
web_services:
  - id: a
    url: "{config.host}/x?k={secret.three}"
  - id: b
    method: POST
    url: https://B.example/x/{secret.four}
    questions: [{ question: PIN?, secret: true }, { question: What? }]
    json: { pin: "{val1}", what: "{val2}", k: "{secret.five}" }
scripts:
  - id: x
    triggers: [x]
    steps: [{ auth_token: login }, { web_service: a }, { web_service: b }, end]
"#;
        assert_eq!(
            sent(text),
            [
                "secret/five@https://b.example",
                "secret/four@https://b.example",
                "secret/one@https://auth.example",
                "secret/three@https://a.example:8443",
                "secret/two@https://renew.example",
                "answers/b@https://b.example",
            ]
        );
    }
}
