//! Files that belong together: a finding and its manual, a component and its cases.

use super::tree::{File, expect_none, files, read, root};

const DIAGNOSTICS: &str = "script/src/diagnostics/";
const EXEC: &str = "engine/src/exec/";
const CASES: &str = "engine/testdata/components";

#[test]
fn every_finding_has_a_manual_and_tests() {
    let files = files();
    let of_findings: Vec<_> = files.iter().filter(|file| reported_by(file).is_some()).collect();
    assert!(of_findings.len() > 5, "only {} files report a finding", of_findings.len());
    expect_none(of_findings.into_iter().flat_map(finding_complaints).collect());
}

#[test]
fn every_component_has_cases() {
    let program = read("script/src/program.rs").unwrap();
    let mut names = step_kinds(&program);
    assert!(
        names.contains(&"auth_token".to_owned()),
        "`enum StepKind` was not found in script/src/program.rs"
    );
    let exec = files().into_iter().filter(|file| file.path.starts_with(EXEC));
    names.extend(exec.filter_map(|file| component_of(&file.path)));
    names.sort();
    names.dedup();
    expect_none(names.iter().filter(|name| !has_cases(name)).map(|name| without_cases(name)).collect());
}

/// The first code that a file reports, when it reports any.
fn reported_by(file: &File) -> Option<&str> {
    let name = file.path.strip_prefix(DIAGNOSTICS)?.strip_suffix(".rs")?;
    if ["mod", "codes", "showcase", "tests_support"].contains(&name) {
        return None;
    }
    let after = |call: &str| file.text.split_once(call).map(|(_, rest)| rest);
    let rest = after("Diagnostic::error(\"").or_else(|| after("Diagnostic::warning(\""))?;
    rest.split('"').next()
}

fn finding_complaints(file: &File) -> Vec<String> {
    let mut complaints = Vec::new();
    let manual: Vec<_> = file.text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let headings = manual.iter().take_while(|line| is_heading(line)).count();
    if headings == 0 {
        complaints.push(format!("{}: begin it with `//! E0123: what it means.`", file.path));
    }
    if manual.iter().skip(headings).filter(|line| !line.trim().is_empty()).count() == 0 {
        complaints
            .push(format!("{}: write its manual page below the first line, as `//!` comments", file.path));
    }
    if !file.text.contains("#[cfg(test)]") || !file.text.contains("#[test]") {
        complaints.push(format!(
            "{}: it has no tests; add one bot that has the finding and one that has not",
            file.path
        ));
    }
    complaints
}

/// ` E0123: what it means.`
fn is_heading(line: &str) -> bool {
    let Some((code, _)) = line.trim_start().split_once(": ") else { return false };
    let digits = code.strip_prefix(['E', 'W']).unwrap_or("");
    digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The names of the variants of `enum StepKind`, as the files of cases are named.
fn step_kinds(program: &str) -> Vec<String> {
    let Some((_, body)) = program.split_once("pub enum StepKind {\n") else { return Vec::new() };
    let variants = body.lines().take_while(|line| *line != "}").filter_map(|line| line.strip_prefix("    "));
    variants
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .filter_map(|line| line.split(|c: char| !c.is_alphanumeric()).next())
        .map(snake)
        .collect()
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

fn component_of(path: &str) -> Option<String> {
    let name = path.strip_prefix(EXEC)?.strip_suffix(".rs")?;
    let name = if name == "service" { "web_service" } else { name };
    (!name.contains('/') && name != "mod").then(|| name.to_owned())
}

fn has_cases(name: &str) -> bool {
    root().join(CASES).join(format!("{name}.json")).is_file()
}

fn without_cases(name: &str) -> String {
    format!("`{name}` has no cases: write {CASES}/{name}.json, what goes in and what comes out")
}

mod samples {
    use super::*;

    const GOOD: &str = "//! E0101: a token is used before it is acquired.\n//!\n//! Put a step before it.\n\
        fn f() { Diagnostic::error(\"E0101\", \"x\") }\n#[cfg(test)]\nmod tests { #[test]\nfn t() {} }\n";

    fn finding(text: &str) -> Vec<String> {
        let file = File::new("script/src/diagnostics/a.rs", text);
        assert_eq!(reported_by(&file), Some("E0101"));
        finding_complaints(&file)
    }

    #[test]
    fn a_finding_without_its_parts_is_found() {
        assert_eq!(finding(GOOD), [""; 0]);
        assert!(finding(&GOOD.replace("E0101: a", "A"))[0].contains("begin it with"));
        assert!(
            finding(&GOOD.replace("//! Put a step before it.\n", ""))[0].contains("write its manual page")
        );
        assert!(finding(&GOOD.replace("#[test]", ""))[0].contains("it has no tests"));
    }

    #[test]
    fn helpers_report_nothing() {
        let of = |path: &str, text: &str| reported_by(&File::new(path, text)).map(str::to_owned);
        assert_eq!(of("script/src/diagnostics/context.rs", "struct Context;"), None);
        assert_eq!(of("script/src/diagnostics/mod.rs", GOOD), None);
        assert_eq!(of("cli/src/a.rs", GOOD), None);
    }

    #[test]
    fn the_kinds_of_steps_are_read() {
        let program = "pub enum StepKind {\n    /// Says.\n    Message(Text),\n    Link {\n        url: Template,\n    },\n    \
            WebService {\n    },\n    AuthToken {\n    },\n    End,\n}\nenum Other {\n    Wrong,\n}\n";
        assert_eq!(step_kinds(program), ["message", "link", "web_service", "auth_token", "end"]);
    }

    #[test]
    fn a_component_without_cases_is_found() {
        assert!(!has_cases("no_such_component"));
        assert!(
            without_cases("form")
                .ends_with("write engine/testdata/components/form.json, what goes in and what comes out")
        );
        assert_eq!(component_of("engine/src/exec/form.rs").as_deref(), Some("form"));
        assert_eq!(component_of("engine/src/exec/service.rs").as_deref(), Some("web_service"));
        assert_eq!(component_of("engine/src/exec/mod.rs"), None);
    }
}
