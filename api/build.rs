//! Puts the built console and the description of the API into the program. The console is built with npm, by whoever
//! wants to; where it is missing, a page says how to build it.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

const NOTE: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Countersign</title>\n\
    <h1>The console is not in this program</h1>\n\
    <p>This program was built without the pages of the console. The API answers all the same. To have the console, run \
    <code>npm ci</code> and <code>npm run build</code> in the folder <code>console</code>, and build the program again.</p>\n</html>\n";

fn main() -> io::Result<()> {
    // Asked for when it runs: what was compiled in another checkout may run for this one.
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells a build script by the environment where it is and where it may write"
    )]
    let folder = |name: &str| PathBuf::from(std::env::var_os(name).unwrap_or_default());
    let (built, out) = (folder("CARGO_MANIFEST_DIR").join("../console/dist"), folder("OUT_DIR"));
    println!("cargo:rerun-if-changed={}", built.display());
    zip(Path::new("openapi.json"), &out.join("openapi.json.gz"))?;
    let mut files = Vec::new();
    if built.join("index.html").is_file() {
        collect(&built, "", &mut files)?;
    } else {
        let note = out.join("index.html");
        std::fs::write(&note, NOTE)?;
        files.push(("index.html".to_owned(), note));
    }
    files.sort();
    let mut list = "&[\n".to_owned();
    for (name, path) in &files {
        let path = path.canonicalize()?;
        let _ = writeln!(list, "    ({name:?}, include_bytes!({:?})),", path.display().to_string());
    }
    list.push(']');
    std::fs::write(out.join("console.rs"), list)
}

/// The files below a folder. Of one that is there zipped too, only that goes into the program.
fn collect(folder: &Path, before: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        println!("cargo:rerun-if-changed={}", path.display());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, &format!("{before}{name}/"), files)?;
        } else if !folder.join(format!("{name}.gz")).is_file() {
            files.push((format!("{before}{name}"), path));
        }
    }
    Ok(())
}

fn zip(from: &Path, to: &Path) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", from.display());
    let file = std::fs::File::create(to)?;
    let mut zipped = flate2::write::GzEncoder::new(file, flate2::Compression::best());
    zipped.write_all(&std::fs::read(from)?)?;
    zipped.finish().map(drop)
}
