//! Codes for who has lost the second factor.

use countersign_model::SecretText;

use crate::Accounts;
use crate::account::Account;
use crate::error::AccountsError;
use crate::id;

/// How many there are.
const COUNT: usize = 10;

impl Accounts {
    /// New codes, to be shown once, in the place of all that were. Each has 80 bits: `abcd-efgh-ijkl-mnop`.
    pub(crate) fn new_recovery_codes(&self, account: &mut Account) -> Result<Vec<SecretText>, AccountsError> {
        let mut codes = Vec::with_capacity(COUNT);
        for _ in 0..COUNT {
            let plain = SecretText::new(id::base32(id::random::<10>()?.as_slice()));
            let groups: Vec<_> = plain.expose().as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
            codes.push(SecretText::new(groups.join("-")));
        }
        account.recovery_codes = codes.iter().map(|code| self.recovery_hash(account, code)).collect();
        Ok(codes)
    }

    /// Takes the code away, if it is one of those that are left.
    pub(crate) fn spend_recovery_code(&self, account: &mut Account, code: &SecretText) -> bool {
        let hash = self.recovery_hash(account, code);
        let before = account.recovery_codes.len();
        account.recovery_codes.retain(|left| *left != hash);
        account.recovery_codes.len() < before
    }

    fn recovery_hash(&self, account: &Account, code: &SecretText) -> String {
        let plain: String = code
            .expose()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let plain = SecretText::new(plain);
        self.keep.hash("recovery code", &[account.id.as_str(), plain.expose()])
    }
}
