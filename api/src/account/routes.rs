use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use countersign_accounts::{Acceptance, NewAccount, ProfileChange, Session, SignIn, SignedIn, StepUp, Visit};
use countersign_model::SecretText;
use http::{StatusCode, header};

use super::wire::*;
use crate::access::{Signed, Visitor, ended, started};
use crate::http::{Answer, Body, List, Params, Problem, SecretField, rfc3339};
use crate::state::Api;

/// Answers with a new session and its cookie.
pub(super) async fn signed_in(api: &Api, signed: SignedIn, visit: &Visit) -> Answer<Response> {
    let document = document(api, &signed.session, visit).await?;
    Ok(([(header::SET_COOKIE, started(&signed.token))], Json(document)).into_response())
}

async fn document(api: &Api, session: &Session, visit: &Visit) -> Answer<SessionDocument> {
    let view = api.accounts.view(session, visit).await?;
    Ok(SessionDocument::new(session, view))
}

fn id<T: std::str::FromStr>(text: &str, what: &str) -> Answer<T> {
    text.parse().map_err(|_| Problem::not_found(what))
}

/// Whether the first administrator is still missing.
#[utoipa::path(get, path = "/setup", tag = "signing in", responses((status = 200, body = SetupState)))]
pub(super) async fn setup(State(api): State<Arc<Api>>, visitor: Visitor) -> Answer<Json<SetupState>> {
    Ok(Json(SetupState { needed: api.accounts.setup_needed(visitor.visit.at).await? }))
}

/// Makes the first administrator.
#[utoipa::path(post, path = "/setup", tag = "signing in", request_body = SetUp, responses((status = 200, body = SessionDocument), (status = 409), (status = 410)))]
pub(super) async fn set_up(
    State(api): State<Arc<Api>>,
    visitor: Visitor,
    Body(body): Body<SetUp>,
) -> Answer<Response> {
    let new = NewAccount { name: body.name, email: body.email, password: body.password.into_inner() };
    let signed = api.accounts.set_up(&body.token.into_inner(), new, &visitor.visit).await?;
    signed_in(&api, signed, &visitor.visit).await
}

/// Signs in.
#[utoipa::path(post, path = "/session", tag = "signing in", request_body = Credentials, responses((status = 200, body = SignInAnswer), (status = 401)))]
pub(super) async fn sign_in(
    State(api): State<Arc<Api>>,
    visitor: Visitor,
    Body(body): Body<Credentials>,
) -> Answer<Response> {
    match api.accounts.sign_in(&body.email, &body.password.into_inner(), &visitor.visit).await? {
        SignIn::Done(signed) => signed_in(&api, signed, &visitor.visit).await,
        SignIn::SecondFactor { factors, pending } => {
            let second_factor = factors.iter().map(|factor| factor.as_str().to_owned()).collect();
            let pending = pending.expose().to_owned();
            let needed = SecondFactorNeeded { second_factor, pending };
            Ok(Json(SignInAnswer::SecondFactor(needed)).into_response())
        }
    }
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "signing in", responses((status = 200, body = SessionDocument)))]
pub(super) async fn session(State(api): State<Arc<Api>>, signed: Signed) -> Answer<Json<SessionDocument>> {
    Ok(Json(document(&api, &signed.session, &signed.visit).await?))
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "signing in", responses((status = 204)))]
pub(super) async fn sign_out(State(api): State<Arc<Api>>, signed: Signed) -> Answer<Response> {
    api.accounts.sign_out(&signed.session, &signed.visit).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, ended())]).into_response())
}

/// Goes on with a code of an authenticator app or a recovery code.
#[utoipa::path(post, path = "/session/second-factor", tag = "signing in", request_body = SecondFactor, responses((status = 200, body = SessionDocument), (status = 401), (status = 410)))]
pub(super) async fn second_factor(
    State(api): State<Arc<Api>>,
    visitor: Visitor,
    Body(body): Body<SecondFactor>,
) -> Answer<Response> {
    let (pending, code) = (body.pending.into_inner(), body.code.into_inner());
    let signed = api.accounts.second_factor(&pending, &code, &visitor.visit).await?;
    signed_in(&api, signed, &visitor.visit).await
}

