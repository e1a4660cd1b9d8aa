//! The key file is made once, for one user, and neither read when it is not safe nor ever written over.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::sync::Barrier;

use countersign_vault::{KeyFile, KeyFileError, KeyParseError};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn the_first_start_makes_it_and_the_next_reads_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = KeyFile::at(directory.path().join("countersign.key"));
    assert!(matches!(file.load(), Err(KeyFileError::Missing { .. })));
    let first = file.load_or_create().unwrap().active().id();
    assert_eq!(mode(file.path()), 0o600);
    assert_eq!(file.load_or_create().unwrap().active().id(), first);
    assert_eq!(file.load().unwrap().ids().count(), 1);
    let text = fs::read_to_string(file.path()).unwrap();
    assert!(text.starts_with("# Master keys of Countersign"));
    assert_eq!(text.lines().count(), 3);
}

#[test]
fn many_first_starts_at_once_make_one_key() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    let start = Barrier::new(8);
    let ids: Vec<_> = std::thread::scope(|scope| {
        let begin = || {
            start.wait();
            KeyFile::at(&path).load_or_create().unwrap().active().id()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(begin)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left behind");
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn it_is_never_written_over() {
    let directory = tempfile::tempdir().unwrap();
    let file = KeyFile::at(directory.path().join("key"));
    fs::write(file.path(), "hello\n").unwrap();
    set_mode(file.path(), 0o600);
    let error = file.create().unwrap_err();
    assert!(matches!(error, KeyFileError::Exists { .. }));
    assert_eq!(
        error.to_string(),
        format!("the key file {} is there already; it is never written over", file.path().display())
    );
    let error = file.load_or_create().unwrap_err();
    assert!(
        matches!(error, KeyFileError::Damaged { source: KeyParseError::Line { line: 1 }, .. }),
        "{error}"
    );
    assert!(matches!(file.add_key().unwrap_err(), KeyFileError::Damaged { .. }));
    assert_eq!(fs::read_to_string(file.path()).unwrap(), "hello\n");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left behind");
}

#[test]
fn a_file_that_others_can_use_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = KeyFile::at(directory.path().join("key"));
    file.create().unwrap();
    for bad in [0o640, 0o604, 0o620, 0o601, 0o644, 0o666] {
        set_mode(file.path(), bad);
        let error = file.load().unwrap_err();
        let path = file.path().display();
        assert_eq!(
            error.to_string(),
            format!("other users can use the key file {path} (mode {bad:04o}); run `chmod 600 {path}`")
        );
        assert!(matches!(file.add_key(), Err(KeyFileError::Open { .. })));
    }
    for good in [0o600, 0o400] {
        set_mode(file.path(), good);
        assert!(file.load().is_ok());
    }
}

#[test]
fn a_damaged_file_is_refused_and_shows_nothing_of_a_key() {
    let directory = tempfile::tempdir().unwrap();
    let file = KeyFile::at(directory.path().join("key"));
    file.create().unwrap();
    let text = fs::read(file.path()).unwrap();
    let empty = Vec::new();
    let cut = text[..text.len() - 10].to_vec();
    let mut not_text = text.clone();
    not_text[180] = 0xff;
    let large = b"#\n".repeat(40_000);
    for damaged in [empty, cut, not_text, large] {
        fs::write(file.path(), &damaged).unwrap();
        let error = file.load().unwrap_err();
        assert!(matches!(error, KeyFileError::Damaged { .. }), "{error}");
        let key = String::from_utf8_lossy(&text[text.len() - 40..text.len() - 1]).into_owned();
        assert!(!format!("{error} {error:?}").contains(&key[..8]));
    }
    fs::write(file.path(), "").unwrap();
    let path = file.path().display();
    assert_eq!(
        file.load().unwrap_err().to_string(),
        format!(
            "the key file {path} is damaged: there is no key in it. Put back a copy of it; without its keys nothing \
             that was sealed can be opened"
        )
    );
}

#[test]
fn a_directory_is_no_key_file() {
    let directory = tempfile::tempdir().unwrap();
    assert!(matches!(KeyFile::at(directory.path()).load(), Err(KeyFileError::NoFile { .. })));
    let nowhere = KeyFile::at(directory.path().join("no/such/folder/key"));
    assert!(matches!(nowhere.load_or_create(), Err(KeyFileError::NoFolder { .. })));
}

#[test]
fn keys_are_added_before_the_others_and_removed() {
    let directory = tempfile::tempdir().unwrap();
    let file = KeyFile::at(directory.path().join("key"));
    let old = file.create().unwrap().active().id();
    set_mode(file.path(), 0o400);
    let keys = file.add_key().unwrap();
    let new = keys.active().id();
    assert_ne!(new, old);
    assert_eq!(keys.ids().collect::<Vec<_>>(), [new, old]);
    assert_eq!(file.load().unwrap().ids().collect::<Vec<_>>(), [new, old]);
    assert_eq!(mode(file.path()), 0o400, "the mode stays");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left behind");
    let text = fs::read_to_string(file.path()).unwrap();
    assert!(text.starts_with("# Master keys of Countersign"), "comments stay");
    assert_eq!(text.lines().count(), 4);

    assert!(matches!(file.remove_key(new), Err(KeyFileError::NoSuchKey { .. })));
    assert_eq!(file.remove_key(old).unwrap().ids().collect::<Vec<_>>(), [new]);
    assert_eq!(file.load().unwrap().ids().collect::<Vec<_>>(), [new]);
    assert!(matches!(file.remove_key(old), Err(KeyFileError::NoSuchKey { .. })));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_change_that_broke_off_is_named_and_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let file = KeyFile::at(directory.path().join("key"));
    let old = file.create().unwrap().active().id();
    let left = directory.path().join("key.new");
    fs::write(&left, "half").unwrap();
    let error = file.add_key().unwrap_err();
    assert!(matches!(error, KeyFileError::Busy { .. }));
    assert_eq!(
        error.to_string(),
        format!(
            "the key file is being changed by another process, or a change broke off; if no other process runs, \
             delete {}",
            fs::canonicalize(&left).unwrap().display()
        )
    );
    assert_eq!(fs::read_to_string(&left).unwrap(), "half", "it may be the work of another process");
    assert_eq!(file.load().unwrap().active().id(), old);
    fs::remove_file(left).unwrap();
    assert!(file.add_key().is_ok());
}

#[test]
fn a_link_to_the_file_stays_a_link() {
    let directory = tempfile::tempdir().unwrap();
    let real = KeyFile::at(directory.path().join("real"));
    real.create().unwrap();
    let link = directory.path().join("link");
    symlink(real.path(), &link).unwrap();
    assert_eq!(KeyFile::at(&link).add_key().unwrap().ids().count(), 2);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(real.load().unwrap().ids().count(), 2);
}

#[test]
fn who_owns_it_goes_on_reading_it_when_root_has_changed_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = KeyFile::at(directory.path().join("countersign.key"));
    file.create().unwrap();
    let user = fs::metadata(file.path()).unwrap().uid();
    // Only root may give a file away; for others there is nothing to keep.
    let owner = if chown(file.path(), Some(65_534), Some(65_534)).is_ok() { 65_534 } else { user };
    file.add_key().unwrap();
    assert_eq!(fs::metadata(file.path()).unwrap().uid(), owner);
    assert_eq!(mode(file.path()), 0o600);
}

#[test]
fn what_is_missing_is_told_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let file = KeyFile::at(directory.path().join("keys"));
    let path = file.path().display().to_string();
    assert_eq!(
        file.load().unwrap_err().to_string(),
        format!("there is no key file {path}; `countersign keys make {path}` makes one")
    );
    let file = KeyFile::at(directory.path().join("nowhere/keys"));
    assert_eq!(
        file.load_or_create().unwrap_err().to_string(),
        format!(
            "the key file {} cannot be made, because its folder is not there; make the folder first",
            file.path().display()
        )
    );
}
