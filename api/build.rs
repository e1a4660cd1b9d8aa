//! Finds the built console. It is built with npm, by whoever wants to; where it is missing, a page says how to build it.

use std::path::Path;

const NOTE: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Countersign</title>\n\
    <h1>The console is not in this program</h1>\n\
    <p>This program was built without the pages of the console. The API answers all the same. To have the console, run \
    <code>npm ci</code> and <code>npm run build</code> in the folder <code>console</code>, and build the program again.</p>\n</html>\n";

fn main() {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../console/dist");
    let index = built.join("index.html");
    println!("cargo:rerun-if-changed={}", built.display());
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells a build script by the environment where it may write"
    )]
    let out = std::env::var("OUT_DIR").unwrap_or_default();
    let folder = Path::new(&out).join("console");
    let cleared = match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    if index.is_file() {
        if let Err(error) = cleared.and_then(|()| copy(&built, &folder)) {
            println!("cargo:warning=the console was not taken: {error}");
        }
    } else {
        let written =
            std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join("index.html"), NOTE));
        if let Err(error) = written {
            println!("cargo:warning=the note in the place of the console was not written: {error}");
        }
    }
    println!("cargo:rustc-env=CONSOLE_FOLDER={}", folder.display());
}

/// Copies what was built. Of a file that is there zipped too, only that goes into the program.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        println!("cargo:rerun-if-changed={}", path.display());
        let zipped = from.join(format!("{}.gz", name.to_string_lossy()));
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else if !zipped.is_file() {
            std::fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
