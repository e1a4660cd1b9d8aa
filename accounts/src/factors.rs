//! Second factors: which an account has, the authenticator app, and codes for who has lost it.

use std::time::Duration;

use countersign_model::{SecretText, Timestamp};

use crate::Accounts;
use crate::account::{Account, Totp, TotpOffered};
use crate::attempts::Counted;
use crate::audit::{self, entry, refused};
use crate::documents::{Stored, again};
use crate::error::AccountsError;
use crate::passkeys::KeptPasskey;
use crate::session::Session;
use crate::totp;
use crate::visit::Visit;

/// A way to prove who one is beside the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// A code of an authenticator app.
    Totp,
    /// A passkey.
    Passkey,
    /// A recovery code.
    Recovery,
}

/// What an authenticator app needs. It is shown once.
#[derive(Debug)]
pub struct TotpOffer {
    /// `otpauth://…`
    pub uri: SecretText,
    /// The secret in it, to type by hand.
    pub secret: SecretText,
    /// The address as a picture.
    pub qr_svg: SecretText,
}

/// How long an offered secret waits for its first code.
const OFFER: Duration = Duration::from_secs(15 * 60);

impl Factor {
    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::Recovery => "recovery",
        }
    }
}

impl Accounts {
    /// Offers a secret for an authenticator app. It counts when [`Accounts::confirm_totp`] has seen a code of it.
    ///
    /// # Errors
    /// [`AccountsError::StepUp`].
    pub async fn offer_totp(&self, session: &Session, visit: &Visit) -> Result<TotpOffer, AccountsError> {
        self.demand_proof(session, "account.totp", visit).await?;
        let secret = totp::new_secret()?;
        let sealed = self.keep.seal(&purpose(session), &secret)?;
        again(async || {
            let mut account = self.account(&session.account, visit.at).await?;
            account.value.totp_offer =
                Some(TotpOffered { secret: sealed.clone(), until: visit.at.plus(OFFER) });
            self.commit(vec![account.write()?], Vec::new(), visit.at).await
        })
        .await?;
        let host = self.origin.as_str().split_once("://").map_or("", |(_, host)| host);
        let issuer = format!("Countersign {}", host.replace(':', " "));
        let uri = totp::uri(&secret, &issuer, &session.email)?;
        let qr_svg = totp::qr(&uri)?;
        Ok(TotpOffer { uri, secret, qr_svg })
    }

    /// Takes the offered secret into use, and gives recovery codes, which are shown once.
    ///
    /// # Errors
    /// [`AccountsError::WrongCode`], [`AccountsError::Over`] when nothing was offered within 15 minutes,
    /// [`AccountsError::StepUp`], [`AccountsError::Limited`].
    pub async fn confirm_totp(
        &self,
        session: &Session,
        code: &SecretText,
        visit: &Visit,
    ) -> Result<Vec<SecretText>, AccountsError> {
        self.demand_proof(session, "account.totp", visit).await?;
        let admitted =
            self.admit(vec![self.count(Counted::Codes, &[session.account.as_str()])], visit).await?;
        let codes = again(async || {
            let mut account = self.account(&session.account, visit.at).await?;
            let offer = account.value.totp_offer.take().filter(|offer| visit.at < offer.until);
            let offer = offer.ok_or(AccountsError::Over("offer of an authenticator app"))?;
            let secret = self.keep.open_sealed(&purpose(session), &offer.secret, visit.at)?;
            let step = totp::accepted_step(&secret, &plain(code), 0, visit.at)?;
            let last_step = step.ok_or(AccountsError::WrongCode)?;
            account.value.totp = Some(Totp { secret: offer.secret, last_step });
            let codes = self.new_recovery_codes(&mut account.value)?;
            let who = audit::account(&session.account);
            let line = entry(None, &who, "account.totp", &who, visit);
            self.commit(vec![account.write()?], vec![line], visit.at).await?;
            Ok(codes)
        })
        .await?;
        self.succeeded(admitted, visit).await?;
        Ok(codes)
    }

