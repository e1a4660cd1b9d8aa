//! Results as JUnit XML, which build servers read.

use std::fmt::Write as _;
use std::time::Duration;

/// The result of one test.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// The file that it stands in.
    pub(crate) file: String,
    /// Where it begins, counted from 1.
    pub(crate) line: u64,
    /// Its name.
    pub(crate) name: String,
    /// How long it took.
    pub(crate) took: Duration,
    /// Why it failed: one line, and the transcript.
    pub(crate) failure: Option<Failure>,
}

/// Why a test failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// In one line.
    pub(crate) message: String,
    /// The line in the file where it failed.
    pub(crate) line: u64,
    /// The conversation, with what differs marked by `-` and `+`.
    pub(crate) transcript: String,
}

/// The results as a document.
pub(crate) fn document(outcomes: &[Outcome]) -> String {
    let failures = |of: &[&Outcome]| of.iter().filter(|outcome| outcome.failure.is_some()).count();
    let seconds = |of: &[&Outcome]| of.iter().map(|outcome| outcome.took).sum::<Duration>().as_secs_f64();
    let all: Vec<_> = outcomes.iter().collect();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites name=\"countersign\" tests=\"{}\" failures=\"{}\" time=\"{:.3}\">",
        all.len(),
        failures(&all),
        seconds(&all)
    );
    let mut files: Vec<&str> = Vec::new();
    for outcome in outcomes {
        if !files.contains(&outcome.file.as_str()) {
            files.push(&outcome.file);
        }
    }
    for file in files {
        let of: Vec<_> = outcomes.iter().filter(|outcome| outcome.file == file).collect();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"{:.3}\">",
            escaped(file),
            of.len(),
            failures(&of),
            seconds(&of)
        );
        of.iter().for_each(|outcome| case(outcome, &mut xml));
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn case(outcome: &Outcome, xml: &mut String) {
    let _ = write!(
        xml,
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" time=\"{:.3}\"",
        escaped(&outcome.name),
        escaped(&outcome.file),
        escaped(&outcome.file),
        outcome.line,
        outcome.took.as_secs_f64()
    );
    match &outcome.failure {
        None => xml.push_str("/>\n"),
        Some(failure) => {
            let _ = writeln!(
                xml,
                ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
                escaped(&failure.message),
                escaped(&format!("{}:{}\n{}", outcome.file, failure.line, failure.transcript))
            );
        }
    }
}

/// Escapes for text and attributes; characters that XML 1.0 §2.2 does not have become `�`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(name: &str, failure: Option<Failure>) -> Outcome {
        Outcome {
            file: "a.test.yaml".to_owned(),
            line: 3,
            name: name.to_owned(),
            took: Duration::from_millis(5),
            failure,
        }
    }

    #[test]
    fn counts_and_nests() {
        let failure = Failure {
            message: "said \"a\" & <b>".to_owned(),
            line: 7,
            transcript: "- bot: ä\n+ bot: \u{1b}[2J".to_owned(),
        };
        let xml = document(&[outcome("good", None), outcome("bad <1>", Some(failure))]);
        assert_eq!(
            xml,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <testsuites name=\"countersign\" tests=\"2\" failures=\"1\" time=\"0.010\">\n\
             \x20 <testsuite name=\"a.test.yaml\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"0.010\">\n\
             \x20   <testcase name=\"good\" classname=\"a.test.yaml\" file=\"a.test.yaml\" line=\"3\" time=\"0.005\"/>\n\
             \x20   <testcase name=\"bad &lt;1&gt;\" classname=\"a.test.yaml\" file=\"a.test.yaml\" line=\"3\" time=\"0.005\">\n\
             \x20     <failure message=\"said &quot;a&quot; &amp; &lt;b&gt;\">a.test.yaml:7&#10;- bot: ä&#10;+ bot: \u{fffd}[2J</failure>\n\
             \x20   </testcase>\n\
             \x20 </testsuite>\n\
             </testsuites>\n"
        );
    }
}
