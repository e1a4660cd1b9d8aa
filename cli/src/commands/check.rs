//! `countersign check`

use std::io::Write;
use std::path::{Path, PathBuf};

use countersign_model::ChannelKind;
use countersign_script::diagnostics::{Severity, explain};
use countersign_script::{CheckOptions, Mended, render};

use crate::bot_file::{BotFile, read_text, terminal_width};
use crate::color::{ColorChoice, Paint};
use crate::conversation_test::{TestFile, is_tests};
use crate::problem::{NEGATIVE, Problem, Stop};

/// The name of what comes in for `-`.
const STDIN: &str = "<stdin>";

/// Check bot files.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign check demo.yaml
  countersign check bots/*.yaml --channel whatsapp --channel phone
  countersign check --format json demo.yaml > findings.json
  countersign check --fix demo.yaml
  countersign check --explain E0101

Exit codes: 0 no errors (warnings are allowed), 1 a bot has errors,
2 the command or a file cannot be used.")]
pub(crate) struct Args {
    /// Bot files; `-` reads one from the standard input.
    #[arg(required_unless_present = "explain", value_name = "BOT")]
    bots: Vec<PathBuf>,
    /// Also check that the bot can run on this channel. Can be given several times.
    #[arg(long, value_name = "KIND", value_parser = super::super::arguments::channel)]
    channel: Vec<ChannelKind>,
    /// `human` prints findings with the lines they are about, to the standard error; `json` prints one JSON document
    /// per bot to the standard output.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Mend errors for which one change is clearly right, and write the file. Warnings stay, and so does what decides
    /// where a token may be sent. With `-` the mended text is printed.
    #[arg(long)]
    fix: bool,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t)]
    color: ColorChoice,
    /// Print what a code means and how to mend it, such as `E0101`.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["bots", "channel", "format"])]
    explain: Option<String>,
}

/// Forms of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs.
    Json,
}

pub(crate) fn run(args: &Args, out: &mut impl Write, err: &mut impl Write) -> Result<(), Stop> {
    if let Some(code) = &args.explain {
        let page = explain(code.trim()).ok_or_else(|| Problem::NoSuchCode(code.clone()))?;
        out.write_all(page.as_bytes())?;
        return Ok(());
    }
    let paint = args.color.paint(&std::io::stderr());
    let mut wrong = 0;
    let mut unusable = None;
    for path in &args.bots {
        // One file that cannot be read does not keep the others from being checked.
        let file = if is_tests(path) { tests(path, args, out)? } else { BotFile::read(path).map(Some) };
        match file {
            Ok(Some(file)) => wrong += usize::from(!one(&file, args, paint, out, err)?),
            Ok(None) => {}
            Err(problem) => {
                write!(err, "{}", crate::problem::Told(&problem, paint))?;
                unusable = Some(crate::problem::UNUSABLE);
            }
        }
    }
    match unusable.or((wrong > 0).then_some(NEGATIVE)) {
        Some(code) => Err(Stop::Told(code)),
        None => Ok(()),
    }
}

/// `bots/*.yaml` names the tests beside the bots too: those are read, to see that they can be.
fn tests(path: &Path, args: &Args, out: &mut impl Write) -> Result<Result<Option<BotFile>, Problem>, Stop> {
    let file = read_text(path).and_then(|text| {
        TestFile::parse(&text).map_err(|why| Problem::TestFile { path: path.to_owned(), why })
    });
    Ok(match file {
        Ok(_) => {
            if args.format == Format::Human {
                writeln!(out, "{}: {}", path.display(), paint_out(args.color).green("no problems"))?;
            }
            Ok(None)
        }
        Err(problem) => Err(problem),
    })
}

/// Checks one file and tells; whether it has no errors.
fn one(
    file: &BotFile,
    args: &Args,
    paint: Paint,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<bool, Stop> {
    let mended;
    let file = match args.fix {
        true => {
            mended = mend(file, args, paint, out, err)?;
            &mended
        }
        false => file,
    };
    let findings = file.check(&args.channel).findings;
    match args.format {
        Format::Json => out.write_all(render::json(&file.name, &file.text, &findings).as_bytes())?,
        Format::Human if findings.is_empty() && args.fix && file.name == STDIN => {}
        Format::Human if findings.is_empty() => {
            writeln!(out, "{}: {}", file.name, paint_out(args.color).green("no problems"))?;
        }
        Format::Human => err.write_all(file.shown(&findings, paint, terminal_width()).as_bytes())?,
    }
    Ok(!findings.iter().any(|finding| finding.severity == Severity::Error))
}

/// Mends what is clear, tells what that was, and writes the file.
fn mend(
    file: &BotFile,
    args: &Args,
    paint: Paint,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<BotFile, Stop> {
    let options = CheckOptions { channels: args.channel.clone() };
    let Mended { text, made } = countersign_script::mend(&file.name, &file.text, &options);
    for finding in &made {
        let help = finding.help.as_ref().map_or("", |help| &help.text);
        writeln!(err, "{}: {} {}: {help}", file.name, paint.green("mended"), finding.code)?;
    }
    if file.name == STDIN {
        out.write_all(text.as_bytes())?;
    } else if !made.is_empty() {
        std::fs::write(&file.name, &text).map_err(Problem::Io)?;
    }
    Ok(BotFile { name: file.name.clone(), text })
}

fn paint_out(color: ColorChoice) -> Paint {
    color.paint(&std::io::stdout())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(path: &Path) -> (Result<(), Stop>, String, String) {
        let args = Args {
            bots: vec![path.to_owned()],
            channel: Vec::new(),
            format: Format::Human,
            fix: true,
            color: ColorChoice::Never,
            explain: None,
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let ended = run(&args, &mut out, &mut err);
        (ended, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn errors_with_a_clear_mend_are_mended_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.yaml");
        let good = "# mine\ncountersign: 1\nbot: b\nscripts:\n  - id: a\n    triggers: [a]   # both\n    steps: [{ message: Hi. }]\n";
        std::fs::write(&path, good.replace("triggers", "trigers")).unwrap();
        let (ended, out, err) = fix(&path);
        assert!(ended.is_ok() && out.ends_with("b.yaml: no problems\n"), "{out}{err}");
        assert!(err.ends_with("b.yaml: mended E0007: did you mean `triggers`?\n"), "{err}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), good);

        std::fs::write(&path, good.replace("message: Hi.", "jump: nowhere-at-all")).unwrap();
        let (ended, _, err) = fix(&path);
        assert!(ended.is_err() && err.contains("E0201") && !err.contains("mended"), "{err}");
    }
}
