//! `countersign publish`

use std::io::Write;
use std::path::PathBuf;

use countersign_script::diagnostics::Severity;

use super::operator::wait;
use crate::bot_file::terminal_width;
use crate::color::ColorChoice;
use crate::problem::{NEGATIVE, Stop};
use crate::remote::{RemoteError, Server, ServerArgs, Standing, Upload, Written};

/// Bring bot files to a server and put them into service.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign publish bank.yaml --server https://bots.example.com --key-file key.txt
  countersign publish bots/*.yaml --server https://bots.example.com --note 'new greeting'
  countersign publish bank.yaml --server https://bots.example.com --dry-run

New conversations begin on what is published; those under way end on the version
they began on. With --dry-run, what differs from the version in service is shown.

Exit codes: 0 it went well, 1 a bot has errors and nothing of it was published,
2 a file or the server cannot be used.")]
pub(crate) struct Args {
    /// Bot files.
    #[arg(required = true, value_name = "BOT")]
    bots: Vec<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
    /// Words about the version, for those who look at it later.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Show what would change for people, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Replace drafts with changes that nobody has published yet.
    #[arg(long)]
    overwrite: bool,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t)]
    color: ColorChoice,
}

pub(crate) fn run(args: &Args, out: &mut impl Write, err: &mut impl Write) -> Result<(), Stop> {
    let uploads = args.bots.iter().map(|path| Upload::read(path)).collect::<Result<Vec<_>, _>>()?;
    // All of them are checked before the first one is published.
    let paint = args.color.paint(&std::io::stderr());
    let mut wrong = false;
    for upload in &uploads {
        let findings = upload.file.check(&[]).findings;
        wrong |= findings.iter().any(|finding| finding.severity == Severity::Error);
        err.write_all(upload.file.shown(&findings, paint, terminal_width()).as_bytes())?;
    }
    if wrong {
        writeln!(err, "nothing was published")?;
        return Err(Stop::Told(NEGATIVE));
    }
    let server = args.server.open()?;
    wait(async {
        for upload in &uploads {
            match args.dry_run {
                true => preview(args, &server, upload, out).await?,
                false => publish(args, &server, upload, out, err).await?,
            }
        }
        Ok(())
    })?
}

async fn preview(args: &Args, server: &Server, upload: &Upload, out: &mut impl Write) -> Result<(), Stop> {
    let live = match upload.standing(server).await? {
        Standing::New => None,
        Standing::There(bot, _) => match bot.live {
            None => Some(String::new()),
            Some(live) => Some(server.version(&upload.id, live.number).await?),
        },
    };
    let paint = args.color.paint(&std::io::stdout());
    out.write_all(upload.preview(live.as_deref(), paint).as_bytes())?;
    Ok(())
}

async fn publish(
    args: &Args,
    server: &Server,
    upload: &Upload,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Result<(), Stop> {
    let (name, id) = (&upload.file.name, &upload.id);
    let standing = upload.standing(server).await?;
    let (revision, written) = upload.send(server, &standing, args.overwrite).await?;
    if let (false, Standing::There(bot, _)) = (written, &standing)
        && !bot.changed
    {
        writeln!(out, "{name}: `{id}` is in service as it stands in the file")?;
        return Ok(());
    }
    let result = server.publish(id, revision, args.note.as_deref()).await;
    let with_draft = |error: RemoteError| match (error, written) {
        (RemoteError::Refused { detail, hint, fields }, true) => RemoteError::Refused {
            detail: format!("{detail}\nThe file is the draft of `{id}` now, and what was in service stays"),
            hint,
            fields,
        },
        (error, _) => error,
    };
    match result.map_err(with_draft)? {
        Written::Published(number) => writeln!(out, "{name}: version {number} of `{id}` is in service")?,
        Written::Refused(findings) => {
            err.write_all(findings.shown(name).as_bytes())?;
            writeln!(
                err,
                "`{id}` was not published; its draft is on the server, and what was in service stays"
            )?;
            return Err(Stop::Told(NEGATIVE));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use countersign_accounts::Permission as P;

    use super::*;
    use crate::commands::{export, import};
    use crate::remote::rig::{Rig, told};

    const BOT: &str = "countersign: 1\nbot: shop\nname: Shop\nscripts:\n  - id: a\n    triggers: [hi]\n    steps:\n      - message: Hello\n";

    fn publish(rig: &Rig, file: &str, more: &[&str]) -> (u8, String) {
        let args: Args = rig.parse(&[&[file], more].concat());
        told(|out, err| run(&args, out, err))
    }

    fn import(rig: &Rig, file: &str, more: &[&str]) -> (u8, String) {
        let args: import::Args = rig.parse(&[&[file], more].concat());
        told(|out, err| import::run(&args, out, err))
    }

    fn export(rig: &Rig, args: &[&str]) -> (u8, String) {
        let args: export::Args = rig.parse(args);
        told(|out, _| export::run(&args, out))
    }

    #[test]
    fn a_file_becomes_a_draft_a_version_and_a_file_again() {
        let rig = Rig::new(&[P::BotRead, P::BotEdit, P::BotPublish]);
        let file = rig.write("shop.yaml", BOT);
        let said = import(&rig, &file, &["--dry-run"]);
        assert_eq!(said, (0, format!("{file}: the server has no bot `shop`; it would be made\n")));
        let (code, said) = import(&rig, &file, &[]);
        assert!(code == 0 && said.contains("the bot `shop` was made"), "{said}");
        assert_eq!(export(&rig, &["shop"]), (0, BOT.to_owned()));
        let (code, said) = export(&rig, &["shop", "--live"]);
        assert!(code == 2 && said.contains("the bot `shop` was never published"), "{said}");
        let said = publish(&rig, &file, &["--note", "first"]);
        assert_eq!(said, (0, format!("{file}: version 1 of `shop` is in service\n")));
        let said = publish(&rig, &file, &[]);
        assert_eq!(said, (0, format!("{file}: `shop` is in service as it stands in the file\n")));

        rig.write("shop.yaml", &BOT.replace("Hello", "Good day"));
        let (code, said) = publish(&rig, &file, &["--dry-run"]);
        assert!(
            code == 0 && said.contains("-      - message: Hello\n+      - message: Good day\n"),
            "{said}"
        );
        assert_eq!(export(&rig, &["shop"]).1, BOT, "nothing was changed");
        assert_eq!(publish(&rig, &file, &[]).1, format!("{file}: version 2 of `shop` is in service\n"));
        assert_eq!(export(&rig, &["shop", "--live"]).1, BOT.replace("Hello", "Good day"));
    }

    #[test]
    fn a_bot_with_errors_is_refused_with_what_the_check_says() {
        let rig = Rig::new(&[P::BotRead, P::BotEdit, P::BotPublish]);
        let good = rig.write("good.yaml", BOT);
        let bad = rig.write("bad.yaml", &BOT.replace("message: Hello", "web_service: nowhere"));
        let (code, said) = publish(&rig, &good, &[&bad]);
        assert!(code == 1 && said.contains("error[E") && said.contains("nowhere"), "{said}");
        assert!(said.ends_with("nothing was published\n"), "{said}");
        let (code, said) = export(&rig, &["shop"]);
        assert!(code == 2 && said.contains("has no bot `shop`"), "{said}");
        // As a draft it may have errors.
        assert_eq!(import(&rig, &bad, &[]).0, 0);
    }

    #[test]
    fn nobody_s_unpublished_work_is_lost() {
        let rig = Rig::new(&[P::BotRead, P::BotEdit, P::BotPublish]);
        let file = rig.write("shop.yaml", BOT);
        assert_eq!(publish(&rig, &file, &[]).0, 0);
        let other = rig.write("other.yaml", &BOT.replace("Hello", "Somebody's work"));
        assert_eq!(import(&rig, &other, &[]).0, 0);
        rig.write("shop.yaml", &BOT.replace("Hello", "Good day"));
        for (code, said) in [import(&rig, &file, &[]), publish(&rig, &file, &[])] {
            assert!(
                code == 2 && said.contains("are not published, and the file would replace them"),
                "{said}"
            );
        }
        assert!(export(&rig, &["shop"]).1.contains("Somebody's work"));
        assert_eq!(publish(&rig, &file, &["--overwrite"]).0, 0);
    }

    #[test]
    fn a_folder_of_files_is_not_overwritten() {
        let rig = Rig::new(&[P::BotRead, P::BotEdit]);
        let file = rig.write("shop.yaml", BOT);
        assert_eq!(import(&rig, &file, &[]).0, 0);
        let to = rig.path("bots");
        let (code, said) = export(&rig, &["--to", &to]);
        assert!(code == 0 && said.contains("shop.yaml"), "{said}");
        assert_eq!(export(&rig, &["--to", &to]).0, 0, "the same text is no trouble");
        rig.write("bots/shop.yaml", "mine");
        let (code, said) = export(&rig, &["--to", &to]);
        assert!(code == 2 && said.contains("has another text, and it is not overwritten"), "{said}");
        assert_eq!(export(&rig, &["--to", &to, "--overwrite"]).0, 0);
        let (code, said) = export(&rig, &[]);
        assert!(code == 2 && said.contains("there are 2 bots, and the standard output takes one"), "{said}");
    }

    #[test]
    fn a_key_does_what_it_was_given_and_no_more() {
        let rig = Rig::new(&[P::BotRead]);
        let file = rig.write("shop.yaml", BOT);
        let (code, said) = import(&rig, &file, &[]);
        assert!(code == 2 && said.contains("the server refuses: ") && said.contains("bot.edit"), "{said}");
        let (code, said) = import(&rig, &file, &["--workspace", "other"]);
        assert!(code == 2 && said.contains("the workspace `other` has no"), "{said}");
        std::fs::write(rig.path("key"), "sck_live_wrong_CANARY\n").unwrap();
        let (code, said) = import(&rig, &file, &[]);
        assert!(
            code == 2 && said.contains("does not accept the API key") && !said.contains("CANARY"),
            "{said}"
        );
        std::fs::write(rig.path("key"), "\n").unwrap();
        let (code, said) = import(&rig, &file, &[]);
        assert!(
            code == 2 && said.contains("there is no API key") && said.contains("Settings ▸ API keys"),
            "{said}"
        );
    }

    #[test]
    fn a_key_is_not_sent_where_others_can_read_it() {
        let rig = Rig::new(&[P::BotRead]);
        let file = rig.write("shop.yaml", BOT);
        for (server, says) in [
            ("http://bots.example.com", "is not encrypted"),
            ("ftp://bots.example.com", "is not the address of a server"),
            ("bots.example.com", "is not the address of a server"),
        ] {
            let key = rig.path("key");
            let args: Args = Rig::parse_at(server, &key, &[&file]);
            let (code, said) = told(|out, err| run(&args, out, err));
            assert!(code == 2 && said.contains(says), "{server}: {said}");
        }
        let none = rig.write("none.yaml", "countersign: 1\n");
        let (code, said) = import(&rig, &none, &[]);
        assert!(code == 2 && said.contains("has no line `bot: …`"), "{said}");
    }
}
