//! The files of the project, as the rules see them.

use std::fs;
use std::path::{Path, PathBuf};

/// A text file of the project.
pub(crate) struct File {
    /// Its path from the root of the project, with `/` between the parts.
    pub(crate) path: String,
    /// What stands in it.
    pub(crate) text: String,
}

impl File {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// What comes after the last dot of the name.
    pub(crate) fn ending(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.rsplit_once('.').map_or("", |(_, ending)| ending)
    }

    /// Whether it is code, of the program or of its tools.
    pub(crate) fn is_code(&self) -> bool {
        matches!(self.ending(), "rs" | "ts" | "tsx" | "py" | "sh") || self.path == ".ci/run"
    }

    /// Its lines with their numbers, up to the tests at its end.
    pub(crate) fn lines_before_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        let of_tests = self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs");
        let take = if of_tests { 0 } else { usize::MAX };
        self.lines().take(take).take_while(|(_, line)| line.trim() != "#[cfg(test)]")
    }

    /// Its lines with their numbers.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }
}

/// The root of the project.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own).to_owned()
}

/// Reads a file of the project.
pub(crate) fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))
}

/// All text files of the project, without what is built or fetched, in the order of their paths.
pub(crate) fn files() -> Vec<File> {
    let mut files = Vec::new();
    collect(&root(), "", &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(files.len() > 50, "only {} files were found below {}", files.len(), root().display());
    files
}

const SKIPPED: [&str; 9] =
    [".git", "target", "node_modules", "dist", "corpus", "artifacts", "output", "testdata", "__pycache__"];

fn collect(folder: &Path, path: &str, files: &mut Vec<File>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !SKIPPED.contains(&&*name) => collect(&entry.path(), &below, files),
            Ok(kind) if kind.is_file() => {
                // What is no text has no lines to look at.
                if let Ok(text) = fs::read_to_string(entry.path()) {
                    files.push(File { path: below, text });
                }
            }
            _ => {}
        }
    }
}

/// Fails with all complaints at once.
pub(crate) fn expect_none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