/// Proves once more who it is. The session gets a new cookie.
#[utoipa::path(post, path = "/session/step-up", tag = "signing in", request_body = StepUpBody, responses((status = 200, body = SessionDocument), (status = 409)))]
pub(super) async fn step_up(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(body): Body<StepUpBody>,
) -> Answer<Response> {
    let proof = StepUp {
        password: body.password.map(SecretField::into_inner),
        code: body.code.map(SecretField::into_inner),
    };
    let renewed = api.accounts.step_up(&signed.session, &proof, &signed.visit).await?;
    signed_in(&api, renewed, &signed.visit).await
}

/// Changes name, language or colours.
#[utoipa::path(patch, path = "/account", tag = "account", request_body = ProfileBody, responses((status = 200, body = SessionDocument), (status = 409)))]
pub(super) async fn change(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(body): Body<ProfileBody>,
) -> Answer<Json<SessionDocument>> {
    let change = ProfileChange {
        name: body.name,
        language: body.language.map(Into::into),
        theme: body.theme.map(Into::into),
    };
    api.accounts.change_profile(&signed.session, &change, &signed.visit).await?;
    Ok(Json(document(&api, &signed.session, &signed.visit).await?))
}

/// Changes the e-mail address. All other sessions end.
#[utoipa::path(post, path = "/account/email", tag = "account", request_body = EmailBody, responses((status = 200, body = SessionDocument), (status = 409)))]
pub(super) async fn email(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(body): Body<EmailBody>,
) -> Answer<Json<SessionDocument>> {
    api.accounts.change_email(&signed.session, &body.email, &signed.visit).await?;
    Ok(Json(document(&api, &signed.session, &signed.visit).await?))
}

/// Deletes the account with its sessions, its passkeys, and the API keys and invitations that it made.
#[utoipa::path(delete, path = "/account", tag = "account", responses((status = 204), (status = 409)))]
pub(super) async fn delete(State(api): State<Arc<Api>>, signed: Signed) -> Answer<Response> {
    let before = api.accounts.view(&signed.session, &signed.visit).await?;
    api.accounts.delete_account(&signed.session, &signed.visit).await?;
    for workspace in before.workspaces {
        api.events.end(&workspace.id, &format!("account/{}", before.account));
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, ended())]).into_response())
}

/// Changes the password. All other sessions end.
#[utoipa::path(post, path = "/account/password", tag = "account", request_body = PasswordBody, responses((status = 200, body = SessionDocument), (status = 409)))]
pub(super) async fn password(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(body): Body<PasswordBody>,
) -> Answer<Response> {
    let (current, new) = (body.current.into_inner(), body.new.into_inner());
    let renewed = api.accounts.change_password(&signed.session, &current, &new, &signed.visit).await?;
    signed_in(&api, renewed, &signed.visit).await
}

/// Offers an authenticator app its secret. It counts when it was confirmed.
#[utoipa::path(post, path = "/account/totp", tag = "account", responses((status = 200, body = TotpOfferDocument), (status = 409)))]
pub(super) async fn totp(State(api): State<Arc<Api>>, signed: Signed) -> Answer<Json<TotpOfferDocument>> {
    let offer = api.accounts.offer_totp(&signed.session, &signed.visit).await?;
    let shown = |text: &SecretText| text.expose().to_owned();
    let (uri, secret, qr_svg) = (shown(&offer.uri), shown(&offer.secret), shown(&offer.qr_svg));
    Ok(Json(TotpOfferDocument { uri, secret, qr_svg }))
}

/// Confirms the authenticator app with its first code. Gives recovery codes, this once.
#[utoipa::path(post, path = "/account/totp/confirm", tag = "account", request_body = CodeBody, responses((status = 200, body = RecoveryCodes), (status = 404), (status = 409), (status = 410)))]
pub(super) async fn confirm_totp(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(body): Body<CodeBody>,
) -> Answer<Json<RecoveryCodes>> {
    let codes = api.accounts.confirm_totp(&signed.session, &body.code.into_inner(), &signed.visit).await?;
    Ok(Json(shown(&codes)))
}

/// Makes new recovery codes. Those before are worth nothing any more.
#[utoipa::path(post, path = "/account/recovery-codes", tag = "account", responses((status = 200, body = RecoveryCodes), (status = 404), (status = 409)))]
pub(super) async fn recovery_codes(
    State(api): State<Arc<Api>>,
    signed: Signed,
) -> Answer<Json<RecoveryCodes>> {
    Ok(Json(shown(&api.accounts.renew_recovery_codes(&signed.session, &signed.visit).await?)))
}

