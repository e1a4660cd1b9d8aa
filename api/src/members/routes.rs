use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_accounts::{Invitation, Member, Role};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Here;
use crate::account::RoleWord;
use crate::http::{Answer, Body, List, Params, Problem, rfc3339};
use crate::state::Api;

/// Somebody in the workspace.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(super) struct MemberDocument {
    account: String,
    name: String,
    email: String,
    #[schema(value_type = RoleWord)]
    role: Role,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen: Option<String>,
}

/// A role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleBody {
    role: RoleWord,
}

/// An invitation that nobody has accepted yet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(super) struct InvitationDocument {
    id: String,
    email: String,
    #[schema(value_type = RoleWord)]
    role: Role,
    invited_by: String,
    expires_at: String,
}

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Invite {
    #[schema(value_type = crate::http::words::Email)]
    email: String,
    role: RoleWord,
}

/// A new invitation. The link is shown this once; send it to the person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Invited {
    #[serde(flatten)]
    invitation: InvitationDocument,
    link: String,
}

impl From<Member> for MemberDocument {
    fn from(member: Member) -> Self {
        Self {
            account: member.account.to_string(),
            name: member.name,
            email: member.email,
            role: member.role,
            since: rfc3339(member.since),
            last_seen: member.last_seen.map(rfc3339),
        }
    }
}

impl From<Invitation> for InvitationDocument {
    fn from(invitation: Invitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            email: invitation.email,
            role: invitation.role,
            invited_by: invitation.invited_by,
            expires_at: rfc3339(invitation.expires_at),
        }
    }
}

/// Members.
#[utoipa::path(get, path = "/workspaces/{workspace}/members", tag = "members", params(("workspace" = String, Path)), responses((status = 200, body = List<MemberDocument>)))]
pub(super) async fn members(State(api): State<Arc<Api>>, here: Here) -> Answer<Json<List<MemberDocument>>> {
    let all = api.accounts.members(&here.actor, &here.visit).await?;
    Ok(Json(List::whole(all.into_iter().map(Into::into).collect())))
}

/// Gives a member another role.
#[utoipa::path(patch, path = "/workspaces/{workspace}/members/{account}", tag = "members", params(("workspace" = String, Path), ("account" = String, Path)), request_body = RoleBody, responses((status = 204), (status = 409)))]
pub(super) async fn change_role(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, account)): Params<(String, String)>,
    Body(body): Body<RoleBody>,
) -> Answer<StatusCode> {
    let account = account.parse().map_err(|_| Problem::not_found("member"))?;
    api.accounts.change_role(&here.actor, &account, body.role.into(), &here.visit).await?;
    api.events.end(here.workspace(), &format!("account/{account}"));
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a member out of the workspace. Everybody may leave.
#[utoipa::path(delete, path = "/workspaces/{workspace}/members/{account}", tag = "members", params(("workspace" = String, Path), ("account" = String, Path)), responses((status = 204), (status = 409)))]
pub(super) async fn remove(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, account)): Params<(String, String)>,
) -> Answer<StatusCode> {
    let account = account.parse().map_err(|_| Problem::not_found("member"))?;
    api.accounts.remove_member(&here.actor, &account, &here.visit).await?;
    api.events.end(here.workspace(), &format!("account/{account}"));
    Ok(StatusCode::NO_CONTENT)
}

/// Invitations that nobody has accepted yet.
#[utoipa::path(get, path = "/workspaces/{workspace}/invitations", tag = "members", params(("workspace" = String, Path)), responses((status = 200, body = List<InvitationDocument>)))]
pub(super) async fn invitations(
    State(api): State<Arc<Api>>,
    here: Here,
) -> Answer<Json<List<InvitationDocument>>> {
    let all = api.accounts.invitations(&here.actor, &here.visit).await?;
    Ok(Json(List::whole(all.into_iter().map(Into::into).collect())))
}

/// Invites somebody.
#[utoipa::path(post, path = "/workspaces/{workspace}/invitations", tag = "members", params(("workspace" = String, Path)), request_body = Invite, responses((status = 201, body = Invited), (status = 409)))]
pub(super) async fn invite(
    State(api): State<Arc<Api>>,
    here: Here,
    Body(body): Body<Invite>,
) -> Answer<(StatusCode, Json<Invited>)> {
    let new = api.accounts.invite(&here.actor, &body.email, body.role.into(), &here.visit).await?;
    let link = new.link.expose().to_owned();
    Ok((StatusCode::CREATED, Json(Invited { invitation: new.invitation.into(), link })))
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/workspaces/{workspace}/invitations/{id}", tag = "members", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 204), (status = 409)))]
pub(super) async fn withdraw(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<StatusCode> {
    let id = id.parse().map_err(|_| Problem::not_found("invitation"))?;
    api.accounts.withdraw_invitation(&here.actor, &id, &here.visit).await?;
    Ok(StatusCode::NO_CONTENT)
}
