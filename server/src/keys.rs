//! The master keys of an installation: from a file, from what systemd hands over, from a variable of the environment,
//! or from a command.

use std::path::PathBuf;

use countersign_model::SecretText;
use countersign_vault::{KeyFile, KeyFileError, KeyParseError, MasterKeys};

use crate::config::{Config, KeySource};
use crate::key_command;
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
        KeySource::Variable { name, keys } => variable(name, keys.as_deref()),
        KeySource::Command { argv, timeout } => key_command::keys_of(argv, *timeout).map_err(|fault| {
            StartError::KeyCommand { program: argv.first().cloned().unwrap_or_default(), fault }
        }),
    }
}

/// Sees that the keys can be had where the configuration says that they come from outside. A key file is left to the
/// start: whoever checks a configuration need not be the user who may read it.
///
/// # Errors
/// [`StartError`].
pub fn check_keys(config: &Config) -> Result<(), StartError> {
    match &config.keys {
        KeySource::File { .. } | KeySource::Credential { .. } => Ok(()),
        source @ (KeySource::Variable { .. } | KeySource::Command { .. }) => {
            masters(source, true).map(|_| ())
        }
    }
}

/// A variable may have no lines where it is set: then spaces stand between its keys.
fn variable(name: &str, keys: Option<&SecretText>) -> Result<MasterKeys, StartError> {
    let text = keys.map(SecretText::expose).map(str::trim).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| StartError::NoVariable { name: name.to_owned() })?;
    let wrong = |source| StartError::Variable { name: name.to_owned(), source };
    match text.contains('\n') {
        true => MasterKeys::parse(text).map_err(wrong),
        false => MasterKeys::parse(SecretText::new(text.replace(' ', "\n")).expose()).map_err(wrong),
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
    use std::sync::Arc;

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
    fn a_variable_holds_one_key_or_several() {
        let (first, second) = (MasterKey::generate().unwrap(), MasterKey::generate().unwrap());
        let variable = |keys: Option<String>| KeySource::Variable {
            name: "KEYS".to_owned(),
            keys: keys.map(|keys| Arc::new(SecretText::new(keys))),
        };
        for between in [" ", "  ", "\n", "\n# old\n"] {
            let text = format!(" {}{between}{} ", first.to_line().expose(), second.to_line().expose());
            let keys = masters(&variable(Some(text)), true).unwrap();
            assert_eq!(keys.ids().collect::<Vec<_>>(), [first.id(), second.id()], "{between:?}");
        }
        for none in [None, Some(String::new()), Some(" \n".to_owned())] {
            let said = message(&variable(none), false);
            assert!(
                said.contains("`keys.variable` is `KEYS`") && said.contains("no such variable"),
                "{said}"
            );
        }
        let wrong = message(&variable(Some("hunter2".to_owned())), false);
        assert!(wrong.contains("line 1 is no key") && !wrong.contains("hunter2"), "{wrong}");
    }

    #[test]
    fn a_command_writes_the_keys() {
        let key = MasterKey::generate().unwrap();
        let command = |script: &str| KeySource::Command {
            argv: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
            timeout: std::time::Duration::from_secs(60),
        };
        let echo = format!("echo {}", key.to_line().expose());
        assert_eq!(masters(&command(&echo), true).unwrap().active().id(), key.id());
        let failed = message(&command("echo hunter2; exit 1"), true);
        assert!(failed.starts_with("`keys.command`, the program `/bin/sh`: it failed"), "{failed}");
        assert!(!failed.contains("hunter2"), "{failed}");
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