    /// Takes the authenticator app away.
    ///
    /// # Errors
    /// [`AccountsError::StepUp`]; [`AccountsError::NeedsSecondFactor`] when the password is too short to stand alone.
    pub async fn remove_totp(&self, session: &Session, visit: &Visit) -> Result<(), AccountsError> {
        self.demand_proof(session, "account.totp_remove", visit).await?;
        again(async || {
            let mut account = self.account(&session.account, visit.at).await?;
            if account.value.totp.take().is_none() {
                return Err(AccountsError::NotFound("authenticator app"));
            }
            self.settle_factors(&mut account.value, visit.at).await?;
            let who = audit::account(&session.account);
            let line = entry(None, &who, "account.totp_remove", &who, visit);
            self.commit(vec![account.write()?], vec![line], visit.at).await
        })
        .await
    }

    /// New recovery codes in the place of those that are left. They are shown once.
    ///
    /// # Errors
    /// [`AccountsError::StepUp`]; [`AccountsError::NotFound`] when there is no second factor to recover from.
    pub async fn renew_recovery_codes(
        &self,
        session: &Session,
        visit: &Visit,
    ) -> Result<Vec<SecretText>, AccountsError> {
        self.demand_proof(session, "account.recovery_codes", visit).await?;
        again(async || {
            let mut account = self.account(&session.account, visit.at).await?;
            if self.factors_of(&account.value, visit.at).await?.is_empty() {
                return Err(AccountsError::NotFound("second factor"));
            }
            let codes = self.new_recovery_codes(&mut account.value)?;
            let who = audit::account(&session.account);
            let line = entry(None, &who, "account.recovery_codes", &who, visit);
            self.commit(vec![account.write()?], vec![line], visit.at).await?;
            Ok(codes)
        })
        .await
    }

    /// What the account has beside the password. Recovery codes alone are none.
    pub(crate) async fn factors_of(
        &self,
        account: &Account,
        at: Timestamp,
    ) -> Result<Vec<Factor>, AccountsError> {
        let mut factors = Vec::new();
        if account.totp.is_some() {
            factors.push(Factor::Totp);
        }
        if !self.passkeys_of(&account.id, at).await?.is_empty() {
            factors.push(Factor::Passkey);
        }
        if !factors.is_empty() && !account.recovery_codes.is_empty() {
            factors.push(Factor::Recovery);
        }
        Ok(factors)
    }

    /// After a factor was taken away: a short password does not stand alone, and what recovers nothing goes.
    pub(crate) async fn settle_factors(
        &self,
        account: &mut Account,
        at: Timestamp,
    ) -> Result<(), AccountsError> {
        let passkeys: Vec<Stored<KeptPasskey>> = self.passkeys_of(&account.id, at).await?;
        self.settle(account, passkeys.len())
    }

    pub(crate) fn settle(&self, account: &mut Account, passkeys: usize) -> Result<(), AccountsError> {
        if account.totp.is_none() && passkeys == 0 {
            if account.short_password {
                return Err(AccountsError::NeedsSecondFactor);
            }
            account.recovery_codes.clear();
        }
        Ok(())
    }

    /// Accepts a code of the app or a recovery code, once.
    pub(crate) fn spend_code(
        &self,
        account: &mut Account,
        code: &SecretText,
        at: Timestamp,
    ) -> Result<(), AccountsError> {
        let digits = plain(code);
        if let (Some(totp), 6) = (account.totp.as_mut(), digits.len()) {
            let purpose = totp_purpose(account.id.as_str());
            let secret = self.keep.open_sealed(&purpose, &totp.secret, at)?;
            totp.last_step =
                totp::accepted_step(&secret, &digits, totp.last_step, at)?.ok_or(AccountsError::WrongCode)?;
            return Ok(());
        }
        if self.spend_recovery_code(account, code) { Ok(()) } else { Err(AccountsError::WrongCode) }
    }

    /// Refuses what changes how somebody signs in, unless they have proved within ten minutes who they are.
    pub(crate) async fn demand_proof(
        &self,
        session: &Session,
        action: &str,
        visit: &Visit,
    ) -> Result<(), AccountsError> {
        if session.stepped_up_until.is_some_and(|until| visit.at < until) {
            return Ok(());
        }
        let who = audit::account(&session.account);
        let line = refused(entry(None, &who, action, &who, visit), "step_up");
        self.commit(Vec::new(), vec![line], visit.at).await?;
        Err(AccountsError::StepUp)
    }
}

/// Apps show `123 456`.
fn plain(code: &SecretText) -> String {
    code.expose().chars().filter(|c| !c.is_whitespace()).collect()
}

fn purpose(session: &Session) -> String {
    totp_purpose(session.account.as_str())
}

fn totp_purpose(account: &str) -> String {
    format!("totp/{account}")
}
