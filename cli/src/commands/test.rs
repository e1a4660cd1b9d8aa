//! `countersign test`

use std::io::Write;
use std::path::{Path, PathBuf};

use countersign_model::SecretText;

use crate::bot_file::{BotFile, read_text};
use crate::color::{ColorChoice, Paint};
use crate::conversation_test::{Outcome, Runner, TestFile, TestOptions, beside, bot_of, document, is_tests};
use crate::problem::{NEGATIVE, Problem, Stop, Told, UNUSABLE};
use crate::talk;
use crate::workspace::{Unread, WorkspaceArgs, pairs};

/// Run the conversation tests beside bot files.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The tests of `demo.yaml` stand in `demo.test.yaml`. `countersign schema --tests` prints their
format, and `countersign chat --record FILE` writes a first one.

Examples:
  countersign test demo.yaml
  countersign test bots/*.yaml --filter login
  countersign test demo.yaml --junit results.xml
  countersign test demo.yaml --secret-file api_key=./key.txt --allow 127.0.0.1:8090

Exit codes: 0 all tests passed, 1 a test failed, 2 the command or a file cannot be used.")]
pub(crate) struct Args {
    /// Bot files, whose tests stand beside them, or files of tests.
    #[arg(required = true, value_name = "BOT")]
    bots: Vec<PathBuf>,
    /// Run only tests with this text in their name.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Also write the results as JUnit XML into this file.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// What is typed in the `answer` steps of that name. Can be given several times.
    #[arg(long, value_name = "NAME=VALUE")]
    answer: Vec<Unread>,
    #[command(flatten)]
    workspace: WorkspaceArgs,
    /// `human` prints one line per test; `json` prints one JSON object per test.
    #[arg(long, value_enum, default_value_t)]
    format: super::check::Format,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t)]
    color: ColorChoice,
}

pub(crate) fn run(args: &Args, out: &mut impl Write, err: &mut impl Write) -> Result<(), Stop> {
    let options = TestOptions {
        workspace: args.workspace.read()?,
        answers: pairs(&args.answer, "--answer", "password=VALUE")?
            .into_iter()
            .map(|(name, value)| (name.to_owned(), SecretText::from(value)))
            .collect(),
        filter: args.filter.clone(),
    };
    let paint = args.color.paint(&std::io::stdout());
    let runtime = talk::runtime()?;
    let mut outcomes = Vec::new();
    let mut unusable = false;
    for path in files(&args.bots) {
        // A file that cannot be used does not keep the others from being run.
        let result = load(&path, &options, err, args.color)
            .and_then(|runner| runtime.block_on(all(&runner, args, paint, out, &mut outcomes)));
        match result {
            Ok(()) => {}
            Err(Stop::Problem(problem)) => {
                write!(err, "{}", Told(&problem, args.color.paint(&std::io::stderr())))?;
                unusable = true;
            }
            Err(stop) => return Err(stop),
        }
    }
    if let Some(path) = &args.junit {
        std::fs::write(path, document(&outcomes))
            .map_err(|error| Problem::Unwritable(path.clone(), error))?;
    }
    if let (Some(text), true, false) = (&args.filter, outcomes.is_empty(), unusable) {
        return Err(Problem::NothingFiltered(text.clone()).into());
    }
    let failed = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    if args.format == super::check::Format::Human && !outcomes.is_empty() {
        writeln!(out, "{}", summary(outcomes.len(), failed, paint))?;
    }
    match (unusable, failed) {
        (true, _) => Err(Stop::Told(UNUSABLE)),
        (false, 0) => Ok(()),
        (false, _) => Err(Stop::Told(NEGATIVE)),
    }
}

/// Files of tests: those that are named, and those beside the bots that are named; each once.
fn files(named: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in named {
        let file = if is_tests(path) { path.clone() } else { beside(path) };
        if !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

fn load<'o>(
    path: &Path,
    options: &'o TestOptions,
    err: &mut impl Write,
    color: ColorChoice,
) -> Result<Runner<'o>, Stop> {
    let text = read_text(path).map_err(|problem| match problem {
        Problem::Missing(_) if bot_of(path).exists() => Problem::NoTests(bot_of(path)),
        // The bot was named, so that is what is missing.
        Problem::Missing(_) => Problem::Missing(bot_of(path)),
        other => other,
    })?;
    let file = TestFile::parse(&text).map_err(|why| Problem::TestFile { path: path.to_owned(), why })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let bot_path = file.bot.as_ref().map_or_else(|| bot_of(path), |bot| folder.join(bot));
    let bot = BotFile::read(&bot_path)?;
    let verdict = bot.check(&[]);
    let Some(checked) = verdict.checked else {
        let paint = color.paint(&std::io::stderr());
        err.write_all(bot.shown(&verdict.findings, paint, crate::bot_file::terminal_width()).as_bytes())?;
        return Err(Problem::BotErrors(bot_path).into());
    };
    Ok(Runner { path: path.to_owned(), file, bot: checked, options })
}

async fn all(
    runner: &Runner<'_>,
    args: &Args,
    paint: Paint,
    out: &mut impl Write,
    outcomes: &mut Vec<Outcome>,
) -> Result<(), Stop> {
    for (case, line) in runner.cases() {
        let outcome = runner.run(case, line, paint).await?;
        match args.format {
            super::check::Format::Human => out.write_all(human(&outcome, paint).as_bytes())?,
            super::check::Format::Json => writeln!(out, "{}", json(&outcome))?,
        }
        outcomes.push(outcome);
    }
    Ok(())
}

fn human(outcome: &Outcome, paint: Paint) -> String {
    let Some(failure) = &outcome.failure else {
        return format!("{} {}: {}\n", paint.green("ok  "), outcome.file, outcome.name);
    };
    format!(
        "{} {}: {}\n     {}:{}: {}\n{}",
        paint.bold(paint.red("FAIL")),
        outcome.file,
        outcome.name,
        outcome.file,
        failure.line,
        failure.message,
        failure.transcript
    )
}

fn json(outcome: &Outcome) -> serde_json::Value {
    let failure = outcome.failure.as_ref().map(|failure| {
        serde_json::json!({ "message": failure.message, "line": failure.line, "transcript": failure.transcript })
    });
    serde_json::json!({
        "file": outcome.file,
        "line": outcome.line,
        "name": outcome.name,
        "passed": failure.is_none(),
        "milliseconds": u64::try_from(outcome.took.as_millis()).unwrap_or(u64::MAX),
        "failure": failure,
    })
}

fn summary(all: usize, failed: usize, paint: Paint) -> String {
    let passed = paint.green(format!("{} passed", all - failed));
    match failed {
        0 => passed,
        _ => format!("{passed}, {}", paint.red(format!("{failed} failed"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_of_tests_is_run_once() {
        let named = ["a/demo.yaml", "a/demo.test.yaml", "b.json"].map(PathBuf::from);
        assert_eq!(files(&named), [PathBuf::from("a/demo.test.yaml"), PathBuf::from("b.test.yaml")]);
    }

    #[test]
    fn the_summary_counts() {
        assert_eq!(summary(3, 0, Paint(false)), "3 passed");
        assert_eq!(summary(4, 1, Paint(false)), "3 passed, 1 failed");
    }
}
