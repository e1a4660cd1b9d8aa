//! The master keys of an installation: from a file, or from what systemd hands over.

use std::path::PathBuf;

use countersign_model::SecretText;
use countersign_vault::{KeyFile, KeyFileError, KeyParseError, MasterKeys};

use crate::config::KeySource;
use crate::start_error::StartError;

/// Reads the master keys. `is_needed` says that the store holds what they have sealed: then no new file is made in the
/// place of one that is gone.
pub(crate) fn masters(source: &KeySource, is_needed: bool) -> Result<MasterKeys, StartError> {
    match source {
        KeySource::File { path, create } => {
            let file = KeyFile::at(path);
            match file.load() {
                Err(KeyFileError::Missing { path }) if is_needed => Err(StartError::KeyFileGone { path }),
                Err(KeyFileError::Missing { .. }) if *create => {
                    let keys = file.load_or_create()?;
                    tracing::warn!(
                        path = %path.display(),
                        "a key file was made; keep a copy of it at another place than the database"
                    );
                    Ok(keys)
                }
                loaded => Ok(loaded?),
            }
        }
        KeySource::Credential { name, folder } => credential(name, folder.as_ref()),
    }
}

/// Systemd has looked at who may read it: its mode may show a group, because the right comes from an access list.
fn credential(name: &str, folder: Option<&PathBuf>) -> Result<MasterKeys, StartError> {
    let missing = || StartError::NoCredential { name: name.to_owned() };
    let path = folder.filter(|_| !name.contains('/')).ok_or_else(missing)?.join(name);
    let bytes = std::fs::read(path).map_err(|_| missing())?;
    let wrong = |source| StartError::Credential { name: name.to_owned(), source };
    let text =
        String::from_utf8(bytes).map(SecretText::new).map_err(|_| wrong(KeyParseError::Line { line: 1 }))?;
    MasterKeys::parse(text.expose()).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use countersign_vault::MasterKey;

    use super::*;

    fn message(source: &KeySource, is_needed: bool) -> String {
        masters(source, is_needed).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_made_once_and_never_in_the_place_of_one_that_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let file = |create| KeySource::File { path: path.clone(), create };
        assert!(message(&file(false), false).starts_with("there is no key file "));
        assert!(message(&file(true), true).contains("put back a copy of it"));
        assert!(!path.exists());
        let made = masters(&file(true), false).unwrap();
        let again = masters(&file(true), true).unwrap();
        assert_eq!(made.active().id(), again.active().id());
    }

    #[test]
    fn a_credential_comes_from_systemd() {
        let folder = tempfile::tempdir().unwrap();
        let key = MasterKey::generate().unwrap();
        std::fs::write(folder.path().join("keys"), key.to_line().expose()).unwrap();
        std::fs::write(folder.path().join("broken"), "hunter2").unwrap();
        let credential =
            |name: &str, folder: Option<PathBuf>| KeySource::Credential { name: name.to_owned(), folder };
        let here = Some(folder.path().to_owned());
        assert_eq!(masters(&credential("keys", here.clone()), true).unwrap().active().id(), key.id());
        assert!(message(&credential("keys", None), true).contains("LoadCredential=keys:PATH"));
        assert!(message(&credential("other", here.clone()), true).contains("no such credential"));
        assert!(message(&credential("../keys", here.clone()), true).contains("no such credential"));
        let broken = message(&credential("broken", here), true);
        assert!(broken.contains("line 1 is no key") && !broken.contains("hunter2"), "{broken}");
    }
}
