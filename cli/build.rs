//! Leaves the symbols out of a released program. The profile says so as well, but cargo does not take that from it for a package
//! that has an `opt-level` of its own.

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script by the environment what it builds")]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|known| known == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") {
        println!("cargo:rustc-link-arg-bins=-Wl,--strip-all");
    }
}
