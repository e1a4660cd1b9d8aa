use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use crate::bind::bind;
use crate::program::Program;

/// A bot that has passed the check. Only [`crate::check`] makes one.
#[derive(Clone, Debug)]
pub struct Checked {
    program: Arc<Program>,
}

/// A checked bot with the constants of its workspace put in: what the engine runs. Only [`Checked::bind`] makes one.
#[derive(Clone, Debug)]
pub struct Runnable {
    program: Arc<Program>,
}

impl Deref for Runnable {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.program
    }
}

/// The workspace does not have what the bot needs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    /// A constant is named that the workspace does not have.
    #[error(
        "the bot uses `{{config.{name}}}` at {at}, and there is no such constant; write it under `[config]` of the server's \
         configuration or in the settings of the console, or give `--config {name}=VALUE` to `chat` and `test`"
    )]
    Constant {
        /// The constant.
        name: String,
        /// Where it is used.
        at: String,
    },
    /// A secret is named that the workspace does not have.
    #[error(
        "the bot uses `{{secret.{name}}}` at {at}, and there is no such secret; write it under `[secrets]` of the server's \
         configuration or in the settings of the console, or give `--secret {name}=VALUE` to `chat` and `test`"
    )]
    Secret {
        /// The secret.
        name: String,
        /// Where it is used.
        at: String,
    },
    /// A constant cannot stand in a header.
    #[error(
        "the constant `{name}` cannot stand in the header at {at}: it has a line break or a character beyond ASCII"
    )]
    Header {
        /// The constant.
        name: String,
        /// Where it is used.
        at: String,
    },
    /// With the constants put in, something is no URL.
    #[error("with the constants put in, the URL at {at} is not one: {why}")]
    Url {
        /// Where it is used.
        at: String,
        /// What is wrong, without the URL.
        why: &'static str,
    },
}

impl Checked {
    pub(crate) fn new(program: Program) -> Self {
        Self { program: Arc::new(program) }
    }

    /// The compiled bot.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Puts the constants in and sees that the secrets are there. All that is missing is reported at once.
    pub fn bind(
        &self,
        constants: &BTreeMap<String, String>,
        secrets: &BTreeSet<String>,
    ) -> Result<Runnable, Vec<BindError>> {
        let mut program = Program::clone(&self.program);
        bind(&mut program, constants, secrets)?;
        Ok(Runnable { program: Arc::new(program) })
    }
}
