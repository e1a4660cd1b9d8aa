//! The bots of the demo, which are part of the program: it works in an empty folder.

use std::path::{Path, PathBuf};

use super::problem::DemoError;

/// A bot with its file.
pub(super) struct DemoBot {
    pub(super) id: &'static str,
    file: &'static str,
    text: &'static str,
}

/// The bank on messaging channels.
pub(super) const BANK: DemoBot =
    DemoBot { id: "demo-bank", file: "bank.yaml", text: include_str!("../../../../demo/bots/bank.yaml") };
/// The bank on the phone.
pub(super) const PHONE: DemoBot = DemoBot {
    id: "phone-pin",
    file: "phone-pin.yaml",
    text: include_str!("../../../../demo/bots/phone-pin.yaml"),
};
/// The bank on its web page.
pub(super) const FRONT_DESK: DemoBot = DemoBot {
    id: "front-desk",
    file: "front-desk.yaml",
    text: include_str!("../../../../demo/bots/front-desk.yaml"),
};

const ALL: [&DemoBot; 3] = [&BANK, &PHONE, &FRONT_DESK];

/// Writes the bots into a folder. A file that is there already stays: whoever keeps the folder may have changed it.
pub(super) fn write(folder: &Path) -> Result<Vec<PathBuf>, DemoError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |error| DemoError::Folder(path, error)
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let mut paths = Vec::new();
    for bot in ALL {
        let path = folder.join(bot.file);
        if !path.exists() {
            std::fs::write(&path, bot.text).map_err(failed(&path))?;
        }
        paths.push(path);
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_holds_the_bot_that_the_demo_names() {
        for bot in ALL {
            let checkup =
                countersign_script::check(bot.file, bot.text, &countersign_script::CheckOptions::default());
            let checked = checkup.checked.unwrap_or_else(|| panic!("{} has errors", bot.file));
            assert_eq!(checked.program().bot.as_str(), bot.id);
        }
    }

    #[test]
    fn a_file_that_was_changed_stays() {
        let folder = tempfile::tempdir().unwrap();
        let paths = write(folder.path()).unwrap();
        std::fs::write(&paths[0], "mine").unwrap();
        write(folder.path()).unwrap();
        assert_eq!(std::fs::read_to_string(&paths[0]).unwrap(), "mine");
        assert_eq!(paths.len(), ALL.len());
    }
}