pub(super) fn shown(codes: &[SecretText]) -> RecoveryCodes {
    RecoveryCodes { recovery_codes: codes.iter().map(|code| code.expose().to_owned()).collect() }
}

/// Takes the authenticator app away.
#[utoipa::path(delete, path = "/account/totp", tag = "account", responses((status = 204), (status = 404), (status = 409)))]
pub(super) async fn remove_totp(State(api): State<Arc<Api>>, signed: Signed) -> Answer<StatusCode> {
    api.accounts.remove_totp(&signed.session, &signed.visit).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sessions of the account, the latest used first.
#[utoipa::path(get, path = "/account/sessions", tag = "account", responses((status = 200, body = List<SessionSummaryDocument>)))]
pub(super) async fn sessions(
    State(api): State<Arc<Api>>,
    signed: Signed,
) -> Answer<Json<List<SessionSummaryDocument>>> {
    let all = api.accounts.sessions(&signed.session, &signed.visit).await?;
    Ok(Json(List::whole(all.into_iter().map(Into::into).collect())))
}

/// Ends a session of the account.
#[utoipa::path(delete, path = "/account/sessions/{id}", tag = "account", params(("id" = String, Path)), responses((status = 204)))]
pub(super) async fn end_session(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Params(session): Params<String>,
) -> Answer<StatusCode> {
    api.accounts.end_session(&signed.session, &id(&session, "session")?, &signed.visit).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where an invitation leads.
#[utoipa::path(get, path = "/invitations/{token}", tag = "signing in", params(("token" = String, Path)), responses((status = 200, body = InvitationViewDocument), (status = 410)))]
pub(super) async fn invitation(
    State(api): State<Arc<Api>>,
    visitor: Visitor,
    Params(token): Params<String>,
) -> Answer<Json<InvitationViewDocument>> {
    let view = api.accounts.invitation(&SecretText::new(token), &visitor.visit).await?;
    let (workspace_name, email, role) = (view.workspace_name, view.email, view.role);
    Ok(Json(InvitationViewDocument { workspace_name, email, role, has_account: view.has_account }))
}

/// Accepts an invitation: as a new person with name and password, or as who is signed in without both.
#[utoipa::path(post, path = "/invitations/{token}/accept", tag = "signing in", params(("token" = String, Path)), request_body = AcceptBody, responses((status = 200, body = SessionDocument), (status = 401), (status = 409), (status = 410)))]
pub(super) async fn accept(
    State(api): State<Arc<Api>>,
    visitor: Visitor,
    Params(token): Params<String>,
    Body(body): Body<AcceptBody>,
) -> Answer<Response> {
    let (token, visit) = (SecretText::new(token), &visitor.visit);
    let missing = |pointer| Problem::invalid_field(pointer, "missing", "This is needed.");
    let acceptance = match (&visitor.session, body.name, body.password) {
        (Some(session), None, None) => Acceptance::SignedIn(session),
        (_, Some(name), Some(password)) => Acceptance::New { name, password: password.into_inner() },
        (_, None, _) => return Err(missing("/name")),
        (_, _, None) => return Err(missing("/password")),
    };
    match (api.accounts.accept_invitation(&token, acceptance, visit).await?, visitor.session) {
        (Some(signed), _) => signed_in(&api, signed, visit).await,
        (None, Some(session)) => Ok(Json(document(&api, &session, visit).await?).into_response()),
        (None, None) => Err(Problem::signed_out()),
    }
}

/// Makes a workspace, whose owner is who makes it.
#[utoipa::path(post, path = "/workspaces", tag = "account", request_body = NewWorkspace, responses((status = 201, body = WorkspaceDocument), (status = 409)))]
pub(super) async fn create_workspace(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(body): Body<NewWorkspace>,
) -> Answer<(StatusCode, Json<WorkspaceDocument>)> {
    let made = api.accounts.create_workspace(&signed.session, &body.id, &body.name, &signed.visit).await?;
    let (id, created_at) = (made.id.to_string(), rfc3339(made.created_at));
    Ok((StatusCode::CREATED, Json(WorkspaceDocument { id, name: made.name, created_at })))
}
